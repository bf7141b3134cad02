"""Networks that fail by chance, again and again: in the end every row has come, and no other.

``GROUNDSWELL_STORMS=1000`` takes each network through so many; a failure names the storm's number.
"""

import json
import os
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pytest

from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.fetching import Circuit, guarded, patient
from groundswell.egress.failures import BrokenOff, TooSlow, Unreachable
from groundswell.terms.exchange import ExchangeFailed, Reply, Request
from groundswell.terms.networks import Network
from tests.connectors.networks.faults import START, question
from tests.connectors.networks.stubs import Stub
from tests.connectors.networks.walking import assert_sound, pages_of, rows_of

_STORMS = int(os.environ.get("GROUNDSWELL_STORMS", "12"))
_MOST_ATTEMPTS = 300


@cache
def _calm(network: Network) -> tuple[Stub, Ask, frozenset[str]]:
    """A question, and what is answered in good weather."""
    stub, ask, _ = question(INTERFACES[network])
    return stub, ask, frozenset(rows_of(pages_of(INTERFACES[network], stub, ask)))


class _Storm:
    """A network that fails by chance, and a clock that sleeping moves."""

    def __init__(self, interface: Interface, stub: Stub, number: int) -> None:
        self.interface, self.stub = interface, stub
        self.rng = np.random.default_rng(number)
        self.strength = float(self.rng.uniform(0.05, 0.7))
        self.now = START
        self.circuits: dict[str, Circuit] = {}
        self.carried = patient(
            guarded(self._weather, self.circuits, clock=self.clock),
            sleep=self.sleep,
            clock=self.clock,
            rng=self.rng,
            patience=10.0,
        )

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += timedelta(seconds=seconds)

    def fetch(self, request: Request) -> Reply:
        return self.carried(
            request if request.is_public else self.interface.signed(request, self.stub.secret)
        )

    def _weather(self, request: Request) -> Reply:
        if self.rng.random() > self.strength:
            return self.stub.answer(request)
        return self._fault(int(self.rng.integers(9)), request)

    def _fault(self, kind: int, request: Request) -> Reply:
        if kind < 3:
            raise (TooSlow, BrokenOff, Unreachable)[kind]("a storm")
        reply = self.stub.answer(request)
        if kind == 3:
            return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2], reply.url)
        if kind == 4:
            return Reply(200, reply.headers, b"", reply.url)
        wait = {"retry-after": str(self.rng.integers(40))} if kind % 2 else {}
        status = int(self.rng.choice([429, 429, 500, 502, 503, 504]))
        return Reply(status, {"content-type": "text/html", **wait}, b"<h1>A storm</h1>", reply.url)

    def walked(self, ask: Ask) -> list[Page]:
        """All pages that are kept, however often the walk begins again."""
        pages: list[Page] = []
        for _ in range(_MOST_ATTEMPTS):
            cursor = json.loads(json.dumps(pages[-1].cursor)) if pages else None
            try:
                for page in self.interface.walk(self.fetch, ask, cursor):
                    assert_sound(page)
                    pages.append(page)
            except ExchangeFailed as error:
                if not error.is_retriable:
                    raise
                self.sleep(error.after or 60)
            else:
                return pages
        raise AssertionError("the storm has no end")


@pytest.mark.parametrize("network", INTERFACES)
def test_every_row_comes_through_every_storm(network: Network) -> None:
    stub, ask, calm = _calm(network)
    for number in range(_STORMS):
        pages = _Storm(INTERFACES[network], stub, number).walked(ask)
        rows = set(rows_of(pages))
        assert rows <= calm, f"storm {number} makes up rows"
        # A server beside the one that is asked may stay away, when that is said.
        is_said = network is Network.MASTODON and any(page.notes for page in pages)
        assert rows == calm or is_said, f"storm {number} loses rows"

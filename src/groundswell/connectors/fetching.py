"""Asking again what is worth it, more slowly when asked to, and leaving alone a server that fails.

Each function takes a ``Fetch`` and gives one: ``patient(guarded(client.fetch, ...), ...)``.
"""

import threading
from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from typing import TypedDict
from urllib.parse import urlsplit

import numpy as np
from django.conf import settings

from groundswell.connectors.adapters.networks.failures import Throttled, is_spent, wait_of
from groundswell.egress.client import Client, Limits
from groundswell.egress.failures import Unreachable
from groundswell.egress.reaching import Reaching
from groundswell.terms.exchange import ExchangeFailed, Fetch, Reply, Request

PATIENCE = 60.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_FAILURES = 5
_REST = timedelta(minutes=5)


def client(limits: Limits | None = None) -> Client:
    """The door to other servers, as this installation is set up."""
    return Client(reaching(), contact=settings.CONTACT, limits=limits)


def reaching() -> Reaching:
    """Which servers this installation may ask."""
    return Reaching(settings.REACH_NETWORKS)


def patient(
    fetch: Fetch,
    *,
    sleep: Callable[[float], object],
    clock: Callable[[], datetime],
    rng: np.random.Generator,
    patience: float = PATIENCE,
) -> Fetch:
    """Ask again what failed and may be answered later.

    Pauses grow twofold from a second on, each somewhere in its upper half by chance, and are never
    shorter than the server asks for. Where it says that no further request is taken, the next one
    waits. May be called by threads.

    Args:
        fetch: Asks once.
        sleep: Waits for seconds.
        clock: Tells the moment.
        rng: Chance.
        patience: Seconds that are waited for one request at most. When they are not enough, the
            failure goes up, with ``after`` where the server said when to come back; a reply that
            says so is given as it is.
    """
    return _Patience(fetch, sleep, clock, rng, patience).fetch


class _Patience:
    def __init__(
        self,
        fetch: Fetch,
        sleep: Callable[[float], object],
        clock: Callable[[], datetime],
        rng: np.random.Generator,
        patience: float,
    ) -> None:
        self._fetch, self._sleep, self._clock, self._rng = fetch, sleep, clock, rng
        self._patience = patience
        self._taken_from: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def fetch(self, request: Request) -> Reply:
        waited = self._wait_for_room(request)
        tried, first = 0, ""
        while True:
            failure, reply = None, None
            try:
                reply = self._fetch(request)
            except ExchangeFailed as error:
                if not _may_repeat(request, error):
                    raise
                if isinstance(error, Resting) and first:
                    raise Resting(f"{first}; {error}", after=error.after) from None
                failure, asked = error, error.after
                first = first or str(error)
            else:
                asked = wait_of(reply, now=self._clock())
                self._note(request, reply, asked)
                if not _is_worth_repeating(request, reply):
                    return reply
                first = first or f"{_host(request)!r} answered with status {reply.status}"
            tried += 1
            pause = max(asked or 0.0, self._pause(tried))
            if waited + pause > self._patience:
                if failure is not None:
                    raise failure
                assert reply is not None  # noqa: S101 - one of the two came
                return reply
            self._sleep(pause)
            waited += pause

    def _wait_for_room(self, request: Request) -> float:
        moment = self._taken_from.get(_whose(request))
        seconds = 0.0 if moment is None else (moment - self._clock()).total_seconds()
        if seconds > self._patience:
            raise Throttled(
                f"{_host(request)!r} takes no request for {seconds:,.0f} seconds; "
                "the sync goes on by itself then",
                after=seconds,
            )
        if seconds > 0:
            self._sleep(seconds)
        return max(seconds, 0.0)

    def _note(self, request: Request, reply: Reply, asked: float | None) -> None:
        with self._lock:
            if asked is not None and is_spent(reply):
                self._taken_from[_whose(request)] = self._clock() + timedelta(seconds=asked)
            else:
                self._taken_from.pop(_whose(request), None)

    def _pause(self, tried: int) -> float:
        longest = min(_FIRST_PAUSE * 2.0 ** (tried - 1), _LONGEST_PAUSE)
        with self._lock:
            return longest * float(self._rng.uniform(0.5, 1.0))


class Circuit(TypedDict):
    """How a server did of late; plain, so that it can be kept as JSON.

    ``failures`` are those in a row; until ``rests_until``, an ISO moment, it is left alone.
    """

    failures: int
    rests_until: str | None


class Resting(ExchangeFailed):
    """A server that failed so often that it is left alone for a while."""

    code = "server_left_alone"
    is_retriable = True


def guarded(
    fetch: Fetch,
    circuits: MutableMapping[str, Circuit],
    *,
    clock: Callable[[], datetime],
    failures: int = _FAILURES,
    rest: timedelta = _REST,
) -> Fetch:
    """Leave a server alone once it has failed several times in a row.

    After the rest one request goes through: when it is answered all go, otherwise the rest begins
    again. Failures are those that may pass, and replies with a status of 500 or more; what a
    server refuses it has understood. May be called by threads.

    Args:
        fetch: Asks once.
        circuits: By host, changed in place; kept by the caller.
        clock: Tells the moment.
        failures: How many in a row are enough.
        rest: How long it is left alone.
    """
    lock = threading.Lock()

    def let_through(host: str) -> None:
        moment = clock()
        with lock:
            circuit = circuits.get(host)
            if circuit is None or circuit["rests_until"] is None:
                return
            seconds = (datetime.fromisoformat(circuit["rests_until"]) - moment).total_seconds()
            if seconds > 0:
                raise Resting(
                    f"{host!r} failed {circuit['failures']} times in a row and is left alone for "
                    f"{seconds:,.0f} seconds; the sync goes on by itself then",
                    after=seconds,
                )
            circuit["rests_until"] = (moment + rest).isoformat()  # the others wait for this one

    def note(host: str, *, has_failed: bool) -> None:
        with lock:
            if not has_failed:
                circuits.pop(host, None)
                return
            circuit = circuits.setdefault(host, Circuit(failures=0, rests_until=None))
            circuit["failures"] += 1
            if circuit["failures"] >= failures:
                circuit["rests_until"] = (clock() + rest).isoformat()

    def guard(request: Request) -> Reply:
        host = _host(request)
        let_through(host)
        try:
            reply = fetch(request)
        except ExchangeFailed as error:
            note(host, has_failed=error.is_retriable)
            raise
        note(host, has_failed=reply.status >= 500)
        return reply

    return guard


def _whose(request: Request) -> tuple[str, str]:
    """A limit holds for a server, and for whom it knows there."""
    return _host(request), request.headers.get("authorization", "")


def _host(request: Request) -> str:
    try:
        return urlsplit(request.url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""  # the door refuses it


def _may_repeat(request: Request, error: ExchangeFailed) -> bool:
    was_not_sent = isinstance(error, Unreachable | Resting)
    return error.is_retriable and (request.is_repeatable or was_not_sent)


def _is_worth_repeating(request: Request, reply: Reply) -> bool:
    if reply.status in {429, 503}:  # it was not taken
        return True
    return request.is_repeatable and (reply.status >= 500 or reply.status in {408, 425})

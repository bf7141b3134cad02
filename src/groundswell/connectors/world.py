"""The world that syncs work and listen in, as it is: other servers behind the one door, a clock."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime

import numpy as np
from django.conf import settings

from groundswell.connectors import fetching
from groundswell.connectors.actions import permissions
from groundswell.connectors.actions.listening import Ear
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.fetching import Circuit
from groundswell.egress import streams
from groundswell.egress.client import agent

_PULSE = 1.0  # seconds of silence after which whoever listens may do something else


@contextmanager
def opened(
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
    rng: np.random.Generator,
    circuits: MutableMapping[str, Circuit] | None = None,
) -> Iterator[Outside]:
    """Other servers, asked patiently, and left alone when they fail.

    Args:
        clock: Tells the moment.
        sleep: Waits for seconds.
        rng: Chance.
        circuits: Which servers are left alone, kept by the caller; nobody's without.
    """
    kept = {} if circuits is None else circuits
    with fetching.client() as client:
        guarded = fetching.guarded(client.fetch, kept, clock=clock)
        patient = fetching.patient(guarded, sleep=sleep, clock=clock, rng=rng)
        yield Outside(patient, clock, permissions.renew)


def ear(*, clock: Callable[[], datetime], sleep: Callable[[float], object]) -> Ear:
    """Streams of other servers, as they come."""

    def hear(address: str, seconds: float) -> Iterator[bytes | None]:
        return streams.messages(
            fetching.reaching(),
            address,
            agent=agent(settings.CONTACT),
            lasting=seconds,
            pulse=_PULSE,
        )

    return Ear(hear, clock, sleep)

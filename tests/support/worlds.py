"""Synthetic worlds that tests share."""

import functools
from datetime import UTC, datetime

import numpy as np

from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes, Truth, World

SEEN_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


@functools.cache
def world(creators: int, *, seed: int = 7) -> tuple[World, Truth]:
    """A world of so many creators; the same object for every test that asks for it."""
    return worlds.create(Sizes.of(creators), rng=np.random.default_rng(seed), now=SEEN_AT)

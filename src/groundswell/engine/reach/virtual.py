"""Virtual people: who overlaps where only the composition of audiences is known.

After the virtual people of cross-media measurement (Koehler, Skvortsov and others 2019): a segment
of the population is filled with people who differ in how much they follow, and audiences are drawn
from them independently. People who follow much are in many audiences, so audiences of one segment
share more than chance: the more, the more people differ. How much they differ is one number, the
variance of activity, and is fitted until pairs of audiences share what was observed of them.

    share of segment s in audience i, of people with activity a:  1 - exp(-a t[i, s])
    a: gamma with mean 1 and variance v, in classes of equal size;  t: so that the mean is the share
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincinv

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach.overlaps import Overlaps
from groundswell.engine.reach.panel import Panel

CLASSES = 12
MOST_UNLIKE = 16.0  # largest variance of activity that is tried
_MOST_PAIRS = 1_000
_HALVINGS = 20
_STEPS = 60
_WHOLE = 1.0 - 1e-9  # shares above take everybody of the segment
_CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Activity:
    """How unlike people are in how much they follow.

    Attributes:
        variance: Of activity with mean 1; 0 is independence within segments.
        pairs: How many pairs of audiences it was fitted to; 0 when none were observed.
        observed: What these pairs share, added up.
        independent: What they would share if they were independent within segments.
        fitted: What they share with this variance.
    """

    variance: float
    pairs: int
    observed: float
    independent: float
    fitted: float


def fit(segments: Panel, pairs: Overlaps) -> Activity:
    """The variance of activity at which pairs share as many people as was observed, added up.

    Args:
        segments: Audiences by segment (``panel.of_segments``), one row per audience of ``pairs``.
        pairs: Observed overlaps; the thousand with the largest audiences count.

    Returns:
        The fit: 0 where less is shared than independence says, or nothing was observed, and at
        most ``MOST_UNLIKE``.
    """
    largest = np.argsort(-(pairs.size[pairs.a] * pairs.size[pairs.b]), kind="stable")[:_MOST_PAIRS]
    a, b, observed = pairs.a[largest], pairs.b[largest], float(pairs.shared[largest].sum())
    if not len(largest):
        return Activity(0.0, 0, 0.0, 0.0, 0.0)
    rows, places = np.unique(np.concatenate([a, b]), return_inverse=True)
    part, first, second = segments.rows(rows), places[: len(a)], places[len(a) :]

    def shared(variance: float) -> float:
        people = of_segments(part, variance)
        found = _shared(people.starts, people.people, people.exposure, people.weight, first, second)
        return float(found)

    independent = shared(0.0)
    low, high = 0.0, MOST_UNLIKE
    if observed <= independent:
        high = 0.0
    elif shared(high) <= observed:
        low = high
    for _ in range(_HALVINGS if low < high else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if shared(middle) < observed else (low, middle)
    return Activity(high, len(a), observed, independent, shared(high))


def of_segments(segments: Panel, variance: float) -> Panel:
    """Segments split into classes of people who follow less and more.

    Args:
        segments: A panel of segments (``panel.of_segments``).
        variance: Of activity, 0 or more.

    Returns:
        A panel whose "people" are the classes of each segment; every audience keeps its size in
        every segment. With variance 0 it is the panel given.
    """
    if variance <= 0.0:
        return segments
    activity = _classes(variance)
    count = len(activity)
    within = 1.0 - np.exp(-activity * _intensity(segments.exposure, activity)[:, None])
    within[segments.exposure > _WHOLE] = 1.0
    people = segments.people[:, None] * np.int32(count) + np.arange(count, dtype=np.int32)
    return Panel(
        segments.starts * count,
        people.astype(np.int32).ravel(),
        within.ravel(),
        np.repeat(segments.weight / count, count),
    )


def _classes(variance: float) -> Floats:
    """Mean activity of each of the classes, from the least active up; their mean is 1."""
    shape = 1.0 / variance
    edges = gammaincinv(shape, np.linspace(0.0, 1.0, CLASSES + 1))
    return np.asarray(np.diff(gammainc(shape + 1.0, edges)) * CLASSES)


def _intensity(share: Floats, activity: Floats) -> Floats:
    """The t at which the classes' mean is the share; Newton's steps come from below."""
    wanted = np.minimum(share, _WHOLE)
    found = wanted.copy()
    for _ in range(_STEPS):
        left = np.exp(-activity * found[:, None])
        missing = wanted - (1.0 - left.mean(axis=1))
        if float(np.max(np.abs(missing), initial=0.0)) < _CLOSE:
            break
        found += missing / (left * activity).mean(axis=1)
    return found


@compiled
def _shared(
    starts: Ints,
    people: Codes,
    exposure: Floats,
    weight: Floats,
    first: Ints,
    second: Ints,
) -> float:
    """People in both audiences of each pair, added up."""
    seen = np.zeros(weight.size)
    total = 0.0
    for pair in range(first.size):
        row, other = first[pair], second[pair]
        for entry in range(starts[row], starts[row + 1]):
            seen[people[entry]] = exposure[entry]
        for entry in range(starts[other], starts[other + 1]):
            who = people[entry]
            total += weight[who] * seen[who] * exposure[entry]
        for entry in range(starts[row], starts[row + 1]):
            seen[people[entry]] = 0.0
    return total

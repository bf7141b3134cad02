"""How far a sample of people may mislead about a union when each audience's own reach is known.

A panel says two things: how large audiences are, and how they overlap. What a post reaches by
itself is usually known better than from a sample, so rates are set until the panel gives that back.
Then who is sampled by luck more often doesn't look larger, and only overlaps are left to chance.
This is calibration (Deville and Sarndal 1992), whose error is that of the residuals: what a person
contributes, less what a member of each of the person's audiences contributes on average.
"""

import numpy as np
from scipy.special import gammaincinv

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.engine.reach.union import LEVEL, people_reached
from groundswell.terms.estimate import Estimate

_LEAST = 1e-12
_LEAST_FREE = 0.2  # of a person's scatter; fitted means never hide more of it than four fifths


def anchored(seen: Floats, people: Floats, *, most: float = 1.0) -> Floats:
    """Rates at which posts reach as many people of a panel as is known of each.

    Args:
        seen: People whom each post reaches by itself; shape (..., posts).
        people: People that the panel has for each post's audience; shape (posts,).
        most: Largest rate, in (0, 1].
    """
    return np.asarray(np.minimum(seen / np.maximum(people, 1e-9), most))


def union(panel: Panel, rows: Ints, rates: Floats, *, level: float = LEVEL) -> Estimate:
    """Unique reach of posts whose own reach is known, from a panel that says who overlaps.

    Args:
        panel: People drawn with a chance of 1 / weight each, not those who chose the posts.
        rows: Account of each post; shape (posts,).
        rates: As ``anchored`` sets them on this panel; shape (posts,).
        level: Coverage of the interval, in (0, 1).

    Returns:
        The sum over people of weight x chance. The interval is a gamma one of what is shared (the
        sum of all posts' reach less the union), since nothing else was sampled; n is the number of
        panel people who may see one of the posts.
    """
    reached = people_reached(panel, rows, rates)
    value = float(np.sum(panel.weight * reached))
    alone = panel.rows(rows).audience() * rates
    shared = max(float(alone.sum()) - value, 0.0)
    spread = variance(panel, rows, rates, reached)
    tail = (1.0 - level) / 2
    if shared > _LEAST * value and spread > 0.0:
        worth = shared**2 / spread
        least = shared * float(gammaincinv(worth, tail)) / worth
        most = shared * float(gammaincinv(worth + 1.0, 1.0 - tail)) / worth
    else:
        least, most = shared, shared + _unseen(panel, rates, tail)
    low = max(value + shared - most, float(alone.max(initial=0.0)))
    high = value + shared - least
    n = int(np.count_nonzero(reached))
    return Estimate(value, min(low, value), max(high, value), level, "panel, own reach known", n)


def _unseen(panel: Panel, rates: Floats, tail: float) -> float:
    """Shared people of whom a sample may hold none by chance; nobody where all are sampled."""
    if len(rates) < 2 or not np.any(panel.weight > 1.0):
        return 0.0
    both = float(np.sort(rates)[-2:].prod())
    return both * float(panel.weight.max()) * float(gammaincinv(1.0, 1.0 - tail))


def variance(panel: Panel, rows: Ints, rates: Floats, reached: Floats) -> float:
    """Variance of ``union`` over samples of people.

    Args:
        panel: As for ``union``.
        rows: As for ``union``.
        rates: As for ``union``.
        reached: Chance that each person sees at least one (``people_reached``); shape (people,).

    Returns:
        Sum of weight (weight - 1) x residual^2, each over the part of it that fitted means leave
        free (1 - sum over audiences of 1 / members); nothing where everybody is in the panel.
    """
    part = panel.rows(rows)
    posts = np.repeat(np.arange(len(rows)), part.members)
    people, weight = part.people, panel.weight
    adds = (1.0 - reached[people]) * (rates / np.maximum(1.0 - rates, _LEAST))[posts]
    sums = np.bincount(posts, adds * weight[people], minlength=len(rows))
    mean = sums / np.maximum(np.bincount(posts, weight[people], minlength=len(rows)), _LEAST)
    residual = reached - np.bincount(people, mean[posts], minlength=len(weight))
    fitted = np.bincount(people, (1.0 / part.members[posts]), minlength=len(weight))
    free = np.maximum(1.0 - fitted, _LEAST_FREE)
    return float(np.sum(weight * np.maximum(weight - 1.0, 0.0) * np.square(residual) / free))

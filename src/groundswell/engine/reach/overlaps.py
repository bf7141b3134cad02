"""Unique reach when only the sizes of audiences and the overlaps of some pairs are known.

Two audiences are exact: the union is the sum minus what they share. Three or more are not: pairs
don't say how many people are in all three. So the answer is a bound below, a bound above, and a
point between them. A pair that is not listed is unknown, not zero: lists of overlaps stop at a
threshold, and shared audiences below it were measured and left out.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate

BOUNDS_LEVEL = 0.99  # bounds always hold; an Estimate can only claim less than one


class ImpossibleOverlap(Refusal):
    """Two audiences share more people than the smaller of them has."""

    code = "impossible_overlap"


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Audiences, and the pairs of them of which the overlap was measured.

    Attributes:
        size: People in each audience; shape (audiences,).
        a: First audience of each measured pair; shape (pairs,).
        b: Second audience, different from the first; shape (pairs,).
        shared: People in both; shape (pairs,).
        threshold: Pairs that share fewer people are not listed; None when that isn't known, and
            an unlisted pair may share anything up to the smaller audience.
    """

    size: Floats
    a: Ints
    b: Ints
    shared: Floats
    threshold: float | None = None

    def __post_init__(self) -> None:
        if not len(self.a) == len(self.b) == len(self.shared):
            raise ValueError(
                "a, b and shared must have one entry per pair, got "
                f"{len(self.a)}, {len(self.b)} and {len(self.shared)}"
            )
        smaller = np.minimum(self.size[self.a], self.size[self.b])
        wrong = np.flatnonzero((self.shared > smaller) | (self.a == self.b) | (self.shared < 0))
        if len(wrong):
            pair = wrong[0]
            raise ImpossibleOverlap(
                f"audiences {self.a[pair]} and {self.b[pair]} of {self.size[self.a[pair]]:,.0f} "
                f"and {self.size[self.b[pair]]:,.0f} people can't share {self.shared[pair]:,.0f}"
            )

    @property
    def halfway(self) -> float:
        """Half of the threshold, or of the smallest overlap listed: a guess for unlisted pairs."""
        cut = self.shared.min(initial=np.inf) if self.threshold is None else self.threshold
        return float(cut) / 2

    def population(self) -> float | None:
        """People among whom independent audiences would overlap as these do.

        The N that makes the sum of a x b / N over all pairs equal to what they share, where all
        unlisted pairs share what N says of them, at most ``halfway`` each (a fixed point).
        None when no listed pair shares anybody.
        """
        listed = float(self.shared.sum())
        if listed <= 0:
            return None
        products = float(np.sum(self.size[self.a] * self.size[self.b]))
        every = (float(self.size.sum()) ** 2 - float(np.square(self.size).sum())) / 2
        unlisted = len(self.size) * (len(self.size) - 1) // 2 - len(self.shared)
        people = products / listed
        if unlisted <= 0:
            return people
        for _ in range(50):
            people = every / (listed + min((every - products) / people, self.halfway * unlisted))
        return people

    def among(self, audiences: Ints) -> "Overlaps":
        """The same for some of the audiences, renumbered in the order given."""
        place = np.full(len(self.size), -1, np.int64)
        place[audiences] = np.arange(len(audiences))
        inside = (place[self.a] >= 0) & (place[self.b] >= 0)
        return Overlaps(
            self.size[audiences],
            place[self.a[inside]],
            place[self.b[inside]],
            self.shared[inside],
            self.threshold,
        )

    def matrices(self) -> tuple[Floats, Floats]:
        """Least and most that each pair can share; shape (audiences, audiences), diagonal 0."""
        most = np.minimum.outer(self.size, self.size)
        if self.threshold is not None:
            most = np.minimum(most, self.threshold)
        least = np.zeros_like(most)
        for matrix in (least, most):
            matrix[self.a, self.b] = self.shared
            matrix[self.b, self.a] = self.shared
            np.fill_diagonal(matrix, 0.0)
        return least, most


def union(chosen: Ints, overlaps: Overlaps) -> Estimate:
    """Distinct people in several audiences together.

    Args:
        chosen: Audiences to unite, at least one, each once; shape (chosen,).
        overlaps: Sizes and measured pairs, of these and of others: the others tell how much
            unlisted pairs are likely to share.

    Returns:
        ``low`` and ``high`` are bounds that hold whatever the triples and the unlisted pairs are
        (see ``lowest`` and ``highest``). ``value`` adds audiences from the largest down, each by
        the part of it that no earlier one shares, as if sharing with one were independent of
        sharing with another; unlisted pairs share a x b / population, at most ``halfway``. One
        audience, or two that are listed, are exact. n is the number of measured pairs among them.

    Raises:
        ImpossibleOverlap: When no audiences of these sizes can overlap so.
    """
    among = overlaps.among(chosen)
    count, listed = len(among.size), len(among.shared)
    pairs = count * (count - 1) // 2
    if pairs == listed and count <= 2:
        value = float(among.size.sum() - among.shared.sum())
        return Estimate.exact(value, method="exact by size and measured overlap", n=listed)
    least, most = among.matrices()
    low, high = lowest(among.size, most), highest(among.size, least)
    if low > high * (1 + 1e-9):
        raise ImpossibleOverlap(
            f"the overlaps contradict one another: they leave at least {low:,.0f} and at most "
            f"{high:,.0f} people; look for overlaps that were counted at another time or place"
        )
    low = min(low, high)
    reason = "people in three or more of the audiences are not measured"
    if pairs > listed:
        reason = f"{pairs - listed:,} of {pairs:,} pairs are not listed: unknown, not zero"
    expected = _expected_shared(among.size, least, most, overlaps.population(), overlaps.halfway)
    if expected is None:
        return Estimate(None, low, high, BOUNDS_LEVEL, "pairwise bounds", listed, reason)
    value = float(min(max(_chained(among.size, expected), low), high))
    return Estimate(value, low, high, BOUNDS_LEVEL, "pairwise overlaps, chained", listed, reason)


def _expected_shared(
    size: Floats, least: Floats, most: Floats, population: float | None, halfway: float
) -> Floats | None:
    """Least and most meet where a pair is listed; else independence within the population."""
    unlisted = most > least
    if not unlisted.any():
        return least
    if population is None:
        return None
    independent = np.outer(size, size) / population
    return np.where(unlisted, np.minimum(independent, np.minimum(most, halfway)), least)


def _chained(size: Floats, shared: Floats) -> float:
    order = np.argsort(-size, kind="stable")
    total = 0.0
    for place, audience in enumerate(order):
        if size[audience] <= 0:
            break
        part = shared[audience, order[:place]] / size[audience]
        total += size[audience] * float(np.prod(1.0 - part))
    return total


def highest(size: Floats, least: Floats) -> float:
    """No union is larger: the sum less the heaviest tree of overlaps (Hunter 1976, Worsley 1982).

    Args:
        size: People in each audience; shape (audiences,).
        least: Least that each pair shares, 0 where unknown; shape (audiences, audiences).
    """
    outside = np.ones(len(size), np.bool_)
    outside[:1] = False
    heaviest = least[0].copy() if len(size) else np.zeros(0)  # edge of each audience to the tree
    tree = 0.0
    while outside.any():
        pick = int(np.argmax(np.where(outside, heaviest, -1.0)))
        outside[pick] = False
        tree += float(heaviest[pick])
        heaviest = np.maximum(heaviest, least[pick])
    return float(size.sum()) - tree


def lowest(size: Floats, most: Floats) -> float:
    """No union is smaller: the best of several bounds, over nested subsets of the audiences.

    For any subset T the union is at least (de Caen 1997) the sum over T of size**2 / (size + what
    it shares within T), and (Dawson and Sankoff 1967) 2 S1 / (k + 1) - 2 S2 / (k (k + 1)) for any
    whole k, where S1 adds the sizes in T and S2 what pairs share; k = 1 is Bonferroni's.

    Args:
        size: People in each audience; shape (audiences,).
        most: Most that each pair can share; shape (audiences, audiences), diagonal 0.
    """
    best = float(size.max(initial=0.0))
    within = np.zeros_like(size)
    free = size > 0
    chosen: list[int] = []
    singles = pairs = 0.0
    while free.any():
        gain = np.where(free, size - within, -np.inf)
        pick = int(np.argmax(gain))
        free[pick] = False
        chosen.append(pick)
        singles += float(size[pick])
        pairs += float(within[pick])
        within += most[pick]
        k = 1 + int(2 * pairs / singles)
        sankoff = 2 * singles / (k + 1) - 2 * pairs / (k * (k + 1))
        inside = size[chosen]
        caen = float(np.sum(inside**2 / (inside + within[chosen])))
        best = max(best, sankoff, caen)
    return min(best, float(size.sum()))

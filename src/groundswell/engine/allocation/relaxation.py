"""Cuts through the portfolio problem: linear functions that no portfolio rises above.

For each person two concave functions of the share x of each offer lie above the chance of being
reached, and are equal to it where a portfolio makes them:

* ``1 - exp(-y)`` with ``y = sum of -ln(1 - p) x``: the same product, written as a power;
* ``psi(s)`` with ``s = sum of p x``: straight lines between its values ``1 - (1 - P)**k`` at
  ``s = k P``, where ``P`` is the largest ``p`` of the person. For a given sum of chances the
  product of ``1 - p`` is least when as many as possible are as large as they can be, so no
  portfolio rises above it. It is the better one where an offer is taken in part.

A tangent of either is above both, for every portfolio. Sums over people are cuts of the whole
problem: ``constant + sum of slope x``.
"""

import math
from typing import NamedTuple

import numpy as np

from groundswell.engine.allocation.search import Market
from groundswell.engine.arrays import Bools, Codes, Floats, Ints
from groundswell.engine.compiled import compiled

_AT_A_KNOT = 1e-12  # rounding, in multiples of P
_ALONE = 2.0  # P of a person with one offer only, for whom the chance itself is a straight line


class Exposed(NamedTuple):
    """What shares of offers amount to for each person; shape (people,) each."""

    power: Floats  # sum of -ln(1 - p) x
    chance: Floats  # sum of p x


def nobody(people: int) -> Exposed:
    """Nothing taken."""
    return Exposed(np.zeros(people), np.zeros(people))


@compiled
def expose(market: Market, shares: Floats, exposed: Exposed) -> None:
    """Add what shares of the offers amount to; shares of shape (offers,)."""
    for offer in np.flatnonzero(shares):
        row, rate, share = market.row[offer], market.rate[offer], shares[offer]
        power = -math.log1p(-rate)
        for entry in range(market.starts[row], market.starts[row + 1]):
            who = market.people[entry]
            if market.exposure.size and market.exposure[entry] != 1.0:
                seen = rate * market.exposure[entry]
                exposed.power[who] -= share * math.log1p(-seen)
                exposed.chance[who] += share * seen
            else:
                exposed.power[who] += share * power
                exposed.chance[who] += share * rate


@compiled
def largest(market: Market, active: Ints) -> Floats:
    """The largest chance with which one of the offers reaches each person; shape (people,)."""
    found = np.zeros(market.weight.size)
    offers = np.zeros(market.weight.size, np.int32)
    for offer in active:
        row, rate = market.row[offer], market.rate[offer]
        for entry in range(market.starts[row], market.starts[row + 1]):
            who = market.people[entry]
            seen = rate * market.exposure[entry] if market.exposure.size else rate
            offers[who] += 1
            found[who] = max(found[who], seen)
    for who in range(found.size):
        if offers[who] == 1:
            found[who] = _ALONE
    return found


@compiled
def tangents(weight: Floats, exposed: Exposed, most: Floats, slopes: Floats) -> float:
    """The lower of the two tangents for each person.

    Args:
        weight: Of each person; shape (people,).
        exposed: Where to touch.
        most: As ``largest``; shape (people,).
        slopes: Out: weight x slope in ``power`` and in ``chance``; shape (people, 2).

    Returns:
        The tangents' values where nothing is taken, added up.
    """
    constant = 0.0
    for who in range(weight.size):
        chance = exposed.chance[who]
        if chance <= 0.0:
            slopes[who, 0], slopes[who, 1] = 0.0, weight[who]
            continue
        left = math.exp(-exposed.power[who])
        steps = math.floor(chance / most[who] + _AT_A_KNOT)
        slope = (1.0 - most[who]) ** steps if steps else 1.0
        line = 1.0 - slope * (1.0 - (chance - steps * most[who]))
        # At a portfolio both are equal: the power is steeper then, and so the better tangent,
        # but for people whom one offer alone can reach.
        if line < (1.0 - left) * (1.0 - 1e-12) or most[who] == _ALONE:
            slopes[who, 0], slopes[who, 1] = 0.0, weight[who] * slope
            constant += weight[who] * (line - slope * chance)
        else:
            slopes[who, 0], slopes[who, 1] = weight[who] * left, 0.0
            constant += weight[who] * (1.0 - left - left * exposed.power[who])
    return constant


@compiled
def summed(market: Market, active: Ints, slopes: Floats) -> Floats:
    """Slope of each active offer: the sum of its people's; shape (active,)."""
    found = np.empty(active.size)
    for place in range(active.size):
        offer = active[place]
        row, rate = market.row[offer], market.rate[offer]
        power, chance, apart = 0.0, 0.0, 0.0
        for entry in range(market.starts[row], market.starts[row + 1]):
            who = market.people[entry]
            if market.exposure.size and market.exposure[entry] != 1.0:
                seen = rate * market.exposure[entry]
                apart += slopes[who, 1] * seen - slopes[who, 0] * math.log1p(-seen)
            else:
                power += slopes[who, 0]
                chance += slopes[who, 1]
        found[place] = apart + chance * rate - power * math.log1p(-rate)
    return found


class Choice(NamedTuple):
    """Offers to choose from in the linear problem, those of one creator next to one another."""

    cost: Floats  # (active,)
    starts: Ints  # where each creator's offers start, and the end; (creators + 1,)
    required: Bools  # creators that have to be in; (creators,)
    count_max: int
    posts: int  # most of one creator


@compiled
def priced(choice: Choice, slope: Floats, price: float, taken: Codes) -> tuple[float, float]:
    """The best of the linear problem when money has a price instead of a limit.

    Args:
        choice: Offers and limits.
        slope: What each offer is worth; shape (active,).
        price: Of one minor unit, 0 or more.
        taken: Out: 1 for each offer that is taken; shape (active,).

    Returns:
        What the taken are worth above their price, and what they cost. Places are limited for
        creators who are free to be left out; the required ones are taken besides.
    """
    creators = choice.required.size
    free, worth = np.empty(creators, np.int64), np.empty(creators)
    total, spent, count, must = 0.0, 0.0, 0, 0
    taken[:] = 0
    for who in range(creators):
        over, cost = _best_of(choice, slope, price, who, taken)
        if choice.required[who]:
            total += over
            spent += cost
            must += 1
        elif over > 0.0:
            free[count], worth[count] = who, over
            count += 1
    slots = choice.count_max - must
    is_in = np.ones(count, np.bool_)
    if count > slots:
        is_in[:] = False
        is_in[np.argsort(-worth[:count])[: max(slots, 0)]] = True
    for place in range(count):
        who = free[place]
        if is_in[place]:
            total += worth[place]
        for offer in range(choice.starts[who], choice.starts[who + 1]):
            if taken[offer] and is_in[place]:
                spent += choice.cost[offer]
            elif taken[offer]:
                taken[offer] = 0
    return total, spent


@compiled
def _best_of(
    choice: Choice, slope: Floats, price: float, who: int, taken: Codes
) -> tuple[float, float]:
    """Take the best offers of one creator; one in any case of those who have to be in."""
    total, spent = 0.0, 0.0
    for post in range(choice.posts):
        place, most = -1, 0.0
        if post == 0 and choice.required[who]:
            most = -np.inf
        for offer in range(choice.starts[who], choice.starts[who + 1]):
            over = slope[offer] - price * choice.cost[offer]
            if over > most and not taken[offer]:
                place, most = offer, over
        if place < 0:
            break
        taken[place] = 1
        total += most
        spent += choice.cost[place]
    return total, spent

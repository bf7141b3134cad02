"""Where audiences live: countries, as measured, else as their creators' own."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from groundswell.engine import reach
from groundswell.engine.arrays import Floats, Ints
from groundswell.planning import published
from groundswell.planning.evidence import Evidence, place_of
from groundswell.terms.platforms import Platform

WORLD = "everywhere"
_MILLION = 1e6


def panel(evidence: Evidence, places: Ints, audience: Floats) -> reach.Panel:
    """A panel of countries for some accounts.

    Args:
        evidence: Of the workspace.
        places: Places of the accounts in the accounts' table, ascending; shape (accounts,).
        audience: People in each account's audience; shape (accounts,).

    Returns:
        One row for each account. A country has as many people as use the most used of the
        accounts' platforms there (by its share of people online), or as the largest audience;
        what isn't known to be in a country is spread over the world.
    """
    platforms = evidence.accounts["platform"].take(pa.array(places)).to_pylist()
    used = max(published.PLATFORM_USERS[Platform(name)] for name in set(platforms))
    penetration = used / published.INTERNET_USERS_WORLD
    measured = _measured(evidence)
    own = evidence.accounts["country"].to_pylist()
    names: dict[str, int] = {}
    rows: list[tuple[int, int, float]] = []
    for row, place in enumerate(places):
        shares = measured.get(int(place)) or {own[place] or WORLD: 1.0}
        rest = 1.0 - sum(shares.values())
        if rest > 1e-6:
            shares = {**shares, WORLD: shares.get(WORLD, 0.0) + rest}
        scale = max(sum(shares.values()), 1.0)
        for country, share in shares.items():
            segment = names.setdefault(country, len(names))
            rows.append((row, segment, audience[row] * share / scale))
    account_of, segment_of = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    people = np.array([row[2] for row in rows])
    population = np.array([_online(country) * penetration for country in names]) * _MILLION
    np.maximum.at(population, segment_of, people)
    return reach.panel.of_segments(people, segment_of, account_of, population)


def users(platform: Platform, countries: Sequence[str]) -> float:
    """People who use a platform in some countries; everywhere when none is named."""
    penetration = published.PLATFORM_USERS[platform] / published.INTERNET_USERS_WORLD
    online = sum(_online(country) for country in countries or (WORLD,))
    return online * penetration * _MILLION


def _online(country: str) -> float:
    """Millions of people online."""
    if country == WORLD:
        return published.INTERNET_USERS_WORLD
    return published.INTERNET_USERS.get(country, published.SMALLEST_COUNTRY)


def _measured(evidence: Evidence) -> dict[int, dict[str, float]]:
    """Part of each account's audience by country, where it was measured."""
    table = evidence.audience_shares
    found: dict[int, dict[str, float]] = {}
    if not table.num_rows:
        return found
    rows = zip(
        place_of(table["account"], evidence.accounts).to_pylist(),
        table["dimension"].to_pylist(),
        table["value"].to_pylist(),
        table["share"].to_pylist(),
        strict=True,
    )
    for place, dimension, value, share in rows:
        if place is not None and dimension == "country" and share:
            found.setdefault(place, {})[value] = share
    return found

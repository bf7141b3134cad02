"""A panel of people, and whom they follow.

The panel is a coordinated sample. Each person of the world is in it with the same probability,
and of each person in it all follows among the known topics are seen, on every platform. So the
members of an account, divided by the panel's rate, are its followers, and a person who follows
two accounts is seen twice.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import columns, laws, phrases
from groundswell.engine.synth.audiences import Audiences
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.columns import drawn
from groundswell.engine.synth.lexicon import Lexicon
from groundswell.terms import tables

FOLLOWS_PER_PERSON = 4
LEAST_PEOPLE = 20_000
SPARE = 1.04
ROUNDS = 6
BOTS = 0.02


@dataclass(frozen=True, slots=True)
class Panel:
    """People and whom they follow.

    Attributes:
        memberships: The canonical table.
        rate: Probability that a person of the world is in the panel.
        account: (memberships,) index of the account.
        person: (memberships,) index of the person.
        topic: (people,) community of a person: topic, and ...
        country: (people,) ... country.
        woman: (people,) whether the person is a woman.
        age: (people,) age band.
        bot: (people,) whether it is an account that follows for money.
        covered: (accounts,) whether the panel knows the audience.
    """

    memberships: pa.Table
    rate: float
    account: Ints
    person: Ints
    topic: Ints
    country: Ints
    woman: Bools
    age: Ints
    bot: Bools
    covered: Bools


def recruit(
    cast: Cast,
    audiences: Audiences,
    memberships: int,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
    now: datetime,
    key: pa.Array,
) -> Panel:
    """Recruit a panel and note whom of the known topics each person follows.

    Args:
        cast: Who they are.
        audiences: Composition of their audiences.
        memberships: Number of memberships; fewer when the covered accounts are too small.
        lexicon: Topics and places.
        rng: Source of randomness.
        now: The moment at which the panel was asked.
        key: (accounts,) how tables name an account.
    """
    covered = lexicon.topics.panel[cast.topic]
    followers = np.where(covered, cast.followers, 0)
    people = _people(max(memberships // FOLLOWS_PER_PERSON, LEAST_PEOPLE), lexicon, rng)
    rate = min(memberships / max(int(followers.sum()), 1), 0.5)
    wanted = rng.poisson(np.minimum(SPARE * rate * followers, 0.4 * len(people.topic)))
    pairs = np.zeros(0, np.int64)
    for _ in range(ROUNDS):
        missing = wanted - np.bincount(pairs // len(people.topic), minlength=cast.count)
        account = np.repeat(np.arange(cast.count), missing)
        person = _followers(cast, audiences, people, account, lexicon=lexicon, rng=rng)
        pairs = _different(pairs, account * len(people.topic) + person)
    kept = np.sort(rng.permutation(len(pairs))[:memberships])
    account, person = np.divmod(pairs[kept], len(people.topic))
    names = phrases.tokens(len(people.topic), rng)
    table = columns.table(
        tables.MEMBERSHIPS,
        {
            "platform": pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[account])),
            "account": key.take(pa.array(account)),
            "member": names.take(pa.array(person)),
            "kind": "follows",
            "at": columns.moments(now, np.full(len(account), 7.0)),
        },
    )
    return Panel(
        memberships=table,
        rate=rate,
        account=account,
        person=person,
        topic=people.topic,
        country=people.country,
        woman=people.woman,
        age=people.age,
        bot=people.bot,
        covered=covered,
    )


@dataclass(frozen=True, slots=True)
class _People:
    """Everybody in the panel, ordered by cell; ``starts`` are cumulated activities by cell."""

    topic: Ints
    country: Ints
    woman: Bools
    age: Ints
    bot: Bools
    cumulated: Floats
    starts: Ints


def _people(count: int, lexicon: Lexicon, rng: np.random.Generator) -> _People:
    """Draw people; how many accounts a person follows is Pareto with index 1.7."""
    topics, places = lexicon.topics, lexicon.places
    asked = np.flatnonzero(topics.panel)
    topic = rng.choice(asked, count, p=topics.weight[asked] / topics.weight[asked].sum())
    country = rng.choice(len(places.weight), count, p=places.weight)
    woman = rng.random(count) < topics.women[topic]
    age = drawn(topics.ages, topic, rng)
    cells = len(topics.names) * len(places.weight)
    bot = rng.random(count) < BOTS
    cell = np.where(bot, cells, topic * len(places.weight) + country)
    activity = np.minimum((1 - rng.random(count)) ** (-1 / 1.7), 60)
    order = np.argsort(cell, kind="stable")
    return _People(
        topic=topic[order],
        country=country[order],
        woman=woman[order],
        age=age[order],
        bot=bot[order],
        cumulated=np.concatenate([[0.0], np.cumsum(activity[order])]),
        starts=np.searchsorted(cell[order], np.arange(cells + 2)),
    )


def _followers(
    cast: Cast,
    audiences: Audiences,
    people: _People,
    account: Ints,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
) -> Ints:
    """One person for each row: drawn from a community, kept when gender and age fit the audience.

    Communities are topic x country. Within one, a person is redrawn while he or she fits the
    audience's women share and ages worse than a coin says; six rounds settle nearly all.
    """
    countries = len(lexicon.places.weight)
    affinity = lexicon.topics.affinity * lexicon.topics.panel
    topic = drawn(affinity, cast.topic[account], rng)
    country = drawn(audiences.countries, account, rng)
    bots = len(people.starts) - 2
    cell = topic * countries + country
    cell[rng.random(len(account)) < cast.bought_share[account]] = bots
    person = np.zeros(len(account), np.int64)
    open_rows = np.arange(len(account))
    for _ in range(6):
        low = people.cumulated[people.starts[cell[open_rows]]]
        high = people.cumulated[people.starts[cell[open_rows] + 1]]
        at = low + rng.random(len(open_rows)) * (high - low)
        found = np.searchsorted(people.cumulated, at, side="right") - 1
        person[open_rows] = np.minimum(found, len(people.topic) - 1)
        fit = _fit(cast, audiences, people, account[open_rows], person[open_rows], lexicon)
        fit[people.bot[person[open_rows]]] = 1
        open_rows = open_rows[rng.random(len(open_rows)) > fit]
    return person


def _fit(
    cast: Cast,
    audiences: Audiences,
    people: _People,
    account: Ints,
    person: Ints,
    lexicon: Lexicon,
) -> Floats:
    """Chance to keep a person: how much likelier the audience is to hold such a one."""
    women, usual = audiences.women[account], lexicon.topics.women[cast.topic[account]]
    gender = np.where(people.woman[person], women / usual, (1 - women) / (1 - usual))
    age = people.age[person]
    ages = audiences.ages[account, age] / lexicon.topics.ages[cast.topic[account], age]
    return np.asarray(np.clip(gender * ages / 4, 0, 1))


def _different(known: Ints, more: Ints) -> Ints:
    """Both together, in order and without repeats; sorting beats hashing on such dense numbers."""
    ordered = np.sort(np.concatenate([known, more]))
    return ordered[np.diff(ordered, prepend=-1) > 0]

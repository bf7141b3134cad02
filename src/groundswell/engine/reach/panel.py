"""A panel: sampled people, and in which creators' audiences each of them is.

The sample is *coordinated*: whether a person is in it depends on the person's id alone, so a
person who is sampled is sampled in every audience at once, and overlaps survive. On a panel, reach
is set algebra; nothing has to be assumed about who follows whom.

Two kinds of panel have one shape. In a panel of *members* each entry is a person known to be in
the audience. In a panel of *segments* each "person" stands for a whole segment of the population
(a country, language and platform), and an entry's exposure is the part of the segment that the
audience covers: independence within segments, by the same arithmetic.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Codes, Floats, Ints
from groundswell.engine.compiled import compiled


@dataclass(frozen=True, slots=True)
class Panel:
    """Audiences as rows of people, row-compressed.

    Attributes:
        starts: Where each account's row starts, and the end; shape (accounts + 1,).
        people: Index of the person of each entry; shape (entries,).
        exposure: Probability in [0, 1] that the entry's person is in the audience; empty when all
            are certain; shape (entries,) or (0,).
        weight: How many people of the population each person stands for; shape (people,).
    """

    starts: Ints
    people: Codes
    exposure: Floats
    weight: Floats

    def __post_init__(self) -> None:
        if len(self.exposure) not in (0, len(self.people)):
            raise ValueError(
                "exposure must be empty or have one entry per membership, got "
                f"{len(self.exposure)} for {len(self.people)}"
            )

    @property
    def accounts(self) -> int:
        """Number of audiences."""
        return len(self.starts) - 1

    @property
    def members(self) -> Ints:
        """Panel people in each audience; shape (accounts,)."""
        return np.diff(self.starts)

    def audience(self) -> Floats:
        """People of the population in each audience; shape (accounts,)."""
        inside = self.weight[self.people]
        if len(self.exposure):
            inside = inside * self.exposure
        totals = np.concatenate([[0.0], np.cumsum(inside)])
        return np.asarray(totals[self.starts[1:]] - totals[self.starts[:-1]])

    def rows(self, accounts: Ints) -> "Panel":
        """The panel of some accounts, in the order given; people stay as they are."""
        lengths = self.members[accounts]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        entry = np.repeat(self.starts[accounts] - starts[:-1], lengths) + np.arange(starts[-1])
        exposure = self.exposure[entry] if len(self.exposure) else self.exposure
        return Panel(starts, self.people[entry], exposure, self.weight)


def sampled(member: "np.ndarray", *, rate: float) -> Bools:
    """Which memberships stay in a coordinated sample of people.

    Args:
        member: Uniform 64-bit hash of each membership's person, dtype uint64; shape (rows,).
        rate: Part of the people to keep, in (0, 1].

    Returns:
        True where the person's hash falls below the threshold; shape (rows,).
    """
    if not 0 < rate <= 1:
        raise ValueError(f"rate must lie in (0, 1], got {rate}")
    return np.asarray(member <= np.uint64(round(rate * (2**64 - 1))))


def of_members(
    account: Codes, person: Codes, *, accounts: int, people: int, people_per_member: float = 1.0
) -> Panel:
    """A panel from memberships.

    Args:
        account: Index of the account of each membership, in [0, accounts); shape (rows,).
        person: Index of the person, in [0, people); shape (rows,).
        accounts: Number of accounts; one without memberships gets an empty row.
        people: Number of people in the panel.
        people_per_member: People of the population that one panel person stands for, above 0.

    Returns:
        The panel; a membership that is listed twice counts once.
    """
    if people_per_member <= 0:
        raise ValueError(f"people_per_member must be above 0, got {people_per_member}")
    starts, members = _compress(account, person, accounts, people)
    return Panel(starts, members, np.empty(0), np.full(people, people_per_member))


def of_segments(audience: Floats, segment: Ints, account: Ints, population: Floats) -> Panel:
    """A panel whose "people" are segments, inside which audiences are independent.

    Args:
        audience: People of one account's audience in one segment; shape (entries,).
        segment: Index of the segment of each entry; shape (entries,).
        account: Index of the account of each entry, ascending; shape (entries,).
        population: People in each segment, above 0; shape (segments,).

    Returns:
        The panel; an audience larger than its segment is taken as the whole segment.
    """
    if np.any(population <= 0):
        raise ValueError(f"a segment's population must be above 0, got {population.min()}")
    accounts = int(account.max(initial=-1)) + 1
    starts = np.searchsorted(account, np.arange(accounts + 1))
    exposure = np.minimum(audience / population[segment], 1.0)
    return Panel(starts.astype(np.int64), segment.astype(np.int32), exposure, population)


def halves(panel: Panel, *, salt: int) -> tuple[Panel, Panel]:
    """Split the people in two: one half to choose on, the other to report from.

    Choosing on a sample favours creators who are lucky in that sample; the other half doesn't
    know of that luck, so what it reports is not too high.

    Args:
        panel: A panel of members.
        salt: Decides which person goes where; the same salt gives the same halves.

    Returns:
        Two panels of about half the people, each person of which stands for twice as many.
    """
    side = half_of(len(panel.weight), salt)
    return of_people(panel, side == 0), of_people(panel, side == 1)


def of_people(panel: Panel, keep: Bools) -> Panel:
    """A panel of some of the people, who stand for all.

    Args:
        panel: Any panel.
        keep: Which people; shape (people,).

    Returns:
        The same accounts; weights are raised so that they add up to what they did.
    """
    renumbered = np.cumsum(keep, dtype=np.int32) - np.int32(1)
    starts, people, exposure = _filtered(
        panel.starts, panel.people, panel.exposure, keep, renumbered
    )
    kept = panel.weight[keep]
    factor = panel.weight.sum() / kept.sum() if len(kept) else 1.0
    return Panel(starts, people, exposure, kept * factor)


@compiled
def _starts(code: Codes, count: int) -> Ints:
    """Where each code's rows start once they are sorted, and the end."""
    starts = np.zeros(count + 1, np.int64)
    for row in range(code.size):
        starts[code[row] + 1] += 1
    for index in range(count):
        starts[index + 1] += starts[index]
    return starts


@compiled
def _compress(account: Codes, person: Codes, accounts: int, people: int) -> tuple[Ints, Codes]:
    """Counting sorts by person, then by account, and duplicates out.

    Whatever order the memberships came in, the panel is the same, to the last bit of its sums.
    """
    at = _starts(person, people)
    accounts_of = np.empty(account.size, np.int32)  # of each person after the other
    for row in range(account.size):
        accounts_of[at[person[row]]] = account[row]
        at[person[row]] += 1
    starts = _starts(account, accounts)
    place = starts[:-1].copy()
    members = np.empty(account.size, np.int32)
    begin = 0
    for who in range(people):
        for entry in range(begin, at[who]):
            members[place[accounts_of[entry]]] = who
            place[accounts_of[entry]] += 1
        begin = at[who]
    kept = 0
    begin = 0
    for index in range(accounts):
        end = starts[index + 1]
        for entry in range(begin, end):
            who = members[entry]
            if entry == begin or who != members[kept - 1]:
                members[kept] = who
                kept += 1
        begin = end
        starts[index + 1] = kept
    return starts, members[:kept].copy()


@compiled
def _filtered(
    starts: Ints, people: Codes, exposure: Floats, keep: Bools, renumbered: Codes
) -> tuple[Ints, Codes, Floats]:
    new_starts = np.zeros(starts.size, np.int64)
    new_people = np.empty(people.size, np.int32)
    new_exposure = np.empty(exposure.size, np.float64)
    kept = 0
    for index in range(starts.size - 1):
        for entry in range(starts[index], starts[index + 1]):
            who = people[entry]
            if keep[who]:
                new_people[kept] = renumbered[who]
                if exposure.size:
                    new_exposure[kept] = exposure[entry]
                kept += 1
        new_starts[index + 1] = kept
    exposures = new_exposure[:kept].copy() if exposure.size else new_exposure
    return new_starts, new_people[:kept].copy(), exposures


def half_of(people: int, salt: int) -> Ints:
    """Which half each person goes into, 0 or 1: a bit of splitmix64 of index and salt."""
    x = np.arange(people, dtype=np.uint64) + np.uint64(salt % 2**64) * np.uint64(0x9E3779B9)
    x += np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((x ^ (x >> np.uint64(31))) & np.uint64(1), dtype=np.int64)

"""Who overlaps with whom: the best source for each creator, and panels to choose and report on.

Each creator's own reach comes from the response (what a post gets); sources of audiences say only
how the audiences overlap. A panel of members is split by person: the plan is chosen on one half
and its reach is reported from the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy import sparse

from groundswell.engine import reach
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach import Draws, Overlaps, Panel
from groundswell.engine.reach.virtual import Activity
from groundswell.planning import segments
from groundswell.planning.evidence import Evidence, place_of
from groundswell.planning.offers import Priced
from groundswell.terms.estimate import Estimate

LEAST_MEMBERS = 5  # sampled people in each half; with fewer, a creator's overlaps can't be seen
ENOUGH_MEMBERS = 65  # with fewer sampled people of each audience, its size is not read off a panel
_FITTED_TO = 40  # accounts with the most sampled members, whose pairs say how alike people are
_SURELY = 0.98  # no post is seen by everybody in an audience
MEMBERSHIPS, OVERLAPS, SEGMENTS = "memberships", "overlaps", "segments"
BOUGHT = "bought"  # everybody on a platform: sampled people, and others who stand for the rest


@dataclass(frozen=True, slots=True)
class Audiences:
    """Panels of the offers' accounts, in the order of ``places``.

    Attributes:
        places: Places of the accounts in the accounts' table; shape (accounts,).
        row: Index into ``places`` of each offer; shape (offers,).
        size: People in each audience; shape (accounts,).
        source: ``memberships``, ``overlaps``, ``segments`` or ``bought`` for each; (accounts,).
        choosing: The half to choose on; segments stand in where there are no members.
        members: The people of that half: they come first in ``choosing``.
        reporting: The other half; members only.
        countries: All accounts by country.
        virtual: The same, among people who follow less and more, as ``activity`` says.
        activity: How unlike people are, by the overlaps that were counted or measured.
        pairs: Measured overlaps among the accounts.
    """

    places: Ints
    row: Ints
    size: Floats
    source: "np.ndarray[tuple[int], np.dtype[np.str_]]"
    choosing: Panel
    members: Panel
    reporting: Panel
    countries: Panel
    virtual: Panel
    activity: Activity
    pairs: Overlaps

    def rates(self, offers: Priced) -> Floats:
        """Probability that a person of each offer's row of ``choosing`` sees its post."""
        seen = reached(offers.audience, offers.views.mean) * offers.delivery
        return _anchored(seen, self.choosing.audience()[self.row])

    def apart(self, offers: Priced) -> tuple[Panel, Floats]:
        """The half to choose on and rates, if those without members shared nobody with anybody.

        Whatever they really share, no portfolio reaches more than it would here.
        """
        count = len(self.places)
        own = Panel(
            np.arange(count + 1), np.arange(count, dtype=np.int32), np.ones(count), self.size
        )
        panel = _mixed(self.members, own, self.source == MEMBERSHIPS)
        seen = reached(offers.audience, offers.views.mean) * offers.delivery
        return panel, _anchored(seen, panel.audience()[self.row])

    def reported(self, offers: Priced, lines: Ints) -> Floats:
        """What each person of ``reporting`` contributes to the reach of lines that have members."""
        lines = lines[self.source[self.row[lines]] == MEMBERSHIPS]
        rows = self.row[lines]
        seen = reached(offers.audience[lines], offers.views.mean[lines]) * offers.delivery[lines]
        rates = _anchored(seen, self.reporting.audience()[rows])
        chances = reach.people_reached(self.reporting, rows, rates)
        return np.asarray(self.reporting.weight * chances)

    def whole(self) -> Panel:
        """People to report on: those of ``reporting``, and stand-ins for audiences without any."""
        return _mixed(self.reporting, self.choosing, np.isin(self.source, (MEMBERSHIPS, BOUGHT)))

    def sampled_each(self, lines: Ints) -> float | None:
        """People sampled of an audience on average, over lines whose overlaps are counted."""
        rows = self.row[lines]
        mine = rows[self.source[rows] == MEMBERSHIPS]
        return float(self.reporting.members[mine].mean()) if len(mine) else None

    def draws(
        self, offers: Priced, lines: Ints, views: Floats, *, rng: np.random.Generator
    ) -> tuple[Draws, dict[str, int]]:
        """Unique reach of some offers in scenarios, and how many lines each source speaks for.

        Args:
            offers: All offers.
            lines: Which of them; shape (lines,).
            views: Of each in each scenario; shape (scenarios, lines).
            rng: Source of chance.
        """
        rows = self.row[lines]
        seen = reached(offers.audience[lines], views)
        parts: list[Draws] = []
        counted: dict[str, int] = {}
        for source in (MEMBERSHIPS, OVERLAPS, SEGMENTS):
            mine = self.source[rows] == source
            bought = self.source[rows] == BOUGHT
            if source == MEMBERSHIPS and bought.any():
                counted[BOUGHT] = int(bought.sum())
                mine |= bought
            if not mine.any():
                continue
            if measured := int((mine & ~bought).sum()):
                counted[source] = measured
            parts.append(self._part(source, rows[mine], seen[:, mine], rng))
        population = self._population(rows)
        together = parts[0]
        for part in parts[1:]:
            together = together.joined(part, population=population)
        return together, counted

    def _part(self, source: str, rows: Ints, seen: Floats, rng: np.random.Generator) -> Draws:
        if source == MEMBERSHIPS:
            rates = _anchored(seen, self.reporting.audience()[rows])
            return reach.draws.on_panel(self.reporting, rows, rates, rng=rng, is_anchored=True)
        expected = seen.mean(axis=0)
        if source == OVERLAPS:
            union = reach.overlaps.union(np.arange(len(rows)), self._pairs_reached(rows, expected))
        else:
            rates = np.minimum(expected / self.size[rows], 1.0)
            people = self.virtual if self.activity.pairs else None
            union = reach.segments.union(self.countries, rows, rates, people=people)
        return reach.draws.scaled(seen.sum(axis=1), _part_of(union, float(expected.sum())))

    def _pairs_reached(self, rows: Ints, expected: Floats) -> Overlaps:
        """Overlaps of the people reached: a member of both is reached by either independently."""
        among = self.pairs.among(rows)
        part = np.minimum(expected / np.maximum(among.size, 1.0), 1.0)
        shared = among.shared * part[among.a] * part[among.b]
        threshold = among.threshold
        if threshold is not None:
            threshold *= float(np.sort(part)[-2:].prod())
        size = np.maximum(expected, among.size * part)
        return Overlaps(size, among.a, among.b, shared, threshold)

    def _population(self, rows: Ints) -> float:
        """People in the countries where some audiences live."""
        return float(self.countries.weight[np.unique(self.countries.rows(rows).people)].sum())


def reached(audience: Floats, views: Floats) -> Floats:
    """People that posts reach one by one."""
    return np.asarray(audience * reach.reach_rate(views, audience))


def _anchored(seen: Floats, people: Floats) -> Floats:
    return reach.sampling.anchored(seen, people, most=_SURELY)


def _part_of(union: Estimate, total: float) -> Estimate:
    if total <= 0 or union.value is None:
        return Estimate.exact(1.0, method=union.method, n=union.n)
    value, low, high = (
        None if end is None else min(end / total, 1.0)
        for end in (union.value, union.low, union.high)
    )
    return Estimate(value, low, high, union.level, union.method, union.n, union.reason)


def gather(evidence: Evidence, offers: Priced, members: pa.Table, *, salt: int) -> Audiences:
    """Panels for the offers' accounts.

    Args:
        evidence: Of the workspace.
        offers: Whose accounts.
        members: account, member: place among the offers' accounts, and number of the person.
        salt: Decides which person goes into which half.
    """
    places, row = np.unique(offers.place, return_inverse=True)
    size = np.zeros(len(places))
    np.maximum.at(size, row, offers.audience)
    countries = segments.panel(evidence, places, size)
    choosing, reporting, has_members = _halves(members, size, salt)
    pairs, has_pairs = _pairs(evidence, places, size)
    source = np.where(has_members, MEMBERSHIPS, np.where(has_pairs, OVERLAPS, SEGMENTS))
    activity = reach.virtual.fit(countries, _observed(choosing, has_members, pairs, size))
    virtual = reach.virtual.of_segments(countries, activity.variance)
    stand_ins = _measured_world(virtual, pairs, has_pairs)
    return Audiences(
        places=places,
        row=row,
        size=size,
        source=source,
        choosing=_mixed(choosing, stand_ins, has_members),
        members=choosing,
        reporting=reporting,
        countries=countries,
        virtual=virtual,
        activity=activity,
        pairs=pairs,
    )


def _halves(members: pa.Table, size: Floats, salt: int) -> tuple[Panel, Panel, Bools]:
    """Panels of members, and the accounts of which both halves hold enough."""
    account = members["account"].to_numpy().astype(np.int32)
    person = members["member"].to_numpy().astype(np.int32)
    people = int(person.max(initial=-1)) + 1
    count = np.bincount(account, minlength=len(size))
    seen = count >= 2 * LEAST_MEMBERS
    each = max(float(size[seen].sum() / count[seen].sum()), 1.0) if seen.any() else 1.0
    whole = reach.panel.of_members(
        account, person, accounts=len(size), people=people, people_per_member=each
    )
    first, second = reach.panel.halves(whole, salt=salt)
    enough = (first.members >= LEAST_MEMBERS) & (second.members >= LEAST_MEMBERS)
    return first, second, enough


def _pairs(evidence: Evidence, places: Ints, size: Floats) -> tuple[Overlaps, Bools]:
    """Measured overlaps among the accounts, and which accounts are in any."""
    table = evidence.overlaps
    sizes, listed = size.copy(), np.zeros(len(size), np.bool_)
    pairs: dict[tuple[int, int], float] = {}
    threshold: float | None = None
    at = {int(place): row for row, place in enumerate(places)}
    for a, b, shared, size_a, size_b, below in _rows(table, evidence):
        first, second = at.get(a), at.get(b)
        if first is None or second is None or first == second or shared is None:
            continue
        for place, measured in ((first, size_a), (second, size_b)):
            if measured:
                sizes[place] = measured
            listed[place] = True
        pairs[first, second] = shared
        threshold = threshold if below is None else max(threshold or 0.0, below)
    firsts, seconds = (np.array([pair[i] for pair in pairs], np.int64) for i in (0, 1))
    measured_shared = np.array(list(pairs.values()), np.float64)
    possible = np.minimum(measured_shared, np.minimum(sizes[firsts], sizes[seconds]))
    return Overlaps(sizes, firsts, seconds, possible, threshold), listed


def _observed(choosing: Panel, has_members: Bools, pairs: Overlaps, size: Floats) -> Overlaps:
    """Measured pairs, and those of the accounts of which most people were sampled."""
    rows = np.flatnonzero(has_members & (choosing.members >= ENOUGH_MEMBERS))
    rows = rows[np.argsort(-choosing.members[rows], kind="stable")][:_FITTED_TO]
    if has_members.all() or len(rows) < 2:
        return pairs
    part = choosing.rows(rows)
    ones = np.ones(len(part.people))
    inside = sparse.csr_matrix(
        (ones, part.people, part.starts), shape=(len(rows), len(choosing.weight))
    )
    both = (inside @ inside.T).toarray()
    first, second = np.triu_indices(len(rows), 1)
    a, b = rows[first], rows[second]
    # What one sampled member of each stands for, as audiences are larger than their samples.
    each = size / np.maximum(choosing.audience(), 1.0)
    shared = both[first, second] * choosing.weight[0] * each[a] * each[b]
    sizes = np.where(has_members, size, pairs.size)
    return Overlaps(
        sizes,
        np.concatenate([a, pairs.a]),
        np.concatenate([b, pairs.b]),
        np.concatenate(
            [
                np.minimum(shared, np.minimum(size[a], size[b])),
                np.minimum(pairs.shared, np.minimum(sizes[pairs.a], sizes[pairs.b])),
            ]
        ),
    )


def _rows(
    table: pa.Table, evidence: Evidence
) -> Sequence[tuple[int, int, float, float, float, float]]:
    if not table.num_rows:
        return []
    sides = [
        place_of(table[side], evidence.accounts).fill_null(-1).to_pylist()
        for side in ("account_a", "account_b")
    ]
    rest = [table[name].to_pylist() for name in ("shared", "size_a", "size_b", "threshold")]
    return list(zip(*sides, *rest, strict=True))


def _measured_world(countries: Panel, pairs: Overlaps, has_pairs: Bools) -> Panel:
    """Countries, with accounts of measured overlaps in a world where they overlap as measured."""
    population = pairs.population()
    if population is None:
        return countries
    world = len(countries.weight)
    starts, people, exposure = [0], [], []
    for row in range(countries.accounts):
        begin, end = countries.starts[row], countries.starts[row + 1]
        if has_pairs[row]:
            people.append(np.array([world], np.int32))
            exposure.append(np.array([min(pairs.size[row] / population, 1.0)]))
        else:
            people.append(countries.people[begin:end])
            exposure.append(countries.exposure[begin:end])
        starts.append(starts[-1] + len(people[-1]))
    return Panel(
        np.array(starts, np.int64),
        np.concatenate(people),
        np.concatenate(exposure),
        np.append(countries.weight, population),
    )


def _mixed(members: Panel, stand_ins: Panel, has_members: Bools) -> Panel:
    """Rows of members where there are enough, else of segments; nobody is in both."""
    if has_members.all():
        return members
    order = np.argsort(~has_members, kind="stable")
    inside, outside = np.flatnonzero(has_members), np.flatnonzero(~has_members)
    first, second = members.rows(inside), stand_ins.rows(outside)
    joined = Panel(
        np.concatenate([first.starts, first.starts[-1] + second.starts[1:]]),
        np.concatenate([first.people, second.people + np.int32(len(members.weight))]),
        np.concatenate([np.ones(len(first.people)), second.exposure]),
        np.concatenate([members.weight, stand_ins.weight]),
    )
    return joined.rows(np.argsort(order, kind="stable"))

"""Reach of creators from files alone: no server, no workspace, and memory that stays bounded."""

import itertools
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from groundswell.connectors.adapters.files.batches import Cell
from groundswell.engine import reach
from groundswell.planning import columns
from groundswell.planning.columns import BadTable, Rows, text
from groundswell.planning.named import Wanted
from groundswell.planning.reached import Reach, Step, Unlisted
from groundswell.terms.estimate import Estimate
from groundswell.terms.progress import Progress, silent

MOST_AUDIENCES = 5_000  # of which pairs are compared: 25 million
_MEMORY = "512MB"
_PAIRS = pa.schema([("account", pa.int32()), ("member", pa.string())])
_STEPS = 100  # points of a curve that each take a bound of their own
_SHOWN = 20  # pairs named
# For how many-th time each account's members meet an account, in the order given.
_MEETINGS = """
    CREATE TABLE meeting AS
    SELECT place, times, count(*) AS people FROM (
        SELECT place, row_number() OVER (PARTITION BY member ORDER BY place) AS times
        FROM pair JOIN chosen USING (account)
    ) GROUP BY ALL
"""


def of_members(
    path: Path,
    creators: Sequence[str] | None = None,
    *,
    rate: float = 1.0,
    headers: Mapping[str, str | None] | None = None,
    progress: Progress = silent,
) -> Reach:
    """Distinct members of some creators' audiences: counted, not estimated.

    Args:
        path: Columns ``account`` and ``member``, one row for each membership; ``platform`` may
            stand beside. A row that comes twice counts once.
        creators: Whose audiences, in the order of the curve; None takes all accounts of the file.
        rate: Chance that a member sees what the audience is shown, in (0, 1], independently of
            what others see: reach is then what is expected.
        headers: What the two columns are called, where they have other names.
        progress: Told of the rows read.

    Raises:
        CannotRead: When the file is no table of rows.
        BadTable: When a column is missing, nobody is listed, or the rate is no such chance.
        UnknownNames: When a creator isn't in the file.
    """
    _check_rate(rate)
    rows = Rows(
        path, ["account", "member"], optional=["platform"], kind="memberships", said=headers
    )
    wanted = Wanted(creators)
    left_out = counted = 0

    def pairs() -> Iterator[pa.RecordBatch]:
        nonlocal left_out, counted
        read = 0
        for batch, cells in rows.batches():
            found, complete = _memberships(cells, wanted)
            left_out += len(batch.rows) - complete
            counted += len(found)
            read += len(batch.rows)
            progress("reading memberships", read, None)
            yield found

    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect(
            config={"memory_limit": _MEMORY, "threads": 2, "temp_directory": spill}
        ) as counting,
    ):
        counting.register("rows", pa.RecordBatchReader.from_batches(_PAIRS, pairs()))
        counting.execute("CREATE TABLE pair AS SELECT DISTINCT account, member FROM rows")
        names = _named(wanted, path)
        meetings, repeated = _meetings(counting, wanted.found(str(path)), counted)
    twice = (f"memberships listed again in {path}, counted once: {repeated:,}",) if repeated else ()
    return _from_meetings(names, meetings, rate, (*twice, *rows.notes(left_out)))


def _check_rate(rate: float) -> None:
    if not 0 < rate <= 1:
        raise BadTable(f"a rate is a chance above 0 and at most 1, got {rate}")


def _named(wanted: Wanted, path: Path) -> list[str]:
    names = [wanted.accounts[code] for code in wanted.found(str(path))]
    if not names:
        raise BadTable(f"{path} has no row that names an account: there is nobody to count")
    return names


def _meetings(
    counting: duckdb.DuckDBPyConnection, chosen: list[int], counted: int
) -> tuple[dict[str, np.ndarray], int]:
    places = pa.table(
        {"account": pa.array(chosen, pa.int32()), "place": pa.array(range(len(chosen)), pa.int32())}
    )
    counting.register("chosen", places)
    (distinct,) = counting.sql("SELECT count(*) FROM pair").fetchall()[0]
    counting.execute(_MEETINGS)
    found = counting.sql("SELECT * FROM meeting ORDER BY place, times").fetchnumpy()
    return found, counted - distinct


def _from_meetings(
    names: list[str], meetings: dict[str, np.ndarray], rate: float, notes: tuple[str, ...]
) -> Reach:
    place, times, people = meetings["place"], meetings["times"], meetings["people"]
    sizes = [int(size) for size in np.bincount(place, people, minlength=len(names))]
    added = reach.frequency.added(place, times, people, audiences=len(names), rate=rate)
    exactly = reach.frequency.exactly(times, people, rate=rate)
    members = int(people[times == 1].sum())
    steps = zip(
        names,
        itertools.accumulate(sizes),
        [_counted(value, rate, members) for value in np.cumsum(added)],
        strict=True,
    )
    curve = tuple(Step(*step) for step in steps)
    return Reach(
        curve[-1].reach,
        "memberships",
        rate,
        dict(zip(names, sizes, strict=True)),
        tuple(_whole(value, rate) for value in exactly),
        curve,
        None,
        notes,
    )


def _whole(value: float, rate: float) -> float:
    """People are whole where nothing is left to chance."""
    return round(value) if rate == 1.0 else float(value)


def _counted(value: float, rate: float, members: int) -> Estimate:
    if rate == 1.0:
        method, reason = "exact count of distinct members", None
    else:
        method = "expected count of distinct members"
        reason = f"each member sees each creator with chance {rate:g}, independently"
    return Estimate.exact(_whole(value, rate), method=method, n=members, reason=reason)


def _memberships(cells: list[list[Cell]], wanted: Wanted) -> tuple[pa.RecordBatch, int]:
    """Members of the wanted accounts, and how many rows named both an account and a member.

    A row with an account alone makes the account known, with nobody in its audience.
    """
    codes, members = [], []
    complete = 0
    for account, member, platform in zip(*cells, strict=True):
        name = text(account)
        if name is None:
            continue
        if platform and ":" not in name:
            name = f"{text(platform)}:{name}"
        code = wanted.code(name)
        who = text(member)
        if who is None:
            continue
        complete += 1
        if code >= 0:
            codes.append(code)
            members.append(who)
    return pa.record_batch(
        [pa.array(codes, pa.int32()), pa.array(members)], schema=_PAIRS
    ), complete


def of_overlaps(
    overlaps: Path,
    audiences: Path | None = None,
    creators: Sequence[str] | None = None,
    *,
    threshold: float | None = None,
    rate: float = 1.0,
) -> Reach:
    """Distinct people of some creators' audiences, from sizes and measured pairs.

    Args:
        overlaps: Columns ``account_a``, ``account_b``, ``shared``; ``threshold`` may stand beside:
            pairs that share fewer are not listed.
        audiences: Columns ``account`` and ``size``; None where ``overlaps`` has the columns
            ``size_a`` and ``size_b``.
        creators: Whose audiences, in the order of the curve; None takes all that have a size.
        threshold: In place of the column's.
        rate: As for ``of_members``. Of those who are in two audiences, rate squared see both.

    Raises:
        CannotRead: When a file is no table of rows.
        BadTable: When a column is missing, or a number is no count of people.
        UnknownNames: When a creator has no audience in the file.
        ImpossibleOverlap: When two audiences share more people than one of them has.
    """
    _check_rate(rate)
    if threshold is not None and not (math.isfinite(threshold) and threshold >= 0):
        raise BadTable(f"a threshold is a number of people, 0 or more, got {threshold}")
    if audiences is None:
        sized, sizes, wanted = _sizes_of_pairs(overlaps, creators)
    else:
        sized, sizes, wanted = _sizes(audiences, creators)
    where = audiences or overlaps
    names = _named(wanted, where)
    if len(names) > MOST_AUDIENCES:
        raise BadTable(
            f"{len(names):,} creators are too many to compare pair by pair: name at most "
            f"{MOST_AUDIENCES:,} with --creators"
        )
    listed = Rows(
        overlaps, ["account_a", "account_b", "shared"], optional=["threshold"], kind="overlaps"
    )
    found = _pairs(listed, sizes)
    cut = found.threshold if threshold is None else threshold
    known = reach.Overlaps(
        np.array(list(sizes.values()), np.float64) * rate,
        np.array([a for a, _ in found.shared], np.int64),
        np.array([b for _, b in found.shared], np.int64),
        np.array(list(found.shared.values()), np.float64) * rate**2,
        None if cut is None else cut * rate**2,
    )
    place = {name: index for index, name in enumerate(sizes)}
    at = np.array([place[name] for name in names], np.int64)
    notes = tuple(dict.fromkeys((*sized.notes(), *listed.notes(), *found.notes(overlaps, where))))
    return _bounded(known, at, {name: sizes[name] for name in names}, rate, cut, notes)


def _bounded(
    known: reach.Overlaps,
    at: np.ndarray,
    audiences: dict[str, int],
    rate: float,
    threshold: float | None,
    notes: tuple[str, ...],
) -> Reach:
    names = list(audiences)
    sums = list(itertools.accumulate(audiences.values()))
    ends = sorted({round(end) for end in np.geomspace(1, len(names), _STEPS)})
    curve = tuple(
        Step(names[end - 1], sums[end - 1], reach.overlaps.union(at[:end], known)) for end in ends
    )
    total = curve[-1].reach
    frequency = None
    if total.value is not None and total.low is None:  # one, or two whose overlap is known
        twice = sums[-1] * rate - total.value
        frequency = (total.value - twice, twice)[: len(names)]
    else:
        notes = (*notes, "pairs do not tell how many people are reached exactly once, twice, ...")
    if rate < 1:
        notes = (*notes, f"each member sees each creator with chance {rate:g}, independently")
    unlisted = _unlisted(known.among(at), names, threshold)
    return Reach(total, "overlaps", rate, audiences, frequency, curve, unlisted, notes)


def _unlisted(among: reach.Overlaps, names: list[str], threshold: float | None) -> Unlisted:
    open_ = ~np.tri(len(names), dtype=np.bool_)
    open_[np.minimum(among.a, among.b), np.maximum(among.a, among.b)] = False
    first = itertools.islice(
        ((a, b) for a in range(len(names)) for b in np.flatnonzero(open_[a])), _SHOWN
    )
    return Unlisted(
        int(open_.sum()),
        len(names) * (len(names) - 1) // 2,
        tuple((names[a], names[b]) for a, b in first),
        threshold,
    )


@dataclass(slots=True)
class _Pairs:
    """Overlaps of a file, by the places of the two audiences."""

    shared: dict[tuple[int, int], int]
    contradictory: set[tuple[int, int]]
    threshold: float | None = None

    def notes(self, overlaps: Path, audiences: Path) -> list[str]:
        notes = []
        if not (self.shared or self.contradictory):
            notes.append(
                f"no pair of {overlaps} names two accounts of {audiences}: are they written alike?"
            )
        if self.contradictory:
            notes.append(
                f"pairs listed with different numbers in {overlaps}, taken as unknown: "
                f"{len(self.contradictory):,}"
            )
        return notes


def _sizes(path: Path, creators: Sequence[str] | None) -> tuple[Rows, dict[str, int], Wanted]:
    rows = Rows(path, ["account", "size"], kind="sizes")
    wanted = Wanted(creators)
    sizes: dict[str, int] = {}
    for number, (account, size) in rows:
        if account is not None:
            _note_size(sizes, account, columns.people(size, "size", path, number), path, number)
            wanted.code(account)
    return rows, sizes, wanted


def _sizes_of_pairs(
    path: Path, creators: Sequence[str] | None
) -> tuple[Rows, dict[str, int], Wanted]:
    rows = Rows(path, ["account_a", "size_a", "account_b", "size_b"], kind="overlaps")
    wanted = Wanted(creators)
    sizes: dict[str, int] = {}
    for number, (first, size_a, second, size_b) in rows:
        for account, size, column in ((first, size_a, "size_a"), (second, size_b, "size_b")):
            if account is not None:
                _note_size(sizes, account, columns.people(size, column, path, number), path, number)
                wanted.code(account)
    return rows, sizes, wanted


def _note_size(sizes: dict[str, int], account: str, people: int, path: Path, row: int) -> None:
    if sizes.setdefault(account, people) != people:
        raise BadTable(
            f"row {row:,} of {path}: {account!r} has {people:,} people here and "
            f"{sizes[account]:,} above: leave one size for each account"
        )


def _pairs(rows: Rows, sizes: dict[str, int]) -> _Pairs:
    place = {name: at for at, name in enumerate(sizes)}
    for name, at in list(place.items()):
        place.setdefault(name.casefold(), at)
    every = list(sizes)
    found = _Pairs({}, set())
    for number, (first, second, shared, below) in rows:
        if below is not None:
            stated = columns.people(below, "threshold", rows.path, number)
            found.threshold = max(found.threshold or 0.0, stated)
        a, b = (
            place.get(name or "", place.get((name or "").casefold())) for name in (first, second)
        )
        people = columns.people(shared, "shared", rows.path, number)
        if a is None or b is None or a == b:
            continue
        if people > (smaller := min(sizes[every[a]], sizes[every[b]])):
            raise BadTable(
                f"row {number:,} of {rows.path}: {first} and {second} can't share {people:,} "
                f"people, as one of them has {smaller:,}: mend the row or the size"
            )
        pair = (min(a, b), max(a, b))
        if found.shared.setdefault(pair, people) != people:
            found.contradictory.add(pair)
    for pair in found.contradictory:
        del found.shared[pair]
    return found

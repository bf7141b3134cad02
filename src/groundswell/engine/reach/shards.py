"""Panels from audiences that come in pieces, so that memberships are held once and halved at once.

A hundred million memberships fit into memory as 32-bit numbers, but not several times over. Pieces
are Arrow record batches with a list of people for each account, as memory-mapped IPC files and
Parquet row groups give them; their numbers are read where they lie.
"""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundswell.engine.arrays import Codes, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach.panel import Panel, half_of
from groundswell.terms.errors import Refusal

Signs: TypeAlias = npt.NDArray[np.int8]


class UnreadableShard(Refusal):
    """A piece doesn't hold a list of people for each account."""

    code = "unreadable_shard"


def halves(
    batches: Iterable[pa.RecordBatch],
    *,
    people: int,
    people_per_member: float,
    salt: int,
    column: str = "people",
) -> tuple[Panel, Panel]:
    """Two halves of a panel, like ``panel.halves``, from pieces that follow one another.

    Args:
        batches: Accounts in their order; each batch is read once and then let go.
        people: Number of people in the panel; members are numbered in [0, people).
        people_per_member: People of the population that one panel person stands for, above 0.
        salt: Decides which person goes where.
        column: Of type list<int32> or large_list<int32>; null is nobody.

    Returns:
        The half to choose on and the half to report from; a member listed twice counts once.

    Raises:
        UnreadableShard: When a batch lacks the column, or a member is no person of the panel.
    """
    side = half_of(people, salt)
    place = np.where(side == 0, np.cumsum(side == 0), np.cumsum(side == 1)).astype(np.int32) - 1
    mark = np.full(people, -1, np.int64)
    lengths: tuple[list[Ints], list[Ints]] = ([], [])
    members: tuple[list[Codes], list[Codes]] = ([], [])
    done = 0
    for number, batch in enumerate(batches):
        offsets, values = _lists(batch, column, number)
        if len(values) and (values.min() < 0 or values.max() >= people):
            raise UnreadableShard(
                f"batch {number} names people {values.min():,} to {values.max():,}, but the panel "
                f"has {people:,}: number members from 0, or say how many people there are"
            )
        counts, parts = _split(offsets, values, side.astype(np.int8), place, mark, done)
        for half in (0, 1):
            lengths[half].append(counts[half])
            members[half].append(parts[half])
        done += len(offsets) - 1
    total = people * people_per_member
    first, second = (
        Panel(
            np.concatenate([np.zeros(1, np.int64), *lengths[half]]).cumsum(),
            np.concatenate([np.empty(0, np.int32), *members[half]]),
            np.empty(0),
            np.full(int((side == half).sum()), total / max(int((side == half).sum()), 1)),
        )
        for half in (0, 1)
    )
    return first, second


def _lists(batch: pa.RecordBatch, column: str, number: int) -> tuple[Ints, Codes]:
    """Where each account's people begin, and the people, without copying them."""
    names = batch.schema.names
    kind = batch.schema.field(column).type if column in names else pa.null()
    if kind not in (pa.list_(pa.int32()), pa.large_list(pa.int32())):
        raise UnreadableShard(
            f"batch {number} has columns {', '.join(names) or 'none'}; it needs one named "
            f"{column} with a list of 32-bit whole numbers for each account"
        )
    lists = batch.column(column)
    offsets = np.concatenate([[0], np.cumsum(lists.value_lengths().fill_null(0).to_numpy())])
    return offsets.astype(np.int64), lists.flatten().to_numpy()


@compiled
def _split(
    offsets: Ints, values: Codes, side: Signs, place: Codes, mark: Ints, first: int
) -> tuple[tuple[Ints, Ints], tuple[Codes, Codes]]:
    count = np.zeros((2, offsets.size - 1), np.int64)
    left = np.empty(values.size, np.int32)
    right = np.empty(values.size, np.int32)
    ends = np.zeros(2, np.int64)
    for row in range(offsets.size - 1):
        for entry in range(offsets[row], offsets[row + 1]):
            who = values[entry]
            if mark[who] == first + row:
                continue
            mark[who] = first + row
            half = side[who]
            if half == 0:
                left[ends[0]] = place[who]
            else:
                right[ends[1]] = place[who]
            ends[half] += 1
            count[half, row] += 1
    return (count[0], count[1]), (left[: ends[0]].copy(), right[: ends[1]].copy())

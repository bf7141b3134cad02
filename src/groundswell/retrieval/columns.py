"""Columns beside the vectors: at two bytes of an account one sees that it can't pass a filter.

They are coarse on purpose. Names are kept as numbers that others may share, measures are rounded,
and topics are bits of a signature (Bloom 1970), so nobody who passes is left out, and some who do
not pass stay in. The index has the last word on the few that are best: what a filter means is said
there, and here only whom it can't mean. A filter of another kind leaves everybody in.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from groundswell.retrieval.filters import Filter, Interval
from groundswell.retrieval.keys import KEYS, Key, Kind
from groundswell.retrieval.values import Value
from groundswell.retrieval.words import fold_name
from groundswell.terms import places

Columns = npt.NDArray[np.uint16]
Bools = npt.NDArray[np.bool_]
Numbers: TypeAlias = Callable[[Key, Value | None], Interval | None]  # that a value stands for

# Rows lie in blocks, and in a block column by column: each is read alone, and rows are added at
# the end of one file.
BLOCK = 4096
_SINGLE = ("platform", "country", "region", "city", "language", "verdict", "verified")
_FOLDED = ("region", "city", "verdict")
_SEVERAL = {"category": "categories", "tag": "tags", "list": "lists"}
_MEASURES = tuple(
    dict.fromkeys(
        key.column
        for key in KEYS.values()
        if key.kind in {Kind.COUNT, Kind.RATE, Kind.NUMBER, Kind.MONEY}
    )
)
_DAYS = tuple(key.column for key in KEYS.values() if key.kind is Kind.DAY)
_AT = {name: at for at, name in enumerate((*_SINGLE, *_MEASURES, *_DAYS))}
_SIGNATURE = slice(len(_AT), len(_AT) + 4)  # of 64 bits
WIDTH = _SIGNATURE.stop
BLOCK_BYTES = 2 * WIDTH * BLOCK
_UNKNOWN = 0
_DAY = 86_400
_MOST_KEPT = 2**16


def of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """What is kept of some documents; shape (WIDTH, documents)."""
    found = np.zeros((WIDTH, len(rows)), dtype=np.uint16)
    for name in _SINGLE:
        found[_AT[name]] = [_written(name, row[name]) for row in rows]
    for name in _MEASURES:
        found[_AT[name]] = _steps(np.array([row[name] for row in rows], dtype=np.float64))
    for name in _DAYS:
        found[_AT[name]] = [_day(row[name]) for row in rows]
    found[_SIGNATURE] = _apart([_signature(row) for row in rows])
    return found


def write(file: BinaryIO, first: int, found: Columns) -> None:
    """Write rows into their places, and make the last block whole."""
    at, end = first, first + found.shape[1]
    while at < end:
        block, place = divmod(at, BLOCK)
        upto = min(at - place + BLOCK, end)
        for column, values in enumerate(found[:, at - first : upto - first]):
            file.seek(2 * ((block * WIDTH + column) * BLOCK + place))
            file.write(values.tobytes())
        at = upto
    file.truncate(-(-end // BLOCK) * BLOCK_BYTES)


def passing(columns: Columns, wanted: Sequence[Filter], numbers: Numbers) -> Bools | None:
    """Which rows may pass all filters; None when these tell nothing.

    Args:
        columns: Shape (blocks, WIDTH, BLOCK).
        wanted: The filters.
        numbers: Says which interval a value stands for, if it is no name.
    """
    found: Bools | None = None
    for each in wanted:
        may = _either(columns, each, numbers)
        if may is not None:
            found = may if found is None else np.logical_and(found, may, out=found)
    return None if found is None else found.ravel()


def _either(columns: Columns, wanted: Filter, numbers: Numbers) -> Bools | None:
    """Which rows may have any of the values or lie within; None when that can't be seen."""
    intervals = [] if wanted.within is None else [wanted.within]
    found: Bools | None = None
    for value in wanted.any_of:
        within = numbers(wanted.key, value)
        if within is not None:
            intervals.append(within)
            continue
        may = _equal(columns, wanted.key, value)
        if may is None:
            return None
        found = may if found is None else found | may
    for interval in intervals:
        may = _between(columns, wanted.key, interval)
        if may is None:
            return None
        found = may if found is None else found | may
    return found


def _equal(columns: Columns, key: Key, value: Value | None) -> Bools | None:
    if key.name in _SEVERAL and value is not None:
        return _signed(columns, key.name, str(value))
    if key.column not in _AT or key.kind in {Kind.TIER, Kind.SINCE}:
        return None
    code = _UNKNOWN if value is None else _named(key.column, value)
    found: Bools = columns[:, _AT[key.column]] == code
    return found


def _signed(columns: Columns, key: str, name: str) -> Bools:
    asked = _apart([_bits(key, name)])[:, 0]
    found = np.ones((len(columns), BLOCK), dtype=np.bool_)
    for column, bits in enumerate(asked, _SIGNATURE.start):
        if bits:
            found &= columns[:, column] & bits == bits
    return found


def _between(columns: Columns, key: Key, within: Interval) -> Bools | None:
    if key.column not in _AT:
        return None
    bounds = np.array([within.low, within.high])
    low, high = _days(bounds) if key.column in _DAYS else _steps(bounds)
    column = columns[:, _AT[key.column]]
    if high < low:
        return np.zeros((len(columns), BLOCK), dtype=np.bool_)
    # One comparison for both bounds: what lies below the lower one wraps around.
    found: Bools = column - low <= high - low
    return found


def _steps(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint16]:
    """Numbers that rise with the values, in steps of less than a hundredth; unknown is 0."""
    with np.errstate(over="ignore"):
        bits = (values + 0.0).astype(np.float32).view(np.uint32)  # of two zeros one is left
    rising = np.where(bits >> 31, ~bits, bits | np.uint32(2**31)) >> 16
    return np.where(np.isnan(values), _UNKNOWN, rising).astype(np.uint16)


def _day(moment: datetime | None) -> int:
    return _UNKNOWN if moment is None else int(_days(np.array([moment.timestamp()]))[0])


def _days(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.uint16]:
    """Days since 1970 from 1 on; what lies before is the first."""
    return (1 + np.clip(np.floor(seconds / _DAY), 0, 2**16 - 2)).astype(np.uint16)


@lru_cache(_MOST_KEPT)
def _written(column: str, value: Any) -> int:
    """The number of a name as a document has it."""
    if value is None:
        return _UNKNOWN
    if column == "language":
        return _named(column, places.tag(str(value)))
    return _named(column, fold_name(value) if column in _FOLDED else value)


def _named(column: str, value: Value) -> int:
    """A number for a name, from 1 on; others may have the same, and all kinds of a language do."""
    name = str(value).partition("-")[0] if column == "language" else str(value)
    return 1 + _hash(name) % (2**16 - 1)


def _signature(row: Mapping[str, Any]) -> int:
    found = 0
    for key, column in _SEVERAL.items():
        for name in row[column] or ():
            found |= _bits(key, fold_name(name))
    return found


@lru_cache(_MOST_KEPT)
def _bits(key: str, name: str) -> int:
    """The two bits of 64, or the one, that a name sets in the signature of who has it."""
    number = _hash(f"{key} {name}")
    return 1 << number % 64 | 1 << number // 64 % 64


def _apart(signatures: Sequence[int]) -> Columns:
    """Signatures of 64 bits as four columns."""
    whole = np.array(signatures, dtype="<u8")
    return whole.view("<u2").reshape(len(signatures), 4).T


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=2).digest())

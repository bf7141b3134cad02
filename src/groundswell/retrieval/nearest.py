"""Nearest vectors: the inner loops over bits and bytes, compiled."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from numba.extending import intrinsic

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int8]
Signs = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
_WIDER = 5  # times as many are chosen by differing bits as are wanted
_PLANES = 4  # bits of each asked number
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def _compiled(function: Kernel) -> Kernel:
    try:
        return cast("Kernel", numba.njit(cache=True, nogil=True, fastmath=True)(function))
    except RuntimeError:  # numba finds no place to keep machine code: each process compiles
        return cast("Kernel", numba.njit(nogil=True, fastmath=True)(function))


@intrinsic
def _popcount(context: Any, word: Any) -> Any:  # noqa: ARG001 - numba asks for it
    """How many bits of a word are set: one instruction."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        return builder.ctpop(given[0])

    return numba.uint64(numba.uint64), made


_ones = cast("Callable[[Any], Any]", _popcount)


@_compiled
def add_up(whose: Rows, features: Rows, weights: Floats, directions: Codes, into: Floats) -> None:
    """Add the weighed direction of each feature to the vector of whose it is."""
    for at in range(len(whose)):
        row, feature, weight = whose[at], features[at], weights[at]
        for place in range(into.shape[1]):
            into[row, place] += weight * np.float32(directions[feature, place])


@_compiled
def strongest(whose: Rows, weights: Floats, into: Rows) -> None:
    """Where the largest weights of each row are, largest first and the earlier of equal ones.

    Args:
        whose: The row of each weight, ascending.
        weights: Above 0, as many as ``whose``.
        into: Filled from the left, and left as it is behind the last; shape (rows, most).
    """
    for at in range(len(whose)):
        best = into[whose[at]]
        place = len(best)
        while place > 0 and (best[place - 1] < 0 or weights[best[place - 1]] < weights[at]):
            place -= 1
        for later in range(len(best) - 1, place, -1):
            best[later] = best[later - 1]
        if place < len(best):
            best[place] = at


@_compiled
def _differences(signs: Signs, asked: Signs, into: npt.NDArray[np.uint16], counts: Rows) -> None:
    for row in range(signs.shape[0]):
        count = np.uint64(0)
        for word in range(signs.shape[1]):
            count += _ones(signs[row, word] ^ asked[word])
        into[row] = count
        counts[count] += 1


@_compiled
def _within(differing: npt.NDArray[np.uint16], most: int, into: Rows) -> None:
    at = 0
    for row in range(len(differing)):
        if differing[row] <= most:
            into[at] = row
            at += 1


@_compiled
def _sums(signs: Signs, rows: Rows, planes: Signs, into: Rows) -> None:
    """For each row how many bits are set, and the sum of the planes' numbers at them."""
    for at in range(len(rows)):
        count, total = np.uint64(0), np.uint64(0)
        for word in range(signs.shape[1]):
            bits = signs[rows[at], word]
            count += _ones(bits)
            for plane in range(planes.shape[0]):
                some = _ones(bits & planes[plane, word])
                total += some << np.uint64(plane)
        into[at, 0], into[at, 1] = count, total


@_compiled
def _cosines(codes: Codes, rows: Rows, asked: Floats, into: Floats) -> None:
    for at in range(len(rows)):
        row, total, square = rows[at], np.float32(0), np.float32(0)
        for place in range(codes.shape[1]):
            code = np.float32(codes[row, place])
            square += code * code
            total += code * asked[place]
        into[at] = total / np.sqrt(square)


def promising(signs: Signs, asked: Floats, most: int) -> Rows:
    """Rows whose bits promise the largest products with a vector, in rising order.

    The bits that differ least choose some; of these the sum of the asked numbers at the bits that
    are set, in 16 steps, chooses as many as asked for (as in Gao and Long 2024, "RaBitQ").
    """
    wide = nearby(signs, np.packbits(asked > 0).view(np.uint64), _WIDER * most)
    if len(wide) <= most:
        return wide
    low, high = float(asked.min()), float(asked.max())
    step = (high - low) / (2**_PLANES - 1) or 1.0
    steps = np.rint((asked - low) / step).astype(np.uint8)
    planes = np.stack([np.packbits(steps >> bit & 1).view(np.uint64) for bit in range(_PLANES)])
    counted = np.empty((len(wide), 2), dtype=np.int64)
    _sums(signs, wide, planes, counted)
    sums = counted @ np.array([low, step])
    return np.sort(wide[np.argpartition(-sums, most - 1)[:most]])


def nearby(signs: Signs, asked: Signs, most: int) -> Rows:
    """At least ``most`` rows whose bits differ least from those asked for, in rising order."""
    differing = np.empty(len(signs), dtype=np.uint16)
    counts = np.zeros(64 * signs.shape[1] + 1, dtype=np.int64)
    _differences(signs, asked, differing, counts)
    upto = np.cumsum(counts)
    within = int(np.searchsorted(upto, min(most, len(signs))))
    found = np.empty(upto[within], dtype=np.int64)
    _within(differing, within, found)
    return found


def cosines(codes: Codes, rows: Rows, asked: Floats) -> Floats:
    """The product of a vector with each of the rows, made one long."""
    found = np.empty(len(rows), dtype=np.float32)
    _cosines(codes, rows, asked, found)
    return found

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
Distances = npt.NDArray[np.uint16]
Rows = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_PLANES = 4  # bits of each asked number
DIMENSIONS = 128  # of a vector; its bits are two words
_FINEST = 2**15 - 1  # what the largest number of an asked vector becomes
_AT_HAND = 8_192  # rows of bits in the nearest cache
_GATHERED = 65_536  # rows of bytes copied at a time
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
def _counted(features: Rows, ends: Rows, met: Rows, whose: Rows, first: Rows, counts: Rows) -> int:
    pairs, start = 0, 0
    for row in range(len(ends)):
        known = pairs
        for at in range(start, ends[row]):
            feature = features[at]
            if feature < 0:
                continue
            if met[feature] <= known:  # pairs are numbered from 1 on, and those of this row later
                whose[pairs], first[pairs], counts[pairs] = row, at, 0
                pairs += 1
                met[feature] = pairs
            counts[met[feature] - 1] += 1
        start = ends[row]
    return pairs


def counted(features: Rows, ends: Rows, kinds: int) -> tuple[Rows, Rows, Rows]:
    """The different features of each row: whose each is, where it is first, and how often it is.

    Args:
        features: Those of one row after the other; below 0 for none.
        ends: Where each row's features end.
        kinds: How many different ones there may be.
    """
    whose, first, counts = (np.empty(len(features), dtype=np.int64) for _ in range(3))
    size = _counted(features, ends, np.zeros(kinds, dtype=np.int64), whose, first, counts)
    return whose[:size], first[:size], counts[:size]


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
def _distances(signs: Signs, planes: Signs, into: Distances) -> None:
    """How many bits of each row differ from each plane; those of a plane count twice the next's.

    Plane by plane, so that the compiler takes several rows at a time, and some rows after the
    others, so that these stay at hand for all planes.
    """
    for first in range(0, len(into), _AT_HAND):
        part, found = signs[first : first + _AT_HAND], into[first : first + _AT_HAND]
        found[:] = 0
        for plane in range(planes.shape[0]):
            one, two = planes[plane, 0], planes[plane, 1]
            for row in range(len(found)):
                found[row] = 2 * found[row] + _ones(part[row, 0] ^ one) + _ones(part[row, 1] ^ two)


@_compiled
def _count(distances: Distances, passing: Bools, counts: Rows) -> None:
    for row in range(len(distances)):
        counts[distances[row]] += passing[row]


@_compiled
def _within(distances: Distances, passing: Bools, most: int, into: Rows) -> None:
    at = 0
    for row in range(len(distances)):
        into[at] = row  # and again, as long as none passes: faster than to ask first
        at += (distances[row] <= most) & passing[row]


@_compiled
def _cosines(codes: Codes, asked: npt.NDArray[np.int16], into: Floats) -> None:
    for row in range(codes.shape[0]):
        total, square = np.int32(0), np.int32(0)
        for place in range(codes.shape[1]):
            code = np.int32(codes[row, place])
            square += code * code
            total += code * np.int32(asked[place])
        into[row] = np.float32(total) / np.sqrt(np.float32(square))


def promising(signs: Signs, asked: Floats, most: int, passing: Bools) -> Rows:
    """At least ``most`` rows, or all, that pass and whose bits promise most, in rising order.

    What bits promise is the sum of the asked numbers, in 16 steps, with the sign that each bit says
    (as in Gao and Long 2024, "RaBitQ"): the less, the more they differ from the steps' own bits.
    """
    largest = float(np.abs(asked).max(initial=0)) or 1.0
    steps = np.rint((asked / largest + 1) / 2 * (2**_PLANES - 1)).astype(np.uint8)
    planes = [np.packbits(steps >> bit & 1).view(np.uint64) for bit in reversed(range(_PLANES))]
    distances = np.empty(len(signs), dtype=np.uint16)
    _distances(signs, np.stack(planes), distances)
    counts = np.zeros(DIMENSIONS * 2**_PLANES, dtype=np.int64)
    _count(distances, passing, counts)
    upto = np.cumsum(counts)
    within = int(np.searchsorted(upto, min(most, upto[-1])))
    found = np.empty(upto[within] + 1, dtype=np.int64)
    _within(distances, passing, within, found)
    return found[:-1]


def cosines(codes: Codes, rows: Rows, asked: Floats) -> Floats:
    """The product of a vector with each of the rows, made one long."""
    found = np.empty(len(rows), dtype=np.float32)
    largest = float(np.abs(asked).max(initial=0)) or 1.0
    steps = np.rint(asked * (_FINEST / largest)).astype(np.int16)
    for first in range(0, len(rows), _GATHERED):  # rows that lie apart are faster copied together
        part = slice(first, first + _GATHERED)
        _cosines(codes[rows[part]], steps, found[part])
    found *= np.float32(largest / _FINEST)
    return found

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
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def _compiled(function: Kernel) -> Kernel:
    try:
        return cast("Kernel", numba.njit(cache=True, nogil=True, fastmath=True)(function))
    except RuntimeError:  # numba finds no place to keep machine code: each process compiles
        return cast("Kernel", numba.njit(nogil=True, fastmath=True)(function))


@intrinsic
def _ones(context: Any, word: Any) -> Any:  # noqa: ARG001 - numba asks for it
    """How many bits of a word are set: one instruction."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        return builder.ctpop(given[0])

    return numba.uint64(numba.uint64), made


@_compiled
def add_up(whose: Rows, features: Rows, weights: Floats, directions: Codes, into: Floats) -> None:
    """Add the weighed direction of each feature to the vector of whose it is."""
    for at in range(len(whose)):
        row, feature, weight = whose[at], features[at], weights[at]
        for place in range(into.shape[1]):
            into[row, place] += weight * np.float32(directions[feature, place])


@_compiled
def _differences(signs: Signs, asked: Signs, into: npt.NDArray[np.uint16]) -> None:
    for row in range(signs.shape[0]):
        count = np.uint64(0)
        for word in range(signs.shape[1]):
            count += _ones(signs[row, word] ^ asked[word])  # type: ignore[call-arg]  # numba's own
        into[row] = count


@_compiled
def _cosines(codes: Codes, rows: Rows, asked: Floats, into: Floats) -> None:
    for at in range(len(rows)):
        row, total, square = rows[at], np.float32(0), np.float32(0)
        for place in range(codes.shape[1]):
            code = np.float32(codes[row, place])
            square += code * code
            total += code * asked[place]
        into[at] = total / np.sqrt(square)


def promising(signs: Signs, asked: Signs, most: int) -> Rows:
    """At least ``most`` rows whose bits differ least from those asked for, in rising order."""
    differing = np.empty(len(signs), dtype=np.uint16)
    _differences(signs, asked, differing)
    upto = np.cumsum(np.bincount(differing, minlength=1))
    within = int(np.searchsorted(upto, min(most, len(signs))))
    return np.flatnonzero(differing <= within)


def cosines(codes: Codes, rows: Rows, asked: Floats) -> Floats:
    """The product of a vector with each of the rows, made one long."""
    found = np.empty(len(rows), dtype=np.float32)
    _cosines(codes, rows, asked, found)
    return found

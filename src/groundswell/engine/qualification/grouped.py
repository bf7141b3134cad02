"""Sums, medians and neighbours within groups, for all groups at once.

Rows belong to groups by ``codes``: integers in ``[0, size)``, usually an account's row number.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Floats, Ints


def sums(codes: Ints, values: npt.NDArray[np.generic], size: int) -> Floats:
    """Sum of the values of each group; 0 where a group has no rows."""
    return np.asarray(
        np.bincount(codes, weights=values.astype(np.float64), minlength=size), dtype=np.float64
    )


def counts(codes: Ints, size: int) -> Ints:
    """Number of rows of each group."""
    return np.bincount(codes, minlength=size).astype(np.int64)


def means(codes: Ints, values: npt.NDArray[np.generic], size: int) -> Floats:
    """Mean of each group; nan where a group has no rows."""
    found = counts(codes, size)
    return np.where(found > 0, sums(codes, values, size) / np.maximum(found, 1), np.nan)


def variances(codes: Ints, values: Floats, size: int) -> Floats:
    """Sample variance of each group; nan under two rows."""
    found = counts(codes, size)
    centred = values - means(codes, values, size)[codes]
    return np.where(
        found > 1, sums(codes, centred * centred, size) / np.maximum(found - 1, 1), np.nan
    )


def medians(codes: Ints, values: Floats, size: int) -> Floats:
    """Median of each group; nan where a group has no rows."""
    order = np.lexsort((values, codes))
    ranked = values[order]
    found = counts(codes, size)
    starts = np.cumsum(found) - found
    middle = np.where(found > 0, starts + found // 2, 0)
    lower = np.where(found > 0, starts + (found - 1) // 2, 0)
    if ranked.size == 0:
        return np.full(size, np.nan)
    return np.where(found > 0, (ranked[middle] + ranked[lower]) / 2, np.nan)


def largest(codes: Ints, values: npt.NDArray[np.int64], size: int) -> Ints:
    """Largest value of each group; the smallest int64 (numpy's NaT) where a group has no rows."""
    found = np.full(size, np.iinfo(np.int64).min, dtype=np.int64)
    np.maximum.at(found, codes, values)
    return found


def first_references(
    codes: Ints, chosen: Bools, ids: Sequence[str], limit: int = 5
) -> dict[int, tuple[str, ...]]:
    """The first few ids of the chosen rows of each group, for evidence that points at rows."""
    found: dict[int, tuple[str, ...]] = {}
    for row in np.flatnonzero(chosen).tolist():
        group = int(codes[row])
        so_far = found.get(group, ())
        if len(so_far) < limit:
            found[group] = (*so_far, ids[row])
    return found


def codes_of(keys: pa.ChunkedArray | pa.Array, known: pa.ChunkedArray | pa.Array) -> Ints:
    """Row number in ``known`` of each key; -1 where it isn't there."""
    found = pc.fill_null(pc.index_in(keys, value_set=known), -1)
    return np.asarray(found, dtype=np.int64)


def floats(column: pa.ChunkedArray | pa.Array) -> Floats:
    """A numeric column with nan for null."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)


def moments(column: pa.ChunkedArray | pa.Array) -> Ints:
    """A column of moments as microseconds; the smallest int64 (numpy's NaT) for null."""
    return np.asarray(pc.cast(column, pa.timestamp("us")).to_numpy()).astype(np.int64)

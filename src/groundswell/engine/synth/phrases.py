"""Texts for many rows at once: pools by group, templates with slots, lists.

Nothing here loops over rows; a million captions are a handful of Arrow calls.
"""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Ints

_SLOT = re.compile(r"\{([a-z]+)\}")
_MOST_SLOTS = 2


class Phrases:
    """Pools of short texts, one pool per group.

    Args:
        pools: One non-empty pool of texts per group.
    """

    def __init__(self, pools: Sequence[Sequence[str]]) -> None:
        if not all(pools):
            raise ValueError(f"every pool needs a text, got an empty one among {len(pools)}")
        self._counts = np.array([len(pool) for pool in pools])
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])
        self._texts = pa.array([text for pool in pools for text in pool])

    def pick(self, groups: Ints, rng: np.random.Generator) -> Ints:
        """Draw the position of a text for each row, evenly from the pool of its group."""
        return self._starts[groups] + rng.integers(0, self._counts[groups])

    def draw(self, groups: Ints, rng: np.random.Generator) -> pa.Array:
        """Draw a text for each row, evenly from the pool of its group."""
        return self._texts.take(pa.array(self.pick(groups, rng)))

    def draw_two(self, groups: Ints, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
        """Draw two texts for each row, different ones where the pool has more than one."""
        first, counts = self.pick(groups, rng), self._counts[groups]
        step = rng.integers(1, np.maximum(counts, 2))
        start = self._starts[groups]
        second = start + (first - start + step) % counts
        return self._texts.take(pa.array(first)), self._texts.take(pa.array(second))


class Templates(Phrases):
    """Pools of sentences with slots such as ``{a}``, filled row by row.

    Args:
        pools: One non-empty pool of sentences per group, each with at most two slots.
    """

    def __init__(self, pools: Sequence[Sequence[str]]) -> None:
        super().__init__(pools)
        pieces = [_SLOT.split(text) for pool in pools for text in pool]
        if any(len(parts) > 1 + 2 * _MOST_SLOTS for parts in pieces):
            raise ValueError(f"a template has at most {_MOST_SLOTS} slots")
        padded = [parts + [""] * (1 + 2 * _MOST_SLOTS - len(parts)) for parts in pieces]
        columns = list(zip(*padded, strict=True))
        self._texts_between = [pa.array(column) for column in columns[0::2]]
        self._slots = [np.array(column) for column in columns[1::2]]

    def fill(self, groups: Ints, rng: np.random.Generator, **values: pa.Array) -> pa.Array:
        """Draw a sentence for each row and put the row's values into its slots.

        Args:
            groups: (rows,) index of the pool of each row.
            rng: Source of randomness.
            values: One (rows,) string array per slot that the templates name.
        """
        picked = self.pick(groups, rng)
        names = ["", *values]
        choices = [pa.nulls(len(groups), pa.string()).fill_null(""), *values.values()]
        parts = []
        for between, slots in zip(self._texts_between, [*self._slots, None], strict=True):
            parts.append(between.take(pa.array(picked)))
            if slots is not None:
                which = np.array([names.index(slot) for slot in slots])[picked]
                parts.append(pc.choose(pa.array(which), *choices))
        return joined(*parts)


def joined(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """The parts of each row in one text; a null part makes the row null."""
    return pc.binary_join_element_wise(*parts, separator)


def numbered(prefix: str, numbers: Ints, *, width: int = 9) -> pa.Array:
    """Identifiers such as ``ig-000000017``."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return joined(prefix, digits)


def tokens(count: int, rng: np.random.Generator) -> pa.Array:
    """Different 16-digit hexadecimal tokens, as a keyed hash would leave them."""
    found = np.unique(rng.integers(0, 2**64, int(count * 1.001) + 8, dtype=np.uint64))
    digits = rng.permutation(found)[:count].tobytes().hex()
    return pa.array(np.frombuffer(digits.encode(), "S16").astype("U16"))


def lists(*columns: pa.Array) -> pa.Array:
    """One list per row of those columns' values that are not null."""
    rows, width = len(columns[0]), len(columns)
    order = (np.arange(rows)[:, None] + rows * np.arange(width)).ravel()
    values = pa.concat_arrays(columns).take(pa.array(order))
    known = np.asarray(values.is_valid()).reshape(rows, width)
    offsets = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values.drop_null())

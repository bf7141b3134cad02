"""How alike the items of a group are: the mean similarity of two of them, drawn at random.

It is a U-statistic of degree two (Hoeffding 1948): unbiased by the number of items, unlike the
share of the most frequent topic, which small groups push up.
"""

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import grouped, intervals

_SUPPOSED_ITEMS = 3


def mean_similarity(
    item: Ints, column: Ints, weight: Floats, *, group: Ints, size: int, supposed: float = 0.0
) -> tuple[Floats, Floats, Floats, Ints]:
    """Mean dot product of two different items of each group, items given as sparse vectors.

    Args:
        item: Item of each entry, in ``[0, len(group))``.
        column: Component of each entry.
        weight: Value of each entry, zero or more; the squares of an item sum to at most 1.
        group: Group of each item.
        size: Number of groups.
        supposed: As in ``from_items``.

    Returns:
        Value, low and high in [0, 1] and number of items of each group; nan under two items, low
        and high nan under three.
    """
    width = int(column.max()) + 1 if column.size else 1
    keys, where = np.unique(group[item] * width + column, return_inverse=True)
    total = np.bincount(where, weights=weight, minlength=keys.size)
    with_all = grouped.sums(item, weight * total[where], group.size)
    with_self = grouped.sums(item, weight * weight, group.size)
    return from_items(with_all - with_self, group, size, supposed=supposed)


def from_items(
    with_others: Floats, group: Ints, size: int, *, supposed: float = 0.0
) -> tuple[Floats, Floats, Floats, Ints]:
    """The same from each item's summed similarity to the other items of its group.

    The variance is that of the projection, ``4 s^2 / n``, where ``s^2`` is the variance over items
    of their mean similarity to the others (Hoeffding 1948, section 5). Three items that happen to
    be alike have none, which says nothing about the next one: so ``s^2`` may be moderated (Smyth
    2004), as if ``_SUPPOSED_ITEMS`` more items had been seen to vary.

    Args:
        with_others: Summed similarity of each item to the other items of its group.
        group: Group of each item.
        size: Number of groups.
        supposed: Variance of a projection that is supposed beforehand; 0 supposes nothing.
    """
    n = grouped.counts(group, size)
    each = with_others / np.maximum(n[group] - 1, 1)
    value = np.where(n > 1, grouped.means(group, each, size), np.nan)
    more = _SUPPOSED_ITEMS if supposed > 0 else 0
    degrees = n - 1 + more
    squares = (n - 1) * grouped.variances(group, each, size) + more * supposed
    error = 2 * np.sqrt(squares / np.maximum(degrees, 1) / np.maximum(n, 1))
    half = np.where(n > 2, intervals.t_quantile(degrees) * error, np.nan)
    return value, np.clip(value - half, 0.0, 1.0), np.clip(value + half, 0.0, 1.0), n

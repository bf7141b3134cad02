"""Peers: accounts of similar size on the same platform, without the cliffs of tiers.

Size is continuous. The peers of an account are the ``K`` accounts nearest to it by log followers
among those of its group (platform, and format where it matters) for which the quantity is known,
at most ``BAND`` times larger or smaller. An account whose followers are unknown is compared with
its whole group.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from groundswell.engine.arrays import Floats, Ints

K = 200
BAND = 5.0
FEWEST = 20
_CHUNK = 4096
# Part of the ties that counts as lower: half for a value, none and all for its interval's ends.
_TIES_BELOW = (0.5, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each account stands among its peers, in columns of shape (A,).

    Attributes:
        value: Percentile in [0, 100]: the share of peers with a lower value, ties counted half;
            nan where it cannot be said.
        low: Percentile of the lower end of the account's own interval, with none of the ties below
            it; nan without one.
        high: Percentile of the upper end of the account's own interval, with all of the ties below
            it; nan without one.
        peers: Number of peers compared with.
        smallest: Followers of the smallest peer; nan where sizes are unknown.
        largest: Followers of the largest peer; nan where sizes are unknown.
    """

    value: Floats
    low: Floats
    high: Floats
    peers: Ints
    smallest: Floats
    largest: Floats

    @classmethod
    def nowhere(cls, size: int) -> "Standing":
        """Standing of accounts of which none can be compared."""
        return cls(
            np.full(size, np.nan),
            np.full(size, np.nan),
            np.full(size, np.nan),
            np.zeros(size, dtype=np.int64),
            np.full(size, np.nan),
            np.full(size, np.nan),
        )


def standing(
    value: Floats, low: Floats, high: Floats, *, followers: Floats, group: Ints
) -> Standing:
    """Percentile of each account among its peers.

    Args:
        value: Quantity of each account, shape (A,); nan where unknown.
        low: Lower end of its interval, or nan.
        high: Upper end of its interval, or nan.
        followers: Size of each account; nan or 0 where unknown.
        group: Code of the group within which accounts may be compared, shape (A,).

    Returns:
        The standing of each account; cannot be said under ``FEWEST`` peers.
    """
    found = Standing.nowhere(value.size)
    known = np.isfinite(value)
    for code in np.unique(group[known]):
        members = np.flatnonzero(known & (group == code))
        sized = followers[members] > 0
        _place_sized(found, members[sized], (value, low, high), followers)
        _place_unsized(found, members[~sized], members, (value, low, high))
    few = found.peers < FEWEST
    for column in (found.value, found.low, found.high):
        column[few] = np.nan
    return found


def nearest(log_size: Floats, k: int = K, band: float = BAND) -> tuple[Ints, Ints]:
    """Window of the nearest accounts around each, in a sorted list of log sizes.

    Args:
        log_size: Ascending, shape (N,).
        k: How many neighbours at most, besides the account itself.
        band: How many times larger or smaller a neighbour may be.

    Returns:
        First and last-but-one-past position of each account's window, which contains itself.
    """
    count = log_size.size
    width = min(k + 1, count)
    here = np.arange(count)
    low = np.maximum(here - width + 1, 0)
    high = np.minimum(here, count - width)
    # The window slides right while its left end is farther away than the account that enters.
    while np.any(low < high):
        middle = (low + high) // 2
        entering = np.minimum(middle + width, count - 1)
        slide = log_size - log_size[middle] > log_size[entering] - log_size
        low, high = (
            np.where((low < high) & slide, middle + 1, low),
            np.where((low < high) & ~slide, middle, high),
        )
    first = np.maximum(low, np.searchsorted(log_size, log_size - np.log(band), side="left"))
    last = np.minimum(low + width, np.searchsorted(log_size, log_size + np.log(band), side="right"))
    return first, last


def local_quantiles(
    value: Floats, *, followers: Floats, group: Ints, at: tuple[float, ...]
) -> Floats:
    """Quantiles of a quantity among accounts of each account's size, smoothed over size.

    Quantiles are taken in the windows of about a thousand accounts and interpolated on log
    followers.

    Args:
        value: Quantity of each account, shape (A,); nan where unknown.
        followers: Size of each account; nan or 0 where unknown.
        group: Code of the group within which accounts may be compared.
        at: Which quantiles, each in [0, 1].

    Returns:
        Shape (len(at), A); nan where fewer than ``FEWEST`` peers have a value, or size is unknown.
    """
    found = np.full((len(at), value.size), np.nan)
    usable = np.isfinite(value) & (followers > 0)
    for code in np.unique(group[usable]):
        members = np.flatnonzero(usable & (group == code))
        if members.size <= FEWEST:
            continue
        members = members[np.argsort(followers[members], kind="stable")]
        size = np.log(followers[members])
        first, last = nearest(size)
        step = max(1, members.size // 1_000)
        nodes = np.unique(np.append(np.arange(0, members.size, step), members.size - 1))
        nodes = nodes[last[nodes] - first[nodes] > FEWEST]
        if nodes.size == 0:
            continue
        ranked = value[members]
        curves = np.array([np.quantile(ranked[first[i] : last[i]], at) for i in nodes])
        everyone = np.flatnonzero((group == code) & (followers > 0))
        where = np.log(followers[everyone])
        inside = (where >= size[nodes[0]] - np.log(2)) & (where <= size[nodes[-1]] + np.log(2))
        for row in range(len(at)):
            found[row, everyone[inside]] = np.interp(where[inside], size[nodes], curves[:, row])
    return found


def _place_sized(
    found: Standing, members: Ints, probes: tuple[Floats, Floats, Floats], followers: Floats
) -> None:
    if members.size < 2:
        return
    members = members[np.argsort(followers[members], kind="stable")]
    size = np.log(followers[members])
    first, last = nearest(size)
    width = int((last - first).max())
    # Padding lets every window be of the same width; positions past `last` are masked.
    padded = np.append(probes[0][members], np.full(width, np.nan))
    windows = sliding_window_view(padded, width)
    others = last - first - 1
    for begin in range(0, members.size, _CHUNK):
        part = slice(begin, begin + _CHUNK)
        rows = members[part]
        inside = np.arange(width) < (last - first)[part, None]
        values = np.where(inside, windows[first[part]], np.nan)
        columns = (found.value, found.low, found.high)
        for probe, column, ties in zip(probes, columns, _TIES_BELOW, strict=True):
            column[rows] = _percentile(values, probes[0][rows], probe[rows], others[part], ties)
    found.peers[members] = others
    found.smallest[members] = np.exp(size[first])
    found.largest[members] = np.exp(size[last - 1])


def _percentile(values: Floats, own: Floats, probe: Floats, others: Ints, ties: float) -> Floats:
    """Rank of the probe among the values of a window, the account's own left out."""
    below = (values < probe[:, None]).sum(axis=1) - (own < probe)
    level = (values == probe[:, None]).sum(axis=1) - (own == probe)
    share = 100.0 * (below + ties * level) / np.maximum(others, 1)
    return np.where(np.isfinite(probe), share, np.nan)


def _place_unsized(
    found: Standing, rows: Ints, members: Ints, probes: tuple[Floats, Floats, Floats]
) -> None:
    ranked = np.sort(probes[0][members])
    others = np.full(rows.size, members.size - 1)
    own = probes[0][rows]
    columns = (found.value, found.low, found.high)
    for probe, column, ties in zip(probes, columns, _TIES_BELOW, strict=True):
        asked = probe[rows]
        below = np.searchsorted(ranked, asked, side="left") - (own < asked)
        through = np.searchsorted(ranked, asked, side="right") - (own <= asked)
        share = 100.0 * (below + ties * (through - below)) / np.maximum(others, 1)
        column[rows] = np.where(np.isfinite(asked), share, np.nan)
    found.peers[rows] = others

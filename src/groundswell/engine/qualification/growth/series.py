"""Follower counts of many accounts over time, from counts or from reported gains."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped
from groundswell.engine.qualification.batch import Batch, Rows

FEWEST = 3
WINDOW_DAYS = 180
DAY = 86_400e6  # microseconds
_WINDOWS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Series:
    """Positive counts of many accounts, sorted by account and time, once a day at most.

    Attributes:
        codes: (rows,) whose count it is.
        at: (rows,) when, in microseconds.
        level: (rows,) how many.
    """

    codes: Ints
    at: Ints
    level: Floats

    def only(self, keep: Bools) -> Self:
        """Those rows."""
        return type(self)(self.codes[keep], self.at[keep], self.level[keep])

    def bounds(self, size: int) -> Ints:
        """(size + 1,) where the rows of each account begin; the last entry is their number."""
        return np.searchsorted(self.codes, np.arange(size + 1)).astype(np.int64)

    @property
    def days(self) -> Floats:
        """When, in days; the account's first count is near day 0, which keeps digits."""
        first = np.append(True, self.codes[1:] != self.codes[:-1])[: self.codes.size]
        start = self.at[first][np.cumsum(first) - 1] if self.codes.size else self.at
        return np.asarray((self.at - start) / DAY)

    def steps(self, size: int) -> Floats:
        """(rows,) one step of the last digit shown, as a share of the count.

        A platform that shows 723,000 for everything between 723,000 and 723,999 shows three
        significant digits, whatever the size: the most that any count of the account has.
        """
        level = np.round(self.level)
        length = np.floor(np.log10(np.maximum(level, 1))) + 1
        zeros = np.zeros(level.size)
        for power in range(1, _MOST_DIGITS):
            zeros[level % 10.0**power == 0] = power
        digits = grouped.largest(self.codes, (length - zeros).astype(np.int64), size)
        shown = np.where(digits > 0, digits, 1)[self.codes]
        return np.asarray(np.maximum(10.0 ** (length - shown), 1.0) / np.maximum(level, 1))


def daily(batch: Batch) -> Series:
    """The last count of each day of the last ``WINDOW_DAYS`` of each account."""
    rows = Rows(batch.counts, batch.accounts["account"], "observed_at")
    counted = Series(rows.codes, rows.at, rows.numbers("followers"))
    counted = counted.only(counted.level > 0)
    own = grouped.counts(counted.codes, batch.size)
    gains = _worked_back(batch)
    reported = (own < FEWEST) & (grouped.counts(gains.codes, batch.size) > own)
    series = joined(counted.only(~reported[counted.codes]), gains.only(reported[gains.codes]))
    codes, day = series.codes, series.at // int(DAY)
    last_of_day = np.append((codes[1:] != codes[:-1]) | (day[1:] != day[:-1]), codes.size > 0)
    newest = grouped.largest(codes, series.at, batch.size)[codes]
    return series.only(last_of_day[: codes.size] & (newest - series.at <= WINDOW_DAYS * DAY))


def joined(one: Series, other: Series) -> Series:
    """The rows of both, sorted by account and time."""
    codes, at = np.concatenate([one.codes, other.codes]), np.concatenate([one.at, other.at])
    order = np.lexsort((at, codes))
    return Series(codes[order], at[order], np.concatenate([one.level, other.level])[order])


def _worked_back(batch: Batch) -> Series:
    """Follower counts worked back from the gains that a source reports for each window.

    Gains are taken from the newest window back to the first that is missing.
    """
    rows = Rows(batch.averages, batch.accounts["account"], "observed_at")
    gained, now = rows.numbers("followers_gained"), rows.numbers("followers")
    days = _window_days(rows.table["window"])
    last = np.searchsorted(rows.codes, rows.codes, side="right") - 1
    usable = np.flatnonzero(np.isfinite(gained) & (days == days[last]))
    codes, at, days = rows.codes[usable], rows.at[usable], days[usable]
    missing = (codes[1:] == codes[:-1]) & (at[1:] - at[:-1] > 1.5 * DAY * days[1:])
    gap = grouped.largest(codes[:-1][missing], np.flatnonzero(missing), batch.size)
    unbroken = np.arange(codes.size) > gap[codes]
    codes, at = codes[unbroken], at[unbroken]
    days, usable = days[unbroken], usable[unbroken]
    gained, now = gained[usable], now[usable]
    through = np.cumsum(gained)
    ends = np.searchsorted(codes, codes, side="right") - 1
    level = now[ends] - (through[ends] - through)
    first = np.append(True, codes[1:] != codes[:-1])[: codes.size]
    before = at[first] - (days[first] * DAY).astype(np.int64)
    series = joined(
        Series(codes, at, level), Series(codes[first], before, level[first] - gained[first])
    )
    return series.only(series.level > 0)


def _window_days(window: pa.ChunkedArray) -> Floats:
    lengths = [np.nan, *_WINDOWS.values()]
    known = grouped.codes_of(pc.utf8_lower(window), pa.array(list(_WINDOWS)))
    return np.array(lengths)[known + 1]

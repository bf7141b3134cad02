"""Series of follower counts with planted truth, and real ones, for the benchmark of growth."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from groundswell.engine.qualification.growth.bursts import Activity
from groundswell.engine.qualification.growth.series import DAY, Series

SHOWN_ROUNDED_SINCE = datetime(2019, 10, 1)  # noqa: DTZ001 - days of a file, without a zone
WEEKS = 26  # that the detector sees of a channel


@dataclass(frozen=True)
class Watched:
    """Counts and activity of many accounts in days; one list entry per account."""

    day: list[np.ndarray]
    level: list[np.ndarray]
    act_day: list[np.ndarray]
    act: list[np.ndarray]

    def until(self, last: np.ndarray) -> tuple[Series, Activity]:
        """What could be known of each account on that day."""
        seen = [d <= end + 1e-9 for d, end in zip(self.day, last, strict=True)]
        done = [d <= end + 1e-9 for d, end in zip(self.act_day, last, strict=True)]
        return (
            Series(*_flat(self.day, self.level, seen)),
            Activity(*_flat(self.act_day, self.act, done)),
        )


def _flat(
    day: list[np.ndarray], value: list[np.ndarray], keep: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    codes = np.repeat(np.arange(len(day)), [int(k.sum()) for k in keep])
    at = np.concatenate([d[k] for d, k in zip(day, keep, strict=True)]) * DAY
    values = np.concatenate([v[k] for v, k in zip(value, keep, strict=True)])
    return codes.astype(np.int64), np.round(at).astype(np.int64), values.astype(float)


def shown(level: np.ndarray, *, rounded: bool) -> np.ndarray:
    unit = 10.0 ** np.maximum(np.floor(np.log10(level)) - 2, 0) if rounded else 1.0
    return np.floor(level / unit) * unit


def planted(kind: str, accounts: int, *, rng: np.random.Generator) -> tuple[Watched, np.ndarray]:
    """Accounts with counts of 90 days and posts, and the day on which something begins.

    `bought` adds a tenth over one to three days, of which up to .5 % a day leave. `viral` adds 10
    to 60 % that fade with a mean of two to six days, with a post that gets the views for it.
    """
    made = Watched([], [], [], [])
    begins = rng.integers(30, 70, accounts).astype(float)
    for number, start in enumerate(begins):
        day = np.delete(np.arange(90.0), rng.choice(90, rng.integers(0, 8), replace=False))
        pace, scatter = rng.normal(0.0008, 0.0008), rng.uniform(0.0002, 0.004)
        steps = rng.normal(pace, scatter, 90) + 0.0005 * (np.arange(90) % 7 == 6)
        size = rng.uniform(8, 15)
        log = (size + np.cumsum(steps))[day.astype(int)]
        posted = np.sort(rng.uniform(0, 90, rng.integers(8, 40)))
        views = np.exp(size - 1.5 + rng.normal(0, 0.6, posted.size))
        since = np.maximum(day - start + 1, 0)
        if kind == "bought":
            came = np.minimum(since / rng.integers(1, 4), 1)
            stays = np.exp(-rng.uniform(0, 0.005) * since)
            level = np.exp(log) + 0.1 * np.exp(size + steps[: int(start)].sum()) * came * stays
        else:
            share, fades = rng.uniform(0.1, 0.6), rng.uniform(2, 6)
            level = np.exp(log) * (1 + share * -np.expm1(-since / fades))
            post = int(np.argmin(np.abs(posted - (start - 0.5))))
            posted[post] = start - rng.uniform(0.2, 1)
            views[post] += share * np.exp(size) / (0.03 * np.exp(rng.normal(0, 0.4)))
            order = np.argsort(posted)
            posted, views = posted[order], views[order]
        made.day.append(day)
        made.level.append(shown(level, rounded=number % 2 == 0))
        made.act_day.append(posted)
        made.act.append(views)
    return made, begins


@dataclass(frozen=True)
class Channel:
    """A channel's weeks: day on which each ends, subscribers then, and the week's views."""

    day: np.ndarray
    level: np.ndarray
    views: np.ndarray


def weekly(folder: Path) -> Iterator[Channel]:
    """Real channels. The file has gains; the level follows from the steps of rounded gains.

    Since 2019 counts are shown with three digits: gains in steps of 10,000 mean between one and ten
    million. The level that fits the steps of all weeks best is taken, in the middle of its range.
    """
    path = folder / "youtube_weekly_socialblade" / "weekly.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=itemgetter("channel", "end_date"))
    for _, of_channel in groupby(rows, key=itemgetter("channel")):
        listed = list(of_channel)
        ends = [datetime.fromisoformat(row["end_date"]) for row in listed]
        gained = np.array([float(row["weekly_subscribers"]) for row in listed])
        level = _level(gained, np.array([end >= SHOWN_ROUNDED_SINCE for end in ends]))
        if level is not None and level.min() > 0:
            day = np.array([(end - ends[0]).days for end in ends], dtype=float)
            yield Channel(day, level, np.array([float(row["weekly_views"]) for row in listed]))


def _level(gained: np.ndarray, rounded: np.ndarray) -> np.ndarray | None:
    through = np.cumsum(gained)
    lowest, highest = [], []
    for week in np.flatnonzero(rounded):
        near = slice(max(0, week - 13), week + 14)
        steps = gained[near][rounded[near]]
        steps = steps[steps != 0]
        if steps.size:
            unit = 1.0
            while (steps % (unit * 10) == 0).all() and unit < 1e6:
                unit *= 10
            lowest.append(100 * unit - through[week])
            highest.append(1_000 * unit - through[week])
    if not lowest:
        return None
    low, high = max(lowest) + through[-1], min(highest) + through[-1]
    last = np.sqrt(low * high) if high > low > 0 else low
    return np.asarray(last - through[-1] + through)


def weeks_of(channels: list[Channel]) -> Watched:
    """Each week of each channel as an account that ends with it, as it was known then."""
    made = Watched([], [], [], [])
    for channel in channels:
        for week in range(8, channel.day.size):
            seen = slice(max(0, week - WEEKS + 1), week + 1)
            made.day.append(channel.day[seen])
            made.level.append(channel.level[seen].copy())
            made.act_day.append(channel.day[seen] - 3.5)
            made.act.append(channel.views[seen])
    return made


def tracker(folder: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Days and subscribers of each channel that was counted daily."""
    path = folder / "youtube_daily_tracker" / "youtube_daily_snapshots.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = sorted(csv.DictReader(file), key=itemgetter("channel_id", "date_utc"))
    for _, of_channel in groupby(rows, key=itemgetter("channel_id")):
        counts = {
            datetime.fromisoformat(row["date_utc"]).toordinal(): float(row["subscribers"] or 0)
            for row in of_channel
        }
        known = [(day, count) for day, count in counts.items() if count > 0]
        if known:
            day, level = np.array(known, dtype=float).T
            yield day - day[0], level


@dataclass(frozen=True)
class Months:
    """Months of repositories and their stars: gained, in all, whether a campaign was suspected."""

    before: np.ndarray  # earlier months known of the repository
    start: np.ndarray  # row of its first month
    gained: np.ndarray
    total: np.ndarray
    campaign: np.ndarray


def stars(folder: Path) -> Months:
    path = folder / "starscout_fake_stars" / "monthly_stars_campaigns.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=itemgetter("repo", "month"))
    start = np.zeros(len(rows), dtype=np.int64)
    for row in range(1, len(rows)):
        start[row] = start[row - 1] if rows[row]["repo"] == rows[row - 1]["repo"] else row
    return Months(
        np.arange(len(rows)) - start,
        start,
        np.array([float(row["n_stars"]) for row in rows]),
        np.array([float(row["n_stars_total"]) for row in rows]),
        np.array([row["campaign"] == "True" for row in rows]),
    )

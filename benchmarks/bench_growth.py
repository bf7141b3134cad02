"""Jumps and forecasts of followers: planted purchases, viral growth, and real series.

Run: python benchmarks/bench_growth.py [--accounts N] [--seed N]

Real series are read from the folder GROUNDSWELL_REAL_DATA (`youtube_weekly_socialblade`,
`youtube_daily_tracker`, `starscout_fake_stars`); without it their rows are skipped, and said so.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import growth_series as given
import numpy as np
from growth_series import Channel, Watched
from scipy import stats

from groundswell.engine.qualification.growth import bursts, forecast, turns
from groundswell.engine.qualification.growth.bursts import Activity
from groundswell.engine.qualification.growth.series import DAY, Series

RESULTS = Path(__file__).parent / "results" / "growth.json"
REAL = "GROUNDSWELL_REAL_DATA"
WITHIN = 7  # days
Z = 3.0  # of the simple detector
HELD = (0.75, 0.85)


class Figure(NamedTuple):
    """A figure with its bar: a floor, a ceiling, both, or none; and the simple detector's."""

    name: str
    value: float
    bar: float | None = None
    ok: bool | None = None
    peer_value: float | None = None
    unit: str = ""


def alarmed(watched: Watched, last: np.ndarray, *, with_activity: bool = True) -> np.ndarray:
    """When the jump that is known on the last day ended; nan where there is none."""
    series, activity = watched.until(last)
    found = bursts.find(series, activity if with_activity else Activity.unknown(), last.size)
    return np.where(found.found, found.end / DAY, np.nan)


def z_alarms(watched: Watched, last: np.ndarray) -> np.ndarray:
    """The simple detector: the newest growth beyond three standard deviations of all before."""
    found = np.zeros(last.size, dtype=bool)
    for row, (day, level) in enumerate(zip(watched.day, watched.level, strict=True)):
        log = np.log(level[day <= last[row] + 1e-9])
        steps = np.diff(log)
        if steps.size > 4:
            found[row] = steps[-1] > steps[:-1].mean() + Z * max(steps[:-1].std(ddof=1), 1e-9)
    return found


def each_day(watched: Watched, begins: np.ndarray, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Accounts of which a jump near its planted begin is known on any day: ours, the simple's."""
    ours, simple = (np.zeros(begins.size, dtype=bool) for _ in range(2))
    for after in range(days + 1):
        end = alarmed(watched, begins + after)
        ours |= np.abs(end - begins) <= WITHIN
        simple |= z_alarms(watched, begins + after)
    return ours, simple


def planted(accounts: int, rng: np.random.Generator) -> Iterator[Figure]:
    watched, begins = given.planted("bought", accounts, rng=rng)
    ours, simple = each_day(watched, begins, WITHIN)
    yield _floor("planted +10 % bought, found within 7 days", ours.mean(), 0.90, simple.mean())
    blind = alarmed(watched, begins + WITHIN, with_activity=False)
    yield Figure("the same, posts unknown", float(np.isfinite(blind).mean()))
    quiet = np.isfinite(alarmed(watched, begins - 2)).mean()
    yield _ceiling("alarms on the same accounts before it", quiet, 0.02)
    watched, begins = given.planted("viral", accounts, rng=rng)
    ours, simple = each_day(watched, begins, 14)
    yield _ceiling(
        "alarms on planted viral growth, any of 15 days", ours.mean(), 0.02, simple.mean()
    )
    blind = alarmed(watched, begins + 14, with_activity=False)
    yield Figure("the same on the last, posts unknown", float(np.isfinite(blind).mean()))


def weekly(channels: list[Channel]) -> Iterator[Figure]:
    weeks = given.weeks_of(channels)
    last = np.array([day[-1] for day in weeks.day])
    ours = alarmed(weeks, last) == last
    yield Figure("channel-weeks", float(last.size), unit="weeks")
    yield _ceiling("channel-weeks with an alarm", ours.mean(), 0.02, z_alarms(weeks, last).mean())
    standing = np.isfinite(alarmed(weeks, last)).mean()
    yield Figure("channel-weeks with an alarm in the half year before", float(standing))
    for level in weeks.level:
        level[-1] *= 1.1
    ours = alarmed(weeks, last) == last
    simple = z_alarms(weeks, last).mean()
    yield _floor("+10 % planted in real weeks, found at once", ours.mean(), 0.90, simple)


def coverage_weekly(channels: list[Channel]) -> Figure:
    """30 days ahead, from every fourth week with half a year before it."""
    known, truth = Watched([], [], [], []), []
    for channel in channels:
        for week in range(given.WEEKS, channel.day.size - 5, 4):
            seen = slice(week - given.WEEKS + 1, week + 1)
            known.day.append(channel.day[seen])
            known.level.append(channel.level[seen])
            ahead = np.interp(channel.day[week] + 30, channel.day, np.log(channel.level))
            truth.append(np.exp(ahead))
    return _held("weekly series: 80 % ranges that hold, 30 days ahead", known, truth, 30)


def coverage_daily(counted: list[tuple[np.ndarray, np.ndarray]], days: int) -> Figure:
    """So many days ahead, from every day with a week before it: the file covers 23 days."""
    known, truth = Watched([], [], [], []), []
    for day, level in counted:
        for row in range(5, day.size):
            target = np.flatnonzero(day == day[row] + days)
            if target.size and day[row] - day[0] >= 7:
                known.day.append(day[: row + 1])
                known.level.append(level[: row + 1])
                truth.append(level[target[0]])
    return _held(f"daily series: 80 % ranges that hold, {days} days ahead", known, truth, days)


def _held(name: str, known: Watched, truth: list[float], days: float) -> Figure:
    size = len(truth)
    codes = np.repeat(np.arange(size), [day.size for day in known.day])
    at = np.round(np.concatenate(known.day) * DAY).astype(np.int64)
    series = Series(codes.astype(np.int64), at, np.concatenate(known.level))
    said = forecast.ahead(series, size, days=days, shortest_days=7)
    nearly = 1e-9 * np.array(truth)
    held = (said.low <= truth + nearly) & (truth - nearly <= said.high)
    return Figure(name, float(held.mean()), HELD[0], bool(HELD[0] <= held.mean() <= HELD[1]))


def campaigns(months: given.Months) -> Iterator[Figure]:
    """How well growth alone tells months of suspected campaigns, without absolute counts.

    The share of all stars that came within the month; and where at least three months are known
    before it, the strength of the detector on the totals until then.
    """
    share = months.gained / np.maximum(months.total, 1)
    yield _floor("campaign months, by the share that came: AUC", _auc(share, months.campaign), 0.85)
    rows = np.flatnonzero(months.before >= 3)
    day = [np.arange(months.before[row] + 1) * 30.4 for row in rows]
    level = [np.maximum(months.total[months.start[row] : row + 1], 1) for row in rows]
    nothing = [np.empty(0)] * rows.size
    watched = Watched(day, level, nothing, nothing)
    series, _ = watched.until(np.array([each[-1] for each in day]))
    newest = _last_step(series, rows.size)
    known = months.campaign[rows]
    yield _floor("the same with three months before: AUC", _auc(share[rows], known), 0.85)
    yield _floor("the same by robust scales beyond its own: AUC", _auc(newest, known), 0.85)


def _last_step(series: Series, size: int) -> np.ndarray:
    """Robust scales by which each account's last growth exceeds its usual."""
    bounds, found = series.bounds(size), np.zeros(size)
    day, log, step = series.days, np.log(series.level), series.steps(size)
    for row in range(size):
        own = slice(bounds[row], bounds[row + 1])
        rate, scale, _ = bursts.usual_growth(day[own], log[own])
        span = day[own][-1] - day[own][-2]
        beyond = log[own][-1] - log[own][-2] - rate * span
        wander = max(bursts.STRENGTH * scale * np.sqrt(span), bursts.MATERIAL)
        found[row] = beyond / (wander + step[own].max())
    return found


def _auc(score: np.ndarray, truth: np.ndarray) -> float:
    ranks, yes = stats.rankdata(score), int(truth.sum())
    pairs = yes * (truth.size - yes)
    return float((ranks[truth].sum() - yes * (yes + 1) / 2) / pairs)


def speed(rng: np.random.Generator) -> Figure:
    """CPU seconds for the daily counts of 90 days of 100,000 accounts."""
    size, days = 100_000, 90
    log = 10 + np.cumsum(rng.normal(0.001, 0.003, (size, days)), axis=1)
    codes = np.repeat(np.arange(size), days).astype(np.int64)
    at = np.tile(np.arange(days) * int(DAY), size).astype(np.int64)
    series = Series(codes, at, np.round(np.exp(log)).ravel().astype(float))
    start = time.process_time()
    bursts.find(series, Activity.unknown(), size)
    forecast.ahead(series, size, days=30)
    turns.find(series, size)
    taken = time.process_time() - start
    return Figure("100,000 accounts with 90 daily counts, CPU", taken, 60.0, taken <= 60, unit="s")


def _floor(name: str, value: float, bar: float, peer: float | None = None) -> Figure:
    return Figure(name, float(value), bar, bool(value >= bar), _plain(peer))


def _ceiling(name: str, value: float, bar: float, peer: float | None = None) -> Figure:
    return Figure(name, float(value), bar, bool(value < bar), _plain(peer))


def _plain(peer: float | None) -> float | None:
    return None if peer is None else float(peer)


def real(folder: Path) -> Iterator[Figure]:
    channels = list(given.weekly(folder))
    yield Figure("channels whose level is known", float(len(channels)), unit="channels")
    yield from weekly(channels)
    yield coverage_weekly(channels)
    counted = list(given.tracker(folder))
    yield coverage_daily(counted, 7)
    yield coverage_daily(counted, 10)
    yield from campaigns(given.stars(folder))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    figures = [*planted(asked.accounts, rng), speed(rng)]
    if folder := os.environ.get(REAL):
        figures += real(Path(folder))
    else:
        figures.append(Figure(f"real series: skipped, as {REAL} is not set", 0.0, unit="read"))
    results = [
        {
            "name": f.name, "value": f.value, "unit": f.unit, "bar": f.bar,
            "peer": None if f.peer_value is None else "z-score over 3, growth alone",
            "peer_value": f.peer_value, "ratio": None, "ok": f.ok, "seed": asked.seed,
        }
        for f in figures
    ]  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    for f in figures:
        bar = "" if f.bar is None else f"bar {f.bar:g} {'ok' if f.ok else 'MISSED'}"
        peer = "" if f.peer_value is None else f"(z-score {f.peer_value:.3g})"
        print(f"{f.name:<58} {f.value:.4g} {f.unit} {bar} {peer}")


if __name__ == "__main__":
    main()

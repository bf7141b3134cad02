"""Forecasts of one more post, day or week: how often 80 % intervals hold, and how far they are off.

Run: python benchmarks/bench_forecasts.py [--creators N] [--seed N] [--figures]

Calibrated on some creators, judged on others and on later time. *Posts* are of planted worlds: the
last four weeks of half the creators, calibrated on the eight weeks before of the other half. *Days*
are channel totals of `youtube_daily_tracker`, *weeks* those of `youtube_weekly_socialblade`: each
channel is forecast by what was learnt from four fifths of the others until then. Coverage is the
mean over creators, with a bootstrap interval that draws creators; a cell of platform and tier is
judged by that interval, as its value alone differs from .80 by chance. The peer is the median of
the last 12. Real data are read from the folder in GROUNDSWELL_REAL_DATA and left out without it.
"""

import argparse
import csv
import itertools
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import forecast_worlds
import numpy as np
import promise_series
from figures import Curve, Panel, draw
from forecast_worlds import TIERS, Judged
from measurements import Results
from numpy.lib.stride_tricks import sliding_window_view

from groundswell.engine.response import periods
from groundswell.engine.response.calibration import Groups
from groundswell.engine.response.model import LEVEL

WITHIN, LESS = 0.03, 0.92
LEAST_CREATORS = 100  # of a cell that is judged
FOLDS, DRAWS = 5, 1_000
TIER_STARTS = (1_000, 10_000, 100_000, 500_000, 1_000_000)  # terms.tiers.COMMON
NO_TIER = "below nano"  # shown, not judged: of counts near none an interval holds too often
EVERY_WEEKS = 4
FOUR_WEEKS = "means of four weeks"  # what promises are of, see bench_promises.py: no bar here
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Coverage:
    """Share of results within intervals, mean over creators, and where chance could put it."""

    value: float
    low: float
    high: float
    creators: int


def coverage(held: np.ndarray, creator: np.ndarray, rng: np.random.Generator) -> Coverage:
    _, at = np.unique(creator, return_inverse=True)
    each = np.bincount(at, held) / np.bincount(at)
    drawn = each[rng.integers(0, len(each), (DRAWS, len(each)))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Coverage(float(each.mean()), float(low), float(high), len(each))


def note(results: Results, name: str, rows: Judged, rng: np.random.Generator) -> None:
    """Overall, then each platform and tier of enough creators."""
    all_ = coverage(rows.held, rows.creator, rng)
    raw = coverage(rows.held_raw, rows.creator, rng)
    said = f"{name}, {all_.creators:,} creators ({all_.low:.3f} to {all_.high:.3f})"
    results.note(
        f"{said}: held",
        all_.value,
        "",
        peers={"uncalibrated": raw.value},
    )
    results.note(f"{name}: off {LEVEL:.0%}", abs(all_.value - LEVEL), "", bar=WITHIN)
    ratio = float(rows.error.mean() / rows.error_peer.mean())
    told = f"{name}: error over that of the median of 12"
    if name == FOUR_WEEKS:
        results.note(told, ratio, "")
    elif rows.error_law is None:
        results.note(told, ratio, "", bar=LESS)
    else:  # chance alone may leave no eight percent to gain
        floor = float(rows.error_law.mean() / rows.error_peer.mean())
        results.note(told, ratio, "", peers={"the planted law": floor})
    everything = list(of_cells(rows, rng))
    cells = [cell for cell in everything if not cell[0].endswith(NO_TIER)]
    for cell, found in everything:
        span = f"({found.low:.3f} to {found.high:.3f})"
        print(f"  {name} {cell:24}{found.creators:7,} creators {found.value:.3f} {span}")
    if cells:
        off = [max(found.low - LEVEL, LEVEL - found.high, 0.0) for _, found in cells]
        results.note(
            f"{name}: worst of {len(cells)} cells, interval off {LEVEL:.0%}",
            max(off),
            "",
            bar=WITHIN,
        )
        worst = max(abs(found.value - LEVEL) for _, found in cells)
        results.note(f"{name}: worst of {len(cells)} cells, value off {LEVEL:.0%}", worst, "")


def of_cells(rows: Judged, rng: np.random.Generator) -> Iterator[tuple[str, Coverage]]:
    for platform, tier in itertools.product(rows.platforms, range(-1, len(TIERS))):
        mine = (rows.platform == platform) & (rows.tier == tier)
        if len(np.unique(rows.creator[mine])) >= LEAST_CREATORS:
            name = TIERS[tier] if tier >= 0 else NO_TIER
            yield f"{platform} {name}", coverage(rows.held[mine], rows.creator[mine], rng)


def channels(
    counts: np.ndarray, size: np.ndarray, origins: range, seed: int, ahead: int = 1
) -> Judged:
    """Every channel forecast at each origin by what the other folds say until then."""
    after = sliding_window_view(counts, ahead, axis=1).mean(axis=-1)
    fold = np.random.default_rng(seed).permutation(len(counts)) % FOLDS
    tier = np.digitize(size, TIER_STARTS) - 1
    found: list[tuple[np.ndarray, ...]] = []
    for origin, part in itertools.product(origins, range(FOLDS)):
        others, mine = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        try:
            market = periods.learn(counts[others, :origin], groups(tier[others]), ahead=ahead)
        except periods.TooFewPeriods:
            continue
        before = counts[mine, origin - periods.WINDOW : origin]
        told = market.prospect(before, groups(tier[mine]))
        got = np.log1p(np.maximum(after[mine, origin], 0.0))
        known = np.flatnonzero(np.isfinite(got) & np.isfinite(told.location))
        got, location = got[known], told.location[known]
        seen = np.where(before[known] > 0, before[known], np.nan)
        score = (got - location) / told.scale[known]
        found.append(
            (
                mine[known],
                (np.log1p(told.low[known]) <= got) & (got <= np.log1p(told.high[known])),
                np.abs(score) <= forecast_worlds.NORMAL,
                np.abs(got - location),
                np.abs(got - np.log1p(np.nanmedian(seen, axis=1))),
                *forecast_worlds.at_levels(market.held, score, groups(tier[mine[known]]), LEVELS),
            )
        )
    who, *columns = (np.concatenate(column) for column in zip(*found, strict=True))
    held, raw, error, peer, *levels = columns
    platform = np.full(len(who), "youtube")
    return Judged(who, platform, tier[who], held, raw, error, peer, np.array(levels).T)


def groups(tier: np.ndarray) -> Groups:
    return Groups(np.zeros(len(tier), np.int64), tier.astype(np.int64))


def daily(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Views gained by day (channels, days), NaN unknown, and subscribers."""
    path = folder / "youtube_daily_tracker" / "youtube_daily_snapshots.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    days = [datetime.fromisoformat(row["date_utc"]).toordinal() for row in rows]
    place = {name: at for at, name in enumerate(sorted({row["channel_id"] for row in rows}))}
    total = np.full((len(place), max(days) - min(days) + 1), np.nan)
    subscribers = np.zeros(len(place))
    for row, day in zip(rows, days, strict=True):
        channel = place[row["channel_id"]]
        total[channel, day - min(days)] = float(row["views"] or "nan")
        subscribers[channel] = float(row["subscribers"] or 0)
    return np.diff(total, axis=1), subscribers


def real(folder: Path, seed: int) -> Iterator[tuple[str, Judged]]:
    gained, subscribers = daily(folder)
    first = periods.WINDOW + 1
    yield "days", channels(gained, subscribers, range(first, gained.shape[1]), seed)
    weeks = promise_series.read(folder).weeks
    typical = np.nanmedian(np.where(weeks > 0, weeks, np.nan), axis=1)
    start = int(np.flatnonzero(np.isfinite(weeks).sum(axis=0) >= 20)[0]) + periods.WINDOW + 1
    yield "weeks", channels(weeks, typical, range(start, weeks.shape[1], EVERY_WEEKS), seed)
    origins = range(start, weeks.shape[1] - EVERY_WEEKS + 1, EVERY_WEEKS)
    yield FOUR_WEEKS, channels(weeks, typical, origins, seed, ahead=EVERY_WEEKS)


def figure(judged: dict[str, Judged], rng: np.random.Generator) -> None:
    """Reliability of every interval, and coverage of each cell."""
    reliability = [
        Curve(name, LEVELS, [float(rows.at_level[:, at].mean()) for at in range(len(LEVELS))])
        for name, rows in judged.items()
    ]
    cells = sorted(of_cells(judged["posts: views"], rng), key=lambda cell: cell[1].creators)
    share = np.linspace(0.05, 0.95, len(cells)).tolist()
    lines = [
        Curve("mean over the cell's creators", share, [found.value for _, found in cells]),
        Curve("2.5 % of bootstrap draws of them", share, [found.low for _, found in cells]),
        Curve("97.5 %", share, [found.high for _, found in cells]),
    ]
    draw(
        "forecasts",
        [
            Panel(
                "Intervals", "said to hold", "held, mean over creators", reliability, diagonal=True
            ),
            Panel("Views of posts by cell, 80 %", "cells, fewest creators first", "held", lines),
        ],
        "How often intervals hold: overall at six levels, and by platform and tier at 80 %",
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figures", action="store_true")
    asked = parser.parse_args(arguments)
    rng = np.random.default_rng(asked.seed)
    results = Results(asked.seed, peer="uncalibrated")
    now = datetime(2026, 11, 1, tzinfo=UTC)
    judged = {
        f"posts: {kpi}": rows
        for kpi, rows in forecast_worlds.posts(asked.creators, asked.seed, now, LEVELS)
    }
    folder = os.environ.get("GROUNDSWELL_REAL_DATA")
    if folder:
        judged |= dict(real(Path(folder), asked.seed))
    else:
        print("GROUNDSWELL_REAL_DATA is not set: days and weeks of real channels are left out")
    for name, rows in judged.items():
        note(results, name, rows, rng)
    if asked.figures:
        figure(judged, rng)
    results.keep("forecasts")
    return 0


if __name__ == "__main__":
    sys.exit(main())

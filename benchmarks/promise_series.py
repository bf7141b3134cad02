"""Real weekly series cut into baskets of channels that were sold, for the benchmark of promises."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from groundswell.engine import guarantee
from groundswell.engine.guarantee.series import AHEAD, WINDOW, Market, Recent, SeriesTooShort

SOLD = (0.80, 0.90, 0.95)
SCENARIOS = 2_000


@dataclass(frozen=True)
class Channels:
    """Weekly views (channels, weeks), NaN unknown; their category; the year each week begins in."""

    weeks: np.ndarray
    category: np.ndarray
    year: np.ndarray

    def only(self, keep: slice) -> "Channels":
        _, category = np.unique(self.category[keep], return_inverse=True)
        return Channels(self.weeks[keep], category, self.year)


@dataclass(frozen=True)
class Sale:
    """One basket: what it got over what was sold, at each probability, and its peers'."""

    year: int
    size: int
    got: float
    planned: float
    goals: np.ndarray
    unshared: float
    resampled: float
    trailing: float
    asked: float
    chance: float
    chance_fixed: float


def read(folder: Path) -> Channels:
    """Views by week, each week the one whose Sunday is nearest to where the row ends."""
    path = folder / "youtube_weekly_socialblade" / "weekly.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ends = [date.fromisoformat(row["end_date"][:10]) for row in rows]
    first = min(ends) + timedelta(days=6 - min(ends).weekday())
    names = sorted({row["channel"] for row in rows})
    topics = sorted({row["category"] for row in rows})
    place = {name: number for number, name in enumerate(names)}
    count = round((max(ends) - first).days / 7) + 1
    weeks, off = np.full((len(names), count), np.nan), np.full((len(names), count), 9)
    category = np.zeros(len(names), int)
    for row, end in zip(rows, ends, strict=True):
        week = max(round((end - first).days / 7), 0)
        channel, late = place[row["channel"]], abs((end - first).days - 7 * week)
        category[channel] = topics.index(row["category"])
        if late < off[channel, week]:
            weeks[channel, week], off[channel, week] = float(row["weekly_views"]), late
    years = np.array([(first + timedelta(days=7 * week)).year for week in range(count)])
    return Channels(weeks, category, years)


def sales(
    channels: Channels, each: int, *, rng: np.random.Generator, one_category: bool = False
) -> Iterator[Sale]:
    """Baskets of 8 and of 20 sold at every week, each by what was known until then."""
    weeks = channels.weeks
    for week in range(WINDOW + AHEAD, weeks.shape[1] - AHEAD + 1):
        before, ahead = weeks[:, week - WINDOW : week], weeks[:, week : week + AHEAD]
        known = np.isfinite(Recent.of(before).level) & np.isfinite(ahead).all(axis=1)
        if known.sum() < 20:
            continue
        try:
            market = guarantee.series.learn(weeks[:, :week], channels.category)
        except SeriesTooShort:
            continue
        year = int(channels.year[week])
        for _ in range(each):
            if one_category:
                mine = channels.category == rng.choice(channels.category[known])
                chosen = rng.permutation(np.flatnonzero(known & mine))[:8]
                yield sale(market, channels, week, chosen, year=year, rng=rng)
                continue
            for size in (8, 20):
                chosen = rng.choice(np.flatnonzero(known), size, replace=False)
                yield sale(market, channels, week, chosen, year=year, rng=rng)


def sale(
    market: Market,
    channels: Channels,
    week: int,
    chosen: np.ndarray,
    *,
    year: int,
    rng: np.random.Generator,
) -> Sale:
    before = channels.weeks[chosen, week - WINDOW : week]
    prospect = market.prospect(before, channels.category[chosen])
    sums = prospect.draws(SCENARIOS, rng=rng).sum(axis=1)
    goals = [guarantee.goals_at({"views": sums}, p)["views"] for p in SOLD]
    alone = prospect.draws(SCENARIOS, rng=rng, shared=False).sum(axis=1)
    positive = np.where(before > 0, before, np.nan)
    trailing = AHEAD * np.nanmean(positive, axis=1).sum()
    asked = trailing * rng.uniform(0.6, 1.1)
    fresh = prospect.draws(SCENARIOS, rng=rng).sum(axis=1)
    return Sale(
        year=year,
        size=len(chosen),
        got=float(np.maximum(channels.weeks[chosen, week : week + AHEAD], 0).sum()),
        planned=float(sums.mean()),
        goals=np.array(goals),
        unshared=float(np.quantile(alone, 0.1)),
        resampled=float(np.quantile(resampled(positive, rng), 0.1)),
        trailing=float(trailing),
        asked=float(asked),
        chance=float((fresh >= asked).mean()),
        chance_fixed=float((fresh >= 0.9 * trailing).mean()),
    )


def resampled(weeks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The peer: each channel's next weeks drawn from its own, each week and channel by itself."""
    total = np.zeros(SCENARIOS)
    for own in weeks:
        total += rng.choice(own[np.isfinite(own)], (SCENARIOS, AHEAD)).sum(axis=1)
    return total

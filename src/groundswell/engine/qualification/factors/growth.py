"""Growth: the trend of followers, robust against jumps and rounding.

The trend is the median slope between all pairs of observations of log followers (Theil 1950, Sen
1968). Follower counts wander: what an account gained by chance it keeps. So the interval is that of
the drift of a random walk, with the variance of the steps after Newey and West (1987) at one lag,
times 1.2 for a slope fitted to a walk; it is wide for a count that merely fluctuates. To that comes
one step of the last digit shown: a count that platforms round may stand still while it grows.
"""

from datetime import UTC, datetime

import numpy as np
from scipy import special

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped, intervals
from groundswell.engine.qualification.growth import forecast, turns
from groundswell.engine.qualification.growth.series import DAY, FEWEST, Series
from groundswell.engine.qualification.measures import NEVER, Measure

SHORTEST_DAYS = 7.0
FORECAST_DAYS = 30.0
POINTS = 32  # observations used of a longer series, evenly chosen
_CHUNK = 4096


def measures(series: Series, size: int) -> list[Measure]:
    """Daily growth of followers as a rate, how unsteady it is, where it goes, and when it turned.

    Args:
        series: Follower counts.
        size: Number of accounts.
    """
    n, seen = _seen(series, size)
    return [*trends(series, size), _forecast(series, size, n, seen), _turn(series, size, n, seen)]


def trends(series: Series, size: int) -> list[Measure]:
    """Daily growth of followers as a rate, and how unsteady it is; arguments as above."""
    codes, at = series.codes, series.at
    n, seen = _seen(series, size)
    first = -grouped.largest(codes, -at, size)
    days = np.where(n > 0, (seen - np.where(n > 0, first, 0)) / DAY, 0.0)
    value, low, high, volatility = _trends(series, enough=(n >= FEWEST) & (days >= SHORTEST_DAYS))
    why_not = [
        (n == 0, "no follower counts over time are known"),
        (n < FEWEST, f"fewer than {FEWEST} follower counts are known"),
        (days < SHORTEST_DAYS, f"follower counts span less than {SHORTEST_DAYS:.0f} days"),
    ]
    return [
        Measure.of("daily_growth", value, n=n, seen_at=seen, interval=(low, high), why_not=why_not),
        Measure.of("growth_volatility", volatility, n=n, seen_at=seen, why_not=why_not),
    ]


def _seen(series: Series, size: int) -> tuple[Ints, Ints]:
    """How many counts each account has, and when the last was made."""
    n = grouped.counts(series.codes, size)
    return n, np.where(n > 0, grouped.largest(series.codes, series.at, size), NEVER)


def _forecast(series: Series, size: int, n: Ints, seen: Ints) -> Measure:
    coming = forecast.ahead(series, size, days=FORECAST_DAYS)
    short = f"follower counts span less than {forecast.SHORTEST_DAYS:.0f} days"
    return Measure.of(
        "followers_in_30_days",
        coming.value,
        n=n,
        seen_at=seen,
        interval=(coming.low, coming.high),
        why_not=[
            (n < FEWEST, f"fewer than {FEWEST} follower counts are known"),
            (np.isnan(coming.value), short),
        ],
    )


def _turn(series: Series, size: int, n: Ints, seen: Ints) -> Measure:
    """By how much a day's growth changed at its clearest turn; 0 where there is none."""
    turn = turns.find(series, size)
    before, after = np.expm1(turn.before), np.expm1(turn.after)
    since = {
        row: f"since {moment.day} {moment:%B %Y}, {before[row]:+.2%} a day before it"
        for row in np.flatnonzero(turn.known & turn.found).tolist()
        for moment in [datetime.fromtimestamp(int(turn.at[row]) / 1e6, tz=UTC)]
    }
    few = f"fewer than {turns.FEWEST_STEPS + 1} follower counts are known"
    change = np.where(turn.found, after - before, 0.0)
    found = Measure.of("growth_turn", change, n=n, seen_at=seen, why_not=[(~turn.known, few)])
    return found.with_caveats(since)


def _trends(series: Series, *, enough: Bools) -> tuple[Floats, Floats, Floats, Floats]:
    """Slope per day as a rate, its interval, and volatility of each account."""
    size = enough.size
    found = tuple(np.full(size, np.nan) for _ in range(4))
    n = grouped.counts(series.codes, size)
    starts = np.cumsum(n) - n
    used = np.minimum(n, POINTS)
    for points in np.unique(used[enough]).tolist():
        rows = np.flatnonzero(enough & (used == points))
        for begin in range(0, rows.size, _CHUNK):
            part = rows[begin : begin + _CHUNK]
            steps = np.arange(points) * (n[part, None] - 1) // (points - 1)
            picked = starts[part, None] + steps
            day = (series.at[picked] - series.at[picked[:, :1]]) / DAY
            trends = _theil_sen(day, series.level[picked])
            for column, values in zip(found, trends, strict=True):
                column[part] = values
    return found[0], found[1], found[2], found[3]


def _theil_sen(day: Floats, level: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Trends of series of equal length, shape (series, points)."""
    points, log = day.shape[1], np.log(level)
    early, late = np.triu_indices(points, k=1)
    slopes = (log[:, late] - log[:, early]) / (day[:, late] - day[:, early])
    slope = np.median(slopes, axis=1)
    days = np.diff(day, axis=1)
    step = np.diff(log, axis=1) - slope[:, None] * days
    wander = (step**2).sum(axis=1) + (step[:, 1:] * step[:, :-1]).sum(axis=1)
    wander = np.maximum(wander, 0.0) * (points - 1) / (points - 2)
    quantile = float(special.stdtrit((points - 1) / 2, (1 + intervals.LEVEL) / 2))
    half = np.hypot(np.sqrt(1.2 * wander) * quantile, _rounding(level)) / day[:, -1]
    volatility = 1.4826 * np.median(np.abs(step) / np.sqrt(days), axis=1)
    return np.expm1(slope), np.expm1(slope - half), np.expm1(slope + half), volatility


def _rounding(level: Floats) -> Floats:
    """What one step of the last digit shown is of each series' counts: 723,000 moves by 1,000."""
    unit = np.ones(level.shape[0])
    for power in range(1, 8):
        unit[(np.round(level) % 10.0**power == 0).all(axis=1)] = 10.0**power
    return np.asarray(unit / level.min(axis=1))

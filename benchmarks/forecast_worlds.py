"""Posts of a planted world forecast by response: held-out creators, later weeks, beside peers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine import response
from groundswell.engine.response import Accounts, Evidence, Published, Response, calibration
from groundswell.engine.response.calibration import Calibration, Groups
from groundswell.engine.synth import engagement, laws, worlds
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.worlds import Sizes, World
from groundswell.planning import published
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import COMMON, Tier

PLATFORMS, FORMATS = tuple(Platform), tuple(Format)
RATES = {
    "views": (published.VIEW_RATES, published.VIEW_ELASTICITY),
    "engagements": (published.ENGAGEMENT_RATES, published.ENGAGEMENT_ELASTICITY),
}
TIERS = tuple(str(tier) for tier in Tier)
NORMAL = 1.2815515655446004  # 90 % quantile
WINDOW, MATURE = 12, 3.0  # newest posts that are read, days
BEFORE, AFTER = 84.0, 28.0  # days before now: calibrated on what was between, judged after


@dataclass(frozen=True)
class Judged:
    """Forecasts beside what came; arrays are (rows,), ``at_level`` is (rows, levels).

    ``error_law`` is the error of the law by which a planted world was made: nobody can do better.
    """

    creator: np.ndarray
    platform: np.ndarray
    tier: np.ndarray
    held: np.ndarray
    held_raw: np.ndarray
    error: np.ndarray
    error_peer: np.ndarray
    at_level: np.ndarray
    error_law: np.ndarray | None = None

    @property
    def platforms(self) -> list[str]:
        return sorted(set(self.platform.tolist()))


def at_levels(
    held: Calibration, score: np.ndarray, groups: Groups, levels: tuple[float, ...]
) -> list[np.ndarray]:
    """Whether scores lie within the intervals of each level."""
    ends = np.array([[0.5 - level / 2, 0.5 + level / 2] for level in levels])
    bounds = held.quantiles(ends.ravel(), groups).reshape(len(score), len(levels), 2)
    inside = (bounds[:, :, 0] <= score[:, None]) & (score[:, None] <= bounds[:, :, 1])
    return list(inside.T)


@dataclass(frozen=True)
class Posts:
    """Mature posts of a world; arrays are (posts,)."""

    account: np.ndarray
    format: np.ndarray
    days_ago: np.ndarray
    views: np.ndarray
    engagements: np.ndarray
    law_views: np.ndarray
    law_engagements: np.ndarray

    def only(self, keep: np.ndarray) -> "Posts":
        return Posts(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))

    def newest(self, most: int) -> "Posts":
        """So many of each account and format."""
        key = self.account * len(FORMATS) + self.format
        order = np.lexsort((self.days_ago, key))
        start = np.searchsorted(key[order], key[order], side="left")
        return self.only(order[np.arange(len(order)) - start < most])


def posts(
    creators: int, seed: int, now: datetime, levels: tuple[float, ...]
) -> Iterator[tuple[str, Judged]]:
    """Views, then engagements, of the last weeks of half the creators."""
    sizes = replace(Sizes.of(creators), comments=1, memberships=1)
    world, truth = worlds.create(sizes, rng=np.random.default_rng(seed), now=now)
    accounts = Accounts(
        platform=np.array([PLATFORMS.index(laws.PLATFORMS[at]) for at in truth.cast.platform]),
        followers=truth.cast.followers.astype(float),
        category=np.full(truth.cast.count, -1),
    )
    everything = _posts(world, truth.cast, now)
    tested = np.random.default_rng([seed, 1]).random(truth.cast.count) < 0.5
    for name, (rates, elasticity) in RATES.items():
        table = np.full((len(PLATFORMS), len(FORMATS)), np.nan)
        for (platform, kind), rate in rates.items():
            table[PLATFORMS.index(platform), FORMATS.index(kind)] = rate
        published_rates = Published(table, elasticity)
        yield name, _judged(accounts, everything, tested, name, published_rates, levels)


def _judged(
    accounts: Accounts,
    everything: Posts,
    tested: np.ndarray,
    name: str,
    rates: Published,
    levels: tuple[float, ...],
) -> Judged:
    known = everything.only(np.isfinite(getattr(everything, name)))
    tier = np.array([_tier(int(count)) for count in accounts.followers])
    groups = Groups(accounts.platform, tier)
    told, came = {}, {}
    for until, since in ((BEFORE, AFTER), (AFTER, MATURE)):
        seen = known.only(known.days_ago > until).newest(WINDOW)
        came[until] = known.only(
            (known.days_ago <= until)
            & (known.days_ago > since)
            & (tested[known.account] == (until == AFTER))
        )
        evidence = Evidence.from_posts(seen.account, seen.format, getattr(seen, name))
        model = response.fit(accounts, evidence, published=rates)
        told[until] = model.expected(came[until].account, came[until].format)
    past, rows = came[BEFORE], came[AFTER]
    held = calibration.learn(
        calibration.scores(told[BEFORE], getattr(past, name)),
        past.account,
        groups.only(past.account),
    )
    return _rows(held, told[AFTER], rows, name, groups, known, levels)


def _rows(
    held: Calibration,
    told: Response,
    rows: Posts,
    name: str,
    groups: Groups,
    known: Posts,
    levels: tuple[float, ...],
) -> Judged:
    mine = groups.only(rows.account)
    fitted = held.applied(told, mine)
    got = getattr(rows, name)
    score = calibration.scores(told, got)
    peer = _medians(known.only(known.days_ago > AFTER).newest(WINDOW), rows, name)
    beside = np.isfinite(peer)
    print(
        f"  {name}: sum of what came over sum of means {got.sum() / told.mean.sum():.3f}; "
        f"width over uncalibrated {np.median(np.log1p(fitted.high) - np.log1p(fitted.low)):.3f} "
        f"{np.median(np.log1p(told.high) - np.log1p(told.low)):.3f}"
    )
    error = np.abs(np.log1p(got) - told.location)
    return Judged(
        creator=rows.account,
        platform=np.array([str(PLATFORMS[at]) for at in mine.platform]),
        tier=mine.tier,
        held=(fitted.low <= got) & (got <= fitted.high),
        held_raw=(told.low <= got) & (got <= told.high),
        error=np.where(beside, error, 0.0),
        error_peer=np.where(beside, np.abs(np.log1p(got) - np.nan_to_num(peer)), 0.0),
        at_level=np.array(at_levels(held, score, mine, levels)).T,
        error_law=np.where(beside, np.abs(np.log1p(got) - getattr(rows, f"law_{name}")), 0.0),
    )


def _medians(seen: Posts, rows: Posts, name: str) -> np.ndarray:
    """The peer: median log of the account's newest posts, at most 12; NaN without any."""
    order = np.lexsort((seen.days_ago, seen.account))
    account, logs = seen.account[order], np.log1p(getattr(seen, name)[order])
    start = np.searchsorted(account, np.arange(account.max() + 2))
    medians = {
        who: float(np.median(logs[start[who] : min(start[who] + WINDOW, start[who + 1])]))
        for who in np.unique(account)
    }
    return np.array([medians.get(who, np.nan) for who in rows.account])


def _posts(world: World, cast: Cast, now: datetime) -> Posts:
    """Mature posts as last counted; engagements where anything but comments is known too."""
    table = world.posts.select(["post_id", "account", "format", "published_at"])
    counts = world.post_observations.sort_by([("observed_at", "descending")])
    first = np.unique(counts["post_id"].to_numpy(zero_copy_only=False), return_index=True)[1]
    counts = counts.take(pa.array(first))
    row = pc.index_in(table["post_id"], value_set=counts["post_id"].combine_chunks())
    counts = counts.take(row)
    names = np.array(
        pc.coalesce(world.accounts["platform_id"], world.accounts["handle"]).to_pylist()
    )
    order = np.argsort(names)
    account = order[np.searchsorted(names[order], np.array(table["account"].to_pylist()))]
    age = [(now - at) / timedelta(days=1) for at in table["published_at"].to_pylist()]
    parts = [
        np.asarray(counts[part].cast(pa.float64()).to_numpy(), float)
        for part in ("likes", "comments", "shares", "saves")
    ]
    engagements = parts[0] + parts[1] + np.nan_to_num(parts[2]) + np.nan_to_num(parts[3])
    kinds = table["format"].to_pylist()
    engaged, viewed = engagement.expected(
        cast, account, np.array([laws.FORMATS.index(kind) for kind in kinds])
    )
    real = np.log(cast.real_followers[account])
    everything = Posts(
        account=account,
        format=np.array([FORMATS.index(kind) for kind in kinds]),
        days_ago=np.array(age),
        views=np.asarray(counts["views"].cast(pa.float64()).to_numpy(), float),
        engagements=engagements,
        law_views=viewed + real,
        law_engagements=engaged + real,
    )
    return everything.only(everything.days_ago > MATURE)


def _tier(followers: int) -> int:
    found = COMMON.tier_of(followers)
    return -1 if found is None else TIERS.index(str(found))

"""How audiences grow: steady growth, viral jumps, and followers that were bought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import columns, laws
from groundswell.engine.synth.cast import Cast
from groundswell.terms import tables

DAYS = (84, 56, 28, 14, 7, 0)
WATCHED_DAYS = 90
NO_HISTORY = 0.04
WATCHED = 0.008
RECENT_PURCHASE = 0.6
JUMPS = (8.0, 76.0)  # days ago
FADES_IN_DAYS = 2.5
FOLLOWS_PER_VIEW = 0.03  # of those who see a viral post and did not follow before
HIDDEN_ON_YOUTUBE = 0.01


class Posts(Protocol):
    """When who published; rows are posts."""

    @property
    def account(self) -> Ints:
        """(posts,) index of the account."""

    @property
    def days_ago(self) -> Floats:
        """(posts,) days before now."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How each account grew; arrays are (accounts,).

    Attributes:
        daily_rate: Mean daily change of the logarithm of real followers.
        jump_days_ago: When followers were bought or went viral, or infinity when long ago.
        jump_share: Share of today's followers that came with the jump.
        viral_post: Row of the post whose success made the audience jump, or -1.
        posts_ever: Posts ever published.
        following: Accounts followed.
        no_history: Whether only today's counts are known.
        watched: Whether counts of each day are known.
    """

    daily_rate: Floats
    jump_days_ago: Floats
    jump_share: Floats
    viral_post: Ints
    posts_ever: Ints
    following: Ints
    no_history: Bools
    watched: Bools


def draw(cast: Cast, posts: Posts, *, rng: np.random.Generator) -> Growth:
    """Draw how accounts grew.

    Args:
        cast: Who they are.
        posts: When they published: a viral jump begins with a post. Who published nothing in the
            days of `JUMPS` has not jumped.
        rng: Source of randomness.
    """
    count = cast.count
    bought = cast.bought_share > 0
    bought_lately = bought & (rng.random(count) < RECENT_PURCHASE)
    viral_post = _viral_posts(cast, posts)
    went_viral = viral_post >= 0
    recent = bought_lately | went_viral
    share = np.where(cast.viral, 0.1 + 0.4 * rng.random(count), cast.bought_share)
    watched = rng.random(count) < np.where(recent, 8 * WATCHED, WATCHED)
    return Growth(
        daily_rate=np.where(cast.old, 0, rng.normal(0.0006, 0.0010, count)),
        jump_days_ago=np.where(
            went_viral,
            posts.days_ago[viral_post],
            np.where(bought_lately, rng.uniform(*JUMPS, count), np.inf),
        ),
        jump_share=np.where(recent, share, 0.0),
        viral_post=viral_post,
        posts_ever=np.round(rng.lognormal(5.2, 1.0, count)).astype(np.int64) + 12,
        following=np.round(rng.lognormal(5.9, 0.9, count)).astype(np.int64),
        no_history=(rng.random(count) < NO_HISTORY) & ~watched,
        watched=watched,
    )


def _viral_posts(cast: Cast, posts: Posts) -> Ints:
    """A post of each viral account within the days of `JUMPS`: any of them, as ids fall."""
    found = np.full(cast.count, -1)
    early, late = JUMPS
    rows = np.flatnonzero(
        cast.viral[posts.account] & (posts.days_ago > early) & (posts.days_ago < late)
    )
    rows = rows[np.argsort(posts.days_ago[rows] % 1, kind="stable")]
    found[posts.account[rows]] = rows
    return found


def followers_at(cast: Cast, growth: Growth, account: Ints, days_ago: Floats) -> Floats:
    """Followers of those accounts so many days ago, bought ones included, before rounding.

    Bought followers come within two days and thin out by .2 % a day as platforms purge them; a
    viral jump is steep at first, fades over a week, and stays.

    Args:
        cast: Who they are.
        growth: How they grew.
        account: (rows,) index of an account.
        days_ago: (rows,) days before now.
    """
    today = cast.followers[account] * (1 - growth.jump_share[account])
    steady = today * np.exp(-growth.daily_rate[account] * days_ago)
    since = growth.jump_days_ago[account] - days_ago
    bought = np.clip(since / 2.0, 0, 1)
    passed_on = np.expm1(-np.clip(since, 0, 7) / FADES_IN_DAYS) / np.expm1(-7 / FADES_IN_DAYS)
    arrived = np.where(cast.viral[account], passed_on, bought)
    kept = np.where(cast.viral[account], 1.0, np.exp(0.002 * days_ago))
    return np.asarray(
        steady + cast.followers[account] * growth.jump_share[account] * arrived * kept
    )


def viral_views(cast: Cast, growth: Growth, *, rng: np.random.Generator) -> Floats:
    """(accounts,) views by people who did not follow, of the post that went viral; else 0."""
    came = cast.followers * growth.jump_share
    rate = FOLLOWS_PER_VIEW * np.exp(rng.normal(0, 0.4, cast.count))
    return np.asarray(np.where(growth.viral_post >= 0, came / rate, 0.0))


def observe(
    cast: Cast, growth: Growth, *, key: pa.Array, rng: np.random.Generator, now: datetime
) -> pa.Table:
    """Count followers at several moments: six for most, each day for the watched.

    Args:
        cast: Who they are.
        growth: How they grew.
        key: (accounts,) how tables name an account.
        rng: Source of randomness.
        now: The moment at which the world is seen.
    """
    grid = np.array(DAYS, float)
    everyone = np.arange(cast.count)
    regular = everyone[~growth.no_history & ~growth.watched]
    daily = np.arange(WATCHED_DAYS, -1, -1.0)
    account = np.concatenate(
        [
            np.repeat(regular, len(grid)),
            np.repeat(everyone[growth.watched], len(daily)),
            everyone[growth.no_history],
        ]
    )
    days_ago = np.concatenate(
        [
            np.tile(grid, len(regular)),
            np.tile(daily, int(growth.watched.sum())),
            np.zeros(int(growth.no_history.sum())),
        ]
    )
    noise = np.where(days_ago > 0, np.exp(rng.normal(0, 0.0015, len(account))), 1.0)
    followers = np.round(followers_at(cast, growth, account, days_ago) * noise)
    on_youtube = cast.platform[account] == laws.YOUTUBE
    followers = np.where(on_youtube, _three_digits(followers), followers).astype(np.int64)
    hidden = on_youtube & (account % int(1 / HIDDEN_ON_YOUTUBE) == 0)
    posts = np.maximum(growth.posts_ever[account] - np.round(days_ago / 7), 0).astype(np.int64)
    moment = columns.moments(now, days_ago + (account % 997) / 997 * 0.5)
    return columns.table(
        tables.ACCOUNT_OBSERVATIONS,
        {
            "platform": pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[account])),
            "account": key.take(pa.array(account)),
            "observed_at": moment,
            "source": "import",
            "followers": columns.known(followers, ~hidden),
            "following": columns.known(growth.following[account], ~on_youtube),
            "posts": posts,
        },
    )


def _three_digits(followers: Floats) -> Floats:
    """YouTube shows subscribers to three digits."""
    unit = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(followers, 1))) - 2, 0)
    return np.asarray(np.floor(followers / unit) * unit)

"""How audiences grow: steady growth, viral jumps, and followers that were bought."""

from dataclasses import dataclass
from datetime import datetime

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
HIDDEN_ON_YOUTUBE = 0.01


@dataclass(frozen=True, slots=True)
class Growth:
    """How each account grew; arrays are (accounts,).

    Attributes:
        daily_rate: Mean daily change of the logarithm of real followers.
        jump_days_ago: When followers were bought or went viral, or infinity when long ago.
        jump_share: Share of today's followers that came with the jump.
        posts_ever: Posts ever published.
        following: Accounts followed.
        no_history: Whether only today's counts are known.
        watched: Whether counts of each day are known.
    """

    daily_rate: Floats
    jump_days_ago: Floats
    jump_share: Floats
    posts_ever: Ints
    following: Ints
    no_history: Bools
    watched: Bools


def draw(cast: Cast, *, rng: np.random.Generator) -> Growth:
    """Draw how accounts grew."""
    count = cast.count
    bought = cast.bought_share > 0
    recent = (bought & (rng.random(count) < RECENT_PURCHASE)) | cast.viral
    share = np.where(cast.viral, 0.1 + 0.4 * rng.random(count), cast.bought_share)
    watched = rng.random(count) < np.where(recent, 8 * WATCHED, WATCHED)
    return Growth(
        daily_rate=np.where(cast.old, 0, rng.normal(0.0006, 0.0010, count)),
        jump_days_ago=np.where(recent, rng.uniform(8, 76, count), np.inf),
        jump_share=np.where(recent, share, 0.0),
        posts_ever=np.round(rng.lognormal(5.2, 1.0, count)).astype(np.int64) + 12,
        following=np.round(rng.lognormal(5.9, 0.9, count)).astype(np.int64),
        no_history=(rng.random(count) < NO_HISTORY) & ~watched,
        watched=watched,
    )


def followers_at(cast: Cast, growth: Growth, account: Ints, days_ago: Floats) -> Floats:
    """Followers of those accounts so many days ago, bought ones included, before rounding.

    Bought followers come within two days and thin out by .2 % a day as platforms purge them; a
    viral jump takes a week and stays.

    Args:
        cast: Who they are.
        growth: How they grew.
        account: (rows,) index of an account.
        days_ago: (rows,) days before now.
    """
    today = cast.followers[account] * (1 - growth.jump_share[account])
    steady = today * np.exp(-growth.daily_rate[account] * days_ago)
    since = growth.jump_days_ago[account] - days_ago
    takes = np.where(cast.viral[account], 7.0, 2.0)
    arrived = np.clip(since / takes, 0, 1)
    kept = np.where(cast.viral[account], 1.0, np.exp(0.002 * days_ago))
    return np.asarray(
        steady + cast.followers[account] * growth.jump_share[account] * arrived * kept
    )


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

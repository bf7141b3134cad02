"""What posts get: views, reach, likes, comments, shares and saves, drawn from the laws."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import columns, growth, laws
from groundswell.engine.synth.cast import POD_SIZE, Cast
from groundswell.engine.synth.growth import Growth
from groundswell.engine.synth.publishing import Published, Schedule, Sponsorship
from groundswell.terms import tables
from groundswell.terms.formats import Format

AUTHORIZED = 0.15
HIDES_LIKES = 0.03
SEEN_EARLY = 0.15
POD_TURNOUT = 0.8
PASSED_ON = 0.8  # engagements rise with views to this power: strangers engage less


@dataclass(frozen=True, slots=True)
class Results:
    """What each post got once it was mature; arrays are (posts,).

    Attributes:
        views: Times seen.
        reach: Different people who saw it.
        likes: Likes.
        comments: Comments, those of pods included.
        shares: Shares.
        saves: Saves.
        shock: (platforms, weeks) planted shift of the logarithm in each week before now.
        authorized: (accounts,) whether the creator lets us see reach and saves.
    """

    views: Ints
    reach: Ints
    likes: Ints
    comments: Ints
    shares: Ints
    saves: Ints
    shock: Floats
    authorized: Bools


def expected(cast: Cast, account: Ints, format_: Ints) -> tuple[Floats, Floats]:
    """Logarithms of the median engagements and views per real follower of an organic post.

    Args:
        cast: Who they are.
        account: (rows,) index of an account.
        format_: (rows,) index of a format.

    Returns:
        Two (rows,) arrays: engagements and views.
    """
    law, platform = laws.LAW, cast.platform[account]
    size = np.log(cast.real_followers[account] / laws.REFERENCE_FOLLOWERS)
    effect = cast.engagement_effect[account]
    engaged = np.log(law.engagement)[platform] + law.engagement_slope[platform] * size
    seen = np.log(law.views)[platform] + law.views_slope[platform] * size
    return (
        engaged + law.format_engagement[format_] + effect,
        seen + law.format_views[format_] + laws.VIEWS_PER_CREATOR_EFFECT * effect,
    )


def draw(cast: Cast, grown: Growth, plan: Schedule, *, rng: np.random.Generator) -> Results:
    """Draw what each post got.

    Args:
        cast: Who they are.
        grown: How they grew.
        plan: When they published what.
        rng: Source of randomness.
    """
    account, platform = plan.account, cast.platform[plan.account]
    weeks = (plan.days_ago // 7).astype(np.int64)
    shock = rng.normal(0, laws.SD_SHOCK, (len(laws.PLATFORMS), int(weeks.max(initial=0)) + 1))
    engaged, seen = expected(cast, account, plan.format)
    lift = cast.sponsored_lift[account] * (plan.sponsorship != Sponsorship.NONE)
    luck = rng.normal(0, laws.SD_POST, len(account))
    audience = growth.followers_at(cast, grown, account, plan.days_ago)
    audience *= 1 - cast.bought_share[account]
    common = shock[platform, weeks]
    views = audience * np.exp(
        seen
        + common
        + 0.5 * lift
        + laws.VIEWS_PER_POST_EFFECT * luck
        + rng.normal(0, laws.SD_VIEWS, len(account))
    )
    total = np.minimum(audience * np.exp(engaged + common + lift + luck), 0.5 * views)
    viral = np.flatnonzero(grown.viral_post >= 0)
    post = grown.viral_post[viral]
    seen_by = views[post] + growth.viral_views(cast, grown, rng=rng.spawn(1)[0])[viral]
    total[post] *= (seen_by / views[post]) ** PASSED_ON
    views[post] = seen_by
    habit = np.exp(rng.normal(0, 0.25, (cast.count, 4)))[account]
    parts = total[:, None] * laws.LAW.parts[platform] * habit
    likes, comments, shares, saves = rng.poisson(parts).T
    in_pod = cast.pod[account] >= 0
    turnout = rng.binomial(POD_SIZE - 1, POD_TURNOUT, len(account))
    return Results(
        views=np.round(views).astype(np.int64),
        reach=np.round(views * rng.uniform(0.78, 0.92, len(account))).astype(np.int64),
        likes=_constant(cast, account, likes, rng),
        comments=comments + turnout * in_pod,
        shares=shares,
        saves=saves,
        shock=shock,
        authorized=rng.random(cast.count) < AUTHORIZED,
    )


def reach_probability(cast: Cast) -> Floats:
    """Chance that a follower sees an organic post of the account's favorite format.

    Returns:
        (accounts,) probabilities in [.01, .95], the mean over posts.
    """
    everyone = np.arange(cast.count)
    _, seen = expected(cast, everyone, cast.favorite)
    spread = (laws.VIEWS_PER_POST_EFFECT * laws.SD_POST) ** 2 + laws.SD_VIEWS**2
    rate = np.exp(seen + spread / 2) * 0.85 * laws.SEEN_BY_FOLLOWERS
    return np.asarray(np.clip(rate * (1 - cast.bought_share), 0.01, 0.95))


def observe(
    cast: Cast,
    published: Published,
    results: Results,
    *,
    rng: np.random.Generator,
    now: datetime,
) -> pa.Table:
    """Count each post now, and some of them once before; hide what platforms don't show.

    Args:
        cast: Who they are.
        published: Their posts.
        results: What each post got.
        rng: Source of randomness.
        now: The moment at which the world is seen.
    """
    plan = published.plan
    count = len(plan.account)
    early = np.flatnonzero((rng.random(count) < SEEN_EARLY) & (plan.days_ago > 4))
    row = np.concatenate([np.arange(count), early])
    days_ago = np.concatenate(
        [
            np.minimum(rng.uniform(0, 0.5, count), plan.days_ago * 0.5),
            plan.days_ago[early] - rng.uniform(0.5, 3, len(early)),
        ]
    )
    age = plan.days_ago[row] - days_ago
    mature = -np.expm1(-age / laws.MATURES_IN_DAYS)

    def so_far(counts: Ints) -> Ints:
        return np.asarray(np.floor(counts[row] * mature), np.int64)

    account = plan.account[row]
    platform = cast.platform[account]
    on_instagram, on_x = platform == laws.INSTAGRAM, platform == laws.X
    on_tiktok = platform == laws.TIKTOK
    insight = results.authorized[account]
    hides = on_instagram & (rng.random(cast.count)[account] < HIDES_LIKES)
    reel = plan.format[row] == laws.FORMATS.index(Format.REEL)
    views = so_far(results.views)
    shows_shares = on_tiktok | on_x | (insight & on_instagram)
    return columns.table(
        tables.POST_OBSERVATIONS,
        {
            "platform": published.column("platform", row),
            "post_id": published.column("post_id", row),
            "account": published.column("account", row),
            "observed_at": columns.moments(now, days_ago),
            "source": "import",
            "views": columns.known(views, ~on_instagram | reel | insight),
            "reach": columns.known(so_far(results.reach), insight & (on_instagram | on_tiktok)),
            "impressions": columns.known(views, insight & on_x),
            "likes": columns.known(so_far(results.likes), (platform != laws.TWITCH) & ~hides),
            "comments": so_far(results.comments),
            "shares": columns.known(so_far(results.shares), shows_shares),
            "saves": columns.known(so_far(results.saves), shows_shares),
        },
    )


def _constant(cast: Cast, account: Ints, likes: Ints, rng: np.random.Generator) -> Ints:
    """Who buys likes gets nearly the same number under each post."""
    level = np.round(cast.followers * rng.uniform(0.04, 0.09, cast.count))[account]
    steady = np.round(level * (1 + rng.normal(0, 0.015, len(account)))).astype(np.int64)
    return np.where(cast.constant_likes[account], np.maximum(steady, likes), likes)

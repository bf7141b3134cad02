"""What accounts publish: when, in which format, for whom, and with which words."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import columns, laws, phrases
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.columns import drawn
from groundswell.engine.synth.lexicon import ENGLISH, LANGUAGES, Lexicon
from groundswell.engine.synth.profiles import Profiles
from groundswell.terms import tables

PERIOD_DAYS = 180
SILENT = 0.06
LEAST_POSTS = 3
DORMANT = 0.08
DENIED = 0.01


class Sponsorship(IntEnum):
    """How a post came to be, and how openly it says so."""

    NONE = 0
    FLAGGED = 1  # the platform's paid-partnership label
    DISCLOSED = 2  # words at the start
    INADEQUATE = 3  # vague words at the end
    AFFILIATE = 4  # a link with the creator's code
    UNDISCLOSED = 5  # a pitch and nothing else


_KIND_SHARES = np.array([0.35, 0.25, 0.12, 0.13, 0.15])
_POST_PREFIXES = ("igp-", "ttp-", "ytp-", "xp-", "twp-")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Posts before anybody wrote or saw them; arrays are (posts,), ordered by account and time.

    Attributes:
        account: Index of the account.
        days_ago: Days before now.
        format: Index in ``laws.FORMATS``.
        sponsorship: ``Sponsorship`` of each post.
    """

    account: Ints
    days_ago: Floats
    format: Ints
    sponsorship: Ints


@dataclass(frozen=True, slots=True)
class Published:
    """Posts as they stand on the platforms: the plan and, row by row, the canonical table."""

    plan: Schedule
    posts: pa.Table

    def column(self, name: str, rows: Ints) -> pa.Array:
        """A column of the posts at those rows."""
        return self.posts[name].combine_chunks().take(pa.array(rows))


def schedule(cast: Cast, posts: int, *, rng: np.random.Generator) -> Schedule:
    """Spread posts over accounts and days; most accounts have at least three, a few have many.

    Args:
        cast: Who they are.
        posts: Number of posts, at least three per account that publishes.
        rng: Source of randomness.
    """
    speaks = ~cast.old & (rng.random(cast.count) >= SILENT)
    least = min(LEAST_POSTS, posts // max(int(speaks.sum()), 1))
    weight = np.where(speaks, rng.gamma(0.7, 1.0, cast.count), 0)
    rest = posts - least * int(speaks.sum())
    per_account = least * speaks + rng.multinomial(rest, weight / weight.sum())
    account = np.repeat(np.arange(cast.count), per_account)

    dormant = rng.random(cast.count) < DORMANT
    pause = np.where(dormant, rng.uniform(60, 150, cast.count), rng.exponential(4, cast.count))
    pause = np.minimum(pause, 150)[account]
    days_ago = pause + rng.random(posts) * (PERIOD_DAYS - pause)
    days_ago = days_ago[np.lexsort((-days_ago, account))]

    mixed = drawn(laws.LAW.format_mix, cast.platform[account], rng)
    favorite = rng.random(posts) < 0.7
    return Schedule(
        account=account,
        days_ago=days_ago,
        format=np.where(favorite, cast.favorite[account], mixed),
        sponsorship=_sponsorship(cast, account, rng),
    )


def _sponsorship(cast: Cast, account: Ints, rng: np.random.Generator) -> Ints:
    """About half the accounts work with brands; the larger, the more often."""
    size = np.clip(np.log10(cast.followers / 1_000), 0.2, 3)
    share = np.where(rng.random(cast.count) < 0.45, 0, rng.beta(1.2, 4.5, cast.count) * size)
    paid = rng.random(len(account)) < np.clip(share, 0, 0.6)[account]
    kind = rng.choice(len(_KIND_SHARES), len(account), p=_KIND_SHARES) + 1
    return np.where(paid, kind, Sponsorship.NONE)


def write(
    cast: Cast,
    plan: Schedule,
    profiles: Profiles,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
    now: datetime,
) -> Published:
    """Write the posts.

    Args:
        cast: Who they are.
        plan: When they publish what.
        profiles: What their accounts show.
        lexicon: Words.
        rng: Source of randomness.
        now: The moment at which the world is seen.
    """
    count, account = len(plan.account), plan.account
    platform = pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[account]))
    post_id = post_ids(cast, account)
    language = np.where(rng.random(count) < 0.12, ENGLISH, cast.language[account])
    topic = cast.topic[account]
    brand = lexicon.topics.brands.draw(topic, rng)
    tags, tagged = _tags(topic, lexicon, rng)
    paid = plan.sponsorship != Sponsorship.NONE
    captions = _captions(plan, language, topic, brand, lexicon=lexicon, rng=rng)
    captions = captions.take(pa.array(_reused(cast, account, rng)))
    affiliate = plan.sponsorship == Sponsorship.AFFILIATE
    handle = profiles.handle.take(pa.array(account))
    offer = phrases.joined("https://", brand, ".example/shop?ref=", handle)
    video = np.isin(plan.format, _indices("reel", "short", "video", "live"))
    seconds = np.round(rng.lognormal(_typical_seconds()[plan.format], 0.5))
    columns_of_posts = {
        "platform": platform,
        "post_id": post_id,
        "account": profiles.key.take(pa.array(account)),
        "format": pa.array(list(laws.FORMATS)).take(pa.array(plan.format)),
        "published_at": columns.moments(now, plan.days_ago),
        "url": phrases.joined("https://", platform, ".example/p/", post_id),
        "text": phrases.joined(captions, tagged),
        "language": columns.known(
            pa.array(LANGUAGES).take(pa.array(language)), rng.random(count) >= 0.2
        ),
        "hashtags": tags,
        "mentions": phrases.lists(columns.known(brand, paid & ~affiliate)),
        "links": phrases.lists(columns.known(offer, affiliate)),
        "paid_partnership": _label(cast.platform[account], plan.sponsorship, rng),
        "duration_s": columns.known(seconds, video),
    }
    return Published(plan, columns.table(tables.POSTS, columns_of_posts))


def post_ids(cast: Cast, account: Ints) -> pa.Array:
    """The platforms' ids of posts, by row."""
    prefix = pa.array(_POST_PREFIXES).take(pa.array(cast.platform[account]))
    return phrases.joined(prefix, phrases.numbered("", np.arange(len(account))))


def _captions(
    plan: Schedule,
    language: Ints,
    topic: Ints,
    brand: pa.Array,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
) -> pa.Array:
    group = lexicon.subject_group(language, topic)
    number = pc.cast(pa.array(rng.integers(2, 60, len(language))), pa.string())
    sentences, kind = lexicon.sentences, plan.sponsorship
    subject, other = lexicon.subjects.draw_two(group, rng)
    opener = sentences["openers"].fill(language, rng, a=subject)
    second = sentences["seconds"].fill(language, rng, b=other, n=number)
    pitch = sentences["pitches"].fill(language, rng, brand=brand, n=number)
    said = sentences["disclosed"].fill(language, rng, brand=brand)
    vague = sentences["inadequate"].fill(language, rng, brand=brand)
    says = (kind == Sponsorship.DISCLOSED) | (
        (kind == Sponsorship.FLAGGED) & (rng.random(len(kind)) < 0.5)
    )
    denies = (kind == Sponsorship.NONE) & (rng.random(len(kind)) < DENIED)
    return phrases.joined(
        pc.if_else(pa.array(says), phrases.joined(said, " "), ""),
        phrases.joined(opener, second, separator=" "),
        pc.if_else(pa.array(kind != Sponsorship.NONE), phrases.joined(" ", pitch), ""),
        pc.if_else(pa.array(denies), phrases.joined(" ", lexicon.denied.draw(language, rng)), ""),
        phrases.joined(" ", lexicon.closers.draw(language, rng)),
        pc.if_else(pa.array(kind == Sponsorship.INADEQUATE), phrases.joined(" ", vague), ""),
    )


def _tags(topic: Ints, lexicon: Lexicon, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """Up to three hashtags: as lists, and as they stand behind the caption."""
    shown = [columns.known(lexicon.topics.tags.draw(topic, rng), rng.random(len(topic)) < chance)
             for chance in (0.8, 0.5, 0.25)]  # fmt: skip
    first, second, third = shown
    second = pc.if_else(pc.fill_null(pc.equal(first, second), fill_value=False), None, second)
    third = pc.if_else(pc.fill_null(pc.equal(first, third), fill_value=False), None, third)
    third = pc.if_else(pc.fill_null(pc.equal(second, third), fill_value=False), None, third)
    written = [pc.fill_null(phrases.joined(" #", tag), "") for tag in (first, second, third)]
    return phrases.lists(first, second, third), phrases.joined(*written)


def _reused(cast: Cast, account: Ints, rng: np.random.Generator) -> Ints:
    """Row whose caption each post carries: recyclers repeat their first one."""
    own = np.arange(len(account))
    first = np.searchsorted(account, account)
    again = cast.recycles[account] & (rng.random(len(account)) < 0.7)
    return np.where(again, first, own)


def _label(platform: Ints, sponsorship: Ints, rng: np.random.Generator) -> pa.Array:
    """The platform's paid-partnership label: true where set, else false or not known."""
    flagged = sponsorship == Sponsorship.FLAGGED
    says_no = np.isin(platform, (laws.INSTAGRAM, laws.TIKTOK, laws.YOUTUBE))
    sure: Bools = flagged | (says_no & (rng.random(len(platform)) < 0.5))
    return columns.known(flagged, sure)


def _indices(*names: str) -> list[int]:
    return [laws.FORMATS.index(name) for name in names]


def _typical_seconds() -> Floats:
    """Logarithm of a usual length by format."""
    seconds = {"reel": 24, "short": 28, "video": 180, "live": 7_200}
    return np.log([seconds.get(name, 1) for name in laws.FORMATS])

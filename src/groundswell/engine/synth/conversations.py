"""Comments: what people say under posts, spam, and pods that praise one another in minutes.

Who comments: every account has regulars who come back, every community (topic and language) has
people who turn up under many of its accounts, some creators comment under their friends' posts,
spam comes from bots that are everywhere, and the rest are strangers. So people recur together
without any pod.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import columns, laws, phrases
from groundswell.engine.synth.cast import POD_FOLLOWERS, Cast
from groundswell.engine.synth.engagement import POD_TURNOUT, Results
from groundswell.engine.synth.lexicon import ENGLISH, LANGUAGES, Lexicon
from groundswell.engine.synth.publishing import Published, Schedule, Sponsorship
from groundswell.terms import tables

SPAM = 0.03
MOST_PER_POST = 30
READ = 0.03  # of the accounts that pods could be made of: somebody read all their comments
REGULARS, COMMUNITY, FRIENDS = 0.35, 0.35, 0.06  # shares of comments by whom they come from
FRIENDS_TOGETHER = 3
BOTS_PER_COMMENT = 0.0003
_PREFIXES = ("igc-", "ttc-", "ytc-", "xc-", "twc-")


class Tone(IntEnum):
    """What a comment is, as it was meant when it was written."""

    NEGATIVE = 0
    NEUTRAL = 1
    POSITIVE = 2
    POD = 3
    SPAM = 4


@dataclass(frozen=True, slots=True)
class Conversations:
    """Comments; arrays are (comments,).

    Attributes:
        comments: The canonical table.
        post: Row of the post.
        tone: ``Tone`` of each comment.
        author: Number of the author: an account's index for pods and friends, larger for everybody
            else.
    """

    comments: pa.Table
    post: Ints
    tone: Ints
    author: Ints


def negative_share(cast: Cast) -> Floats:
    """Planted share of negative comments under organic posts: it rises with size."""
    size = np.log10(np.maximum(cast.followers, 1_000) / 1_000)
    return np.asarray(np.clip(0.03 + 0.014 * size, 0, 0.12))


def hold(
    cast: Cast,
    published: Published,
    results: Results,
    comments: int,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
    now: datetime,
) -> Conversations:
    """Write comments; no post has more of them than it counts.

    Args:
        cast: Who they are.
        published: Their posts.
        results: What each post got.
        comments: Wanted number of comments; fewer when the posts have fewer.
        lexicon: Words.
        rng: Source of randomness.
        now: The moment at which the world is seen.
    """
    plan = published.plan
    pod_post, pod_author = _praise(cast, plan, results, comments // 4, rng)
    read = _read(cast, rng)
    praised = np.bincount(pod_post, minlength=len(plan.account))
    ordinary = np.maximum(results.comments - praised, 0)
    wanted = comments - len(pod_post)
    post = np.concatenate([pod_post, _chosen(ordinary, read[plan.account], wanted, rng)])
    account = plan.account[post]
    count = len(post)
    tone = _tones(cast, plan, post, rng)
    tone[: len(pod_post)] = Tone.POD
    author = _authors(cast, account, tone, read, rng=rng)
    author[: len(pod_post)] = pod_author
    names = phrases.tokens(int(author.max(initial=0)) + 1, rng)
    language = np.where(rng.random(count) < 0.1, ENGLISH, cast.language[account])
    language = np.where(tone == Tone.SPAM, ENGLISH, language)
    delay = np.where(tone == Tone.POD, rng.uniform(0, 0.006, count), rng.exponential(0.4, count))
    delay = np.minimum(delay, plan.days_ago[post] * 0.95)
    prefix = pa.array(_PREFIXES).take(pa.array(cast.platform[account]))
    table = columns.table(
        tables.COMMENTS,
        {
            "platform": pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[account])),
            "comment_id": phrases.joined(prefix, phrases.numbered("", np.arange(count))),
            "post_id": published.column("post_id", post),
            "account": published.column("account", post),
            "author": names.take(pa.array(author)),
            "published_at": columns.moments(now, plan.days_ago[post] - delay),
            "text": _texts(tone, language, cast.topic[account], lexicon=lexicon, rng=rng),
            "language": columns.known(
                pa.array(LANGUAGES).take(pa.array(language)), rng.random(count) >= 0.5
            ),
            "likes": columns.known(
                rng.geometric(0.45, count).astype(np.int64) - 1, rng.random(count) >= 0.1
            ),
        },
    )
    return Conversations(table, post, tone, author)


def _praise(
    cast: Cast, plan: Schedule, results: Results, most: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Posts of pods and who of the pod commented: each other member, four times out of five."""
    members = np.flatnonzero(cast.pod >= 0)
    member_pod = cast.pod[members]
    posts = np.flatnonzero(cast.pod[plan.account] >= 0)
    post_pod = cast.pod[plan.account[posts]]
    order = np.argsort(member_pod, kind="stable")
    starts = np.searchsorted(member_pod[order], post_pod)
    sizes = np.bincount(member_pod)[post_pod] if len(members) else np.zeros(0, np.int64)
    row = np.repeat(np.arange(len(posts)), sizes)
    within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    author = members[order][starts[row] + within]
    post = posts[row]
    comes = (author != plan.account[post]) & (rng.random(len(row)) < POD_TURNOUT)
    comes &= within < results.comments[post]
    return post[comes][:most], author[comes][:most]


def _read(cast: Cast, rng: np.random.Generator) -> Bools:
    """Accounts of which every comment was read: the pods, and others that are like them."""
    alike = (cast.platform == laws.INSTAGRAM) & (cast.followers < POD_FOLLOWERS)
    return np.asarray((cast.pod >= 0) | (alike & (rng.random(cast.count) < READ)))


def _chosen(ordinary: Ints, read: Bools, wanted: int, rng: np.random.Generator) -> Ints:
    """Posts of ordinary comments: all of the posts that were read, a sample of the others."""
    every = np.repeat(np.arange(len(read)), np.where(read, np.minimum(ordinary, MOST_PER_POST), 0))
    every = every[: wanted // 2]
    ends = np.cumsum(np.where(read, 0, np.minimum(ordinary // 2, MOST_PER_POST)))
    sampled = min(wanted - len(every), int(ends[-1]))
    picked = rng.choice(ends[-1], sampled, replace=False, shuffle=False)
    return np.concatenate([every, np.searchsorted(ends, np.sort(picked), side="right")])


def _authors(
    cast: Cast, account: Ints, tone: Ints, read: Bools, *, rng: np.random.Generator
) -> Ints:
    """Who wrote each comment, if no pod did."""
    count = len(account)
    community = cast.language * (int(cast.topic.max()) + 1) + cast.topic
    people = np.maximum(np.bincount(community[account], minlength=community.max() + 1) // 3, 30)
    first = cast.count + np.cumsum(people) - people
    mine = community[account]
    regular = (account * 7919 + rng.geometric(0.15, count) * 104_729) % people[mine]
    active = (people[mine] * rng.random(count) ** 3).astype(np.int64)
    outside = int(first[-1] + people[-1])
    bots = max(int(count * BOTS_PER_COMMENT), 3)
    strangers = outside + bots + rng.integers(0, max(count, 1), count)
    luck = rng.random(count)
    author = np.where(luck < REGULARS, first[mine] + regular, strangers)
    author = np.where(luck > 1 - COMMUNITY, first[mine] + active, author)
    author = np.where(tone == Tone.SPAM, outside + rng.integers(0, bots, count), author)
    friend = _friends(cast, community, read, rng)[account, rng.integers(0, 2, count)]
    theirs = (friend >= 0) & (np.abs(luck - REGULARS) < FRIENDS / 2) & (tone != Tone.SPAM)
    return np.asarray(np.where(theirs, friend, author))


def _friends(cast: Cast, community: Ints, read: Bools, rng: np.random.Generator) -> Ints:
    """Two creators of each account's own community that comment under its posts, or -1."""
    friends = np.full((cast.count, FRIENDS_TOGETHER - 1), -1)
    who = rng.permutation(np.flatnonzero(read & (cast.pod < 0)))
    who = who[np.argsort(community[who], kind="stable")]
    circles = who[: len(who) // FRIENDS_TOGETHER * FRIENDS_TOGETHER].reshape(-1, FRIENDS_TOGETHER)
    for place in range(FRIENDS_TOGETHER):
        friends[circles[:, place]] = np.delete(circles, place, axis=1)
    return friends


def _tones(cast: Cast, plan: Schedule, post: Ints, rng: np.random.Generator) -> Ints:
    sponsored = plan.sponsorship[post] != Sponsorship.NONE
    negative = negative_share(cast)[plan.account[post]] + 0.05 * sponsored
    luck = rng.random(len(post))
    tone = np.where(luck < negative, Tone.NEGATIVE, Tone.POSITIVE)
    tone = np.where(luck > 0.62 + negative, Tone.NEUTRAL, tone)
    return np.where(rng.random(len(post)) < SPAM, Tone.SPAM, tone)


def _texts(
    tone: Ints, language: Ints, topic: Ints, *, lexicon: Lexicon, rng: np.random.Generator
) -> pa.Array:
    subject = lexicon.subjects.draw(lexicon.subject_group(language, topic), rng)
    said = [
        lexicon.sentences[kind].fill(language, rng, a=subject)
        for kind in ("negative", "neutral", "positive")
    ]
    spam = lexicon.spam.draw(np.zeros(len(tone), np.int64), rng)
    return pc.choose(pa.array(tone), *said, lexicon.pod.draw(language, rng), spam)

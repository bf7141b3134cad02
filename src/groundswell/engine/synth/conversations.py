"""Comments: what people say under posts, spam, and pods that praise one another in minutes."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.synth import columns, laws, phrases
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.engagement import POD_TURNOUT, Results
from groundswell.engine.synth.lexicon import ENGLISH, LANGUAGES, Lexicon
from groundswell.engine.synth.publishing import Published, Schedule, Sponsorship
from groundswell.terms import tables

SPAM = 0.03
MOST_PER_POST = 30
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
        author: Number of the author: an account's index for pods, larger for everybody else.
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
    pod_post, pod_author = _praise(cast, plan, comments // 4, rng)
    post = np.concatenate([pod_post, _chosen(results, cast, plan, comments - len(pod_post), rng)])
    account = plan.account[post]
    count = len(post)
    tone = _tones(cast, plan, post, rng)
    tone[: len(pod_post)] = Tone.POD
    strangers = cast.count + rng.integers(0, max(count // 3, 1), count)
    author = np.concatenate([pod_author, strangers[len(pod_post) :]])
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


def _praise(cast: Cast, plan: Schedule, most: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
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
    return post[comes][:most], author[comes][:most]


def _chosen(
    results: Results, cast: Cast, plan: Schedule, wanted: int, rng: np.random.Generator
) -> Ints:
    """Posts of ordinary comments, drawn without replacement from the comments counted."""
    ordinary = np.where(cast.pod[plan.account] >= 0, 0, results.comments)
    ends = np.cumsum(np.minimum(ordinary // 2, MOST_PER_POST))
    picked = rng.choice(ends[-1], min(wanted, int(ends[-1])), replace=False, shuffle=False)
    return np.searchsorted(ends, np.sort(picked), side="right")


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

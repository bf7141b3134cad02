"""Credibility and expertise: one field, for long, with comments that are about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import grouped, intervals, similarity
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.measures import NEVER, Measure

FEWEST_POSTS = 3
FEWEST_COMMENTS = 5
_VARIANCE_OF_POSTS = 0.04  # of a post's likeness to the account's others, until they show it
_YEAR = 365.25 * 86_400e6  # microseconds
_WORD = re.compile(r"[^\W\d_]{4,}")

# For each platform: posts in the workspace, and how many of them carry each topic.
Base = Mapping[str, tuple[int, Mapping[str, int]]]


def measures(batch: Batch, base: Base) -> list[Measure]:
    """Topical focus and depth, tenure, and comments about the topic.

    Args:
        batch: The accounts.
        base: How common each topic is on each platform.
    """
    labels = _labels(batch, base)
    return [
        _topical_focus(batch, labels),
        _topical_depth(batch, labels),
        _tenure(batch),
        _topical_comments(batch),
    ]


@dataclass(frozen=True, slots=True)
class _Labels:
    """Topics of posts, one entry for each topic of each post."""

    post: Ints
    topic: Ints
    names: list[str]
    rarity: Floats


def _labels(batch: Batch, base: Base) -> _Labels:
    posts = batch.post_rows
    topics = _topics(posts.table)
    item = np.asarray(pc.list_parent_indices(topics), dtype=np.int64)
    named = pc.dictionary_encode(pc.list_flatten(topics))
    rarity = _rarity(batch, posts.codes[item], named, base)
    index = np.asarray(named.indices, dtype=np.int64)
    return _Labels(item, index, named.dictionary.to_pylist(), rarity)


def _topical_focus(batch: Batch, labels: _Labels) -> Measure:
    """Mean cosine similarity of the topics of two posts.

    Topics are the platform's categories of a post, else its hashtags. A topic weighs
    ``log(1 + posts / posts with it)`` (inverse document frequency, Sparck Jones 1972) over the
    workspace's posts on the platform, so that #fyp says little.
    """
    posts = batch.post_rows
    item, rarity = labels.post, labels.rarity
    length = np.sqrt(np.bincount(item, weights=rarity * rarity, minlength=len(posts)))
    labelled, row = np.unique(item, return_inverse=True)
    value, low, high, n = similarity.mean_similarity(
        row,
        labels.topic,
        rarity / length[item],
        group=posts.codes[labelled],
        size=batch.size,
        supposed=_VARIANCE_OF_POSTS,
    )
    return Measure.of(
        "topical_focus",
        value,
        n=n,
        seen_at=grouped.largest(posts.codes, posts.at, batch.size),
        interval=(low, high),
        why_not=[
            (n == 0, "no posts with a category or hashtags are known"),
            (n < FEWEST_POSTS, f"fewer than {FEWEST_POSTS} posts have a category or hashtags"),
        ],
    )


def _topical_depth(batch: Batch, labels: _Labels) -> Measure:
    """Posts about the account's main topic: the one whose posts, times its rarity, weigh most."""
    posts = batch.post_rows
    width = max(len(labels.names), 1)
    key = posts.codes[labels.post] * width + labels.topic
    _, first = np.unique(labels.post * width + labels.topic, return_index=True)  # a topic once
    keys, where, on = np.unique(key[first], return_inverse=True, return_counts=True)
    weight = np.zeros(keys.size)
    np.maximum.at(weight, where, labels.rarity[first])
    order = np.lexsort((keys, -on * weight, keys // width))
    owner, best = np.unique(keys[order] // width, return_index=True)
    main = order[best]
    value = np.zeros(batch.size)
    value[owner] = on[main]
    n = grouped.counts(posts.codes[np.unique(labels.post)], batch.size)
    words = {
        row: f"it is {labels.names[topic]!r}"
        for row, topic in zip(owner.tolist(), (keys[main] % width).tolist(), strict=True)
        if value[row] >= FEWEST_POSTS
    }
    return Measure.of(
        "topical_depth",
        value,
        n=n,
        seen_at=grouped.largest(posts.codes, posts.at, batch.size),
        why_not=[
            (n == 0, "no posts with a category or hashtags are known"),
            (n < FEWEST_POSTS, f"fewer than {FEWEST_POSTS} posts have a category or hashtags"),
        ],
    ).with_caveats(words)


def _topics(posts: pa.Table) -> pa.ListArray:
    """Topics of each post in lower case; empty where there are none."""
    categories, hashtags = (
        pc.cast(posts[name], pa.list_(pa.string())).combine_chunks()
        for name in ("categories", "hashtags")
    )
    categorised = pc.greater(pc.fill_null(pc.list_value_length(categories), 0), 0)
    chosen = pc.if_else(categorised, categories, hashtags)
    flat = pc.utf8_lower(pc.list_flatten(chosen))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(chosen), 0), dtype=np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), flat)


def _rarity(batch: Batch, owner: Ints, named: pa.DictionaryArray, base: Base) -> Floats:
    """Weight of each topic entry by how rare the topic is on its account's platform."""
    platforms = pc.dictionary_encode(batch.accounts["platform"].combine_chunks())
    column = np.asarray(platforms.indices, dtype=np.int64)[owner]
    names = named.dictionary.to_pylist()
    table = np.empty((len(platforms.dictionary), max(len(names), 1)))
    for row, platform in enumerate(platforms.dictionary.to_pylist()):
        posts, with_topic = base.get(platform, (1, {}))
        table[row] = [np.log1p(posts / with_topic.get(name, 1)) for name in names] or 0.0
    return table[column, np.asarray(named.indices, dtype=np.int64)]


def _tenure(batch: Batch) -> Measure:
    """Years from the opening of the account, else from its oldest known post, to the data's end."""
    posts = batch.post_rows
    opened = grouped.moments(batch.accounts["created_at"])
    dated = posts.at != NEVER
    oldest = -grouped.largest(posts.codes[dated], -posts.at[dated], batch.size)
    has_post = grouped.counts(posts.codes[dated], batch.size) > 0
    begins = np.where(opened != NEVER, opened, np.where(has_post, oldest, NEVER))
    known = (begins != NEVER) & (batch.data_end != NEVER)
    years = np.where(known, (batch.data_end - np.where(known, begins, 0)) / _YEAR, np.nan)
    return Measure.of(
        "tenure_years",
        np.maximum(years, 0.0),
        n=known.astype(np.int64),
        seen_at=np.where(known, batch.data_end, NEVER),
        why_not=[(~known, "neither the account's opening nor a dated post is known")],
        caveats=[(opened == NEVER, "at least so long: counted from the oldest post known")],
    )


def _topical_comments(batch: Batch) -> Measure:
    """Share of comments with a word of four letters or more from the post's topics or caption."""
    posts, comments = batch.post_rows, batch.comments
    owner = grouped.codes_of(comments["account"], batch.accounts["account"])
    post = grouped.codes_of(comments["post_id"], posts.table["post_id"])
    said = np.asarray(pc.is_valid(comments["text"]))
    rows = np.flatnonzero((owner >= 0) & (post >= 0) & said)
    topics = _topic_words(posts.table, np.unique(post[rows]))
    texts = pc.take(comments["text"], pa.array(rows)).to_pylist()
    about = np.array(
        [
            any(word in topics[of] for word in _WORD.findall(text.lower()))
            for of, text in zip(post[rows].tolist(), texts, strict=True)
        ],
        dtype=bool,
    )
    judged = np.array([bool(topics[of]) for of in post[rows].tolist()], dtype=bool)
    codes = owner[rows][judged]
    n = grouped.counts(codes, batch.size)
    value, low, high = intervals.wilson(grouped.sums(codes, about[judged], batch.size), n)
    ids = pc.take(comments["post_id"], pa.array(rows)).to_pylist()
    return Measure.of(
        "topical_comments",
        value,
        n=n,
        seen_at=grouped.largest(
            codes, grouped.moments(comments["published_at"])[rows][judged], batch.size
        ),
        interval=(low, high),
        why_not=[
            (n == 0, "no comments are known"),
            (n < FEWEST_COMMENTS, f"fewer than {FEWEST_COMMENTS} comments are known"),
        ],
    ).shown_by(grouped.first_references(owner[rows], about, ids))


def _topic_words(posts: pa.Table, rows: Ints) -> dict[int, str]:
    """Of each post asked for: its topics and the longer words of its caption, in one line."""
    wanted = posts.take(pa.array(rows))
    columns = (wanted[name].to_pylist() for name in ("categories", "hashtags", "text"))
    found = {}
    for row, categories, hashtags, text in zip(rows.tolist(), *columns, strict=True):
        words = [*(categories or ()), *(hashtags or ()), *_LONG_WORD.findall(text or "")]
        found[row] = " ".join(words).lower()
    return found


_LONG_WORD = re.compile(r"[^\W\d_]{6,}")

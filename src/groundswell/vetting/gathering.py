"""Scorecards of a workspace's accounts: data from the warehouse, numbers from the engine."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.qualification import grouped, scorecard
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.factors import audience, cliques
from groundswell.engine.qualification.measures import Measure
from groundswell.engine.qualification.scorecard import Measured, Scorecards
from groundswell.terms.progress import Progress, silent
from groundswell.vetting import measuring
from groundswell.warehouse.observations import Observations

BATCH = 10_000  # accounts whose posts are asked for at one time
_AHEAD = 3  # batches that are in memory at one time
MOST_COMMENTS = 50  # newest ones read of an account
MOST_MEMBERSHIPS = 2_000_000  # beyond that, a sample of people is taken
NEIGHBOURS = 600  # accounts nearest in size that one account is compared with

Rows = npt.NDArray[np.int64]


def everyone(
    observations: Observations, accounts: pa.Table, *, now: datetime, progress: Progress
) -> Scorecards:
    """Scorecards of all accounts, each compared with all others.

    Args:
        observations: The workspace's observations.
        accounts: As ``creators.queries.accounts_table`` gives them.
        now: Data from later than this is not believed.
        progress: Told how many accounts are measured.
    """
    rows = np.arange(accounts.num_rows, dtype=np.int64)
    return _scorecards(observations, accounts, rows, now=now, progress=progress)


def one(
    observations: Observations, accounts: pa.Table, account: str, *, now: datetime
) -> Scorecards:
    """The scorecard of one account, compared with those nearest to it in size; row 0 is it."""
    rows = _nearest(accounts, account)
    return _scorecards(observations, accounts, rows, now=now, progress=silent)


def _scorecards(
    observations: Observations,
    accounts: pa.Table,
    rows: Rows,
    *,
    now: datetime,
    progress: Progress,
) -> Scorecards:
    base = _base(observations)
    ends = _ends(observations, now)
    starts = range(0, rows.size, BATCH)
    coming: list[Future[Measured]] = []
    with measuring.executor(len(starts)) as executor:
        for begin in starts:
            if len(coming) >= _AHEAD:
                coming[-_AHEAD].result()  # memory holds the posts of a few batches only
            progress("measure accounts", begin, rows.size)
            batch = _batch(observations, accounts.take(pa.array(rows[begin : begin + BATCH])), ends)
            coming.append(executor.submit(scorecard.measure, batch, base))
        together = [*_audiences(observations, accounts), _cliques(observations, accounts)]
        together = [found.of_rows(rows) for found in together]
        measured = scorecard.joined([each.result() for each in coming])
    progress("measure accounts", rows.size, rows.size)
    platforms = accounts["platform"].take(pa.array(rows)).to_pylist()
    return scorecard.score(measured, platforms, together)


def _batch(observations: Observations, accounts: pa.Table, ends: dict[str, int]) -> Batch:
    wanted = accounts.select(["account", "followers"])
    return Batch(
        accounts,
        observations.ask("vetting_posts", wanted=wanted),
        observations.ask("vetting_comments", wanted=wanted, most=MOST_COMMENTS),
        observations.ask("vetting_counts", wanted=wanted),
        observations.ask("vetting_averages", wanted=wanted),
        observations.ask("vetting_audience_shares", wanted=wanted),
        ends,
    )


def _base(observations: Observations) -> dict[str, tuple[int, dict[str, int]]]:
    """For each platform: how many posts have topics, and how many have each topic."""
    posts: dict[str, int] = {}
    topics: dict[str, dict[str, int]] = {}
    for platform, topic, count in _values(observations.ask("vetting_topics")):
        if topic is None:
            posts[platform] = count
        else:
            topics.setdefault(platform, {})[topic] = count
    return {platform: (posts[platform], topics[platform]) for platform in topics}


def _ends(observations: Observations, now: datetime) -> dict[str, int]:
    found = observations.ask("vetting_ends", now=now.isoformat())
    micros = grouped.moments(found["ends_at"]).tolist()
    return dict(zip(found["platform"].to_pylist(), micros, strict=True))


def _audiences(observations: Observations, accounts: pa.Table) -> list[Measure]:
    """What can be said of audiences only with everybody's at hand."""
    size = accounts.num_rows
    topic = _topics(accounts)
    codes = pa.array(np.arange(size), pa.int64())
    wanted = pa.table({"account": accounts["account"], "code": codes})
    [(memberships,)] = _values(observations.ask("vetting_sizes"))
    every = max(1, -(-memberships // MOST_MEMBERSHIPS))
    members = observations.ask("vetting_members", wanted=wanted, every=every)
    account = members["account"].to_numpy()
    followed = audience.Followed(account, members["member"].to_numpy(), topic)
    pairs = observations.ask("vetting_overlaps", wanted=wanted)
    shared = pairs["account"].to_numpy()
    return [
        audience.interests(followed, grouped.largest(account, _at(members), size)),
        audience.overlapping_interests(
            shared,
            pairs["other"].to_numpy(),
            grouped.floats(pairs["shared"]),
            topic=topic,
            seen_at=grouped.largest(shared, _at(pairs), size),
        ),
    ]


def _cliques(observations: Observations, accounts: pa.Table) -> Measure:
    """Groups of accounts that share their commenters, which shows only with everybody's at hand."""
    size = accounts.num_rows
    wanted = pa.table(
        {"account": accounts["account"], "code": pa.array(np.arange(size), pa.int64())}
    )
    known = observations.ask("vetting_commented", wanted=wanted)
    rows = known["account"].to_numpy()
    said, commenters, at = (np.zeros(size, dtype=np.int64) for _ in range(3))
    said[rows], commenters[rows], at[rows] = known["said"], known["commenters"], _at(known)
    recurring = observations.ask("vetting_commenters", wanted=wanted, most=cliques.MOST_ACCOUNTS)
    comments = cliques.Comments(
        recurring["account"].to_numpy(),
        recurring["author"].to_numpy(),
        recurring["post_id"].to_pylist(),
    )
    found = cliques.find(
        comments,
        commenters=commenters,
        platform=_codes(accounts["platform"]),
        language=_codes(accounts["language"]),
        topic=_topics(accounts),
    )
    names = pc.coalesce(accounts["handle"], accounts["account"]).to_pylist()
    return cliques.measure(comments, found, names, said=said, commenters=commenters, seen_at=at)


def _codes(column: pa.ChunkedArray) -> Rows:
    """Code of each value from 0; -1 for null."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    return np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)


def _at(table: pa.Table) -> Rows:
    return np.asarray(pc.fill_null(table["at"], np.iinfo(np.int64).min).to_numpy())


def _topics(accounts: pa.Table) -> Rows:
    """Code of each account's first category; -1 without one."""
    categories = accounts["categories"].combine_chunks()
    named = pc.fill_null(pc.greater(pc.list_value_length(categories), 0), False)  # noqa: FBT003
    first = pc.list_element(pc.if_else(named, categories, pa.scalar([""], categories.type)), 0)
    encoded = pc.dictionary_encode(pc.utf8_lower(first))
    blank = np.array([name == "" for name in encoded.dictionary.to_pylist()], dtype=bool)
    codes = np.asarray(encoded.indices, dtype=np.int64)
    return np.where(blank[codes], -1, codes) if codes.size else codes


def _nearest(accounts: pa.Table, account: str) -> Rows:
    """Rows of an account and of those nearest to it by log followers on its platform."""
    names = accounts["account"].to_pylist()
    mine = names.index(account)
    platform = accounts["platform"].to_numpy(zero_copy_only=False)
    followers = grouped.floats(accounts["followers"])
    others = np.flatnonzero(platform == platform[mine])
    others = others[others != mine]
    if followers[mine] > 0:
        others = others[followers[others] > 0]
        distance = np.abs(np.log(followers[others]) - np.log(followers[mine]))
        others = others[np.argsort(distance, kind="stable")]
    return np.concatenate([[mine], others[:NEIGHBOURS]]).astype(np.int64)


def _values(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)

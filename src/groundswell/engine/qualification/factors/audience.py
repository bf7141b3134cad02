"""Audience concentration: how far an audience is of one kind, by country and by interest.

Concentration is the probability that two people of the audience, drawn at random, are alike
(Simpson 1949); its inverse is the effective number of countries or topics.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from scipy import sparse

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import grouped, intervals, similarity
from groundswell.engine.qualification.batch import Batch, Rows
from groundswell.engine.qualification.measures import NEVER, Measure

FEWEST_MEMBERS = 20
FEWEST_OVERLAPS = 5
LEAST_COVERED = 0.5  # of the audience must be in the countries listed
_CHUNK = 50_000


def countries(batch: Batch) -> Measure:
    """Probability that two people of the audience live in one country.

    Shares are as a source reports them. When they add up to less than 1, the rest is spread over
    unknown countries: the lower end takes it as all different, the upper end as one country more,
    no larger than the smallest one listed. Sampling adds to both where the sample's size is known.
    """
    rows = Rows(batch.audience_shares, batch.accounts["account"], "observed_at")
    chosen = np.asarray(pc.fill_null(pc.equal(rows.table["dimension"], "country"), False))  # noqa: FBT003
    share = rows.numbers("share")
    chosen &= (share > 0) & (share <= 1)
    codes, share = rows.codes[chosen], share[chosen]
    at, sampled = rows.at[chosen], rows.numbers("sample_size")[chosen]
    covered = grouped.sums(codes, share, batch.size)
    alike = grouped.sums(codes, share**2, batch.size)
    cubes = grouped.sums(codes, share**3, batch.size)
    smallest = -_largest(codes, -share, batch.size)
    rest = np.clip(1 - covered, 0.0, 1.0)
    scale = np.where(covered > 1, covered, 1.0)  # rounded shares may add up to 1.01
    value = alike / scale**2
    people = _largest(codes, np.nan_to_num(sampled), batch.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(people > 0, 2 * np.sqrt(np.maximum(cubes - alike**2, 0) / people), 0.0)
    upper = value + rest * np.minimum(rest, smallest) + intervals.Z * error
    bounded = (people > 0) | (rest > 0.005)
    nothing = np.full(batch.size, np.nan)
    return Measure.of(
        "country_concentration",
        value,
        n=people.astype(np.int64),
        seen_at=grouped.largest(codes, at, batch.size),
        interval=(
            np.where(bounded, np.maximum(value - intervals.Z * error, 0.0), nothing),
            np.where(bounded, np.minimum(upper, 1.0), nothing),
        ),
        why_not=[
            (covered == 0, "no audience countries are known"),
            (covered < LEAST_COVERED, "less than half of the audience is in the countries listed"),
        ],
        caveats=[(people == 0, "the source does not say how many people it measured")],
    )


def _largest(codes: Ints, values: Floats, size: int) -> Floats:
    found = np.full(size, -np.inf)
    np.maximum.at(found, codes, values)
    return np.where(np.isfinite(found), found, 0.0)


@dataclass(frozen=True, slots=True)
class Followed:
    """Who of a sample of people is in whose audience.

    Attributes:
        account: Row number of the account of each membership.
        member: Number of the person, from 0.
        topic: Topic of each account's content, from 0; -1 where unknown. Shape (A,).
    """

    account: Ints
    member: Ints
    topic: Ints


def interests(followed: Followed, seen_at: Ints) -> Measure:
    """Probability that two people of the audience share an interest, from what else they follow.

    The interests of a person are the topics of the other accounts that the person is in the
    audience of. The account's own topic says nothing about its audience and is left out.

    Args:
        followed: The sample, coordinated: the same people for all accounts.
        seen_at: Newest membership of each account in microseconds, shape (A,).
    """
    size = followed.topic.size
    known = followed.topic[followed.account] >= 0
    order = np.argsort(followed.account, kind="stable")
    account, member = followed.account[order], followed.member[order]
    people = int(member.max()) + 1 if member.size else 0
    profile = _profiles(account[known[order]], member[known[order]], followed.topic, people)
    degree = np.asarray(profile.sum(axis=1)).ravel()
    own = (followed.topic[account] >= 0).astype(np.float64)
    others = degree[member] - own
    informed = others > 0
    account, member, others = account[informed], member[informed], others[informed]
    with_others = _similarity_to_others(account, member, others, profile, followed.topic)
    value, low, high, n = similarity.from_items(with_others, account, size)
    return Measure.of(
        "interest_concentration",
        value,
        n=n,
        seen_at=np.where(n > 0, seen_at, NEVER),
        interval=(low, high),
        why_not=[
            (n == 0, "nobody of its audience is known to follow other accounts with a topic"),
            (n < FEWEST_MEMBERS, f"fewer than {FEWEST_MEMBERS} people of its audience are known"),
        ],
    )


def _profiles(account: Ints, member: Ints, topic: Ints, people: int) -> sparse.csr_array:
    """How many accounts of each topic each person follows, shape (people, topics)."""
    topics = int(topic.max()) + 1 if topic.size and topic.max() >= 0 else 1
    ones = np.ones(account.size)
    return sparse.csr_array((ones, (member, topic[account])), shape=(people, topics))


def _similarity_to_others(
    account: Ints, member: Ints, others: Floats, profile: sparse.csr_array, topic: Ints
) -> Floats:
    """Summed similarity of each membership's interests to those of the account's other members."""
    total = np.zeros((topic.size, profile.shape[1]))
    itself = np.zeros(account.size)
    found = np.zeros(account.size)
    for step in ("sum", "compare"):
        for begin in range(0, account.size, _CHUNK):
            part = slice(begin, begin + _CHUNK)
            interest = _interests(account[part], member[part], others[part], profile, topic)
            if step == "sum":
                rows, starts = np.unique(account[part], return_index=True)
                total[rows] += np.add.reduceat(interest, starts, axis=0)
                itself[part] = (interest**2).sum(axis=1)
            else:
                found[part] = (interest * total[account[part]]).sum(axis=1) - itself[part]
    return found


def _interests(
    account: Ints, member: Ints, others: Floats, profile: sparse.csr_array, topic: Ints
) -> Floats:
    """Shares of topics among what each member follows besides the account."""
    counts = profile[member].toarray()
    mine = topic[account]
    rows = np.flatnonzero(mine >= 0)
    counts[rows, mine[rows]] -= 1.0
    shares: Floats = counts / others[:, None]
    return shares


def overlapping_interests(
    account: Ints, other: Ints, shared: Floats, *, topic: Ints, seen_at: Ints
) -> Measure:
    """Probability that two shared people come with accounts of one topic, from measured overlaps.

    Pairs below the source's threshold are not listed and not guessed, so it has no interval.

    Args:
        account: Row number of the account of each pair; each pair is given in both directions.
        other: Row number of the account that it shares people with.
        shared: People in both audiences.
        topic: Topic of each account's content, from 0; -1 where unknown. Shape (A,).
        seen_at: Newest overlap of each account in microseconds, shape (A,).
    """
    size = topic.size
    known = (topic[other] >= 0) & (shared > 0) if account.size else np.zeros(0, dtype=bool)
    account, column, shared = account[known], topic[other[known]], shared[known]
    width = int(topic.max()) + 1 if size and topic.max() >= 0 else 1
    by_topic = np.bincount(account * width + column, weights=shared, minlength=size * width)
    by_topic = by_topic.reshape(size, width)
    total = by_topic.sum(axis=1)
    n = grouped.counts(account, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = ((by_topic / total[:, None]) ** 2).sum(axis=1)
    return Measure.of(
        "overlap_concentration",
        value,
        n=n,
        seen_at=np.where(n > 0, seen_at, NEVER),
        why_not=[
            (n == 0, "no overlaps with accounts of a known topic are measured"),
            (n < FEWEST_OVERLAPS, f"fewer than {FEWEST_OVERLAPS} overlaps are measured"),
        ],
        caveats=[(n > 0, "pairs below the source's threshold are not listed and not counted")],
    )

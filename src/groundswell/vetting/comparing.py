"""A few accounts side by side: what each is, what it costs, and whom they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification import intervals
from groundswell.engine.qualification.text import sponsorship
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.money import Money
from groundswell.terms.platforms import AccountRef
from groundswell.terms.tiers import Tier
from groundswell.vetting import portraits, queries
from groundswell.vetting.portraits import SINCE, Part
from groundswell.vetting.queries import Answer
from groundswell.warehouse.observations import Observations

MOST = 20
_MOST_POSTS = 300  # of each account, read for signs of being paid for
_FEWEST = 30  # known people, below which no overlap is said
_SEEN = ("posts", "audience_shares", "memberships", "overlaps")


class TooManyAccounts(Refusal, ValueError):
    """More accounts than can be held side by side."""

    code = "too_many_accounts"


@dataclass(frozen=True, slots=True)
class Side:
    """One account of a comparison.

    Attributes:
        account: Which.
        tier: Its tier; None when followers are unknown.
        answer: Its scorecard; None when the last vetting did not see it.
        growth: Change of followers a day.
        prices: What a piece of each format costs.
    """

    account: Account
    tier: Tier | None
    answer: Answer | None
    growth: Estimate
    prices: Mapping[str, Money]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which part of one account's audience is in another's too.

    Attributes:
        one: Whose audience.
        other: Where they are too.
        share: Part of the first audience that is in the second.
        shared: People found in both.
    """

    one: Account
    other: Account
    share: Estimate
    shared: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the observations say of the accounts.

    Attributes:
        audience: Parts of each audience by account and dimension.
        sponsored_at: The newest post that carries a sign of being paid for; None without one.
        posts: How many posts of the year were read for that.
        overlaps: For each two accounts, in both directions.
    """

    audience: Mapping[str, Mapping[str, Sequence[Part]]]
    sponsored_at: Mapping[str, datetime | None]
    posts: Mapping[str, int]
    overlaps: Sequence[Overlap]

    def in_target(self, account: Account, dimension: str, values: Sequence[str]) -> Estimate:
        """Which part of an audience is of one of some countries, genders, ages or languages."""
        return in_target(self.audience.get(str(account.id), {}).get(dimension, ()), values)


def named(written: Sequence[str]) -> list[Account]:
    """The accounts that are written ``platform:handle``, each once.

    Raises:
        UnknownAccount: When the workspace has no such account.
        TooManyAccounts: When they are more than can be held side by side.
    """
    refs = dict.fromkeys(map(AccountRef.parse, written))
    found = list({one.id: one for one in map(creators.find_account, refs)}.values())
    if len(found) > MOST:
        raise TooManyAccounts(
            f"{len(found)} accounts are too many to compare: name {MOST} at most, and export a "
            "search or a list to see more"
        )
    return found


def sides(accounts: Sequence[Account]) -> list[Side]:
    """The accounts side by side, in their order."""
    tiers = creators.here().tiers
    answers = queries.kept(accounts)
    prices: dict[str, dict[str, Money]] = {}
    if accounts:
        for row in creators.rate_cards([account.id for account in accounts]).to_pylist():
            price = Money(row["price"], row["currency"])
            prices.setdefault(row["account"], {})[row["format"]] = price
    return [
        Side(
            account,
            tiers.tier_of(account.followers),
            answers.get(account.id),
            _growth(answers.get(account.id)),
            prices.get(str(account.id), {}),
        )
        for account in accounts
    ]


def seen(accounts: Sequence[Account], *, now: datetime) -> Seen:
    """What posts, audiences and memberships of the accounts say."""
    ids = [str(account.id) for account in accounts]
    with creators.observations(tables=_SEEN) as observations:
        said = observations.ask(
            "captions_since", accounts=ids, since=(now - SINCE).isoformat(), most=_MOST_POSTS
        )
        audience = portraits.audiences(observations, ids)
        overlaps = _overlaps(observations, accounts)
    signs = sponsorship.signs(said["text"], said["links"], said["paid_partnership"])
    newest: dict[str, datetime | None] = dict.fromkeys(ids)
    read = dict.fromkeys(ids, 0)
    posted = zip(said["account"].to_pylist(), said["published_at"].to_pylist(), signs, strict=True)
    for account, at, sign in posted:
        read[account] += 1
        if sign is not None and at <= now and newest[account] is None:
            newest[account] = at
    return Seen(audience, newest, read, overlaps)


def in_target(parts: Sequence[Part], values: Sequence[str]) -> Estimate:
    """The sum of some parts of one dimension, which never overlap.

    The interval is Wilson's on the sample that the source names; without one there is none.
    """
    method = "sum_of_measured_shares"
    if not parts:
        return Estimate.cannot_say("no source has measured it", method=method)
    wanted = {value.casefold() for value in values}
    chosen = [part.share for part in parts if part.value.casefold() in wanted]
    known = [share for share in chosen if share is not None]
    if not known:
        return Estimate.cannot_say("the source names no such part of its audience", method=method)
    share = min(sum(known), 1.0)
    people = min((part.sample_size or 0 for part in parts), default=0)
    if not people:
        return Estimate.exact(
            share, method=method, n=0, reason="no interval: the source names no sample size"
        )
    return _wilson(share * people, people, method)


def _growth(answer: Answer | None) -> Estimate:
    facts = [fact for factor in answer.card.factors for fact in factor.evidence] if answer else []
    found = next((fact.estimate for fact in facts if fact.kind == "daily_growth"), None)
    return found or Estimate.cannot_say("not vetted yet", method="daily_growth")


def _overlaps(observations: Observations, accounts: Sequence[Account]) -> list[Overlap]:
    ids = [str(account.id) for account in accounts]
    known: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
    # People who can be counted beat a measurement of somebody else's.
    for question, method in (("overlaps_among", "measured_overlap"), ("shared_members", "members")):
        for row in observations.ask(question, accounts=ids).to_pylist():
            known[row["account_a"], row["account_b"]] = (row, method)
    found = []
    for one, other in combinations(accounts, 2):
        a, b = sorted((str(one.id), str(other.id)))
        row, method = known.get((a, b), (None, ""))
        for mine, theirs in ((one, other), (other, one)):
            size = row["size_a" if str(mine.id) == a else "size_b"] if row else None
            found.append(_overlap(mine, theirs, row["shared"] if row else None, size, method))
    return found


def _overlap(
    one: Account, other: Account, shared: int | None, size: int | None, method: str
) -> Overlap:
    if shared is None or size is None:
        reason = "no people of both audiences are known, and no overlap was measured"
        return Overlap(one, other, Estimate.cannot_say(reason, method="overlap"), None)
    if method == "members" and shared == 0 and one.platform != other.platform:
        reason = "nobody was recognized on both platforms: their people may be known apart"
        return Overlap(one, other, Estimate.cannot_say(reason, method="overlap", n=size), None)
    if method == "members" and size < _FEWEST:
        reason = f"only {size} people of this audience are known, and {_FEWEST} are needed"
        return Overlap(one, other, Estimate.cannot_say(reason, method="overlap", n=size), shared)
    return Overlap(one, other, _wilson(float(min(shared, size)), size, method), shared)


def _wilson(hits: float, trials: int, method: str) -> Estimate:
    value, low, high = intervals.wilson(np.array([hits]), np.array([trials]))
    return Estimate(float(value[0]), float(low[0]), float(high[0]), intervals.LEVEL, method, trials)

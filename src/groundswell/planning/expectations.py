"""What a post of each offer is expected to bring, learnt from everybody in the workspace."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa

from groundswell.engine import response
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.guarantee import lift
from groundswell.engine.guarantee.lift import Lift
from groundswell.engine.response import Accounts, Basis, Published, Response, calibration, clicks
from groundswell.engine.response.calibration import Groups
from groundswell.engine.response.clicks import History, Rates
from groundswell.engine.response.model import ResponseModel
from groundswell.planning import published
from groundswell.planning.candidates import PLATFORMS
from groundswell.planning.evidence import Evidence, place_of
from groundswell.planning.prices import TIERS
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import TierSet

FORMATS = tuple(Format)
VIEWS = (published.VIEW_RATES, published.VIEW_ELASTICITY)
ENGAGEMENTS = (published.ENGAGEMENT_RATES, published.ENGAGEMENT_ELASTICITY)
_TOPICS = 60  # most frequent categories that get an effect of their own


@dataclass(frozen=True, slots=True)
class Expected:
    """What one post of each offer is expected to bring; basis NOTHING where it can't be said.

    Attributes:
        views: Times seen.
        engagements: Likes, comments, shares and saves.
        clicks: Modelled from views and the share that clicks.
        conversions: Modelled from clicks and the share that orders.
        click_rates: Share of views that click.
        order_rates: Share of clicks that order.
    """

    views: Response
    engagements: Response
    clicks: Response
    conversions: Response
    click_rates: Rates
    order_rates: Rates


@dataclass(frozen=True, slots=True)
class _Posts:
    """Known counts, newest first within an account and format; arrays are (posts,).

    ``declared`` is 1 for paid partnerships, 0 for others, -1 where it isn't known.
    """

    account: Ints
    format: Ints
    count: Floats
    declared: Ints

    def evidence(self) -> response.Evidence:
        return response.Evidence.from_posts(self.account, self.format, self.count)

    def only(self, keep: Bools) -> Self:
        return type(self)(
            self.account[keep], self.format[keep], self.count[keep], self.declared[keep]
        )

    def newest(self) -> Bools:
        """One post of each account: the newest of the format that it publishes most."""
        key = self.account * len(FORMATS) + self.format
        _, first, count = np.unique(key, return_index=True, return_counts=True)
        order = np.lexsort((first, -count, self.account[first]))
        _, best = np.unique(self.account[first][order], return_index=True)
        chosen = np.zeros(len(key), np.bool_)
        chosen[first[order[best]]] = True
        return chosen

    def lift(self, accounts: int) -> Lift | None:
        """What sponsorship does to each account's posts; None where nobody published both kinds."""
        paid, unpaid = (self.account[self.declared == kind] for kind in (1, 0))
        if not len(np.intersect1d(paid, unpaid)):
            return None
        _, row = np.unique(self.account * len(FORMATS) + self.format, return_inverse=True)
        logs = np.log1p(self.count)
        logs = logs - (np.bincount(row, logs) / np.bincount(row))[row]
        freedom = max(len(row) - int(row.max()) - 1, 1)
        known = self.declared >= 0
        return lift.learn(
            self.account[known],
            logs[known],
            self.declared[known] == 1,
            accounts=accounts,
            post_sd=float(np.sqrt(np.square(logs).sum() / freedom)),
        )

    def organic(self, lifted: Lift | None) -> Self:
        """The same, as if none of them had been sponsored."""
        if lifted is None:
            return self
        logs = np.log1p(self.count) - np.where(self.declared == 1, lifted.own[self.account], 0.0)
        return replace(self, count=np.maximum(np.expm1(logs), 0.0))


def expected(evidence: Evidence, account: Ints, format_: Ints, tiers: TierSet) -> Expected:
    """What one post of each offer is expected to bring.

    Args:
        evidence: What is known.
        account: Place of the account of each offer; shape (offers,).
        format_: Index into FORMATS of each offer; shape (offers,).
        tiers: Of the workspace, by which intervals are made to hold.
    """
    known = _accounts(evidence.accounts)
    groups = Groups(known.platform, _tiers(evidence.accounts, tiers))
    seen, engaged = _posts(evidence, "views"), _posts(evidence, "engagements")
    lifts = [posts.lift(len(known.platform)) for posts in (seen, engaged)]
    seen, engaged = seen.organic(lifts[0]), engaged.organic(lifts[1])
    engagements = engaged.evidence().joined(_averages(evidence, "engagements"))
    views = _with_views_inferred(
        seen.evidence().joined(_averages(evidence, "views")), engagements, evidence.accounts
    )
    models = (
        response.fit(known, counts, published=_published(rates))
        for counts, rates in ((views, VIEWS), (engagements, ENGAGEMENTS))
    )
    viewed, engaging = (
        _sponsored(model, posts, lifted, account, format_, groups)
        for model, posts, lifted in zip(models, (seen, engaged), lifts, strict=True)
    )
    platform = known.platform[account]
    click_rates, order_rates = _rates_of_actions(platform, account, format_)
    clicked = clicks.acting(viewed, click_rates)
    return Expected(
        views=viewed,
        engagements=engaging,
        clicks=clicked,
        conversions=clicks.acting(clicked, order_rates),
        click_rates=click_rates,
        order_rates=order_rates,
    )


def _sponsored(
    model: ResponseModel,
    posts: _Posts,
    lifted: Lift | None,
    account: Ints,
    format_: Ints,
    groups: Groups,
) -> Response:
    """What posts of a plan bring, with intervals that held for everybody's newest post."""
    told = model.expected(account, format_)
    if lifted is not None:
        told = lifted.applied(told, account)
    mine = groups.only(account)
    by_posts, by_size = (
        _held(model, posts, rest, groups).applied(told, mine)
        for rest in (posts.only(~posts.newest()), posts.only(np.zeros(len(posts.count), np.bool_)))
    )
    has_counts = told.basis >= Basis.AVERAGE
    return Response(
        *(
            np.where(has_counts, getattr(by_posts, name), getattr(by_size, name))
            for name in Response.__slots__
        )
    )


def _held(
    model: ResponseModel, posts: _Posts, rest: _Posts, groups: Groups
) -> calibration.Calibration:
    """How far each account's newest post lies from what the rest of its posts says."""
    newest = posts.only(posts.newest())
    told = model.given(rest.evidence()).expected(newest.account, newest.format)
    score = calibration.scores(told, newest.count)
    if len(rest.account):
        score = np.where(told.basis >= Basis.OTHER_FORMATS, score, np.nan)
    return calibration.learn(score, newest.account, groups.only(newest.account))


def _rates_of_actions(platform: Ints, account: Ints, format_: Ints) -> tuple[Rates, Rates]:
    """Shares of views that click, by platform and format, and of clicks that order."""
    click = np.full((len(PLATFORMS), len(FORMATS)), published.CLICKS_ASSUMED)
    for (where, kind), rate in published.CLICK_RATES.items():
        click[PLATFORMS.index(where), FORMATS.index(kind)] = rate
    uncounted = History.none()
    by_cell = clicks.learn(click.ravel(), uncounted)
    every = clicks.learn(np.array([published.ORDER_RATE]), uncounted)
    return (
        by_cell.of(account, platform * len(FORMATS) + format_),
        every.of(account, np.zeros_like(account)),
    )


def _published(rates: tuple[Mapping[tuple[Platform, Format], float], float]) -> Published:
    by_format, elasticity = rates
    table = np.full((len(PLATFORMS), len(FORMATS)), np.nan)
    for (platform, kind), rate in by_format.items():
        table[PLATFORMS.index(platform), FORMATS.index(kind)] = rate
    return Published(table, elasticity)


def _accounts(accounts: pa.Table) -> Accounts:
    platform = [PLATFORMS.index(Platform(name)) for name in accounts["platform"].to_pylist()]
    topics = [
        categories[0].casefold() if categories else None
        for categories in accounts["categories"].to_pylist()
    ]
    frequent = Counter(topic for topic in topics if topic is not None).most_common(_TOPICS)
    codes = {topic: code for code, (topic, _) in enumerate(frequent)}
    return Accounts(
        platform=np.array(platform, np.int64),
        followers=accounts["followers"].cast(pa.float64()).to_numpy(),
        category=np.array([codes.get(topic, -1) for topic in topics], np.int64),
    )


def _tiers(accounts: pa.Table, tiers: TierSet) -> Ints:
    """Index into TIERS of each account, -1 where it has none."""
    found = [tiers.tier_of(count) for count in accounts["followers"].to_pylist()]
    return np.array([-1 if tier is None else TIERS.index(tier) for tier in found], np.int64)


def _posts(evidence: Evidence, metric: str) -> _Posts:
    posts = evidence.posts
    place = _places(posts, evidence.accounts)
    platforms = evidence.accounts["platform"].to_pylist()
    kinds: Sequence[int] = [
        FORMATS.index(Format(kind) if kind else published.USUAL_FORMAT[Platform(platforms[at])])
        for at, kind in zip(np.maximum(place, 0), posts["format"].to_pylist(), strict=True)
    ]
    count = _numbers(posts, metric)
    known = (place >= 0) & np.isfinite(count)
    declared = posts["sponsored"].cast(pa.int64()).fill_null(-1).to_numpy()
    return _Posts(place[known], np.array(kinds, np.int64)[known], count[known], declared[known])


def _averages(evidence: Evidence, metric: str) -> response.Evidence:
    reported = _places(evidence.averages, evidence.accounts)
    known = reported >= 0
    return response.Evidence.from_averages(
        reported[known], _numbers(evidence.averages, metric)[known]
    )


def _with_views_inferred(
    views: response.Evidence, engagements: response.Evidence, accounts: pa.Table
) -> response.Evidence:
    """Where only engagements are known, views by the published ratio of the two.

    Without this a creator known to get many engagements would be priced by the views of an
    ordinary one, and look like a bargain.
    """
    silent = ~np.isin(engagements.account, views.account)
    account = engagements.account[silent]
    ratio = []
    for name in accounts["platform"].take(pa.array(account)).to_pylist():
        cell = (Platform(name), published.USUAL_FORMAT[Platform(name)])
        rate = published.ENGAGEMENT_RATES.get(cell, np.nan)
        ratio.append(published.VIEW_RATES.get(cell, np.nan) / rate)
    guessed = np.expm1(engagements.mean_log[silent]) * np.array(ratio)
    one_each, first = np.unique(account, return_index=True)
    return views.joined(response.Evidence.from_another_count(one_each, guessed[first]))


def _places(table: pa.Table, accounts: pa.Table) -> Ints:
    found = place_of(table["account"], accounts)
    return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)


def _numbers(table: pa.Table, column: str) -> Floats:
    return np.asarray(table[column].cast(pa.float64()).to_numpy(), np.float64)

"""What the candidates offer: each format that they could publish, what it gets and costs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from groundswell.engine import response
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.response import Accounts, Basis, Published, Response, clicks
from groundswell.engine.response.clicks import History, Rates
from groundswell.planning import prices, published
from groundswell.planning.brief import Brief
from groundswell.planning.candidates import PLATFORMS, Candidates, NoCandidates
from groundswell.planning.evidence import Evidence, place_of
from groundswell.planning.prices import TIERS, Exchange, Prices
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import TierSet

FORMATS = tuple(Format)
VIEWS = (published.VIEW_RATES, published.VIEW_ELASTICITY)
ENGAGEMENTS = (published.ENGAGEMENT_RATES, published.ENGAGEMENT_ELASTICITY)
_TOPICS = 60  # most frequent categories that get an effect of their own
_NO_AUDIENCE = 0.3  # views per member, where followers aren't known


@dataclass(frozen=True, slots=True)
class Priced:
    """Offers with what they are expected to get and to cost; arrays have one entry per offer.

    Attributes:
        place: Place of the account in the accounts' table.
        creator: Number of the creator.
        format: Index into FORMATS.
        tier: Index into TIERS.
        followers: Of the account, NaN when unknown.
        audience: People who could see a post: followers, else what the views suggest.
        views: What one post is expected to get.
        engagements: Likewise; basis NOTHING where nothing can be said.
        clicks: Likewise, modelled from views and the share that clicks.
        conversions: Likewise, modelled from clicks and the share that orders.
        click_rates: Share of views that click.
        order_rates: Share of clicks that order.
        price: Fees.
        must_have: Whether the brief wants the account.
    """

    place: Ints
    creator: Ints
    format: Ints
    tier: Ints
    followers: Floats
    audience: Floats
    views: Response
    engagements: Response
    clicks: Response
    conversions: Response
    click_rates: Rates
    order_rates: Rates
    price: Prices
    must_have: Bools

    def __len__(self) -> int:
        return len(self.place)

    def only(self, keep: Bools | Ints) -> "Priced":
        """Some of the offers."""
        part: Priced = _part(self, keep)
        return part


def _part(columns: Any, keep: Bools | Ints) -> Any:
    """Some entries of a dataclass of arrays, whatever is nested in it."""
    return type(columns)(
        *(
            value[keep] if isinstance(value, np.ndarray) else _part(value, keep)
            for value in (getattr(columns, field.name) for field in fields(columns))
        )
    )


def price(
    brief: Brief, evidence: Evidence, candidates: Candidates, tiers: TierSet
) -> tuple[Priced, dict[str, int]]:
    """What the candidates offer, and how many accounts had to be left out on the way.

    Raises:
        NoCandidates: When nobody is left.
    """
    account, format_ = _on_offer(brief, evidence, candidates)
    views, engagements = _expected(evidence, account, format_)
    platforms = [Platform(name) for name in evidence.accounts["platform"].to_pylist()]
    counts = evidence.accounts["followers"].to_pylist()
    tier = np.array([TIERS.index(tiers.tier_of(counts[at])) for at in account], np.int64)
    exchange = Exchange(brief.budget.currency, brief.exchange_rates)
    quoted = prices.quoted(
        [(platforms[at], FORMATS[kind]) for at, kind in zip(account, format_, strict=True)],
        tier,
        views.mean,
        _asked(evidence, account, format_),
        exchange,
    )
    followers = np.array([np.nan if counts[at] is None else counts[at] for at in account], float)
    seen = np.where(np.isnan(followers), views.mean / _NO_AUDIENCE, followers)
    _, creator = np.unique(evidence.accounts["creator"].to_pylist(), return_inverse=True)
    wanted = np.zeros(evidence.accounts.num_rows, np.bool_)
    wanted[candidates.places[candidates.must_have]] = True
    click_rates, order_rates = _rates_of_actions(platforms, account, format_)
    clicked = clicks.acting(views, click_rates)
    offers = Priced(
        place=account,
        creator=creator[account].astype(np.int64),
        format=format_,
        tier=tier,
        followers=followers,
        audience=np.maximum(seen, 1.0),
        views=views,
        engagements=engagements,
        clicks=clicked,
        conversions=clicks.acting(clicked, order_rates),
        click_rates=click_rates,
        order_rates=order_rates,
        price=quoted,
        must_have=wanted[account],
    )
    return _possible(offers, candidates, evidence.accounts.num_rows)


def _on_offer(brief: Brief, evidence: Evidence, candidates: Candidates) -> tuple[Ints, Ints]:
    """Account and format of every offer.

    Of the brief's formats those in which the account has published; all of them where it is not
    known to have published in any. Without formats in the brief, those that it published in, else
    the platform's usual one.
    """
    platforms = evidence.accounts["platform"].to_pylist()
    seen = _published_in(evidence)
    wanted = brief.creators.formats
    offers = []
    for place, is_wanted in zip(candidates.places, candidates.must_have, strict=True):
        platform = Platform(platforms[place])
        able = [kind for kind in published.FORMATS[platform] if not wanted or kind in wanted]
        kinds = [kind for kind in able if kind in seen.get(int(place), ())]
        if not kinds:
            kinds = able if wanted and able else [published.USUAL_FORMAT[platform]]
        if able or is_wanted:
            offers += [(place, FORMATS.index(kind)) for kind in kinds]
    table = np.array(offers, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _published_in(evidence: Evidence) -> dict[int, set[str]]:
    """Formats of each account's known posts."""
    found: dict[int, set[str]] = {}
    places = place_of(evidence.posts["account"], evidence.accounts).to_pylist()
    for place, kind in zip(places, evidence.posts["format"].to_pylist(), strict=True):
        if place is not None and kind is not None:
            found.setdefault(place, set()).add(kind)
    return found


def _expected(evidence: Evidence, account: Ints, format_: Ints) -> tuple[Response, Response]:
    """Views and engagements, learnt from every account of the workspace."""
    known = _accounts(evidence.accounts)
    engaged = _seen(evidence, "engagements")
    viewed = _with_views_inferred(_seen(evidence, "views"), engaged, evidence.accounts)
    views = response.fit(known, viewed, published=_rates(VIEWS)).expected(account, format_)
    engagements = response.fit(known, engaged, published=_rates(ENGAGEMENTS))
    return views, engagements.expected(account, format_)


def _rates_of_actions(
    platforms: Sequence[Platform], account: Ints, format_: Ints
) -> tuple[Rates, Rates]:
    """Shares of views that click, by platform and format, and of clicks that order."""
    click = np.full((len(PLATFORMS), len(FORMATS)), published.CLICKS_ASSUMED)
    for (platform, kind), rate in published.CLICK_RATES.items():
        click[PLATFORMS.index(platform), FORMATS.index(kind)] = rate
    codes = np.array([PLATFORMS.index(platform) for platform in platforms], np.int64)
    uncounted = History.none()
    return (
        clicks.learn(click.ravel(), uncounted).of(account, codes[account] * len(FORMATS) + format_),
        clicks.learn(np.array([published.ORDER_RATE]), uncounted).of(
            account, np.zeros_like(account)
        ),
    )


def _rates(published_rates: tuple[Mapping[tuple[Platform, Format], float], float]) -> Published:
    rates, elasticity = published_rates
    table = np.full((len(PLATFORMS), len(FORMATS)), np.nan)
    for (platform, kind), rate in rates.items():
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


def _seen(evidence: Evidence, metric: str) -> response.Evidence:
    posts, averages = evidence.posts, evidence.averages
    place = _places(posts, evidence.accounts)
    platforms = evidence.accounts["platform"].to_pylist()
    kinds = [
        FORMATS.index(Format(kind) if kind else published.USUAL_FORMAT[Platform(platforms[at])])
        for at, kind in zip(np.maximum(place, 0), posts["format"].to_pylist(), strict=True)
    ]
    known = place >= 0
    own = response.Evidence.from_posts(
        place[known], np.array(kinds, np.int64)[known], _numbers(posts, metric)[known]
    )
    reported = _places(averages, evidence.accounts)
    known = reported >= 0
    return own.joined(
        response.Evidence.from_averages(reported[known], _numbers(averages, metric)[known])
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


def _asked(evidence: Evidence, account: Ints, format_: Ints) -> list[Money | None]:
    cards = evidence.rate_cards
    places = place_of(cards["account"], evidence.accounts).to_pylist() if cards.num_rows else []
    asked = {
        (place, kind): Money(price, currency)
        for place, kind, price, currency in zip(
            places,
            cards["format"].to_pylist(),
            cards["price"].to_pylist(),
            cards["currency"].to_pylist(),
            strict=True,
        )
    }
    pairs: Sequence[tuple[int, int]] = list(zip(account.tolist(), format_.tolist(), strict=True))
    return [asked.get((place, str(FORMATS[kind]))) for place, kind in pairs]


def _possible(offers: Priced, candidates: Candidates, total: int) -> tuple[Priced, dict[str, int]]:
    """Offers with a response and a price; an account without any is counted by its reason."""
    silent = offers.views.basis == Basis.NOTHING
    unpriced = offers.price.fee < 0
    keep = ~silent & ~unpriced
    lost = np.setdiff1d(offers.place, offers.place[keep])
    reasons = {
        int(place): "response_unknown" if is_silent else str(source)
        for place, is_silent, source in zip(offers.place, silent, offers.price.source, strict=True)
    }
    excluded = dict(candidates.excluded)
    for place in lost:
        excluded[reasons[int(place)]] = excluded.get(reasons[int(place)], 0) + 1
    if not keep.any():
        raise NoCandidates(total, excluded, {})
    return offers.only(keep), excluded

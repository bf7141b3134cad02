"""What the candidates offer: each format that they could publish, what it gets and costs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.response import Basis, Response
from groundswell.engine.response.clicks import Rates
from groundswell.planning import expectations, layers, prices, published
from groundswell.planning.brief import Brief
from groundswell.planning.candidates import Candidates, NoCandidates
from groundswell.planning.evidence import Evidence, place_of
from groundswell.planning.layers import Wanted
from groundswell.planning.prices import TIERS, Exchange, Prices
from groundswell.terms.money import Money
from groundswell.terms.objectives import Layer
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import TierSet

FORMATS = expectations.FORMATS
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
        layer: Index into ``layers.LAYERS``.
        handling: What it costs the brand's own people, in minor units of the fees' currency.
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
    layer: Ints
    handling: Ints

    @property
    def cost(self) -> Ints:
        """Fee and handling."""
        return self.price.fee + self.handling

    @property
    def delivery(self) -> Floats:
        """Expected part of what is agreed that is published."""
        return layers.delivery_rates(self.layer)

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
    asked = _asked_for(brief, evidence, candidates, tiers)
    account, format_ = asked.place, asked.format
    told = expectations.expected(evidence, account, format_, tiers)
    views = told.views
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
    layers.reprice(quoted, asked.layer, brief)
    followers = np.array([np.nan if counts[at] is None else counts[at] for at in account], float)
    seen = np.where(np.isnan(followers), views.mean / _NO_AUDIENCE, followers)
    _, creator = np.unique(evidence.accounts["creator"].to_pylist(), return_inverse=True)
    wanted = np.zeros(evidence.accounts.num_rows, np.bool_)
    wanted[candidates.places[candidates.must_have]] = True
    offers = Priced(
        place=account,
        creator=creator[account].astype(np.int64),
        format=format_,
        tier=tier,
        followers=followers,
        audience=np.maximum(seen, 1.0),
        views=views,
        engagements=told.engagements,
        clicks=told.clicks,
        conversions=told.conversions,
        click_rates=told.click_rates,
        order_rates=told.order_rates,
        price=quoted,
        must_have=wanted[account] & (asked.layer == layers.CREATORS),
        layer=asked.layer,
        handling=layers.handling(brief)[asked.layer],
    )
    return _possible(offers, candidates, evidence.accounts.num_rows)


def _asked_for(brief: Brief, evidence: Evidence, candidates: Candidates, tiers: TierSet) -> Wanted:
    """Everything that could be bought: publications of the layers that the brief names."""
    account, format_ = _on_offer(brief, evidence, candidates)
    if Layer.CREATORS not in brief.layers:
        account, format_ = account[:0], format_[:0]
    paid = Wanted(account, format_, np.full(len(account), layers.CREATORS))
    passing = np.zeros(evidence.accounts.num_rows, np.bool_)
    passing[candidates.places] = True
    if brief.seeding:
        given = _once(layers.can_be_given(evidence, tiers, passing), evidence, brief)
        paid = paid.joined(given)
    if brief.sharers:
        sharing = layers.can_share(brief, evidence, tiers, candidates.sharing)
        paid = paid.joined(_once(sharing, evidence, brief, is_passed_on=True))
    if brief.creators.deliverables_per_creator > 1:
        return paid.with_layers_apart(evidence)
    return paid


def _once(can: Bools, evidence: Evidence, brief: Brief, *, is_passed_on: bool = False) -> Wanted:
    """One publication of each account: passed on, or a post in the first format it may have."""
    places = np.flatnonzero(can)
    platforms = evidence.accounts["platform"].to_pylist()
    wanted = () if is_passed_on else brief.creators.formats
    kinds = []
    for place in places:
        platform = Platform(platforms[place])
        usual = published.USUAL_FORMAT[platform]
        able = [kind for kind in published.FORMATS[platform] if kind in wanted]
        found = layers.passed_on_as(platform, usual) if is_passed_on else usual
        kinds.append(FORMATS.index(able[0] if able and found not in able else found))
    layer = layers.SHARERS if is_passed_on else layers.SEEDING
    return Wanted(places, np.array(kinds, np.int64), np.full(len(places), layer))


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

"""What a post costs: the creator's own price, else a thousand-view price times expected views."""

from collections.abc import Mapping
from dataclasses import dataclass

from groundswell.planning import published
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import Tier

OWN = "rate_card"
FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Price:
    """The fee of one post.

    Attributes:
        fee: What the plan reckons with.
        low: A cheap outcome; the fee itself where the creator stated it.
        high: A dear outcome.
        source: ``rate_card``, or a key of ``published.SOURCES``.
    """

    fee: Money
    low: Money
    high: Money
    source: str


@dataclass(frozen=True, slots=True)
class NoPrice:
    """Why no price can be said."""

    reason: str


class Exchange:
    """Converts into one currency by the rates that a brief states.

    Args:
        currency: The brief's currency.
        rates: What one unit of another currency is worth in it.
    """

    def __init__(self, currency: str, rates: Mapping[str, float]) -> None:
        self.currency = currency
        self._rates = {**rates, currency: 1.0}

    def __contains__(self, currency: str) -> bool:
        return currency in self._rates

    def money(self, amount: float, currency: str) -> Money:
        """An amount in major units of another currency, in the brief's."""
        return Money.rounded(amount * self._rates[currency], self.currency)


def own(asked: Money, exchange: Exchange) -> Price | NoPrice:
    """The price that the creator asks."""
    if asked.currency not in exchange:
        return NoPrice("price_in_other_currency")
    fee = exchange.money(float(asked.major), asked.currency)
    return Price(fee, fee, fee, OWN)


def modelled(
    *,
    platform: Platform,
    format_: Format,
    tier: Tier | None,
    views: float | None,
    exchange: Exchange,
) -> Price | NoPrice:
    """Price of a thousand views of that format and tier, times the expected views.

    Never below ``published.LEAST_FEE``; without expected views there is no price.
    """
    if published.CPM_CURRENCY not in exchange:
        return NoPrice("no_exchange_rate_for_usd")
    cpm = published.CPM.get((platform, format_))
    if views is None or cpm is None:
        return NoPrice("no_price")
    dollars = cpm.base * published.CPM_BY_TIER[tier] * views / 1_000

    def at_least(amount: float) -> Money:
        return exchange.money(max(amount, published.LEAST_FEE), published.CPM_CURRENCY)

    return Price(
        at_least(dollars),
        at_least(dollars * published.CPM_LOW),
        at_least(dollars * published.CPM_HIGH),
        cpm.source if dollars > published.LEAST_FEE else FLOOR,
    )

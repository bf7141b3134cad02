"""What a post costs: the creator's own price, else a thousand-view price times expected views."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.planning import published
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import Tier

OWN, FLOOR = "rate_card", "floor"
_MOST = 2.0**52  # minor units: beyond, floats skip whole numbers, and nobody pays as much
TIERS = (*Tier, None)


class Exchange:
    """Converts into one currency by the rates that a brief states.

    Args:
        currency: The brief's currency.
        rates: What one unit of another currency is worth in it.
    """

    def __init__(self, currency: str, rates: Mapping[str, float]) -> None:
        self.currency = currency
        self._rates = {**rates, currency: 1.0}
        self._minor = Money.of(1, currency).minor

    def __contains__(self, currency: str) -> bool:
        return currency in self._rates

    def minor(self, amount: Floats, currency: str) -> Ints:
        """Amounts in major units of a currency, in minor units of the brief's, to the nearest."""
        exact = amount * self._rates[currency] * self._minor
        return np.rint(np.minimum(exact, _MOST)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Prices:
    """Fees of several offers, in minor units of the brief's currency.

    Attributes:
        fee: What the plan reckons with; -1 where no price can be said; shape (offers,).
        low: A cheap outcome; the fee itself where the creator stated it; shape (offers,).
        high: A dear outcome; shape (offers,).
        source: ``rate_card``, ``floor``, or a key of ``published.SOURCES``; where there is no
            price, a key of ``candidates.FILTERS`` that says why; shape (offers,).
    """

    fee: Ints
    low: Ints
    high: Ints
    source: "np.ndarray[tuple[int], np.dtype[np.object_]]"


def quoted(
    offers: list[tuple[Platform, Format]],
    tiers: Ints,
    views: Floats,
    asked: list[Money | None],
    exchange: Exchange,
) -> Prices:
    """Price offers.

    Args:
        offers: Platform and format of each.
        tiers: Index into TIERS of each; shape (offers,).
        views: Expected views of each, NaN when nothing can be said; shape (offers,).
        asked: The creator's own price of each, where it is known.
        exchange: Into the brief's currency.

    Returns:
        The creator's own price; else thousand-view price of platform, format and tier x expected
        views, never below ``published.LEAST_FEE``.
    """
    prices = _modelled(offers, tiers, views, exchange)
    for place, own in enumerate(asked):
        if own is None:
            continue
        if own.currency not in exchange:
            prices.fee[place] = -1
            prices.source[place] = "price_in_other_currency"
            continue
        fee = int(exchange.minor(np.array([float(own.major)]), own.currency)[0])
        for column in (prices.fee, prices.low, prices.high):
            column[place] = fee
        prices.source[place] = OWN
    return prices


def _modelled(
    offers: list[tuple[Platform, Format]], tiers: Ints, views: Floats, exchange: Exchange
) -> Prices:
    cpms = [published.CPM.get(offer) for offer in offers]
    base = np.array([np.nan if cpm is None else cpm.base for cpm in cpms])
    by_tier = np.array([published.CPM_BY_TIER[tier] for tier in TIERS])
    dollars = base * by_tier[tiers] * views / 1_000
    known = np.isfinite(dollars)
    source = np.array([cpm.source if cpm else "no_price" for cpm in cpms], dtype=object)
    source[known & (dollars < published.LEAST_FEE)] = FLOOR
    source[~known] = "no_price"
    if published.CPM_CURRENCY not in exchange:
        known = np.zeros_like(known)
        source[:] = "no_exchange_rate_for_usd"

    def at_least(factor: float) -> Ints:
        if not known.any():
            return np.full(len(offers), -1)
        amounts = np.maximum(np.nan_to_num(dollars) * factor, published.LEAST_FEE)
        return np.where(known, exchange.minor(amounts, published.CPM_CURRENCY), -1)

    return Prices(at_least(1.0), at_least(published.CPM_LOW), at_least(published.CPM_HIGH), source)

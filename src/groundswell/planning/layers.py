"""The layers besides paid creators: who can share or be given a product, at what price.

All layers are offers on one panel, so one choice spreads the money over them. A person is in one
layer at most, as every offer of a person counts as the same creator's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.prices import Prices
from groundswell.terms.errors import Refusal
from groundswell.terms.formats import Format
from groundswell.terms.objectives import Layer
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import Tier, TierSet

# The code of a layer is its place here. Brand content is paid before anything is chosen.
LAYERS = (Layer.CREATORS, Layer.SHARERS, Layer.SEEDING, Layer.BOOST)
CREATORS, SHARERS, SEEDING, BOOST = range(4)
_GIFTED = (Tier.NANO, Tier.MICRO)  # larger ones rarely post for a product alone

SOURCES = {
    "reward": "the brief: for one verified share",
    "gift": "the brief: product and shipping",
    "boost": (
        "cpm-calculator.app (after webfx.com, January 2026), prooflytics.io (2026) and Jonas "
        "Agency (2026): price of 1,000 bought views by platform; ranges differ by a factor of two"
    ),
}

# Part of what is agreed that is published, as Beta parameters.
DELIVERY: Mapping[Layer, tuple[float, float]] = {
    Layer.CREATORS: (26.7, 3.3),  # contracts: 85 to 95 %
    Layer.SHARERS: (5.2, 2.8),  # no public figure of paid shares: .65, .36 to .89
    Layer.SEEDING: (4.4, 3.6),  # gifts: below half (Traackr's survey) to 80 % (a gifting platform)
    Layer.BOOST: (2_000.0, 1.0),  # what is bought is shown
}
# Part of those asked who say yes, as Beta parameters; for sharers others stand ready.
ACCEPTANCE: Mapping[Layer, tuple[float, float]] = {
    Layer.SHARERS: (3.2, 4.8),
    Layer.SEEDING: (4.0, 4.0),
}

# How something is passed on where the usual format of a platform is not the way.
_PASSED_ON = {Platform.INSTAGRAM: Format.STORY, Platform.YOUTUBE: Format.SHORT}


class TooFewSharers(Refusal):
    """Fewer people qualify to share than the brief wants."""

    code = "too_few_sharers"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Offers to price: account, format and layer of each; shape (offers,)."""

    place: Ints
    format: Ints
    layer: Ints

    def joined(self, other: "Wanted") -> "Wanted":
        """Both."""
        return Wanted(
            np.concatenate([self.place, other.place]),
            np.concatenate([self.format, other.format]),
            np.concatenate([self.layer, other.layer]),
        )

    def with_layers_apart(self, evidence: Evidence) -> "Wanted":
        """Without shares and gifts of those who are on offer for a fee.

        Needed where a creator may have several posts: they must not be of several layers.
        """
        creators = np.array(evidence.accounts["creator"].to_pylist(), object).astype(str)
        creator = creators[self.place]
        keep = (self.layer == CREATORS) | ~np.isin(creator, creator[self.layer == CREATORS])
        return Wanted(self.place[keep], self.format[keep], self.layer[keep])


def handling(brief: Brief) -> Ints:
    """What one publication of each layer costs the brand's own people, in minor units.

    Thousands of shares are handled by the program itself, and so is what is bought.
    """
    of_sharers = brief.handling_of_sharers.minor
    return np.array([brief.handling.minor, of_sharers, brief.handling.minor, 0], np.int64)


def reprice(prices: Prices, layer: Ints, brief: Brief) -> None:
    """Put what the brief pays in the place of fees that were quoted, for shares and gifts."""
    for code, price, source in (
        (SHARERS, brief.reward, "reward"),
        (SEEDING, brief.gift, "gift"),
    ):
        mine = layer == code
        for column in (prices.fee, prices.low, prices.high):
            column[mine] = price.minor
        prices.source[mine] = source


def is_content(layer: Ints) -> Bools:
    """Whether an offer is content of its own, not something passed on or bought."""
    return np.asarray((layer == CREATORS) | (layer == SEEDING))


def delivery_rates(layer: Ints) -> Floats:
    """Expected part of the agreed publications that appears, of each offer."""
    mean = [a / (a + b) for a, b in (DELIVERY[name] for name in LAYERS)]
    return np.array(mean)[layer]


def can_share(brief: Brief, evidence: Evidence, tiers: TierSet, passing: Bools) -> Bools:
    """Accounts that can be asked to share: small ones with an audience that nobody doubts.

    Below the smallest bound of the tier above nano; on a platform of the brief; not flagged for
    review; the audience's country and language are part of ``passing``.
    """
    counts = evidence.accounts["followers"].to_pylist()
    most = tiers.lower_bounds[Tier.MICRO]
    small = np.array([count is not None and 0 < count < most for count in counts], np.bool_)
    doubted = np.isin(evidence.accounts["account"].to_pylist(), list(evidence.doubted))
    found = passing & small & ~doubted
    least = brief.sharers.count.min if brief.sharers else 0
    creators = np.array(evidence.accounts["creator"].to_pylist(), object)
    there = len(np.unique(creators[found].astype(str)))
    if there < least:
        raise TooFewSharers(
            f"sharers.count.min wants {least:,} people, and {there:,} qualify (below {most:,} "
            "followers, for the audience asked for, nothing to be reviewed): lower sharers."
            f"count.min to {there:,}, widen [audience], or import more accounts"
        )
    return found


def can_be_given(evidence: Evidence, tiers: TierSet, passing: Bools) -> Bools:
    """Accounts that may post for a product: nano and micro, not flagged for review."""
    counts = evidence.accounts["followers"].to_pylist()
    small = np.array([tiers.tier_of(count) in _GIFTED for count in counts], np.bool_)
    doubted = np.isin(evidence.accounts["account"].to_pylist(), list(evidence.doubted))
    return passing & small & ~doubted


def passed_on_as(platform: Platform, usual: Format) -> Format:
    """The format in which people of a platform share what others made."""
    return _PASSED_ON.get(platform, usual)

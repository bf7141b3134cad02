"""How deals go: what is published of it, and what a workspace's own programs have shown since."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from groundswell.engine.guarantee import Shock, deals
from groundswell.engine.guarantee.deals import Deal, Rate
from groundswell.terms.estimate import Estimate

_LEVEL = 0.80
_NEVER, _ALWAYS = 1e-9, 1e12
_PUBLISHED = {
    "acceptance": "assumed: nobody publishes how many creators accept",
    "delivery": "published: contracts deliver 85 to 95 % of posts",
    "late": "assumed: nobody publishes how many posts are late",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A share of lines: a prior, and counts of past programs.

    Attributes:
        prior: Mean, worth in lines, and strength, as ``Rate.prior`` takes them.
        done: In each past program, lines that did.
        of: In each past program, lines that could have.
    """

    prior: tuple[float, float, float]
    done: tuple[int, ...] = ()
    of: tuple[int, ...] = ()

    def rate(self) -> Rate:
        """What the next program's may be."""
        mean, worth, strength = self.prior
        if mean in (0.0, 1.0):  # nothing is open: what is bought is shown, and is never late
            return Rate(np.array([abs(mean - _NEVER)]), np.array([_ALWAYS]), np.ones(1))
        before = Rate.prior(mean, worth, strength=strength)
        if not self.of:
            return before
        return before.seen(np.array(self.done, np.float64), np.array(self.of, np.float64))

    def estimate(self, name: str) -> Estimate:
        """The mean over programs, with where it comes from."""
        rate = self.rate()
        order = np.argsort(rate.mean, kind="stable")
        below = np.cumsum(rate.weight[order])
        ends = (0.5 - _LEVEL / 2, 0.5 + _LEVEL / 2)
        low, high = (float(rate.mean[order][np.searchsorted(below, end)]) for end in ends)
        value, lines = rate.expected, sum(self.of)
        source = (
            f"beta-binomial: {sum(self.done):,} of {lines:,} lines of {len(self.of):,} programs "
            f"here, beside {_PUBLISHED[name]}"
            if lines
            else _PUBLISHED[name]
        )
        return Estimate(
            value, min(low, value), max(high, value), _LEVEL, "beta-binomial", lines, source
        )


@dataclass(frozen=True, slots=True)
class KindOfDeal:
    """One kind of deal of a plan, and what is known of how such deals go."""

    name: str
    acceptance: Share
    delivery: Share
    late: Share
    late_days: float
    price: tuple[float, float]  # spread of the common shift, and what it is worth
    price_sd: float
    most: float

    def deal(self) -> Deal:
        """As the engine takes it."""
        return Deal(
            acceptance=self.acceptance.rate(),
            delivery=self.delivery.rate(),
            late=self.late.rate(),
            late_days=self.late_days,
            price=Shock(*self.price),
            price_sd=self.price_sd,
            most=self.most,
        )

    def as_json(self) -> dict[str, Any]:
        """Everything, and each share as an estimate with its source."""
        shares = {
            name: {
                "prior": list(share.prior),
                "done": list(share.done),
                "of": list(share.of),
                "estimate": share.estimate(name).as_json(),
            }
            for name, share in self._shares().items()
        }
        return {
            "name": self.name,
            **shares,
            "late_days": self.late_days,
            "price": list(self.price),
            "price_sd": self.price_sd,
            "most": self.most,
        }

    def _shares(self) -> dict[str, Share]:
        return {"acceptance": self.acceptance, "delivery": self.delivery, "late": self.late}

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "KindOfDeal":
        """Back from JSON."""
        acceptance, delivery, late = (
            Share(tuple(found[name]["prior"]), tuple(found[name]["done"]), tuple(found[name]["of"]))
            for name in ("acceptance", "delivery", "late")
        )
        return cls(
            name=found["name"],
            acceptance=acceptance,
            delivery=delivery,
            late=late,
            late_days=found["late_days"],
            price=(found["price"][0], found["price"][1]),
            price_sd=found["price_sd"],
            most=found["most"],
        )


NAMED, GUESSED = "at a price that the creator named", "at a price that is guessed"
_NAMED = KindOfDeal(
    name=NAMED,
    acceptance=Share(deals.ACCEPTANCE),
    delivery=Share(deals.DELIVERY),
    late=Share(deals.LATE),
    late_days=deals.contract().late_days,
    price=(deals.contract().price.sd, deals.contract().price.worth),
    price_sd=deals.contract().price_sd,
    most=deals.contract().most,
)
PUBLISHED = (
    _NAMED,
    replace(_NAMED, name=GUESSED, price=(0.2, 4.0), price_sd=0.3, most=1.4),
)
GIVEN, SURE = "a product instead of a fee", "many or bought, without a single answer"
OF_LAYERS = (
    KindOfDeal(
        name=GIVEN,
        acceptance=Share((0.5, 8.0, 20.0)),
        delivery=Share((0.55, 8.0, 10.0)),
        late=Share((0.3, 8.0, 20.0)),
        late_days=deals.gift().late_days,
        price=(0.0, 4.0),
        price_sd=0.0,
        most=deals.gift().most,
    ),
    KindOfDeal(
        name=SURE,
        acceptance=Share((1.0, 1.0, 1.0)),
        delivery=Share((1.0, 1.0, 1.0)),
        late=Share((0.0, 1.0, 1.0)),
        late_days=1.0,
        price=(0.0, 4.0),
        price_sd=0.0,
        most=1.25,
    ),
)


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What a workspace's own programs have shown.

    Attributes:
        counts: By kind of deal and share, lines that did and that could have, program by program.
    """

    counts: Mapping[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]] = field(
        default_factory=dict
    )

    def kinds(self) -> tuple[KindOfDeal, ...]:
        """Each kind of deal by what is published, and by what was seen here where anything was."""
        return tuple(self._learnt(kind) for kind in PUBLISHED)

    def _learnt(self, kind: KindOfDeal) -> KindOfDeal:
        def seen(name: str, share: Share) -> Share:
            done, of = self.counts.get((kind.name, name), ((), ()))
            return Share(share.prior, done, of)

        return replace(
            kind,
            acceptance=seen("acceptance", kind.acceptance),
            delivery=seen("delivery", kind.delivery),
            late=seen("late", kind.late),
        )

    @property
    def programs(self) -> int:
        """Programs behind it."""
        return max((len(of) for _, of in self.counts.values()), default=0)

"""What a brief can buy: offers, whom they reach, and what limits the choice."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Limits, Offers, Quota
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach import Panel
from groundswell.planning import audiences, boosting, candidates, layers, offers, quotas
from groundswell.planning.audiences import Audiences
from groundswell.planning.brief import Brief
from groundswell.planning.candidates import Candidates
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.terms.errors import Refusal
from groundswell.terms.objectives import Objective
from groundswell.terms.tiers import TierSet

Members = Callable[[pa.Table], pa.Table]  # memberships of some accounts, as integers


class CannotTake(Refusal):
    """A creator whom the brief wants can't be in any plan."""

    code = "cannot_take_must_have"


@dataclass(frozen=True, slots=True)
class Market:
    """What a brief can buy: offers, whom they reach, and what limits the choice.

    Attributes:
        brief: What was asked for.
        evidence: What is known.
        found: Accounts that pass the filters.
        priced: What they offer.
        excluded: How many accounts each filter left out.
        people: Audiences of the offers' accounts.
        offers: The same offers as the engine takes them, for the brief's objective.
        panel: On which they are chosen; the people to choose on, or sums.
        limits: What a plan must keep.
        seed: Decides every draw.
    """

    brief: Brief
    evidence: Evidence
    found: Candidates
    priced: Priced
    excluded: dict[str, int]
    people: Audiences
    offers: Offers
    panel: Panel
    limits: Limits
    seed: int

    @property
    def problem(self) -> tuple[Offers, Panel, Limits]:
        """As the engine takes it."""
        return self.offers, self.panel, self.limits

    def without(self, some: Bools) -> "Market":
        """The same with some offers that nobody can buy."""
        price = np.where(some, allocation.NO_LIMIT, self.offers.price_minor)
        return replace(self, offers=replace(self.offers, price_minor=price))

    def value(self, chosen: Ints) -> float:
        """What some offers get together, in the objective's unit, on the panel for choosing."""
        if self.brief.frequency > 1:
            often = self.brief.frequency
            return allocation.reached_often(self.offers, self.panel, chosen, often)
        rows, rates = self.offers.row[chosen], self.offers.rate[chosen]
        return float(np.sum(self.panel.weight * reach.people_reached(self.panel, rows, rates)))


def offered(
    brief: Brief, evidence: Evidence, members: Members, *, tiers: TierSet, seed: int
) -> Market:
    """Everything that a brief could buy.

    Args:
        brief: What is wanted.
        evidence: What is known.
        members: Gives memberships of accounts, once they are known to be on offer.
        tiers: Of the workspace.
        seed: Decides every draw.

    Raises:
        NoCandidates: When the filters leave nobody.
        CannotTake: When a creator whom the brief wants can't be had.
    """
    found = candidates.find(brief, evidence)
    priced, excluded = offers.price(brief, evidence, found, tiers)
    priced = _several(_with_must_haves(priced, evidence), brief.creators.deliverables_per_creator)
    on_offer = evidence.accounts.take(pa.array(np.unique(priced.place)))
    people = audiences.gather(evidence, priced, members(on_offer), salt=seed)
    if brief.boost:
        priced, people = boosting.offered(brief, evidence, priced, people)
    taken, panel = _for_objective(brief, priced, people)
    shares, groups = quotas.found(brief, evidence, priced)
    taken, limits = replace(taken, groups=groups), _limits(brief, priced, shares)
    return Market(brief, evidence, found, priced, excluded, people, taken, panel, limits, seed)


def under(on_sale: Market, brief: Brief) -> Market:
    """The same offers under the budget and the limits of another brief, alike in all else."""
    shares, groups = quotas.found(brief, on_sale.evidence, on_sale.priced)
    taken, limits = replace(on_sale.offers, groups=groups), _limits(brief, on_sale.priced, shares)
    return replace(on_sale, brief=brief, offers=taken, limits=limits)


def _with_must_haves(priced: Priced, evidence: Evidence) -> Priced:
    """Offers without the other accounts of creators whom the brief wants by one account."""
    names = evidence.accounts["account"].to_pylist()
    there = {names[place] for place in np.unique(priced.place[priced.must_have])}
    for account in evidence.must_have:
        if account not in there:
            reason = (
                "never leaves out one of the creator's accounts"
                if account in evidence.never
                else "nothing is known of what its posts get, or no price can be said"
            )
            raise CannotTake(
                f"must_have {evidence.name(account)} can't be in the plan: {reason}; import its "
                "followers, posts or a rate card, or take it out of must_have"
            )
    wanted = np.unique(priced.creator[priced.must_have])
    return priced.only(priced.must_have | ~np.isin(priced.creator, wanted))


def _several(priced: Priced, posts: int) -> Priced:
    """Each post of a creator who is paid as often as it may be bought."""
    times = np.where(priced.layer == layers.CREATORS, posts, 1)
    return priced.only(np.repeat(np.arange(len(priced)), times)) if posts > 1 else priced


def _for_objective(brief: Brief, priced: Priced, people: Audiences) -> tuple[Offers, Panel]:
    if brief.objective is Objective.REACH:
        panel, row = people.choosing, people.row
        rate = people.rates(priced)
    else:
        panel, rate = allocation.of_values(expected(brief.objective, priced) * priced.delivery)
        row = np.arange(len(priced))
    price = priced.cost - _handled_alike(brief)
    return Offers(priced.creator, price, priced.tier, row, rate), panel


def _handled_alike(brief: Brief) -> int:
    """What handling each line costs, in minor units; 0 where that differs, and prices hold it."""
    return brief.handling.minor if brief.pays_only_creators else 0


def expected(objective: Objective, priced: Priced) -> Floats:
    """What each offer is expected to get of an objective that can be added up."""
    known = {
        Objective.VIEWS: priced.views,
        Objective.ENGAGEMENTS: priced.engagements,
        Objective.CLICKS: priced.clicks,
        Objective.CONVERSIONS: priced.conversions,
    }
    if objective in known:
        return np.nan_to_num(known[objective].mean)
    return (layers.is_content(priced.layer)).astype(np.float64)


def _limits(brief: Brief, priced: Priced, shares: tuple[Quota, ...]) -> Limits:
    asked, left = brief.creators, brief.to_distribute
    one_layer = brief.pays_only_creators
    most = asked.count.max if one_layer else None
    return Limits(
        budget=left,
        handling_minor=_handled_alike(brief),
        count_min=max(asked.count.min, 1) if one_layer else 1,
        count_max=allocation.NO_LIMIT if most is None else most,
        quotas=shares,
        max_share=min(asked.max_share_per_creator * brief.budget.money.minor / left.minor, 1.0),
        must_have=tuple(int(who) for who in np.unique(priced.creator[priced.must_have])),
        posts=asked.deliverables_per_creator,
    )

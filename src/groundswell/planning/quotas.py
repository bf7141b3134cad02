"""Quotas of a brief: which offers each of them counts, and how many and how much it allows."""

from collections.abc import Iterator

import numpy as np

from groundswell.engine.allocation import NO_LIMIT, Quota
from groundswell.engine.arrays import Bools
from groundswell.planning import candidates, layers
from groundswell.planning.brief import Brief, Share
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.planning.prices import TIERS
from groundswell.terms.money import Money
from groundswell.terms.objectives import Layer


def found(brief: Brief, evidence: Evidence, priced: Priced) -> tuple[tuple[Quota, ...], Bools]:
    """Quotas that the brief sets, and which offers count for each; (offers, quotas).

    A creator counts for each category that they have, and for no country where theirs isn't known.
    """
    every = list(_named(brief, evidence, priced))
    quotas = tuple(_quota(name, share, brief.budget.currency) for name, share, _ in every)
    groups = np.zeros((len(priced), len(every)), np.bool_)
    for place, (_, _, mine) in enumerate(every):
        groups[:, place] = mine
    return quotas, groups


def _named(brief: Brief, evidence: Evidence, priced: Priced) -> Iterator[tuple[str, Share, Bools]]:
    paid = priced.layer == layers.CREATORS
    for name, share, mine in _of_creators(brief, evidence, priced):
        yield name, share, mine & paid
    if brief.pays_only_creators:
        return
    if Layer.CREATORS in brief.layers:
        yield "count", Share(min=brief.creators.count.min, max=brief.creators.count.max), paid
    yield from _of_layers(brief, priced)


def _of_layers(brief: Brief, priced: Priced) -> Iterator[tuple[str, Share, Bools]]:
    if brief.sharers:
        count, most = brief.sharers.count, brief.for_sharers
        spend = None if most is None else float(most.major)
        share = Share(min=count.min, max=count.max, max_spend=spend)
        yield "sharers.count", share, priced.layer == layers.SHARERS
    if brief.seeding:
        share = Share(max=brief.seeding.units)
        yield "seeding.units", share, priced.layer == layers.SEEDING
    if brief.boost:
        share = Share(max_spend=brief.boost.max_share_of_budget * float(brief.budget.amount))
        yield "boost", share, priced.layer == layers.BOOST


def _of_creators(
    brief: Brief, evidence: Evidence, priced: Priced
) -> Iterator[tuple[str, Share, Bools]]:
    asked, accounts = brief.creators, evidence.accounts
    for tier, share in asked.tiers.items():
        yield f"tiers.{tier}", share, priced.tier == TIERS.index(tier)
    platforms = np.array(accounts["platform"].to_pylist(), object)[priced.place]
    for platform, share in asked.quotas.platform.items():
        yield f"quotas.platform.{platform}", share, platforms == str(platform)
    countries = np.array(accounts["country"].to_pylist(), object)[priced.place]
    for country, share in asked.quotas.country.items():
        yield f"quotas.country.{country}", share, countries == country
    for category, share in asked.quotas.category.items():
        mine = candidates.in_categories((category,), accounts)[priced.place]
        yield f"quotas.category.{category}", share, mine
    if asked.min_spend:
        share = Share(min_spend=asked.min_spend)
        yield "creators", share, np.ones(len(priced), np.bool_)


def _quota(name: str, share: Share, currency: str) -> Quota:
    return Quota(
        name,
        share.min,
        NO_LIMIT if share.max is None else share.max,
        Money.rounded(share.min_spend, currency).minor,
        NO_LIMIT if share.max_spend is None else Money.rounded(share.max_spend, currency).minor,
    )

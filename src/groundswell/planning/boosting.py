"""Boost: impressions bought for the best publications of a plan, in steps, by platform.

A step shows a publication to anybody in the target who uses the platform, followers or not. Which
publication it is hardly changes whom it reaches, so steps are bought by platform, and go to the
plan's best publications there once these are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach import Panel
from groundswell.engine.response import Basis, Response, clicks
from groundswell.planning import layers, segments
from groundswell.planning.audiences import BOUGHT, MEMBERSHIPS, Audiences
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.planning.prices import TIERS, Exchange, Prices
from groundswell.planning.published import CPM_CURRENCY
from groundswell.terms.errors import Refusal
from groundswell.terms.money import Money
from groundswell.terms.platforms import Platform

# US dollars for a thousand bought impressions, and the range of what is published.
CPM = {
    Platform.INSTAGRAM: (8.0, 6.0, 15.0),
    Platform.FACEBOOK: (10.0, 5.0, 15.0),
    Platform.TIKTOK: (9.0, 3.0, 20.0),
    Platform.YOUTUBE: (8.0, 2.0, 15.0),
    Platform.SNAPCHAT: (8.0, 5.0, 12.0),
    Platform.LINKEDIN: (33.0, 6.0, 60.0),
    Platform.X: (6.0, 4.0, 8.0),
}
_SD = 0.3  # of the log of bought views: prices differ by the auction
_NO_LUCK = 1e-6
_STEPS = 10  # of the most that may be spent, on each platform
_STAND_INS = 4_000  # people who stand for those of a platform whom nobody sampled


class NoBoost(Refusal):
    """Nothing can be bought with what the brief says."""

    code = "no_boost"


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step on a platform buys; ``like`` is an offer of the same platform."""

    platform: Platform
    like: int
    people: float
    views: float
    minor: int


def offered(
    brief: Brief, evidence: Evidence, priced: Priced, people: Audiences
) -> tuple[Priced, Audiences]:
    """Offers with steps of boost on each platform where something else is offered.

    Raises:
        NoBoost: When no platform of the offers has a price, or the currency has no rate.
    """
    names = evidence.accounts["platform"].to_pylist()
    platform = np.array([names[place] for place in priced.place], object)
    steps = [
        step
        for name in CPM
        if (here := np.flatnonzero(platform == str(name))).size
        for step in _steps(brief, name, int(here[0]))
    ]
    if not steps:
        raise NoBoost(
            "boost can't be bought: nobody on offer publishes where a price of bought views is "
            f"known ({', '.join(CPM)}): take [boost] out, or allow such platforms"
        )
    return _joined(priced, _offers(priced, steps)), _with_rows(people, platform, steps)


def _steps(brief: Brief, platform: Platform, like: int) -> list[_Step]:
    exchange = Exchange(brief.budget.currency, brief.exchange_rates)
    if CPM_CURRENCY not in exchange or brief.boost is None:
        raise NoBoost(
            f"prices of bought views are in {CPM_CURRENCY}: say in exchange_rates what one is "
            f"worth in {brief.budget.currency}"
        )
    thousand = int(exchange.minor(np.array([CPM[platform][0]]), CPM_CURRENCY)[0])
    most = brief.boost.max_share_of_budget * brief.budget.money.minor
    largest = brief.creators.max_share_per_creator * brief.budget.money.minor
    count = max(_STEPS, int(np.ceil(most / largest)))
    minor = int(most / count)
    if minor < 1:
        raise NoBoost(
            f"boost.max_share_of_budget allows {Money(int(most), brief.budget.currency)}, too "
            "little to buy anything: raise it, or take [boost] out"
        )
    users = segments.users(platform, brief.audience.countries)
    step = _Step(platform, like, users, 1_000 * minor / max(thousand, 1), minor)
    return [step] * count


def _offers(priced: Priced, steps: Sequence[_Step]) -> Priced:
    like = np.array([step.like for step in steps])
    base, count = priced.only(like), len(steps)
    views = _bought(np.array([step.views for step in steps]))
    clicked = clicks.acting(views, base.click_rates)
    minor = np.array([step.minor for step in steps], np.int64)
    low, high = np.array([CPM[step.platform] for step in steps]).T[1:]
    middle = np.array([CPM[step.platform][0] for step in steps])
    return replace(
        base,
        creator=int(priced.creator.max(initial=-1)) + 1 + np.arange(count),
        tier=np.full(count, TIERS.index(None)),
        followers=np.full(count, np.nan),
        audience=np.array([step.people for step in steps]),
        views=views,
        engagements=_unknown(count),
        clicks=clicked,
        conversions=clicks.acting(clicked, base.order_rates),
        price=Prices(
            minor,
            np.rint(minor * low / middle).astype(np.int64),
            np.rint(minor * high / middle).astype(np.int64),
            np.full(count, "boost", object),
        ),
        must_have=np.zeros(count, np.bool_),
        layer=np.full(count, layers.BOOST),
        handling=np.zeros(count, np.int64),
    )


def _bought(views: Floats) -> Response:
    location = np.log1p(views) - _SD**2 / 2
    count = len(views)
    return Response(
        location=location,
        creator_sd=np.full(count, _SD),
        post_sd=np.full(count, _NO_LUCK),
        mean=views,
        low=np.expm1(location - 1.2816 * _SD),
        high=np.expm1(location + 1.2816 * _SD),
        posts=np.zeros(count, np.int64),
        basis=np.full(count, int(Basis.SIZE)),
    )


def _unknown(count: int) -> Response:
    """What bought views bring in engagements is not the creator's, and nobody published it."""
    nothing = np.full(count, np.nan)
    return Response(
        nothing, nothing, nothing, nothing, nothing, nothing,
        posts=np.zeros(count, np.int64), basis=np.full(count, int(Basis.NOTHING)),
    )  # fmt: skip


def _joined(first: Any, second: Any) -> Any:
    """Entries of two dataclasses of arrays, one after the other."""
    values = ((getattr(first, field.name), getattr(second, field.name)) for field in fields(first))
    return type(first)(
        *(np.concatenate([a, b]) if isinstance(a, np.ndarray) else _joined(a, b) for a, b in values)
    )


def _with_rows(people: Audiences, platform: Any, steps: Sequence[_Step]) -> Audiences:
    """Audiences with a row for each platform: everybody on it who was sampled, and the others."""
    names = list(dict.fromkeys(step.platform for step in steps))
    size = np.array([next(s.people for s in steps if s.platform is name) for name in names])
    count = len(people.places)
    rows = [np.unique(people.row[platform == str(name)]) for name in names]
    sampled = [row[people.source[row] == MEMBERSHIPS] for row in rows]
    nobody = [row[:0] for row in rows]
    at = np.array([names.index(step.platform) for step in steps])
    return replace(
        people,
        places=np.append(people.places, np.full(len(names), -1)),
        row=np.concatenate([people.row, count + at]),
        size=np.concatenate([people.size, size]),
        source=np.append(people.source, np.full(len(names), BOUGHT)),
        choosing=_appended(people.choosing, sampled, size),
        members=_appended(people.members, nobody, np.zeros(len(names))),
        reporting=_appended(people.reporting, sampled, size),
        countries=_appended(people.countries, nobody, np.zeros(len(names))),
        virtual=_appended(people.virtual, nobody, np.zeros(len(names))),
        pairs=replace(people.pairs, size=np.concatenate([people.pairs.size, size])),
    )


def _appended(panel: Panel, rows: Sequence[Ints], size: Floats) -> Panel:
    """A panel with one row more for each set of rows: their people, and others up to a size."""
    weight, starts = [panel.weight], [panel.starts]
    people = [panel.people]
    end, total = int(panel.starts[-1]), len(panel.weight)
    for mine, most in zip(rows, size, strict=True):
        known = np.unique(panel.rows(mine).people)
        rest = max(float(most) - float(panel.weight[known].sum()), 0.0)
        others = np.arange(total, total + (_STAND_INS if rest else 0), dtype=np.int32)
        weight.append(np.full(len(others), rest / _STAND_INS))
        people += [known, others]
        total, end = total + len(others), end + len(known) + len(others)
        starts.append(np.array([end]))
    entries = np.concatenate(people)
    exposure = panel.exposure
    if len(exposure):
        exposure = np.concatenate([exposure, np.ones(len(entries) - len(exposure))])
    return Panel(np.concatenate(starts), entries, exposure, np.concatenate(weight))


def on_empty_platforms(evidence: Evidence, priced: Priced, chosen: Ints) -> Bools:
    """Steps on platforms on which the plan publishes nothing; shape (offers,)."""
    bought = priced.layer == layers.BOOST
    names = np.array(evidence.accounts["platform"].to_pylist(), object)[priced.place]
    published = set(names[chosen[~bought[chosen]]])
    return np.asarray(bought & ~np.isin(names.astype(str), [str(name) for name in published]))


def assigned(evidence: Evidence, priced: Priced, chosen: Ints) -> Priced:
    """The steps of a plan go to its best publications of their platform, one after the other.

    The best have the most expected engagements per view; content comes before what is passed on.
    """
    names = np.array(evidence.accounts["platform"].to_pylist(), object)[priced.place]
    place, format_ = priced.place.copy(), priced.format.copy()
    rate = np.nan_to_num(priced.engagements.mean / np.maximum(priced.views.mean, 1e-9))
    bought = priced.layer == layers.BOOST
    for platform in dict.fromkeys(names[chosen[bought[chosen]]]):
        here = chosen[names[chosen] == platform]
        steps, lines = here[bought[here]], here[~bought[here]]
        own = layers.is_content(priced.layer[lines])
        best = lines[np.lexsort((lines, -rate[lines], ~own))]
        into = best[np.arange(len(steps)) % len(best)]
        place[steps], format_[steps] = priced.place[into], priced.format[into]
    return replace(priced, place=place, format=format_)

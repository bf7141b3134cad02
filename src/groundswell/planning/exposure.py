"""What the lines of a plan are exposed to: from offers to the engine, into a plan and out of it.

A plan keeps what its scenarios were drawn from, so that what has happened since can be held
against it: the forecast of a running plan needs the plan, deliveries and the day, nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pc

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.guarantee import Shock, posts
from groundswell.engine.guarantee.plan import Conditions, Lines
from groundswell.engine.response import Basis, Response
from groundswell.planning import crowds, layers, prices
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.planning.published import SHOCK_SD
from groundswell.planning.track_record import OF_LAYERS, KindOfDeal
from groundswell.terms.errors import Refusal
from groundswell.terms.objectives import Kpi

# sqrt(.15 ** 2 + .20 ** 2) is SHOCK_SD: what a program shares, and what sponsorship does to all.
_PROGRAM_SD = 0.15
_SPONSORED_SD = float(np.sqrt(SHOCK_SD**2 - _PROGRAM_SD**2))
_COMMON = Shock(_PROGRAM_SD, 8.0)
_PLATFORM = Shock(0.07, 4.0)  # as real weekly series of channels move beyond their market
_POSTS_FOR_TAIL = 20_000
_LAW = ("location", "creator_sd", "post_sd", "mean", "low", "high")
_DIGITS = 8
_GIVEN, _OF_MANY = 2, 3  # places in ``kinds_of``


class NotKept(Refusal):
    """A plan of before plans kept what their scenarios were drawn from."""

    code = "plan_keeps_no_scenarios"


def lines_of(brief: Brief, offers: Priced, rows: Ints, planned: int) -> Lines:
    """Offers as lines of the engine: the plan's, then its bench's.

    Engagements are left out where nothing is known of any line's.
    """
    mine = offers.only(rows)
    waits = np.arange(len(mine)) >= planned
    passed_on = (mine.layer == layers.SHARERS) & ~waits
    alone = mine.only(np.where(waits, layers.is_content(mine.layer), ~passed_on))
    responses = {str(Kpi.VIEWS): alone.views}
    if np.any(mine.engagements.basis != Basis.NOTHING):
        responses[str(Kpi.ENGAGEMENTS)] = alone.engagements
    days = (brief.end - brief.start).days / 2
    lines = Lines(
        responses=responses,
        cell=np.zeros(len(alone), np.int64),
        deal=_deal(alone),
        fee=alone.cost.astype(np.float64),
        days=np.full(len(alone), max(days, 1.0)),
        planned=planned - int(passed_on.sum()),
        pieces=None if brief.pays_only_creators else layers.is_content(alone.layer).astype(float),
    )
    if not passed_on.any():
        return lines
    pool = int(np.sum(offers.layer == layers.SHARERS))
    return crowds.added(lines, mine.only(passed_on), pool=pool, deal=_OF_MANY)


def _deal(offers: Priced) -> Ints:
    """Kind of deal of each offer, as an index into ``kinds_of``."""
    guessed = (offers.price.source != prices.OWN).astype(np.int64)
    kinds = [guessed, _OF_MANY, _GIVEN, _OF_MANY]
    return np.choose(offers.layer, kinds)


def kinds_of(brief: Brief, evidence: Evidence) -> tuple[KindOfDeal, ...]:
    """Kinds of deals that a plan of the brief can have."""
    named = evidence.track_record.kinds()
    return named if brief.pays_only_creators else (*named, *OF_LAYERS)


def tail_of(evidence: Evidence) -> float:
    """Degrees of freedom of single posts, by the newest that are known."""
    newest = evidence.posts.slice(0, _POSTS_FOR_TAIL)
    counts = np.asarray(newest["views"].cast("float64").to_numpy(), np.float64)
    codes = pc.rank(newest["account"], tiebreaker="dense").to_numpy().astype(np.int64)
    known = np.isfinite(counts)
    logs: Floats = np.log1p(counts[known])
    return posts.tail_of_posts(codes[known], logs)


def conditions(kinds: Sequence[KindOfDeal], tail: float) -> Conditions:
    """Deals at a price that the creator named, and at one that is guessed."""
    return Conditions(
        deals=[kind.deal() for kind in kinds],
        common=_COMMON,
        grouped=_PLATFORM,
        drift_sd=_SPONSORED_SD,
        tail=tail,
    )


def as_json(lines: Lines, kinds: Sequence[KindOfDeal], tail: float) -> dict[str, Any]:
    """What a plan keeps of its scenarios."""
    return {
        "planned": lines.planned,
        "tail": tail if np.isfinite(tail) else None,
        "deals": [kind.as_json() for kind in kinds],
        "deal": lines.deal.tolist(),
        "fee_minor": lines.fee.tolist(),
        "days": lines.days.tolist(),
        "pieces": None if lines.pieces is None else lines.pieces.tolist(),
        "responses": {
            kpi: {
                **{name: _numbers(getattr(found, name)) for name in _LAW},
                "posts": found.posts.tolist(),
                "basis": found.basis.tolist(),
            }
            for kpi, found in lines.responses.items()
        },
    }


def read(document: Mapping[str, Any]) -> tuple[Lines, Conditions]:
    """What a plan kept, as the engine takes it.

    Raises:
        NotKept: When the plan is older than that.
    """
    kept = document.get("exposure")
    if kept is None:
        raise NotKept(
            f"{document['name']!r} was planned before plans kept their scenarios, so nothing can "
            "be forecast from it: plan its brief again"
        )
    if len(kept["deal"]) != len(document["lines"]) + len(document["bench"]):
        raise NotKept(
            f"{document['name']!r} has sharers, whom nobody follows one by one: a running plan "
            "can be forecast without them, so plan its brief without [sharers]"
        )
    lines = Lines(
        responses={kpi: _response(found) for kpi, found in kept["responses"].items()},
        cell=np.zeros(len(kept["deal"]), np.int64),
        deal=np.array(kept["deal"], np.int64),
        fee=np.array(kept["fee_minor"], np.float64),
        days=np.array(kept["days"], np.float64),
        planned=kept["planned"],
        pieces=np.array(kept["pieces"], np.float64) if kept.get("pieces") else None,
    )
    kinds = [KindOfDeal.read(found) for found in kept["deals"]]
    return lines, conditions(kinds, np.inf if kept["tail"] is None else kept["tail"])


def _response(found: Mapping[str, Any]) -> Response:
    law = {name: np.array(found[name], np.float64) for name in _LAW}
    posts_ = np.array(found["posts"], np.int64)
    return Response(**law, posts=posts_, basis=np.array(found["basis"], np.int64))


def _numbers(values: Floats) -> list[float | None]:
    return [round(v, _DIGITS) if np.isfinite(v) else None for v in values.tolist()]

"""The forecast of a running plan: pure, of the plan, what is known of its lines, and the day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.engine.guarantee import plan as plans
from groundswell.engine.guarantee import running
from groundswell.engine.guarantee.plan import PIECES, Conditions, Lines
from groundswell.engine.guarantee.running import NO, OPEN, YES, Progress
from groundswell.planning import exposure
from groundswell.planning.deliveries import COUNTED, Delivery
from groundswell.planning.models import LineState
from groundswell.terms.estimate import Estimate
from groundswell.terms.money import Money

_SCENARIOS = 2_000
_LEVEL = 0.80
_DAY = 86_400.0


def forecast(
    document: Mapping[str, Any],
    deliveries: Sequence[Delivery],
    goals: Mapping[str, float],
    *,
    as_of: date,
    seed: int,
) -> dict[str, Any]:
    """P(hit) now, what each KPI will come to, and which reserves would help.

    Args:
        document: The plan.
        deliveries: What is known of each line and reserve, in the plan's order.
        goals: What was promised or is wanted, by KPI; at least one.
        as_of: The day at whose end it is.
        seed: The same seed says the same.

    Raises:
        NotKept: When the plan is older than plans that keep their scenarios.
    """
    lines, conditions = exposure.read(document)
    end = date.fromisoformat(document["end"])
    lines = replace(lines, days=_days(lines, deliveries, end))
    progress = _progress(document, lines, conditions, deliveries, as_of)
    now = running.forecast(
        lines, conditions, progress,
        budget=float(_to_distribute(document)),
        goals=goals, scenarios=_SCENARIOS, rng=np.random.default_rng([as_of.toordinal(), seed]),
    )  # fmt: skip
    return {
        "as_of": as_of.isoformat(),
        "days_left": max((end - as_of).days, 0),
        "goals": dict(goals),
        "hit_probability": now.hit.as_json(),
        "kpis": _kpis(now, goals, deliveries),
        "make_goods": _make_goods(document, now, lines, goals, deliveries, as_of),
        "lines": [_line(each) for each in deliveries if each.is_known],
        "unknown": [
            {"place": each.place + 1, "account": each.account, "format": each.format,
             "reason": each.note or _nothing(each)}
            for each in deliveries[: lines.planned]
            if not each.is_known
        ],
    }  # fmt: skip


def _to_distribute(document: Mapping[str, Any]) -> int:
    """The budget without what the brand's own content costs, in minor units."""
    amounts = (str(document["budget"]), str(document.get("made", 0.0)))
    whole, made = (Money.of(amount, document["currency"]).minor for amount in amounts)
    return whole - made


def _nothing(line: Delivery) -> str:
    if line.looked_at is None:
        return "nobody told of it, and nothing of the account was ever counted"
    return f"nobody told of it, and no post was there when counted on {line.looked_at:%Y-%m-%d}"


def _days(lines: Lines, deliveries: Sequence[Delivery], end: date) -> Floats:
    """Days between a post that is on time and the end; an early post has more of them."""
    days = lines.days.copy()
    for line in deliveries:
        if line.due is not None:
            days[line.place] = max((end - line.due).days + 1, 0)
        if line.published_at is not None:
            days[line.place] = max(days[line.place], _until(end, line.published_at))
    return days


def _until(end: date, moment: datetime) -> float:
    """Days from a moment to the end of a day."""
    close = datetime.combine(end, time(23, 59, 59), UTC)
    return max((close - moment).total_seconds() / _DAY, 0.0)


def _progress(
    document: Mapping[str, Any],
    lines: Lines,
    conditions: Conditions,
    deliveries: Sequence[Delivery],
    as_of: date,
) -> Progress:
    end = date.fromisoformat(document["end"])
    left = float(max((end - as_of).days, 0))
    late, looked = np.full(len(lines), np.nan), np.full(len(lines), np.inf)
    for line in deliveries:
        if line.published_at is not None:
            late[line.place] = max(lines.days[line.place] - _until(end, line.published_at), 0.0)
        if line.looked_at is not None:
            looked[line.place] = max(_until(end, line.looked_at), left)
    states = [line.state for line in deliveries]
    return Progress(
        accepts=np.array([_accepts(state) for state in states]),
        price=_over_quoted(document, deliveries),
        signed=np.array([_accepts(state) == YES for state in states]),
        published=np.array([_published(state) for state in states]),
        late=late,
        seen={kpi: _seen(kpi, conditions, deliveries, as_of) for kpi in lines.responses},
        left=left,
        looked=looked,
    )


def _accepts(state: LineState | None) -> int:
    return OPEN if state is None else NO if state == LineState.DECLINED else YES


def _published(state: LineState | None) -> int:
    if state == LineState.PUBLISHED:
        return YES
    return NO if state == LineState.DROPPED else OPEN


def _over_quoted(document: Mapping[str, Any], deliveries: Sequence[Delivery]) -> Floats:
    """What was signed over what the plan reckoned with; NaN where nobody said."""
    currency, found = document["currency"], np.full(len(deliveries), np.nan)
    named = [*document["lines"], *document["bench"]]
    for line in deliveries:
        quoted = Money.of(str(named[line.place]["price"]), currency).minor
        if line.price_minor is not None:
            found[line.place] = max(line.price_minor, 1) / max(quoted, 1)
    return found


def _seen(kpi: str, conditions: Conditions, deliveries: Sequence[Delivery], as_of: date) -> Floats:
    """Counts as they would stand at the end of the day, by how posts ripen."""
    found = np.full(len(deliveries), np.nan)
    for line in deliveries:
        if line.seen is None or kpi not in line.seen or line.published_at is None:
            continue
        counted = line.counted_at or line.published_at
        then = max((counted - line.published_at).total_seconds() / _DAY, 0.25)
        now = max(_until(as_of, line.published_at), then)
        ages = plans.ripeness(np.array([then, now]), conditions)
        found[line.place] = line.seen[kpi] * ages[1] / ages[0]
    return found


def _kpis(
    now: running.Now,
    goals: Mapping[str, float],
    deliveries: Sequence[Delivery],
) -> dict[str, Any]:
    published = sum(line.state == LineState.PUBLISHED for line in deliveries)
    ends = (0.5 - _LEVEL / 2, 0.5 + _LEVEL / 2)
    found = {}
    for kpi, total in now.totals.items():
        value = float(total.mean())
        low, high = (float(np.quantile(total, end)) for end in ends)
        counted = [line.seen[kpi] for line in deliveries if line.seen and kpi in line.seen]
        estimate = Estimate(
            value, min(low, value), max(high, value), _LEVEL, running.METHOD, len(counted)
        )
        so_far: float | None = float(sum(counted)) if counted else None
        if kpi == PIECES:
            so_far = float(published) if any(line.is_known for line in deliveries) else None
            estimate = replace(estimate, n=published)
        goal = goals.get(kpi)
        found[kpi] = {
            "goal": goal,
            "so_far": so_far,
            "expected": estimate.as_json(),
            "met": None if goal is None else float((total >= goal).mean()),
        }
    return found


def _make_goods(
    document: Mapping[str, Any],
    now: running.Now,
    lines: Lines,
    goals: Mapping[str, float],
    deliveries: Sequence[Delivery],
    as_of: date,
) -> list[dict[str, Any]]:
    """Reserves that are still free, by the P(hit) that each restores per unit of money."""
    if as_of >= date.fromisoformat(document["end"]):
        return []  # nothing that is asked for now would still appear
    one = Money.of(1, document["currency"]).minor
    found = []
    for reserve in running.ranked(now, lines, goals):
        if deliveries[reserve.line].is_known or reserve.restored <= 0:
            continue
        line = document["bench"][reserve.line - lines.planned]
        found.append(
            {
                **{name: line[name] for name in ("account", "format", "price", "currency")},
                "restores": reserve.restored,
                "restores_per_money": reserve.per_money * one,
            }
        )
    return found


def _line(line: Delivery) -> dict[str, Any]:
    return {
        "place": line.place + 1,
        "account": line.account,
        "format": line.format,
        "state": str(line.state),
        "published_at": line.published_at and line.published_at.isoformat(),
        "post_id": line.post_id or None,
        "counted_at": line.counted_at and line.counted_at.isoformat(),
        **{kpi: (line.seen or {}).get(kpi) for kpi in COUNTED},
        "note": line.note or None,
    }

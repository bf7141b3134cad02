"""The forecast of one plan of the workspace that runs, or waits to."""

from datetime import date
from typing import Any
from uuid import UUID

from groundswell.planning import deliveries, promises, queries, running
from groundswell.planning.models import Plan
from groundswell.terms.errors import Refusal


class NothingToForecast(Refusal):
    """A plan whose results can't be held against anything."""

    code = "nothing_to_forecast"


def forecast(plan_id: UUID, *, as_of: date) -> dict[str, Any]:
    """P(hit) of a plan at the end of a day, by what was known then; inside a workspace.

    Held against what was promised of it, else what could be.

    Raises:
        UnknownPlan: When there is no such plan.
        NotKept: When the plan is older than plans that keep their scenarios.
        NothingToForecast: When it has neither promise nor goals, was called off, or was not yet
            made on that day.
    """
    plan = queries.plan(plan_id, with_document=True)
    if as_of < (made := plan.proposed_at.date()):
        raise NothingToForecast(
            f"{plan.name!r} was made on {made}, so nothing was planned on {as_of}: name a later day"
        )
    goals, source = _goals(plan, as_of)
    if not goals:
        raise NothingToForecast(
            f"nothing was promised of {plan.name!r}, and nothing could be: set goals in its brief"
        )
    found = running.forecast(
        plan.document, deliveries.known(plan, as_of=as_of), goals, as_of=as_of, seed=plan.seed
    )
    return {"plan": str(plan.id), "name": plan.name, "goals_from": source, **found}


def _goals(plan: Plan, today: date) -> tuple[dict[str, float], str]:
    told = promises.of_plan(plan, today=today)
    if told is not None and told.status is promises.Status.CALLED_OFF:
        raise NothingToForecast(f"{plan.name!r} was called off: there is nothing to forecast")
    if told is not None:
        return {kpi: found["level"] for kpi, found in told.said["kpis"].items()}, "promise"
    said = plan.document["certificates"].get("promise") or {}
    goals = {
        kpi: found["goal"]
        for kpi, found in plan.document["forecast"].items()
        if "goal" in found and kpi in said.get("quantiles", {})
    }
    if goals:
        return goals, "brief"
    return {kpi: goal for kpi, goal in said.get("goals", {}).items() if goal > 0}, "sold"

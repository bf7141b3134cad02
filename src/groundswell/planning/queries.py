"""Reads of plans."""

from typing import Any
from uuid import UUID

from groundswell.planning.models import Plan
from groundswell.terms.errors import Refusal


class UnknownPlan(Refusal):
    """No plan of the workspace has that id."""

    code = "unknown_plan"


def said(plan_id: UUID) -> dict[str, Any]:
    """What a plan says, under its id.

    Raises:
        UnknownPlan: When there is none.
    """
    plan = Plan.objects.filter(id=plan_id).first()
    if plan is None:
        raise UnknownPlan(f"there is no plan {plan_id} in this workspace")
    return {"plan": str(plan.id), **plan.document}

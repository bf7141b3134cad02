"""Reads of plans."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from groundswell.creators import queries as creators
from groundswell.planning.models import Draft, DraftState, Plan, PlanLine, Study
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef

_LARGE = ("document", "brief_text")
_UNFINISHED = (DraftState.QUEUED, DraftState.PLANNING, DraftState.FAILED)
MOST_DRAFTS = 20
# Keys by which plans are listed; ties are broken by the newest.
SORTS: dict[str, Any] = {
    "name": Lower("name"),
    "objective": F("objective"),
    "budget": F("budget_minor"),
    "spend": F("spend_minor"),
    "reach": F("reach"),
    "when": F("proposed_at"),
}


class UnknownPlan(Refusal):
    """No plan of the workspace has that id."""

    code = "unknown_plan"


class UnknownDraft(Refusal):
    """No brief that is being planned has that id."""

    code = "unknown_draft"


def identity(text: str) -> UUID:
    """The id of a plan or draft as an address writes it.

    Raises:
        UnknownPlan: When it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise UnknownPlan(f"there is no plan {text[:40]!r} in this workspace") from None


def plan(plan_id: UUID, *, with_document: bool = False) -> Plan:
    """One version of a plan, without its document unless asked for.

    Raises:
        UnknownPlan: When there is none.
    """
    plans = Plan.objects.filter(id=plan_id)
    found = (plans if with_document else plans.defer("document")).first()
    if found is None:
        raise UnknownPlan(f"there is no plan {plan_id} in this workspace")
    return found


def said(plan_id: UUID) -> dict[str, Any]:
    """What a plan says, under its id.

    Raises:
        UnknownPlan: When there is none.
    """
    found = plan(plan_id, with_document=True)
    return {"plan": str(found.id), **found.document}


def versions(of: Plan) -> QuerySet[Plan]:
    """All versions of a plan, the first one first, without their documents."""
    same = Q(id=of.series) | Q(first_id=of.series)
    return Plan.objects.filter(same).defer(*_LARGE).order_by("version")


def listed(*, text: str = "", sort: str = "when", descending: bool = True) -> QuerySet[Plan]:
    """The current version of every plan whose name holds a text.

    Each also knows ``approved_version``: the number of the version that was approved, or None.
    """
    approved = Plan.objects.filter(approved_at__isnull=False).annotate(
        of=Coalesce("first_id", "id")
    )
    mine = approved.filter(of=Coalesce(OuterRef("first_id"), OuterRef("id")))
    order = OrderBy(SORTS[sort], descending=descending, nulls_last=True)
    return (
        Plan.objects.filter(is_current=True, name__icontains=text)
        .defer(*_LARGE)
        .annotate(approved_version=Subquery(mine.values("version")[:1]))
        .order_by(order, "-proposed_at", "-id")
    )


def draft(draft_id: UUID) -> Draft:
    """One brief on its way to a plan.

    Raises:
        UnknownDraft: When there is none.
    """
    found = Draft.objects.filter(id=draft_id).first()
    if found is None:
        raise UnknownDraft(f"there is no brief {draft_id} being planned in this workspace")
    return found


def study(plan_id: UUID) -> Study | None:
    """What was asked about a plan's money and limits, if anything was."""
    return Study.objects.filter(plan=plan_id).first()


def unfinished() -> QuerySet[Draft]:
    """Briefs that wait, are being planned, or could not be planned: the newest few."""
    drafts = Draft.objects.filter(state__in=_UNFINISHED).defer("brief_text")
    return drafts.order_by("-asked_at", "-id")[:MOST_DRAFTS]


def to_keep(revises: UUID | None, change: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Account, format and layer of the lines that a revision keeps, best first; none without one.

    Args:
        revises: The version before, if any.
        change: What the revision was asked for: accounts to take ``out``, among others.

    Raises:
        UnknownAccount: When an account to take out is no longer in the workspace.
    """
    if revises is None:
        return []
    out = {str(creators.find_account(AccountRef.parse(name)).id) for name in change.get("out", [])}
    lines = PlanLine.objects.filter(plan=revises).order_by("position")
    found = lines.values_list("account", "format", "layer")
    return [
        (str(account), kind, layer) for account, kind, layer in found if str(account) not in out
    ]


def creators_of_lines(of: Plan, positions: Sequence[int]) -> dict[int, UUID]:
    """The creator of each of some lines, by the line's place from 1."""
    lines = PlanLine.objects.filter(plan=of, position__in=positions)
    return {
        position + 1: creator
        for position, creator in lines.values_list("position", "account__creator_id")
    }

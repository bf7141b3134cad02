"""Deciding on plans: which version is current, and which one is carried out."""

from datetime import datetime
from uuid import UUID

from groundswell.planning import queries
from groundswell.planning.actions import promises
from groundswell.planning.models import Plan, Promise
from groundswell.terms.errors import Refusal
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace


class NothingToUndo(Refusal):
    """The plan's first version has none before it."""

    code = "nothing_to_undo"


def go_back(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Plan:
    """Make the version that a plan revises current again: undoes the revision, and keeps it.

    Raises:
        UnknownPlan: When there is no such plan.
        NothingToUndo: When it is the first version.
    """
    plan = _locked(plan_id)
    if plan.revises_id is None:
        raise NothingToUndo(f"{plan.name!r} is the first version: there is none before it")
    return _made_current(workspace, _locked(plan.revises_id), by, now)


def make_current(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Plan:
    """Make any version of a plan the current one.

    Raises:
        UnknownPlan: When there is no such plan.
    """
    return _made_current(workspace, _locked(plan_id), by, now)


def _made_current(workspace: Workspace, plan: Plan, by: str, now: datetime) -> Plan:
    if plan.is_current:
        return plan
    queries.versions(plan).filter(is_current=True).update(is_current=False)
    plan.is_current = True
    plan.save(update_fields=["is_current"])
    _journalled("plan.made_current", workspace, plan, by, now)
    return plan


def approve(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Plan:
    """Take a version of a plan: the one that is carried out. Another one's approval ends.

    What the plan offers to promise is promised with it, and stays so.

    Raises:
        UnknownPlan: When there is no such plan.
    """
    plan = _approved(workspace, plan_id, by, now)
    if promises.withheld(queries.plan(plan_id, with_document=True), now) is None:
        promises.make(workspace=workspace, plan_id=plan_id, by=by, now=now)
    return plan


def promise(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Promise:
    """Take a version of a plan for its promise: where none is offered, it is not taken.

    Raises:
        UnknownPlan: When there is no such plan.
        Withheld: When the plan offers no promise, with the reason.
    """
    made = promises.make(workspace=workspace, plan_id=plan_id, by=by, now=now)
    _approved(workspace, plan_id, by, now)
    return made


def _approved(workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Plan:
    plan = _locked(plan_id)
    if plan.approved_at is not None:
        return plan
    approved = queries.versions(plan).filter(approved_at__isnull=False)
    approved.update(approved_at=None, approved_by="")
    plan.approved_at, plan.approved_by = now, by
    plan.save(update_fields=["approved_at", "approved_by"])
    _journalled("plan.approved", workspace, plan, by, now)
    return plan


def withdraw_approval(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Plan:
    """Take an approval back.

    Raises:
        UnknownPlan: When there is no such plan.
    """
    plan = _locked(plan_id)
    if plan.approved_at is None:
        return plan
    plan.approved_at, plan.approved_by = None, ""
    plan.save(update_fields=["approved_at", "approved_by"])
    _journalled("plan.approval_withdrawn", workspace, plan, by, now)
    return plan


def _locked(plan_id: UUID) -> Plan:
    """A version, with all versions of its plan held until the transaction ends."""
    plan = queries.plan(plan_id)
    list(queries.versions(plan).select_for_update().only("id"))
    return queries.plan(plan_id)


def _journalled(event: str, workspace: Workspace, plan: Plan, by: str, now: datetime) -> None:
    journal.record(
        event,
        workspace=workspace,
        by=by,
        now=now,
        subject=plan.name,
        details={"plan": str(plan.id), "version": plan.version},
    )

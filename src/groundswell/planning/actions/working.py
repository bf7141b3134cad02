"""Planning the briefs that wait: what a worker does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.planning import brief as briefs
from groundswell.planning import queries
from groundswell.planning.actions import drafts, plans
from groundswell.planning.actions.plans import Origin
from groundswell.planning.choosing import Kept
from groundswell.planning.models import Draft, DraftState, Plan
from groundswell.terms.errors import Refusal
from groundswell.terms.progress import Progress
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

_MOST_ATTEMPTS = 3


class Cancelled(Refusal):
    """Somebody cancelled the work while it was done."""

    code = "planning_cancelled"


def work(*, workspace: Workspace, draft_id: UUID, now: datetime) -> None:
    """Plan a draft's brief. Does nothing for one that is settled: it may be called again."""
    draft = _claimed(workspace, draft_id, now)
    if draft is None:
        return
    try:
        found = plans.worked_out(
            workspace=workspace,
            brief=briefs.parsed(draft.brief_text),
            seed=draft.seed,
            progress=_telling(workspace, draft),
            keep=_to_keep(workspace, draft),
        )
    except Cancelled:
        return
    except Refusal as refusal:
        _fail(workspace, draft, refusal, now)
        return
    with access.inside(workspace):
        draft = drafts.locked(draft_id)
        if draft.state != DraftState.PLANNING:
            return
        before = draft.revises
        try:
            held = before and _held(before)
        except Refusal as refusal:
            _settle(draft, refusal, now)
            return
        origin = Origin(draft.brief_text, draft.seed, draft.asked_by, now, held, dict(draft.change))
        draft.plan = plans.store(workspace, found, origin)
        draft.state = DraftState.READY
        draft.save(update_fields=["state", "plan"])
        event = "plan.proposed" if before is None else "plan.revised"
        drafts.journalled(event, draft, draft.asked_by, now, rows=1 + len(found.why))


def _held(plan: Plan) -> Plan:
    """The version that is revised, with all versions held until the transaction ends.

    Raises:
        PlanMovedOn: When another one became the current one while this was planned.
    """
    held = {each.id: each for each in queries.versions(plan).select_for_update()}
    drafts.require_current(held[plan.id])
    return held[plan.id]


def _claimed(workspace: Workspace, draft_id: UUID, now: datetime) -> Draft | None:
    with access.inside(workspace):
        draft = Draft.objects.select_for_update(of=("self",)).filter(id=draft_id).first()
        if draft is None or draft.state not in drafts.OPEN:
            return None
        if draft.attempts >= _MOST_ATTEMPTS:
            _settle_broken(draft)
            return None
        draft.state, draft.started_at = DraftState.PLANNING, draft.started_at or now
        draft.attempts, draft.done = draft.attempts + 1, 0
        draft.save(update_fields=["state", "started_at", "attempts", "done"])
        return draft


def _settle_broken(draft: Draft) -> None:
    draft.state = DraftState.FAILED
    draft.refusal = {
        "code": "planning_broke",
        "message": f"planning broke {draft.attempts} times, and the reason is in the worker's log: "
        "tell your operator, or plan the brief again",
    }
    draft.save(update_fields=["state", "refusal"])


def _telling(workspace: Workspace, draft: Draft) -> Progress:
    """Progress that pages can read, and that stops the work when it was cancelled."""

    def tell(step: str, done: int, total: int | None) -> None:
        del step
        with access.inside(workspace):
            open_ = Draft.objects.filter(id=draft.id, state=DraftState.PLANNING)
            if not open_.update(done=done, total=total or 0):
                raise Cancelled(f"planning {draft.name!r} was cancelled")

    return tell


def _to_keep(workspace: Workspace, draft: Draft) -> list[Kept]:
    with access.inside(workspace):
        return queries.to_keep(draft.revises_id, draft.change)


def _fail(workspace: Workspace, draft: Draft, refusal: Refusal, now: datetime) -> None:
    with access.inside(workspace):
        draft = drafts.locked(draft.id)
        if draft.state == DraftState.PLANNING:
            _settle(draft, refusal, now)


def _settle(draft: Draft, refusal: Refusal, now: datetime) -> None:
    draft.state = DraftState.FAILED
    draft.refusal = _as_json(refusal)
    draft.save(update_fields=["state", "refusal"])
    drafts.journalled("plan.refused", draft, draft.asked_by, now)


def _as_json(refusal: Refusal) -> dict[str, Any]:
    constraint = getattr(refusal, "constraint", "")
    return {"code": refusal.code, "message": str(refusal), "constraint": constraint}

"""Studies of a plan: the frontier of its money, and the price of each of its limits."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.planning import queries, studies
from groundswell.planning.models import DraftState, Study
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access, jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_MOST_ATTEMPTS = 3
_SECONDS = 60.0  # for plans without one limit each; what is left then is named
_BROKE = "working it out broke {} times, and the reason is in the worker's log: tell your operator"


def ask(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Study:
    """Have a worker find out what other budgets and limits would bring.

    One study of each version of a plan: while it is worked out, asking again changes nothing;
    afterwards it is worked out anew on the data of then.

    Raises:
        UnknownPlan: When there is no such plan.
    """
    plan = queries.plan(plan_id)
    made = Study(workspace=workspace, plan=plan, asked_at=now, asked_by=by)
    Study.objects.bulk_create([made], ignore_conflicts=True)
    found = Study.objects.select_for_update(of=("self",)).get(plan=plan)
    if found.id != made.id:
        if found.state in (DraftState.QUEUED, DraftState.PLANNING):
            return found
        found.state, found.attempts, found.asked_at, found.asked_by = "queued", 0, now, by
        found.save(update_fields=["state", "attempts", "asked_at", "asked_by"])
    jobs.defer("planning.study", workspace=workspace, study=str(found.id))
    journal.record(
        "plan.studied",
        workspace=workspace,
        by=by,
        now=now,
        subject=plan.name,
        details={"plan": str(plan.id), "study": str(found.id)},
    )
    return found


def work(*, workspace: Workspace, study_id: UUID, clock: Callable[[], float]) -> None:
    """Work a study out. Does nothing for one that is settled: it may be called again.

    Args:
        workspace: Whose plan.
        study_id: Which study.
        clock: Seconds that pass, by which the search for what limits cost ends in time.
    """
    with access.inside(workspace):
        study = Study.objects.select_for_update(of=("self",)).filter(id=study_id).first()
        if study is None or study.state not in (DraftState.QUEUED, DraftState.PLANNING):
            return
        study.attempts += 1
        study.state = DraftState.PLANNING
        if study.attempts > _MOST_ATTEMPTS:
            study.state, study.refusal = DraftState.FAILED, _BROKE.format(_MOST_ATTEMPTS)
        study.save(update_fields=["attempts", "state", "refusal"])
    if study.state == DraftState.FAILED:
        return
    try:
        study.answer, study.refusal = _answer(workspace, study.plan_id, clock), ""
        study.state = DraftState.READY
    except Refusal as refusal:
        study.answer, study.refusal = {}, str(refusal)[:2_000]
        study.state = DraftState.FAILED
    with access.inside(workspace):
        study.save(update_fields=["state", "answer", "refusal"])


def _answer(workspace: Workspace, plan_id: UUID, clock: Callable[[], float]) -> dict[str, Any]:
    asked = studies.of_plan(workspace, plan_id)
    return studies.money_and_limits(workspace, asked, seconds=_SECONDS, clock=clock)

"""Vetting in the background: asked for, cancelled, done by a worker."""

from datetime import datetime
from typing import Any

from groundswell.terms.errors import Refusal
from groundswell.vetting.actions import scorecards
from groundswell.vetting.choices import TurnState
from groundswell.vetting.models import Vetting, VettingTurn
from groundswell.workspaces import access, jobs, telling
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace
from groundswell.workspaces.telling import Telling

OPEN = (TurnState.QUEUED, TurnState.VETTING, TurnState.STOPPING)
_MOST_ATTEMPTS = jobs.MAX_ATTEMPTS - 1


class VettingCancelled(Refusal):
    """Somebody stopped a vetting that was under way."""

    code = "vetting_cancelled"

    def __init__(self) -> None:
        super().__init__("the vetting was cancelled: the scores are those from before")


def ask(*, workspace: Workspace, by: str, now: datetime) -> VettingTurn:
    """Have a worker vet all accounts; while it is asked for already, this changes nothing."""
    fresh = VettingTurn(workspace=workspace, asked_by=by, asked_at=now, state=TurnState.ENDED)
    # Two at once: the database keeps one row, and both wait for it.
    VettingTurn.objects.bulk_create([fresh], ignore_conflicts=True)
    turn = VettingTurn.objects.select_for_update(of=("self",)).get()
    if turn.state in OPEN:
        return turn
    for name, value in telling.nothing_told().items():
        setattr(turn, name, value)
    turn.state, turn.attempts, turn.refusal = TurnState.QUEUED, 0, None
    turn.asked_by, turn.asked_at = by, now
    turn.save()
    jobs.defer("vetting.vet", workspace=workspace)
    journal.record("vetting.asked", workspace=workspace, by=by, now=now)
    return turn


def cancel(*, workspace: Workspace, by: str, now: datetime) -> None:
    """Stop a vetting that waits or is under way; the scores stay those from before."""
    turn = VettingTurn.objects.select_for_update(of=("self",)).first()
    if turn is None or turn.state not in (TurnState.QUEUED, TurnState.VETTING):
        return
    if turn.state == TurnState.QUEUED:
        turn.state, turn.refusal = TurnState.ENDED, _as_json(VettingCancelled())
    else:
        turn.state = TurnState.STOPPING
    turn.save(update_fields=["state", "refusal"])
    journal.record("vetting.cancelled", workspace=workspace, by=by, now=now)


def work(*, workspace: Workspace, now: datetime) -> None:
    """Vet all accounts, when somebody still waits for it. May be called again."""
    turn = _claimed(workspace, now)
    if turn is None:
        return

    def rows() -> Any:
        return VettingTurn.objects.filter(state=TurnState.VETTING)

    refusal = None
    try:
        with Telling(workspace, rows, VettingCancelled) as tell:
            scorecards.vet(workspace=workspace, by=turn.asked_by, now=now, progress=tell)
    except Refusal as reason:
        refusal = _as_json(reason)
    with access.inside(workspace):
        VettingTurn.objects.filter(state__in=OPEN).update(state=TurnState.ENDED, refusal=refusal)


def _claimed(workspace: Workspace, now: datetime) -> VettingTurn | None:
    with access.inside(workspace):
        turn = VettingTurn.objects.select_for_update(of=("self",)).first()
        if turn is None or turn.state not in OPEN:
            return None
        was_done = Vetting.objects.filter(vetted_at__gte=turn.asked_at).exists()
        if turn.attempts and was_done:
            turn.state = TurnState.ENDED
        elif turn.state == TurnState.STOPPING:
            turn.state, turn.refusal = TurnState.ENDED, _as_json(VettingCancelled())
        elif turn.attempts >= _MOST_ATTEMPTS:
            broken = f"vetting broke {turn.attempts} times, and the reason is in the worker's log"
            turn.state = TurnState.ENDED
            turn.refusal = {"code": "vetting_broke", "message": f"{broken}: tell your operator"}
        else:
            turn.state, turn.attempts = TurnState.VETTING, turn.attempts + 1
            turn.told_at = now
        turn.save()
        return turn if turn.state == TurnState.VETTING else None


def _as_json(refusal: Refusal) -> dict[str, str]:
    return {"code": refusal.code, "message": str(refusal)}

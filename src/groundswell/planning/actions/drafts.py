"""Having a brief planned in the background: asked for, cancelled, forgotten."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.creators import queries as creators
from groundswell.planning import brief as briefs
from groundswell.planning import brief_text, queries
from groundswell.planning.brief import Brief
from groundswell.planning.models import Draft, DraftState, Plan
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

OPEN = (DraftState.QUEUED, DraftState.PLANNING)


class NothingToRevise(Refusal):
    """A revision that names no line of the plan."""

    code = "nothing_to_revise"


class RevisionUnderWay(Refusal):
    """A version of a plan that somebody else is having revised."""

    code = "revision_under_way"


class PlanMovedOn(Refusal):
    """A version of a plan that another one has taken the place of."""

    code = "plan_moved_on"


@dataclass(frozen=True, slots=True)
class Revision:
    """What to change of a plan.

    Attributes:
        out: Accounts whose lines are taken out, as the plan writes them.
        wanted: Accounts that must be in.
        promise: Another certainty for its goals, in (0, 1); None leaves it.
    """

    out: Sequence[str] = ()
    wanted: Sequence[AccountRef] = ()
    promise: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As versions of plans keep it."""
        found: dict[str, Any] = {"out": list(self.out), "wanted": [str(ref) for ref in self.wanted]}
        return found if self.promise is None else found | {"promise": self.promise}


def key_of(form: str, *said: str) -> str:
    """The key of what a form says: sent again it is the same wish, changed it is another."""
    return hashlib.sha256("\n".join([form, *said]).encode()).hexdigest()


def ask(
    *, workspace: Workspace, brief: Brief, text: str, key: str, by: str, now: datetime
) -> Draft:
    """Have a brief planned by a worker. The same key again gives the draft that is there.

    Args:
        workspace: Whose creators.
        brief: What is wanted.
        text: The brief as it was written.
        key: Of the form or request that asks.
        by: Who asks.
        now: When.
    """
    return _asked(
        Draft(workspace=workspace, key=key, brief_text=text, asked_by=by, asked_at=now), brief
    )


def ask_revision(
    *,
    workspace: Workspace,
    plan_id: UUID,
    revision: Revision,
    key: str,
    by: str,
    now: datetime,
) -> Draft:
    """Have a plan repaired around some changes, keeping its other lines where that is possible.

    Args:
        workspace: Whose plan.
        plan_id: The version to start from.
        revision: What to change.
        key: Of the form or request that asks.
        by: Who asks.
        now: When.

    Raises:
        UnknownPlan: When there is no such plan.
        UnknownAccount: When a wanted account isn't in the workspace.
        NothingToRevise: When nothing would change, or a line to take out isn't there.
        BadBrief: When the changed brief contradicts itself.
        PlanMovedOn: When another version is the current one by now.
        RevisionUnderWay: When this version is being revised already.
    """
    plan = queries.plan(plan_id, with_document=True)
    if Draft.objects.filter(key=key).exists():
        return Draft.objects.get(key=key)
    require_current(plan)
    before = briefs.tables(plan.brief_text)
    _check(revision, plan, briefs.checked(before).promise)
    out = map(AccountRef.parse, revision.out)
    tables = brief_text.revised(before, out=out, wanted=revision.wanted)
    if revision.promise is not None:
        tables["promise"] = revision.promise
    brief = briefs.checked(tables)
    for ref in revision.wanted:
        creators.find_account(ref)
    draft = Draft(
        workspace=workspace,
        key=key,
        brief_text=brief_text.written(tables),
        seed=plan.seed,
        revises=plan,
        change=revision.as_json(),
        asked_by=by,
        asked_at=now,
    )
    return _asked(draft, brief)


def _check(revision: Revision, plan: Plan, promised: float) -> None:
    lines = {line["account"] for line in plan.document["lines"]}
    missing = sorted(set(revision.out) - lines)
    if missing:
        raise NothingToRevise(f"the plan has no line of {', '.join(missing)}: reload its page")
    there = sorted(str(ref) for ref in revision.wanted if str(ref) in lines)
    if there:
        raise NothingToRevise(f"{', '.join(there)} is in the plan already")
    if revision.promise == promised:
        raise NothingToRevise(f"the plan promises its goals at {promised:.0%} already")
    if not (revision.out or revision.wanted or revision.promise):
        raise NothingToRevise(
            "choose at least one line to take out, an account to take in, or another certainty"
        )


def require_current(plan: Plan) -> None:
    """Let pass what revises the version of a plan that is the current one.

    Raises:
        PlanMovedOn: When another one is.
    """
    if plan.is_current:
        return
    now = queries.versions(plan).get(is_current=True)
    raise PlanMovedOn(
        f"version {plan.version} of {plan.name!r} can't be revised: version {now.version} by "
        f"{now.proposed_by} is the current one; revise that, or make this one current first"
    )


def _asked(draft: Draft, brief: Brief) -> Draft:
    before = Draft.objects.filter(key=draft.key).first()
    if before is not None:
        return before
    draft.name, draft.objective = brief.name, brief.objective
    draft.budget_minor, draft.currency = brief.budget.money.minor, brief.budget.currency
    # Two at once: the database keeps the first, and both find it.
    Draft.objects.bulk_create([draft], ignore_conflicts=True)
    kept = Draft.objects.filter(key=draft.key).first()
    if kept is None:
        raise _under_way(draft)
    if kept.id == draft.id:
        jobs.defer("planning.propose", workspace=draft.workspace, draft=str(draft.id))
        journalled("plan.asked", draft, draft.asked_by, draft.asked_at)
    return kept


def _under_way(draft: Draft) -> RevisionUnderWay:
    other = Draft.objects.filter(revises=draft.revises_id, state__in=OPEN).first()
    who = f" by {other.asked_by}" if other else ""
    return RevisionUnderWay(
        f"this version of {draft.name!r} is being revised already{who}: wait for that, or cancel "
        "it, and revise what comes out"
    )


def cancel(*, workspace: Workspace, draft_id: UUID, by: str, now: datetime) -> Draft:
    """Stop planning a brief; what is settled already stays as it is.

    Raises:
        UnknownDraft: When there is no such draft.
    """
    del workspace  # the one that is entered
    draft = locked(draft_id)
    if draft.state in OPEN:
        draft.state = DraftState.CANCELLED
        draft.save(update_fields=["state"])
        journalled("plan.cancelled", draft, by, now)
    return draft


def forget(*, workspace: Workspace, draft_id: UUID, by: str, now: datetime) -> None:
    """Remove a brief that could not be planned, or was cancelled, from the list.

    Raises:
        UnknownDraft: When there is no such draft.
    """
    del workspace  # the one that is entered
    draft = locked(draft_id)
    if draft.state in (DraftState.FAILED, DraftState.CANCELLED):
        draft.delete()
        journalled("plan.draft_forgotten", draft, by, now)


def locked(draft_id: UUID) -> Draft:
    """A draft that nobody else changes until the transaction ends.

    Raises:
        UnknownDraft: When there is none.
    """
    draft = Draft.objects.select_for_update(of=("self",)).filter(id=draft_id).first()
    if draft is None:
        raise queries.UnknownDraft(f"there is no brief {draft_id} being planned in this workspace")
    return draft


def journalled(event: str, draft: Draft, by: str, now: datetime, *, rows: int = 1) -> None:
    """Write into the journal what was done to a draft."""
    details = {"draft": str(draft.id)}
    if draft.plan_id is not None:
        details["plan"] = str(draft.plan_id)
    if draft.change:
        details |= draft.change
    journal.record(
        event,
        workspace=draft.workspace,
        by=by,
        now=now,
        subject=draft.name,
        rows=rows,
        details=details,
    )

"""Questions about a plan or a brief that are answered by working it out again; nothing is kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import groundswell
from groundswell.planning import brief as briefs
from groundswell.planning import (
    constraints,
    differences,
    document,
    frontiers,
    market,
    queries,
    showing,
    standings,
)
from groundswell.planning.actions import plans
from groundswell.planning.brief import Brief
from groundswell.planning.choosing import Kept
from groundswell.planning.constraints import Source
from groundswell.planning.differences import Said
from groundswell.planning.market import Market
from groundswell.planning.models import Plan
from groundswell.planning.proposal import Proposal
from groundswell.terms.progress import Progress, silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

_UNCOUNTED = (
    "revision, seed and version are the same: what no revision counts has changed since, such as "
    "prices, exclusion lists, tiers or the outcomes of programs"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a study is about.

    Attributes:
        brief: What is wanted.
        text: The brief as it was written.
        seed: Decides every draw.
        plan: The plan that was made for it; None for a brief alone.
        keep: Lines that the plan kept of the version before.
    """

    brief: Brief
    text: str
    seed: int = 1
    plan: Plan | None = None
    keep: tuple[Kept, ...] = ()


def of_plan(workspace: Workspace, plan_id: UUID) -> Question:
    """A plan as it was asked for; enters the workspace to read.

    Raises:
        UnknownPlan: When there is none.
        UnknownAccount: When its revision took out an account that is no longer there.
    """
    with access.inside(workspace):
        plan = queries.plan(plan_id, with_document=True)
        keep = queries.to_keep(plan.revises_id, plan.change)
    return Question(briefs.parsed(plan.brief_text), plan.brief_text, plan.seed, plan, tuple(keep))


def _on_sale(workspace: Workspace, asked: Question) -> tuple[Market, Source]:
    """Everything that the brief could buy today, and where its offers come from."""
    found, members = plans.known(workspace, asked.brief)
    tiers = workspace.tiers
    selling = market.offered(asked.brief, found, members, tiers=tiers, seed=asked.seed)
    return selling, Source(members, tiers)


def ways(workspace: Workspace, asked: Question, *, progress: Progress = silent) -> dict[str, Any]:
    """The plan and the same budget spent otherwise, side by side: what the plan keeps of them.

    Raises:
        Refusal: As ``plans.propose``.
    """
    said = (
        document.document(_made(workspace, asked, progress), seed=asked.seed)
        if asked.plan is None
        else asked.plan.document
    )
    head = {key: said[key] for key in ("name", "objective", "budget", "currency")}
    return {**_head(asked), **head, "ways": showing.ways(said)}


def frontier(workspace: Workspace, asked: Question, *, more: float | None = None) -> dict[str, Any]:
    """What other budgets buy; or what so much more buys beyond the one that was asked for.

    Raises:
        BadBrief: When nothing would be left of the budget.
        Refusal: As ``plans.propose``.
    """
    selling, _ = _on_sale(workspace, asked)
    found = frontiers.curve(selling) if more is None else frontiers.more(selling, more)
    return _of(selling, asked, found)


def costs(workspace: Workspace, asked: Question, *, enough: Callable[[], bool]) -> dict[str, Any]:
    """What each constraint of the brief costs.

    Args:
        workspace: Whose creators.
        asked: The plan or brief.
        enough: Whether the time is up; constraints that are left then are named.

    Raises:
        Refusal: As ``plans.propose``.
    """
    selling, source = _on_sale(workspace, asked)
    return _of(selling, asked, _costs(selling, source, asked, enough))


def money_and_limits(
    workspace: Workspace, asked: Question, *, seconds: float, clock: Callable[[], float]
) -> dict[str, Any]:
    """What other budgets buy and what each constraint costs, from what is on sale now.

    Args:
        workspace: Whose creators.
        asked: The plan or brief.
        seconds: For plans without one constraint each; what is left then is named.
        clock: Seconds that pass.

    Raises:
        Refusal: As ``plans.propose``.
    """
    selling, source = _on_sale(workspace, asked)
    curve = frontiers.curve(selling)
    until = clock() + seconds
    limits = _costs(selling, source, asked, lambda: clock() > until)
    return {"frontier": _of(selling, asked, curve), "limits": _of(selling, asked, limits)}


def _costs(
    selling: Market, source: Source, asked: Question, enough: Callable[[], bool]
) -> dict[str, Any]:
    return constraints.constraints(selling, briefs.tables(asked.text), source, enough=enough)


def _of(selling: Market, asked: Question, found: dict[str, Any]) -> dict[str, Any]:
    return {**_head(asked), **found, "data_revision": selling.evidence.revision}


def explained(
    workspace: Workspace, asked: Question, *, progress: Progress = silent
) -> dict[str, Any]:
    """Why each line is in the plan, which is made again for that.

    Raises:
        Refusal: As ``plans.propose``.
    """
    made = _made(workspace, asked, progress)
    found = standings.standings(made.on_sale, made.allocation)
    return {**_head(asked), **found, "data_revision": made.evidence.revision}


def _head(asked: Question) -> dict[str, Any]:
    return {"plan": None if asked.plan is None else str(asked.plan.id)}


def _made(workspace: Workspace, asked: Question, progress: Progress) -> Proposal:
    return plans.worked_out(
        workspace=workspace, brief=asked.brief, seed=asked.seed, keep=asked.keep, progress=progress
    )


def reproduced(
    workspace: Workspace, asked: Question, *, progress: Progress = silent
) -> dict[str, Any]:
    """Make a plan again from its brief, seed and today's data, and hold it against what was kept.

    The same data cut, seed and engine give the same document, byte for byte. Where it isn't the
    same, the reasons that can be told are, and what is different.

    Raises:
        Refusal: As ``plans.propose``.
    """
    plan = asked.plan
    if plan is None:
        raise ValueError("only a plan can be made again, got a brief alone")
    again = document.document(_made(workspace, asked, progress), seed=asked.seed)
    kept = plan.document
    one, other = (differences.canonical(each) for each in (kept, again))
    provenance = {"kept": _cut(kept, one), "again": _cut(again, other)}
    return {
        "plan": str(plan.id),
        "is_same": one == other,
        **provenance,
        "reasons": [] if one == other else _reasons(kept, again),
        "differences": differences.between(
            Said(str(plan.id), kept, plan.brief_text), Said("again", again, plan.brief_text)
        ),
    }


def _cut(said: dict[str, Any], text: str) -> dict[str, Any]:
    return {**said["provenance"], "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _reasons(kept: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """Why a plan can't be what it was."""
    before, after = kept["provenance"], again["provenance"]
    reasons = []
    if before["engine"] != groundswell.__version__:
        reasons.append(
            f"it was made by version {before['engine']}, and this is {groundswell.__version__}"
        )
    if before["data_revision"] != after["data_revision"]:
        reasons.append(
            f"the data moved on from revision {before['data_revision']:,} to "
            f"{after['data_revision']:,}; accounts are kept as they are now only, so the cut of "
            "that day can't be read again"
        )
    return reasons or [_UNCOUNTED]

"""Proposing plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from groundswell.creators import queries as creators
from groundswell.planning import document, evidence, proposal, queries, showing
from groundswell.planning.brief import Brief
from groundswell.planning.choosing import Kept
from groundswell.planning.evidence import Evidence
from groundswell.planning.market import Members
from groundswell.planning.models import Plan, PlanLine
from groundswell.planning.proposal import Proposal
from groundswell.terms.progress import Progress, silent
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_MEMORY = "512MB"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a plan comes from: what was asked, by whom, when, and of which version it is one more.

    Attributes:
        text: The brief as it was written.
        seed: Decides every draw.
        by: Who asks.
        now: When.
        revises: The version before.
        change: Accounts that the revision takes ``out``, those ``wanted`` in it, and another
            ``promise``.
    """

    text: str
    seed: int
    by: str
    now: datetime
    revises: Plan | None = None
    change: dict[str, Any] | None = None


def propose(
    *,
    workspace: Workspace,
    brief: Brief,
    text: str,
    by: str,
    now: datetime,
    seed: int,
    progress: Progress = silent,
) -> Plan:
    """Make a plan for a brief, and keep it with what is needed to make it again.

    Enters the workspace itself: once to read, and once to write what came out.

    Args:
        workspace: Whose creators.
        brief: What is wanted.
        text: The brief as it was written.
        by: Who asks.
        now: When.
        seed: Decides every draw: the same seed on the same data gives the same plan.
        progress: Told of the steps.

    Raises:
        NoCreators: When the workspace is empty.
        UnknownAccount: When a creator whom the brief wants isn't there.
        NoCandidates: When the filters leave nobody.
        CannotTake: When a creator whom the brief wants can't be had.
        Infeasible: When no plan keeps the brief's limits.
    """
    found = worked_out(workspace=workspace, brief=brief, seed=seed, progress=progress)
    with access.inside(workspace):
        plan = store(workspace, found, Origin(text, seed, by, now))
        journal.record(
            "plan.proposed",
            workspace=workspace,
            by=by,
            now=now,
            subject=brief.name,
            rows=1 + len(found.why),
            details={"plan": str(plan.id), "seed": seed},
        )
    return plan


def worked_out(
    *,
    workspace: Workspace,
    brief: Brief,
    seed: int,
    progress: Progress = silent,
    keep: Sequence[Kept] = (),
) -> Proposal:
    """A proposal for a brief, not yet kept; enters the workspace only to read.

    Raises:
        Refusal: As ``propose``.
    """
    found, members = known(workspace, brief)
    return proposal.propose(
        brief, found, members, tiers=workspace.tiers, seed=seed, progress=progress, keep=keep
    )


def known(workspace: Workspace, brief: Brief) -> tuple[Evidence, Members]:
    """What is known for a brief, and who reads memberships; enters the workspace to read.

    Raises:
        NoCreators: When the workspace is empty.
        UnknownAccount: When a creator whom the brief wants isn't there.
    """
    with access.inside(workspace), creators.observations(memory_limit=_MEMORY) as observations:
        found = evidence.load(brief, observations)

    def members(accounts: pa.Table) -> pa.Table:
        with access.inside(workspace), creators.observations(memory_limit=_MEMORY) as observations:
            return evidence.members(accounts, observations)

    return found, members


def store(workspace: Workspace, found: Proposal, origin: Origin) -> Plan:
    """Store a proposal with its lines; as a version of the plan that it revises, if any."""
    said = document.document(found, seed=origin.seed)
    said["notes"] += showing.begun(found.brief.start, found.brief.end, origin.now.date())
    reach = said["forecast"]["reach"]
    plan = Plan(
        workspace=workspace,
        name=found.brief.name,
        objective=found.brief.objective,
        budget_minor=found.brief.budget.money.minor,
        spend_minor=found.spend_minor,
        currency=found.brief.budget.currency,
        starts_on=found.brief.start,
        ends_on=found.brief.end,
        brief_text=origin.text,
        seed=origin.seed,
        engine_version=said["provenance"]["engine"],
        data_revision=found.evidence.revision,
        proposed_at=origin.now,
        proposed_by=origin.by,
        document=said,
        reach=reach["value"],
        reach_low=reach["low"],
        reach_high=reach["high"],
        change=origin.change or {},
    )
    if origin.revises is not None:
        _continue(plan, origin.revises)
    plan.save(force_insert=True)
    PlanLine.objects.bulk_create(
        _line(plan, position, found, line) for position, line in enumerate(said["lines"])
    )
    return plan


def _continue(plan: Plan, before: Plan) -> None:
    """Make a plan the newest version of one that was there before, and the current one."""
    versions = list(queries.versions(before).select_for_update().only("version", "is_current"))
    plan.first_id = before.series
    plan.revises = before
    plan.version = max(version.version for version in versions) + 1
    queries.versions(before).filter(is_current=True).update(is_current=False)


def _line(plan: Plan, position: int, found: Proposal, line: dict[str, Any]) -> PlanLine:
    offer = found.allocation.chosen[position]
    return PlanLine(
        workspace=plan.workspace,
        plan=plan,
        account_id=found.evidence.accounts["account"][int(found.offers.place[offer])].as_py(),
        position=position,
        layer=line["layer"],
        format=line["format"],
        quantity=line["quantity"],
        price_minor=int(found.offers.price.fee[offer]),
        price_source=line["price_source"],
        why=line["why"],
    )

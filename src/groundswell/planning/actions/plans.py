"""Proposing plans."""

from datetime import datetime
from typing import Any

import pyarrow as pa

from groundswell.creators import queries
from groundswell.planning import document, evidence, proposal
from groundswell.planning.brief import Brief
from groundswell.planning.models import Plan, PlanLine
from groundswell.planning.proposal import Proposal
from groundswell.terms.progress import Progress, silent
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_MEMORY = "512MB"


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
    found = _planned(workspace, brief, seed, progress)
    with access.inside(workspace):
        plan = _stored(workspace, found, text, by, now, seed)
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


def _planned(workspace: Workspace, brief: Brief, seed: int, progress: Progress) -> Proposal:
    with access.inside(workspace), queries.observations(memory_limit=_MEMORY) as observations:
        known = evidence.load(brief, observations)

        def members(accounts: pa.Table) -> pa.Table:
            return evidence.members(accounts, observations)

        return proposal.propose(
            brief, known, members, tiers=workspace.tiers, seed=seed, progress=progress
        )


def _stored(
    workspace: Workspace, found: Proposal, text: str, by: str, now: datetime, seed: int
) -> Plan:
    said = document.document(found, seed=seed)
    plan = Plan(
        workspace=workspace,
        name=found.brief.name,
        objective=found.brief.objective,
        budget_minor=found.brief.budget.money.minor,
        spend_minor=found.allocation.spend_minor,
        currency=found.brief.budget.currency,
        starts_on=found.brief.start,
        ends_on=found.brief.end,
        brief_text=text,
        seed=seed,
        engine_version=said["provenance"]["engine"],
        data_revision=found.evidence.revision,
        proposed_at=now,
        proposed_by=by,
        document=said,
    )
    plan.save(force_insert=True)
    PlanLine.objects.bulk_create(
        _line(plan, position, found, line) for position, line in enumerate(said["lines"])
    )
    return plan


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

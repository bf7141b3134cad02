"""Making one creator of two: who the other is, what will be joined, and how it is taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.creators import proposals, queries, records
from groundswell.creators.actions import duplicates
from groundswell.creators.models import Account, Creator
from groundswell.interfaces.console import compare, keeping
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef


@require_GET
@routes.needs(Action.DUPLICATES_DECIDE)
def choose(request: Any, creator_id: UUID) -> HttpResponse:
    """Who else is the same person; with somebody chosen, what merging the two would do."""
    shown = records.creator(creator_id)
    text = request.GET.get("find", "").strip()
    found, problem = _found(text, shown)
    record = records.of(shown)
    context: dict[str, Any] = {"creator": shown, "text": text[:200], "found": found}
    try:
        other = _other(request.GET.get("other", ""), shown)
    except Refusal as refusal:
        other, problem = None, f"{refusal}."
    if other is not None:
        sides = [(proposals.side(one), records.of(one)) for one in (shown, other)]
        context["sides"] = sorted(sides, key=lambda each: -each[0].followers)
        context["excluded"] = [
            kept for _, each in sides for kept in each.lists if kept.is_exclusion
        ]
    context |= {"problem": problem, "proposed": [_beside(shown, each) for each in record.proposals]}
    status = 422 if problem else 200
    return render(request, "console/creators/merge.html", context, status=status)


@require_POST
@routes.needs(Action.DUPLICATES_DECIDE)
def merge(request: Any, creator_id: UUID) -> HttpResponse:
    """Make one creator of the two; the one whose name was chosen stays."""
    shown = records.creator(creator_id)
    here = routes.url(request, "console:creator_merge", creator_id=shown.id)
    try:
        other = _other(request.POST.get("other", ""), shown)
        if other is None:
            return redirect(here)
        keeps_other = request.POST.get("keep", "") == str(other.id)
        gone, into = (shown, other) if keeps_other else (other, shown)
        duplicates.merge(creator=gone, into=into, by=request.desk.by, now=request.now)
    except Refusal as refusal:
        messages.error(request, f"{refusal}.")
        return redirect(here)
    return keeping.back(request, into, "", removed=f"merge:{gone.id}")


def _other(written: str, shown: Creator) -> Creator | None:
    """Who was chosen; None when nobody was.

    Raises:
        UnknownCreator: When the workspace has no such creator.
        CannotMerge: When it is the same one.
    """
    try:
        other = records.creator(UUID(written))
    except ValueError:
        return None
    if other.id == shown.id:
        raise duplicates.CannotMerge(
            f"cannot merge {shown.name!r} into itself: choose another creator"
        )
    return other


def _found(text: str, shown: Creator) -> tuple[list[Account], str]:
    """The account that the text names, else those that match it; one of each other creator."""
    try:
        found, problem = [queries.find_account(AccountRef.parse(text[:300]))], ""
    except Refusal:
        found, problem = compare.matching(text, list(queries.accounts_of(shown)))
    by_creator = {each.creator_id: each for each in reversed(found) if each.creator_id != shown.id}
    return list(by_creator.values())[::-1], problem


def _beside(shown: Creator, proposal: Any) -> tuple[Creator, list[str]]:
    """The other of a proposed pair, and what speaks for it."""
    other = proposal.second if proposal.first_id == shown.id else proposal.first
    return other, [piece["reason"] for piece in proposal.evidence]

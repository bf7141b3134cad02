"""Lists: creators put together, previewed before, and put back after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from groundswell.creators import lists as reads
from groundswell.creators.actions import lists as actions
from groundswell.creators.models import CreatorList
from groundswell.discovery import queries
from groundswell.discovery.actions import exporting
from groundswell.interfaces.console import discover, found, questions
from groundswell.interfaces.console.questions import PAGE_SIZE, Asked
from groundswell.interfaces.http import exports, routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal

_ORDERS = {"added": "Newest first", "name": "By name", "followers": "Most followers"}
_MOST_PICKED = 500


class Name(forms.Form):
    """What a list is called."""

    name = forms.CharField(max_length=actions.LONGEST_NAME, label="Name of the list")
    exclusion = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True)
class Picked:
    """Who is to be added.

    Attributes:
        creators: Whose accounts were picked, each once.
        accounts: How many accounts that were.
        matching: How many match in all, when all of a search are meant.
        fields: What the form sends again to mean the same.
    """

    creators: list[UUID]
    accounts: int
    matching: int
    fields: list[tuple[str, str]]
    asked: Asked | None = None


@routes.needs(Action.CREATORS_READ)
def lists(request: Any) -> HttpResponse:
    """All lists, and those that could be brought back."""
    return _overview(request, Name())


@require_POST
@routes.needs(Action.LISTS_EDIT)
def create(request: Any) -> HttpResponse:
    """Begin an empty list."""
    form = Name(request.POST)
    kept = _created(request, form)
    if kept is None:
        return _overview(request, form, status=422)
    return redirect(_address(request, kept))


@routes.needs(Action.CREATORS_READ)
def page(request: Any, list_id: UUID) -> HttpResponse:
    """Who is on a list."""
    return _page(request, reads.by_id(list_id))


@routes.needs(Action.LISTS_EDIT)
def add(request: Any) -> HttpResponse:
    """Say what adding would do to each list, then do it."""
    given = request.POST if request.method == "POST" else request.GET
    picked = _picked(given)
    form = Name(request.POST if request.method == "POST" and not request.POST.get("list") else None)
    if request.method == "POST" and picked.creators:
        kept = _target(request, form)
        if kept is not None:
            added = actions.add(
                kept=kept, creators=picked.creators, by=request.desk.by, now=request.desk.now
            )
            there = len(picked.creators) - added
            said = f"Added {added:,} to \u201c{kept.name}\u201d."
            messages.success(request, f"{said} {there:,} were in it already." if there else said)
            return redirect(_address(request, kept))
    context = {
        "picked": picked,
        "previews": reads.previews(picked.creators),
        "form": form,
        "most": actions.MOST_AT_ONCE,
        "back": picked.asked.address(routes.url(request, "console:discover"))
        if picked.asked
        else "",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/lists/add.html", context, status=status)


@require_POST
@routes.needs(Action.LISTS_EDIT)
def rename(request: Any, list_id: UUID) -> HttpResponse:
    """Give a list another name."""
    kept = reads.by_id(list_id)
    form = Name(request.POST)
    if form.is_valid():
        try:
            actions.rename(
                kept=kept,
                name=form.cleaned_data["name"],
                by=request.desk.by,
                now=request.desk.now,
            )
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(_address(request, kept))
    return _page(request, reads.by_id(list_id), renaming=form, status=422)


@require_POST
@routes.needs(Action.LISTS_EDIT)
def exclude(request: Any, list_id: UUID) -> HttpResponse:
    """Say whether those on a list are left out everywhere."""
    kept = reads.by_id(list_id)
    is_exclusion = request.POST.get("exclusion") == "yes"
    actions.exclude(kept=kept, is_exclusion=is_exclusion, by=request.desk.by, now=request.desk.now)
    said = "are left out of searches, lookalikes and plans" if is_exclusion else "are found again"
    messages.success(request, f"Those on \u201c{kept.name}\u201d {said}.")
    return redirect(_address(request, kept))


@require_POST
@routes.needs(Action.LISTS_EDIT)
def delete(request: Any, list_id: UUID) -> HttpResponse:
    """Take a list away."""
    kept = reads.by_id(list_id)
    actions.delete(kept=kept, by=request.desk.by, now=request.desk.now)
    return redirect(f"{routes.url(request, 'console:lists')}?deleted={kept.id}")


@require_POST
@routes.needs(Action.LISTS_EDIT)
def restore(request: Any, list_id: UUID) -> HttpResponse:
    """Bring a deleted list back."""
    kept = reads.by_id(list_id, is_deleted=True)
    try:
        actions.restore(kept=kept, by=request.desk.by, now=request.desk.now)
    except Refusal as refusal:
        messages.error(request, f"{refusal}. Rename that one first.")
        return redirect(routes.url(request, "console:lists"))
    return redirect(_address(request, kept))


@require_POST
@routes.needs(Action.LISTS_EDIT)
def remove(request: Any, list_id: UUID) -> HttpResponse:
    """Take creators off a list."""
    kept = reads.by_id(list_id)
    now = request.desk.now
    gone = actions.remove(
        kept=kept, creators=_ids(request.POST.getlist("creator")), by=request.desk.by, now=now
    )
    undo = QueryDict(mutable=True)
    if gone:
        undo["removed"] = now.isoformat()
    return redirect(f"{_address(request, kept)}?{undo.urlencode()}")


@require_POST
@routes.needs(Action.LISTS_EDIT)
def put_back(request: Any, list_id: UUID) -> HttpResponse:
    """Undo a removal."""
    kept = reads.by_id(list_id)
    moment = _moment(request.POST.get("removed", ""))
    back = 0
    if moment:
        back = actions.put_back(
            kept=kept, removed_at=moment, by=request.desk.by, now=request.desk.now
        )
    messages.success(request, f"{back:,} put back.")
    return redirect(_address(request, kept))


@require_POST
@routes.needs(Action.LISTS_EDIT)
def note(request: Any, list_id: UUID, creator_id: UUID) -> HttpResponse:
    """Write why a creator is on a list."""
    kept = reads.by_id(list_id)
    try:
        actions.annotate(
            kept=kept,
            creator=creator_id,
            note=request.POST.get("note", ""),
            by=request.desk.by,
            now=request.desk.now,
        )
    except Refusal as refusal:
        written = (creator_id, request.POST.get("note", "")[: actions.LONGEST_NOTE], str(refusal))
        return _page(request, kept, noting=written, status=422)
    query = request.POST.get("back", "")
    return redirect(f"{_address(request, kept)}{f'?{query}' if query else ''}#entry-{creator_id}")


@routes.needs(Action.DATA_EXPORT)
def export(request: Any, list_id: UUID, kind: str) -> HttpResponse:
    """A list as a file."""
    table = exporting.of_list(
        kept=reads.by_id(list_id),
        workspace=request.desk.workspace,
        by=request.desk.by,
        now=request.desk.now,
    )
    return exports.download(kind, table.name, table.columns, table.rows)


def _overview(request: Any, form: Name, *, status: int = 200) -> HttpResponse:
    deleted = list(reads.deleted()[:20])
    just = next((each for each in deleted if str(each.id) == request.GET.get("deleted")), None)
    context = {
        "page": Paginator(reads.lists(), 50).get_page(request.GET.get("page")),
        "deleted": deleted,
        "just_deleted": just,
        "form": form,
    }
    return render(request, "console/lists/lists.html", context, status=status)


def _page(
    request: Any,
    kept: CreatorList,
    *,
    renaming: Name | None = None,
    noting: tuple[UUID, str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    order = request.GET.get("order", "")
    text = request.GET.get("q", "").replace("\0", "")[:200]
    entries = reads.entries(kept, order=order if order in _ORDERS else "added", text=text)
    shown = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = found.chosen(request.session.get("columns", ()))
    context = {
        "list": kept,
        "page": shown,
        "rows": _rows(shown, columns, request.desk.workspace),
        "heads": [
            {**head, "url": ""} for head in discover.heads(questions.read(QueryDict()), columns, "")
        ],
        "order": order if order in _ORDERS else "added",
        "orders": _ORDERS,
        "text": text,
        "removed": _moment(request.GET.get("removed", "")),
        "renaming": renaming or Name(initial={"name": kept.name}),
        "noting": noting,
        "longest_note": actions.LONGEST_NOTE,
        "behind": request.GET.urlencode(),
    }
    return render(request, "console/lists/page.html", context, status=status)


def _rows(entries: Any, columns: Any, workspace: Any) -> list[found.Row]:
    listed = list(entries)
    known = queries.known([entry.account for entry in listed if entry.account])
    return [
        found.row(
            known.get(entry.account, {}),
            columns,
            workspace.tiers,
            account=entry.account,
            creator=entry.creator_id,
            name=entry.creator.name,
            entry=entry,
        )
        for entry in listed
    ]


def _picked(given: QueryDict) -> Picked:
    """Who is meant: the accounts that were picked, or all that answer a question."""
    if not given.get("all"):
        accounts = _ids(given.getlist("account"))[:_MOST_PICKED]
        fields = [("account", str(account)) for account in accounts]
        return Picked(reads.creators_of(accounts), len(accounts), len(accounts), fields)
    asked = questions.read(given)
    question = asked.question.checked()
    answer = queries.answer(question, limit=actions.MOST_AT_ONCE, facets=())
    fields = [("all", "1"), ("q", question.text), ("sort", question.sort)]
    fields += [("f", expression) for expression in question.filters]
    fields += [("like", account) for account in question.like]
    accounts = [hit.uuid for hit in answer.hits]
    return Picked(reads.creators_of(accounts), len(accounts), answer.total, fields, asked)


def _target(request: Any, form: Name) -> CreatorList | None:
    """The list that was chosen, or a new one; None when its name can't be had."""
    chosen = _ids([request.POST.get("list", "")])
    return reads.by_id(chosen[0]) if chosen else _created(request, form)


def _created(request: Any, form: Name) -> CreatorList | None:
    if not form.is_valid():
        return None
    try:
        return actions.create(
            name=form.cleaned_data["name"],
            is_exclusion=form.cleaned_data["exclusion"],
            workspace=request.desk.workspace,
            by=request.desk.by,
            now=request.desk.now,
        )
    except Refusal as refusal:
        form.add_error("name", str(refusal))
        return None


def _ids(written: list[str]) -> list[UUID]:
    """What are ids among the texts that a form sent."""
    ids = []
    for each in written:
        try:
            ids.append(UUID(each))
        except ValueError:
            continue
    return ids


def _moment(written: str) -> datetime | None:
    try:
        found_at = parse_datetime(written)
    except ValueError:
        return None
    return found_at if found_at and found_at.tzinfo else None


def _address(request: Any, kept: CreatorList) -> str:
    return routes.url(request, "console:list", list_id=kept.id)

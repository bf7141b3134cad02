"""Saved searches: what was kept, how many answer it now, and who is new since somebody looked."""

from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from groundswell.discovery import exploring, queries
from groundswell.discovery.actions import searches as actions
from groundswell.discovery.questions import Question
from groundswell.interfaces.console import panel, questions
from groundswell.interfaces.console.questions import Asked
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal

_COUNTED = 40  # searches that are run to show how many answer; the page stays quick


class Name(forms.Form):
    """What a search is called."""

    name = forms.CharField(max_length=actions.LONGEST_NAME, label="Name")


@routes.needs(Action.CREATORS_READ)
def searches(request: Any) -> HttpResponse:
    """The saved searches with what they would bring now."""
    return _page(request)


@routes.needs(Action.CREATORS_READ)
def search(request: Any, search_id: UUID) -> HttpResponse:
    """Open a saved search; how many there are is remembered for the next time."""
    kept = queries.saved_search(search_id)
    seen = exploring.explore(kept.question, limit=0)
    actions.look(search=kept, total=seen.found.total, now=request.desk.now)
    path = routes.url(request, "console:discover")
    return redirect(Asked(kept.question).address(path))


@require_POST
@routes.needs(Action.SEARCHES_SAVE)
def save(request: Any) -> HttpResponse:
    """Keep what is asked for under a name."""
    asked = questions.read(request.POST)
    form = Name(request.POST)
    if form.is_valid():
        try:
            kept = actions.save(
                name=form.cleaned_data["name"],
                question=asked.question,
                workspace=request.desk.workspace,
                by=request.desk.by,
                now=request.desk.now,
            )
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"Saved as \u201c{kept.name}\u201d.")
            return redirect(routes.url(request, "console:search", search_id=kept.id))
    context = {"form": form, "asked": asked, "chips": _words(asked.question)}
    return render(request, "console/discover/save.html", context, status=422)


@require_POST
@routes.needs(Action.SEARCHES_SAVE)
def rename(request: Any, search_id: UUID) -> HttpResponse:
    """Give a saved search another name."""
    kept = queries.saved_search(search_id)
    form = Name(request.POST)
    if form.is_valid():
        try:
            actions.rename(
                search=kept,
                name=form.cleaned_data["name"],
                by=request.desk.by,
                now=request.desk.now,
            )
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(routes.url(request, "console:searches"))
    return _page(request, wrong={search_id: form}, status=422)


@require_POST
@routes.needs(Action.SEARCHES_SAVE)
def delete(request: Any, search_id: UUID) -> HttpResponse:
    """Take a saved search away."""
    kept = queries.saved_search(search_id)
    actions.delete(search=kept, by=request.desk.by, now=request.desk.now)
    return redirect(f"{routes.url(request, 'console:searches')}?deleted={kept.id}")


@require_POST
@routes.needs(Action.SEARCHES_SAVE)
def restore(request: Any, search_id: UUID) -> HttpResponse:
    """Bring a deleted search back."""
    kept = queries.saved_search(search_id, is_deleted=True)
    try:
        actions.restore(search=kept, by=request.desk.by, now=request.desk.now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"\u201c{kept.name}\u201d is back.")
    return redirect(routes.url(request, "console:searches"))


def _page(request: Any, *, wrong: Any = None, status: int = 200) -> HttpResponse:
    forms_by_id: dict[UUID, Name] = wrong or {}
    listed = list(queries.saved_searches())
    totals = exploring.totals(kept.question for kept in listed[:_COUNTED])
    shown = []
    for kept, total in zip_longest(listed, totals):
        before = kept.looked_total
        shown.append(
            {
                "kept": kept,
                "words": _words(kept.question),
                "total": total,
                "more": None if total is None or before is None else total - before,
                "form": forms_by_id.get(kept.id, Name(initial={"name": kept.name})),
            }
        )
    deleted = list(queries.deleted_searches()[:20])
    just = next((each for each in deleted if str(each.id) == request.GET.get("deleted")), None)
    context = {"searches": shown, "deleted": deleted, "just_deleted": just}
    return render(request, "console/discover/searches.html", context, status=status)


def _words(question: Question) -> list[str]:
    """A question as people read it."""
    text = [f"\u201c{question.text}\u201d"] if question.text else []
    alike = [f"Like {panel.called(account)}" for account in question.like]
    return text + alike + [panel.in_words(each) for each in exploring.written(question)]

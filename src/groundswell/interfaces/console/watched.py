"""Settings: the workspace's own words and competitors, for which all posts are scanned."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from groundswell.interfaces.console import settings
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.vetting import watching as reads
from groundswell.vetting.actions import watching


class WordForm(forms.Form):
    """Words of the workspace's own."""

    text = forms.CharField(
        label="Word or phrase",
        max_length=watching.LONGEST,
        help_text="Found whole, in any language, whatever its case and accents.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    severity = forms.ChoiceField(
        choices=[(level, level.capitalize()) for level in ("low", "medium", "high")],
        initial="medium",
    )


class CompetitorForm(forms.Form):
    """A competitor, and in which forms posts name it."""

    name = forms.CharField(
        max_length=watching.LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    forms_text = forms.CharField(
        label="Other names, @handles, #hashtags",
        required=False,
        max_length=(watching.LONGEST + 2) * watching.MOST_FORMS,
        help_text="One a line. A form with @ or # is found with its sign only.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@routes.needs(Action.SETTINGS_READ)
def page(request: Any) -> HttpResponse:
    """What is watched, and how far the scan is."""
    return _page(request)


@require_POST
@routes.needs(Action.SETTINGS_EDIT)
def add_word(request: Any) -> HttpResponse:
    """Watch words of the workspace's own."""
    form = WordForm(request.POST, auto_id="word-%s")
    if form.is_valid():
        try:
            kept = watching.keep_word(**form.cleaned_data, **_hand(request))
        except Refusal as refusal:
            form.add_error("text", str(refusal))
        else:
            return _done(request, f"\u201c{kept.name}\u201d is watched.")
    return _page(request, word=form, status=422)


@require_POST
@routes.needs(Action.SETTINGS_EDIT)
def add_competitor(request: Any) -> HttpResponse:
    """Watch a competitor."""
    form = CompetitorForm(request.POST, auto_id="competitor-%s")
    if form.is_valid():
        written = form.cleaned_data["forms_text"].splitlines()
        try:
            kept = watching.keep_competitor(
                name=form.cleaned_data["name"], forms=written, **_hand(request)
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, f"\u201c{kept.name}\u201d is watched.")
    return _page(request, competitor=form, status=422)


@require_POST
@routes.needs(Action.SETTINGS_EDIT)
def forget(request: Any, term_id: UUID) -> HttpResponse:
    """Watch something no more."""
    kept = reads.by_id(term_id)
    watching.forget(kept=kept, by=request.desk.by, now=request.desk.now)
    return _done(request, f"\u201c{kept.name}\u201d is watched no more.")


def _hand(request: Any) -> dict[str, Any]:
    desk = request.desk
    return {"workspace": desk.workspace, "by": desk.by, "now": desk.now}


def _done(request: Any, said: str) -> HttpResponse:
    messages.success(request, f"{said} All posts are being scanned; search follows.")
    return redirect(routes.url(request, "console:settings_words"))


def _page(
    request: Any,
    *,
    word: WordForm | None = None,
    competitor: CompetitorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "watch": reads.watch(),
        "word_form": word or WordForm(auto_id="word-%s"),
        "competitor_form": competitor or CompetitorForm(auto_id="competitor-%s"),
    }
    return settings.page(request, "words", context, status=status)

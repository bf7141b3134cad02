"""Settings: the workspace itself, its tiers, its data, and its journal."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import get_currency_name
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from groundswell.creators import holdings
from groundswell.interfaces.http import exports, routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.money import CURRENCIES
from groundswell.terms.tiers import TIER_SETS, Tier
from groundswell.workspaces import queries, showing
from groundswell.workspaces.actions import workspaces

_ENTRIES_OF_A_PAGE = 50
_COLUMNS = ("at", "by", "event", "subject", "rows", "details")
_TABS = (
    ("settings", "Workspace", "settings_read"),
    ("settings_tiers", "Tiers", "settings_read"),
    ("settings_formulas", "Formulas", "settings_read"),
    ("settings_weights", "Weights", "settings_read"),
    ("settings_words", "Words", "settings_read"),
    ("settings_members", "Members", "members_read"),
    ("settings_tokens", "Tokens", "tokens_manage"),
    ("settings_data", "Data", "settings_read"),
    ("settings_journal", "Journal", "journal_read"),
)


def page(request: Any, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """One page of the settings, with the tabs that the member may open."""
    here = request.resolver_match.url_name
    tabs = [
        {
            "url": reverse(f"console:{tab}", kwargs={"slug": request.desk.workspace.slug}),
            "label": label,
            "active": here == tab or (here.startswith(tab) and tab != "settings"),
            "count": None,
        }
        for tab, label, right in _TABS
        if request.desk.may(Action[right.upper()])
    ]
    return render(
        request, f"console/settings/{name}.html", {"tabs": tabs, **context}, status=status
    )


class WorkspaceForm(forms.Form):
    """What a workspace is called, and how it writes money and time."""

    name = forms.CharField(max_length=200, help_text="What your team calls it.")
    currency = forms.ChoiceField(
        help_text="What new briefs are written in. What exists keeps the currency that it has."
    )
    time_zone = forms.ChoiceField(help_text="Times are shown in it; they are stored in UTC.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(CURRENCIES)
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            (code, f"{code}: {get_currency_name(code, locale='en')}") for code in known
        ]
        zones = sorted(available_timezones())
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            (zone, zone) for zone in zones
        ]


@routes.needs(Action.SETTINGS_READ)
def workspace(request: Any) -> HttpResponse:
    """The workspace's name, currency and time zone."""
    now = request.desk.workspace
    form = WorkspaceForm(
        initial={"name": now.name, "currency": now.currency, "time_zone": now.time_zone}
    )
    return page(request, "workspace", {"form": form})


@routes.needs(Action.SETTINGS_EDIT)
@require_POST
def change_workspace(request: Any) -> HttpResponse:
    """Change them."""
    form = WorkspaceForm(request.POST)
    if form.is_valid():
        try:
            workspaces.change(
                workspace=request.desk.workspace,
                **form.cleaned_data,
                by=request.desk.by,
                now=request.now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The workspace was changed.")
            return redirect("console:settings", slug=request.desk.workspace.slug)
    return page(request, "workspace", {"form": form}, status=422)


class TiersForm(forms.Form):
    """From how many followers on each tier starts."""

    name = forms.CharField(max_length=60, label="Name of the set")
    nano = forms.IntegerField(min_value=0, max_value=10**10)
    micro = forms.IntegerField(min_value=0, max_value=10**10)
    mid = forms.IntegerField(min_value=0, max_value=10**10)
    macro = forms.IntegerField(min_value=0, max_value=10**10)
    mega = forms.IntegerField(min_value=0, max_value=10**10)


@routes.needs(Action.SETTINGS_READ)
def tiers(request: Any) -> HttpResponse:
    """The tier set, and the ready ones."""
    now = request.desk.workspace.tiers
    form = TiersForm(
        initial={"name": now.name, **{tier.value: now.lower_bounds[tier] for tier in Tier}}
    )
    return page(request, "tiers", {"form": form, "ready": TIER_SETS})


@routes.needs(Action.SETTINGS_EDIT)
@require_POST
def change_tiers(request: Any) -> HttpResponse:
    """Choose other bounds; every account's tier follows at once."""
    form = TiersForm(request.POST)
    if form.is_valid():
        bounds = {tier.value: form.cleaned_data[tier.value] for tier in Tier}
        try:
            workspaces.set_tiers(
                workspace=request.desk.workspace,
                name=form.cleaned_data["name"],
                lower_bounds=bounds,
                by=request.desk.by,
                now=request.now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Tiers were changed; every account's tier follows.")
            return redirect("console:settings_tiers", slug=request.desk.workspace.slug)
    return page(request, "tiers", {"form": form, "ready": TIER_SETS}, status=422)


@routes.needs(Action.SETTINGS_READ)
def data(request: Any) -> HttpResponse:
    """What the workspace holds, and how much room it takes."""
    held = holdings.holdings()
    total = sum(stored.bytes for stored in held.tables)
    return page(request, "data", {"held": held, "total_bytes": total})


class JournalFilters(forms.Form):
    """Which entries of the journal to show."""

    event = forms.CharField(max_length=100, required=False)
    by = forms.CharField(max_length=200, required=False, label="Who")
    text = forms.CharField(max_length=200, required=False, label="What it was done to")
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To", widget=forms.DateInput(attrs={"type": "date"})
    )

    def moments(self, zone: str) -> dict[str, datetime | None]:
        """The days, both included, as moments of the workspace's zone."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"]
        here = ZoneInfo(zone)
        if last == date.max:  # no day comes after it, so it bounds nothing
            last = None
        return {
            "since": datetime.combine(first, time(), here) if first else None,
            "until": datetime.combine(last + timedelta(days=1), time(), here) if last else None,
        }


@routes.needs(Action.JOURNAL_READ)
def journal(request: Any) -> HttpResponse:
    """Who did what and when."""
    form = JournalFilters(request.GET)
    wanted = _wanted(form, request.desk.workspace.time_zone)
    pages = Paginator(queries.journal_entries(**wanted), _ENTRIES_OF_A_PAGE)
    entries = pages.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "entries": entries,
        "rows": [(entry, list(showing.in_words(entry.details))) for entry in entries],
        "events": queries.journal_events(),
        "is_filtered": any(wanted.values()),
    }
    return page(request, "journal", context, status=200 if form.is_valid() else 422)


@routes.needs(Action.JOURNAL_READ)
def journal_export(request: Any, kind: str) -> HttpResponseBase:
    """The entries that fit the filters as a file, newest first."""
    form = JournalFilters(request.GET)
    wanted = _wanted(form, request.desk.workspace.time_zone)
    if not form.is_valid():
        return journal(request)
    rows = (
        (entry.at, entry.by, entry.event, entry.subject, entry.rows, json.dumps(entry.details))
        for entry in queries.journal_entries(**wanted).iterator(chunk_size=1_000)
    )
    return exports.download(kind, f"journal {request.desk.workspace.slug}", _COLUMNS, rows)


def _wanted(form: JournalFilters, zone: str) -> dict[str, Any]:
    if not form.is_valid():
        return {}
    given = form.cleaned_data
    return {name: given[name] for name in ("event", "by", "text")} | form.moments(zone)

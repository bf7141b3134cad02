"""Two to twenty accounts side by side."""

import contextlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render

from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.discovery import queries as discovery
from groundswell.interfaces.console import portraits
from groundswell.interfaces.console.charts import Chart, Kind, Point
from groundswell.interfaces.http import exports, routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import comparing, contrasts
from groundswell.vetting.comparing import MOST, Seen, Side
from groundswell.vetting.contrasts import Line

_FOUND = 8
_LONGEST_TEXT = 200
_NARROW = 6  # accounts, up to which groups of bars and whole intervals can be read
_DIMENSIONS = (
    ("country", "Countries", "US GB"),
    ("gender", "Genders", "female"),
    ("age", "Ages", "25-34"),
    ("language", "Languages", "en"),
)


class TargetForm(forms.Form):
    """Whom the brand wants to reach: parts of each dimension, apart by blanks or commas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, example in _DIMENSIONS:
            self.fields[name] = forms.CharField(
                label=label,
                max_length=_LONGEST_TEXT,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": example, "autocomplete": "off"}),
            )

    def wanted(self) -> dict[str, list[str]]:
        """The parts by dimension; only those that were asked for."""
        if not self.is_valid():
            return {}
        split = {k: v.replace(",", " ").split() for k, v in self.cleaned_data.items()}
        return {name: values for name, values in split.items() if values}


@routes.needs(Action.CREATORS_READ)
def compare(request: Any) -> HttpResponse:
    """The table, and a search for somebody to add."""
    accounts, problem = _accounts(request)
    sides = comparing.sides(accounts)
    target = TargetForm(request.GET)
    target.is_valid()
    text = request.GET.get("find", "").strip()
    found, unreadable = matching(text, accounts)
    context = {
        "sides": sides,
        "lines": [_drawn(line) for line in contrasts.lines(sides)],
        "prices": [
            (kind, list(enumerate(prices)), contrasts.cheapest(prices))
            for kind, prices in contrasts.price_lines(sides)
        ],
        "address": _address(request, accounts, target),
        "behind": f"?{_address(request, accounts, target).partition('?')[2]}",
        "without": [_address(request, accounts, target, without=one) for one in accounts],
        "target": target,
        "text": text[:_LONGEST_TEXT],
        "found": [(one, _address(request, [*accounts, one], target)) for one in found],
        "problem": problem or unreadable,
        "most": MOST,
        "is_full": len(accounts) >= MOST,
        "query": "",
    }
    status = 422 if problem else 200
    return render(request, "console/compare/page.html", context, status=status)


@routes.needs(Action.CREATORS_READ)
def seen(request: Any) -> HttpResponse:
    """Audiences, overlaps and sponsored posts: what has to be looked up in the observations."""
    accounts, _ = _accounts(request)
    if not accounts:
        return HttpResponse("")
    found = comparing.seen(accounts, now=request.now)
    wanted = TargetForm(request.GET).wanted()
    sides = comparing.sides(accounts)
    context = {
        "accounts": accounts,
        "targets": [_drawn(line) for line in contrasts.in_target(sides, found, wanted)],
        "top": [(label, [_top(found, one, name) for one in accounts])
                for name, label, _ in _DIMENSIONS],
        "sponsored": [
            (found.sponsored_at[str(one.id)], found.posts[str(one.id)]) for one in accounts
        ],
        "overlaps": _matrix(accounts, found),
        "is_alone": len(accounts) == 1,
        "is_wide": len(accounts) > _NARROW,
        "charts": _engagement(sides),
    }  # fmt: skip
    return render(request, "console/compare/seen.html", context)


@routes.needs(Action.DATA_EXPORT)
def export(request: Any, kind: str) -> HttpResponse:
    """The comparison as a file: one row for each account."""
    accounts, _ = _accounts(request)
    found = comparing.seen(accounts, now=request.now) if accounts else None
    wanted = TargetForm(request.GET).wanted()
    columns, rows = contrasts.table(comparing.sides(accounts), found, wanted)
    return exports.download(kind, "comparison", columns, rows)


def _accounts(request: Any) -> tuple[list[Account], str]:
    """The accounts that the address names, each once, and what is wrong with the address."""
    written = [
        name.strip()
        for given in (*request.GET.getlist("account"), *request.GET.getlist("accounts"))
        for name in given[:2000].split(",")
        if name.strip()
    ]
    written += _largest_of(request.GET.getlist("creator")[: 2 * MOST])
    names = list(dict.fromkeys(written))[: 2 * MOST]
    by_id = _by_ids(names)
    found: dict[UUID, Account] = {}
    problems = []
    for name in names:
        try:
            one = by_id.get(name) or queries.find_account(AccountRef.parse(name[:300]))
        except Refusal as refusal:
            problems.append(f"{refusal}.")
        else:
            found[one.id] = one
    if len(found) > MOST:
        problems.append(f"{len(found)} accounts are too many: the first {MOST} are shown.")
    return list(found.values())[:MOST], " ".join(problems)


def _largest_of(written: Sequence[str]) -> list[str]:
    """The ids of the largest account of each creator, in the order of the creators."""
    wanted = {}
    for name in written:
        with contextlib.suppress(ValueError):
            wanted[UUID(name)] = name
    found = Account.objects.filter(creator__in=wanted, merged_into=None)
    largest: dict[UUID, Account] = {}
    for one in found.order_by(F("followers").asc(nulls_first=True), "id"):
        largest[one.creator_id] = one
    return [str(largest[creator].id) for creator in wanted if creator in largest]


def _by_ids(names: Sequence[str]) -> dict[str, Account]:
    """The accounts, after all merges, of those names that are ids."""
    wanted = {}
    for name in names:
        try:
            wanted[UUID(name)] = name
        except ValueError:
            continue
    found = Account.objects.filter(id__in=wanted).select_related("merged_into")
    return {wanted[one.id]: one.merged_into or one for one in found}


def matching(text: str, accounts: Sequence[Account]) -> tuple[list[Account], str]:
    """Accounts besides some for the words that were typed, and why they can't be looked for."""
    if not text:
        return [], ""
    if len(text) > _LONGEST_TEXT:
        return [], f"can't look for {len(text):,} characters: {_LONGEST_TEXT} at most."
    try:
        hits = discovery.search(text, limit=_FOUND + MOST, facets=()).hits
    except Refusal as refusal:
        return [], f"{refusal}."
    here = {one.id for one in accounts}
    wanted = [hit.uuid for hit in hits if hit.uuid not in here][:_FOUND]
    known = Account.objects.in_bulk(wanted)
    return [known[id_] for id_ in wanted if id_ in known], ""


def _address(
    request: Any,
    accounts: Sequence[Account],
    target: TargetForm,
    *,
    without: Account | None = None,
) -> str:
    """The comparison's address with these accounts and the same target."""
    pairs = [("account", str(one.id)) for one in accounts if one != without]
    pairs += [(k, " ".join(v)) for k, v in target.wanted().items()]
    return f"{routes.url(request, 'console:compare')}?{urlencode(pairs)}"


def _drawn(line: Line) -> dict[str, Any]:
    """A line as the template shows it: on one scale, the best marked in words."""
    known = [each for each in line.estimates if each.value is not None]
    start = min([0.0, *(_low(each) for each in known)])
    end = max((_high(each) for each in known), default=1.0) or 1.0
    is_score = line.unit == "count"
    marks = [""] * len(line.estimates)
    if line.best:
        marks[line.best.place] = "best" if line.best.is_clear else "highest"
    return {
        "line": line,
        "start": 0.0 if is_score else start,
        "end": 100.0 if is_score else end,
        "is_score": is_score,
        "cells": list(zip(line.estimates, marks, strict=True)),
    }


def _low(estimate: Estimate) -> float:
    return (estimate.value if estimate.low is None else estimate.low) or 0.0


def _high(estimate: Estimate) -> float:
    return (estimate.value if estimate.high is None else estimate.high) or 0.0


def _top(found: Seen, account: Account, dimension: str) -> list[tuple[str, float]]:
    parts = found.audience.get(str(account.id), {}).get(dimension, ())
    known = [(portraits.named(dimension, p.value), p.share) for p in parts if p.share is not None]
    return known[:3]


def _matrix(accounts: Sequence[Account], found: Seen) -> list[tuple[Account, list[Any]]]:
    """Rows and columns, None where an account meets itself; nothing where no overlap is known."""
    if not any(each.share.is_known for each in found.overlaps):
        return []
    by_pair = {(each.one.id, each.other.id): each for each in found.overlaps}
    return [(one, [by_pair.get((one.id, other.id)) for other in accounts]) for one in accounts]


def _engagement(sides: Sequence[Side]) -> list[Chart]:
    """The rates of a few accounts in groups; of many, the best known rate as one bar for each."""
    rates = [line for line in contrasts.lines(sides) if line.name.startswith("engagement_rate_by_")]
    note = "Whiskers are 95% intervals. Where they overlap, the difference may be chance."
    empty = "No post with known engagement is known of any of them."
    names = [str(side.account) for side in sides]
    if len(sides) > _NARROW:
        line = max(rates, key=lambda each: sum(e.is_known for e in each.estimates))
        points = [
            Point(name, rate.value, rate.low, rate.high)
            for name, rate in zip(names, line.estimates, strict=True)
        ]
        points.sort(key=lambda point: -(point.value or 0.0))
        known = points if any(point.value is not None for point in points) else []
        return [Chart("compared", Kind.SHARES, line.title, "Account", "Engagement", known,
                      unit="percent", empty=empty, note=note)]  # fmt: skip
    points = [
        Point(line.title.removeprefix("Engagement ").capitalize(), rate.value, rate.low, rate.high,
              series=name)
        for line in rates
        for name, rate in zip(names, line.estimates, strict=True)
        if any(each.is_known for each in line.estimates)
    ]  # fmt: skip
    return [
        Chart("compared", Kind.BARS, "Engagement, on one scale", "Rate", "Engagement", points,
              unit="percent", empty=empty, note=note)
    ]  # fmt: skip

"""The review queue: whose evidence asks for a look, and what a person decides."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.creators.models import Account
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.vetting import evidence, queries, reviews
from groundswell.vetting.actions import replies
from groundswell.vetting.actions import reviews as deciding
from groundswell.vetting.actions.reviews import DecidedMeanwhile
from groundswell.vetting.choices import Ruling

_OF_A_PAGE = 25
_MEANING = {
    Ruling.CLEARED: "It has an innocent cause. The account is no longer marked while its evidence "
    "stays the same.",
    Ruling.CONFIRMED: "The concern stays, and is shown wherever the account is.",
    Ruling.ASK: "It stays in the queue until the creator has had a say.",
}


class DecisionForm(forms.Form):
    """What is decided, and why."""

    ruling = forms.ChoiceField(
        label="Decision",
        choices=[(ruling.value, ruling.label.capitalize()) for ruling in Ruling],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason",
        max_length=deciding.LONGEST_REASON,
        help_text="What it rests on, in a sentence or two. The creator can read it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@require_GET
@routes.needs(Action.CREATORS_READ)
def queue(request: Any) -> HttpResponse:
    """Accounts that wait for somebody's eye, or that were decided."""
    is_decided = request.GET.get("show") == "decided"
    platform, kind = request.GET.get("platform", "")[:40], request.GET.get("kind", "")[:60]
    problem = ""
    try:
        found = reviews.queue(is_decided=is_decided, platform=platform, kind=kind)
    except Refusal as refusal:
        problem, platform, kind = str(refusal), "", ""
        found = reviews.queue(is_decided=is_decided)
    page = Paginator(found, _OF_A_PAGE).get_page(request.GET.get("page"))
    counts = reviews.counts()
    here = routes.url(request, "console:reviews")
    context = {
        "page": page,
        "rows": [(each, reviews.present(each)) for each in page.object_list],
        "is_decided": is_decided,
        "platform": platform,
        "kind": kind,
        "platforms": reviews.platforms(),
        "kinds": evidence.KINDS.items(),
        "counts": counts,
        "problem": problem,
        "vetted": queries.last_vetting(),
        "tabs": [
            {"label": "To decide", "url": here, "active": not is_decided, "count": counts["open"]},
            {
                "label": "Decided",
                "url": f"{here}?show=decided",
                "active": is_decided,
                "count": counts["decided"],
            },
        ],
    }
    return render(request, "console/reviews/queue.html", context, status=422 if problem else 200)


@require_GET
@routes.needs(Action.CREATORS_READ)
def review(request: Any, account_id: UUID) -> HttpResponse:
    """One account: its evidence, what was decided, and what the creator answered."""
    return _page(request, reviews.account(account_id))


@require_POST
@routes.needs(Action.REVIEWS_DECIDE)
def decide(request: Any, account_id: UUID) -> HttpResponse:
    """Decide, or revise what was decided."""
    account = reviews.account(account_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, account, form=form, status=422)
    try:
        decision = deciding.decide(
            account=account, **form.cleaned_data, by=request.desk.by, now=request.now
        )
    except DecidedMeanwhile as refusal:
        fresh = DecisionForm(
            initial={**form.cleaned_data, "seen": reviews.review(account).decisions}
        )
        return _page(request, account, form=fresh, problem=str(refusal), status=409)
    messages.success(request, f"Decided: {Ruling(decision.ruling).label}. The journal notes it.")
    return redirect(routes.url(request, "console:review", account_id=account.id))


@require_POST
@routes.needs(Action.REVIEWS_DECIDE)
def make_link(request: Any, account_id: UUID) -> HttpResponse:
    """Make the link by which the creator reads it and answers, and show it once."""
    account = reviews.account(account_id)
    _, secret = replies.invite(
        workspace=request.desk.workspace, account=account, by=request.desk.by, now=request.now
    )
    made = request.build_absolute_uri(f"/replies/{secret}")
    return _page(request, account, made=made)


@require_POST
@routes.needs(Action.REVIEWS_DECIDE)
def withdraw(request: Any, account_id: UUID) -> HttpResponse:
    """End the link."""
    account = reviews.account(account_id)
    replies.withdraw(
        workspace=request.desk.workspace, account=account, by=request.desk.by, now=request.now
    )
    messages.success(request, "The link opens nothing any more. What was answered stays.")
    return redirect(routes.url(request, "console:review", account_id=account.id))


def _page(
    request: Any,
    account: Account,
    *,
    form: DecisionForm | None = None,
    problem: str = "",
    made: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = reviews.of([account.id]).get(account.id)
    context = {
        "account": account,
        "review": kept,
        "signals": reviews.present(kept) if kept else (),
        "answer": queries.kept([account]).get(account.id),
        "decisions": reviews.decisions(account),
        "replies": reviews.replies(account),
        "link": reviews.link(account),
        "form": form or DecisionForm(initial={"seen": kept.decisions if kept else 0}),
        "meanings": [(ruling.label.capitalize(), _MEANING[ruling]) for ruling in Ruling],
        "days": replies.DAYS,
        "problem": problem,
        "made": made,
    }
    return render(request, "console/reviews/page.html", context, status=status)

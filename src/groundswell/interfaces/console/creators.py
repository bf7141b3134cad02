"""The creator page: what is known, how sure it is, and what the team says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from groundswell.creators import queries, records
from groundswell.creators.actions import attachments, notes, tags
from groundswell.creators.choices import Purpose
from groundswell.creators.models import Account, Creator
from groundswell.interfaces.console import keeping_forms, owning, portraits
from groundswell.interfaces.http import dossier_pdf, routes
from groundswell.people.policy import Action
from groundswell.planning import brief as briefs
from groundswell.planning import queries as planning
from groundswell.planning.models import Plan
from groundswell.terms.money import Money
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import dossiers, exhibits, formulas, reviews, targets, thresholds
from groundswell.vetting import portraits as looks
from groundswell.vetting import queries as vetting
from groundswell.vetting.queries import Answer

_POSTS_OF_A_PAGE = 20
_PAST_SHOWN = 20
_PLANS_SHOWN = 50
_JOURNAL_SHOWN = 20


@routes.needs(Action.CREATORS_READ)
def creator(request: Any, creator_id: UUID) -> HttpResponse:
    """The page of a creator; one who was merged leads to the survivor."""
    shown = records.creator(creator_id)
    if shown.id != creator_id:
        return redirect(routes.url(request, "console:creator", creator_id=shown.id))
    return page(request, shown)


@routes.needs(Action.CREATORS_READ)
def account(request: Any, ref: str) -> HttpResponse:
    """The way from ``platform:handle`` to its creator."""
    found = queries.find_account(AccountRef.parse(ref))
    address = routes.url(request, "console:creator", creator_id=found.creator_id)
    return redirect(f"{address}?account={found.id}")


@routes.needs(Action.CREATORS_READ)
def scorecard(request: Any, creator_id: UUID) -> HttpResponse:
    """The scorecard of an account that the last vetting did not see, worked out now."""
    shown = records.creator(creator_id)
    chosen = _chosen(request, _accounts(shown))
    if chosen is None:
        return HttpResponse("")
    answer = vetting.kept([chosen]).get(chosen.id) or vetting.worked_out(chosen, now=request.now)
    return render(request, "console/creators/scorecard.html", said(answer))


@routes.needs(Action.CREATORS_READ)
def charts(request: Any, creator_id: UUID) -> HttpResponse:
    """What one account did and for whom, drawn."""
    shown = records.creator(creator_id)
    chosen = _chosen(request, _accounts(shown))
    if chosen is None:
        return HttpResponse("")
    seen = looks.portrait(chosen, now=request.now)
    answer = vetting.kept([chosen]).get(chosen.id)
    peers = looks.peers(chosen, answer.card.rates if answer else ())
    plan = _plan(request)
    wanted = briefs.parsed(plan.brief_text).audience.by_dimension() if plan else {}
    fit = targets.fit(chosen, wanted) if wanted else None
    context = {
        "charts": [*portraits.charts(seen), portraits.among_peers(peers, chosen)],
        "audience": portraits.audience(seen),
        "creator": shown,
        "account": chosen,
        "plan": plan,
        "plans": planning.listed()[:_PLANS_SHOWN] if request.desk.may(Action.PLANS_READ) else [],
        "fit": fit,
        "parts": portraits.in_target(fit.parts) if fit else [],
    }
    return render(request, "console/creators/charts.html", context)


def _plan(request: Any) -> Plan | None:
    """The plan whose brief an audience shall be held against, when one was chosen."""
    asked = request.GET.get("plan", "")
    if not asked or not request.desk.may(Action.PLANS_READ):
        return None
    return planning.plan(planning.identity(asked))


@routes.needs(Action.CREATORS_READ)
def posts(request: Any, creator_id: UUID) -> HttpResponse:
    """A page of one account's posts."""
    shown = records.creator(creator_id)
    chosen = _chosen(request, _accounts(shown))
    if chosen is None:
        return HttpResponse("")
    number = request.GET.get("page", "1")
    at = min(int(number), 100_000) if number.isascii() and number.isdigit() else 1
    found, total, remarks = looks.posts(chosen, size=_POSTS_OF_A_PAGE, page=max(at, 1))
    context = {
        "creator": shown,
        "account": chosen,
        "posts": [(post, safe(post.url) if post.url else None) for post in found],
        "pages": Paginator(range(total), _POSTS_OF_A_PAGE).get_page(at),
        "remarks": remarks,
    }
    return render(request, "console/creators/posts.html", context)


@routes.needs(Action.CREATORS_READ)
def exhibit(request: Any, creator_id: UUID, measure: str) -> HttpResponse:
    """The posts, days, people or comments that a measure was seen on."""
    shown = records.creator(creator_id)
    chosen = _chosen(request, _accounts(shown))
    if chosen is None:
        return HttpResponse("")
    found = exhibits.of(chosen, measure, posts=request.GET.getlist("post"), now=request.now)
    context = {
        "exhibit": found,
        "posts": [(post, safe(post.url) if post.url else None) for post in found.posts],
        "most": exhibits.MOST,
    }
    return render(request, "console/creators/exhibit.html", context)


@routes.needs(Action.CREATORS_READ)
def dossier(request: Any, creator_id: UUID) -> HttpResponse:
    """One account's dossier as a page to print."""
    shown = records.creator(creator_id)
    chosen = _chosen(request, _accounts(shown))
    if chosen is None:
        raise records.UnknownCreator(f"{shown.name!r} has no account to print a dossier of")
    return dossier_pdf.download(dossiers.of(chosen, now=request.now), request.desk.workspace)


@routes.needs(Action.CREATORS_READ)
def history(request: Any, creator_id: UUID) -> HttpResponse:
    """What was said of an account before, and what was done to its creator."""
    shown = records.creator(creator_id)
    chosen = _chosen(request, _accounts(shown))
    entries = None
    if request.desk.may(Action.JOURNAL_READ):
        found = records.journal(shown, limit=_JOURNAL_SHOWN)
        entries = [(entry.event.replace(".", " "), entry) for entry in found]
    context = {
        "factors": formulas.formulas(),
        "present": chosen and vetting.present(chosen),
        "past": vetting.past(chosen)[:_PAST_SHOWN] if chosen else [],
        "decisions": reviews.decisions(chosen) if chosen else [],
        "replies": reviews.replies(chosen) if chosen else [],
        "entries": entries,
    }
    return render(request, "console/creators/history.html", context)


def page(
    request: Any,
    shown: Creator,
    *,
    forms: Mapping[str, Any] | None = None,
    asked: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page.

    Args:
        request: Who looks.
        shown: Whose.
        forms: Those that were sent and could not be done.
        asked: What became of asking the creator to connect the account.
        status: Of the answer.
    """
    accounts = _accounts(shown)
    chosen = _chosen(request, accounts)
    answer = vetting.kept([chosen]).get(chosen.id) if chosen else None
    may_see = request.desk.may(Action.CONTACTS_READ)
    context = {
        "creator": shown,
        "accounts": accounts,
        "account": chosen,
        "tabs": _tabs(request, shown, accounts, chosen),
        "tier": request.desk.workspace.tiers.tier_of(chosen.followers) if chosen else None,
        "links": [safe(link) for link in (chosen.links or [])[:20]] if chosen else [],
        "page_of": safe(chosen.url) if chosen and chosen.url else None,
        "record": records.of(shown),
        "contacts": queries.contacts_of(shown) if may_see else None,
        "prices": _prices(accounts),
        "purposes": dict(Purpose.choices),
        "undo": _undo(request, shown),
        "owning": owning.standing(request, chosen),
        "asked": asked or {},
        "longest": {"note": notes.LONGEST, "tag": tags.LONGEST},
        "kept_days": attachments.KEPT_AFTER_REMOVAL.days,
        "known_tags": [tag.name for tag in records.tags()[:200]],
        **keeping_forms.fresh(request, accounts, forms or {}),
        **(said(answer) if answer else {"answer": None}),
    }
    return render(request, "console/creators/page.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Link:
    """An address that somebody gave: to be followed only when that is safe."""

    text: str
    url: str | None


def safe(address: str) -> Link:
    """Only https addresses are followed; what else there is stays a text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return Link(address, None)
    is_safe = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    text = address.removeprefix("https://").removeprefix("www.").rstrip("/")
    return Link(text or address, address if is_safe else None)


@dataclass(frozen=True, slots=True)
class _Said:
    factor: Any
    formula: Any


def said(answer: Answer) -> dict[str, Any]:
    """An answer for the templates: factors with what they ask, rates by what they divide by."""
    asked = {formula.factor: formula for formula in formulas.formulas()}
    rates = answer.card.rates
    counted = {rate.counted for rate in rates}
    return {
        "answer": answer,
        "decisions": reviews.decisions(answer.account) if answer.review else [],
        "replies": reviews.replies(answer.account),
        "counted": next(iter(counted)) if len(counted) == 1 else "",
        "factors": [_Said(factor, asked[factor.name]) for factor in answer.card.factors],
        "would_change": thresholds.would_change(answer),
        "peers": portraits.band(answer),
        "rates": [
            (name, [rate for rate in rates if rate.denominator == f"engagement_rate_by_{name}"])
            for name in formulas.denominators()
        ],
    }


def _accounts(shown: Creator) -> list[Account]:
    """The creator's accounts, the largest first."""
    found = list(queries.accounts_of(shown))
    return sorted(found, key=lambda one: -(one.followers or -1))


def _chosen(request: Any, accounts: Iterable[Account]) -> Account | None:
    listed = list(accounts)
    wanted = request.GET.get("account", "")
    return next((one for one in listed if str(one.id) == wanted), next(iter(listed), None))


def _tabs(
    request: Any, shown: Creator, accounts: list[Account], chosen: Account | None
) -> list[dict[str, Any]]:
    address = routes.url(request, "console:creator", creator_id=shown.id)
    return [
        {
            "url": f"{address}?account={one.id}",
            "account": one,
            "label": str(one),
            "active": one == chosen,
            "count": None,
        }
        for one in accounts
    ]


def _prices(accounts: list[Account]) -> list[dict[str, Any]]:
    if not accounts:
        return []
    names = {str(one.id): one for one in accounts}
    found = queries.rate_cards([one.id for one in accounts]).to_pylist()
    return [
        {
            **row,
            "account": names[row["account"]],
            "money": Money(row["price"], row["currency"]),
        }
        for row in found
    ]


def _undo(request: Any, shown: Creator) -> dict[str, Any] | None:
    """What was just removed or merged and can be taken back, as the address says."""
    kind, _, written = request.GET.get("removed", "").partition(":")
    try:
        removed = UUID(written)
    except ValueError:
        return None
    if kind == "merge":
        absorbed = queries.absorbed_by(shown).filter(id=removed).first()
        return {"kind": kind, "id": removed, "name": absorbed.name} if absorbed else None
    finders: dict[str, Any] = {
        "note": records.note,
        "file": records.file,
        "contact": records.outreach,
    }
    find = finders.get(kind)
    if find is None:
        return None
    try:
        found: Any = find(shown, removed)
    except (records.UnknownNote, records.UnknownFile, records.UnknownOutreach):
        return None
    return {"kind": kind, "id": removed} if found.removed_at else None

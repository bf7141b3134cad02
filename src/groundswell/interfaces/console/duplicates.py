"""Duplicates: creators who may be one, side by side, decided one by one or many at once."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.creators import proposals
from groundswell.creators.actions import deciding
from groundswell.interfaces.console import numerals
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action

_OF_A_PAGE = 20
_VERBS = {"merge": "merged", "dismiss": "kept apart", "undo": "opened again"}
_UNDO = "duplicates_undo"  # in the session: what the next page offers to take back


@require_GET
@routes.needs(Action.CREATORS_READ)
def duplicates(request: Any) -> HttpResponse:
    """Pairs that somebody should decide on, the surest first; or those that were decided."""
    text = request.GET.get("text", "")[:200].replace("\0", "").strip()
    sure = request.GET.get("sure", "")
    sure = sure if sure in proposals.SURENESS else ""
    is_decided = request.GET.get("show") == "decided"
    found = (
        proposals.decided(text=text)
        if is_decided
        else proposals.open_ones(at_least=float(sure or 0), text=text)
    )
    page = Paginator(found, _OF_A_PAGE).get_page(request.GET.get("page"))
    counts = proposals.counts()
    here = routes.url(request, "console:duplicates")
    context = {
        "page": page,
        "pairs": proposals.pairs(page.object_list),
        "text": text,
        "sure": sure,
        "is_decided": is_decided,
        "counts": counts,
        "chips": [
            ("", "All", counts["all"]),
            ("0.6", "Likely", counts["likely"]),
            ("0.9", "Very likely", counts["very_likely"]),
        ],
        "tabs": [
            {"label": "To decide", "url": here, "active": not is_decided, "count": counts["all"]},
            {
                "label": "Decided",
                "url": f"{here}?show=decided",
                "active": is_decided,
                "count": counts["decided"],
            },
        ],
        "undo": request.session.pop(_UNDO, None),
        "most": deciding.MOST,
    }
    return render(request, "console/duplicates/page.html", context)


@require_POST
@routes.needs(Action.DUPLICATES_DECIDE)
def preview(request: Any) -> HttpResponse:
    """What deciding many at once would do."""
    act = "merge" if request.POST.get("act") == "merge" else "dismiss"
    found = proposals.open_ones().filter(id__in=_chosen(request))
    pairs = proposals.pairs(found[: deciding.MOST])
    if not pairs:
        return _back(request)
    context = {"act": act, "pairs": pairs, "back": _here(request)}
    return render(request, "console/duplicates/preview.html", context)


@require_POST
@routes.needs(Action.DUPLICATES_DECIDE)
def decide(request: Any) -> HttpResponse:
    """Merge pairs, keep them apart, or take that back."""
    act, chosen = request.POST.get("act", ""), _chosen(request)
    keep = _uuid(request.POST.get("keep", ""))
    who: dict[str, Any] = {"by": request.desk.by, "now": request.now}
    workspace = request.desk.workspace
    try:
        if act == "merge":
            kept = {chosen[0]: keep} if keep and len(chosen) == 1 else None
            done = deciding.merge(workspace=workspace, pairs=chosen, keep=kept, **who)
        elif act == "undo":
            done = deciding.take_back(workspace=workspace, pairs=chosen, **who)
        else:
            done = deciding.dismiss(workspace=workspace, pairs=chosen, **who)
    except deciding.TooManyPairs as refusal:
        return _said(request, str(refusal), ())
    verb = _VERBS.get(act, _VERBS["dismiss"])
    number = len(done.done)
    said = f"{numerals.count(number)} pair{'' if number == 1 else 's'} {verb}."
    if done.skipped:
        said += (
            f" {numerals.count(done.skipped)} left as they are: they were decided before, or one "
            "of the two was just merged."
        )
    return _said(request, said, () if act == "undo" else done.done)


def _said(request: Any, said: str, undo: tuple[UUID, ...]) -> HttpResponse:
    request.session[_UNDO] = {"said": said, "pairs": [str(pair) for pair in undo]}
    return _back(request)


def _back(request: Any) -> HttpResponse:
    return redirect(f"{routes.url(request, 'console:duplicates')}{_here(request)}")


def _here(request: Any) -> str:
    """The filters of the page that the form was on."""
    back: str = request.POST.get("back", "")[:400]
    return back if back.startswith("?") and back.isprintable() else ""


def _chosen(request: Any) -> list[UUID]:
    found = (_uuid(text) for text in request.POST.getlist("pair"))
    return list(dict.fromkeys(pair for pair in found if pair is not None))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

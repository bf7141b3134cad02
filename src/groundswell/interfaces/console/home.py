"""Home: what needs you today, what is at risk, and one next step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from groundswell.connectors import queries as connectors
from groundswell.connectors.actions import uploads
from groundswell.connectors.choices import RunState
from groundswell.connectors.models import Upload
from groundswell.creators import holdings, proposals
from groundswell.demo import seeding
from groundswell.discovery import exploring
from groundswell.discovery import queries as discovery
from groundswell.interfaces.console import numerals, working
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.planning import queries as planning
from groundswell.planning.models import DraftState
from groundswell.vetting import queries as vetting
from groundswell.workspaces import queries as workspaces

_RECENT = timedelta(days=7)
_ENTRIES, _RUNS, _SEARCHES, _PLANS = 8, 200, 8, 100
_SILENT = timedelta(minutes=15)  # no file of a world takes as long


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for somebody.

    Attributes:
        level: ``bad`` for what is at risk, ``warn`` for what waits, ``info`` for what can be done.
        title: What it is.
        text: Why, and what follows.
        action: What to do about it.
        url: Where.
        part: ``vetting`` where a button does it at once.
    """

    level: str
    title: str
    text: str
    action: str = ""
    url: str = ""
    part: str = ""


@require_GET
@routes.needs(Action.CREATORS_READ)
def home(request: Any) -> HttpResponse:
    """What there is, what needs attention, what to do next."""
    creators, accounts = holdings.creators_and_accounts()
    world = seeding.of(request.desk.workspace)
    vetted = working.of_vetting(request, last=vetting.last_vetting())
    handed_in = connectors.uploads()[:20]
    needs = [] if world else sorted(_needs(request, creators, handed_in, vetted), key=_pressing)
    stored = {table.table: table for table in holdings.tables()}
    context = {
        "creators": creators,
        "accounts": accounts,
        "posts": stored["posts"].rows if "posts" in stored else 0,
        "last_import": connectors.runs(state=RunState.PUBLISHED).first(),
        "world": world,
        "world_files": seeding.FILES,
        "world_is_silent": world is not None
        and request.now - (world.heard_at or world.begun_at) > _SILENT,
        "next_step": needs[0] if needs else None,
        "needs": needs[1:],
        "running": [u for u in handed_in if u.state in uploads.OPEN],
        "demo": None if creators or world else _demo(request),
        "is_empty": not creators and not world,
        "entries": workspaces.journal_entries()[:_ENTRIES]
        if request.desk.may(Action.JOURNAL_READ)
        else None,
        "has_searches": discovery.saved_searches().exists(),
        **vetted,
    }
    template = "world" if request.htmx and world else "page"
    if request.htmx and not world:
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, f"console/home/{template}.html", context)


@require_GET
@routes.needs(Action.CREATORS_READ)
def searches(request: Any) -> HttpResponse:
    """Saved searches with what is new in them: a part that comes after the page."""
    kept = list(discovery.saved_searches()[:_SEARCHES])
    totals = exploring.totals(one.question for one in kept)
    found = [
        (one, total, None if one.looked_total is None else total - one.looked_total)
        for one, total in zip(kept, totals, strict=True)
    ]
    return render(request, "console/home/searches.html", {"searches": found})


def _demo(request: Any) -> str:
    """Where the demo is, for somebody who may open it."""
    for place in request.desk.places:
        if place.workspace.is_synthetic and place.workspace.slug != request.desk.workspace.slug:
            return str(place.workspace.slug)
    return ""


def _pressing(need: Need) -> int:
    return ("bad", "warn", "info").index(need.level)


def _needs(
    request: Any, creators: int, handed_in: Iterable[Upload], vetted: dict[str, Any]
) -> Iterator[Need]:
    """What waits, the most pressing first."""
    yield from _of_imports(request, handed_in)
    if creators:
        yield from _of_scores(vetted)
        yield from _of_plans(request)
        yield from _of_duplicates(request)


def _of_imports(request: Any, handed_in: Iterable[Upload]) -> Iterator[Need]:
    to = routes.url
    waiting = [u for u in handed_in if u.state not in uploads.OPEN]
    runs = connectors.runs().filter(started_at__gte=request.now - _RECENT)
    seen: set[str] = set()
    for run in runs[:_RUNS]:
        if run.file_name in seen:  # what came later counts
            continue
        seen.add(run.file_name)
        url = to(request, "console:import", run_id=run.id)
        refusal = run.refusal or {}
        if run.state == RunState.FAILED and refusal.get("code") != "import_cancelled":
            title = f"{run.file_name} could not be imported"
            yield Need("bad", title, refusal.get("message", ""), "See why", url)
        elif run.rejected:
            said = (
                f"{numerals.count(run.rejected)} of {numerals.count(run.rows_read)} rows were "
                "rejected; the report says why, row by row."
            )
            level = "warn" if run.rejected > 0.01 * run.rows_read else "info"
            yield Need(level, f"{run.file_name} came in with gaps", said, "See the report", url)
    for upload in waiting[:3]:
        yield Need(
            "warn",
            f"{upload.file_name} waits to be imported",
            "It was handed in and looked at, and nothing of it is in yet.",
            "Go on with it",
            to(request, "console:import_file", upload_id=upload.id),
        )


def _of_scores(vetted: dict[str, Any]) -> Iterator[Need]:
    if not vetted["is_stale"] or vetted["is_vetting"]:
        return
    if vetted["last_vetting"] is None:
        said = "Vetting scores every account with its evidence; searches and plans build on it."
        yield Need("warn", "No account has a score yet", said, part="vetting")
    else:
        said = (
            "Data came in after the last vetting. Until it is done again, scores and plans miss it."
        )
        yield Need("warn", "The scores are older than the data", said, part="vetting")


def _of_plans(request: Any) -> Iterator[Need]:
    to = routes.url
    plans: list[Any] = list(planning.listed()[:_PLANS])
    for draft in planning.unfinished():
        if draft.state == DraftState.FAILED:
            url = to(request, "console:plan_draft", draft_id=draft.id)
            title = f"{draft.name} could not be planned"
            yield Need("bad", title, draft.refusal["message"], "See what is possible", url)
    open_ones = [plan for plan in plans if plan.approved_version is None]
    if open_ones and request.desk.may(Action.PLANS_APPROVE):
        first, number = open_ones[0], len(open_ones)
        title = (
            f"{first.name} waits for approval"
            if number == 1
            else f"{number} plans wait for approval"
        )
        url = to(request, "console:plan", plan_id=first.id) if number == 1 else to(
            request, "console:plans"
        )  # fmt: skip
        yield Need("warn", title, "Nothing is bought before a plan is approved.", "Look at it", url)
    if not plans and request.desk.may(Action.PLANS_PROPOSE):
        said = (
            "Say what you want to reach and what you can spend: other ways to spend it are worked "
            "out, each with its odds."
        )
        yield Need("info", "Write the first brief", said, "Write a brief",
                   to(request, "console:brief"))  # fmt: skip


def _of_duplicates(request: Any) -> Iterator[Need]:
    counts = proposals.open_counts()
    if not counts["all"]:
        return
    sure = counts["very_likely"]
    said = f"{numerals.count(sure)} of them very likely. " if sure else ""
    yield Need(
        "info",
        f"{numerals.count(counts['all'])} pairs of creators may be one",
        f"{said}Until they are merged, both are counted, paid and written to.",
        "Decide on them",
        routes.url(request, "console:duplicates"),
    )

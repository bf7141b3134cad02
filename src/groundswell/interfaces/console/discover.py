"""Discover: search that answers while one types, with filters, reasons, and ways to keep it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from groundswell.creators import lists
from groundswell.discovery import exploring, queries
from groundswell.discovery.actions import exporting
from groundswell.discovery.exploring import Explored
from groundswell.interfaces.console import found, panel, questions
from groundswell.interfaces.console.questions import PAGE_SIZE, Asked
from groundswell.interfaces.http import exports, routes
from groundswell.people.policy import Action


@routes.needs(Action.CREATORS_READ)
def discover(request: Any) -> HttpResponse:
    """A page of accounts that match, with everything to ask on; its results alone for htmx."""
    asked = questions.read(request.GET)
    path = routes.url(request, "console:discover")
    is_part = request.headers.get("HX-Request-Type") == "partial"
    if not is_part and _is_a_forms(request.GET):
        return HttpResponseRedirect(asked.address(path))
    _keep_columns(request)
    seen = exploring.explore(asked.question, limit=PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE)
    page = Paginator(range(seen.found.total), PAGE_SIZE).get_page(asked.page)
    if page.number != asked.page:  # past the end: the last page that there is
        asked = replace(asked, page=page.number)
        seen = exploring.explore(asked.question, limit=PAGE_SIZE, offset=page.start_index() - 1)
    request.GET = asked.query()  # paging keeps what the address says, not what the form sent
    template = "console/discover/part.html" if is_part else "console/discover/page.html"
    status = 422 if "q" in seen.problems else 200
    response = render(request, template, _context(request, asked, seen, page, path), status=status)
    if is_part:
        _say_address(request, response, asked.address(path))
    return response


@routes.needs(Action.DATA_EXPORT)
def export(request: Any, kind: str) -> HttpResponse:
    """The whole answer as a file."""
    asked = questions.read(request.GET)
    table = exporting.search(
        question=asked.question,
        workspace=request.desk.workspace,
        by=request.desk.by,
        now=request.desk.now,
    )
    return exports.download(kind, "creators", table.columns, table.rows)


def _is_a_forms(given: QueryDict) -> bool:
    """Whether a form sent its fields as they are; the page that a person copies has the filters."""
    fields = {key.partition(".")[0] for key in given}
    blank = [key for key in ("q", "sort") if given.get(key, "-").strip() == ""]
    return bool(blank or fields & {"min", "max", "is", "c", "audience", "add"})


def _keep_columns(request: Any) -> None:
    """Remember the columns that the person has just chosen."""
    chosen = [name for name in request.GET.getlist("c") if name in found.COLUMNS]
    if chosen and chosen != request.session.get("columns", list(found.USUAL)):
        request.session["columns"] = chosen


def _say_address(request: Any, response: HttpResponse, address: str) -> None:
    """Tell htmx the address; while one types, the history does not fill with halves of words."""
    before = QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    now = QueryDict(urlsplit(address).query)
    typed = dict(before.lists()) | {"q": [], "page": []} == dict(now.lists()) | {
        "q": [],
        "page": [],
    }
    response.headers["HX-Replace-Url" if typed else "HX-Push-Url"] = address


def _context(request: Any, asked: Asked, seen: Explored, page: Any, path: str) -> dict[str, Any]:
    shown = found.chosen(asked.columns or request.session.get("columns", ()))
    owners = lists.owners([hit.uuid for hit in seen.found.hits])
    tiers = request.desk.workspace.tiers
    return {
        "asked": asked,
        "query": asked.question.text,
        "seen": seen,
        "page": page,
        "rows": [
            found.row(
                hit.values,
                shown,
                tiers,
                account=hit.uuid,
                creator=owners.get(hit.uuid),
                why=found.why(hit.reasons, shown),
                like_url=_like_url(asked, hit.values, path),
            )
            for hit in seen.found.hits
        ],
        "heads": heads(asked, shown, path),
        "choices": [(column, column in shown) for column in found.COLUMNS.values()],
        "sorts": _sorts(asked),
        "is_alike": any(not each.problem for each in seen.like),
        "sort_problem": panel.sentence(seen.problems.get("sort", "")),
        "text_problem": panel.sentence(seen.problems.get("q", "")),
        "panel": panel.panel(asked, seen, path),
        "chips": panel.chips(asked, seen, path),
        "without_words": seen.without.get("q"),
        "words_url": replace(asked, question=replace(asked.question, text=""), page=1).address(
            path
        ),
        "clear_url": asked.anybody().address(path),
        "dimensions": panel.DIMENSIONS,
        "path": path,
        "behind": asked.query().urlencode(),
        "saved": queries.saved_searches()[:12],
        "most_exported": exporting.MOST_ROWS,
    }


def _like_url(asked: Asked, values: Mapping[str, Any], path: str) -> str:
    """Where creators like a hit are, through the same filters."""
    name = values.get("handle") or values.get("platform_id")
    return asked.like(f"{values['platform']}:{name}").address(path) if name else ""


def heads(asked: Asked, shown: Any, path: str) -> list[dict[str, Any]]:
    """The heads of columns: what each is, how it is sorted, and the way to sort by it."""
    name, _, direction = asked.question.sort.partition(":")
    made = []
    for column in shown:
        is_mine = bool(column.sort) and name == column.sort
        order = "" if not is_mine else "ascending" if direction == "asc" else "descending"
        turned = f"{column.sort}:asc" if order == "descending" else column.sort
        is_sortable = column.sort and not asked.question.like
        url = asked.sorted_by(turned).address(path) if is_sortable else ""
        made.append({"column": column, "order": order, "url": url})
    return made


def _sorts(asked: Asked) -> list[tuple[str, str, bool]]:
    """The orders to choose from, the present one among them."""
    chosen = asked.question.sort
    usual = "Best match" if asked.question.text else "Most followers"
    made = [("", f"Usual: {usual.lower()}", not chosen)]
    made += [
        (key.name, f"{panel.label_of(key.name)}, most first", chosen == key.name)
        for key in queries.filter_keys()
        if key.is_ordered
    ]
    if chosen and not any(is_mine for *_, is_mine in made):
        name, _, direction = chosen.partition(":")
        least = ", least first" if direction == "asc" else ""
        made.append((chosen, f"{panel.label_of(name)}{least}", True))
    return made

"""Brand safety with its evidence as a file: of a creator, a list, a search."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from groundswell.creators import lists, records
from groundswell.discovery.actions import safety_exports
from groundswell.discovery.actions.safety_exports import Report
from groundswell.interfaces.console import questions
from groundswell.interfaces.http import exports, routes
from groundswell.people.policy import Action


@routes.needs(Action.DATA_EXPORT)
def of_creator(request: Any, creator_id: UUID, kind: str) -> HttpResponse:
    """What a creator's posts speak of."""
    creator = records.creator(creator_id)
    return _file(safety_exports.of_creator(creator=creator, **_hand(request)), kind)


@routes.needs(Action.DATA_EXPORT)
def of_list(request: Any, list_id: UUID, kind: str) -> HttpResponse:
    """What the posts of those on a list speak of."""
    return _file(safety_exports.of_list(kept=lists.by_id(list_id), **_hand(request)), kind)


@routes.needs(Action.DATA_EXPORT)
def of_search(request: Any, kind: str) -> HttpResponse:
    """What the posts of those whom a search finds speak of."""
    question = questions.read(request.GET).question
    return _file(safety_exports.of_search(question=question, **_hand(request)), kind)


def _hand(request: Any) -> dict[str, Any]:
    desk = request.desk
    return {"workspace": desk.workspace, "by": desk.by, "now": desk.now}


def _file(report: Report, kind: str) -> HttpResponse:
    table = report.table
    if kind == "json":
        return exports.download_json(table.name, report.as_json())
    return exports.download(kind, table.name, table.columns, table.rows)

"""Brand safety: the words that a workspace watches, and what posts say, taken out as a file."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.creators import lists, records
from groundswell.discovery.actions import safety_exports
from groundswell.discovery.actions.safety_exports import Report
from groundswell.interfaces.http import exports
from groundswell.interfaces.rest import operations
from groundswell.interfaces.rest.discovery import Asked
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.reading import Input
from groundswell.people.policy import Action
from groundswell.terms.safety import SafetyCategory
from groundswell.vetting import watching as reads
from groundswell.vetting.actions import watching

area = Area("Brand safety", "What posts speak of, by a workspace's own words too.")

Word = Annotated[str, Field(min_length=1, max_length=watching.LONGEST, examples=["palm oil"])]
Level = Literal["low", "medium", "high"]


class OwnWord(BaseModel):
    """Words of the workspace's own."""

    name: str
    severity: Level
    added_by: str
    added_at: str


class Competitor(BaseModel):
    """A competitor, and in which further forms posts name it."""

    name: str
    forms: list[str]
    added_by: str
    added_at: str


class Watch(BaseModel):
    """What posts are scanned for beside the general subjects."""

    words: list[OwnWord]
    competitors: list[Competitor]
    scanned_at: str | None
    is_current: Annotated[
        bool, Field(description="Whether the last scan looked for what is watched now.")
    ]


class NewWord(Input):
    """Words to watch."""

    name: Word
    severity: Level = "medium"


class NewCompetitor(Input):
    """A competitor to watch."""

    name: Word
    forms: Annotated[
        list[Annotated[str, Field(max_length=watching.LONGEST)]],
        Field(
            max_length=watching.MOST_FORMS,
            description="Other names, `@handles` and `#hashtags`.",
            examples=[["@acme", "#acme"]],
        ),
    ] = []


class Which(BaseModel):
    """Which one is meant, however it is spelled."""

    name: Word


class Kind(BaseModel):
    """How to write it down."""

    kind: Literal["csv", "xlsx", "json"] = "csv"


class AskedReport(Asked, Kind):
    """Of whom, and how to write it down."""


@area.get("/watched", Action.SETTINGS_READ, Watch)
def get_watched(request: Any) -> Any:
    """Get the words and competitors that posts are scanned for."""
    del request
    return reads.as_json(reads.watch())


@area.post("/watched/words", Action.SETTINGS_EDIT, OwnWord, status=200)
def keep_word(request: Any, body: NewWord) -> Any:
    """Watch words of your own.

    Known ones get the severity that you give. A worker scans all posts.
    """
    kept = watching.keep_word(
        text=body.name,
        severity=body.severity,
        workspace=request.desk.workspace,
        **operations.hand(request),
    )
    return reads.term_as_json(kept)


@area.delete("/watched/words", Action.SETTINGS_EDIT)
def forget_word(request: Any, which: Query[Which]) -> None:
    """Watch words no more."""
    kept = reads.term(SafetyCategory.OWN_WORDS, which.name)
    watching.forget(kept=kept, **operations.hand(request))


@area.post("/watched/competitors", Action.SETTINGS_EDIT, Competitor, status=200)
def keep_competitor(request: Any, body: NewCompetitor) -> Any:
    """Watch a competitor.

    A known one gets the forms that you give. A worker scans all posts.
    """
    kept = watching.keep_competitor(
        name=body.name,
        forms=body.forms,
        workspace=request.desk.workspace,
        **operations.hand(request),
    )
    return reads.term_as_json(kept)


@area.delete("/watched/competitors", Action.SETTINGS_EDIT)
def forget_competitor(request: Any, which: Query[Which]) -> None:
    """Watch a competitor no more."""
    kept = reads.term(SafetyCategory.COMPETITOR, which.name)
    watching.forget(kept=kept, **operations.hand(request))


@area.get("/creators/{uuid:creator_id}/safety/file", Action.DATA_EXPORT, bytes)
def export_safety_of_creator(request: Any, creator_id: UUID, file: Query[Kind]) -> HttpResponse:
    """Take what a creator's posts speak of out as a file.

    A row for each post that shows it; the journal notes it.
    """
    report = safety_exports.of_creator(
        creator=records.creator(creator_id),
        workspace=request.desk.workspace,
        **operations.hand(request),
    )
    return _file(report, file.kind)


@area.get("/lists/{uuid:list_id}/safety/file", Action.DATA_EXPORT, bytes)
def export_safety_of_list(request: Any, list_id: UUID, file: Query[Kind]) -> HttpResponse:
    """Take what the posts of those on a list speak of out as a file.

    Of each their largest account; a row for each post that shows it. The journal notes it.
    """
    report = safety_exports.of_list(
        kept=lists.by_id(list_id), workspace=request.desk.workspace, **operations.hand(request)
    )
    return _file(report, file.kind)


@area.get("/search/safety/file", Action.DATA_EXPORT, bytes)
def export_safety_of_search(request: Any, asked: Query[AskedReport]) -> HttpResponse:
    """Take what the posts of those whom a search finds speak of out as a file.

    At most 10,000 accounts; a row for each post that shows it. The journal notes it.
    """
    report = safety_exports.of_search(
        question=asked.question(), workspace=request.desk.workspace, **operations.hand(request)
    )
    return _file(report, asked.kind)


def _file(report: Report, kind: str) -> HttpResponse:
    if kind == "json":
        return exports.download_json(report.table.name, report.as_json())
    table = report.table
    return exports.download(kind, table.name, table.columns, table.rows)

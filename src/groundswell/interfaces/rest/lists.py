"""Lists of creators."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.creators import lists, queries, records, showing
from groundswell.creators.actions import lists as actions
from groundswell.creators.models import Creator, CreatorList
from groundswell.discovery.actions import exporting
from groundswell.interfaces.http import exports, routes
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.discovery import Deleted
from groundswell.interfaces.rest.operations import Area, Guard
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Flag, Input, Name
from groundswell.people.policy import Action
from groundswell.terms.platforms import AccountRef

area = Area("Lists", "Creators put together, for a brief or to look at again.")
_MOST_NAMED = 1_000


class KeptList(BaseModel):
    """A list, and how many are on it."""

    list: UUID
    name: str
    creators: int
    exclusion: Annotated[bool, Field(description="Who is on it is left out everywhere.")]
    made_by: str
    made_at: str


class NewList(Input):
    """A list to begin."""

    name: Name
    exclusion: Annotated[
        Flag,
        Field(description="Whether who is on it is left out of searches, lookalikes and plans."),
    ] = False


class ListChange(Input):
    """What of a list becomes something else; what is left out stays."""

    name: Name | None = None
    exclusion: Flag | None = None


class Entry(BaseModel):
    """A creator on a list."""

    creator_id: UUID
    creator: str
    accounts: Annotated[str, Field(description="Separated by commas.")]
    followers: int | None
    note: str
    added_by: str
    added_at: str


class EntryFilters(Paging):
    """Which entries."""

    text: Annotated[str, Field(max_length=200, description="A part of name or note.")] = ""


class Named(Input):
    """Creators, by their ids or by accounts of theirs."""

    creators: Annotated[list[UUID], Field(max_length=_MOST_NAMED)] = []
    accounts: Annotated[
        list[Annotated[str, Field(max_length=300)]],
        Field(max_length=_MOST_NAMED, examples=[["instagram:anna"]]),
    ] = []

    def found(self) -> list[UUID]:
        """The creators' ids after all merges.

        Raises:
            UnknownCreator: When one is not in the workspace.
            UnknownAccount: When an account is not.
        """
        survivors = dict(
            Creator.objects.filter(id__in=self.creators).values_list("id", "merged_into")
        )
        by_id = [
            each if survivors.get(each, each) is None else records.creator(each).id
            for each in self.creators
        ]
        by_account = [queries.creator_of(AccountRef.parse(each)).id for each in self.accounts]
        return list(dict.fromkeys([*by_id, *by_account]))


class Added(BaseModel):
    """What became of those who were named."""

    added: int
    present: int


class Removed(BaseModel):
    """How many were taken off."""

    removed: int


class Annotation(Input):
    """Why a creator is on the list; blank for no note."""

    note: Annotated[str, Field(max_length=actions.LONGEST_NOTE)]


class FileKind(BaseModel):
    """How to write it down."""

    kind: Literal["csv", "xlsx"] = "csv"


@area.get("/lists", Action.CREATORS_READ, Page[KeptList])
def list_lists(request: Any, page: Query[Deleted]) -> Any:
    """List the lists."""
    rows = lists.deleted() if page.deleted else lists.lists()
    return paging.of_rows(request, rows, ("name", "id"), page, lambda kept: list(map(_shown, kept)))


def _shown(kept: Any) -> dict[str, Any]:
    return {"list": str(kept.id), **showing.list_as_json(kept)}


@area.post("/lists", Action.LISTS_EDIT, KeptList)
def create_list(request: Any, body: NewList) -> HttpResponse:
    """Begin an empty list."""
    kept = actions.create(
        name=body.name,
        is_exclusion=body.exclusion,
        workspace=request.desk.workspace,
        **operations.hand(request),
    )
    address = routes.url(request, "api:get_list", list_id=kept.id)
    return operations.made(_shown(lists.by_id(kept.id)), address)


@area.get("/lists/{uuid:list_id}", Action.CREATORS_READ, KeptList)
def get_list(request: Any, list_id: UUID) -> Any:
    """Get a list."""
    del request
    return _shown(lists.by_id(list_id))


_guarded = Guard(get_list, operations.row(CreatorList, "list_id"))


@area.patch("/lists/{uuid:list_id}", Action.LISTS_EDIT, KeptList, guard=_guarded)
def change_list(request: Any, list_id: UUID, body: ListChange) -> Any:
    """Rename a list, or say whether it excludes.

    Who is on an exclusion list is left out of every search, lookalike and plan.
    """
    kept = lists.by_id(list_id)
    if body.name is not None:
        actions.rename(kept=kept, name=body.name, **operations.hand(request))
    if body.exclusion is not None:
        actions.exclude(kept=kept, is_exclusion=body.exclusion, **operations.hand(request))
    return _shown(kept)


@area.delete("/lists/{uuid:list_id}", Action.LISTS_EDIT, guard=_guarded)
def delete_list(request: Any, list_id: UUID) -> None:
    """Delete a list.

    It can be restored, with everybody on it.
    """
    actions.delete(kept=lists.by_id(list_id), **operations.hand(request))


@area.post("/lists/{uuid:list_id}/restored", Action.LISTS_EDIT, KeptList, status=200)
def restore_list(request: Any, list_id: UUID) -> Any:
    """Bring a deleted list back."""
    kept = lists.by_id(list_id, is_deleted=True)
    actions.restore(kept=kept, **operations.hand(request))
    return _shown(kept)


@area.get("/lists/{uuid:list_id}/creators", Action.CREATORS_READ, Page[Entry])
def list_entries(request: Any, list_id: UUID, page: Query[EntryFilters]) -> Any:
    """List who is on a list.

    The last added comes first.
    """
    rows = lists.entries(lists.by_id(list_id), text=page.text)
    return paging.of_rows(request, rows, ("-added_at", "creator__name", "id"), page, _entries)


def _entries(shown: list[Any]) -> list[dict[str, Any]]:
    return [
        {"creator_id": str(entry.creator_id), **said}
        for entry, said in zip(shown, showing.entries(shown), strict=True)
    ]


@area.post("/lists/{uuid:list_id}/creators", Action.LISTS_EDIT, Added, status=200)
def add_to_list(request: Any, list_id: UUID, body: Named) -> Any:
    """Put creators on a list.

    Who is on it already stays as they are.
    """
    creators = body.found()
    added = actions.add(kept=lists.by_id(list_id), creators=creators, **operations.hand(request))
    return {"added": added, "present": len(creators) - added}


@area.post("/lists/{uuid:list_id}/creators/removed", Action.LISTS_EDIT, Removed, status=200)
def remove_from_list(request: Any, list_id: UUID, body: Named) -> Any:
    """Take creators off a list."""
    gone = actions.remove(
        kept=lists.by_id(list_id), creators=body.found(), **operations.hand(request)
    )
    return {"removed": gone}


@area.put("/lists/{uuid:list_id}/creators/{uuid:creator_id}/note", Action.LISTS_EDIT, Annotation)
def annotate_entry(request: Any, list_id: UUID, creator_id: UUID, body: Annotation) -> Any:
    """Say why a creator is on a list."""
    creator = records.creator(creator_id)
    actions.annotate(
        kept=lists.by_id(list_id), creator=creator.id, note=body.note, **operations.hand(request)
    )
    return {"note": body.note.strip()}


@area.get("/lists/{uuid:list_id}/file", Action.DATA_EXPORT, bytes)
def export_list(request: Any, list_id: UUID, file: Query[FileKind]) -> HttpResponse:
    """Take a list out as a file.

    The journal notes it.
    """
    table = exporting.of_list(
        kept=lists.by_id(list_id), workspace=request.desk.workspace, **operations.hand(request)
    )
    return exports.download(file.kind, table.name, table.columns, table.rows)

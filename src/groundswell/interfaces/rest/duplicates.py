"""Duplicates: creators who may be one, merged, parted, or left two."""

from typing import Any
from uuid import UUID

from ninja import Query
from pydantic import BaseModel

from groundswell.creators import queries, records, showing
from groundswell.creators.actions import duplicates
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.creators import CreatorShown
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input
from groundswell.people.policy import Action
from groundswell.workspaces import jobs

area = Area("Duplicates", "Creators who may be one, with the reasons.")


class Proposal(BaseModel):
    """Two creators who may be one."""

    first_id: UUID
    second_id: UUID
    first: list[str]
    second: list[str]
    score: float
    reasons: list[str]


class Merge(Input):
    """Who becomes whom."""

    creator: UUID
    into: UUID


class Pair(Input):
    """Two creators."""

    first: UUID
    second: UUID


class Queued(BaseModel):
    """Work that a worker will do."""

    state: str


class Dismissed(BaseModel):
    """Two creators who stay two."""

    dismissed: list[UUID]


@area.get("/duplicates", Action.CREATORS_READ, Page[Proposal])
def list_duplicates(request: Any, page: Query[Paging]) -> Any:
    """List creators who may be one.

    The surest pair comes first.
    """
    return paging.of_rows(request, queries.proposals(), ("-score", "id"), page, _proposals)


def _proposals(found: list[Any]) -> list[dict[str, Any]]:
    if not found:
        return []
    return [
        {"first_id": str(each.first_id), "second_id": str(each.second_id), **said}
        for each, said in zip(found, showing.proposals(found), strict=True)
    ]


@area.post("/duplicates/looked-for", Action.DUPLICATES_DECIDE, Queued, status=202)
def look_for_duplicates(request: Any) -> Any:
    """Look for duplicates among all creators.

    A worker does it. Nothing is merged by it.
    """
    jobs.defer("creators.find_duplicates", workspace=request.desk.workspace)
    return {"state": "queued"}


@area.post("/duplicates/merged", Action.DUPLICATES_DECIDE, CreatorShown, status=200)
def merge_creators(request: Any, body: Merge) -> Any:
    """Make one creator of two.

    Everything of the first becomes the second's; parting them gives it back.
    """
    absorbed, survivor = records.creator(body.creator), records.creator(body.into)
    duplicates.merge(creator=absorbed, into=survivor, **operations.hand(request))
    return showing.creator(survivor)


@area.post("/duplicates/dismissed", Action.DUPLICATES_DECIDE, Dismissed, status=200)
def dismiss_duplicate(request: Any, body: Pair) -> Any:
    """Say that two proposed creators are not one."""
    pair = [records.creator(each) for each in (body.first, body.second)]
    proposal = queries.proposal_of(*pair)
    duplicates.dismiss(proposal=proposal, **operations.hand(request))
    return {"dismissed": [str(each.id) for each in pair]}

"""When creators were contacted."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.creators import records, showing
from groundswell.creators.actions import outreach
from groundswell.interfaces.http import routes
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Day, Input
from groundswell.people.policy import Action

area = Area("Outreach", "When creators were contacted, by what, and by whom.")

Medium = Literal["email", "message", "phone", "post", "in_person", "other"]


class Outreach(BaseModel):
    """One time that a creator was contacted."""

    outreach: UUID
    day: str
    medium: Medium
    contacted_by: str
    note: str
    recorded_by: str
    recorded_at: str


class NewOutreach(Input):
    """A contact to note."""

    day: Day
    medium: Medium
    contacted_by: Annotated[
        str, Field(max_length=outreach.LONGEST_NAME, description="Blank for yourself.")
    ] = ""
    note: Annotated[str, Field(max_length=outreach.LONGEST_NOTE)] = ""


@area.get("/creators/{uuid:creator_id}/outreach", Action.CREATORS_READ, Page[Outreach])
def list_outreach(request: Any, creator_id: UUID, page: Query[Paging]) -> Any:
    """List when a creator was contacted.

    The last time comes first.
    """
    rows = records.outreach_of(records.creator(creator_id))
    return paging.of_rows(
        request, rows, ("-day", "-id"), page, lambda found: list(map(showing.outreach, found))
    )


@area.post("/creators/{uuid:creator_id}/outreach", Action.CREATORS_EDIT, Outreach)
def record_outreach(request: Any, creator_id: UUID, body: NewOutreach) -> HttpResponse:
    """Note that a creator was contacted."""
    creator = records.creator(creator_id)
    kept = outreach.record(
        creator=creator,
        day=body.day,
        medium=body.medium,
        contacted_by=body.contacted_by,
        note=body.note,
        **operations.hand(request),
    )
    address = routes.url(request, "api:get_outreach", creator_id=creator.id, outreach_id=kept.id)
    return operations.made(showing.outreach(kept), address)


@area.get("/creators/{uuid:creator_id}/outreach/{uuid:outreach_id}", Action.CREATORS_READ, Outreach)
def get_outreach(request: Any, creator_id: UUID, outreach_id: UUID) -> Any:
    """Get one time that a creator was contacted."""
    del request
    return showing.outreach(records.outreach(records.creator(creator_id), outreach_id))


@area.delete("/creators/{uuid:creator_id}/outreach/{uuid:outreach_id}", Action.CREATORS_EDIT)
def remove_outreach(request: Any, creator_id: UUID, outreach_id: UUID) -> None:
    """Take a contact away that never was.

    It can be put back.
    """
    kept = records.outreach(records.creator(creator_id), outreach_id)
    outreach.remove(outreach=kept, **operations.hand(request))


@area.post(
    "/creators/{uuid:creator_id}/outreach/{uuid:outreach_id}/restored",
    Action.CREATORS_EDIT,
    Outreach,
    status=200,
)
def restore_outreach(request: Any, creator_id: UUID, outreach_id: UUID) -> Any:
    """Put a contact back."""
    kept = records.outreach(records.creator(creator_id), outreach_id)
    outreach.put_back(outreach=kept, **operations.hand(request))
    return showing.outreach(kept)

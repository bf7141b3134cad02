"""Creators: who they are, and what the workspace itself writes and keeps about them."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query
from pydantic import BaseModel, Field, model_validator

from groundswell.creators import documents, queries, records, showing
from groundswell.creators.actions import attachments, contacts, duplicates, notes, rates, tags
from groundswell.creators.actions.contacts import UnknownContact
from groundswell.creators.choices import Channel, Consent, Purpose
from groundswell.creators.models import Attachment, Creator, Note
from groundswell.interfaces.http import routes
from groundswell.interfaces.rest import operations, paging, receiving, workspaces
from groundswell.interfaces.rest.operations import Area, Guard
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Day, Flag, Input
from groundswell.interfaces.rest.schemas import Count, JournalEntry
from groundswell.people.policy import Action
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.platforms import AccountRef

area = Area(
    "Creators", "Who they are, how to reach them, what they ask, and what is noted of them."
)


class AccountShown(BaseModel):
    """An account of a creator."""

    account: str
    display_name: str | None
    followers: Count
    counts_observed_at: str | None


class RateCard(BaseModel):
    """What one piece costs."""

    account: str
    format: str
    price: Annotated[str, Field(description="In major units, as decimal.", examples=["250.00"])]
    currency: str
    valid_from: date
    source: str


class Merged(BaseModel):
    """A creator that was merged into this one."""

    creator: UUID
    name: str


class CreatorShown(BaseModel):
    """A creator with all that belongs to it."""

    creator: UUID
    name: str
    accounts: list[AccountShown]
    rate_cards: list[RateCard]
    contacts: int
    merged: list[Merged]


class Price(Input):
    """What one piece costs from a day on."""

    format: Format
    price: Annotated[str, Field(max_length=30, examples=["250.00"])]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["USD"])]
    valid_from: Day

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        if self.money.minor >= 10**15:
            raise ValueError(f"a price is less than that, got {self.price!r}")
        return self

    @property
    def money(self) -> Money:
        """The price as money."""
        return Money.of(self.price, self.currency)


class NoteText(Input):
    """What to say of a creator."""

    text: Annotated[str, Field(min_length=1, max_length=notes.LONGEST)]


class NoteShown(BaseModel):
    """What a member wrote."""

    note: UUID
    text: str
    written_by: str
    written_at: str
    changed_at: str | None


class TagName(Input):
    """A word of the workspace's own."""

    name: Annotated[str, Field(min_length=1, max_length=tags.LONGEST)]


class Tags(BaseModel):
    """Tags by alphabet."""

    tags: list[str]


class TagUsed(BaseModel):
    """A tag, and how many creators have it."""

    name: str
    creators: int


class WhichTag(BaseModel):
    """Which tag."""

    name: Annotated[str, Field(min_length=1, max_length=tags.LONGEST)]


class ContactShown(BaseModel):
    """A way to reach a creator."""

    contact: UUID
    channel: Channel
    address: str
    city: str | None
    preferred: bool | None
    source: str
    consent: Consent
    last_verified: date | None


class NewContact(Input):
    """A contact, or what is newly known of one."""

    channel: Channel
    address: Annotated[str, Field(min_length=1, max_length=500, examples=["anna@example.com"])]
    city: Annotated[str, Field(max_length=200)] | None = None
    preferred: Flag | None = None
    consent: Consent | None = None
    last_verified: Day | None = None


class FileShown(BaseModel):
    """A file about a creator."""

    file: UUID
    name: str
    purpose: Purpose
    media_type: str
    bytes: int
    added_by: str
    added_at: str


class FileToKeep(BaseModel):
    """What a file is."""

    file_name: Annotated[str, Field(min_length=1, max_length=150, examples=["media-kit.pdf"])]
    purpose: Purpose = Purpose.OTHER


class Absorbed(Input):
    """Who was merged."""

    creator: UUID


@area.get("/accounts/{path:account}", Action.CREATORS_READ, CreatorShown)
def get_creator_of(request: Any, account: str) -> Any:
    """Get the creator of an account.

    The account is written `platform:handle` or `platform:platform_id`.
    """
    del request
    return showing.creator(queries.creator_of(AccountRef.parse(account)))


@area.get("/creators/{uuid:creator_id}", Action.CREATORS_READ, CreatorShown)
def get_creator(request: Any, creator_id: UUID) -> Any:
    """Get a creator.

    One who was merged leads to the survivor.
    """
    del request
    return showing.creator(records.creator(creator_id))


@area.get("/creators/{uuid:creator_id}/journal", Action.JOURNAL_READ, Page[JournalEntry])
def list_creator_journal(request: Any, creator_id: UUID, page: Query[Paging]) -> Any:
    """List what was done to a creator.

    The newest two hundred.
    """
    entries = records.journal(records.creator(creator_id), limit=200)
    return paging.of_list(request, workspaces.journal_entries(entries), page)


@area.post("/creators/{uuid:creator_id}/parted", Action.DUPLICATES_DECIDE, CreatorShown, status=200)
def part_creators(request: Any, creator_id: UUID, body: Absorbed) -> Any:
    """Part a creator again who was merged into this one."""
    shown = records.creator(creator_id)
    absorbed = queries.absorbed_by(shown).filter(id=body.creator).first()
    if absorbed is None:
        raise records.UnknownCreator(f"no creator {body.creator} was merged into {shown.name!r}")
    duplicates.unmerge(creator=absorbed, **operations.hand(request))
    return showing.creator(absorbed)


@area.put("/prices/{path:account}", Action.CREATORS_EDIT, CreatorShown)
def set_price(request: Any, account: str, body: Price) -> Any:
    """Say what a piece of an account costs.

    The account is written `platform:handle`; the price holds from a day on.
    """
    found = queries.find_account(AccountRef.parse(account))
    rates.set_price(
        account=found,
        kind=body.format,
        price=body.money,
        valid_from=body.valid_from,
        **operations.hand(request),
    )
    return showing.creator(Creator.objects.get(id=found.creator_id))


@area.get("/creators/{uuid:creator_id}/notes", Action.CREATORS_READ, Page[NoteShown])
def list_notes(request: Any, creator_id: UUID, page: Query[Paging]) -> Any:
    """List notes about a creator.

    The newest comes first.
    """
    rows = records.notes(records.creator(creator_id))
    return paging.of_rows(
        request, rows, ("-written_at", "-id"), page, lambda found: list(map(_note, found))
    )


def _note(note: Note) -> dict[str, Any]:
    return {
        "note": str(note.id),
        "text": note.text,
        "written_by": note.written_by,
        "written_at": note.written_at,
        "changed_at": note.changed_at,
    }


def _author(request: Any) -> dict[str, Any]:
    return {"author": request.desk.person.id, **operations.hand(request)}


@area.post("/creators/{uuid:creator_id}/notes", Action.CREATORS_EDIT, NoteShown)
def write_note(request: Any, creator_id: UUID, body: NoteText) -> HttpResponse:
    """Write a note about a creator."""
    shown = records.creator(creator_id)
    note = notes.write(creator=shown, text=body.text, **_author(request))
    address = routes.url(request, "api:get_note", creator_id=shown.id, note_id=note.id)
    return operations.made(_note(note), address)


@area.get("/creators/{uuid:creator_id}/notes/{uuid:note_id}", Action.CREATORS_READ, NoteShown)
def get_note(request: Any, creator_id: UUID, note_id: UUID) -> Any:
    """Get a note."""
    del request
    note = records.note(records.creator(creator_id), note_id)
    if note.removed_at is not None:
        raise records.UnknownNote(f"the note {note_id} was removed: put it back first")
    return _note(note)


_guarded = Guard(get_note, operations.row(Note, "note_id"))


@area.put(
    "/creators/{uuid:creator_id}/notes/{uuid:note_id}",
    Action.CREATORS_EDIT,
    NoteShown,
    guard=_guarded,
)
def change_note(request: Any, creator_id: UUID, note_id: UUID, body: NoteText) -> Any:
    """Give a note another text.

    Who wrote it may.
    """
    note = records.note(records.creator(creator_id), note_id)
    notes.change(note=note, text=body.text, **_author(request))
    return _note(note)


@area.delete(
    "/creators/{uuid:creator_id}/notes/{uuid:note_id}", Action.CREATORS_EDIT, guard=_guarded
)
def remove_note(request: Any, creator_id: UUID, note_id: UUID) -> None:
    """Take a note away.

    Who wrote it may; it can be put back.
    """
    note = records.note(records.creator(creator_id), note_id)
    notes.remove(note=note, **_author(request))


@area.post(
    "/creators/{uuid:creator_id}/notes/{uuid:note_id}/restored",
    Action.CREATORS_EDIT,
    NoteShown,
    status=200,
)
def restore_note(request: Any, creator_id: UUID, note_id: UUID) -> Any:
    """Put a note back."""
    note = records.note(records.creator(creator_id), note_id)
    notes.put_back(note=note, **_author(request))
    return _note(note)


@area.get("/tags", Action.CREATORS_READ, Page[TagUsed])
def list_tags(request: Any, page: Query[Paging]) -> Any:
    """List the workspace's tags."""
    return paging.of_rows(
        request,
        records.tags(),
        ("name", "id"),
        page,
        lambda found: [{"name": tag.name, "creators": tag.size} for tag in found],
    )


@area.get("/creators/{uuid:creator_id}/tags", Action.CREATORS_READ, Tags)
def list_tags_of(request: Any, creator_id: UUID) -> Any:
    """List the tags of a creator."""
    del request
    return {"tags": records.tags_of(records.creator(creator_id))}


@area.post("/creators/{uuid:creator_id}/tags", Action.CREATORS_EDIT, Tags, status=200)
def add_tag(request: Any, creator_id: UUID, body: TagName) -> Any:
    """Tag a creator.

    A tag that is on already stays.
    """
    tags.add(creator=records.creator(creator_id), name=body.name, **operations.hand(request))
    return list_tags_of(request, creator_id)


@area.delete("/creators/{uuid:creator_id}/tags", Action.CREATORS_EDIT)
def remove_tag(request: Any, creator_id: UUID, tag: Query[WhichTag]) -> None:
    """Take a tag off a creator."""
    tags.remove(creator=records.creator(creator_id), name=tag.name, **operations.hand(request))


@area.get("/creators/{uuid:creator_id}/contacts", Action.CONTACTS_READ, Page[ContactShown])
def list_contacts(request: Any, creator_id: UUID, page: Query[Paging]) -> Any:
    """List how to reach a creator."""
    return paging.of_list(request, _contacts(records.creator(creator_id)), page)


def _contacts(shown: Creator) -> list[dict[str, Any]]:
    ids = [contact.id for contact, _ in queries.contacts_of(shown)]
    return [
        {"contact": str(id_), **said}
        for id_, said in zip(ids, showing.contacts(shown), strict=True)
    ]


@area.post("/creators/{uuid:creator_id}/contacts", Action.CONTACTS_EDIT, ContactShown)
def save_contact(request: Any, creator_id: UUID, body: NewContact) -> Any:
    """Save a contact.

    An address that is known already learns what is new.
    """
    shown = records.creator(creator_id)
    made = contacts.add(
        creator=shown,
        channel=body.channel,
        address=body.address,
        details=body.model_dump(include={"city", "preferred", "consent", "last_verified"}),
        **operations.hand(request),
    )
    return next(said for said in _contacts(shown) if said["contact"] == str(made.id))


@area.delete("/creators/{uuid:creator_id}/contacts/{uuid:contact_id}", Action.CONTACTS_EDIT)
def remove_contact(request: Any, creator_id: UUID, contact_id: UUID) -> None:
    """Forget a contact."""
    shown = records.creator(creator_id)
    for contact, address in queries.contacts_of(shown):
        if contact.id == contact_id:
            contacts.remove(
                creator=shown,
                channel=contact.channel,
                address=address,
                **operations.hand(request),
            )
            return
    raise UnknownContact(f"{shown.name!r} has no contact {contact_id}")


@area.get("/creators/{uuid:creator_id}/files", Action.CREATORS_READ, Page[FileShown])
def list_files(request: Any, creator_id: UUID, page: Query[Paging]) -> Any:
    """List files about a creator.

    The newest comes first.
    """
    rows = records.files(records.creator(creator_id))
    return paging.of_rows(
        request, rows, ("-added_at", "-id"), page, lambda found: list(map(_file, found))
    )


def _file(kept: Attachment) -> dict[str, Any]:
    return {
        "file": str(kept.id),
        "name": kept.name,
        "purpose": kept.purpose,
        "media_type": kept.media_type,
        "bytes": kept.bytes,
        "added_by": kept.added_by,
        "added_at": kept.added_at,
    }


@area.upload(
    "/creators/{uuid:creator_id}/files",
    Action.CREATORS_EDIT,
    FileShown,
    sink=receiving.Memory,
    largest=documents.MOST_BYTES,
)
def add_file(request: Any, creator_id: UUID, file: Query[FileToKeep]) -> HttpResponse:
    """Keep a file about a creator.

    The same content again is kept once.
    """
    shown = records.creator(creator_id)
    kept = attachments.add(
        creator=shown,
        purpose=file.purpose,
        name=file.file_name,
        content=request.received.sink.content,
        **operations.hand(request),
    )
    address = routes.url(request, "api:get_file", creator_id=shown.id, file_id=kept.id)
    return operations.made(_file(kept), address)


@area.get("/creators/{uuid:creator_id}/files/{uuid:file_id}", Action.CREATORS_READ, bytes)
def get_file(request: Any, creator_id: UUID, file_id: UUID) -> HttpResponse:
    """Get the content of a file."""
    del request
    kept = records.file(records.creator(creator_id), file_id)
    path = attachments.path_of(kept)
    if kept.removed_at is not None or not path.is_file():
        raise records.UnknownFile(f"the file {kept.name!r} was removed: put it back first")
    response = HttpResponse(path.read_bytes(), content_type=kept.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, kept.name) or ""  # noqa: FBT003
    return response


@area.delete("/creators/{uuid:creator_id}/files/{uuid:file_id}", Action.CREATORS_EDIT)
def remove_file(request: Any, creator_id: UUID, file_id: UUID) -> None:
    """Take a file away.

    For thirty days it can be put back; then it is erased.
    """
    kept = records.file(records.creator(creator_id), file_id)
    attachments.remove(attachment=kept, **operations.hand(request))


@area.post(
    "/creators/{uuid:creator_id}/files/{uuid:file_id}/restored",
    Action.CREATORS_EDIT,
    FileShown,
    status=200,
)
def restore_file(request: Any, creator_id: UUID, file_id: UUID) -> Any:
    """Put a file back."""
    kept = records.file(records.creator(creator_id), file_id)
    attachments.put_back(attachment=kept, **operations.hand(request))
    return _file(kept)

"""Reads of what a workspace itself wrote and keeps about a creator."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from groundswell.creators.choices import ProposalState
from groundswell.creators.models import (
    Attachment,
    Creator,
    CreatorList,
    DuplicateProposal,
    ListEntry,
    Note,
    Outreach,
    Tag,
    TagUse,
)
from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import JournalEntry


class UnknownCreator(Refusal):
    """No creator of the workspace has that id."""

    code = "unknown_creator"


class UnknownNote(Refusal):
    """No note of the creator has that id."""

    code = "unknown_note"


class UnknownFile(Refusal):
    """No file of the creator has that id."""

    code = "unknown_file"


class UnknownOutreach(Refusal):
    """The creator was not contacted so."""

    code = "unknown_outreach"


@dataclass(frozen=True, slots=True)
class Record:
    """What the workspace has about a creator, removed things left out.

    Attributes:
        notes: The newest first.
        tags: Names, by alphabet.
        outreach: When they were contacted, the last time first.
        files: The newest first.
        lists: Lists that the creator is on.
        proposals: Other creators who may be the same, the surest first.
        absorbed: Creators merged into this one.
    """

    notes: list[Note]
    tags: list[str]
    outreach: list[Outreach]
    files: list[Attachment]
    lists: list[CreatorList]
    proposals: list[DuplicateProposal]
    absorbed: list[Creator]


def creator(creator_id: UUID) -> Creator:
    """The creator of that id, or the one that it was merged into.

    Raises:
        UnknownCreator: When the workspace has none.
    """
    found = Creator.objects.select_related("merged_into").filter(id=creator_id).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    if found is None:
        raise UnknownCreator(f"there is no creator {str(creator_id)!r} in this workspace")
    return found


def of(shown: Creator) -> Record:
    """The creator's record."""
    on = ListEntry.objects.filter(creator=shown, removed_at=None).values("list")
    pairs = DuplicateProposal.objects.filter(
        Q(first=shown) | Q(second=shown), state=ProposalState.PROPOSED
    )
    return Record(
        notes=list(notes(shown)),
        tags=tags_of(shown),
        outreach=list(outreach_of(shown)),
        files=list(files(shown)),
        lists=list(CreatorList.objects.filter(id__in=on, deleted_at=None).order_by("name", "id")),
        proposals=list(pairs.select_related("first", "second").order_by("-score", "id")[:5]),
        absorbed=list(Creator.objects.filter(merged_into=shown).order_by("name", "id")[:20]),
    )


def notes(shown: Creator) -> QuerySet[Note]:
    """Notes about a creator, the newest first."""
    return Note.objects.filter(creator=shown, removed_at=None).order_by("-written_at", "-id")


def note(shown: Creator, note_id: UUID) -> Note:
    """One note, removed or not.

    Raises:
        UnknownNote: When the creator has none of that id.
    """
    found = Note.objects.filter(creator=shown, id=note_id).select_related("creator").first()
    if found is None:
        raise UnknownNote(f"{shown.name!r} has no note {str(note_id)!r}")
    return found


def tags_of(shown: Creator) -> list[str]:
    """Names of the creator's tags, by alphabet."""
    used = TagUse.objects.filter(creator=shown).values("tag")
    return list(Tag.objects.filter(id__in=used).order_by("name").values_list("name", flat=True))


def outreach_of(shown: Creator) -> QuerySet[Outreach]:
    """When the creator was contacted, the last time first."""
    return Outreach.objects.filter(creator=shown, removed_at=None).order_by("-day", "-id")


def outreach(shown: Creator, outreach_id: UUID) -> Outreach:
    """A contact of the creator, removed or not.

    Raises:
        UnknownOutreach: When the creator has none of that id.
    """
    found = Outreach.objects.filter(creator=shown, id=outreach_id).first()
    if found is None:
        raise UnknownOutreach(f"{shown.name!r} has no noted contact {str(outreach_id)!r}")
    return found


def tags() -> QuerySet[Tag]:
    """The workspace's tags by alphabet, each with how many creators have it as ``size``."""
    used = TagUse.objects.filter(tag=OuterRef("id")).order_by().values("tag")
    size = used.annotate(size=Count("creator", distinct=True)).values("size")
    return Tag.objects.annotate(size=Coalesce(Subquery(size), 0)).order_by("name")


def files(shown: Creator) -> QuerySet[Attachment]:
    """Files about a creator, the newest first."""
    return Attachment.objects.filter(creator=shown, removed_at=None).order_by("-added_at", "-id")


def file(shown: Creator, file_id: UUID) -> Attachment:
    """One file, removed or not.

    Raises:
        UnknownFile: When the creator has none of that id.
    """
    found = Attachment.objects.filter(creator=shown, id=file_id)
    kept = found.select_related("creator", "workspace").first()
    if kept is None:
        raise UnknownFile(f"{shown.name!r} has no file {str(file_id)!r}")
    return kept


def journal(shown: Creator, *, limit: int) -> list[JournalEntry]:
    """What was done to a creator, the newest first."""
    named = str(shown.id)
    about = Q(details__creator=named) | Q(details__into=named) | Q(details__from=named)
    return list(JournalEntry.objects.filter(about).order_by("-at", "-id")[:limit])

"""Lists of creators: made, filled, annotated, and everything of it undone again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from groundswell.creators.actions import filing
from groundswell.creators.models import CreatorList, ListEntry
from groundswell.terms.errors import Refusal
from groundswell.terms.lines import is_line
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

LONGEST_NAME = 100
LONGEST_NOTE = 500
MOST_AT_ONCE = 10_000


class BadListName(Refusal, ValueError):
    """A name that no list can have."""

    code = "bad_list_name"


class ListNameTaken(Refusal):
    """Another list has that name."""

    code = "list_name_taken"


class TooManyAtOnce(Refusal):
    """More creators than one step may add."""

    code = "too_many_at_once"


class BadNote(Refusal, ValueError):
    """A note that can't be kept."""

    code = "bad_note"


def create(
    *, name: str, workspace: Workspace, by: str, now: datetime, is_exclusion: bool = False
) -> CreatorList:
    """Begin an empty list; who is put on an exclusion list is left out everywhere.

    Raises:
        BadListName: When the name is blank, too long or not plain text.
        ListNameTaken: When another list has it.
    """
    kept = CreatorList(
        workspace=workspace,
        name=_free(name),
        is_exclusion=is_exclusion,
        made_by=by,
        made_at=now,
    )
    _save(kept)
    journal.record(
        "list.created",
        workspace=workspace,
        by=by,
        now=now,
        subject=kept.name,
        details={"exclusion": True} if is_exclusion else {},
    )
    return kept


def rename(*, kept: CreatorList, name: str, by: str, now: datetime) -> None:
    """Give a list another name.

    Raises:
        BadListName: When the name is blank, too long or not plain text.
        ListNameTaken: When another list has it.
    """
    before, kept.name = kept.name, _free(name, but=kept)
    _save(kept)
    _file(kept)
    _record("list.renamed", kept, by, now, before=before)


def exclude(*, kept: CreatorList, is_exclusion: bool, by: str, now: datetime) -> None:
    """Say whether those on a list are left out of every search, lookalike and plan."""
    if kept.is_exclusion == is_exclusion:
        return
    kept.is_exclusion = is_exclusion
    kept.save(update_fields=["is_exclusion"])
    _file(kept)
    _record("list.excludes" if is_exclusion else "list.excludes_no_more", kept, by, now)


def delete(*, kept: CreatorList, by: str, now: datetime) -> None:
    """Take a list away, with its entries; ``restore`` brings it back."""
    kept.deleted_at = now
    kept.save(update_fields=["deleted_at"])
    _file(kept)
    _record("list.deleted", kept, by, now)


def restore(*, kept: CreatorList, by: str, now: datetime) -> None:
    """Bring a deleted list back as it was.

    Raises:
        ListNameTaken: When another list has taken its name.
    """
    kept.name = _free(kept.name, but=kept)
    kept.deleted_at = None
    _save(kept)
    _file(kept)
    _record("list.restored", kept, by, now)


def add(*, kept: CreatorList, creators: Sequence[UUID], by: str, now: datetime) -> int:
    """Put creators on a list; who is on it already stays as they are.

    Returns:
        How many were added.

    Raises:
        TooManyAtOnce: When there are more than ``MOST_AT_ONCE``.
    """
    wanted = list(dict.fromkeys(creators))
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyAtOnce(
            f"can't add {len(wanted):,} creators at once: narrow them to {MOST_AT_ONCE:,}"
        )
    entries = _locked(kept)
    here = set(entries.filter(removed_at=None).values_list("creator", flat=True))
    missing = [creator for creator in wanted if creator not in here]
    removed = entries.filter(origin__in=missing).exclude(removed_at=None)
    back = set(removed.values_list("origin", flat=True))
    removed.update(removed_at=None, added_by=by, added_at=now)
    ListEntry.objects.bulk_create(
        [
            ListEntry(
                workspace=kept.workspace,
                list=kept,
                origin_id=creator,
                creator_id=creator,
                added_by=by,
                added_at=now,
            )
            for creator in missing
            if creator not in back
        ],
        batch_size=2000,
    )
    if missing:
        filing.changed(missing, workspace=kept.workspace)
        _record("list.creators_added", kept, by, now, rows=len(missing))
    return len(missing)


def remove(*, kept: CreatorList, creators: Iterable[UUID], by: str, now: datetime) -> int:
    """Take creators off a list; ``put_back`` with the same moment undoes it.

    Returns:
        How many were taken off.
    """
    entries = _locked(kept).filter(creator__in=list(creators), removed_at=None)
    gone = set(entries.values_list("creator", flat=True))
    entries.update(removed_at=now)
    if gone:
        filing.changed(gone, workspace=kept.workspace)
        _record("list.creators_removed", kept, by, now, rows=len(gone))
    return len(gone)


def put_back(*, kept: CreatorList, removed_at: datetime, by: str, now: datetime) -> int:
    """Undo a removal: who was taken off at that moment is on the list again, with their notes.

    Returns:
        How many came back; 0 when it was undone before.
    """
    entries = _locked(kept).filter(removed_at=removed_at)
    back = set(entries.values_list("creator", flat=True))
    entries.update(removed_at=None)
    if back:
        filing.changed(back, workspace=kept.workspace)
        _record("list.creators_put_back", kept, by, now, rows=len(back))
    return len(back)


def annotate(*, kept: CreatorList, creator: UUID, note: str, by: str, now: datetime) -> None:
    """Write why a creator is on a list; a blank note takes it away.

    Raises:
        BadNote: When it is too long or holds what no text holds.
    """
    plain = note.strip().replace("\r\n", "\n")
    if len(plain) > LONGEST_NOTE or "\0" in plain:
        raise BadNote(
            f"can't keep a note of {len(plain):,} characters: "
            f"write at most {LONGEST_NOTE}, without NUL characters"
        )
    entries = _locked(kept).filter(creator=creator, removed_at=None).exclude(note=plain)
    if entries.update(note=plain):
        _record("list.note_changed", kept, by, now, creator=str(creator))


def _file(kept: CreatorList) -> None:
    """Have search follow of everybody on a list."""
    entries = ListEntry.objects.filter(list=kept, removed_at=None)
    filing.changed(entries.values_list("creator", flat=True), workspace=kept.workspace)


def _locked(kept: CreatorList) -> QuerySet[ListEntry]:
    """The entries of a list, which nobody else changes until our commit."""
    CreatorList.objects.select_for_update().get(id=kept.id)
    return ListEntry.objects.filter(list=kept)


def _free(name: str, *, but: CreatorList | None = None) -> str:
    """The name, when it can be had."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not is_line(plain):
        raise BadListName(
            f"can't name a list {plain[:40]!r}: write 1 to {LONGEST_NAME} plain characters"
        )
    others = CreatorList.objects.filter(deleted_at=None)
    if but is not None:
        others = others.exclude(id=but.id)
    if others.annotate(folded=Lower("name")).filter(folded=plain.lower()).exists():
        raise ListNameTaken(f"there is a list {plain!r} already: choose another name")
    return plain


def _save(kept: CreatorList) -> None:
    """Save a list whose name was free a moment ago."""
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise ListNameTaken(
            f"somebody made a list {kept.name!r} this moment: use that one, or choose another name"
        ) from None


def _record(
    event: str, kept: CreatorList, by: str, now: datetime, *, rows: int = 1, **details: str
) -> None:
    journal.record(
        event,
        workspace=kept.workspace,
        by=by,
        now=now,
        subject=kept.name,
        rows=rows,
        details={"list": str(kept.id), **details},
    )

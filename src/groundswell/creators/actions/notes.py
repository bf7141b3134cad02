"""Notes about creators: written, changed and removed by who wrote them, and put back again."""

from datetime import datetime
from uuid import UUID

from groundswell.creators.models import Creator, Note
from groundswell.terms.errors import Refusal
from groundswell.workspaces.actions import journal

LONGEST = 5000


class BadNote(Refusal, ValueError):
    """A note that can't be kept."""

    code = "bad_note"


class NotYours(Refusal):
    """A note that somebody else wrote."""

    code = "not_your_note"


def write(*, creator: Creator, text: str, author: UUID | None, by: str, now: datetime) -> Note:
    """Write a note about a creator.

    Raises:
        BadNote: When it is blank, too long, or no text.
    """
    note = Note.objects.create(
        workspace=creator.workspace,
        origin=creator,
        creator=creator,
        text=_checked(text),
        author=author,
        written_by=by,
        written_at=now,
    )
    _record("note.written", note, by, now)
    return note


def change(*, note: Note, text: str, author: UUID | None, by: str, now: datetime) -> None:
    """Give a note another text; who wrote it may.

    Raises:
        BadNote: When it is blank, too long, or no text.
        NotYours: When somebody else wrote it.
    """
    _own(note, author, "change")
    plain = _checked(text)
    if plain == note.text:
        return
    note.text, note.changed_at = plain, now
    note.save(update_fields=["text", "changed_at"])
    _record("note.changed", note, by, now)


def remove(*, note: Note, author: UUID | None, by: str, now: datetime) -> None:
    """Take a note away; ``put_back`` undoes it.

    Raises:
        NotYours: When somebody else wrote it.
    """
    _own(note, author, "remove")
    if note.removed_at is None:
        note.removed_at = now
        note.save(update_fields=["removed_at"])
        _record("note.removed", note, by, now)


def put_back(*, note: Note, author: UUID | None, by: str, now: datetime) -> None:
    """Undo a removal.

    Raises:
        NotYours: When somebody else wrote it.
    """
    _own(note, author, "put back")
    if note.removed_at is not None:
        note.removed_at = None
        note.save(update_fields=["removed_at"])
        _record("note.put_back", note, by, now)


def _checked(text: str) -> str:
    plain = text.replace("\r\n", "\n").strip()
    if not plain:
        raise BadNote("can't keep an empty note: write something, or leave it")
    if len(plain) > LONGEST:
        raise BadNote(f"can't keep a note of {len(plain):,} characters: {LONGEST:,} at most")
    if "\0" in plain:
        raise BadNote("can't keep a note with NUL characters: take them out")
    return plain


def _own(note: Note, author: UUID | None, verb: str) -> None:
    if note.author != author:
        raise NotYours(f"can't {verb} the note of {note.written_by}: write one of your own")


def _record(event: str, note: Note, by: str, now: datetime) -> None:
    journal.record(
        event,
        workspace=note.workspace,
        by=by,
        now=now,
        subject=note.creator.name,
        details={"creator": str(note.creator_id), "note": str(note.id)},
    )

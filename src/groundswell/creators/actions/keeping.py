"""Keeping what an import says of the workspace's own records: tags, and when whom was contacted."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection

from groundswell.creators.actions import contacts, filing
from groundswell.creators.choices import Medium
from groundswell.creators.models import Outreach, Tag, TagUse
from groundswell.workspaces.models import Workspace

NOTE = "As an import says; it doesn't say by what, or who it was."


def take(
    batches: Iterable[pa.RecordBatch], *, workspace: Workspace, by: str, now: datetime
) -> list[int]:
    """Write staged records; returns the source rows that said something new.

    Tags come besides those that are on; a contact is noted unless one of that day is known, be it
    that somebody has removed it.

    Args:
        batches: Resolved rows of the records table, with ``row`` and the account's UUID.
        workspace: Whose.
        by: Who imports.
        now: When.
    """
    changed: list[int] = []
    for batch in batches:
        rows = batch.to_pylist()
        owners = contacts.owners({UUID(row["account"]) for row in rows})
        shelf = _Shelf(workspace, by, now, {creator for creator, _ in owners.values()})
        tags = _tags({word for row in rows for word in row["tags"] or ()}, workspace)
        for row in rows:
            owner = owners[UUID(row["account"])]
            news = [shelf.tag(owner, tags[word]) for word in row["tags"] or ()]
            news.append(shelf.contact(owner, row["last_contact"]))
            if any(news):
                changed.append(row["row"])
        shelf.save()
    return changed


def _tags(words: Collection[str], workspace: Workspace) -> Mapping[str, UUID]:
    """The tag of each word; spelling follows who was first."""
    if not words:
        return {}
    made = [Tag(workspace=workspace, name=word) for word in sorted(words)]
    Tag.objects.bulk_create(made, ignore_conflicts=True, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tag.id FROM unnest(%s::text[]) word "
            "JOIN creators_tag tag ON lower(tag.name) = lower(word)",
            [list(words)],
        )
        return dict(cursor.fetchall())


class _Shelf:
    """The records of some creators, added to in memory and saved at once."""

    def __init__(
        self, workspace: Workspace, by: str, now: datetime, creators: Collection[UUID]
    ) -> None:
        self._workspace, self._by, self._now = workspace, by, now
        tagged = TagUse.objects.filter(creator__in=creators)
        self._tagged = set(tagged.values_list("creator", "tag"))
        contacted = Outreach.objects.filter(creator__in=creators)
        self._contacted = set(contacted.values_list("creator", "day"))
        self._uses: list[TagUse] = []
        self._outreach: list[Outreach] = []

    def tag(self, owner: tuple[UUID, UUID], tag: UUID) -> bool:
        """Put a tag on a creator; says whether it wasn't on."""
        creator, origin = owner
        if (creator, tag) in self._tagged:
            return False
        self._tagged.add((creator, tag))
        self._uses.append(
            TagUse(tag_id=tag, tagged_by=self._by, tagged_at=self._now, **self._of(creator, origin))
        )
        return True

    def contact(self, owner: tuple[UUID, UUID], day: date | None) -> bool:
        """Note that a creator was contacted on a day; says whether that is new."""
        creator, origin = owner
        if day is None or (creator, day) in self._contacted:
            return False
        self._contacted.add((creator, day))
        self._outreach.append(
            Outreach(
                day=day,
                medium=Medium.OTHER,
                contacted_by=self._by,
                note=NOTE,
                recorded_by=self._by,
                recorded_at=self._now,
                **self._of(creator, origin),
            )
        )
        return True

    def save(self) -> None:
        """Write what was added, and tell search of whom."""
        TagUse.objects.bulk_create(self._uses, ignore_conflicts=True, batch_size=2000)
        Outreach.objects.bulk_create(self._outreach, batch_size=2000)
        about = [each.creator_id for each in self._uses]
        about += [each.creator_id for each in self._outreach]
        filing.changed(about, workspace=self._workspace)

    def _of(self, creator: UUID, origin: UUID) -> dict[str, Any]:
        return {"workspace": self._workspace, "creator_id": creator, "origin_id": origin}

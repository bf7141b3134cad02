"""Tags: words of the workspace's own on creators."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Lower

from groundswell.creators.actions import filing
from groundswell.creators.models import Creator, Tag, TagUse
from groundswell.terms.errors import Refusal
from groundswell.terms.lines import LONGEST_TAG, MOST_TAGS, is_line
from groundswell.workspaces.actions import journal

LONGEST = LONGEST_TAG
MOST = MOST_TAGS  # on one creator


class BadTag(Refusal, ValueError):
    """A word that can't be a tag."""

    code = "bad_tag"


class TooManyTags(Refusal):
    """A creator has as many tags as one can read."""

    code = "too_many_tags"


def add(*, creator: Creator, name: str, by: str, now: datetime) -> Tag:
    """Tag a creator; a tag that is on already stays, and spelling follows who was first.

    Raises:
        BadTag: When the name is blank, too long or not plain text.
        TooManyTags: When the creator has ``MOST``.
    """
    plain = _checked(name)
    # Two at once: one waits here for the other, and finds the tag on.
    Creator.objects.select_for_update().get(pk=creator.pk)
    uses = TagUse.objects.filter(creator=creator)
    Tag.objects.bulk_create([Tag(workspace=creator.workspace, name=plain)], ignore_conflicts=True)
    tag = _named(plain).get()
    if uses.filter(tag=tag).exists():
        return tag
    if uses.values("tag").distinct().count() >= MOST:
        raise TooManyTags(f"{creator.name!r} has {MOST} tags: remove one before you add another")
    TagUse.objects.create(
        workspace=creator.workspace,
        tag=tag,
        origin=creator,
        creator=creator,
        tagged_by=by,
        tagged_at=now,
    )
    _record("tag.added", creator, tag.name, by, now)
    filing.changed([creator.id], workspace=creator.workspace)
    return tag


def remove(*, creator: Creator, name: str, by: str, now: datetime) -> None:
    """Take a tag off a creator; a tag that is on nobody is forgotten."""
    tag = _named(name.strip()).first()
    if tag is None:
        return
    gone, _ = TagUse.objects.filter(creator=creator, tag=tag).delete()
    if gone:
        _record("tag.removed", creator, tag.name, by, now)
        filing.changed([creator.id], workspace=creator.workspace)
    if not TagUse.objects.filter(tag=tag).exists():
        tag.delete()


def _checked(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST or not is_line(plain):
        raise BadTag(f"can't tag with {plain[:30]!r}: write 1 to {LONGEST} plain characters")
    return plain


def _named(name: str) -> models.QuerySet[Tag]:
    return Tag.objects.annotate(folded=Lower("name")).filter(folded=name.lower())


def _record(event: str, creator: Creator, tag: str, by: str, now: datetime) -> None:
    journal.record(
        event,
        workspace=creator.workspace,
        by=by,
        now=now,
        subject=creator.name,
        details={"creator": str(creator.id), "tag": tag},
    )

"""Notes, tags and what the workspace says of a creator follow them through merges."""

from uuid import uuid4

import pytest

from groundswell.creators import records
from groundswell.creators.actions import duplicates, notes, tags
from groundswell.creators.actions.notes import BadNote, NotYours
from groundswell.creators.actions.tags import BadTag, TooManyTags
from groundswell.creators.models import Creator, Note, Tag, TagUse
from groundswell.creators.records import UnknownCreator, UnknownNote
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry

ANNA, BEN = uuid4(), uuid4()


def creator(workspace, name="Anna Runs"):
    return Creator.objects.create(workspace=workspace, name=name)


def write(about, now, text="Answers within a day."):
    return notes.write(creator=about, text=text, author=ANNA, by="anna@acme.example", now=now)


def tag(about, name, now):
    return tags.add(creator=about, name=name, by="test", now=now)


def events():
    return list(JournalEntry.objects.order_by("at", "id").values_list("event", flat=True))


def test_a_note_is_written_changed_removed_and_put_back(inside, now):
    about = creator(inside)
    note = write(about, now)
    mine = {"note": note, "author": ANNA, "by": "anna@acme.example", "now": now}

    notes.change(text=" Answers within two days.\r\n", **mine)
    notes.remove(**mine)
    gone = records.of(about).notes
    notes.put_back(**mine)

    assert gone == []
    assert [kept.text for kept in records.of(about).notes] == ["Answers within two days."]
    assert events()[-4:] == ["note.written", "note.changed", "note.removed", "note.put_back"]


def test_the_same_text_again_changes_nothing(inside, now):
    note = write(creator(inside), now)

    notes.change(note=note, text=note.text, author=ANNA, by="anna@acme.example", now=now)

    assert note.changed_at is None


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 5001, "a\0b"])
def test_what_is_no_note_is_refused(inside, now, text):
    with pytest.raises(BadNote):
        write(creator(inside), now, text)

    assert not Note.objects.exists()


@pytest.mark.parametrize("act", [notes.remove, notes.put_back])
def test_nobody_touches_anothers_note(inside, now, act):
    note = write(creator(inside), now)

    with pytest.raises(NotYours, match=r"the note of anna@acme\.example"):
        act(note=note, author=BEN, by="ben@acme.example", now=now)

    assert Note.objects.get().removed_at is None


def test_a_note_is_asked_for_by_its_creator(inside, now):
    note = write(creator(inside), now)

    with pytest.raises(UnknownNote):
        records.note(creator(inside, "Ben"), note.id)


def test_a_tag_is_one_whatever_its_spelling(inside, now):
    one, other = creator(inside), creator(inside, "Ben")

    for about, name in ((one, "Trail  Running"), (one, "trail running"), (other, "TRAIL RUNNING")):
        tag(about, name, now)

    assert records.tags_of(other) == ["Trail Running"]
    assert [(kept.name, kept.size) for kept in records.tags()] == [("Trail Running", 2)]
    assert events()[-2:] == ["tag.added", "tag.added"]


def test_a_tag_on_nobody_is_forgotten(inside, now):
    about = creator(inside)
    tag(about, "vegan", now)

    for _ in range(2):
        tags.remove(creator=about, name="Vegan", by="test", now=now)

    assert not Tag.objects.exists()
    assert events()[-2:] == ["tag.added", "tag.removed"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 51, "a\0b", "a\u202eb"])
def test_what_is_no_tag_is_refused(inside, now, name):
    with pytest.raises(BadTag):
        tag(creator(inside), name, now)

    assert not TagUse.objects.exists()


def test_nobody_has_more_tags_than_one_can_read(inside, now):
    about = creator(inside)
    for number in range(tags.MOST):
        tag(about, f"tag {number}", now)

    with pytest.raises(TooManyTags):
        tag(about, "one more", now)

    assert len(records.tags_of(about)) == tags.MOST


def test_notes_and_tags_follow_a_merge_and_come_back(inside, now):
    one, other = creator(inside), creator(inside, "Ben")
    write(one, now)
    for about in (one, other):
        tag(about, "vegan", now)

    duplicates.merge(creator=one, into=other, by="test", now=now)
    merged = records.of(records.creator(one.id))
    duplicates.unmerge(creator=one, by="test", now=now)

    assert ([note.origin_id for note in merged.notes], merged.tags) == ([one.id], ["vegan"])
    assert merged.absorbed == [one]
    assert (records.of(other).notes, records.of(one).tags) == ([], ["vegan"])


def test_the_journal_of_a_creator_tells_what_was_done_to_them(inside, now):
    one, other = creator(inside), creator(inside, "Ben")
    write(one, now)
    write(other, now)
    duplicates.merge(creator=other, into=one, by="test", now=now)

    said = [entry.event for entry in records.journal(one, limit=10)]

    assert said == ["creator.merged", "note.written"]


def test_another_workspaces_creator_is_unknown(workspace, stranger):
    with access.inside(stranger):
        theirs = creator(stranger)

    with access.inside(workspace), pytest.raises(UnknownCreator):
        records.creator(theirs.id)

"""Lists: who is on them, and everything undone again."""

from datetime import timedelta

import pytest

from groundswell.creators import lists, queries
from groundswell.creators.actions import duplicates
from groundswell.creators.actions import lists as actions
from groundswell.creators.models import ListEntry
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.creators.conftest import account, counted


@pytest.fixture
def anna_ben_cleo(desk):
    """Three creators, by handle."""
    handles = ("anna", "ben", "cleo")
    desk.publish(
        accounts=[account(handle) for handle in handles],
        account_observations=[
            counted(handle, at * 1000, desk.now) for at, handle in enumerate(handles, 1)
        ],
    )
    with access.inside(desk.workspace):
        return {h: queries.creator_of(AccountRef.parse(f"instagram:{h}")).id for h in handles}


@pytest.fixture
def kept(anna_ben_cleo, inside, now):
    return actions.create(name="Trail", workspace=inside, by="test", now=now)


def names(kept, **how):
    return [entry.creator.name for entry in lists.entries(kept, **how)]


def events():
    return list(JournalEntry.objects.order_by("id").values_list("event", "rows"))


def test_adding_counts_only_who_was_not_on_the_list(kept, anna_ben_cleo, now):
    anna, ben, cleo = anna_ben_cleo.values()

    first = actions.add(kept=kept, creators=[anna, ben, anna], by="test", now=now)
    again = actions.add(kept=kept, creators=[ben, cleo], by="test", now=now)

    assert (first, again) == (2, 1)
    assert sorted(names(kept)) == ["anna", "ben", "cleo"]
    assert events()[-2:] == [("list.creators_added", 2), ("list.creators_added", 1)]


def test_adding_who_is_there_writes_nothing(kept, anna_ben_cleo, now):
    actions.add(kept=kept, creators=list(anna_ben_cleo.values()), by="test", now=now)
    before = events()

    assert actions.add(kept=kept, creators=list(anna_ben_cleo.values()), by="test", now=now) == 0
    assert events() == before


def test_more_than_one_step_may_add_are_refused_whole(kept, anna_ben_cleo, now, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)

    with pytest.raises(actions.TooManyAtOnce, match="can't add 3 creators at once"):
        actions.add(kept=kept, creators=list(anna_ben_cleo.values()), by="test", now=now)

    assert names(kept) == []


def test_a_removal_is_undone_with_its_notes(kept, anna_ben_cleo, now):
    anna, ben, cleo = anna_ben_cleo.values()
    actions.add(kept=kept, creators=[anna, ben, cleo], by="test", now=now)
    actions.annotate(kept=kept, creator=anna, note=" fast ", by="test", now=now)
    actions.remove(kept=kept, creators=[cleo], by="test", now=now + timedelta(1))
    actions.remove(kept=kept, creators=[anna, ben], by="test", now=now + timedelta(2))

    back = actions.put_back(kept=kept, removed_at=now + timedelta(2), by="test", now=now)
    twice = actions.put_back(kept=kept, removed_at=now + timedelta(2), by="test", now=now)

    assert (back, twice) == (2, 0)
    assert {e.creator.name: e.note for e in lists.entries(kept)} == {"anna": "fast", "ben": ""}


def test_somebody_removed_can_be_added_again(kept, anna_ben_cleo, now):
    anna = anna_ben_cleo["anna"]
    actions.add(kept=kept, creators=[anna], by="test", now=now)
    actions.remove(kept=kept, creators=[anna], by="test", now=now)

    assert actions.add(kept=kept, creators=[anna], by="test", now=now) == 1
    assert names(kept) == ["anna"]


def test_two_creators_who_become_one_are_one_on_a_list_until_they_part(kept, anna_ben_cleo, now):
    actions.add(kept=kept, creators=list(anna_ben_cleo.values()), by="test", now=now)
    anna, ben = (queries.creator_of(AccountRef.parse(f"instagram:{h}")) for h in ("anna", "ben"))

    duplicates.merge(creator=ben, into=anna, by="test", now=now)
    merged = sorted(names(kept)), lists.by_id(kept.id).size
    duplicates.unmerge(creator=ben, by="test", now=now)

    assert merged == (["anna", "cleo"], 2)
    assert sorted(names(kept)) == ["anna", "ben", "cleo"]


def test_entries_are_sorted_by_the_followers_of_the_largest_account(kept, anna_ben_cleo, now):
    actions.add(kept=kept, creators=list(anna_ben_cleo.values()), by="test", now=now)

    assert names(kept, order="followers") == ["cleo", "ben", "anna"]
    assert names(kept, order="name", text="N") == ["anna", "ben"]


def test_previews_say_what_adding_would_do(kept, anna_ben_cleo, inside, now):
    anna, ben, _ = anna_ben_cleo.values()
    actions.add(kept=kept, creators=[anna], by="test", now=now)
    actions.create(name="Road", workspace=inside, by="test", now=now)

    found = {p.kept.name: (p.adds, p.present) for p in lists.previews([anna, ben])}

    assert found == {"Road": (2, 0), "Trail": (1, 1)}


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b", "a\u202eb"])
def test_names_that_nobody_can_read_are_refused(inside, now, name):
    with pytest.raises(actions.BadListName):
        actions.create(name=name, workspace=inside, by="test", now=now)

    assert lists.lists().count() == 0


def test_a_name_belongs_to_one_list_without_regard_to_case(kept, inside, now):
    with pytest.raises(actions.ListNameTaken):
        actions.create(name=" trail ", workspace=inside, by="test", now=now)


def test_a_deleted_list_comes_back_whole_unless_its_name_is_taken(kept, anna_ben_cleo, inside, now):
    actions.add(kept=kept, creators=list(anna_ben_cleo.values()), by="test", now=now)
    actions.delete(kept=kept, by="test", now=now)
    other = actions.create(name="Trail", workspace=inside, by="test", now=now)

    with pytest.raises(actions.ListNameTaken):
        actions.restore(kept=lists.by_id(kept.id, is_deleted=True), by="test", now=now)
    actions.rename(kept=other, name="Road", by="test", now=now)
    actions.restore(kept=lists.by_id(kept.id, is_deleted=True), by="test", now=now)

    assert [(each.name, each.size) for each in lists.lists()] == [("Road", 0), ("Trail", 3)]


def test_a_note_that_is_too_long_changes_nothing(kept, anna_ben_cleo, now):
    anna = anna_ben_cleo["anna"]
    actions.add(kept=kept, creators=[anna], by="test", now=now)

    with pytest.raises(actions.BadNote):
        actions.annotate(kept=kept, creator=anna, note="x" * 501, by="test", now=now)

    assert ListEntry.objects.get().note == ""


def test_a_list_of_another_workspace_is_not_there(workspace, stranger, now):
    with access.inside(workspace):
        mine = actions.create(name="Trail", workspace=workspace, by="test", now=now)

    with access.inside(stranger), pytest.raises(lists.UnknownList):
        lists.by_id(mine.id)

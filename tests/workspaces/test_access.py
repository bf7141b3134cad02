import pytest
from django.db import ProgrammingError, connection

from groundswell.workspaces import access
from groundswell.workspaces.actions import journal, workspaces
from groundswell.workspaces.models import JournalEntry, Workspace


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def test_inside_takes_the_applications_role_and_gives_it_back(workspace):
    owner = current_role()

    with access.inside(workspace):
        assert current_role() == "groundswell_app"
    assert current_role() == owner


def test_inside_gives_the_role_back_after_an_error(workspace):
    owner = current_role()

    with pytest.raises(ZeroDivisionError), access.inside(workspace):
        1 / 0  # noqa: B018
    assert current_role() == owner


def test_one_workspace_cannot_be_entered_inside_another(workspace, stranger, now):
    with (
        access.inside(workspace),
        pytest.raises(access.AlreadyInside, match="stranger"),
        access.inside(stranger),
    ):
        journal.record("never", workspace=stranger, by="test", now=now)
    with access.inside(stranger):
        assert not JournalEntry.objects.filter(event="never").exists()


def test_a_workspace_sees_itself_only(workspace, stranger):
    with access.inside(workspace):
        assert [found.slug for found in Workspace.objects.all()] == ["anna"]


def test_an_unknown_workspace_is_refused_by_name(db):
    with pytest.raises(access.UnknownWorkspace, match="'nobody'"):
        access.workspace_named("nobody")


@pytest.mark.parametrize("statement", ["UPDATE {} SET by = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_journal_only_grows_even_for_the_owner(workspace, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match="only grows"):
            cursor.execute(statement.format("workspaces_journalentry"))


def test_a_journal_entry_says_who_did_what_when_and_to_how_many(inside, now):
    journal.record("posts.imported", workspace=inside, by="anna@example.org", now=now, rows=3)

    entry = JournalEntry.objects.get(event="posts.imported")
    assert (entry.by, entry.at, entry.rows) == ("anna@example.org", now, 3)


@pytest.mark.parametrize("slug", ["", "../x", "a/b", "Acme", "[/x]", "x" * 51, "a\n"])
def test_a_workspace_needs_a_name_that_fits_everywhere(db, home, now, slug):
    with pytest.raises(workspaces.BadWorkspace):
        workspaces.create(slug=slug, name="Acme", by="test", now=now)

    assert not Workspace.objects.exists()

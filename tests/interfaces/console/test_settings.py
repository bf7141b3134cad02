"""Settings: the workspace, its people, its tokens."""

import pytest

from groundswell.people import queries
from groundswell.people.models import Invitation, Member
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry, Workspace

PAGES = ["settings", "settings/tiers", "settings/formulas", "settings/members", "settings/data"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["viewer", "owner"])
def test_everybody_reads_the_settings(cast, page, role):
    assert cast.browser(role).get(cast.path(page)).status_code == 200


@pytest.mark.parametrize("page", ["settings/tokens", "settings/journal"])
def test_tokens_and_journal_are_not_for_viewers(cast, page):
    assert cast.browser("viewer").get(cast.path(page)).status_code == 403
    assert cast.browser("admin").get(cast.path(page)).status_code == 200


def test_an_admin_changes_the_workspace_and_a_viewer_does_not(cast, workspace):
    form = {"name": "Anna & Co", "currency": "EUR", "time_zone": "Europe/Paris"}

    assert cast.browser("viewer").post(cast.path("settings/change"), form).status_code == 403
    assert cast.browser("admin").post(cast.path("settings/change"), form).status_code == 302

    changed = Workspace.objects.get(id=workspace.id)
    assert (changed.name, changed.currency, changed.time_zone) == tuple(form.values())
    with access.inside(workspace):
        entry = JournalEntry.objects.get(event="workspace.changed")
        assert (entry.by, entry.details["name"]) == ("admin@anna.example", ["Anna", "Anna & Co"])


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"currency": "XXX"}, {"time_zone": "Moon"}, {"name": "a\x00b"}]
)
def test_a_workspace_that_cannot_be_is_refused_beside_the_field(cast, workspace, wrong):
    form = {"name": "Anna", "currency": "EUR", "time_zone": "UTC"} | wrong

    answer = cast.browser("owner").post(cast.path("settings/change"), form)

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    assert Workspace.objects.get(id=workspace.id).currency == "USD"


def test_tiers_that_do_not_rise_are_refused(cast, workspace):
    form = {"name": "mine", "nano": 5, "micro": 4, "mid": 6, "macro": 7, "mega": 8}

    answer = cast.browser("owner").post(cast.path("settings/tiers/change"), form)

    assert (answer.status_code, b"must rise" in answer.content) == (422, True)
    assert Workspace.objects.get(id=workspace.id).tiers.name == "activate"


def test_an_invitation_is_made_shown_once_and_taken(cast, workspace, client):
    form = {"email": "ben@example.com", "role": "editor"}
    page = cast.browser("admin").post(cast.path("settings/members/invite"), form)
    link = page.context["made"]["link"]

    assert client.get(link).status_code == 200
    taken = client.post(link, {"name": "Ben", "password": "a long enough sentence"})

    assert taken.headers["Location"] == "/w/anna/"
    assert client.get(link).status_code == 410
    with access.inside(workspace):
        assert "ben@example.com" in [row["email"] for row in queries.members()]


def test_an_admin_neither_makes_nor_removes_owners(cast, workspace):
    owner, admin = cast.member_id("owner"), cast.browser("admin")

    admin.post(cast.path(f"settings/members/{owner}/remove"))
    admin.post(cast.path(f"settings/members/{owner}/role"), {"role": "viewer"})
    answer = admin.post(
        cast.path("settings/members/invite"), {"email": "x@example.com", "role": "owner"}
    )

    assert answer.status_code == 422
    with access.inside(workspace):
        assert Member.objects.get(id=owner).role == "owner"
        assert Invitation.objects.count() == 0


def test_a_member_of_another_workspace_is_not_there(cast, workspace, stranger, now):
    theirs = type(cast)(stranger, now).member_id("viewer")

    answer = cast.browser("owner").post(cast.path(f"settings/members/{theirs}/remove"))

    assert answer.status_code == 404
    with access.inside(stranger):
        assert Member.objects.filter(id=theirs).exists()


def test_a_token_is_shown_once(cast):
    browser = cast.browser("owner")
    form = {"name": "nightly", "scopes": ["creators.read"], "days": "30"}

    made = browser.post(cast.path("settings/tokens/make"), form)
    secret = made.context["made"]["secret"]

    assert secret.encode() in made.content
    assert secret.encode() not in browser.get(cast.path("settings/tokens")).content


def test_the_journal_is_filtered_and_keeps_html_as_text(cast, workspace):
    browser = cast.browser("owner")
    name = "<script>alert(1)</script>"
    browser.post(
        cast.path("settings/change"), {"name": name, "currency": "USD", "time_zone": "UTC"}
    )

    found = browser.get(cast.path("settings/journal"), {"event": "workspace.changed"})

    assert [entry.event for entry in found.context["entries"]] == ["workspace.changed"]
    assert b"<script>alert" not in found.content
    assert browser.get(cast.path("settings/journal"), {"since": "nonsense"}).status_code == 422


def test_the_journal_goes_home_as_a_file_with_the_filters_that_are_set(cast):
    cast.browser("owner").post(
        cast.path("settings/change"), {"name": "Anna", "currency": "EUR", "time_zone": "UTC"}
    )
    export, only = cast.path("settings/journal/export/csv"), {"event": "workspace.changed"}

    answer = cast.browser("owner").get(export, only)

    head, *entries = answer.content.decode("utf-8-sig").splitlines()
    assert head == "at,by,event,subject,rows,details"
    assert [entry.split(",")[1:3] for entry in entries] == [
        ["owner@anna.example", "workspace.changed"]
    ]
    assert cast.browser("viewer").get(export).status_code == 403


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu"])
def test_the_journal_knows_the_first_and_the_last_day_of_all(cast, day, zone):
    form = {"name": "Anna", "currency": "EUR", "time_zone": zone}
    cast.browser("admin").post(cast.path("settings/change"), form)
    journal = cast.path("settings/journal")

    bounded = [cast.browser("admin").get(journal, {end: day}) for end in ("since", "until")]

    everything, nothing = 2, 0
    shown = [everything, nothing] if day == "0001-01-01" else [nothing, everything]
    assert [len(answer.context["rows"]) for answer in bounded] == shown


@pytest.mark.parametrize("route", ["change", "tiers/change", "members/invite", "tokens/make"])
def test_what_changes_something_is_never_a_get(cast, route):
    assert cast.browser("owner").get(cast.path(f"settings/{route}")).status_code == 405

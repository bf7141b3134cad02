"""The creator page: evidence for everybody, and what the team keeps for those who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundswell.creators import queries
from groundswell.creators.actions import duplicates, notes
from groundswell.creators.models import Account, Creator
from groundswell.interfaces.console.creators import safe
from groundswell.planning.models import Plan
from groundswell.workspaces import access
from tests.vetting.conftest import Desk, runners

PARTS = ["", "/charts", "/posts", "/history"]
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def desk(workspace, tmp_path, now):
    """Twenty-five vetted runners, and one with an audience, comments, a contact and a price."""
    desk = Desk(workspace, tmp_path, now)
    desk.publish(**runners(now))
    one = {"platform": "instagram", "account_handle": "runner07"}
    desk.publish(
        audience_shares=[
            {
                **one,
                "dimension": "country",
                "value": "US",
                "observed_at": now,
                "source": "api",
                "share": 0.6,
                "sample_size": 200,
            }
        ],
        comments=[{**one, "comment_id": "c1", "post_id": "runner07-1", "text": "So good"}],
        contacts=[{**one, "channel": "email", "address": "r7@mail.example", "source": "import"}],
        rate_cards=[
            {**one, "format": "reel", "price": 25_000, "currency": "EUR", "source": "import"}
        ],
    )
    desk.vet()
    return desk


@pytest.fixture
def runner(desk):
    """That one."""
    with access.inside(desk.workspace):
        return queries.Creator.objects.get(id=Account.objects.get(handle="runner07").creator_id)


@pytest.fixture
def page(cast, runner):
    """The address of the page, or of a part of it."""
    return lambda part="": cast.path(f"creators/{runner.id}{part}")


def text(answer):
    return answer.content.decode()


def test_a_viewer_reads_the_evidence_and_no_contacts(cast, page):
    shown = text(cast.browser("viewer").get(page()))

    assert "runner07" in shown
    assert "Likes over 6 posts" in shown  # a sentence of the evidence
    assert "cannot say" in shown  # life moments
    assert "among" in shown
    assert "250.00 EUR" in shown
    assert "r7@mail.example" not in shown
    assert "Add note" not in shown


def test_an_editor_sees_contacts_and_forms(cast, page):
    shown = text(cast.browser("editor").get(page()))

    assert "r7@mail.example" in shown
    assert "Add note" in shown


@pytest.mark.parametrize("part", PARTS)
def test_every_part_answers_for_everybody_who_may_read(cast, page, part):
    assert cast.browser("viewer").get(page(part)).status_code == 200


def test_the_charts_have_the_audience_with_its_source(cast, page):
    shown = text(cast.browser("viewer").get(page("/charts")))

    assert "United States" in shown
    assert "measured on 200 people" in shown
    assert "Engagement by followers, among peers" in shown


BRIEF = """
name = "Shoes"
objective = "reach"
budget = { amount = 1000, currency = "USD" }
start = 2027-03-01
end = 2027-04-11
[creators]
"""


def planned(cast, audience, now):
    with access.inside(cast.workspace):
        return Plan.objects.create(
            workspace=cast.workspace,
            name="Shoes",
            objective="reach",
            budget_minor=100_000,
            spend_minor=0,
            currency="USD",
            document={},
            starts_on=now.date(),
            ends_on=now.date(),
            brief_text=BRIEF + audience,
            seed=1,
            engine_version="1",
            data_revision=1,
            proposed_at=now,
            proposed_by="anna",
        )


def test_an_audience_is_held_against_the_target_of_a_plan(cast, page, now):
    plan = planned(cast, '[audience]\ncountries = ["US"]\nlanguages = ["en"]\n', now)
    browser = cast.browser("viewer")

    assert "choose a plan" in text(browser.get(page("/charts")))
    shown = text(browser.get(page("/charts") + f"?plan={plan.id}"))
    assert "60.0%" in shown or "60%" in shown
    assert "Everything together" in shown
    assert "no source says how the audience is made up by language" in shown
    assert f"&amp;plan={plan.id}" in text(browser.get(page() + f"?plan={plan.id}"))


def test_without_an_audience_in_the_brief_everybody_is_in_its_target(cast, page, now):
    plan = planned(cast, "", now)

    shown = text(cast.browser("viewer").get(page("/charts") + f"?plan={plan.id}"))

    assert "names no audience, so everybody is in its target" in shown


def test_a_plan_that_is_not_there_is_not_found(cast, page):
    assert cast.browser("viewer").get(page("/charts") + "?plan=mine").status_code == 404


def test_the_posts_come_with_what_people_write(cast, page):
    shown = text(cast.browser("viewer").get(page("/posts")))

    assert "runner07 1" in shown
    assert "So good" in shown


@pytest.mark.parametrize(
    ("measure", "shows"),
    [
        ("originality", "runner07"),
        ("daily_growth", "steepest"),
        ("country_concentration", "United States"),
        ("topical_comments", "So good"),
        ("interest_concentration", "Nothing that it was seen on"),
    ],
)
def test_evidence_is_clicked_through_to_what_it_was_seen_on(cast, page, measure, shows):
    assert shows in text(cast.browser("viewer").get(page(f"/exhibits/{measure}")))


def test_a_post_that_is_named_is_shown_alone(cast, page):
    shown = text(cast.browser("viewer").get(page("/exhibits/originality"), {"post": "runner07-1"}))

    assert "1 row," in shown


def test_what_was_never_measured_has_no_exhibit(cast, page):
    assert cast.browser("viewer").get(page("/exhibits/charisma")).status_code == 404


def test_the_page_says_what_would_change_the_verdict_and_who_the_peers_are(cast, page):
    shown = text(cast.browser("viewer").get(page()))

    assert "is the nearest signal" in shown
    assert "Compared with 24 accounts on" in shown
    assert "discover?f=platform%3Dinstagram&amp;f=followers%3E%3D" in shown


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "٣"])
def test_a_page_of_posts_that_is_none_is_an_empty_or_the_first_one(cast, page, number):
    assert cast.browser("viewer").get(page("/posts"), {"page": number}).status_code == 200


def test_the_journal_is_for_those_who_may_read_it(cast, page, runner, workspace, now):
    with access.inside(workspace):
        notes.write(creator=runner, text="Hi", author=None, by="operator", now=now)

    assert "Note written" in text(cast.browser("owner").get(page("/history")))
    assert "Note written" not in text(cast.browser("viewer").get(page("/history")))


def test_the_page_asks_as_often_for_one_account_as_for_ten(cast, page, runner, workspace):
    browser = cast.browser("owner")
    with CaptureQueriesContext(connection) as one:
        browser.get(page())
    with access.inside(workspace):
        for number in range(10, 20):
            Account.objects.filter(handle=f"runner{number}").update(creator=runner)

    with CaptureQueriesContext(connection) as ten:
        shown = text(browser.get(page()))

    assert "runner19" in shown
    assert len(ten) == len(one) <= 32


def test_an_account_leads_to_its_creator(cast, page, desk):
    answer = cast.browser("viewer").get(cast.path("accounts/instagram:runner07"))

    account = desk.account("runner07")
    assert (answer.status_code, answer.url) == (302, f"{page()}?account={account.id}")


@pytest.mark.parametrize(("ref", "status"), [("instagram:nobody", 404), ("moon:anna", 422)])
def test_an_account_that_is_none_is_not_found(cast, desk, ref, status):
    assert cast.browser("viewer").get(cast.path(f"accounts/{ref}")).status_code == status


def test_a_merged_creator_leads_to_the_survivor_and_can_be_parted(cast, page, desk, runner, now):
    with access.inside(desk.workspace):
        other = Creator.objects.get(id=Account.objects.get(handle="runner08").creator_id)
        duplicates.merge(creator=other, into=runner, by="test", now=now)
    browser = cast.browser("editor")

    led = browser.get(cast.path(f"creators/{other.id}"))
    parted = browser.post(page(f"/unmerge/{other.id}"))

    assert (led.status_code, led.url) == (302, page())
    assert parted.status_code == 303
    assert browser.get(cast.path(f"creators/{other.id}")).status_code == 200


@pytest.mark.parametrize("part", PARTS)
def test_another_workspaces_creator_is_not_found(cast, stranger, part):
    with access.inside(stranger):
        theirs = Creator.objects.create(workspace=stranger, name="Secret")

    answer = cast.browser("owner").get(cast.path(f"creators/{theirs.id}{part}"))

    assert (answer.status_code, b"Secret" in answer.content) == (404, False)


def test_an_account_after_the_last_vetting_is_worked_out_on_its_own(cast, desk, now):
    desk.publish(accounts=[{"platform": "instagram", "handle": "late"}])
    with access.inside(desk.workspace):
        late = Account.objects.get(handle="late").creator_id
    browser = cast.browser("viewer")

    waiting = text(browser.get(cast.path(f"creators/{late}")))
    worked_out = text(browser.get(cast.path(f"creators/{late}/scorecard")))

    assert f"creators/{late}/scorecard" in waiting
    assert "Worked out just now" in worked_out


def test_a_creator_without_accounts_says_what_to_do(cast, workspace):
    with access.inside(workspace):
        bare = Creator.objects.create(workspace=workspace, name="Bare")
    browser = cast.browser("viewer")

    assert "No account is known" in text(browser.get(cast.path(f"creators/{bare.id}")))
    assert browser.get(cast.path(f"creators/{bare.id}/charts")).content == b""


@pytest.mark.parametrize(
    ("address", "is_followed"),
    [
        ("https://anna.example/x", True),
        ("http://anna.example", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://user:word@anna.example", False),
        ("https://[", False),
        ("//anna.example", False),
        ("data:text/html,x", False),
    ],
)
def test_only_plain_https_addresses_are_followed(address, is_followed):
    assert (safe(address).url is not None) == is_followed


def test_what_people_wrote_is_text_and_no_markup(cast, page, workspace, runner, now):
    with access.inside(workspace):
        notes.write(creator=runner, text=MARKUP, author=None, by="x", now=now)
        Account.objects.filter(handle="runner07").update(
            bio=MARKUP, categories=[MARKUP], links=[f"javascript:{MARKUP}"], url="javascript:1"
        )

    shown = text(cast.browser("owner").get(page()))

    assert MARKUP not in shown
    assert 'href="javascript' not in shown

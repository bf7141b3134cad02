"""The review queue, the page of one account, and the creator's own page, in the browser."""

import re

import pytest
from django.test import Client

from groundswell.creators.models import Account, Creator, Note
from groundswell.vetting import reviews
from groundswell.vetting.actions import replies
from groundswell.vetting.evidence import Signal
from groundswell.vetting.models import Decision, Reply, Review
from groundswell.workspaces import access
from tests.support import planting

SAID = "Likes over 10 posts vary unusually little for its size (robust z -6.0)."
SECRETS = "a note of the team"


@pytest.fixture
def odd(cast):
    """An account in the queue, with a note about its creator."""
    with access.inside(cast.workspace):
        creator = planting.plant(Creator, cast.workspace, name="Anna")
        account = planting.plant(
            Account, cast.workspace, creator=creator, platform="instagram", handle="anna"
        )
        signal = Signal("likes_spread_residual", SAID, -6.0, 10, cast.now)
        Review.objects.create(
            workspace=cast.workspace,
            account=account,
            opened_at=cast.now,
            changed_at=cast.now,
            evidence=[signal.as_json()],
            kinds=[signal.kind],
            strength=6.0,
        )
        planting.plant(Note, cast.workspace, creator=creator, text=SECRETS)
    return account


def decide(cast, odd, role="editor", *, seen=0, ruling="cleared", reason="A giveaway."):
    form = {"ruling": ruling, "reason": reason, "seen": seen}
    return cast.browser(role).post(cast.path(f"reviews/{odd.id}/decide"), form)


def link(cast, odd):
    answer = cast.browser("editor").post(cast.path(f"reviews/{odd.id}/link"))
    [address] = re.findall(r'id="link">([^<]+)<', answer.content.decode())
    return "/" + address.split("/", 3)[3]


def test_an_empty_queue_says_so(cast):
    answer = cast.browser("viewer").get(cast.path("reviews"))
    assert "Not vetted yet" in answer.content.decode()


def test_the_queue_lists_and_filters(cast, odd):
    browser = cast.browser("viewer")

    assert str(odd.id) in browser.get(cast.path("reviews")).content.decode()
    other = browser.get(cast.path("reviews?platform=tiktok")).content.decode()
    assert "No account fits" in other
    assert browser.get(cast.path("reviews?kind=nonsense")).status_code == 422
    assert (
        "Nothing was decided yet" in browser.get(cast.path("reviews?show=decided")).content.decode()
    )


def test_a_viewer_sees_the_evidence_and_cannot_decide(cast, odd):
    page = cast.browser("viewer").get(cast.path(f"reviews/{odd.id}")).content.decode()

    assert SAID in page
    assert "What would change it" in page
    assert 'id="decide"' not in page
    assert decide(cast, odd, "viewer").status_code == 403
    assert cast.browser("viewer").post(cast.path(f"reviews/{odd.id}/link")).status_code == 403


def test_an_editor_decides(cast, odd):
    assert decide(cast, odd).status_code == 302
    page = cast.browser("viewer").get(cast.path("reviews?show=decided")).content.decode()
    assert str(odd.id) in page
    assert (
        "A giveaway." in cast.browser("viewer").get(cast.path(f"reviews/{odd.id}")).content.decode()
    )


def test_a_decision_without_a_reason_is_asked_for_one(cast, odd):
    assert decide(cast, odd, reason=" ").status_code == 422
    with access.inside(cast.workspace):
        assert Decision.objects.count() == 0


def test_who_decides_second_sees_what_was_decided_and_can_revise_it(cast, odd):
    decide(cast, odd)
    late = decide(cast, odd, "admin", ruling="confirmed_concern", reason="It looks odd.")

    assert late.status_code == 409
    page = late.content.decode()
    assert "editor@anna.example decided" in page
    assert 'name="seen" value="1"' in page
    assert decide(cast, odd, "admin", seen=1, ruling="confirmed_concern").status_code == 302


def test_the_creator_reads_and_answers_without_a_login(cast, odd):
    address, creator = link(cast, odd), Client()
    page = creator.get(address)

    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "no-store" in page.headers["Cache-Control"]
    assert SAID in page.content.decode()
    assert creator.post(address, {"text": "<b>It was a giveaway.</b>"}).status_code == 302
    assert "&lt;b&gt;It was a giveaway." in creator.get(address).content.decode()
    page = cast.browser("viewer").get(cast.path(f"reviews/{odd.id}")).content.decode()
    assert "It was a giveaway." in page
    assert (
        "the creator answered" in cast.browser("viewer").get(cast.path("reviews")).content.decode()
    )


def test_a_link_opens_for_somebody_who_is_signed_in_too(cast, odd):
    assert cast.browser("viewer").get(link(cast, odd)).status_code == 200


def test_the_creators_page_shows_nothing_else_of_the_workspace(cast, odd):
    with access.inside(cast.workspace):
        for model in (Creator, Account, Note):
            planting.plant(model, cast.workspace)
    decide(cast, odd)
    page = Client().get(link(cast, odd)).content.decode()

    assert "A giveaway." in page
    for hidden in (SECRETS, planting.MARK, "editor@anna.example", cast.path("")):
        assert hidden not in page


@pytest.mark.parametrize("text", ["", "x" * 4_001])
def test_an_empty_or_endless_answer_is_sent_back(cast, odd, text):
    assert Client().post(link(cast, odd), {"text": text}).status_code == 422
    with access.inside(cast.workspace):
        assert Reply.objects.count() == 0


def test_a_withdrawn_link_opens_nothing(cast, odd):
    address = link(cast, odd)
    cast.browser("editor").post(cast.path(f"reviews/{odd.id}/link/withdraw"))

    assert Client().get(address).status_code == 410
    assert Client().get(f"{address}x").status_code == 410


def test_links_cannot_be_tried_without_end(cast, odd):
    creator = Client()
    answers = [creator.get("/replies/guess").status_code for _ in range(61)]

    assert answers[-2:] == [410, 429]


def test_an_account_without_a_review_has_a_page_that_says_so(cast):
    with access.inside(cast.workspace):
        account = planting.plant(Account, cast.workspace)
    page = cast.browser("editor").get(cast.path(f"reviews/{account.id}"))

    assert "Nothing asks for a decision" in page.content.decode()
    assert decide(cast, account).status_code == 404


def test_the_secret_is_shown_once(cast, odd):
    secret = link(cast, odd).rpartition("/")[2]

    assert replies.find(secret, now=cast.now).account_id == odd.id
    assert secret not in cast.browser("owner").get(cast.path(f"reviews/{odd.id}")).content.decode()
    with access.inside(cast.workspace):
        assert reviews.link(odd) is not None


WEIGHTS = {"credibility": 50, "life_moments": 0, "audience": 20, "quality": 10, "branded": 10,
           "growth": 10}  # fmt: skip


def test_weights_are_set_and_reset(cast):
    path, browser = cast.path("settings/weights"), cast.browser("admin")

    assert cast.browser("editor").post(f"{path}/change", WEIGHTS).status_code == 403
    assert browser.post(f"{path}/change", WEIGHTS).status_code == 302
    assert "Set by admin@anna.example" in cast.browser("viewer").get(path).content.decode()
    assert browser.post(f"{path}/reset").status_code == 302
    assert "all factors count the same" in browser.get(path).content.decode()


def test_weights_that_make_no_score_are_sent_back(cast):
    path, browser = cast.path("settings/weights/change"), cast.browser("admin")

    assert browser.post(path, dict.fromkeys(WEIGHTS, 0)).status_code == 422
    assert browser.post(path, WEIGHTS | {"growth": "much"}).status_code == 422

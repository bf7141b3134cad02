"""The review queue: what comes in, what is decided, and what opens it again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from groundswell.engine.qualification.verdict import Verdict
from groundswell.people.policy import Action, Role, may
from groundswell.vetting import evidence, queries, reviews
from groundswell.vetting.actions import reviews as deciding
from groundswell.vetting.evidence import Signal
from groundswell.vetting.models import Decision, Review
from groundswell.vetting.reviews import Standing
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.vetting.conftest import RUNNERS, runners

ODD = "runner12"


@pytest.fixture
def odd(desk):
    """The runners, of whom one gets the same number of likes under every post."""
    desk.publish(**with_constant_likes(desk.now))
    desk.vet()
    return desk


def with_constant_likes(now, *handles):
    tables = runners(now)
    for row in tables["post_observations"]:
        if row["account_handle"] in (handles or (ODD,)):
            row["likes"] = 50
    return tables


def review(desk, handle=ODD):
    account = desk.account(handle)
    with access.inside(desk.workspace):
        return reviews.review(account)


def decide(desk, ruling="cleared", *, seen=0, reason="A giveaway explains it.", by="ben"):
    account = desk.account(ODD)
    with access.inside(desk.workspace):
        return deciding.decide(
            account=account, ruling=ruling, reason=reason, seen=seen, by=by, now=desk.now
        )


def standing(desk, handle=ODD):
    account = desk.account(handle)
    with access.inside(desk.workspace):
        return queries.kept([account])[account.id].standing


def alter(desk, **values):
    with access.inside(desk.workspace):
        Review.objects.update(**values)


def in_queue(desk, **asked):
    with access.inside(desk.workspace):
        return [str(each.account) for each in reviews.queue(**asked)]


SIGNAL = Signal("likes_spread_residual", "Likes vary little.", -5.0, 10, None)


def test_a_vetting_brings_in_who_needs_review(odd):
    found = review(odd)

    assert in_queue(odd) == [f"instagram:{ODD}"]
    assert found.kinds == ["likes_spread_residual"]
    assert found.strength == abs(found.evidence[0]["value"]) >= 4
    assert standing(odd) is Standing.NEEDS_REVIEW


def test_the_queue_is_filtered_by_platform_and_kind(odd):
    assert in_queue(odd, platform="instagram", kind="likes_spread_residual") == [f"instagram:{ODD}"]
    assert in_queue(odd, platform="tiktok") == []
    assert in_queue(odd, kind="engagement_residual") == []
    with access.inside(odd.workspace), pytest.raises(reviews.UnknownEvidence, match="likes_spread"):
        reviews.queue(kind="nonsense")


def test_the_strongest_evidence_comes_first_then_the_largest_account(odd):
    with access.inside(odd.workspace):
        for handle, strength in ((RUNNERS[1], 99.0), (RUNNERS[3], 99.0)):
            Review.objects.create(
                workspace=odd.workspace,
                account=odd.account(handle),
                opened_at=odd.now,
                changed_at=odd.now,
                strength=strength,
            )
    first = [f"instagram:{RUNNERS[3]}", f"instagram:{RUNNERS[1]}", f"instagram:{ODD}"]
    assert in_queue(odd) == first


def test_a_cleared_account_is_no_longer_marked(odd):
    decision = decide(odd)

    assert standing(odd) is Standing.CLEARED
    assert in_queue(odd) == []
    assert in_queue(odd, is_decided=True) == [f"instagram:{ODD}"]
    assert (decision.number, decision.evidence) == (1, review(odd).evidence)
    with access.inside(odd.workspace):
        entry = JournalEntry.objects.get(event="review.decided")
    assert (entry.by, entry.subject) == ("ben", f"instagram:{ODD}")
    assert entry.details["reason"] == "A giveaway explains it."


def test_it_stays_cleared_while_its_evidence_is_the_same(odd):
    decide(odd)
    odd.vet(days_later=1)

    assert standing(odd) is Standing.CLEARED


def test_stronger_evidence_opens_it_again_and_says_why(odd):
    decide(odd)
    weaker = [{**each, "value": each["value"] + 1.5} for each in review(odd).evidence]
    alter(odd, decided_on=weaker)
    odd.vet(days_later=1)
    found = review(odd)

    assert (found.state, found.opened_at) == ("open", odd.now + timedelta(1))
    assert found.reopened_because[0].startswith("How much likes vary moved from ")
    assert standing(odd) is Standing.NEEDS_REVIEW


def test_new_evidence_opens_it_again(odd):
    decide(odd)
    alter(odd, decided_on=[])
    odd.vet(days_later=1)

    assert "was not unusual when it was decided" in review(odd).reopened_because[0]


def test_a_confirmed_concern_whose_evidence_went_away_is_looked_at_again(odd):
    decide(odd, "confirmed_concern")
    assert standing(odd) is Standing.CONFIRMED
    with access.inside(odd.workspace):
        from_then = Review.objects.get()
    deciding._follow(from_then, (), now=odd.now)

    assert from_then.state == "open"
    assert from_then.reopened_because == [deciding._GONE]


def test_an_open_review_whose_evidence_went_away_is_over(odd):
    found = review(odd)
    deciding._follow(found, (), now=odd.now)

    assert (found.state, found.kinds) == ("over", [])
    assert reviews.standing(Verdict.NOTHING_UNUSUAL, found) is Standing.NOTHING_UNUSUAL


def test_a_creator_who_is_asked_stays_in_the_queue(odd):
    decide(odd, "ask_the_creator")

    assert in_queue(odd) == [f"instagram:{ODD}"]
    assert standing(odd) is Standing.NEEDS_REVIEW


def test_a_decision_can_be_revised_and_the_history_stays(odd):
    decide(odd)
    decide(odd, "confirmed_concern", seen=1, reason="The giveaway was elsewhere.")

    with access.inside(odd.workspace):
        found = [(each.number, each.ruling) for each in Decision.objects.order_by("number")]
    assert found == [(1, "cleared"), (2, "confirmed_concern")]
    assert standing(odd) is Standing.CONFIRMED


def test_who_decides_second_is_told_what_was_decided_meanwhile(odd):
    decide(odd)

    with pytest.raises(deciding.DecidedMeanwhile, match="ben decided 'cleared' meanwhile"):
        decide(odd, "confirmed_concern", seen=0, by="cleo")
    assert standing(odd) is Standing.CLEARED
    with access.inside(odd.workspace):
        assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("ruling", "reason", "message"),
    [
        ("guilty", "So it seems.", "cannot decide 'guilty'"),
        ("cleared", "  \0 ", "needs a reason"),
        ("cleared", "x" * 2_001, "2,000 characters at most"),
    ],
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(odd, ruling, reason, message):
    with pytest.raises(deciding.BadDecision, match=message):
        decide(odd, ruling, reason=reason)
    assert review(odd).decisions == 0


def test_an_account_that_nothing_speaks_against_has_no_review(odd):
    with pytest.raises(reviews.UnknownReview, match="nothing about instagram:runner03"):
        review(odd, "runner03")


def test_news_are_fresh_turned_or_grown_signals():
    assert evidence.news([SIGNAL], [replace(SIGNAL, value=-5.9)]) == []
    assert evidence.news([SIGNAL], []) == []
    assert len(evidence.news([SIGNAL], [replace(SIGNAL, value=-6.0)])) == 1
    assert len(evidence.news([SIGNAL], [replace(SIGNAL, value=5.0)])) == 1
    assert len(evidence.news([], [SIGNAL])) == 1


def test_followers_who_came_at_once_are_sorted_with_the_other_signals():
    jump = Signal("unexplained_jump", "Followers rose by 30% at once.", 0.3, 20, None)

    assert (jump.strength, SIGNAL.strength) == (7.0, 5.0)
    assert "when nothing explains them" in jump.would_change


def test_what_would_change_the_verdict_is_said():
    assert SIGNAL.would_change.startswith("It stands 5.0 from what is usual, 2.0 beyond the 3")


def test_editors_decide_and_viewers_look():
    allowed = [role for role in Role if may(role, Action.REVIEWS_DECIDE)]
    assert allowed == [Role.EDITOR, Role.APPROVER, Role.ADMIN, Role.OWNER]

"""What would change a verdict, for every verdict."""

import dataclasses

import pytest

from groundswell.engine.qualification.card import Card, Evidence, Factor, Safety
from groundswell.engine.qualification.verdict import Verdict
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName
from groundswell.vetting import thresholds
from groundswell.vetting.choices import ReviewState, Ruling
from groundswell.vetting.models import Review
from groundswell.vetting.queries import Answer

SAID = "Likes over 6 posts vary unusually little."


def evidence(kind, value):
    estimate = (
        Estimate.cannot_say("too few posts", method=kind)
        if value is None
        else Estimate.exact(value, method=kind, n=6)
    )
    return Evidence(FactorName.CREDIBILITY, kind, SAID, estimate, None, None, ())


def answer(verdict, review=None, **values):
    items = tuple(evidence(kind, value) for kind, value in values.items())
    score = Estimate.cannot_say("nothing")
    factor = Factor(FactorName.CREDIBILITY, score, items, (), 0, None)
    card = Card((factor,), (), Safety(0, 0, ()), verdict, ())
    return Answer(None, None, card, None, is_current=True, overall=None, review=review)


def decided(ruling):
    return Review(state=ReviewState.DECIDED, ruling=ruling, evidence=[])


def test_nothing_unusual_names_the_nearest_signal_and_its_distance():
    said = thresholds.would_change(
        answer(
            Verdict.NOTHING_UNUSUAL,
            engagement_residual=3.0,
            likes_per_comment_residual=-2.5,
            likes_spread_residual=None,
        )
    )

    nearest, missing = said
    assert nearest.startswith(
        "Likes for each comment is the nearest signal: 2.5 below what is usual."
    )
    assert nearest.endswith("1.5 more, and it reaches the 4 from which somebody should look.")
    assert missing == "How much likes vary can't be measured: too few posts."


def test_more_engagement_than_usual_is_no_step_towards_a_look():
    [said] = thresholds.would_change(answer(Verdict.NOTHING_UNUSUAL, engagement_residual=3.0))

    assert "3.0 above what is usual, a direction that asks for nothing. 7.0 more" in said


def test_needs_review_says_how_far_beyond_and_who_settles_it():
    said = thresholds.would_change(answer(Verdict.NEEDS_REVIEW, engagement_residual=-5.0))

    assert said[0].startswith(
        "Engagement against accounts of its size: It stands 5.0 from what is usual, 1.0 beyond"
    )
    assert said[-1].startswith("A person's decision settles it")


def test_cannot_say_names_what_is_missing():
    said = thresholds.would_change(answer(Verdict.CANNOT_SAY, engagement_residual=None))

    assert said == ["Engagement against accounts of its size can't be measured: too few posts."]


@pytest.mark.parametrize("ruling", [Ruling.CLEARED, Ruling.CONFIRMED])
def test_what_was_decided_opens_when_the_evidence_grows(ruling):
    made = answer(Verdict.NEEDS_REVIEW, decided(ruling), engagement_residual=-5.0)

    [said] = thresholds.would_change(made)

    assert "grows by 1." in said
    assert dataclasses.replace(made, review=None).standing == "needs_review"

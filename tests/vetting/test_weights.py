"""The workspace's weights."""

import math

import pytest

from groundswell.terms.factors import FactorName
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import queries, weighing
from groundswell.vetting.actions import weights
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry

EVEN = {name.value: 1.0 for name in FactorName}


def set_them(desk, **given):
    with access.inside(desk.workspace):
        return weights.set_weights(
            workspace=desk.workspace, weights=EVEN | given, by="ben", now=desk.now
        )


def overall(desk):
    with access.inside(desk.workspace):
        return queries.scorecard(AccountRef.parse("instagram:runner07"), now=desk.now).overall


def test_all_factors_count_the_same_until_somebody_sets_them(desk):
    with access.inside(desk.workspace):
        assert weighing.weights() == dict.fromkeys(FactorName, 1 / 6)
        assert weighing.kept() is None


def test_weights_are_brought_to_a_sum_of_one(desk):
    found = set_them(desk, credibility=5.0)

    assert (found[FactorName.CREDIBILITY], found[FactorName.GROWTH]) == (0.5, 0.1)
    with access.inside(desk.workspace):
        assert weighing.weights() == found
        assert JournalEntry.objects.get(event="weights.set").details["growth"] == 0.1


def test_they_can_be_reset(desk):
    set_them(desk, growth=0.0)
    with access.inside(desk.workspace):
        weights.reset(workspace=desk.workspace, by="ben", now=desk.now)
        assert weighing.weights() == dict(weighing.DEFAULT)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"charm": 1.0}, "charm is missing or unknown"),
        ({"growth": -1.0}, "the weight of growth"),
        ({"growth": math.nan}, "the weight of growth"),
        ({"growth": 1_001.0}, "from 0 to 1000"),
        (dict.fromkeys(EVEN, 0.0), "all weights are 0"),
    ],
)
def test_weights_that_make_no_score_are_refused(desk, given, message):
    with pytest.raises(weights.BadWeights, match=message):
        set_them(desk, **given)
    with access.inside(desk.workspace):
        assert weighing.kept() is None


def test_the_overall_score_follows_the_weights(crowd):
    crowd.vet()
    before = overall(crowd)
    only_growth = dict.fromkeys(EVEN, 0.0) | {"growth": 7.0}
    set_them(crowd, **only_growth)
    after = overall(crowd)

    assert before.coverage == "from 4 of 6 factors"
    with access.inside(crowd.workspace):
        answer = queries.scorecard(AccountRef.parse("instagram:runner07"), now=crowd.now)
    growth = next(each for each in answer.card.factors if each.name is FactorName.GROWTH)
    assert (after.score.value, after.coverage) == (growth.score.value, "from 1 of 1 factors")

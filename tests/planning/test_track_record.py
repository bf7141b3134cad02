"""How deals go: published shares, and the workspace's own programs beside them."""

import pytest

from groundswell.planning.track_record import NAMED, PUBLISHED, KindOfDeal, Share, TrackRecord

SEEN = TrackRecord({(NAMED, "acceptance"): ((18, 19), (20, 20))})


def test_without_programs_of_its_own_a_workspace_goes_by_what_is_published():
    [named, _] = TrackRecord().kinds()
    said = named.delivery.estimate("delivery")

    assert said.value == pytest.approx(0.89, abs=0.01)
    assert said.low < said.value < said.high
    assert said.reason == "published: contracts deliver 85 to 95 % of posts"


def test_programs_of_its_own_pull_the_share_and_are_named():
    before, after = PUBLISHED[0].acceptance, SEEN.kinds()[0].acceptance
    said = after.estimate("acceptance")

    assert before.rate().expected + 0.1 < said.value < 0.925
    assert said.high - said.low < 0.3
    assert said.n == 40
    assert said.reason.startswith("beta-binomial: 37 of 40 lines of 2 programs here")


def test_what_was_seen_of_one_kind_of_deal_says_nothing_of_another():
    assert SEEN.kinds()[1] == PUBLISHED[1]
    assert SEEN.programs == 2


def test_a_kind_of_deal_is_the_same_after_json():
    [named, _] = SEEN.kinds()

    assert KindOfDeal.read(named.as_json()) == named


def test_a_share_of_nothing_is_its_prior():
    assert Share((0.5, 8.0, 20.0)).rate().expected == pytest.approx(0.5)

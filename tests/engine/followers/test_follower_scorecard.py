"""The scorecard of followers adds up published signs, and absent is never zero."""

import numpy as np
import pytest

from groundswell.engine.followers import scorecard
from groundswell.engine.followers.profiles import COLUMNS, Profiles
from groundswell.engine.followers.scorecard import BASE, POINT, Scorecard
from groundswell.engine.followers.signs import SIGNS


def one(**known):
    return Profiles.of({name: [value] for name, value in known.items()})


def points(name, **known):
    place = [sign.name for sign in SIGNS].index(name)
    return scorecard.table(one(**known))[0, place]


def test_seven_lists_name_the_ratio_and_two_give_credit_for_it():
    assert points("following_per_follower", followers=0, following=49) == pytest.approx(7)
    assert points("following_per_follower", followers=9, following=19) == pytest.approx(0)
    assert points("following_per_follower", followers=99, following=0) == pytest.approx(-2)


@pytest.mark.parametrize(
    ("name", "usual", "most", "least"), [("followers", 30, 2, -1), ("posts", 50, 5, -2)]
)
def test_counts_are_suspicious_below_what_is_usual(name, usual, most, least):
    assert points(name, **{name: 0}) == most
    assert points(name, **{name: usual}) == pytest.approx(0)
    assert points(name, **{name: usual**2 + 2 * usual}) == pytest.approx(least)
    assert points(name, **{name: 10**7}) == least


def test_a_missing_picture_counts_more_than_one_that_is_there():
    assert points("picture", has_profile_picture=0) == 5
    assert points("picture", has_profile_picture=1) == -1


def test_an_empty_biography_counts_half_where_few_are_followed():
    assert points("biography", biography_length=0, following=100) == 4
    assert points("biography", biography_length=0, following=99) == 2
    assert points("biography", biography_length=0) == 2
    assert points("biography", biography_length=1, following=5000) == -1


def test_following_very_many_counts_without_a_cliff():
    assert points("mass_following", following=0) == 0
    assert points("mass_following", following=1_500) == pytest.approx(2)
    assert 1.9 < points("mass_following", following=1_400) < 2


def test_digits_count_by_their_share_of_the_name():
    assert points("digits_in_name", username_length=8, username_digits=2) == 1
    assert points("digits_in_name", username_length=8, username_digits=8) == 2
    assert np.isnan(points("digits_in_name", username_length=0, username_digits=0))


def test_the_odds_are_the_base_rate_times_the_points():
    odds = Scorecard().log_odds(one(has_profile_picture=0, posts=0))

    assert odds[0] == pytest.approx(BASE + 10 * POINT)
    assert Scorecard().probability(one(has_profile_picture=0, posts=50))[0] == pytest.approx(
        1 / (1 + (1 - 0.2223) / 0.2223 / 1.5**5)
    )


@pytest.mark.parametrize("name", COLUMNS)
def test_what_is_absent_contributes_nothing(name):
    full = {
        "followers": 12, "following": 700, "posts": 3, "username_length": 10, "username_digits": 4,
        "biography_length": 0, "has_profile_picture": 0, "private": 1,
    }  # fmt: skip
    without = scorecard.table(one(**{**full, name: None}))[0]

    unknown = {"followers": 2, "following": 2, "private": 0}
    assert np.isnan(without).sum() == unknown.get(name, 1)
    np.testing.assert_array_equal(without, scorecard.table(one(**known_but(full, name)))[0])


def known_but(full, name):
    return {other: value for other, value in full.items() if other != name}


def test_private_accounts_are_not_suspicious_for_it():
    assert np.isnan(Scorecard().probability(one(private=1))[0])


def test_of_nobody_known_nothing_is_said():
    assert np.isnan(Scorecard().probability(one(followers=np.nan))[0])
    assert scorecard.known_share(one(followers=np.nan))[0] == 0


def test_how_much_is_known_is_told_by_weight():
    weights = {sign.name: sign.weight for sign in SIGNS}

    assert sum(weights.values()) == 34
    assert scorecard.known_share(one(posts=3))[0] == pytest.approx(7 / 34)


def test_a_sample_without_rows_has_no_probabilities():
    assert len(Scorecard().probability(Profiles.of({}))) == 0

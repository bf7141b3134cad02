"""Candidates: each filter leaves out whom it names, and counts them."""

import pytest

from groundswell.planning import candidates
from groundswell.planning.candidates import NoCandidates
from tests.planning.cast import account, brief, evidence

ANNA = account("anna", country="US", language="en-GB", categories=["Running", "Travel"])
BEN = account("ben", country="DE", language="de", categories=["Sports with a ball"])
CLEO = account("cleo", platform="tiktok", country=None, categories=None)
DORA = account("dora", private=True, country="US", categories=["running"])
CAST = (ANNA, BEN, CLEO, DORA)


def left(more="", creators="", **tables):
    found = candidates.find(brief(more=more, creators=creators), evidence(*CAST, **tables))
    return [CAST[place]["account"] for place in found.places], found.excluded


def test_private_accounts_are_left_out():
    assert left() == (["anna", "ben", "cleo"], {"private": 1})


def test_platforms_are_filtered_and_counted_first():
    names, excluded = left(creators='platforms = ["tiktok"]')

    assert names == ["cleo"]
    assert excluded == {"platform": 3}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [("running", ["anna"]), ("SPORTS", ["ben"]), ("ball", ["ben"]), ("run", []), ("all", [])],
)
def test_a_category_matches_by_whole_words_in_any_case(wanted, names):
    if names:
        found, excluded = left(creators=f'categories = ["{wanted}"]')
        assert found == names
        assert excluded["category_unknown"] == 1
    else:
        with pytest.raises(NoCandidates):
            left(creators=f'categories = ["{wanted}"]')


def test_without_measured_audiences_the_creators_own_country_decides():
    names, excluded = left(more='audience = { countries = ["US"] }')

    assert names == ["anna"]
    assert excluded == {"private": 1, "audience": 1, "audience_unknown": 1}


def test_a_measured_audience_goes_before_the_creators_own_country():
    shares = [
        {"account": "anna", "dimension": "country", "value": "US", "share": 0.1},
        {"account": "ben", "dimension": "country", "value": "US", "share": 0.2},
        {"account": "ben", "dimension": "country", "value": "DE", "share": 0.8},
    ]

    names, _ = left(more='audience = { countries = ["US"] }', audience_shares=shares)

    assert names == ["ben"]


def test_parts_of_an_audience_are_added_within_a_dimension():
    shares = [
        {"account": "anna", "dimension": "age", "value": "18-24", "share": 0.2},
        {"account": "anna", "dimension": "age", "value": "25-34", "share": 0.15},
        {"account": "ben", "dimension": "age", "value": "25-34", "share": 0.15},
    ]

    names, _ = left(more='audience = { ages = ["18-24", "25-34"] }', audience_shares=shares)

    assert names == ["anna", "cleo"]


def test_what_nobody_measured_leaves_nobody_out_and_is_said():
    found = candidates.find(brief(more='audience = { genders = ["female"] }'), evidence(*CAST))

    assert len(found.places) == 3
    assert found.unchecked == ("gender",)


def test_a_language_takes_its_variants():
    assert left(more='audience = { languages = ["en"] }')[0] == ["anna"]
    with pytest.raises(NoCandidates):
        left(more='audience = { languages = ["en-US"] }')


def test_never_leaves_out_all_accounts_of_the_creator():
    both = (account("anna"), account("anna-too", creator="anna"), account("ben"))

    found = candidates.find(brief(), evidence(*both, never=["anna-too"]))

    assert list(found.places) == [2]
    assert found.excluded == {"never": 2}


def test_creators_who_mentioned_a_competitor_are_left_out():
    names, excluded = left(competitors=["anna"])

    assert names == ["ben", "cleo"]
    assert excluded["competitor"] == 1


def test_wanted_creators_pass_every_filter_but_never():
    names, _ = left(creators='platforms = ["tiktok"]', must_have=["ben"], competitors=["ben"])

    assert names == ["ben", "cleo"]


def test_platforms_without_the_format_are_left_out():
    names, excluded = left(creators='formats = ["carousel"]')

    assert names == ["anna", "ben"]
    assert excluded == {"private": 1, "format": 1}


def test_nobody_left_says_which_filter_left_out_how_many_and_which_to_loosen():
    with pytest.raises(NoCandidates) as refusal:
        left(
            more='audience = { countries = ["FR"] }',
            creators='platforms = ["instagram"]\ncategories = ["running"]',
        )

    said = str(refusal.value)
    assert "of 4 accounts nobody is left" in said
    assert "1 on a platform that the brief doesn't name" in said
    assert "1 of other categories" in said
    assert "1 whose audience is elsewhere" in said
    assert "loosen [audience]: 1 would be left without it" in said


def test_who_is_on_an_exclusion_list_is_left_out_unless_the_brief_wants_them():
    names, excluded = left(excluded=["anna", "ben"], must_have=["ben"])

    assert names == ["ben", "cleo"]
    assert excluded == {"private": 1, "exclusion_list": 1}

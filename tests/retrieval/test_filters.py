import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.retrieval import filters, keys, values
from groundswell.retrieval.filters import Interval
from groundswell.terms.audiences import UnknownPart
from groundswell.terms.errors import Refusal


def one(expression):
    (read,) = filters.read([expression])
    return read


@pytest.mark.parametrize(
    ("expression", "key", "expected"),
    [
        ("country=US", "country", "US"),
        ("country = united states", "country", "US"),
        ("Country=Türkiye", "country", "TR"),
        ("country=UK", "country", "GB"),
        ("language=Portuguese", "language", "pt"),
        ("language=pt_br", "language", "pt-BR"),
        ("platform=Insta", "platform", "instagram"),
        ("category=Food  & DRINKS", "category", "food & drinks"),
        ("tier=Nano", "tier", "nano"),
        ("verified=yes", "verified", True),
        ("followers=541.2K", "followers", 541_200),
        ("followers=1,500,000", "followers", 1_500_000),
        ("engagement=3%", "engagement_rate_by_followers", 0.03),
        ("growth=-5%", "growth", -0.05),
        ("last_post=2026-01-31", "last_post", date(2026, 1, 31)),
        ("audience.country.Brazil=0.5", "audience.country.BR", 0.5),
        ("audience.city.São Paulo=20%", "audience.city.sao paulo", 0.2),
        ("handle=a=b", "handle", "a=b"),
        ("followers=none", "followers", None),
    ],
)
def test_values_are_read_as_people_write_them(expression, key, expected):
    read = one(expression)
    assert (read.key.name, read.any_of) == (key, (expected,))


def test_the_same_key_again_means_or():
    assert one_of("country=US", "country=GB").any_of == ("US", "GB")


def test_bounds_of_one_key_make_an_interval():
    read = one_of("followers>=10K", "followers<50K")
    assert read.within == Interval(10_000, 50_000, is_high_open=True)


def test_the_loosest_of_two_bounds_counts():
    assert one_of("followers>=10K", "followers>10K", "followers>=5K").within == Interval(5_000)


def test_a_bound_and_unknown_are_alternatives():
    read = one_of("followers>=10K", "followers=none")
    assert (read.any_of, read.within) == ((None,), Interval(10_000))


def test_days_are_whole():
    first, second = values.seconds(date(2026, 1, 1)), values.seconds(date(2026, 1, 2))
    assert one("last_post<=2026-01-01").within == Interval(high=second, is_high_open=True)
    assert one("last_post>2026-01-01").within == Interval(low=second)
    assert one("last_post>=2026-01-01").within == Interval(low=first)


def test_the_last_day_of_the_calendar_can_be_asked_for():
    assert one("last_post>9999-12-31").within is not None


def one_of(*expressions):
    (read,) = filters.read(expressions)
    return read


@pytest.mark.parametrize(
    ("expression", "code", "hint"),
    [
        ("cuntry=US", "unknown_key", "did you mean country?"),
        ("audience.land.US>=0.2", "unknown_key", "audience share"),
        ("audience.country.Atlantis>=0.2", "unknown_country", "Atlantis"),
        ("country=Brazl", "unknown_country", "did you mean Brazil?"),
        ("language=Klingonian", "unknown_language", "Klingonian"),
        ("platform=instagrm", "unknown_platform", "instagram"),
        ("tier=nanno", "unreadable_value", "nano"),
        ("followers>=lots", "unreadable_value", "10K"),
        ("followers>=1e999999", "unreadable_value", "10K"),
        ("followers>=NaN", "unreadable_value", "10K"),
        ("followers>=-1", "unreadable_value", "whole number"),
        ("followers>=1.5", "unreadable_value", "whole number"),
        ("followers>=999999999999999999", "unreadable_value", "whole number"),
        ("engagement>=3", "unreadable_value", "3%"),
        ("audience.country.US>=1.1", "unreadable_value", "20%"),
        ("last_post>=2026-02-30", "unreadable_value", "2026-01-31"),
        ("verified=maybe", "unreadable_value", "yes or no"),
        ("country=", "unreadable_value", "none"),
        ("country>=US", "unreadable_filter", "country="),
        ("followers>=none", "unreadable_filter", "followers="),
        ("trail running", "unreadable_filter", "key=value"),
        ("", "unreadable_filter", "key=value"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_next_step(expression, code, hint):
    with pytest.raises(Refusal) as refused:
        filters.read([expression])
    assert refused.value.code == code
    assert hint in str(refused.value)


@given(st.text(max_size=40))
def test_every_text_is_a_filter_or_refused(text):
    with contextlib.suppress(Refusal):
        (read,) = filters.read([text])
        assert read.written == (text.strip(),)


def test_sort_and_facet_keys_that_nobody_knows_are_refused():
    with pytest.raises(keys.UnknownKey, match="did you mean followers"):
        keys.sort("follwers")
    with pytest.raises(UnknownPart, match="no gender is called 'robot'"):
        keys.filterable("audience.gender.robot")
    with pytest.raises(UnknownPart, match="the younger age first"):
        keys.filterable("audience.age.34-25")
    with pytest.raises(keys.UnknownKey, match="no facet"):
        keys.facet("followers")

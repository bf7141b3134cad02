"""Published figures agree with one another."""

from groundswell.planning import published
from groundswell.terms import places
from groundswell.terms.platforms import Platform


def test_the_listed_countries_leave_a_part_of_the_world_for_those_that_are_not():
    listed = sum(published.INTERNET_USERS.values())

    assert 0.8 * published.INTERNET_USERS_WORLD < listed < published.INTERNET_USERS_WORLD
    assert min(published.INTERNET_USERS.values()) > published.SMALLEST_COUNTRY


def test_countries_go_by_their_codes():
    assert [places.country(code) for code in published.INTERNET_USERS] == [
        *published.INTERNET_USERS
    ]


def test_no_platform_has_more_users_than_the_internet():
    assert set(published.PLATFORM_USERS) == set(Platform)
    assert max(published.PLATFORM_USERS.values()) <= published.INTERNET_USERS_WORLD

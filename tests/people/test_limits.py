"""Limits count exactly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from groundswell.people.actions import limits
from groundswell.people.actions.limits import Limit, TooOften
from groundswell.people.models import RateCount

TEN = Limit("tries", tries=10, seconds=60)


@pytest.mark.django_db
def test_the_try_after_the_last_is_refused_with_the_time_to_wait(now):
    for left in reversed(range(10)):
        assert limits.count(TEN, "anna", now=now).left == left

    with pytest.raises(TooOften, match="10 in 60 seconds are the limit; try again in 48") as caught:
        limits.count(TEN, "anna", now=now + timedelta(seconds=12))
    assert caught.value.retry_after == 48


@pytest.mark.django_db
def test_another_subject_and_the_next_window_start_anew(now):
    for _ in range(10):
        limits.count(TEN, "anna", now=now)

    assert limits.count(TEN, "ben", now=now).left == 9
    assert limits.count(TEN, "anna", now=now + timedelta(seconds=60)).left == 9


def test_sixteen_at_once_get_exactly_the_limit_through(django_db_setup, django_db_blocker, now):
    def try_often(_):
        through = 0
        for _ in range(25):
            try:
                limits.count(TEN, "sixteen at once", now=now)
                through += 1
            except TooOften:
                pass
        connection.close()
        return through

    # Outside the test's own transaction, which no other connection could see into.
    with django_db_blocker.unblock():
        try:
            with ThreadPoolExecutor(16) as attackers:
                assert sum(attackers.map(try_often, range(16))) == 10
        finally:
            limits.sweep(now=now + timedelta(days=1))
            connection.close()


@pytest.mark.django_db
def test_windows_that_are_over_are_swept(now):
    limits.count(TEN, "anna", now=now)
    limits.count(TEN, "ben", now=now + timedelta(seconds=30))

    assert limits.sweep(now=now + timedelta(seconds=60)) == 1
    assert RateCount.objects.count() == 1

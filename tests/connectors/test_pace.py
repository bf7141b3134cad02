"""How soon accounts are asked after again."""

from datetime import timedelta

import pytest

from groundswell.connectors import pace


@pytest.mark.parametrize(
    ("posts", "change", "wanted"),
    [
        (None, None, timedelta(days=1)),
        (2.0, None, timedelta(hours=12)),
        (0.5, 0.0, timedelta(days=2)),
        (0.5, 0.01, timedelta(days=1)),
        (0.5, -0.02, timedelta(hours=12)),
        (40.0, 0.0, timedelta(hours=6)),
        (0.0, 0.0, timedelta(days=14)),
        (0.01, None, timedelta(days=14)),
    ],
)
def test_an_account_is_asked_after_when_news_can_be_expected(posts, change, wanted):
    assert pace.every(posts_per_day=posts, change_per_day=change) == wanted


def test_what_may_be_kept_for_a_while_only_is_read_again_in_half_of_it():
    keeps = timedelta(days=7)

    assert pace.every(posts_per_day=0.0, change_per_day=0.0, keeps=keeps) == timedelta(days=3.5)


def test_waits_grow_twofold_up_to_six_hours():
    assert [pace.again(failures) for failures in (1, 2, 3)] == [
        timedelta(minutes=5),
        timedelta(minutes=10),
        timedelta(minutes=20),
    ]
    assert pace.again(100) == timedelta(hours=6)

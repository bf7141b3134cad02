"""How often people are reached: worked out by hand, and one sum told in two ways."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine import reach
from groundswell.engine.reach import frequency

# Audiences {1, 2, 3}, {2, 3} and {3}: audience, how many-th meeting, people.
PLACE, TIMES, PEOPLE = np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([3.0, 2.0, 1.0])


def test_where_everybody_sees_everything_people_are_counted():
    assert frequency.added(PLACE, TIMES, PEOPLE, audiences=3, rate=1.0).tolist() == [3, 0, 0]
    assert frequency.exactly(TIMES, PEOPLE, rate=1.0).tolist() == [1, 1, 1]


def test_at_half_a_chance_the_second_meeting_adds_a_quarter():
    assert frequency.added(PLACE, TIMES, PEOPLE, audiences=3, rate=0.5).tolist() == [
        1.5,
        0.5,
        0.125,
    ]
    assert frequency.exactly(TIMES, PEOPLE, rate=0.5).tolist() == pytest.approx(
        [0.5 + 0.5 + 0.375, 0.25 + 0.375, 0.125]
    )


@settings(deadline=None)
@given(st.integers(1, 30), st.floats(0.01, 1.0))
def test_the_curve_ends_where_the_frequencies_add_up(audiences, rate):
    place = np.arange(audiences)
    people = np.arange(audiences, 0, -1.0)

    reach = frequency.added(place, place + 1, people, audiences=audiences, rate=rate).sum()

    assert frequency.exactly(place + 1, people, rate=rate).sum() == pytest.approx(reach)


def test_posts_that_a_person_sees_are_counted_by_their_chances():
    # Two posts with .5 and .2: none with .4, one with .5, both with .1; each person stands for 10.
    panel = reach.panel.of_members(
        np.array([0, 1, 1], np.int32), np.array([0, 0, 1], np.int32),
        accounts=2, people=2, people_per_member=10.0,
    )  # fmt: skip

    found = frequency.on_panel(panel, np.array([0, 1]), np.array([0.5, 0.2]), most=3)

    assert found == pytest.approx([5.0 + 2.0, 1.0, 0.0])


def test_the_last_number_of_posts_stands_for_all_above():
    panel = reach.panel.of_members(
        np.zeros(1, np.int32), np.zeros(1, np.int32), accounts=1, people=1
    )

    found = frequency.on_panel(panel, np.zeros(5, int), np.full(5, 0.5), most=2)

    assert found == pytest.approx([5 / 32, 26 / 32])

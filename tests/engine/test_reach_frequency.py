"""How often people are reached: worked out by hand, and one sum told in two ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.integers(1, 30), st.floats(0.01, 1.0))
def test_the_curve_ends_where_the_frequencies_add_up(audiences, rate):
    place = np.arange(audiences)
    people = np.arange(audiences, 0, -1.0)

    reach = frequency.added(place, place + 1, people, audiences=audiences, rate=rate).sum()

    assert frequency.exactly(place + 1, people, rate=rate).sum() == pytest.approx(reach)

"""Virtual people: audiences keep their sizes, and pairs share what was observed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine import reach
from groundswell.engine.reach import Overlaps, virtual

SHARES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6)


def one_segment(sizes: np.ndarray, people: float) -> reach.Panel:
    count = len(sizes)
    return reach.panel.of_segments(
        sizes, np.zeros(count, int), np.arange(count), np.array([people])
    )


def people_of(panel: reach.Panel, rows: np.ndarray) -> float:
    reached = reach.people_reached(panel, rows, np.ones(len(rows)))
    return float(panel.weight @ reached)


@settings(deadline=None)
@given(SHARES, st.floats(0.01, 16.0))
def test_every_audience_keeps_its_size_however_unlike_people_are(shares, variance):
    segments = one_segment(1_000.0 * np.array(shares), 1_000.0)

    people = virtual.of_segments(segments, variance)

    assert people.audience() == pytest.approx(segments.audience(), abs=1e-6)
    assert people.weight.sum() == pytest.approx(1_000.0)
    assert people.exposure.min() >= 0.0
    assert people.exposure.max() <= 1.0


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 0.9), min_size=2, max_size=6))
def test_the_more_unlike_people_are_the_fewer_are_reached(shares):
    segments = one_segment(1_000.0 * np.array(shares), 1_000.0)
    rows = np.arange(len(shares))

    reached = [people_of(virtual.of_segments(segments, each), rows) for each in (0, 0.5, 2, 8)]

    assert reached == sorted(reached, reverse=True)
    assert reached[0] == pytest.approx(1_000 * (1 - np.prod(1 - np.array(shares))))
    assert reached[-1] >= 1_000 * max(shares) - 1e-6


def test_pairs_share_in_all_what_was_observed_of_them():
    sizes = np.array([300.0, 200.0, 100.0])
    segments = one_segment(sizes, 1_000.0)
    # Independent they would share 60 and 20.
    observed = Overlaps(sizes, np.array([0, 1]), np.array([1, 2]), np.array([90.0, 40.0]))

    found = virtual.fit(segments, observed)
    people = virtual.of_segments(segments, found.variance)

    shared = [
        sizes[[a, b]].sum() - people_of(people, np.array([a, b])) for a, b in ((0, 1), (1, 2))
    ]
    assert (found.pairs, found.observed) == (2, 130.0)
    assert found.independent == pytest.approx(80.0)
    assert found.fitted == pytest.approx(130.0, rel=1e-3)
    assert sum(shared) == pytest.approx(130.0, rel=1e-3)


@pytest.mark.parametrize(
    ("shared", "variance"), [(10.0, 0.0), (60.0, 0.0), (200.0, virtual.MOST_UNLIKE)]
)
def test_what_no_activity_explains_is_taken_to_its_end(shared, variance):
    sizes = np.array([300.0, 200.0])
    observed = Overlaps(sizes, np.array([0]), np.array([1]), np.array([shared]))

    assert virtual.fit(one_segment(sizes, 1_000.0), observed).variance == variance


def test_without_observed_pairs_audiences_are_independent():
    sizes, nothing = np.array([300.0, 200.0]), np.array([], int)
    segments = one_segment(sizes, 1_000.0)

    found = virtual.fit(segments, Overlaps(sizes, nothing, nothing, np.array([])))

    assert (found.pairs, found.variance) == (0, 0.0)
    assert virtual.of_segments(segments, 0.0) is segments


def test_people_of_uneven_activity_are_found_from_a_few_pairs():
    rng = np.random.default_rng(2)
    activity = rng.gamma(0.5, 2.0, 20_000)
    inside = rng.random((40, 20_000)) < 1 - np.exp(-rng.uniform(0.01, 0.3, (40, 1)) * activity)
    sizes = inside.sum(axis=1).astype(float)
    a, b = np.triu_indices(40, 1)
    some = rng.random(len(a)) < 0.05
    a, b = a[some], b[some]
    observed = Overlaps(sizes, a, b, (inside[a] & inside[b]).sum(axis=1).astype(float))
    segments = one_segment(sizes, 20_000.0)

    found = virtual.fit(segments, observed)
    everybody = np.arange(40)
    reached = people_of(virtual.of_segments(segments, found.variance), everybody)

    truth = inside.any(axis=0).sum()
    assert reached == pytest.approx(truth, rel=0.03)
    assert people_of(segments, everybody) > 1.3 * truth


def test_bounds_are_of_the_segments_and_the_value_of_the_people():
    segments = one_segment(np.array([300.0, 200.0]), 1_000.0)
    people = virtual.of_segments(segments, 2.0)

    found = reach.segments.union(segments, np.array([0, 1]), np.ones(2), people=people)

    assert (found.low, found.high, found.method) == (300.0, 500.0, "virtual people")
    assert 300.0 < found.value < 440.0

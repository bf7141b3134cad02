"""Audience concentration by country and by interest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification import intervals
from groundswell.engine.qualification.factors import audience
from groundswell.engine.qualification.factors.audience import Followed
from groundswell.engine.qualification.measures import NEVER, Measure
from tests.support.batches import account, ago, batch_of


def countries(sample: int | None = None, **shares: float) -> Measure:
    rows = [
        {
            "account": "anna",
            "dimension": "country",
            "value": name,
            "observed_at": ago(1),
            "share": share,
            "sample_size": sample,
        }
        for name, share in shares.items()
    ]
    return audience.countries(batch_of([account("anna")], audience_shares=rows))


def test_two_equal_countries_are_effectively_two():
    found = countries(DE=0.5, US=0.5)
    assert found.value[0] == 0.5
    assert np.isnan(found.low[0])
    assert "does not say how many" in found.estimate(0).reason


def test_what_is_not_listed_widens_the_interval_upwards():
    found = countries(DE=0.6, US=0.1)
    assert found.value[0] == pytest.approx(0.37)
    assert found.low[0] == pytest.approx(0.37)
    assert found.high[0] == pytest.approx(0.37 + 0.3 * 0.1)


def test_a_small_sample_widens_the_interval_on_both_sides():
    found = countries(sample=100, DE=0.8, US=0.2)
    error = 2 * np.sqrt((0.8**3 + 0.2**3 - 0.68**2) / 100)
    assert found.low[0] == pytest.approx(0.68 - intervals.Z * error)
    assert found.high[0] == pytest.approx(0.68 + intervals.Z * error)
    assert found.n[0] == 100


def test_less_than_half_of_the_audience_says_nothing():
    assert not countries(DE=0.4).known[0]


def test_an_unknown_audience_says_nothing():
    assert countries().estimate(0).reason == "no audience countries are known"


def interests(pairs: list[tuple[int, int]], topic: list[int]) -> Measure:
    account_, member = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    followed = Followed(account_, member, np.array(topic))
    return audience.interests(followed, np.full(len(topic), NEVER))


def test_people_who_otherwise_follow_one_topic_are_wholly_alike():
    pairs = [(0, m) for m in range(20)] + [(1 + m % 2, m) for m in range(20)]
    found = interests(pairs, [5, 3, 3])
    assert (found.value[0], found.n[0]) == (1.0, 20)


def test_two_camps_are_alike_half_of_the_time():
    pairs = [(0, m) for m in range(20)] + [(1 if m < 10 else 2, m) for m in range(20)]
    found = interests(pairs, [0, 1, 2])
    assert found.value[0] == pytest.approx(9 / 19)  # nobody is paired with themselves


def test_the_own_topic_of_an_account_says_nothing_of_its_audience():
    found = interests([(0, m) for m in range(50)], [0])
    assert found.estimate(0).reason == (
        "nobody of its audience is known to follow other accounts with a topic"
    )


def test_accounts_without_a_topic_are_judged_by_what_their_audience_follows():
    pairs = [(0, m) for m in range(20)] + [(1, m) for m in range(20)]
    found = interests(pairs, [-1, 2])
    assert found.value[0] == 1.0
    assert not found.known[1]


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 29)), max_size=120))
def test_interests_equal_the_mean_over_all_pairs_of_people(pairs: set[tuple[int, int]]):
    topic = np.array([0, 1, 1, 2, -1])
    found = interests(sorted(pairs), topic.tolist())
    for mine in range(5):
        rows = []
        for member in {m for a, m in pairs if a == mine}:
            others = [topic[a] for a, m in pairs if m == member and a != mine and topic[a] >= 0]
            if others:
                rows.append(np.bincount(others, minlength=3) / len(others))
        assert found.n[mine] == len(rows)
        if len(rows) >= audience.FEWEST_MEMBERS:
            alike = np.array(rows) @ np.array(rows).T
            expected = alike[np.triu_indices(len(rows), k=1)].mean()
            assert found.value[mine] == pytest.approx(expected)


def test_overlaps_are_weighted_by_the_people_shared():
    found = audience.overlapping_interests(
        np.zeros(5, dtype=np.int64),
        np.arange(1, 6),
        np.array([30.0, 30.0, 20.0, 10.0, 10.0]),
        topic=np.array([0, 1, 1, 2, 2, 2]),
        seen_at=np.zeros(6, dtype=np.int64),
    )
    assert found.value[0] == pytest.approx(0.6**2 + 0.4**2)
    assert found.n[0] == 5

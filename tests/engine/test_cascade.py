"""Cascades: against every possible outcome of small graphs, and against a plain walk."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine import cascade

RUNS = 4_000
PEOPLE = 5
EDGES = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    min_size=1, max_size=6, unique=True,
)  # fmt: skip
CHANCES = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


def graph_of(edges: list[tuple[int, int]], people: int = PEOPLE) -> cascade.Graph:
    followed, follower = np.array(edges, np.int32).T
    return cascade.of_follows(followed, follower, people=people)


def pairs_of(graph: cascade.Graph) -> list[tuple[int, int]]:
    followed = np.repeat(np.arange(graph.people), np.diff(graph.starts))
    return list(zip(followed.tolist(), graph.followers.tolist(), strict=True))


def walked(edges: list[tuple[int, int]], seeds: set[int], sharing: set[int]) -> list[int]:
    """People first reached after 0, 1, 2 ... steps, if these edges and people pass it on."""
    seen, last, counts = set(seeds), set(seeds), [len(seeds)]
    while last:
        last = {b for a, b in edges if a in last and (a in seeds or a in sharing)} - seen
        seen |= last
        counts.append(len(last))
    return counts[:-1]


def enumerated(
    pairs: list[tuple[int, int]], chance: np.ndarray, sharing: np.ndarray, seeds: set[int]
) -> tuple[float, float]:
    """Mean and standard deviation of people reached, over every possible outcome."""
    mean = square = 0.0
    worlds = itertools.product([False, True], repeat=len(pairs) + PEOPLE)
    both = np.append(chance, sharing)
    sure = (both == 0) | (both == 1)
    for world in worlds:
        open_ = np.array(world)
        if np.any(sure & (open_ != (both == 1))):
            continue
        weight = float(np.prod(np.where(open_, both, 1 - both)))
        kept = [pair for pair, is_open in zip(pairs, open_, strict=False) if is_open]
        total = sum(walked(kept, seeds, set(np.flatnonzero(open_[len(pairs) :]).tolist())))
        mean += weight * total
        square += weight * total**2
    return mean, max(square - mean**2, 0.0) ** 0.5


@settings(max_examples=40, deadline=None)
@given(EDGES, st.data())
def test_the_mean_is_that_of_all_possible_outcomes(edges, data):
    graph = graph_of(edges)
    chance = np.array([data.draw(CHANCES) for _ in range(graph.edges)])
    sharing = np.array([data.draw(st.sampled_from([0.0, 0.4, 1.0])) for _ in range(PEOPLE)])
    seeds = data.draw(st.sets(st.integers(0, PEOPLE - 1), min_size=1))
    mean, deviation = enumerated(pairs_of(graph), chance, sharing, seeds)

    found = cascade.spread(
        graph, np.array(sorted(seeds)), chance, sharing=sharing, runs=RUNS, seed=3
    )

    assert abs(found.total().value - mean) <= 6 * deviation / RUNS**0.5 + 1e-9


@settings(max_examples=40, deadline=None)
@given(EDGES, CHANCES.filter(lambda chance: 0 < chance < 1))
def test_one_chance_for_all_is_that_chance_of_each_edge(edges, chance):
    graph = graph_of(edges)
    mean, deviation = enumerated(
        pairs_of(graph), np.full(graph.edges, chance), np.ones(PEOPLE), {0, 1}
    )

    found = cascade.spread(graph, np.array([0, 1]), chance, runs=RUNS, seed=4)

    assert abs(found.total().value - mean) <= 6 * deviation / RUNS**0.5 + 1e-9


@settings(deadline=None)
@given(EDGES, st.sets(st.integers(0, PEOPLE - 1), min_size=1))
def test_where_everybody_shares_with_everybody_it_is_a_walk(edges, seeds):
    found = cascade.spread(graph_of(edges), np.array(sorted(seeds)), 1.0, runs=1, seed=1)

    expected = walked(edges, seeds, set(range(PEOPLE)))
    assert found.reached[0, : len(expected)].tolist() == expected
    assert found.reached.sum() == sum(expected)


# 0 is followed by 1, 1 by 2, and so on: 100 steps in a line.
LINE = graph_of([(person, person + 1) for person in range(100)], 101)


def test_it_ends_after_the_steps_asked_for():
    found = cascade.spread(LINE, np.array([0]), 1.0, runs=1, seed=1, depth=3)

    assert found.reached.tolist() == [[1, 1, 1, 1]]


def test_without_a_limit_the_last_column_holds_what_came_later():
    found = cascade.spread(LINE, np.array([0]), 1.0, runs=1, seed=1)

    assert found.reached[0, : cascade.DEEPEST].tolist() == [1] * cascade.DEEPEST
    assert found.reached[0, -1] == 101 - cascade.DEEPEST


def test_seeds_share_even_where_nobody_passes_it_on():
    star = graph_of([(0, 1), (0, 2), (1, 3)])

    found = cascade.spread(star, np.array([0]), 1.0, sharing=0.0, runs=1, seed=1)

    assert found.by_depth[:3].tolist() == [1.0, 2.0, 0.0]
    assert found.added().value == 2.0


def test_seeds_and_follows_named_twice_count_once():
    graph = graph_of([(0, 1), (0, 1), (0, 2)])

    found = cascade.spread(graph, np.array([0, 0]), 0.5, runs=20_000, seed=1)

    assert graph.edges == 2
    assert found.by_depth[0] == 1.0
    assert found.by_depth[1] == pytest.approx(1.0, abs=0.03)


def test_a_run_is_the_same_however_many_there_are():
    rng = np.random.default_rng(5)
    graph = graph_of(rng.integers(0, 50, (400, 2)).tolist(), 50)
    few, many = (
        cascade.spread(graph, np.array([1, 7]), 0.1, runs=runs, seed=9).reached for runs in (3, 600)
    )

    assert np.array_equal(few, many[:3])
    assert len(np.unique(many.sum(axis=1))) > 5


def test_the_chance_of_those_who_follow_holds_for_each_edge():
    graph = graph_of([(0, 1), (0, 2), (1, 2)])

    assert graph.by_follower(np.array([0.0, 0.1, 0.2, 0.0, 0.0])).tolist() == [0.1, 0.2, 0.2]


@pytest.mark.parametrize(
    ("seeds", "options", "says"),
    [
        ([5], {"chance": 0.1}, r"seeds must lie in \[0, 5\), got 5 to 5"),
        ([-1], {"chance": 0.1}, r"seeds must lie in \[0, 5\), got -1 to -1"),
        ([0], {"chance": 1.5}, r"chance must lie in \[0, 1\], got 1.5"),
        ([0], {"chance": float("nan")}, r"chance must lie in \[0, 1\]"),
        ([0], {"chance": np.full(3, 0.1)}, r"shape \(1,\), got \(3,\)"),
        ([0], {"chance": 0.1, "sharing": -0.1}, r"sharing must lie in \[0, 1\]"),
        ([0], {"chance": 0.1, "runs": 0}, "runs and depth must be at least 1, got 0"),
        ([0], {"chance": 0.1, "depth": 0}, "at least 1, got 1 and 0"),
    ],
)
def test_what_makes_no_sense_is_refused(seeds, options, says):
    with pytest.raises(ValueError, match=says):
        cascade.spread(graph_of([(0, 1)]), np.array(seeds), **{"runs": 1, "seed": 1} | options)


def test_nobody_at_the_start_reaches_nobody():
    found = cascade.spread(graph_of([(0, 1)]), np.array([], int), 0.5, runs=2, seed=1)

    assert found.total().value == 0.0
    assert found.standard_error == 0.0
    assert cascade.spread(LINE, np.array([0]), 0.5, runs=1, seed=1).standard_error is None


def test_a_graph_whose_starts_leave_edges_out_is_refused():
    with pytest.raises(ValueError, match="end with the number of edges"):
        cascade.Graph(np.array([0, 1]), np.array([1, 2], np.int32))

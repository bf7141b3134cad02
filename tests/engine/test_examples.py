"""The worked examples in the docstrings of the planning engine run, and say what they say."""

import textwrap

import numpy as np
import pytest

from groundswell.engine import allocation, cascade, guarantee, reach, response


def ran(module):
    """Names that the example binds."""
    example = module.__doc__.split("::\n", 1)[1]
    names: dict[str, object] = {}
    exec(textwrap.dedent(example), names)
    return names


def test_the_example_of_allocation_takes_the_first_and_the_third():
    plan = ran(allocation)["plan"]

    assert list(plan.chosen) == [0, 2]
    assert plan.reached == pytest.approx(4)


def test_the_example_of_reach_counts_three_and_reaches_two():
    names = ran(reach)

    assert reach.counted(names["panel"].rows(np.array([0, 1]))).value == 3
    assert reach.on_panel(names["panel"], names["posts"], np.array([0.5, 0.5])).value == 2


def test_the_example_of_response_pulls_three_good_posts_down():
    views = ran(response)["views"]

    assert 5_200 < views.mean[0] < 26_000
    assert views.creator_sd[1] > views.creator_sd[0]


def test_the_example_of_the_guarantee_sells_a_goal_that_fresh_draws_meet():
    names = ran(guarantee)

    assert names["hit"].value == pytest.approx(0.9, abs=0.03)
    assert names["sold"]["views"] < names["sums"].mean()


def test_the_example_of_the_cascade_reaches_nearly_three():
    found = ran(cascade)["found"]

    assert found.by_depth[:4] == pytest.approx([1, 1.5, 0.25, 0], abs=0.03)
    assert found.total().value == pytest.approx(2.75, abs=0.03)

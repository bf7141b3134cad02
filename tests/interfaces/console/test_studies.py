"""Other budgets and limits of a plan: asked for, waited for, drawn."""

import pytest

from groundswell.interfaces.console import plan_charts
from groundswell.planning import brief as briefs
from groundswell.planning.actions import plans, studying
from groundswell.planning.models import Study
from groundswell.workspaces import access
from tests.planning.cast import toml


@pytest.fixture
def plan(market, now):
    text = toml(amount=300, creators="max_share_per_creator = 0.3")
    return plans.propose(
        workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=1
    )


def test_a_study_is_asked_for_waited_for_and_shown(cast, market, plan):
    browser, path = cast.browser("editor"), cast.path(f"plans/{plan.id}/budgets")

    empty = browser.get(path).content.decode()
    browser.post(f"{path}/ask")
    waiting = browser.get(path).content.decode()
    with access.inside(market):
        study = Study.objects.get()
    studying.work(workspace=market, study_id=study.id, clock=lambda: 0.0)
    ready = browser.get(path).content.decode()

    assert "What would more money buy?" in empty
    assert "Waiting for a worker" in waiting
    assert "More or less money" in ready
    assert "creators.max_share_per_creator" in ready


def test_who_may_only_read_cannot_ask(cast, plan):
    answer = cast.browser("viewer").post(cast.path(f"plans/{plan.id}/budgets/ask"))

    assert answer.status_code == 403


def test_the_frontier_marks_the_budget_and_the_knee_and_leaves_out_what_can_not_be_planned():
    points = [
        {"budget": 10.0, "value": None, "bound": None},
        {"budget": 50.0, "value": 90.0, "bound": 95.0},
        {"budget": 100.0, "value": 120.0, "bound": 121.0},
    ]
    found = {"unit": "people", "currency": "USD", "asked": 100.0, "points": points, "knee": None}

    chart = plan_charts.frontier(found | {"knee": {"budget": 50.0}})

    assert [(p.series, p.x, p.value) for p in chart.points if p.marked] == [
        ("Your budget", 100.0, 120.0),
        ("Knee", 50.0, 90.0),
    ]
    assert len(chart.points) == 6


def test_limits_that_cost_nothing_are_not_drawn():
    row = {"key": "creators.count.max", "binds": False, "gain_share": 0.0}

    chart = plan_charts.limits({"unit": "views", "constraints": [row]})

    assert chart.points == []
    assert "No limit of the brief costs anything" in chart.empty

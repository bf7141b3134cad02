"""Studies of a plan are worked out once by a worker, anew when asked again, and say why not."""

import pytest

from groundswell.planning import brief as briefs
from groundswell.planning.actions import plans, studying
from groundswell.planning.models import DraftState, Study
from groundswell.planning.queries import UnknownPlan
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.planning.cast import toml


@pytest.fixture
def plan(market, now):
    text = toml(amount=300, creators="max_share_per_creator = 0.5")
    return plans.propose(
        workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=1
    )


@pytest.fixture
def ask(market, now):
    def asked(plan_id):
        with access.inside(market):
            return studying.ask(workspace=market, plan_id=plan_id, by="ben", now=now)

    return asked


@pytest.fixture
def done(market):
    def worked(study, clock=lambda: 0.0):
        studying.work(workspace=market, study_id=study.id, clock=clock)
        with access.inside(market):
            return Study.objects.get(id=study.id)

    return worked


def test_a_study_has_the_frontier_and_the_price_of_each_limit(plan, ask, done):
    found = done(ask(plan.id))

    assert found.state == DraftState.READY
    points = found.answer["frontier"]["points"]
    values = [point["value"] for point in points if point["value"] is not None]
    assert values == sorted(values)
    assert [row["key"] for row in found.answer["limits"]["constraints"]] == [
        "creators.max_share_per_creator"
    ]


def test_asked_twice_it_is_one_study_and_afterwards_it_is_worked_out_anew(market, plan, ask, done):
    first, second = ask(plan.id), ask(plan.id)

    assert first.id == second.id
    assert done(first).state == DraftState.READY
    assert ask(plan.id).state == DraftState.QUEUED
    with access.inside(market):
        assert JournalEntry.objects.filter(event="plan.studied").count() == 2


def test_a_settled_study_is_not_worked_out_again(plan, ask, done):
    settled = done(ask(plan.id))

    again = done(settled)

    assert (again.attempts, again.answer) == (1, settled.answer)


def test_limits_that_time_did_not_suffice_for_are_named(plan, ask, done):
    late = iter([0.0, 61.0, 62.0])

    limits = done(ask(plan.id), clock=lambda: next(late)).answer["limits"]

    assert limits["constraints"] == []
    assert limits["not_asked"] == ["creators.max_share_per_creator"]


def test_what_cannot_be_planned_any_more_says_why(market, plan, ask, done, monkeypatch):
    def refuse(*_, **__):
        raise UnknownPlan("there is no plan any more")

    monkeypatch.setattr(studying.studies, "money_and_limits", refuse)

    found = done(ask(plan.id))

    assert (found.state, found.refusal) == (DraftState.FAILED, "there is no plan any more")
    monkeypatch.undo()
    assert done(ask(plan.id)).state == DraftState.READY


def test_a_study_that_breaks_three_times_is_given_up(market, plan, ask, done, monkeypatch):
    def break_down(*_, **__):
        raise ZeroDivisionError

    study = ask(plan.id)
    monkeypatch.setattr(studying.studies, "money_and_limits", break_down)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            done(study)

    assert "broke 3 times" in done(study).refusal


def test_nobody_studies_a_plan_that_is_not_there(ask):
    with pytest.raises(UnknownPlan):
        ask("00000000-0000-0000-0000-000000000000")

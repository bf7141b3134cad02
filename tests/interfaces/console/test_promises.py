"""Promises on the console: what a plan would promise, its settling, and the record of all."""

from datetime import UTC, date, datetime

import pytest

from groundswell.planning import brief as briefs
from groundswell.planning import promises
from groundswell.planning.actions import decisions, plans
from groundswell.workspaces import access
from tests.planning.cast import toml

BEFORE = datetime(2020, 2, 1, tzinfo=UTC)


@pytest.fixture
def propose(market):
    """A plan whose program is long over, proposed before it began."""

    def proposed(more="promise = 0.8", year="2020"):
        text = toml(amount=300, more=more).replace("2027", year)
        return plans.propose(
            workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=BEFORE, seed=1
        )

    return proposed


@pytest.fixture
def taken(market, propose):
    plan = propose()
    with access.inside(market):
        decisions.approve(workspace=market, plan_id=plan.id, by="anna", now=BEFORE)
    return plan


def page(cast, path, role="approver"):
    answer = cast.browser(role).get(cast.path(path))
    assert answer.status_code == 200
    return answer.content.decode()


def settled(cast, plan, role="approver", **form):
    return cast.browser(role).post(cast.path(f"plans/{plan.id}/promise/settle"), form)


def test_without_promises_the_record_says_what_makes_one(cast, market):
    shown = page(cast, "plans/promises")

    assert "Nothing was promised yet" in shown
    assert "Choose a plan" in shown


def test_a_plan_says_what_it_would_promise_and_what_that_costs(cast, propose):
    shown = page(cast, f"plans/{propose(year='2099').id}/promise")

    assert "What it would promise" in shown
    assert "that all of it is met" in shown
    assert "What the guarantee costs" in shown


def test_a_plan_that_promises_nothing_says_why(cast, propose):
    plan = propose("goals = { views = 900000, reach = 5 }", "2099")

    shown = page(cast, f"plans/{plan.id}/promise")

    assert "No promise" in shown
    assert "below the 90% that is wanted" in shown
    assert "Reach is modelled, not counted" in shown


def test_a_promise_is_settled_on_its_plan_and_shown_in_the_record(cast, market, taken):
    before = page(cast, f"plans/{taken.id}/promise")
    sent = settled(cast, taken, **{"observed.views": "1,000,000", "note": "tracker"})
    record = page(cast, "plans/promises")

    assert "Due" in before
    assert "Where it stands today" in before
    assert sent.status_code == 302
    after = page(cast, f"plans/{taken.id}/promise")
    assert "Kept" in after
    assert "Where it stands today" not in after
    assert "1,000,000" in record
    assert "reliability-dot" in record
    with access.inside(market):
        assert promises.of_plan(taken, today=date(2020, 6, 1)).status == "kept"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"observed.views": "many"}, "views needs a count such as 12000"),
        ({"observed.views": ""}, "views needs a count such as 12000"),
        ({"from_posts": "1"}, "have no post that is known"),
    ],
)
def test_what_can_not_be_counted_is_said_beside_the_form(cast, taken, form, said):
    sent = settled(cast, taken, **form)

    assert sent.status_code == 422
    assert said in sent.content.decode()


def test_a_correction_needs_what_was_wrong(cast, taken):
    settled(cast, taken, **{"observed.views": "5"})
    without = settled(cast, taken, **{"observed.views": "1000000"})
    settled(cast, taken, **{"observed.views": "1000000", "note": "forgot the shorts"})

    assert "a correction needs a note" in without.content.decode()
    assert "forgot the shorts" in page(cast, f"plans/{taken.id}/promise")
    assert "corrected" in page(cast, "plans/promises")


def test_only_who_approves_settles(cast, taken):
    assert settled(cast, taken, role="editor", **{"observed.views": "5"}).status_code == 403
    assert "An approver can settle" in page(cast, f"plans/{taken.id}/promise", "viewer")


def test_verifying_says_that_all_is_as_it_was_made(cast, taken):
    assert "as they were made" in page(cast, "plans/promises?verify=1", "viewer")


def test_a_program_that_is_over_and_uncounted_is_brought_up(cast, taken):
    assert "is over, and nobody said what was counted" in page(cast, "plans/promises")

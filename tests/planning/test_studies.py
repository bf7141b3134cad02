"""Questions about a plan: made again it is the same, and what moved on since is said."""

import json
import uuid
from contextlib import nullcontext

import pytest

from groundswell.interfaces.cli import app
from groundswell.planning import brief as briefs
from groundswell.planning import studies
from groundswell.planning.actions import plans
from groundswell.planning.models import Plan
from groundswell.workspaces import access
from tests.planning.cast import toml
from tests.planning.conftest import NAMES, SEEN, published


@pytest.fixture
def plan(market, now):
    def made(seed=1, **changes):
        text = toml(**changes)
        return plans.propose(
            workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=seed
        )

    return made


@pytest.fixture
def followed(market, bring):
    """A third of everybody's people follow Anna too."""
    bring(
        memberships=[
            {
                "platform": "instagram",
                "account_handle": name,
                "member": f"{'anna' if person % 3 == 0 else name}-{person:04}",
                "kind": "follows",
            }
            for name in NAMES
            for person in range(200)
        ]
    )
    return market


def again(market, plan):
    return studies.reproduced(market, studies.of_plan(market, plan.id))


@pytest.fixture
def run(capsys):
    def call(*arguments, expect=0):
        status = app.run([str(each) for each in arguments], open_database=nullcontext)
        out, err = capsys.readouterr()
        assert status == expect, err
        return out if expect == 0 else err

    return call


@pytest.mark.parametrize("objective", ["views", "reach"])
def test_the_same_data_seed_and_engine_give_the_same_plan_byte_for_byte(followed, plan, objective):
    made = plan(seed=3, objective=objective, amount=400, more="goals = { views = 9000 }")

    found = again(followed, made)

    assert found["is_same"]
    assert found["kept"]["sha256"] == found["again"]["sha256"]
    assert found["reasons"] == []
    assert found["differences"]["is_same"]


def test_a_plan_after_more_data_came_in_says_that_the_data_moved_on(market, plan, bring):
    made = plan(amount=400)
    bring(
        account_observations=[
            {
                "platform": "instagram",
                "account_handle": "anna",
                "observed_at": SEEN,
                "source": "import",
                "followers": 90_000,
            }
        ],
        posts=[published("anna", 40)],
    )

    found = again(market, made)

    assert not found["is_same"]
    assert found["reasons"][0].startswith("the data moved on from revision 1 to 2;")
    moved = {each["key"] for each in found["differences"]["provenance"]}
    assert moved == {"data_revision"}


def test_a_change_that_no_revision_counts_is_said_to_be_one(market, plan):
    made = plan(amount=400)
    with access.inside(market):
        kept = Plan.objects.get(id=made.id)
    kept.document["lines"][0]["price"] += 1.0
    asked = studies.Question(briefs.parsed(kept.brief_text), kept.brief_text, kept.seed, kept)

    found = studies.reproduced(market, asked)

    assert not found["is_same"]
    assert "what no revision counts has changed" in found["reasons"][0]
    assert len(found["differences"]["lines"]["changed"]) == 1


def test_a_brief_alone_was_never_a_plan_that_could_be_made_again(market):
    with pytest.raises(ValueError, match="only a plan can be made again"):
        studies.reproduced(market, studies.Question(briefs.parsed(toml()), toml()))


def test_the_command_diff_holds_two_plans_against_each_other(market, plan, run):
    small, large = plan(amount=300), plan(amount=600)

    found = json.loads(run("diff", small.id, large.id, "-w", market.slug, "--json"))
    shown = run("diff", small.id, large.id, "-w", market.slug)

    assert found["before"]["plan"] == str(small.id)
    assert found["brief"] == [{"key": "budget.amount", "before": 300, "after": 600}]
    assert all(line["account"] in shown for line in found["lines"]["added"])
    same = run("diff", small.id, small.id, "-w", market.slug)
    assert "nothing is different" in same


def test_the_command_reproduce_says_that_it_is_the_same_plan(market, plan, run):
    made = plan(amount=300)

    found = json.loads(run("reproduce", made.id, "-w", market.slug, "--json"))
    shown = run("reproduce", made.id, "-w", market.slug)

    assert found["is_same"]
    assert shown.startswith("The same plan, byte for byte (SHA-256 ")


@pytest.mark.parametrize("command", ["diff", "reproduce"])
def test_an_unknown_plan_is_refused(market, run, command):
    unknown = uuid.UUID(int=7)
    arguments = [unknown] * (2 if command == "diff" else 1)

    said = run(command, *arguments, "-w", market.slug, expect=2)
    nonsense = run(command, *["nonsense" for _ in arguments], "-w", market.slug, expect=2)

    assert f"there is no plan {unknown}" in said
    assert "there is no plan 'nonsense'" in nonsense


@pytest.fixture
def written(tmp_path):
    def brief(**changes):
        path = tmp_path / "brief.toml"
        path.write_text(toml(**changes))
        return path

    return brief


def test_the_command_ways_answers_for_a_plan_and_for_a_brief(market, plan, written, run):
    changes = {"amount": 300, "more": "goals = { views = 4000 }"}
    made, path = plan(**changes), written(**changes)

    of_plan = json.loads(run("ways", made.id, "-w", market.slug, "--json"))
    of_brief = json.loads(run("ways", path, "-w", market.slug, "--json"))

    assert of_plan["plan"] == str(made.id)
    assert of_brief["plan"] is None
    assert [way["name"] for way in of_plan["ways"]][:2] == ["this_plan", "one_celebrity"]
    assert of_plan["ways"] == of_brief["ways"]
    shown = run("ways", made.id, "-w", market.slug)
    assert "P(goals)" in shown
    assert "celebrity" in shown


def test_the_command_frontier_says_what_budgets_buy_and_what_more_money_would(market, written, run):
    path = written(amount=100)

    curve = json.loads(run("frontier", path, "-w", market.slug, "--json"))
    more = json.loads(run("frontier", path, "--more", 100, "-w", market.slug, "--json"))

    assert curve["asked"] == 100
    at = next(point for point in curve["points"] if point["budget"] == 200)
    assert more["after"]["value"] == pytest.approx(at["value"])
    assert "asked" in run("frontier", path, "-w", market.slug)
    assert "more add" in run("frontier", path, "--more", 100, "-w", market.slug)
    assert "must stay above 0" in run("frontier", path, "--more", -100, "-w", market.slug, expect=2)


def test_the_command_constraints_says_what_limits_cost_until_the_time_is_up(market, written, run):
    path = written(amount=400, creators="count = { max = 2 }")

    found = json.loads(run("constraints", path, "-w", market.slug, "--json"))
    late = json.loads(run("constraints", path, "--seconds", 0, "-w", market.slug, "--json"))

    (row,) = found["constraints"]
    assert (row["key"], row["binds"]) == ("creators.count.max", True)
    assert (late["constraints"], late["not_asked"]) == ([], ["creators.count.max"])
    assert "creators.count.max" in run("constraints", path, "-w", market.slug)


def test_the_command_explain_gives_the_lines_of_the_plan_that_was_kept(followed, plan, run):
    made = plan(objective="reach", amount=300)

    found = json.loads(run("explain", made.id, "-w", followed.slug, "--json"))

    kept = {line["account"]: line["adds"] for line in made.document["lines"]}
    assert {line["account"]: line["adds"] for line in found["lines"]} == pytest.approx(kept)
    assert found["lines"][0]["overlaps_with"]
    shown = run("explain", made.id, "-w", followed.slug)
    assert all(account in shown for account in kept)


@pytest.mark.parametrize("command", ["ways", "frontier", "constraints", "explain"])
def test_what_is_neither_a_plan_nor_a_brief_is_refused(market, run, tmp_path, command):
    missing = run(command, tmp_path / "none.toml", "-w", market.slug, expect=2)
    nonsense = run(command, "nonsense", "-w", market.slug, expect=2)

    assert "can't be opened" in missing
    assert "there is no plan 'nonsense'" in nonsense

"""Plans are made from what the workspace knows, and kept with what is needed to make them again."""

import json
import uuid
from datetime import timedelta

import pytest

from groundswell.creators.queries import UnknownAccount
from groundswell.engine.allocation import Infeasible
from groundswell.planning import brief as briefs
from groundswell.planning import queries
from groundswell.planning.actions import plans
from groundswell.planning.candidates import NoCandidates
from groundswell.planning.evidence import NoCreators
from groundswell.planning.models import Plan, PlanLine
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.planning.cast import toml
from tests.planning.conftest import NAMES, SEEN, published


def propose(workspace, now, *, seed=1, **changes):
    text = toml(**changes)
    return plans.propose(
        workspace=workspace, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=seed
    )


def names(plan):
    return [line["account"].removeprefix("instagram:") for line in plan.document["lines"]]


def test_a_plan_is_kept_with_its_lines_and_where_it_comes_from(market, now):
    plan = propose(market, now, amount=500)

    with access.inside(market):
        kept = Plan.objects.get(id=plan.id)
        lines = list(PlanLine.objects.filter(plan=plan).order_by("position"))
        assert queries.said(plan.id) == {"plan": str(plan.id), **plan.document}
    assert (kept.budget_minor, kept.currency, kept.proposed_at) == (50_000, "USD", now)
    assert (kept.seed, kept.data_revision) == (1, plan.document["provenance"]["data_revision"])
    assert kept.brief_text == toml(amount=500)
    assert kept.spend_minor == sum(line.price_minor for line in lines)
    assert [line.why for line in lines] == [line["why"] for line in plan.document["lines"]]


def test_a_plan_of_a_program_that_began_says_so(market, now):
    later = now.replace(year=2027, month=3, day=20)
    noted = "the program began on 2027-03-01, before it was planned on 2027-03-20: "

    assert not any(noted in note for note in propose(market, now).document["notes"])
    assert any(note.startswith(noted) for note in propose(market, later).document["notes"])


def test_a_plan_is_journalled_once_with_its_rows(market, now):
    plan = propose(market, now)

    with access.inside(market):
        [entry] = JournalEntry.objects.filter(event="plan.proposed")
    assert (entry.by, entry.subject) == ("anna", "Trail shoe launch")
    assert entry.rows == 1 + len(plan.document["lines"])


def test_own_posts_are_what_the_forecast_of_a_line_stands_on(market, now):
    plan = propose(market, now)

    line = next(found for found in plan.document["lines"] if found["account"] == "instagram:fay")
    assert line["forecast"]["views"]["n"] == 10
    assert line["forecast"]["views"]["method"] == "empirical Bayes on own posts"
    assert line["followers"] == 12_000


def test_the_same_seed_on_the_same_data_gives_the_same_plan(market, now):
    first, second = propose(market, now), propose(market, now + timedelta(days=1))

    assert first.document == second.document


def test_posts_counted_within_three_days_are_not_taken_for_results(market, bring, now):
    fresh = [
        published("anna", 20 + turn, published_at=SEEN - timedelta(days=2)) for turn in range(9)
    ]
    counts = [{**each, "observed_at": SEEN, "source": "import", "views": 1} for each in fresh]
    keys = ("platform", "post_id", "account_handle", "observed_at", "source", "views")
    before = propose(market, now)

    bring(posts=fresh, post_observations=[{key: row[key] for key in keys} for row in counts])

    assert propose(market, now).document["lines"] == before.document["lines"]


def test_memberships_show_that_two_creators_share_their_audience(market, bring, now):
    members = [
        {
            "platform": "instagram",
            "account_handle": name,
            "member": f"{'same' if name in 'anna ben' else name}-{person:04}",
            "kind": "follows",
        }
        for name in NAMES
        for person in range(200)
    ]

    bring(memberships=members)
    plan = propose(market, now, objective="reach")

    reach = plan.document["forecast"]["reach"]
    assert reach["sources"] == {"memberships": 6}
    assert reach["reason"] is None
    shared = {line["account"]: 1 - line["adds"] / line["alone"] for line in plan.document["lines"]}
    assert shared["instagram:anna"] > 0.1
    assert shared["instagram:cleo"] < 0.001


def test_a_creator_who_mentioned_a_competitor_is_left_out(market, bring, now):
    bring(
        posts=[
            published("anna", 30, mentions=["OtherBrand"]),
            published("ben", 30, text="I love otherbrand, really"),
            published("cleo", 30, text="otherbrands are not the same word"),
        ]
    )

    plan = propose(market, now, creators='exclusivity_days = 400\ncompetitors = ["@otherbrand"]')

    assert set(names(plan)) == {"cleo", "dora", "emil", "fay"}
    assert plan.document["excluded"] == {"competitor": 2}


def test_never_is_kept_and_a_name_that_nobody_has_is_noted(market, now):
    plan = propose(market, now, creators='never = ["instagram:anna", "instagram:zoe"]')

    assert "anna" not in names(plan)
    assert plan.document["excluded"] == {"never": 1}
    assert (
        "never names accounts that are not in this workspace: instagram:zoe"
        in (plan.document["notes"])
    )


def test_a_rate_card_of_the_programs_first_day_sets_the_price(market, bring, now):
    card = {
        "platform": "instagram", "account_handle": "anna", "format": "reel",
        "currency": "USD", "source": "import",
    }  # fmt: skip
    bring(
        rate_cards=[
            {**card, "price": 5_000, "valid_from": SEEN.date()},
            {**card, "price": 9_900, "valid_from": SEEN.date() + timedelta(days=3_000)},
        ]
    )

    plan = propose(market, now)

    anna = next(found for found in plan.document["lines"] if found["account"] == "instagram:anna")
    assert (anna["price"], anna["price_source"]) == (50.0, "rate_card")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": 30, "creators": "count = { min = 5 }"}, Infeasible),
        ({"creators": 'must_have = ["instagram:zoe"]'}, UnknownAccount),
    ],
)
def test_a_refused_brief_leaves_nothing_behind(market, now, changes, refusal):
    with pytest.raises(refusal):
        propose(market, now, **changes)

    with access.inside(market):
        assert not Plan.objects.exists()
        assert not JournalEntry.objects.filter(event="plan.proposed").exists()


def test_an_empty_workspace_says_what_to_do(workspace, now):
    with pytest.raises(NoCreators, match="groundswell import accounts FILE"):
        propose(workspace, now)


def test_a_plan_that_nobody_made_is_unknown(inside):
    with pytest.raises(queries.UnknownPlan):
        queries.said(uuid.uuid4())


def test_another_workspaces_creators_are_not_planned_with(market, stranger, now):
    with pytest.raises(NoCreators):
        propose(stranger, now)


def test_a_share_that_is_no_number_counts_as_unknown(market, bring, now):
    def audience(name, share):
        return {
            "platform": "instagram",
            "account_handle": name,
            "observed_at": SEEN,
            "source": "import",
            "dimension": "country",
            "value": "US",
            "share": share,
        }

    bring(
        audience_shares=[
            *(audience(name, 0.8) for name in NAMES[:3]),
            *(audience(name, float("nan")) for name in NAMES[3:]),
        ]
    )

    plan = propose(market, now, more='[audience]\ncountries = ["US"]')

    kept = json.dumps(plan.document)
    assert "NaN" not in kept
    assert "Infinity" not in kept
    assert {"anna", "ben", "cleo"} & set(names(plan))


def test_lengths_that_are_no_number_change_no_plan(market, bring, now):
    before = propose(market, now)

    bring(posts=[published(name, 0, duration_s=float("nan")) for name in NAMES])

    assert propose(market, now).document["lines"] == before.document["lines"]


def test_a_target_that_nobody_matches_says_which_filter_to_loosen(market, now):
    with pytest.raises(NoCandidates, match=r"nobody is left to choose from.*6 would be left"):
        propose(market, now, more='[audience]\ncountries = ["JP"]')

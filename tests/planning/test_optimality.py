"""The optimality certificate of plans: for the panel, for the population, and when prices move."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.planning import document, optimality, proposal, showing
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels

CREATORS, PEOPLE = 80, 20_000
CAST = [account(f"c{n}", followers=8_000 + 400 * n, country="US") for n in range(CREATORS)]
POSTS = [
    post
    for n, row in enumerate(CAST)
    for post in reels(row["account"], *[900 + 150 * (n % 13), 1_100 + 150 * (n % 13)] * 5)
]


def sampled(*, without=()):
    """Memberships of everybody on offer but some, each of 600 people at random."""

    def members(on_offer: pa.Table) -> pa.Table:
        rng = np.random.default_rng(1)
        names = on_offer["account"].to_pylist()
        of = {name: rng.choice(PEOPLE, 600, replace=False) for name in sorted(names)}
        rows = [
            (at, who) for at, name in enumerate(names) if name not in without for who in of[name]
        ]
        account_, member = zip(*rows, strict=True)
        return pa.table(
            {"account": pa.array(account_, pa.int32()), "member": pa.array(member, pa.int32())}
        )

    return members


def planned(members=None, objective="reach", **changes):
    known = evidence(*CAST, posts=POSTS)
    found = proposal.propose(
        brief(objective=objective, amount=1_500, **changes),
        known,
        sampled() if members is None else members,
        tiers=ACTIVATE,
        seed=1,
        progress=silent,
    )
    return document.document(found, seed=1)


def certificate(*args, **changes):
    return planned(*args, **changes)["certificates"]["optimality"]


def test_a_plan_on_sampled_people_is_certified_for_the_panel_and_for_the_population():
    found = certificate()

    assert 0.95 <= found["panel"] <= 1
    assert 0.7 < found["population"] < found["panel"]
    assert found["confidence"] == 0.95
    assert found["reason"] is None
    assert found["value"] <= found["bound"]
    assert found["people"] == pytest.approx(PEOPLE / 2, rel=0.1)
    assert 0 <= found["regret"]["lost"] < 0.1


def test_audiences_that_were_not_sampled_are_taken_to_share_nobody():
    everybody = certificate()
    some = certificate(sampled(without={f"c{n}" for n in range(0, CREATORS, 4)}))

    assert some["population"] is not None
    assert some["population"] < everybody["population"]


def test_a_plan_of_mostly_unsampled_audiences_has_no_bound_for_the_population():
    found = certificate(sampled(without={row["account"] for row in CAST[:-5]}))

    assert found["population"] is None
    assert "lines were sampled" in found["reason"]


def test_without_a_sample_there_is_no_bound_for_the_population():
    found = certificate(lambda _: NOBODY)

    assert 0.95 <= found["panel"] <= 1
    assert (found["population"], found["people"], found["confidence"]) == (None, None, None)
    assert "lines were sampled" in found["reason"]


def test_plain_sums_are_certified_for_the_offers_alone():
    found = certificate(objective="views")

    assert 0.95 <= found["panel"] <= 1
    assert found["population"] is None
    assert "expected views are added up" in found["reason"]


def test_the_certificate_holds_within_the_briefs_limits():
    # Five places only: the best five are far below what the money could buy.
    found = certificate(creators="count = { max = 5 }")

    assert found["panel"] >= 0.95


def test_where_the_limits_cannot_be_kept_at_higher_prices_no_regret_is_said():
    least = planned()["lines"]
    cheapest = sorted(line["price"] for line in least)
    everything = f"count = {{ min = {len(cheapest)} }}"

    found = certificate(creators=everything)["regret"]

    assert found["lost"] is None
    assert "can't be kept" in found["reason"]


def test_regret_on_some_of_the_people_is_that_on_all(monkeypatch):
    on_all = certificate()["regret"]["lost"]
    monkeypatch.setattr(optimality, "_FOR_REGRET", 6_000)

    assert certificate()["regret"]["lost"] == pytest.approx(on_all, abs=0.02)


def test_regret_among_the_promising_offers_is_that_among_all(monkeypatch):
    among_all = certificate()["regret"]["lost"]
    monkeypatch.setattr(optimality, "_MOST_OFFERS", 60)

    assert certificate()["regret"]["lost"] == pytest.approx(among_all, abs=0.01)


def said(**changes):
    found = {
        "panel": 0.9934, "population": 0.9502, "reason": None, "value": 993.4, "bound": 1_000.0,
        "is_exact": False, "steps": 7, "people": 20_000, "confidence": 0.95,
        "regret": {"move": 0.3, "lost": 0.0123, "reason": None},
    }  # fmt: skip
    plan = {"objective": "reach", "certificates": {"optimality": found | changes}}
    return showing.nearness(plan)


def test_a_certificate_is_said_in_plain_words_and_rounded_against_us():
    near = said()

    assert near.said == "Within 0.7% of the best possible plan for this audience panel"
    assert near.population == "Within 5.0% for the population, 95% sure"
    assert "more than 1,000 people" in near.how
    assert "on the 20,000 sampled people" in near.how
    assert "at most 1.2%" in near.regret


def test_an_exhaustive_search_is_said_as_such():
    near = said(is_exact=True, panel=1.0, regret={"move": 0.3, "lost": None, "reason": "no"})

    assert near.said == "The best possible plan for this audience panel"
    assert near.how.startswith("All portfolios were searched")
    assert near.regret is None


def test_no_bound_is_said_with_its_reason():
    plans = said(panel=None, reason="no upper bound is worked out yet")
    population = said(population=None, reason="nobody was sampled")

    assert (plans.said, plans.how) == ("No bound", "no upper bound is worked out yet")
    assert plans.population is None
    assert population.population == "No bound for the population: nobody was sampled"

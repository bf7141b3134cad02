"""Audiences: the best source of overlaps for each creator, and reach that starts from responses."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.planning import audiences, candidates, offers
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence

SEEN = 2_000.0


def market(*accounts, **tables):
    known = evidence(*accounts, **tables)
    found = candidates.find(brief(), known)
    priced, _ = offers.price(brief(), known, found, ACTIVATE)
    return known, priced


def members(*audiences_):
    """Memberships of the first, second... account."""
    account_ = np.repeat(np.arange(len(audiences_)), [len(a) for a in audiences_])
    return pa.table(
        {
            "account": pa.array(account_, pa.int32()),
            "member": pa.array(np.concatenate(audiences_), pa.int32()),
        }
    )


def reach_of(people, priced, lines=(0, 1)):
    chosen = np.array(lines)
    views = np.full((4, len(chosen)), SEEN)
    drawn, sources = people.draws(priced, chosen, views, rng=np.random.default_rng(1))
    return drawn, sources


def each(priced, line=0):
    return float(audiences.reached(priced.audience[line], np.array(SEEN)))


def test_two_creators_with_the_same_members_reach_hardly_more_than_one():
    known, priced = market(account("anna"), account("ben"))
    same = np.arange(2_000)

    together, sources = reach_of(
        audiences.gather(known, priced, members(same, same), salt=1), priced
    )
    apart, _ = reach_of(
        audiences.gather(known, priced, members(same, same + 2_000), salt=1), priced
    )

    one = each(priced)
    part = one / 10_000
    assert sources == {"memberships": 2}
    assert apart.value[0] == pytest.approx(2 * one, rel=1e-6)
    assert together.value[0] == pytest.approx(10_000 * (1 - (1 - part) ** 2), rel=1e-6)


def test_a_plan_is_chosen_on_one_half_and_reported_from_the_other():
    known, priced = market(account("anna"), account("ben"))

    people = audiences.gather(known, priced, members(np.arange(900), np.arange(900)), salt=1)

    assert people.choosing.members.sum() + people.reporting.members.sum() == 1_800
    assert people.choosing.audience() == pytest.approx([10_000, 10_000], rel=0.1)


def test_too_few_members_cannot_show_overlaps():
    known, priced = market(account("anna"), account("ben"))

    people = audiences.gather(known, priced, members(np.arange(900), np.arange(4)), salt=1)

    assert list(people.source) == ["memberships", "segments"]
    assert len(people.choosing.exposure) == len(people.choosing.people)
    assert people.rates(priced) * people.choosing.audience() == pytest.approx(
        audiences.reached(priced.audience, priced.views.mean) * 0.89, rel=1e-6
    )


def test_measured_overlaps_are_used_where_there_are_no_members():
    pair = {
        "account_a": "anna", "account_b": "ben", "shared": 5_000,
        "size_a": 10_000, "size_b": 10_000, "threshold": None,
    }  # fmt: skip
    known, priced = market(account("anna"), account("ben"), overlaps=[pair])

    drawn, sources = reach_of(audiences.gather(known, priced, NOBODY, salt=1), priced)

    one = each(priced)
    assert sources == {"overlaps": 2}
    assert drawn.value[0] == pytest.approx(2 * one - 5_000 * (one / 10_000) ** 2)
    assert drawn.low[0] == drawn.value[0] == drawn.high[0]


def test_where_nobody_measured_the_interval_goes_from_one_audience_to_their_sum():
    known, priced = market(account("anna", country="MT"), account("ben", country="MT"))

    drawn, sources = reach_of(audiences.gather(known, priced, NOBODY, salt=1), priced)

    one = each(priced)
    assert sources == {"segments": 2}
    assert (drawn.low[0], drawn.high[0]) == pytest.approx((one, 2 * one))
    assert drawn.low[0] < drawn.value[0] < drawn.high[0]


def test_audiences_in_two_countries_do_not_overlap():
    known, priced = market(account("anna", country="MT"), account("ben", country="FR"))

    drawn, _ = reach_of(audiences.gather(known, priced, NOBODY, salt=1), priced)

    assert drawn.low[0] == pytest.approx(2 * each(priced))


def test_a_measured_audience_is_spread_over_its_countries():
    shares = [
        {"account": name, "dimension": "country", "value": country, "share": 0.5}
        for name, country in (("anna", "MT"), ("anna", "FR"), ("ben", "MT"), ("ben", "DE"))
    ]
    known, priced = market(account("anna"), account("ben"), audience_shares=shares)

    drawn, _ = reach_of(audiences.gather(known, priced, NOBODY, salt=1), priced)

    assert drawn.low[0] == pytest.approx(1.5 * each(priced))


def test_sources_are_mixed_line_by_line():
    known, priced = market(account("anna"), account("ben"), account("cleo"))
    some = members(np.arange(900), np.arange(500, 1_400), np.array([], int))

    drawn, sources = reach_of(
        audiences.gather(known, priced, some, salt=1), priced, lines=(0, 1, 2)
    )

    assert sources == {"memberships": 2, "segments": 1}
    assert drawn.value[0] < 3 * each(priced)
    assert drawn.low[0] <= drawn.value[0] <= drawn.high[0]


def test_what_is_seen_of_sampled_pairs_says_how_alike_the_others_are():
    accounts = [account(name, country="MT") for name in ("anna", "ben", "cleo", "dora")]
    known, priced = market(*accounts)
    half, nobody = np.arange(1_000), np.array([], int)

    def apart(second):
        some = members(half, second, nobody, nobody)
        people = audiences.gather(known, priced, some, salt=1)
        return people.activity, reach_of(people, priced, lines=(2, 3))[0].value[0]

    same, reached = apart(half)
    other, more = apart(half + 1_000)

    assert (same.pairs, other.pairs) == (1, 1)
    assert same.observed == pytest.approx(10_000, rel=0.1)
    assert (same.variance > 0, other.variance) == (True, 0.0)
    assert reached < more


def test_where_no_pair_was_seen_nobody_is_said_to_be_alike():
    known, priced = market(account("anna", country="MT"), account("ben", country="MT"))

    people = audiences.gather(known, priced, NOBODY, salt=1)

    assert people.activity.pairs == 0
    assert people.virtual is people.countries

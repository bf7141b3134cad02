from dataclasses import replace
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest

from groundswell.retrieval import documents, indexing, ranking, searching
from groundswell.retrieval.answers import Reason
from groundswell.retrieval.querying import PrefixTooShort
from groundswell.retrieval.searching import Request
from groundswell.terms.tiers import ACTIVATE, COMMON, Tier, TierSet
from tests.retrieval.by_hand import row

ANNA = row(
    "anna",
    handle="anna.runs",
    display_name="Anna",
    bio="Trail running coach in Zürich",
    captions=["first trail", "running late"],
    categories=["Fitness & Gym"],
    country="CH",
    followers=12_000,
    engagement_rate_by_followers=0.034,
    last_post_at=datetime(2026, 1, 3, 23, 59, tzinfo=UTC),
    audience=[("country.US", 0.25)],
)
BEN = row("ben", handle="trail", bio="food", followers=900_000, categories=["fitness & gym"])
CARL = row("carl", bio="running and trail", followers=0)


SIGNS = {">=": ge, ">": gt, "<=": le, "<": lt, "=": eq}


def build(folder, rows):
    batch = pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)
    with indexing.writing(folder) as writer:
        writer.rebuild([batch], marks={})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    build(folder, [ANNA, BEN, CARL])
    return folder


def accounts(folder, *arguments, **more):
    return [hit.account for hit in searching.search(folder, Request(*arguments, **more)).hits]


def test_a_word_in_the_name_counts_more_than_one_in_the_bio(folder):
    assert accounts(folder, "trail", filters=["followers!=12000"]) == ["ben", "carl"]


def test_a_phrase_must_stand_in_one_text(folder):
    assert accounts(folder, '"trail running"') == ["anna"]


def test_without_words_the_largest_come_first_and_score_alike(folder):
    hits = searching.search(folder, Request()).hits
    assert [(hit.rank, hit.account, hit.score) for hit in hits] == [
        (1, "ben", 1.0),
        (2, "anna", 1.0),
        (3, "carl", 1.0),
    ]


def test_accounts_without_the_value_come_last_in_both_orders(folder):
    assert accounts(folder, sort="engagement:asc")[0] == "anna"
    assert accounts(folder, sort="engagement:desc")[0] == "anna"
    assert accounts(folder, sort="followers:asc") == ["carl", "anna", "ben"]


def test_scores_are_relevance_in_whatever_order(folder):
    by_relevance = {
        hit.account: hit.score for hit in searching.search(folder, Request("trail")).hits
    }
    by_size = searching.search(folder, Request("trail", sort="followers")).hits
    assert {hit.account: hit.score for hit in by_size} == pytest.approx(by_relevance)


def test_pages_continue_each_other(folder):
    hits = searching.search(folder, Request(limit=2, offset=1)).hits
    assert [(hit.rank, hit.account) for hit in hits] == [(2, "anna"), (3, "carl")]


def test_no_hits_may_be_asked_for(folder):
    found = searching.search(folder, Request(limit=0, facets=["country"]))
    assert (found.total, found.hits, found.facets) == (3, (), {"country": {"none": 2, "CH": 1}})


def test_spellings_of_a_category_are_counted_together(folder):
    facet = searching.search(folder, Request()).facets["category"]
    assert sorted(facet.values()) == [1, 2]


def test_tiers_are_those_of_the_request(folder):
    assert accounts(folder, filters=["tier=mid"]) == []
    assert accounts(folder, filters=["tier=micro"]) == ["anna"]
    common = searching.search(folder, Request(filters=["tier=micro"], tiers=COMMON))
    assert common.facets["tier"] == {"micro": 1}
    assert [hit.account for hit in common.hits] == ["anna"]


def test_below_the_first_tier_is_none(folder):
    assert accounts(folder, filters=["tier=none"]) == ["carl"]


def test_zero_is_not_unknown(folder):
    assert accounts(folder, filters=["followers=0"]) == ["carl"]
    assert accounts(folder, filters=["followers=none"]) == []
    assert accounts(folder, filters=["audience.country.US=none"]) == ["ben", "carl"]


@pytest.mark.parametrize(
    ("low", "high", "found"), [("0", "0.25", ["anna"]), ("0.2", "1", ["anna"]), ("0.3", "1", [])]
)
def test_shares_lie_between_whole_and_fractional_bounds(folder, low, high, found):
    bounds = [f"audience.country.US>={low}", f"audience.country.US<={high}"]
    assert accounts(folder, filters=bounds) == found


def test_each_hit_says_why(folder):
    request = Request(
        "trail run*",
        ["country=CH", "tier=micro", "last_post>=2026-01-03", "audience.country.US>=20%"],
        sort="followers:asc",
    )
    (hit,) = searching.search(folder, request).hits
    assert hit.reasons == (
        Reason("words", "bio", "trail", None),
        Reason("words", "captions", "trail", None),
        Reason("words", "name", "run*", None),
        Reason("words", "bio", "run*", None),
        Reason("words", "captions", "run*", None),
        Reason("filter", "country", "country=CH", "CH"),
        Reason("filter", "tier", "tier=micro", "micro"),
        Reason("filter", "last_post", "last_post>=2026-01-03", "2026-01-03"),
        Reason("filter", "audience.country.US", "audience.country.US>=20%", 0.25),
        Reason("sort", "followers", "followers:asc", 12_000),
    )


def test_a_text_of_signs_alone_finds_nobody(folder):
    assert searching.search(folder, Request("!!!")).total == 0


@pytest.mark.parametrize("sort", ["followers", "relevance"])
@pytest.mark.parametrize("filters", [(), ("followers>=10K",), ("country=US", "followers!=none")])
def test_only_the_highest_steps_are_ordered_and_nobody_is_missed(tmp_path, sort, filters):
    rng = np.random.default_rng(5)
    followers = rng.lognormal(9, 2, 300).astype(int).tolist()
    quality = rng.uniform(0, 100, 300).round(3).tolist()
    followers[::9] = [None] * len(followers[::9])
    rows = [
        row(f"account-{place}", followers=each, factor_quality=given, country="US")
        for place, (each, given) in enumerate(zip(followers, quality, strict=True))
    ]
    build(tmp_path, rows)
    for offset in (0, 5, 40, 200):
        asked = Request("", filters, sort, limit=5, offset=offset)
        with patch.object(ranking, "CONSIDERED", 20):
            ours = searching.search(tmp_path, asked)
            with patch.object(searching, "_MANY", 1_000):
                every = searching.search(tmp_path, asked)
        assert ours == every


def test_bounds_between_steps_of_followers_are_exact(tmp_path):
    counts = [0, 1, 999, 1_000, 1_001, 4_999, 5_000, 5_001, 7_500, 19_999, 20_000, 10**10]
    build(tmp_path, [row(f"account-{each}", followers=each) for each in counts])
    for bound in (0, 1, 1_000, 4_999, 7_500, 20_000, 10**9, 10**10):
        for sign, holds in SIGNS.items():
            found = searching.search(tmp_path, Request("", [f"followers{sign}{bound}"]))
            assert found.total == sum(holds(each, bound) for each in counts)


@pytest.mark.parametrize("bound", [5_000, 7_500])  # on a step of followers, and between two
def test_tiers_find_whom_their_facet_counts(tmp_path, bound):
    tiers = TierSet("ours", {**ACTIVATE.lower_bounds, Tier.MICRO: bound})
    build(tmp_path, [row(f"account-{each}", followers=each) for each in range(0, 30_000, 500)])
    everybody = searching.search(tmp_path, Request(tiers=tiers)).facets["tier"]
    assert searching.search(tmp_path, Request("", ["followers<0"], tiers=tiers)).total == 0
    for asked in (["nano"], ["micro"], ["nano", "mid"]):
        filters = [f"tier={each}" for each in asked]
        found = searching.search(tmp_path, Request("", filters, tiers=tiers))
        assert found.facets["tier"] == {tier: everybody[tier] for tier in found.facets["tier"]}
        assert found.total == sum(everybody[tier] for tier in asked)


def test_blank_text_finds_everybody(folder):
    assert searching.search(folder, Request(" \n")).total == 3


def test_ten_thousand_exclusions_are_answered(folder):
    text = "trail " + " ".join(f"-word{number}" for number in range(10_000)) + " -food"
    assert accounts(folder, text) == ["anna", "carl"]


def test_ten_megabytes_in_one_caption_are_searched(tmp_path):
    long = replace_caption("needle " + "hay " * 2_500_000)
    with indexing.writing(tmp_path) as writer:
        writer.rebuild([long], marks={})
    assert searching.search(tmp_path, Request("needle -nothing")).total == 1


def replace_caption(text):
    return pa.RecordBatch.from_pylist([ANNA | {"captions": [text]}], schema=documents.DOCUMENTS)


def test_a_prefix_with_too_many_endings_is_refused_in_a_phrase_only(tmp_path):
    captions = ["trail " + " ".join(f"x{number}" for number in range(17_000))]
    batch = pa.RecordBatch.from_pylist([ANNA | {"captions": captions}], schema=documents.DOCUMENTS)
    with indexing.writing(tmp_path) as writer:
        writer.rebuild([batch], marks={})
    assert searching.search(tmp_path, Request("x*")).total == 1
    assert searching.search(tmp_path, Request('"trail x0*"')).total == 1
    with pytest.raises(PrefixTooShort, match="write more"):
        searching.search(tmp_path, Request('"trail x*"'))


def test_a_page_before_the_first_is_refused():
    with pytest.raises(searching.BadPage):
        replace(Request(), offset=-1)


@pytest.mark.parametrize("sort", ["relevance:asc", "followers:up", "fame"])
def test_orders_that_make_no_sense_are_refused(folder, sort):
    with pytest.raises(searching.keys.UnknownKey):
        searching.search(folder, Request(sort=sort))


def test_facets_of_most_are_those_of_few(tmp_path):
    rows = [
        row(
            f"account-{place}",
            bio="trail" if place else "road",
            country="CH" if place % 3 else None,
        )
        for place in range(9)
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)
    with indexing.writing(tmp_path) as writer:
        writer.rebuild([batch], marks={})
    found = searching.search(tmp_path, Request("trail", facets=["country", "tier"]))
    assert found.facets == {"country": {"CH": 6, "none": 2}, "tier": {"none": 8}}


def test_other_forms_of_a_word_are_found_but_not_in_quotes(folder):
    assert sorted(accounts(folder, "runners trails")) == ["anna", "carl"]
    assert accounts(folder, '"runners"') == []

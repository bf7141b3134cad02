"""Filters on what a workspace knows and says itself: safety, prices, tags, lists, contacts."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from groundswell.retrieval import documents, filters, indexing, searching
from groundswell.retrieval.filters import UnreadableFilter
from groundswell.retrieval.keys import UnknownKey
from groundswell.retrieval.searching import Request
from groundswell.retrieval.values import UnreadableValue
from tests.retrieval.by_hand import row

JULY, AUGUST = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)
ROWS = [
    row("clear", safety=["scanned", "read"], price=200.0, tags=["Vegan Food"]),
    row("mild", safety=["scanned", "alcohol.low"], prices=[("EUR", 90.0)], lists=["Spring"]),
    row("strong", safety=["scanned", "alcohol.high", "drugs.medium"], last_contact_at=JULY),
    row(
        "rival",
        safety=["scanned", "read", "competitor.high"],
        last_competitor_at=JULY,
        last_contact_at=AUGUST,
    ),
    row("said", safety=["read", "own_words.medium"], saturation=0.25),
    row("unread"),
    row("banned", safety=["scanned"], excluded=True, lists=["Never again"]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("index")
    with indexing.writing(path) as writer:
        writer.rebuild([pa.RecordBatch.from_pylist(ROWS, schema=documents.DOCUMENTS)], marks={})
    return path


def found(folder, *expressions, **more):
    hits = searching.search(folder, Request(filters=expressions, **more)).hits
    return {hit.account for hit in hits}


@pytest.mark.parametrize(
    ("expression", "accounts"),
    [
        ("brand_safety=clear", {"clear", "rival"}),
        ("brand_safety<=mild", {"clear", "rival", "mild"}),
        ("brand_safety>=medium", {"strong", "said"}),
        ("brand_safety=none", {"unread"}),
        ("brand_safety!=high", {"clear", "mild", "rival", "said", "unread"}),
        ("brand_safety.alcohol=clear", {"clear", "rival"}),
        ("brand_safety.alcohol<=low", {"clear", "rival", "mild"}),
        ("brand_safety.alcohol>low", {"strong"}),
        ("brand_safety.alcohol=none", {"said", "unread"}),
        ("brand_safety.own_words=clear", {"clear", "rival"}),
        ("brand_safety.own_words!=none", {"clear", "rival", "said"}),
        ("brand_safety.competitor=high", {"rival"}),
        ("brand_safety_subject=drugs", {"strong"}),
        ("saturation>=20%", {"said"}),
        ("saturation=none", {"clear", "mild", "strong", "rival", "unread"}),
        ("price<=250", {"clear"}),
        ("price.eur<100", {"mild"}),
        ("price.EUR=none", {"clear", "strong", "rival", "said", "unread"}),
        ("tag=vegan food", {"clear"}),
        ("tags=none", {"mild", "strong", "rival", "said", "unread"}),
        ("list=SPRING", {"mild"}),
        ("last_competitor<=2026-07-01", {"rival"}),
        ("last_contact>=2026-08-01", {"rival"}),
        ("not_contacted_since=2026-08-01", {"clear", "mild", "strong", "said", "unread"}),
        ("not_contacted_since!=2026-08-01", {"rival"}),
        ("excluded=yes", {"banned"}),
        ("excluded=no", {"clear", "mild", "strong", "rival", "said", "unread"}),
    ],
)
def test_finds_who_is_meant(folder, expression, accounts):
    assert found(folder, expression) == accounts


def test_who_is_on_an_exclusion_list_is_no_hit_until_asked_for(folder):
    everybody = {each["account"] for each in ROWS}
    assert found(folder) == everybody - {"banned"}
    assert found(folder, with_excluded=True) == everybody
    assert found(folder, "excluded=yes", "excluded=no") == everybody
    assert found(folder, "list=never again") == set()
    assert found(folder, "list=never again", with_excluded=True) == {"banned"}


def test_counts_how_strong_and_of_what(folder):
    wanted = ["brand_safety", "brand_safety_subject", "tag", "list"]
    facets = searching.search(folder, Request(facets=wanted)).facets
    assert facets["brand_safety"] == {"clear": 2, "high": 1, "low": 1, "medium": 1, "none": 1}
    assert facets["brand_safety_subject"] == {
        "alcohol": 2, "none": 2, "competitor": 1, "drugs": 1, "own_words": 1,
    }  # fmt: skip
    assert facets["tag"] == {"none": 5, "Vegan Food": 1}
    assert facets["list"] == {"none": 5, "Spring": 1}


@pytest.mark.parametrize(
    ("expression", "account", "value"),
    [
        ("brand_safety.alcohol=low", "mild", "low"),
        ("brand_safety.weapons=clear", "strong", "clear"),
        ("brand_safety.drugs!=clear", "unread", None),
        ("brand_safety=clear", "clear", "clear"),
        ("price.EUR>=1", "mild", 90.0),
        ("last_contact=2026-07-01", "strong", "2026-07-01"),
        ("not_contacted_since=2026-09-01", "unread", None),
        ("tag=vegan food", "clear", ["Vegan Food"]),
        ("excluded=no", "unread", False),
    ],
)
def test_says_what_it_found(folder, expression, account, value):
    hits = searching.search(folder, Request(filters=[expression])).hits
    [hit] = [each for each in hits if each.account == account]
    assert [reason.value for reason in hit.reasons if reason.kind == "filter"] == [value]


@pytest.mark.parametrize(
    ("expression", "refusal", "hint"),
    [
        ("brand_safety.alcool=clear", UnknownKey, "did you mean brand_safety.alcohol"),
        ("brand_safety=mediu", UnreadableValue, "write medium"),
        ("price.euro=5", UnknownKey, "did you mean price"),
        ("price=-5", UnreadableValue, "an amount such as 250"),
        ("tag>a", UnreadableFilter, "use tag="),
        ("not_contacted_since>2026-01-01", UnreadableFilter, "use not_contacted_since="),
        ("lists=Spring", UnknownKey, "did you mean list"),
    ],
)
def test_refuses_what_cannot_be_meant(expression, refusal, hint):
    with pytest.raises(refusal, match=hint):
        filters.read([expression])

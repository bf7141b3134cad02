"""Lookalikes: who is like whom, why, and what a changed index makes of it."""

import numpy as np
import pytest

from groundswell.retrieval import documents, indexing, likenesses, lookalikes, storage
from groundswell.retrieval.lookalikes import NothingToCompare, OrderedByLikeness, TooManySeeds
from groundswell.retrieval.searching import Request
from groundswell.retrieval.vectors import Describer, Vocabulary
from tests.retrieval.by_hand import row
from tests.retrieval.test_storage import build, change

RUNNERS = [
    row("anna", bio="Trail running in the alps", categories=["Running"], country="CH",
        language="en", followers=10_000, audience=[("country.US", 0.7), ("country.CH", 0.3)]),
    row("ben", bio="I run trails", categories=["running"], country="US", language="en",
        followers=12_000, audience=[("country.US", 0.8), ("country.CH", 0.2)]),
    row("carl", bio="alps and trails", categories=["Running", "Hiking"], country="CH"),
]  # fmt: skip
BAKERS = [
    row("dora", bio="Sourdough bread", categories=["Food"], country="CH", language="en"),
    row("emil", bio="bread and sourdough, in the alps", categories=["Food"], followers=9_000),
]
UNKNOWN = row("fred", handle="fred", country="CH", followers=10_000)


@pytest.fixture
def folder(tmp_path):
    build(tmp_path, *RUNNERS, *BAKERS, UNKNOWN)
    return tmp_path


@pytest.fixture
def by_bits(monkeypatch):
    """Candidates are chosen by their bits, however few there are."""
    monkeypatch.setattr(lookalikes, "LISTED", 0)


def like(folder, *seeds, filters=(), **more):
    return lookalikes.search(folder, seeds, Request(filters=filters, **more))


def accounts(found):
    return [hit.account for hit in found.hits]


def test_the_most_alike_come_first_and_the_seed_is_no_hit(folder):
    found = like(folder, "anna")

    assert accounts(found)[:2] == ["ben", "carl"]
    assert set(accounts(found)) == {"ben", "carl", "dora", "emil"}
    assert [hit.rank for hit in found.hits] == [1, 2, 3, 4]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[1] > scores[2] + 0.05


def test_of_whom_nothing_is_known_is_counted_apart(folder):
    assert (like(folder, "anna").total, like(folder, "anna").incomparable) == (4, 1)
    within = like(folder, "anna", filters=["country=CH"])
    assert (within.total, within.incomparable) == (2, 1)


def test_filters_and_words_hold_for_lookalikes_too(folder):
    assert accounts(like(folder, "anna", filters=["country=CH"])) == ["carl", "dora"]
    assert accounts(like(folder, "anna", text="bread", filters=["followers>=9K"])) == ["emil"]
    assert like(folder, "anna", text="!!!").total == 0
    assert like(folder, "anna", facets=["country"]).facets == {
        "country": {"CH": 2, "US": 1, "none": 1}
    }


def test_like_two_is_like_each_of_them_in_the_mean(folder):
    anna = {hit.account: hit.score for hit in like(folder, "anna").hits}
    dora = {hit.account: hit.score for hit in like(folder, "dora").hits}
    both = {hit.account: hit.score for hit in like(folder, "anna", "dora").hits}

    assert set(both) == {"ben", "carl", "emil"}
    for account, score in both.items():
        assert score == pytest.approx((anna[account] + dora[account]) / 2, abs=1e-4)


def test_others_of_the_same_creator_are_no_hits(folder):
    found = lookalikes.search(folder, ["anna"], Request(), without=["ben"])

    assert "ben" not in accounts(found)


def test_each_hit_says_what_it_has_in_common(folder):
    first = like(folder, "anna").hits[0]

    common = {reason.key: (reason.asked, reason.value) for reason in first.reasons}
    assert common.pop("likeness") == ("", round(first.score, 4))
    assert common.pop("audience") == (
        "country.US, country.CH",
        pytest.approx((0.7 * 0.8) ** 0.5 + (0.3 * 0.2) ** 0.5, abs=1e-4),
    )
    assert set(common.pop("words")[1]) == {"trail", "running"}
    assert common == {
        "categories": ("", ["running"]),
        "language": ("", "en"),
        "followers": ("10,000", 12_000),
    }


def test_pages_follow_one_another(folder):
    first, second = like(folder, "anna", limit=2), like(folder, "anna", limit=2, offset=2)

    assert accounts(first) + accounts(second) == accounts(like(folder, "anna"))
    assert [hit.rank for hit in second.hits] == [3, 4]
    assert like(folder, "anna", limit=0).hits == ()
    assert like(folder, "anna", offset=9).hits == ()


def test_the_bits_choose_the_same_as_comparing_all(folder, by_bits):
    assert accounts(like(folder, "anna")) == ["ben", "carl", "emil", "dora"]
    assert accounts(like(folder, "anna", filters=["country=CH"])) == ["carl", "dora"]


def test_likeness_is_the_cosine_of_the_vectors(tmp_path):
    rng = np.random.default_rng(3)
    words = [f"w{letter}{other}x" for letter in "abcdefgh" for other in "klmnop"]
    rows = [
        row(f"a{at:03}", bio=" ".join(rng.choice(words, 8)), followers=int(rng.integers(1, 10**6)))
        for at in range(200)
    ]
    build(tmp_path, *rows)
    found, _ = Describer(Vocabulary.of(rows)).describe(rows, list(map(documents.said, rows)))

    hits = like(tmp_path, "a000", limit=50).hits

    expected = found @ found[0]
    assert [hit.score for hit in hits] == pytest.approx(
        sorted(expected.clip(0), reverse=True)[1:51], abs=0.01
    )
    for hit in hits:
        assert hit.score == pytest.approx(max(expected[int(hit.account[1:])], 0), abs=0.01)


def test_a_changed_account_is_found_as_it_is_now(folder):
    change(folder, row("ben", bio="Sourdough bread", categories=["Food"], country="US"))

    assert accounts(like(folder, "anna"))[0] == "carl"
    assert "ben" in accounts(like(folder, "dora"))[:2]
    assert like(folder, "anna").total == 4


def test_who_is_gone_is_found_no_longer_by_any_way(folder, monkeypatch):
    change(folder, gone=["ben"])

    assert accounts(like(folder, "anna")) == ["carl", "emil", "dora"]
    monkeypatch.setattr(lookalikes, "LISTED", 0)
    assert accounts(like(folder, "anna")) == ["carl", "emil", "dora"]


def test_what_an_interruption_left_behind_is_cut_off(folder):
    generation = storage.current(folder).path
    with (generation / "likeness.codes").open("ab") as file:
        file.write(b"half a row")

    change(folder, row("gina", bio="Trail running", categories=["Running"]))

    assert likenesses.rows(generation) == 6
    assert "gina" in accounts(like(folder, "anna"))[:2]


def test_an_index_whose_vectors_are_mostly_of_former_times_is_worn(folder, monkeypatch):
    monkeypatch.setattr(indexing, "_SPARE", 0)
    with indexing.writing(folder) as writer:
        assert not writer.is_worn()
    for _ in range(5):
        change(folder, *RUNNERS)
    with indexing.writing(folder) as writer:
        assert writer.is_worn()


def test_nobody_is_like_an_account_of_which_nothing_is_known(folder):
    with pytest.raises(NothingToCompare, match="accounts like instagram:fred"):
        like(folder, "anna", "fred")
    with pytest.raises(NothingToCompare, match="not in the search index yet"):
        like(folder, "anna", "zoe")


def test_more_seeds_than_a_search_takes_are_refused(folder):
    with pytest.raises(TooManySeeds, match="21 accounts"):
        like(folder, *(f"a{at}" for at in range(21)))


def test_another_order_is_refused(folder):
    with pytest.raises(OrderedByLikeness, match="'followers:asc'"):
        like(folder, "anna", sort="followers:asc")
    assert like(folder, "anna", sort="relevance").total == 4

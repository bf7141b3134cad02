"""What the index answers is what looking at every row answers: totals, hits and facets.

`make torture` asks 10,000 queries; GROUNDSWELL_QUERIES says how many.
"""

import os

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.retrieval import documents, indexing, searching
from groundswell.retrieval.searching import Request
from tests.retrieval import brute_force
from tests.retrieval.brute_force import Corpus, date_of, day

ROWS = 60
CORPORA = 5  # of different rows; one more has none
WORDS = [
    "trail", "trails", "running", "runner", "run", "Vegan", "vegans", "café", "CAFE", "plantbased",
    "plant", "based", "recipes", "corrida", "corridas", "Straße", "東京", "旅行", "ラーメン",
    "서울", "ผัดไทย", "سلام", "سَلام", "مكة", "שלום", "हिन्दी", "बाइक", "👟", "👩‍💻", "👍🏽", "❤️",
    "5k", "２０２６", "e-mail", "rock'n'roll", "o_o", "ﬁtness", "naïve", "Łódź", "İzmir",
]  # fmt: skip
TYPED = [
    *WORDS, "trial", "runing", "vgean", "recpies", "xyzzy", "corridda", "caf", "tra", "東", "sal",
    "recital", "barista", "plant based", "trail run",
]  # fmt: skip
PLATFORMS = ["instagram", "youtube", "tiktok"]
COUNTRIES = ["US", "GB", "BR"]
LANGUAGES = ["en", "pt", "pt-BR", "ar", "ja", "de"]
CATEGORIES = ["Fitness & Gym", "fitness & gym", "Travel", "Café  Life", "旅行"]
CITIES = ["São Paulo", "sao paulo", "New York"]
COUNTS = [0, 1, 4_999, 5_000, 20_000, 99_999, 100_000, 1_000_000]
RATES = [-0.5, 0.0, 0.01, 0.034, 0.5]
SHARES = ["country.US", "gender.female"]


def row(number: int, rng: np.random.Generator) -> dict:
    def maybe(values, size=1):
        return None if rng.random() < 0.3 else values[rng.integers(len(values))]

    def text():
        return " ".join(rng.choice(WORDS, rng.integers(1, 6)))

    known = {
        "platform": str(rng.choice(PLATFORMS)),
        "handle": maybe(["anna.runs", "trail_tokyo", "plantbased.ben", "旅.👟"]),
        "display_name": maybe([text()]),
        "bio": maybe([text()]),
        "captions": maybe([[text() for _ in range(rng.integers(0, 4))]]),
        "categories": maybe([[CATEGORIES[rng.integers(2)]], CATEGORIES[2:4], CATEGORIES[4:], []]),
        "country": maybe(COUNTRIES),
        "city": maybe(CITIES),
        "language": maybe(LANGUAGES),
        "verified": maybe([True, False]),
        "followers": maybe(COUNTS),
        "engagement_rate_by_followers": maybe(RATES),
        "growth": maybe(RATES),
        "last_post_at": maybe([day(0), day(1), day(40)]),
        "audience": maybe([[(SHARES[0], 0.0)], [(SHARES[1], 0.5)], [(s, 0.01) for s in SHARES]]),
    }  # fmt: skip
    unknown = dict.fromkeys(documents.DOCUMENTS.names)
    return unknown | {"account": f"account-{number}"} | known


def built(folder, rows):
    batch = pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)
    with indexing.writing(folder) as writer:
        writer.rebuild([batch], marks={})
    return folder


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    """Pairs of an index and its rows."""
    rng = np.random.default_rng(11)
    several = [[row(number, rng) for number in range(ROWS)] for _ in range(CORPORA)] + [[]]
    return [(built(tmp_path_factory.mktemp("index"), rows), Corpus(rows)) for rows in several]


word = st.sampled_from(TYPED)
phrase = st.lists(word, min_size=1, max_size=3).map(" ".join)
quote = st.sampled_from(['"', "“", "«", ""])
piece = st.one_of(
    word,
    st.tuples(st.sampled_from(["", "-", "--"]), word, st.sampled_from(["", "*"])).map("".join),
    st.tuples(st.sampled_from(["", "-"]), quote, phrase, quote, st.sampled_from(["", "*"])).map(
        "".join
    ),
    st.text("\"-* 👟東aر\u200f'", max_size=4),
)
typed = st.tuples(st.lists(piece, max_size=5), st.sampled_from([" ", "  ", "\u3000", ""])).map(
    lambda given: given[1].join(given[0])
)


def comparing(key, some):
    equal = st.tuples(st.just(key), st.sampled_from(["=", "!="]), st.none() | some)
    bound = st.tuples(st.just(key), st.sampled_from([">=", ">", "<=", "<"]), some)
    return equal | bound


def naming(key, some):
    return st.tuples(st.just(key), st.sampled_from(["=", "!="]), st.none() | st.sampled_from(some))


filters = st.one_of(
    naming("platform", PLATFORMS),
    naming("country", COUNTRIES),
    naming("language", LANGUAGES),
    naming("category", CATEGORIES),
    naming("city", CITIES),
    naming("tier", list(brute_force.TIERS)),
    naming("verified", [True, False]),
    comparing("followers", st.sampled_from(COUNTS)),
    comparing("engagement_rate_by_followers", st.sampled_from(RATES)),
    comparing("growth", st.sampled_from(RATES)),
    comparing("last_post", st.sampled_from([date_of(0), date_of(1), date_of(39)])),
    *(comparing(f"audience.{each}", st.sampled_from(RATES[1:])) for each in SHARES),
)


def found_in(folder, text, asked):
    request = Request(text, [brute_force.typed(*each) for each in asked], limit=ROWS)
    found = searching.search(folder, request)
    facets = {key: dict(counts) for key, counts in found.facets.items()}
    facets["category"] = {brute_force.fold(key): n for key, n in facets["category"].items()}
    return found.total, {hit.account for hit in found.hits}, facets


def expected_of(corpus, text, asked):
    accounts, facets = corpus.answer(text, asked)
    return len(accounts), accounts, facets


@settings(
    max_examples=int(os.environ.get("GROUNDSWELL_QUERIES", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, CORPORA), typed, st.lists(filters, max_size=4))
def test_every_answer_is_that_of_looking_at_every_row(corpora, which, text, asked):
    folder, corpus = corpora[which]
    assert found_in(folder, text, asked) == expected_of(corpus, text, asked)


def test_ten_thousand_exclusions_leave_out_what_they_name(corpora):
    folder, corpus = corpora[0]
    text = " ".join(f"-{word}" for word in [*WORDS[:12], *(f"word{n}" for n in range(10_000))])
    assert found_in(folder, text, []) == expected_of(corpus, text, [])


def test_a_caption_of_ten_megabytes_is_searched_to_its_end(tmp_path):
    long = row(0, np.random.default_rng(1)) | {"captions": ["trail " * 1_750_000 + "needle"]}
    short = row(1, np.random.default_rng(1)) | {"captions": ["needle in hay"]}
    folder = built(tmp_path, [long, short])
    assert found_in(folder, "needle", [])[:2] == (2, {"account-0", "account-1"})
    assert found_in(folder, '"trail needle"', [])[:2] == (1, {"account-0"})

"""Random creators and random searches: the index answers as counting by hand does."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.retrieval import documents, indexing, searching
from groundswell.retrieval.searching import Request
from tests.retrieval import by_hand

WORDS = ["trail", "trails", "running", "run", "veggie", "vegan", "東京", "旅", "café", "سلام", "👟"]
OTHER_FORMS = ["runner", "runs", "veggies", "vegans", "corridas", "corrida"]
MISTYPED = ["trial", "trali", "runing", "vgean", "vegie", "xyz", "runnniing", "corridda", "salaam"]
PLATFORMS = ["instagram", "youtube", "tiktok"]
COUNTRIES = ["US", "GB", "BR"]
LANGUAGES = ["en", "pt", "pt-BR"]
CATEGORIES = ["Fitness & Gym", "fitness & gym", "Travel", "Food & Drinks", "Chess", "Dance"]
DAYS = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 1)]
COUNTS = [0, 1, 4_999, 5_000, 99_999, 1_000_000]
RATES = [0.0, 0.01, 0.034, 0.5]
SHARES = ["country.US", "gender.female"]

texts = st.lists(st.sampled_from([*WORDS, *OTHER_FORMS]), min_size=1, max_size=5).map(" ".join)


def maybe(strategy):
    return st.none() | strategy


creators = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(PLATFORMS),
        "handle": maybe(st.sampled_from(["anna.runs", "trail_tokyo"])),
        "bio": maybe(texts),
        "captions": maybe(st.lists(texts, max_size=3)),
        "categories": maybe(st.lists(st.sampled_from(CATEGORIES), max_size=5, unique_by=str.lower)),
        "country": maybe(st.sampled_from(COUNTRIES)),
        "language": maybe(st.sampled_from(LANGUAGES)),
        "verified": maybe(st.booleans()),
        "followers": maybe(st.sampled_from(COUNTS)),
        "engagement_rate_by_followers": maybe(st.sampled_from(RATES)),
        "last_post_at": maybe(
            st.sampled_from(DAYS).map(
                lambda day: datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
            )
        ),
        "audience": maybe(
            st.dictionaries(st.sampled_from(SHARES), st.sampled_from(RATES)).map(
                lambda shares: list(shares.items())
            )
        ),
    }
)

clause = st.one_of(
    st.tuples(st.sampled_from(["word", "without"]), st.sampled_from(WORDS)),
    st.tuples(st.just("word"), st.sampled_from([*OTHER_FORMS, *MISTYPED])),
    st.tuples(st.just("phrase"), texts),
    st.tuples(st.just("prefix"), st.sampled_from(["tra", "veg", "r", "trail ru", "東", "caf"])),
)


def signs(*several):
    return st.sampled_from(several)


filters = st.one_of(
    st.tuples(st.just("platform"), signs("=", "!="), st.sampled_from(PLATFORMS)),
    st.tuples(st.just("country"), signs("=", "!="), maybe(st.sampled_from(COUNTRIES))),
    st.tuples(st.just("language"), signs("=", "!="), maybe(st.sampled_from(LANGUAGES))),
    st.tuples(st.just("category"), signs("=", "!="), maybe(st.sampled_from(CATEGORIES))),
    st.tuples(st.just("tier"), signs("=", "!="), maybe(st.sampled_from(["nano", "mid", "mega"]))),
    st.tuples(st.just("verified"), signs("=", "!="), maybe(st.booleans())),
    st.tuples(st.just("followers"), signs(">=", "<=", "=", "!="), st.sampled_from(COUNTS)),
    st.tuples(st.just("followers"), signs("=", "!="), st.none()),
    st.tuples(
        st.just("engagement_rate_by_followers"), signs(">=", "<=", "="), st.sampled_from(RATES)
    ),
    st.tuples(st.just("last_post"), signs(">=", "<=", "=", "!="), st.sampled_from(DAYS)),
    st.tuples(
        st.sampled_from([f"audience.{each}" for each in SHARES]),
        signs(">=", "<=", "=", "!="),
        st.sampled_from(RATES),
    ),
    st.tuples(st.just("audience.country.US"), signs("=", "!="), st.none()),
)


def typed(kind: str, written: str) -> str:
    quoted = f'"{written}"' if " " in written else written
    return {
        "word": written,
        "without": f"-{written}",
        "phrase": f'"{written}"',
        "prefix": f'"{written}*"' if " " in written else f"{quoted}*",
    }[kind]


def index(folder: Path, rows: list[dict]) -> None:
    batch = pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)
    with indexing.writing(folder) as writer:
        writer.rebuild([batch], marks={})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(creators, max_size=12),
    st.lists(st.tuples(st.lists(clause, max_size=3), st.lists(filters, max_size=4)), max_size=12),
)
def test_totals_facets_and_sets_are_those_of_counting(made, searches):
    rows = [by_hand.row(f"account-{place}", **each) for place, each in enumerate(made)]
    with TemporaryDirectory() as scratch:
        index(Path(scratch), rows)
        for text, asked in searches:
            expected, facets = by_hand.answer(rows, text, asked)
            request = Request(
                " ".join(typed(*each) for each in text),
                [by_hand.written(*each) for each in asked],
                limit=len(rows),
            )
            found = searching.search(Path(scratch), request)
            assert (found.total, {hit.account for hit in found.hits}) == (len(expected), expected)
            assert fold_spelling(found.facets) == fold_spelling(facets)


def fold_spelling(facets):
    """Categories are counted over their spellings; which one is shown does not matter here."""
    categories: dict[str, int] = {}
    for value, number in facets["category"].items():
        categories[value.lower()] = categories.get(value.lower(), 0) + number
    return {**facets, "category": categories}


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(text, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "one-index-for-odd-input"
    if not folder.exists():
        index(folder, [by_hand.row("account-0", bio="trail running")])
    assert searching.search(folder, Request(text)).total in {0, 1}

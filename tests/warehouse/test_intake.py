"""Staged rows become segments only where they say something new."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.terms.tables import MEMBERSHIPS, OBSERVATIONS, POST_OBSERVATIONS, TABLES
from groundswell.warehouse import intake
from groundswell.warehouse.staging import Staging
from tests.support.staged import schema_of, stage
from tests.warehouse.conftest import Shelf

TAKEN_AT = datetime(2026, 5, 1, tzinfo=UTC)


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


class Desk:
    """Imports, one after the other; an account's UUID is its handle here."""

    def __init__(self, folder):
        self.folder = folder
        self.shelf = Shelf(folder)
        self.imports = itertools.count(1)

    def take(self, *, taken_at=TAKEN_AT, **rows_by_table):
        """Import the rows; returns how many source rows changed nothing."""
        number = next(self.imports)
        staged = stage(self.folder / f"staged{number}", **rows_by_table)
        with self.shelf.open(readable=[staged]) as opened:
            staging = Staging(staged, opened, taken_at=taken_at)
            references = staging.references()
            staging.resolve(references.append_column("account", references["handle"]))
            stored = {segment.table for segment in self.shelf.segments}
            for table in staging.tables:
                if table in OBSERVATIONS:
                    self.shelf.segments += intake.take(
                        staging,
                        table,
                        root=self.shelf.root,
                        publication=number,
                        is_stored=table.name in stored,
                    )
            return staging.unchanged()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def post(post_id, **rest):
    return {"platform": "youtube", "post_id": post_id, "account_handle": "anna", **rest}


def counted(followers, at=None, **rest):
    return {
        "platform": "youtube",
        "account_handle": "anna",
        "observed_at": at,
        "source": "import",
        "followers": followers,
        **rest,
    }


def test_the_same_rows_again_change_nothing(desk):
    rows = [post("p", text="one", hashtags=["a"]), post("q")]

    assert desk.take(posts=rows) == 0
    assert desk.take(posts=rows) == 2
    assert len(desk.shelf.segments) == 1


def test_rows_go_to_the_month_of_their_time(desk):
    desk.take(posts=[post("p", published_at=day(5)), post("q")])

    assert [segment.month for segment in desk.shelf.segments] == ["2026-01", "undated"]


def test_a_row_that_differs_replaces_the_stored_one_and_null_erases_nothing(desk):
    desk.take(posts=[post("p", text="one", url="u"), post("q", text="same")])

    assert desk.take(posts=[post("p", text="two"), post("q", text="same")]) == 1
    assert desk.shelf.rows("posts", "post_id", "text", "url") == [
        ("p", "two", "u"),
        ("q", "same", None),
    ]


def test_a_row_that_knows_less_changes_nothing(desk):
    desk.take(posts=[post("p", text="one", url="u")])

    assert desk.take(posts=[post("p", text="one")]) == 1
    assert len(desk.shelf.segments) == 1


def test_where_a_row_comes_from_is_no_news(desk):
    desk.take(account_observations=[counted(10, day(1))])

    assert desk.take(account_observations=[counted(10, day(1), source="api")]) == 1


def test_of_repeated_rows_the_last_known_value_wins(desk):
    rows = [post("p", text="one", url="u"), post("p", text="two"), post("q", text="other")]

    assert desk.take(posts=rows) == 1
    assert desk.shelf.rows("posts", "post_id", "text", "url") == [
        ("p", "two", "u"),
        ("q", "other", None),
    ]


def test_repeated_rows_are_folded_across_chunks(tmp_path, desk):
    stage(tmp_path / "staged1", posts=[post("p", text="one")])

    desk.take(posts=[post("p", text="two", row=2)])

    assert desk.shelf.rows("posts", "text") == [("two",)]


def test_a_count_without_a_time_is_observed_when_it_was_taken(desk):
    desk.take(account_observations=[counted(10)])

    assert desk.shelf.segments[0].month == "2026-05"


def test_a_count_without_a_time_changes_nothing_when_it_is_the_newest_known(desk):
    desk.take(account_observations=[counted(10, day(1)), counted(12, day(2))])

    assert desk.take(account_observations=[counted(12)]) == 1
    assert desk.take(account_observations=[counted(10)]) == 0
    assert desk.shelf.rows("account_observations", "followers") == [(10,), (10,), (12,)]


def test_a_known_time_makes_a_new_observation(desk):
    desk.take(account_observations=[counted(10, day(1))])

    assert desk.take(account_observations=[counted(10, day(2))]) == 0


def test_a_member_was_last_seen_at_the_latest_time(desk):
    member = {"platform": "twitch", "account_handle": "a", "member": "m", "kind": "viewed"}
    desk.take(memberships=[{**member, "at": day(5)}])

    assert desk.take(memberships=[{**member, "at": day(2)}, {**member, "row": 2}]) == 2
    assert desk.take(memberships=[{**member, "at": day(7)}]) == 0
    assert desk.take(memberships=[{**member, "at": day(7)}]) == 1


def test_pairs_are_kept_in_order_with_their_sizes(desk):
    pair = {"platform": "twitch", "kind": "viewed", "observed_at": day(1), "shared": 3}
    names = {"account_a_handle": "zoe", "account_b_handle": "anna"}
    desk.take(overlaps=[{**pair, **names, "size_a": 10, "size_b": 20}])

    found = desk.shelf.rows("overlaps", "account_a", "account_b", "size_a", "size_b")

    assert found == [("anna", "zoe", 20, 10)]


def test_a_count_of_a_post_finds_the_account_of_its_post(desk):
    desk.take(posts=[post("p")])
    seen = {"platform": "youtube", "observed_at": day(1), "views": 1}

    desk.take(
        posts=[post("q")],
        post_observations=[{**seen, "post_id": name} for name in ("p", "q", "unknown")],
    )

    found = desk.shelf.rows("post_observations", "post_id", "account")
    assert found == [("p", "anna"), ("q", "anna"), ("unknown", None)]


def test_one_source_row_counts_once_however_many_parts_it_has(desk):
    rows = {"posts": [post("p"), post("q")], "account_observations": [counted(1, day(1))]}
    desk.take(**rows)

    rows["account_observations"] = [counted(2, day(2))]
    assert desk.take(**rows) == 1


def test_more_rows_than_are_written_at_once_stay_in_order(desk, monkeypatch):
    monkeypatch.setattr(intake, "_SORTED_AT_ONCE", 3)
    monkeypatch.setattr(intake, "_FOLDED_AT_ONCE", 2)
    rows = [
        post(f"p{n}", account_handle=f"a{n % 3}", published_at=day(1 + n % 2)) for n in range(10)
    ]

    desk.take(posts=[*rows, *({**row, "row": 20 + n} for n, row in enumerate(rows))])

    (segment,) = desk.shelf.segments
    assert segment.rows == 10
    assert len(desk.shelf.rows("posts", "post_id")) == 10


counts = st.none() | st.integers(0, 3)
observations = st.lists(
    st.builds(
        lambda handle, number, followers, posts: counted(
            followers, number and day(number), account_handle=handle, posts=posts
        ),
        st.sampled_from(["anna", "bea"]),
        st.sampled_from([1, 2, 3]),
        counts,
        counts,
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=12)
@given(st.lists(observations, min_size=1, max_size=3))
def test_the_view_shows_for_each_key_the_last_known_value_ever_imported(tmp_path_factory, files):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    expected = {}
    for rows in files:
        desk.take(account_observations=rows)
        for row in rows:
            known = expected.setdefault((row["account_handle"], row["observed_at"].day), {})
            known |= {k: row[k] for k in ("followers", "posts") if row[k] is not None}

    with desk.shelf.open() as opened:
        found = opened.connection.execute(
            "SELECT account, day(observed_at), followers, posts FROM account_observations"
        ).fetchall()
    assert {(a, d): (f, p) for a, d, f, p in found} == {
        key: (known.get("followers"), known.get("posts")) for key, known in expected.items()
    }
    assert len(found) == len(expected)
    assert desk.take(account_observations=files[-1]) == len(files[-1])


def test_every_observed_table_can_be_taken_twice(desk):
    rows = {
        "account_averages": [
            {"platform": "x", "account_handle": "a", "window": "month", "views_average": 3}
        ],
        "audience_shares": [
            {
                "platform": "x",
                "account_handle": "a",
                "dimension": "country",
                "value": "US",
                "share": 0.5,
            }
        ],
        "comments": [{"platform": "x", "comment_id": "c", "post_id": "p", "text": "hi"}],
        "overlaps": [
            {
                "platform": "x",
                "account_a_handle": "a",
                "account_b_handle": "b",
                "kind": "viewed",
                "shared": 1,
            }
        ],
        "post_observations": [{"platform": "x", "post_id": "p", "views": 2}],
    }

    assert desk.take(**rows) == 0
    assert desk.take(taken_at=datetime(2026, 6, 1, tzinfo=UTC), **rows) == 1
    assert {segment.table for segment in desk.shelf.segments} == rows.keys() & TABLES.keys()


def test_the_same_rows_again_need_little_memory_however_many_they_are(tmp_path):
    shelf, staged, count = Shelf(tmp_path), tmp_path / "staged", 1_200_000
    schema = schema_of(MEMBERSHIPS)
    filled = {
        "row": pa.array(range(count), pa.int64()),
        "platform": pa.repeat("x", count),
        "account_handle": pa.repeat("anna", count),
        "member": pa.array([f"{number:032x}" for number in range(count)]),
    }
    staged.mkdir()
    columns = [filled.get(field.name, pa.nulls(count, field.type)) for field in schema]
    pq.write_table(pa.table(columns, schema=schema), staged / "memberships-00001.parquet")

    def take(publication, **limits):
        with shelf.open(readable=[staged], threads=1, **limits) as opened:
            staging = Staging(staged, opened, taken_at=TAKEN_AT)
            references = staging.references()
            staging.resolve(references.append_column("account", references["handle"]))
            shelf.segments += intake.take(
                staging,
                MEMBERSHIPS,
                root=shelf.root,
                publication=publication,
                is_stored=publication > 1,
            )
            return staging.unchanged()

    assert take(1) == 0
    assert take(2, memory_limit="32MB") == count


def test_rows_from_before_there_was_a_column_are_the_same_until_it_says_something(
    desk, monkeypatch
):
    counted = post("p", observed_at=day(1), views=5)
    columns = [each for each in POST_OBSERVATIONS.columns if not each.name.startswith("watch_")]
    with monkeypatch.context() as before:
        older = replace(POST_OBSERVATIONS, columns=tuple(columns))
        before.setitem(TABLES, older.name, older)
        stored = {"platform": "youtube", "post_id": "p", "account": "anna"}
        desk.shelf.put("post_observations", {**stored, "observed_at": day(1), "views": 5})

    assert desk.take(post_observations=[counted]) == 1
    assert desk.take(post_observations=[{**counted, "watch_time_s": 90.0}]) == 0
    assert desk.shelf.rows("post_observations", "views", "watch_time_s") == [(5, 90.0)]

"""Views show the newest row of each key, under the account that survived, and nothing else."""

from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pytest

from groundswell.terms import tables
from groundswell.warehouse.observations import Observations, UnknownQuestion


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


def counted(account, at, followers=None, posts=None):
    return {
        "platform": "youtube",
        "account": account,
        "observed_at": at,
        "followers": followers,
        "posts": posts,
    }


def post(post_id, account="a", **rest):
    return {"platform": "youtube", "post_id": post_id, "account": account, **rest}


def seen(post_id, at, **counts):
    return {"platform": "youtube", "post_id": post_id, "observed_at": at, **counts}


@pytest.mark.parametrize("table", tables.OBSERVATIONS, ids=lambda table: table.name)
def test_a_table_without_segments_is_an_empty_view_of_its_schema(shelf, table):
    with shelf.open() as opened:
        answer = opened.connection.sql(f'FROM "{table.name}"').to_arrow_table()

    assert answer.num_rows == 0
    assert answer.schema.names == [column.name for column in table.columns]
    assert answer.schema.types == [column.arrow_type for column in table.columns]


@pytest.mark.parametrize(
    ("question", "parameters"),
    [
        ("account_posts", {"account": "a"}),
        ("audience_members", {"wanted": pa.table({"account": ["a"], "code": [0]})}),
        ("audience_shares", {}),
        ("follower_series", {"accounts": ["a"]}),
        ("latest_counts", {}),
        ("measured_overlaps", {}),
    ],
)
def test_a_question_can_be_asked_of_an_empty_warehouse(shelf, question, parameters):
    with shelf.open() as opened:
        assert opened.ask(question, **parameters).num_rows == 0


def test_only_listed_segments_are_seen(shelf):
    shelf.put("posts", post("seen"))
    listed = list(shelf.segments)
    shelf.put("posts", post("stray"))
    shelf.segments = listed

    assert shelf.rows("posts", "post_id") == [("seen",)]


def test_a_revision_takes_the_place_of_the_first_row(shelf):
    shelf.put("posts", post("p", text="first"), post("q", text="other"))
    shelf.put("posts", post("p", text="second"), publication=2, revises=True)

    assert shelf.rows("posts", "post_id", "text") == [("p", "second"), ("q", "other")]


def test_a_revision_may_live_in_another_month(shelf):
    shelf.put("posts", {**post("p", text="undated"), "month": "undated"})
    shelf.put("posts", post("p", text="dated"), publication=2, revises=True)

    assert shelf.rows("posts", "text") == [("dated",)]


def test_the_newest_of_several_revisions_wins(shelf):
    shelf.put("posts", post("p", text="1"))
    shelf.put("posts", post("p", text="3"), publication=3, revises=True)
    shelf.put("posts", post("p", text="2"), publication=2, revises=True)

    assert shelf.rows("posts", "text") == [("3",)]


def test_rows_of_a_merged_account_are_shown_under_the_survivor(shelf):
    shelf.put("posts", post("p", "old"), post("q", "new"), post("r", "other"), post("s", None))

    found = shelf.rows("posts", "post_id", "account", aliases=[("old", "new")])

    assert found == [("p", "new"), ("q", "new"), ("r", "other"), ("s", None)]


def test_where_both_accounts_have_a_key_the_later_import_wins_and_known_beats_unknown(shelf):
    shelf.put("account_observations", counted("old", day(1), followers=10, posts=7))
    shelf.put("account_observations", counted("new", day(1), followers=11), publication=2)

    found = shelf.rows(
        "account_observations", "account", "followers", "posts", aliases=[("old", "new")]
    )

    assert found == [("new", 11, 7)]


def test_pairs_of_merged_accounts_stay_in_order_and_never_pair_an_account_with_itself(shelf):
    pair = {"platform": "twitch", "kind": "viewed", "observed_at": day(1)}
    shelf.put(
        "overlaps",
        {**pair, "account_a": "a", "account_b": "m", "shared": 1, "size_a": 10, "size_b": 20},
        {**pair, "account_a": "a", "account_b": "z", "shared": 2, "size_a": 10, "size_b": 30},
    )

    found = shelf.rows(
        "overlaps", "account_a", "account_b", "shared", "size_a", "size_b", aliases=[("a", "m")]
    )

    assert found == [("m", "z", 2, 10, 30)]
    swapped = shelf.rows("overlaps", "account_a", "account_b", "size_a", aliases=[("a", "x")])
    assert swapped == [("m", "x", 20), ("x", "z", 10)]


def test_a_column_added_to_a_table_later_is_null_in_older_segments(shelf, monkeypatch):
    older = tables.Table("posts", ("platform", "post_id"), tables.POSTS.columns[:3], "as it was")
    monkeypatch.setitem(tables.TABLES, "posts", older)
    shelf.put("posts", post("p"))

    assert shelf.rows("posts", "post_id", "text") == [("p", None)]


def test_counts_are_each_the_newest_known(shelf):
    shelf.put("account_observations", counted("a", day(1), followers=10, posts=5))
    shelf.put("account_observations", counted("a", day(2), followers=12))

    with shelf.open() as opened:
        (answer,) = opened.ask("latest_counts").to_pylist()

    assert (answer["followers"], answer["posts"]) == (12, 5)
    assert answer["counts_observed_at"] == day(2)


def test_follower_series_are_those_of_the_accounts_asked_for(shelf):
    shelf.put(
        "account_observations",
        counted("b", day(1), 1),
        counted("a", day(2), 3),
        counted("a", day(1), 2),
    )

    with shelf.open() as opened:
        answer = opened.ask("follower_series", accounts=["a"])

    assert answer["followers"].to_pylist() == [2, 3]


def test_posts_of_an_account_come_with_their_newest_counts(shelf):
    shelf.put(
        "posts", post("p", published_at=day(1)), post("q", published_at=day(2)), post("r", "b")
    )
    shelf.put(
        "post_observations", seen("p", day(3), views=10, likes=1), seen("p", day(4), views=12)
    )

    with shelf.open() as opened:
        answer = opened.ask("account_posts", account="a")

    assert answer["post_id"].to_pylist() == ["q", "p"]
    assert answer["views"].to_pylist() == [None, 12]
    assert answer["likes"].to_pylist() == [None, 1]


def test_audience_shares_are_the_newest(shelf):
    share = {"platform": "youtube", "account": "a", "dimension": "country", "value": "US"}
    shelf.put("audience_shares", {**share, "observed_at": day(2), "share": 0.4})
    shelf.put("audience_shares", {**share, "observed_at": day(1), "share": 0.3, "sample_size": 50})

    with shelf.open() as opened:
        (answer,) = opened.ask("audience_shares").to_pylist()

    assert (answer["share"], answer["sample_size"], answer["observed_at"]) == (0.4, 50, day(2))


def test_members_are_numbered_across_the_accounts_wanted(shelf):
    member = {"platform": "youtube", "kind": "follows"}
    rows = [("a", "m1"), ("a", "m2"), ("b", "m2"), ("c", "m0")]
    shelf.put("memberships", *({**member, "account": a, "member": m} for a, m in rows))
    shelf.put("memberships", {**member, "kind": "liked", "account": "a", "member": "m1"})

    with shelf.open() as opened:
        wanted = pa.table({"account": ["b", "a"], "code": [0, 1]})
        answer = opened.ask("audience_members", wanted=wanted).sort_by("member")

    pairs = list(zip(*answer.to_pydict().values(), strict=True))
    assert sorted(pairs) == [(0, 1), (1, 0), (1, 1)]
    assert answer.schema.types == [pa.int32(), pa.int32()]


def test_a_question_nobody_wrote_is_refused_with_those_there_are(shelf):
    with shelf.open() as opened, pytest.raises(UnknownQuestion, match="latest_counts"):
        opened.ask("../questions/latest_counts")


def test_a_value_can_not_become_sql(shelf):
    shelf.put("posts", post("p", "x' OR true --"))

    with shelf.open() as opened:
        assert opened.ask("account_posts", account="a' OR true --").num_rows == 0
        assert opened.ask("account_posts", account="x' OR true --").num_rows == 1


@pytest.mark.parametrize(
    "statement",
    [
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/groundswell-escape.csv'",
        "ATTACH '/tmp/groundswell-escape.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_the_connection_reaches_no_other_file(shelf, statement):
    with shelf.open() as opened, pytest.raises(duckdb.Error):
        opened.connection.execute(statement)


def test_more_than_memory_holds_is_spilled(shelf):
    with shelf.open(memory_limit="100MB") as opened:
        opened.connection.execute(
            "CREATE TEMP TABLE wide AS "
            "SELECT i, repeat(md5(i::VARCHAR), 8) AS t FROM range(400000) numbers(i)"
        )
        answer = opened.connection.sql("SELECT t FROM wide ORDER BY t").to_arrow_reader(10_000)

        assert sum(batch.num_rows for batch in answer) == 400_000


def test_a_question_that_runs_out_of_memory_is_a_failure_of_the_machine(tmp_path):
    with (
        pytest.raises(OSError, match="the observations can't be read or written"),
        Observations(tmp_path, [], spill=tmp_path / "spill", memory_limit="20MB") as opened,
    ):
        opened.connection.execute("SELECT list(i) FROM range(20_000_000) t(i)")

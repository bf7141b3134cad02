"""A look at a file: its first rows as they would be read, what was guessed, and why."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundswell.connectors.adapters import maps, parsing, previewing
from groundswell.connectors.adapters.files.batches import CannotRead

ACCOUNTS = "Username,Subs,Shoe size,mail\nanna,541.2K,38,a@example.com\nben,-5,44,b@example.com\n"


@pytest.fixture
def look(tmp_path, now):
    """Looks at some content as the console does."""

    def looked(content, kind="accounts", name="list.csv", map_=None, platform=None):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return parsing.previewed(
            path, file_name=name, kind=kind, map_=map_, platform=platform, now=now
        )

    return looked


def columns(found):
    return {column["header"]: (column["target"], column["why"]) for column in found["columns"]}


def test_columns_say_what_they_feed_and_why(look):
    found = look(ACCOUNTS, platform="instagram")

    assert columns(found) == {
        "Username": ("accounts.handle", "it is named like it"),
        "Subs": ("account_observations.followers", "it is named like it"),
        "Shoe size": ("", "nothing known goes by this name"),
        "mail": ("contacts.email", "it is named like it"),
    }
    assert [column["fit"] for column in found["columns"]] == [2, 1, 0, 2]


def test_cells_stand_as_written_and_as_read_and_bad_rows_say_why(look):
    found = look(ACCOUNTS, platform="instagram")

    assert [row["cells"][1] for row in found["rows"]] == [
        ["541.2K", "541,200", ""],
        ["-5", None, "is negative"],
    ]
    assert (found["judged"], found["bad"]) == (2, 1)
    assert found["reasons"] == [
        {"line": 3, "column": "Subs", "value": "-5", "reason": "is negative"}
    ]


def test_what_the_user_can_still_answer_is_a_problem_and_no_refusal(look):
    found = look(ACCOUNTS)

    assert found["problems"][0].startswith("nothing tells on which platform")
    assert columns(found)["Username"][0] == "accounts.handle"


def test_two_columns_that_look_alike_are_a_problem_and_no_refusal(look):
    found = look("handle,Subscribers,SUBSCRIBERS\nanna,5,6\n", platform="instagram")

    assert "both look like" in found["problems"][0]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("handle,followers,country\nanna,5,US\n", "accounts"),
        ("post_id,account,caption,likes\np1,anna,hello,5\n", "posts"),
        ("comment_id,post_id,author,text\nc1,p1,ben,wow\n", "comments"),
        ("member,account\nm1,anna\n", "memberships"),
        ("account_a,account_b,shared\nanna,ben,5\n", "overlaps"),
        ("account,format,price,currency\nanna,reel,50000,USD\n", "rate_cards"),
        ("account,tags,last_contact\nanna,ultra,2026-03-01\n", "records"),
    ],
)
def test_the_kind_is_the_one_of_which_most_columns_say_something(look, content, kind):
    found = look(content, kind="")

    assert found["kind"] == kind
    assert found["understood"][kind] == len(found["columns"])


def test_what_the_user_says_of_a_column_wins(look):
    map_ = maps.parsed('[columns]\n"Shoe size" = "following"\nmail = ""', kind="accounts")

    found = look(ACCOUNTS, map_=map_, platform="instagram")

    assert columns(found)["Shoe size"] == ("account_observations.following", "you said so")
    assert columns(found)["mail"] == ("", "the map leaves it out")


def test_names_of_members_are_not_shown_as_they_would_be_kept(look):
    found = look("member,account\nmia,anna\n", kind="memberships", platform="twitch")

    assert found["rows"][0]["cells"][0] == ["mia", "hashed", ""]


@pytest.mark.parametrize("packed", [False, True])
def test_only_the_head_of_a_long_file_is_read_and_its_broken_end_is_no_bad_row(
    look, packed, monkeypatch
):
    text = "handle,followers\n" + "".join(f"näme{n},{n * 7919}\n" for n in range(600_000))
    content = text.encode()
    name = "list.csv.gz" if packed else "list.csv"
    assert len(content) > previewing.FIRST_BYTES

    found = look(gzip.compress(content, 1) if packed else content, name=name, platform="instagram")

    assert (found["judged"], found["bad"], found["encoding"]) == (1_000, 0, "utf-8")


def test_how_the_file_is_written_is_said(look):
    found = look("handle;name\nanna;Zoë\n".encode("cp1252"), platform="instagram")

    assert (found["file_format"], found["delimiter"]) == ("delimited", ";")
    assert found["encoding"] == "cp1252"


def test_a_parquet_file_cut_off_in_the_middle_is_refused(look, tmp_path):
    pq.write_table(pa.table({"handle": ["anna"] * 1_000}), tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()

    with pytest.raises(CannotRead, match=r"cut off|damaged"):
        look(whole[: len(whole) // 2], name="list.parquet")


def test_a_gzip_file_cut_off_in_the_middle_is_refused(look):
    whole = gzip.compress(b"handle\n" + b"".join(b"anna%d\n" % n for n in range(9_999)))

    with pytest.raises(CannotRead, match="cut off before its end"):
        look(whole[: len(whole) // 2], name="list.csv.gz")


def test_formula_cells_and_html_are_only_text(look):
    found = look("handle,name\nanna,=1+1\nben,<b>Ben</b>\n", platform="instagram")

    assert [row["cells"][1][0] for row in found["rows"]] == ["=1+1", "<b>Ben</b>"]

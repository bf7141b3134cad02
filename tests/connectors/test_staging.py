"""The canonical tables that files feed, and what becomes of rows that can't be taken."""

import gzip
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundswell.connectors.adapters.staging.schemas import staged as schema_of
from groundswell.terms.tables import TABLES
from tests.connectors.conftest import Stage

CHANNEL = "UC-2f97m_1UGWDogGudJcVJg"


def test_posts_feed_posts_their_counts_and_their_authors(stage: Stage):
    staged = stage(
        "posts",
        "channel_id,channel_title,subscribers,video_id,title,published_at,duration,views,likes\n"
        f"{CHANNEL},Anna,1.2M,v1,Hello,2026-01-01T10:00:00Z,PT45S,500,\n",
    )

    reference = {
        "row": 1, "platform": "youtube",
        "account_platform_id": CHANNEL, "account_display_name": "Anna",
    }  # fmt: skip
    assert staged.table("posts") == [
        reference
        | {"post_id": "v1", "format": "short", "text": "Hello", "duration_s": 45.0}
        | {"published_at": datetime(2026, 1, 1, 10, tzinfo=UTC)}
    ]
    assert staged.table("post_observations") == [
        reference | {"post_id": "v1", "source": "import", "views": 500}
    ]
    assert staged.table("account_observations") == [
        reference | {"source": "import", "followers": 1_200_000}
    ]
    assert staged.table("accounts") == []


def test_times_of_watching_become_seconds_whatever_they_are_counted_in(stage: Stage):
    staged = stage(
        "posts",
        "channel_id,video_id,views,Watch time (hours),Average view duration\n"
        f"{CHANNEL},v1,500,1.5,0:01:05\n{CHANNEL},v2,20,,\n",
    )

    watched = [
        (row.get("watch_time_s"), row.get("watch_average_s"))
        for row in staged.table("post_observations")
    ]
    assert watched == [(5_400.0, 65.0), (None, None)]
    assert "Watch time (hours): plain numbers were read as hours" in staged.guesses


def test_a_posts_address_can_tell_id_author_and_kind(stage: Stage):
    staged = stage("posts", "Post URL,Likes\nhttps://www.tiktok.com/@anna/video/77,5\n")

    [post] = staged.table("posts")
    assert (post["platform"], post["account_handle"], post["post_id"], post["format"]) == (
        "tiktok", "anna", "77", "video",
    )  # fmt: skip


def test_a_list_of_people_feeds_accounts_followers_contacts_and_prices(stage: Stage):
    staged = stage(
        "accounts",
        "First Name,Last Name,Email,Phone,Instagram,TikTok URL,Instagram Followers,Reel rate USD\n"
        "Anna,Berg,anna@b.de,+49 30 12345,@anna,https://www.tiktok.com/@annatok,12.5K,1250.50\n"
        "Ben,,,,ben,,,\n",
    )

    assert [(a["row"], a["platform"], a["handle"]) for a in staged.table("accounts")] == [
        (1, "instagram", "anna"), (1, "tiktok", "annatok"), (2, "instagram", "ben"),
    ]  # fmt: skip
    assert {a.get("display_name") for a in staged.table("accounts")} == {"Anna Berg", "Ben"}
    assert staged.table("account_observations")[0]["followers"] == 12_500
    assert [(c["channel"], c["address"]) for c in staged.table("contacts")] == [
        ("email", "anna@b.de"), ("phone", "+49 30 12345"),
    ]  # fmt: skip
    [price] = staged.table("rate_cards")
    assert (price["format"], price["price"], price["currency"]) == ("reel", 125_050, "USD")


def test_tags_and_last_contacts_are_read_beside_accounts_and_alone(stage: Stage):
    beside = stage(
        "accounts",
        "handle,category,Tags,Last contacted,followers\n"
        "anna,Sports,ultra; vip ,2026-03-01,5\nben,Food,,,6\n",
        platform="instagram",
    )
    alone = stage("records", "account,tag\ninstagram:anna,ultra\ninstagram:ben,\n")

    assert [(r["account_handle"], r["tags"], r["last_contact"])
            for r in beside.table("records")] == [
        ("anna", ["ultra", "vip"], date(2026, 3, 1)),
    ]  # fmt: skip
    assert beside.table("accounts")[0]["categories"] == ["Sports"]
    assert [r["tags"] for r in alone.table("records")] == [["ultra"]]
    assert [(r["row"], r["reason"]) for r in alone.rejected] == [("2", "has nothing for records")]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x" * 51, "has a tag that is not 1 to 50 plain characters"),
        ("a\u202eb", "has a tag that is not 1 to 50 plain characters"),
        ("|".join(map(str, range(51))), "has more than 50 tags"),
    ],
)
def test_tags_that_can_not_be_kept_are_refused_with_their_row(stage: Stage, cell, reason):
    staged = stage("accounts", f"account,followers,tags\ninstagram:anna,5,{cell}\n")

    assert [r["reason"] for r in staged.rejected] == [reason]
    assert staged.table("records") == []


def test_a_contact_that_is_to_come_is_refused(stage: Stage):
    staged = stage("records", "account,last_contact\ninstagram:anna,2036-03-01\n")

    assert [r["reason"] for r in staged.rejected] == ["lies in the future"]


def test_audiences_are_read_from_rows_and_from_columns(stage: Stage):
    rows = stage(
        "audience_shares",
        "account,dimension,value,share\nx:anna,country,Germany,45\nx:anna,gender,F,55\n",
    )
    assert [(s["dimension"], s["value"], s["share"]) for s in rows.table("audience_shares")] == [
        ("country", "DE", 0.45), ("gender", "female", 0.55),
    ]  # fmt: skip

    columns = stage("accounts", "account,Audience US %,Audience 25-34 %\nx:anna,40,12.5\n")
    assert [(s["value"], s["share"]) for s in columns.table("audience_shares")] == [
        ("US", 0.4), ("25-34", 0.125),
    ]  # fmt: skip


def test_prices_are_whole_units_unless_the_canonical_column_holds_integers(stage: Stage):
    header = "account,format,{},currency\nx:anna,text,{},USD\n"

    minor = stage("rate_cards", header.format("price", "25000"))
    fee = stage("rate_cards", header.format("fee", "25000"))
    decimal = stage("rate_cards", header.format("price", "250.00"))

    assert [s.table("rate_cards")[0]["price"] for s in (minor, fee, decimal)] == [
        25_000, 2_500_000, 25_000,
    ]  # fmt: skip
    assert "minor units" in minor.guesses


def test_members_and_authors_of_comments_are_hashed(stage: Stage):
    members = stage("memberships", "account,member\nx:anna,@ben\n")
    comments = stage("comments", "id,post_id,user,text\nc1,p1,ben,Hi\n", platform="x")

    assert members.table("memberships")[0]["member"] == "hash of ben"
    assert members.table("memberships")[0]["kind"] == "follows"
    assert comments.table("comments")[0]["author"] == "hash of ben"


def test_overlaps_name_two_accounts_of_one_platform(stage: Stage):
    staged = stage(
        "overlaps",
        "account_a,account_b,shared\nx:a,x:b,5\nx:a,x:a,5\nx:a,tiktok:b,5\nx:a,x:c,\n",
    )

    assert [o["account_b_handle"] for o in staged.table("overlaps")] == ["b"]
    assert [bad["reason"] for bad in staged.rejected] == [
        "names one account twice", "joins two platforms", "has no shared",
    ]  # fmt: skip


def test_every_rejected_row_is_reported_with_line_column_value_and_reason(stage: Stage):
    staged = stage(
        "accounts",
        "platform,handle,followers,country,created_at\n"
        "instagram,a,-5,US,\n"
        "myspace,b,5,US,\n"
        "instagram,c,5,Narnia,\n"
        "instagram,d,5,US,2099-01-01\n"
        "instagram,,5,US,\n"
        "instagram,f,5,US,2020-01-01\n",
    )

    assert staged.counts == (6, 1, 5)
    assert [(bad["row"], bad["line"], bad["column"], bad["value"]) for bad in staged.rejected] == [
        ("1", "2", "followers", "'-5"),
        ("2", "3", "platform", "myspace"),
        ("3", "4", "country", "Narnia"),
        ("4", "5", "created_at", "2099-01-01"),
        ("5", "6", "", ""),
    ]
    assert staged.rejected[3]["reason"] == "lies in the future"


def test_a_report_cannot_carry_a_formula(stage: Stage):
    staged = stage("accounts", 'handle,followers\nanna,"=HYPERLINK(""x"")"\n', platform="x")

    assert staged.rejected[0]["value"] == '\'=HYPERLINK("x")'


def test_html_and_formulas_in_bios_are_data(stage: Stage):
    staged = stage(
        "accounts", 'account,bio\nx:a,"<script>alert(1)</script>"\nx:b,=1+1\nx:c,\'=1+1\n'
    )

    assert [row["bio"] for row in staged.table("accounts")] == [
        "<script>alert(1)</script>", "=1+1", "=1+1",
    ]  # fmt: skip


def test_what_is_missing_is_never_zero(stage: Stage):
    staged = stage("accounts", "account,followers,following\nx:a,N/A,0\nx:b,,\n")

    assert staged.table("account_observations") == [
        {"row": 1, "platform": "x", "account_handle": "a", "source": "import", "following": 0}
    ]


def test_a_row_that_only_names_an_account_still_counts(stage: Stage):
    staged = stage("account_observations", "account,followers\nx:a,\nx:b,5\n")

    assert staged.counts == (2, 2, 0)
    assert [row["handle"] for row in staged.table("accounts")] == ["a"]


def test_every_row_of_a_long_file_has_one_fate(stage: Stage):
    lines = "".join(f"x:a{n},{n if n % 10 else -1}\n" for n in range(45_000))
    staged = stage("accounts", f"account,followers\n{lines}")

    numbers = {row["row"] for row in staged.table("accounts")}
    assert staged.counts == (45_000, 40_500, 4_500)
    assert len(numbers) == 40_500
    assert numbers.isdisjoint(int(bad["row"]) for bad in staged.rejected)


@pytest.mark.parametrize("kind", list(TABLES))
def test_staged_tables_are_the_canonical_ones_with_accounts_as_they_were_named(kind):
    names = schema_of(kind).names

    assert names[0] == "row"
    assert "account" not in names
    canonical = {column.name for column in TABLES[kind].columns}
    assert {name for name in canonical if not name.startswith("account")} <= set(names)


def test_files_of_every_form_give_the_same(stage: Stage, tmp_path):
    table = pa.table({"account": ["x:anna"], "followers": [5]})
    pq.write_table(table, tmp_path / "source.parquet")
    forms = {
        "a.csv": b"account,followers\nx:anna,5\n",
        "a.tsv": b"account\tfollowers\nx:anna\t5\n",
        "a.jsonl": b'{"account": "x:anna", "followers": 5}\n',
        "a.csv.gz": gzip.compress(b"account,followers\nx:anna,5\n"),
        "a.parquet": (tmp_path / "source.parquet").read_bytes(),
    }

    found = [stage("accounts", content, name=name) for name, content in forms.items()]

    assert all(each.table("accounts") == found[0].table("accounts") for each in found)
    assert found[0].table("account_observations")[0]["followers"] == 5

"""What a stranger's file means: headers, values, encodings and numbers of all sorts."""

import pytest

from groundswell.connectors.adapters.guessing import CannotMap
from groundswell.connectors.adapters.maps import BadMap
from tests.connectors.conftest import Stage

CHANNEL = "UC-2f97m_1UGWDogGudJcVJg"


def test_canonical_columns_need_no_map(stage: Stage):
    staged = stage(
        "accounts",
        "platform,handle,followers,country,categories,observed_at\n"
        "instagram,anna,1200,US,running|food,2026-01-01\n",
    )

    assert staged.table("accounts")[0]["categories"] == ["running", "food"]
    assert staged.table("account_observations")[0]["followers"] == 1_200
    assert "taken to mean" not in staged.guesses


def test_a_german_spreadsheet_export_is_understood(stage: Stage):
    staged = stage(
        "accounts",
        "Plattform;Benutzername;Abonnenten;Land;Stadt;E-Mail\r\n"
        "Instagram;müller;1,2 Mio.;Großbritannien;Köln;a@b.de\r\n".encode("cp1252"),
    )

    assert staged.table("accounts")[0] | {"row": 1} == {
        "row": 1, "platform": "instagram", "handle": "müller", "country": "GB", "city": "Köln",
    }  # fmt: skip
    assert staged.table("account_observations")[0]["followers"] == 1_200_000
    assert staged.table("contacts")[0]["address"] == "a@b.de"
    assert "cp1252" in staged.guesses
    assert "semicolon" in staged.guesses
    assert "Abonnenten = account_observations.followers" in staged.guesses


def test_columns_that_mean_nothing_are_named(stage: Stage):
    staged = stage("accounts", "handle,Shoe size\nanna,39\n", platform="instagram")

    assert "columns left out: Shoe size" in staged.guesses


def test_a_column_whose_cells_are_something_else_is_left_out(stage: Stage):
    staged = stage(
        "accounts", "handle,Subscribers\nanna,newsletter\nben,none yet\n", platform="instagram"
    )

    assert staged.counts == (2, 2, 0)
    assert "most of its cells are no account_observations.followers" in staged.guesses


def test_a_canonical_column_is_taken_at_its_word(stage: Stage):
    staged = stage("accounts", "handle,followers\nanna,many\nben,few\n", platform="instagram")

    assert staged.counts == (2, 0, 2)


def test_two_columns_of_one_meaning_must_be_told_apart(stage: Stage):
    with pytest.raises(CannotMap, match="both look like account_observations"):
        stage(
            "accounts",
            "handle,Subscribers,SUBSCRIBERS\nanna,1,2\n",
            platform="instagram",
        )


def test_the_better_name_wins_and_the_other_column_is_explained(stage: Stage):
    staged = stage("accounts", "handle,fans,followers\nanna,1,2\n", platform="instagram")

    assert staged.table("account_observations")[0]["followers"] == 2
    assert "fans ('followers' was taken for account_observations.followers)" in staged.guesses


def test_a_file_without_what_its_kind_needs_is_refused_with_an_example(stage: Stage):
    with pytest.raises(CannotMap, match='"its name" = "post_id" under'):
        stage("posts", "caption,likes\nhello,5\n", platform="instagram")


def test_a_list_of_links_names_the_accounts_that_they_lead_to(stage: Stage):
    staged = stage(
        "accounts", "Links\nhttps://www.instagram.com/anna\nhttps://www.tiktok.com/@ben\n"
    )

    assert [(a["platform"], a["handle"]) for a in staged.table("accounts")] == [
        ("instagram", "anna"), ("tiktok", "ben"),
    ]  # fmt: skip


def test_a_posts_own_moment_is_not_the_accounts(stage: Stage):
    staged = stage(
        "posts",
        '{"id": "1", "created_at": "2024-01-01T00:00:00Z", "content": "Hi",'
        ' "account": {"username": "anna", "followers_count": 10}}\n',
        name="statuses.jsonl",
        platform="mastodon",
    )

    assert staged.table("posts")[0]["published_at"].year == 2024
    assert staged.table("account_observations")[0]["followers"] == 10
    assert staged.table("accounts") == []


def test_a_column_called_source_that_means_something_else_is_left_out(stage: Stage):
    staged = stage("accounts", "account,source\nx:anna,E13\n")

    assert staged.counts == (1, 1, 0)


def test_a_platform_that_nothing_tells_is_asked_for(stage: Stage):
    with pytest.raises(CannotMap, match="--platform"):
        stage("accounts", "handle,followers\nanna,5\n")


@pytest.mark.parametrize(
    ("name", "content", "platform"),
    [
        ("a.csv", f"channel_id\n{CHANNEL}\n", "youtube"),
        ("a.csv", "profile url\nhttps://www.tiktok.com/@anna\n", "tiktok"),
        ("a.csv", "account\ninstagram:anna\n", "instagram"),
        ("a.csv", "Network,user name\nTwitter,anna\n", "x"),
        ("twitch export.csv", "handle\nanna\n", "twitch"),
    ],
)
def test_platforms_are_told_by_ids_addresses_prefixes_columns_and_names(
    stage: Stage, name, content, platform
):
    assert stage("accounts", content, name=name).table("accounts")[0]["platform"] == platform


def test_the_row_says_the_platform_louder_than_the_option(stage: Stage):
    staged = stage("accounts", "platform,handle\ntiktok,anna\n,ben\n", platform="instagram")

    assert [row["platform"] for row in staged.table("accounts")] == ["tiktok", "instagram"]


def test_a_map_names_columns_gives_defaults_and_leaves_columns_out(stage: Stage):
    staged = stage(
        "accounts",
        "who;Fans (m);followers\nanna;1.5M;99\n",
        map_='[columns]\nwho = "handle"\n"Fans (m)" = "followers"\nfollowers = ""\n'
        '[defaults]\nplatform = "youtube"\nobserved_at = "2026-01"\ncountry = "France"\n',
    )

    assert staged.table("accounts")[0]["country"] == "FR"
    [counted] = staged.table("account_observations")
    assert (counted["followers"], counted["observed_at"].day) == (1_500_000, 31)


def test_a_map_that_speaks_of_other_columns_is_refused(stage: Stage):
    with pytest.raises(CannotMap, match="absent"):
        stage("accounts", "handle\nanna\n", map_='[columns]\nabsent = "followers"\n')


def test_a_default_that_cannot_be_read_is_refused(stage: Stage):
    with pytest.raises(BadMap, match="Narnia"):
        stage("accounts", "account\nx:anna\n", map_='[defaults]\ncountry = "Narnia"\n')


def test_the_order_of_day_and_month_is_looked_for_in_the_whole_file(stage: Stage):
    doubtful = "".join(f"a{n},03/04/2024,5\n" for n in range(30_000))
    staged = stage(
        "account_observations",
        f"handle,observed_at,followers\n{doubtful}z,25/04/2024,5\n",
        platform="instagram",
    )

    assert staged.table("account_observations")[0]["observed_at"].month == 4
    assert "day before month" in staged.guesses


def test_where_nothing_tells_the_order_it_is_said(stage: Stage):
    staged = stage("account_observations", "account,date,followers\nx:a,03/04/2024,5\n")

    assert "nothing tells how dates such as '03/04/2024' are meant" in staged.guesses


def test_what_the_file_does_not_say_is_said(stage: Stage):
    staged = stage("accounts", "account,followers,avg likes\nx:anna,5,2\n")

    assert "counts are as of this import" in staged.guesses
    assert 'window = "recent"' in staged.guesses
    assert staged.table("account_averages")[0]["window"] == "recent"
    assert "observed_at" not in staged.table("account_observations")[0]

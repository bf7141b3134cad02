import pytest

from groundswell.connectors.adapters.headers import (
    bare,
    currency_of,
    meanings,
    plain,
    unit_of_time,
)
from groundswell.connectors.adapters.targets import FEEDS, described, resolved
from groundswell.terms.tables import TABLES


def likeliest(kind: str, header: str) -> str | None:
    found = meanings(kind, header)
    return str(found[0][0]) if found else None


@pytest.mark.parametrize(
    ("kind", "header", "target"),
    [
        ("accounts", "Subscribers", "account_observations.followers"),
        ("accounts", "Follower Count", "account_observations.followers"),
        ("accounts", "Anzahl Follower", "account_observations.followers"),
        ("accounts", "Nombre d'abonnés", "account_observations.followers"),
        ("accounts", "フォロワー数", "account_observations.followers"),
        ("accounts", "Avg. likes", "account_averages.likes_average"),
        ("accounts", "E-Mail", "contacts.email"),
        ("accounts", "Instagram Followers", "followers.instagram"),
        ("accounts", "TikTok URL", "accounts.tiktok"),
        ("accounts", "Reel rate (USD)", "rate_cards.reel"),
        ("accounts", "Internal tags", "records.tags"),
        ("accounts", "Labels", "records.tags"),
        ("contacts", "Last contacted", "records.last_contact"),
        ("contacts", "Letzter Kontakt", "records.last_contact"),
        ("records", "Tag", "records.tags"),
        ("accounts", "Audience Female %", "audience_shares.gender.female"),
        ("accounts", "Audience 25-34", "audience_shares.age.25-34"),
        ("posts", "statistics.viewCount", "post_observations.views"),
        ("posts", "public_metrics.like_count", "post_observations.likes"),
        ("posts", "vid_nview", "post_observations.views"),
        ("posts", "channel_id", "accounts.platform_id"),
        ("posts", "Caption", "posts.text"),
        ("posts", "account.followers_count", "account_observations.followers"),
        ("posts", "author.url", "accounts.url"),
        ("posts", "Total interactions", "post_observations.interactions"),
        ("posts", "Watch time (hours)", "post_observations.watch_time_s"),
        ("posts", "estimatedMinutesWatched", "post_observations.watch_time_s"),
        ("post_observations", "Wiedergabezeit (Stunden)", "post_observations.watch_time_s"),
        ("posts", "Duration (min)", "posts.duration_s"),
        ("posts", "averageViewDuration", "post_observations.watch_average_s"),
        ("posts", "ig_reels_avg_watch_time", "post_observations.watch_average_s"),
        ("accounts", "YouTube Channel", "accounts.youtube"),
        ("accounts", "YouTube Subscribers", "followers.youtube"),
        ("comments", "AUTHOR", "comments.author"),
        ("overlaps", "Source", "account_a"),
        ("memberships", "follower", "memberships.member"),
    ],
)
def test_headers_of_tools_and_people_are_understood(kind, header, target):
    assert likeliest(kind, header) == target


@pytest.mark.parametrize("header", ["Engagement Rate", "uploads_playlist_id", "Notes", ""])
def test_headers_that_mean_nothing_here_mean_nothing(header):
    assert likeliest("accounts", header) is None


@pytest.mark.parametrize("header", ["videos", "Posts"])
def test_a_column_that_counts_posts_is_not_taken_for_their_names(header):
    assert likeliest("posts", header) not in ("post_id", "posts.post_id")
    assert likeliest("posts", header.rstrip("sS")) is not None


def test_headers_are_compared_without_what_does_not_matter():
    assert plain("vid_postTime") == "vid post time"
    assert plain("Prénom (€)") == "prenom"
    assert bare("Total number of Likes") == "like"


@pytest.mark.parametrize("kind", list(TABLES))
def test_every_canonical_column_is_understood_by_its_kind(kind):
    assert set(FEEDS) == set(TABLES)
    for column in TABLES[kind].columns:
        assert resolved(kind, column.name) is not None
    assert described(kind)


def test_a_header_can_name_the_currency():
    assert [currency_of(header) for header in ("Fee (EUR)", "Price $", "Price")] == [
        "EUR", "USD", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Watch time (hours)", 3_600),
        ("estimatedMinutesWatched", 60),
        ("Duration (min)", 60),
        ("duration_ms", 0.001),
        ("ig_reels_avg_watch_time", 0.001),
        ("VIDEO_V50_WATCH_TIME", 0.001),
        ("averageViewDuration", 1),
        ("Duration (s)", 1),
    ],
)
def test_a_header_says_in_what_times_are_counted(header, seconds):
    assert unit_of_time(header)[0] == seconds

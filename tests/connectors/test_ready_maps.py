"""The shapes that come with a ready map: made-up rows under the headers that the sources use."""

from datetime import UTC, datetime

import pytest

from tests.connectors.conftest import Stage, Staged

CHANNEL = "UC-2f97m_1UGWDogGudJcVJg"


def assert_ready(staged: Staged, name: str) -> None:
    assert f"the columns are those of the ready map {name!r}" in staged.guesses
    assert staged.checkpoint.rejected == 0
    assert "left out" not in staged.guesses


def test_tracked_channels_and_their_daily_counts(stage: Stage):
    channels = stage(
        "accounts",
        "\ufeffchannel_id,channel_title,custom_url,channel_url,country,channel_published_at,"
        "uploads_playlist_id,last_seen_utc\n"
        f"{CHANNEL},Anna,@anna,https://www.youtube.com/channel/{CHANNEL},FR,"
        "2006-06-20T20:54:37Z,UU-2f97m,2026-02-09\n",
    )
    counts = stage(
        "account_observations",
        f"date_utc,channel_id,channel_title,subscribers,views,videos\n"
        f"2026-01-17,{CHANNEL},Anna,115000,13101886,1393\n",
    )

    assert_ready(channels, "youtube_channels_tracked")
    assert_ready(counts, "youtube_channels_tracked")
    [account] = channels.table("accounts")
    assert (account["platform_id"], account["handle"], account["country"]) == (
        CHANNEL, "anna", "FR",
    )  # fmt: skip
    [counted] = counts.table("account_observations")
    assert (counted["followers"], counted["total_views"], counted["posts"]) == (
        115_000, 13_101_886, 1_393,
    )  # fmt: skip
    assert counted["observed_at"] == datetime(2026, 1, 17, tzinfo=UTC)


def test_tracked_videos(stage: Stage):
    staged = stage(
        "posts",
        "snapshot_month,snapshot_utc,channel_id,channel_title,video_id,published_at,title,"
        "duration_iso8601,category_id,view_count,like_count,comment_count\n"
        f"2026-01,2026-01-28T00:26:46.3+00:00,{CHANNEL},Anna,v1,2026-01-04T17:15:08Z,Hi,PT10M5S,"
        "28,86860,1433,\n",
    )

    assert_ready(staged, "youtube_videos_tracked")
    [post] = staged.table("posts")
    assert (post["format"], post["duration_s"], post["categories"]) == (
        "video", 605.0, ["Science & Technology"],
    )  # fmt: skip
    [counted] = staged.table("post_observations")
    assert (counted["views"], counted["likes"], "comments" in counted) == (86_860, 1_433, False)


def test_monthly_rankings(stage: Stage):
    staged = stage(
        "accounts",
        "platform,month,AccountName,Name,Subscribers,Country,AuthenticEngagement,"
        "EngagementAverage,Category_1,Category_2,Views,Likes,Comments,Shares\n"
        "instagram,2022-09,anna,Anna B,477.9M,India,5M,6.2M,Fashion,Modeling,,,,\n"
        "youtube,2022-10,Anna TV,Anna TV,10.1M,United States,,,,,139.6K,15.4K,125,\n",
    )

    assert_ready(staged, "hypeauditor_rankings")
    first, second = staged.table("accounts")
    assert (first["country"], first["categories"]) == ("IN", ["Fashion", "Modeling"])
    assert second["handle"] == "Anna TV"
    assert [row["followers"] for row in staged.table("account_observations")] == [
        477_900_000, 10_100_000,
    ]  # fmt: skip
    ranked, watched = staged.table("account_averages")
    assert (ranked["engagement_average"], ranked["window"]) == (6_200_000, "month")
    assert ranked["observed_at"] == datetime(2022, 9, 30, tzinfo=UTC)
    assert (watched["views_average"], watched["likes_average"]) == (139_600, 15_400)


def test_crawled_tiktok_videos(stage: Stage):
    staged = stage(
        "posts",
        "user_nfollower,vid_caption,vid_postTime,vid_scrapeTime,vid_duration,vid_nview,vid_nlike,"
        "vid_ncomment,vid_nshare,vid_nsave,vid_hashtags,music_id,music_nused,music_originality,"
        "creator,video\n"
        "17.4K,Xin chào,2025-05-24 12:42:52,2025-05-29 15:39:47,01:05,1.4M,27.7K,448,,5047,"
        '"fyp, vlog",m1,44 videos,True,605c72f72e44,b473721c5462\n',
    )

    assert_ready(staged, "tiktok_videos_crawled")
    [post] = staged.table("posts")
    assert (post["account_handle"], post["hashtags"], post["duration_s"]) == (
        "605c72f72e44", ["fyp", "vlog"], 65.0,
    )  # fmt: skip
    assert staged.table("post_observations")[0]["views"] == 1_400_000
    assert staged.table("account_observations")[0]["followers"] == 17_400


def test_trending_videos_whose_days_have_no_year(stage: Stage):
    staged = stage(
        "posts",
        "video_id,title,channel_title,category_id,tags,views,likes,dislikes,comment_total,"
        "thumbnail_link,date\n"
        "v1,One,Anna TV,24,a|b,500,20,1,3,https://i.example/1.jpg,13.09\n"
        "v1,One,Anna TV,24,[none],900,30,2,4,https://i.example/1.jpg,10.10\n",
    )

    assert_ready(staged, "youtube_trending_2017")
    first, second = staged.table("post_observations")
    assert second["observed_at"] == datetime(2017, 10, 10, tzinfo=UTC)
    assert (first["account_display_name"], first["views"]) == ("Anna TV", 500)
    assert "hashtags" not in staged.table("posts")[1]


def test_weekly_gains_and_losses(stage: Stage):
    staged = stage(
        "account_averages",
        "category,channel,start_date,end_date,weekly_subscribers,weekly_views\n"
        f"comedy,{CHANNEL},2020-08-10,2020-08-17,9980,26143\n"
        "food,annacooks,2020-08-16,2020-08-23,-1000,-27\n",
    )

    assert_ready(staged, "socialblade_weekly")
    first, second = staged.table("account_averages")
    assert (first["account_platform_id"], first["window"]) == (CHANNEL, "week")
    assert (second["followers_gained"], second["views_gained"]) == (-1_000, -27)
    assert second["platform"] == "youtube"


def test_shared_and_unique_viewers_of_a_month(stage: Stage):
    overlaps = stage(
        "overlaps", "Source,Target,Weight\nanna,ben,1444\n", name="overlap_2020-12.csv"
    )
    viewers = stage("accounts", "ID,Count\nanna,45132\n", name="viewers_2020-12.csv")

    assert_ready(overlaps, "twitch_overlaps")
    assert_ready(viewers, "twitch_viewers")
    [pair] = overlaps.table("overlaps")
    assert (pair["kind"], pair["shared"], pair["threshold"]) == ("viewed", 1_444, 300)
    assert pair["observed_at"] == datetime(2020, 12, 31, tzinfo=UTC)
    assert viewers.table("account_averages")[0]["unique_viewers"] == 45_132


LISTS = {
    "modash": """\
userId,username,fullname,url,picture,followers,engagements,engagementRate
173,anna,Anna B,https://www.instagram.com/anna/,https://p.example/1,31356,857,0.027
""",
    "grin": """\
First Name,Last Name,Email,Instagram,Instagram Followers,Owner
Anna,B,anna@b.de,@anna,31356,me
""",
    "creatoriq": """\
PublisherId,PublisherName,SocialNetwork,NetworkPublisherId,SocialUsername,FollowersCount
7,Anna B,Instagram,173,anna,31356
""",
    "upfluence": """\
influencer_id,media_url,profile_name,first_name,last_name,email,followers
9,https://www.instagram.com/anna/,Anna B,Anna,B,anna@b.de,31356
""",
    "hypeauditor": """\
social_id,username,type,title,avatar_url,subscribers_count,er,state
173,anna,instagram,Anna B,https://p.example/1,31356,2,READY
""",
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_other_tools(stage: Stage, name):
    staged = stage("accounts", LISTS[name])

    assert_ready(staged, name)
    [account] = staged.table("accounts")
    assert (account["platform"], account["handle"], account["display_name"]) == (
        "instagram", "anna", "Anna B",
    )  # fmt: skip
    assert staged.table("account_observations")[0]["followers"] == 31_356

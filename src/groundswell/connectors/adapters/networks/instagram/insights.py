"""Insights of Instagram: which of its metrics are which of our counts."""

from groundswell.connectors.adapters.networks.meta.insights import Meanings
from groundswell.terms.platforms import Platform

MEANINGS = Meanings(
    Platform.INSTAGRAM,
    of_posts={
        "views": (
            "views",
            "content_views",
            "total_views",
            "ig_reels_aggregated_all_plays_count",
            "plays",
            "video_views",
            "carousel_album_video_views",
        ),
        "reach": ("reach", "carousel_album_reach"),
        "impressions": ("impressions", "carousel_album_impressions"),
        "likes": ("likes", "total_likes"),
        "comments": ("comments", "total_comments"),
        "saves": ("saved", "carousel_album_saved"),
        "interactions": ("total_interactions", "engagement", "carousel_album_engagement"),
        "watch_time_s": ("ig_reels_video_view_total_time",),
        "watch_average_s": ("ig_reels_avg_watch_time",),
    },
    shares=("shares", "reposts"),
    of_accounts={
        "reach": "unique_viewers",
        "views": "views_gained",
        "follower_count": "followers_gained",
    },
    of_no_use=frozenset(
        [
            *("accounts_engaged", "audience_locale", "clips_replays_count", "crossposted_views"),
            *("email_contacts", "exits", "facebook_views", "follows", "follows_and_unfollows"),
            *("get_directions_clicks", "link_clicks", "navigation", "online_followers"),
            *("phone_call_clicks", "profile_activity", "profile_links_taps", "profile_views"),
            *("profile_visits", "reels_skip_rate", "replies", "saves", "story_interactions"),
            *("taps_back", "taps_forward", "text_message_clicks", "website_clicks"),
        ]
    ),
)

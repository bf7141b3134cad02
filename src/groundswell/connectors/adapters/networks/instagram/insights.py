"""Insights of Instagram: which of its metrics are which of our counts."""

from collections.abc import Iterable, Sequence

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.instagram.posts import Context, of
from groundswell.connectors.adapters.networks.meta import insights
from groundswell.connectors.adapters.networks.meta.insights import Metric, Span
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

# The newest name first: a post that has several keeps the first.
_OF_POSTS = {
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
    "shares": ("shares", "reposts"),
    "saves": ("saved", "carousel_album_saved"),
}
_OF_ACCOUNTS = {
    "reach": "unique_viewers",
    "views": "views_gained",
    "follower_count": "followers_gained",
}
_OF_NO_USE = frozenset(
    [
        *("accounts_engaged", "audience_locale", "carousel_album_engagement"),
        *("clips_replays_count", "crossposted_views", "email_contacts", "engagement", "exits"),
        *("facebook_views", "follows", "follows_and_unfollows", "get_directions_clicks"),
        *("ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "link_clicks"),
        *("navigation", "online_followers", "phone_call_clicks", "profile_activity"),
        *("profile_links_taps", "profile_views", "profile_visits", "reels_skip_rate", "replies"),
        *("saves", "story_interactions", "taps_back", "taps_forward", "text_message_clicks"),
        *("total_interactions", "website_clicks"),
    ]
)
_KNOWN = _OF_NO_USE | _OF_ACCOUNTS.keys() | {one for names in _OF_POSTS.values() for one in names}


def take(entries: Iterable[Fields], page: Page, context: Context, span: Span) -> int:
    """Rows of a list of metrics, whatever they are of.

    Args:
        entries: The list.
        page: Where the rows go.
        context: Of which post or account they are, where the entries don't say it.
        span: The time that totals speak of.

    Returns:
        How many rows there are.
    """
    before = len(page.lines)
    told = insights.metrics(entries)
    for metric in told:
        if metric.name not in _KNOWN | insights.DEMOGRAPHICS:
            page.set_aside(f"insights.{metric.name}", [value for _, value in metric.values])
    of_posts = [metric for metric in told if context.post_id or _is_of_post(metric)]
    of_accounts = [metric for metric in told if metric not in of_posts]
    for post_id in dict.fromkeys(context.post_id or metric.of for metric in of_posts):
        if post_id:
            here = [one for one in of_posts if context.post_id or one.of == post_id]
            _add_post(here, post_id, page, context)
    _add_accounts(of_accounts, page, context, span)
    return len(page.lines) - before


def _is_of_post(metric: Metric) -> bool:
    """Posts are counted over their lifetime, accounts over days; only who is there isn't."""
    return metric.period in {"lifetime", ""} and metric.name not in insights.DEMOGRAPHICS


def _add_post(told: Sequence[Metric], post_id: str, page: Page, context: Context) -> None:
    by_name = {metric.name: metric.values[-1][1] for metric in told if metric.values}
    counts = {}
    for column, names in _OF_POSTS.items():
        known = [by_name[name] for name in names if name in by_name]
        if known:
            counts[column] = known[0]
    if not counts:
        return
    with page.item("insights") as item:
        item.add(
            "post_observations",
            platform=Platform.INSTAGRAM,
            post_id=post_id,
            **of(context.account),
            observed_at=context.now,
            source=Source.CREATOR_AUTHORISED,
            **counts,
        )


def _add_accounts(told: Sequence[Metric], page: Page, context: Context, span: Span) -> None:
    by_account: dict[str | None, list[Metric]] = {}
    for metric in told:
        by_account.setdefault(None if context.account else metric.of, []).append(metric)
    for metrics in by_account.values():
        account = insights.known_as(Platform.INSTAGRAM, metrics[0], context.account)
        if account is None:
            page.refuse("insights", metrics[0].name, "does not say of which account it is")
            continue
        with page.item("insights") as item:
            insights.add_averages(item, metrics, account, _OF_ACCOUNTS, span)
            for metric in metrics:
                insights.add_shares(item, metric, account, context.now)

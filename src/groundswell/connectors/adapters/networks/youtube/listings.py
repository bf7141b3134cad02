"""What searches and playlists list: ids to ask after, and what can be said of them already."""

from collections.abc import Iterable
from html import unescape

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.networks.youtube import words
from groundswell.connectors.adapters.networks.youtube.channels import picture, reference
from groundswell.connectors.adapters.networks.youtube.refusals import expecting
from groundswell.terms.platforms import Platform


def found_ids(page: Page, found: Fields, name: str) -> list[str]:
    """Ids of one kind out of a search, each once, in its order."""
    ids: dict[str, None] = {}
    with expecting():
        results = found.objects("items")
    for result in results:
        with page.item(result.path):
            named = result.needed("id", result.object("id"))
            ids[named.needed(name, named.name(name))] = None
    return list(ids)


def listed_videos(page: Page, found: Fields) -> list[tuple[str, Fields]]:
    """Ids of the videos of a playlist, each once, in its order, with what it says of each."""
    ids: dict[str, Fields] = {}
    with expecting():
        entries = found.objects("items")
    for entry in entries:
        with page.item(entry.path):
            details = entry.needed("contentDetails", entry.object("contentDetails"))
            ids.setdefault(details.needed("videoId", details.name("videoId")), details)
    return list(ids.items())


def take_results(page: Page, found: Iterable[Fields]) -> None:
    """Take in what a search says of channels and videos; it cuts texts off, so few are kept."""
    for result in found:
        with page.item(result.path) as item:
            _take_result(item, result)


def _take_result(item: Item, result: Fields) -> None:
    named = result.needed("id", result.object("id"))
    snippet = result.needed("snippet", result.object("snippet"))
    title = unescape(snippet.text("title") or "")
    channel, video = named.name("channelId"), named.name("videoId")
    if video is not None:
        item.add(
            "posts",
            platform=Platform.YOUTUBE,
            post_id=video,
            account=reference(snippet, "channelId", snippet.text("channelTitle")),
            published_at=snippet.moment("publishedAt"),
            url=f"https://www.youtube.com/watch?v={video}",
        )
    elif channel is not None:
        item.add(
            "accounts",
            platform=Platform.YOUTUBE,
            platform_id=channel,
            display_name=words.line(title.translate({0: None})),
            url=f"https://www.youtube.com/channel/{channel}",
            avatar_url=picture(snippet),
            created_at=snippet.moment("publishedAt"),
        )
    else:
        raise Odd(named.where("kind"), named.raw("kind"), "is neither a channel nor a video")


def take_entries(page: Page, found: Iterable[Fields]) -> None:
    """Take in what a playlist says of its videos."""
    for entry in found:
        with page.item(entry.path) as item:
            _take_entry(item, entry)


def _take_entry(item: Item, entry: Fields) -> None:
    snippet = entry.object("snippet") or Fields({}, item.page)
    details = entry.object("contentDetails") or Fields({}, item.page)
    resource = snippet.object("resourceId") or Fields({}, item.page)
    video = details.name("videoId") or resource.name("videoId")
    if video is None:
        raise Odd(resource.where("videoId"), "", "is missing")
    # In a list of uploads all videos are the channel's own; in others, of anybody.
    uploads = (snippet.name("playlistId") or "").startswith("UU")
    own, title = ("channelId", "channelTitle") if uploads else (
        "videoOwnerChannelId", "videoOwnerChannelTitle"
    )  # fmt: skip
    item.add(
        "posts",
        platform=Platform.YOUTUBE,
        post_id=video,
        account=reference(snippet, own, snippet.text(title)),
        published_at=details.moment("videoPublishedAt"),
        url=f"https://www.youtube.com/watch?v={video}",
    )

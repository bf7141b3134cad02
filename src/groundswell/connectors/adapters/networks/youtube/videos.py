"""Videos: posts with their counts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.networks.youtube import words
from groundswell.connectors.adapters.networks.youtube.channels import reference, was_taken
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

PARTS = (
    "snippet,contentDetails,statistics,status,topicDetails,liveStreamingDetails,player,"
    "paidProductPlacementDetails"
)
# With a box to fit in, the player's size tells whether the picture is upright.
BOX = {"maxWidth": "720", "maxHeight": "720"}
_SURELY_SHORT = 60.0
_SHORT = 180.0
_LONGER_SHORTS = datetime(2024, 10, 15, tzinfo=UTC)  # before, a minute was the most
_CATEGORIES = {
    "1": "Film & Animation",
    "2": "Autos & Vehicles",
    "10": "Music",
    "15": "Pets & Animals",
    "17": "Sports",
    "19": "Travel & Events",
    "20": "Gaming",
    "22": "People & Blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News & Politics",
    "26": "Howto & Style",
    "27": "Education",
    "28": "Science & Technology",
    "29": "Nonprofits & Activism",
}


@dataclass(frozen=True, slots=True)
class Video:
    """A video that was taken.

    Attributes:
        id: Its id.
        channel: Whose it is.
        comments: How many comments it has; None where that is not said, as where nobody can.
        hashtags: In small letters.
    """

    id: str
    channel: str
    comments: int | None
    hashtags: frozenset[str]


def take_videos(
    page: Page,
    found: Iterable[Fields],
    *,
    now: datetime,
    source: Source = Source.API,
    reported: Mapping[str, Mapping[str, float]] | None = None,
    wanted: Callable[[Video], bool] | None = None,
) -> list[Video]:
    """Take in videos, each once; those that can't be read are noted.

    Args:
        page: Where their rows go.
        found: The videos.
        now: This moment.
        source: Where their counts come from.
        reported: What its owner's reports say of each, by id and column.
        wanted: Which of them to take; all, when it is left out.
    """
    taken: dict[str, Video] = {}
    for video in found:
        if was_taken(video, taken):
            continue
        with page.item(video.path) as item:
            read = _take(item, video, now=now, source=source, reported=reported or {})
            if wanted is None or wanted(read):
                taken[read.id] = read
            else:
                item.lines.clear()
    return list(taken.values())


def _take(
    item: Item,
    video: Fields,
    *,
    now: datetime,
    source: Source,
    reported: Mapping[str, Mapping[str, float]],
) -> Video:
    own_id = video.needed("id", video.name("id"))
    snippet = video.needed("snippet", video.object("snippet"))
    account = reference(snippet, "channelId", snippet.text("channelTitle"))
    published = snippet.moment("publishedAt")
    text = "\n\n".join(filter(None, (snippet.text("title"), snippet.text("description"))))
    length = _length(video)
    hashtags = words.hashtags(text)
    kind = _format(video, snippet, length, published)
    language = snippet.name("defaultAudioLanguage") or snippet.name("defaultLanguage")
    item.add(
        "posts",
        platform=Platform.YOUTUBE,
        post_id=own_id,
        account=account,
        format=kind,
        published_at=published,
        url=_address(own_id, kind),
        text=text or None,
        language=words.language(language),
        hashtags=hashtags,
        mentions=words.mentions(text),
        links=words.links(text),
        categories=_categories(video, snippet),
        paid_partnership=_is_paid(video),
        duration_s=length,
    )
    said = _counts(video)
    counts = {**said, **reported.get(own_id, {})}
    if any(count is not None for count in counts.values()):
        item.add(
            "post_observations",
            platform=Platform.YOUTUBE,
            post_id=own_id,
            account=account,
            observed_at=now,
            source=source,
            **counts,
        )
    snippet.know("thumbnails", "localized")
    video.know("kind", "etag", "status", "localizations", "recordingDetails", "fileDetails")
    video.know("processingDetails", "suggestions", "ageGating", "monetizationDetails")
    snippet.rest()
    video.rest()
    tags = frozenset(tag.lower() for tag in hashtags or ())
    return Video(own_id, account.platform_id or "", said["comments"], tags)


def _address(video: str, kind: Format | None) -> str:
    if kind is Format.SHORT:
        return f"https://www.youtube.com/shorts/{video}"
    return f"https://www.youtube.com/watch?v={video}"


def _length(video: Fields) -> float | None:
    details = video.object("contentDetails")
    if details is None:
        return None
    details.know("dimension", "definition", "caption", "licensedContent", "regionRestriction")
    details.know("contentRating", "projection", "hasCustomThumbnail", "countryRestriction")
    length = words.seconds(details.name("duration"))
    details.rest()
    return length


def _format(
    video: Fields, snippet: Fields, length: float | None, published: datetime | None
) -> Format | None:
    """The kind of video; YouTube doesn't say which ones are Shorts, their form does."""
    is_live = snippet.name("liveBroadcastContent") in {"live", "upcoming"}
    player = video.object("player") or Fields({}, video.page)
    width, height = player.number("embedWidth"), player.number("embedHeight")
    player.know("embedHtml")
    player.rest()
    if video.object("liveStreamingDetails") is not None or is_live:
        return Format.LIVE
    if length is None:
        return None
    if not width or not height:
        return Format.SHORT if length <= _SURELY_SHORT else Format.VIDEO
    most = _SHORT if published is None or published >= _LONGER_SHORTS else _SURELY_SHORT
    return Format.SHORT if length <= most and height >= width else Format.VIDEO


def _categories(video: Fields, snippet: Fields) -> list[str] | None:
    """The category, the topics that YouTube recognizes, then the owner's own keywords."""
    category = _CATEGORIES.get(snippet.name("categoryId") or "")
    details = video.object("topicDetails")
    topics = words.topics((details and details.texts("topicCategories")) or ())
    if details:
        details.know("topicIds", "relevantTopicIds")
        details.rest()
    named = [category] if category else []
    return words.each_once(named + topics + (snippet.texts("tags") or []))


def _is_paid(video: Fields) -> bool | None:
    details = video.object("paidProductPlacementDetails")
    if details is None:
        return None
    is_paid = details.flag("hasPaidProductPlacement")
    details.rest()
    return is_paid


def _counts(video: Fields) -> dict[str, int | None]:
    statistics = video.object("statistics") or Fields({}, video.page)
    counts = {
        "views": statistics.count("viewCount"),
        "likes": statistics.count("likeCount"),
        "comments": statistics.count("commentCount"),
    }
    statistics.know("dislikeCount", "favoriteCount")
    statistics.rest()
    return counts

"""Channels: accounts with their counts, and where their uploads are listed."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.networks.youtube import words
from groundswell.connectors.adapters.references import Reference
from groundswell.terms import places
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

PARTS = "snippet,statistics,contentDetails,topicDetails,status,brandingSettings"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that was taken.

    Attributes:
        id: Its id.
        uploads: The playlist of all that it published; None where it says none.
    """

    id: str
    uploads: str | None


def take_channels(
    page: Page, found: Iterable[Fields], *, now: datetime, source: Source = Source.API
) -> list[Channel]:
    """Take in channels, each once; those that can't be read are noted."""
    taken: dict[str, Channel] = {}
    for channel in found:
        if was_taken(channel, taken):
            continue
        with page.item(channel.path) as item:
            read = _take(item, channel, now=now, source=source)
            taken[read.id] = read
    return list(taken.values())


def _take(item: Item, channel: Fields, *, now: datetime, source: Source) -> Channel:
    own_id = channel.needed("id", channel.name("id"))
    snippet = channel.object("snippet") or Fields({}, item.page)
    branding = channel.object("brandingSettings") or Fields({}, item.page)
    brand = branding.object("channel") or Fields({}, item.page)
    title = words.line(snippet.text("title") or brand.text("title"))
    handle = _handle(snippet)
    bio = snippet.text("description") or brand.text("description")
    language = snippet.name("defaultLanguage") or brand.name("defaultLanguage")
    country = snippet.name("country") or brand.name("country")
    item.add(
        "accounts",
        platform=Platform.YOUTUBE,
        platform_id=own_id,
        handle=handle,
        display_name=title,
        bio=bio,
        url=f"https://www.youtube.com/channel/{own_id}",
        avatar_url=picture(snippet),
        links=words.links(bio or ""),
        country=places.find_country(country) if country and len(country) == 2 else None,
        language=words.language(language),
        categories=words.each_once(_topics(channel) + words.keywords(brand.text("keywords"))),
        created_at=snippet.moment("publishedAt"),
    )
    _add_counts(item, channel, Reference(Platform.YOUTUBE, own_id, handle, title), now, source)
    _note_children(item.page, channel, title or own_id)
    uploads = _uploads(channel)
    branding.know("image", "watch", "hints")
    brand.know("title", "description", "country", "defaultLanguage")
    brand.know("unsubscribedTrailer", "trackingAnalyticsAccountId", "moderateComments")
    brand.know("showRelatedChannels", "featuredChannelsTitle", "featuredChannelsUrls")
    brand.know("profileColor", "showBrowseView", "defaultTab")
    snippet.know("localized")
    channel.know("kind", "etag", "auditDetails", "contentOwnerDetails", "localizations")
    for part in (snippet, branding, brand, channel):
        part.rest()
    return Channel(own_id, uploads)


def picture(snippet: Fields) -> str | None:
    """The largest of a thing's small pictures."""
    sizes = snippet.object("thumbnails")
    if sizes is None:
        return None
    sizes.know("default", "medium", "high", "standard", "maxres")
    for name in ("high", "medium", "default"):
        size = sizes.object(name)
        address = size and size.address("url")
        if address:
            return address
    return None


def _handle(snippet: Fields) -> str | None:
    """The name in the channel's address; older channels have one without @."""
    custom = (snippet.name("customUrl") or "").removeprefix("@")
    return custom if custom and "/" not in custom and " " not in custom else None


def _topics(channel: Fields) -> list[str]:
    details = channel.object("topicDetails")
    if details is None:
        return []
    details.know("topicIds", "relevantTopicIds")
    named = words.topics(details.texts("topicCategories") or ())
    details.rest()
    return named


def _add_counts(
    item: Item, channel: Fields, account: Reference, now: datetime, source: Source
) -> None:
    statistics = channel.object("statistics")
    if statistics is None:
        return
    followers = statistics.count("subscriberCount")
    if statistics.flag("hiddenSubscriberCount"):
        followers = None  # a hidden number is sent as 0
    posts, views = statistics.count("videoCount"), statistics.count("viewCount")
    statistics.know("commentCount")
    statistics.rest()
    if any(count is not None for count in (followers, posts, views)):
        item.add(
            "account_observations",
            platform=Platform.YOUTUBE,
            account=account,
            observed_at=now,
            source=source,
            followers=followers,
            posts=posts,
            total_views=views,
        )


def _note_children(page: Page, channel: Fields, name: str) -> None:
    status = channel.object("status")
    if status is None:
        return
    if status.flag("madeForKids") is True:
        page.notes.append(
            f"{name} is made for kids: nobody can comment there, and rules for advertising to "
            "children hold."
        )
    status.know("privacyStatus", "isLinked", "longUploadsStatus", "selfDeclaredMadeForKids")
    status.know("isChannelMonetizationEnabled")
    status.rest()


def _uploads(channel: Fields) -> str | None:
    details = channel.object("contentDetails")
    lists = details and details.object("relatedPlaylists")
    if not details or not lists:
        return None
    details.know("googlePlusUserId")
    lists.know("likes", "favorites", "watchHistory", "watchLater")
    uploads = lists.name("uploads")
    details.rest()
    lists.rest()
    return uploads


def was_taken(thing: Fields, taken: Container[str]) -> bool:
    """Whether a thing stands in its list a second time."""
    own_id = thing.values.get("id")
    return isinstance(own_id, str) and own_id in taken


def reference(found: Fields, name: str, title: str | None = None) -> Reference:
    """The channel that a field names.

    Raises:
        Odd: When it names none.
    """
    own_id = found.name(name)
    if own_id is None:
        raise Odd(found.where(name), "", "is missing, so nothing says whose it is")
    return Reference(Platform.YOUTUBE, own_id, None, words.line(title))

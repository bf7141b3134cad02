"""Comments under videos. Their authors stand by channel id, and are hashed when staged."""

from collections.abc import Iterable

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.networks.youtube.channels import was_taken
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.platforms import Platform

_NOTHING = "is missing, so nothing says under which video it stands"


def take_threads(
    page: Page, found: Iterable[Fields], *, channel: str | None = None, most: int | None = None
) -> list[str]:
    """Take in comments out of threads, each once.

    Args:
        page: Where their rows go.
        found: The threads.
        channel: Whose video they are under, where the walk knows.
        most: How many to take; all, when it is left out.

    Returns:
        Ids of those that were taken.
    """
    taken: dict[str, None] = {}
    for thread in found:
        if most is not None and len(taken) >= most:
            break
        with page.item(thread.path) as item:
            snippet = thread.needed("snippet", thread.object("snippet"))
            comment = snippet.needed("topLevelComment", snippet.object("topLevelComment"))
            whose = snippet.name("channelId") or channel
            answers = thread.object("replies")
            for each in [comment, *(answers.objects("comments") if answers else ())]:
                if not was_taken(each, taken):
                    taken[_take(item, each, snippet.name("videoId"), whose)] = None
            snippet.know("canReply", "totalReplyCount", "isPublic")
            thread.know("kind", "etag", "id")
            snippet.rest(private=True)
            thread.rest(private=True)
    return list(taken)


def take_comments(page: Page, found: Iterable[Fields]) -> None:
    """Take in comments that stand alone."""
    for comment in found:
        with page.item(comment.path) as item:
            _take(item, comment, None, None)


def _take(item: Item, comment: Fields, video: str | None, channel: str | None) -> str:
    own_id: str = comment.needed("id", comment.name("id"))
    snippet = comment.needed("snippet", comment.object("snippet"))
    post_id = snippet.name("videoId") or video
    if post_id is None:
        raise Odd(snippet.where("videoId"), "", _NOTHING)
    whose = snippet.name("channelId") or channel
    author = snippet.object("authorChannelId")
    shown = snippet.text("textDisplay")
    item.add(
        "comments",
        platform=Platform.YOUTUBE,
        comment_id=own_id,
        post_id=post_id,
        author=author.name("value") if author else None,
        published_at=snippet.moment("publishedAt"),
        text=snippet.text("textOriginal") or shown,
        likes=snippet.count("likeCount"),
        **({"account": Reference(Platform.YOUTUBE, whose)} if whose else {}),
    )
    snippet.know("authorDisplayName", "authorProfileImageUrl", "authorChannelUrl", "parentId")
    snippet.know("canRate", "viewerRating", "updatedAt", "moderationStatus")
    snippet.rest(private=True)
    comment.know("kind", "etag")
    comment.rest(private=True)
    return own_id

"""Replies of X: people, posts, and errors, whole or beside what came."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    Misasked,
    NotFound,
    NotPermitted,
    NotUsed,
    QuotaSpent,
)
from groundswell.connectors.adapters.networks.fields import Fields, Odd, root
from groundswell.connectors.adapters.networks.meta import captions
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.terms import places
from groundswell.terms.exchange import Reply
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

NAME = "X"
_NOT_FOUND = "resource-not-found"
_NOT_ALLOWED = ("not-authorized-for-resource", "not-authorized-for-field", "client-forbidden")
_CAPPED = "usage-capped"
# The kind of a file, as the key that stands for it begins.
_MEDIA = {"3": Format.IMAGE, "7": Format.VIDEO, "13": Format.VIDEO, "16": Format.VIDEO}
_VOUCHED = {"business": True, "government": True, "blue": False, "none": False}
_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi", "und": "", "zxx": "", "art": "", "qme": ""}
_OWN_PAGES = re.compile(r"https?://(www\.)?(x|twitter)\.com/\w+/status/\d+/(photo|video)/")
_OF_USERS = (
    *("affiliation", "connection_status", "most_recent_tweet_id", "pinned_tweet_id"),
    *("profile_banner_url", "receives_your_dm", "subscription_type", "withheld", "location"),
    *("verified_followers_count", "is_identity_verified", "parody", "verified"),
)
_OF_POSTS = (
    *("article", "community_id", "context_annotations", "conversation_id", "edit_controls"),
    *("edit_history_tweet_ids", "geo", "in_reply_to_user_id", "media_metadata", "note_tweet"),
    *("organic_metrics", "possibly_sensitive", "promoted_metrics", "reply_settings", "scopes"),
    *("source", "withheld", "display_text_range", "card_uri", "username", "name"),
)


def checked(reply: Reply, page: Page, *, now: datetime) -> Fields:
    """The fields of a reply that brings something.

    Raises:
        ExchangeFailed: When it says that it did not work.
    """
    fields = root(reply, page, of=NAME, now=now)
    said = _words(fields.values)
    kind = str(fields.values.get("type", ""))
    if reply.status == 402:
        raise NotPermitted(
            f"{NAME} takes money for each read, and there are no credits left ({said}): buy some "
            "in X's developer console, and sync again"
        )
    if kind.endswith(_CAPPED):
        raise QuotaSpent(
            f"the application's cap of reads at {NAME} is reached ({said}): raise it in X's "
            "developer console, or wait for the next month",
            after=failures.wait_of(reply, now=now),
        )
    failures.check(reply, of=NAME, now=now, said=said)
    if "data" not in fields.values:
        _refuse_errors(fields.values.get("errors"), said)
        if "meta" not in fields.values:
            raise NotUsed(
                f"{NAME} sent a sound reply with nothing that is kept here: ask for people or posts"
            )
    return fields


def read(reply: Reply, now: datetime) -> Page:
    """What a single reply says.

    Raises:
        ExchangeFailed: When it is an error, or holds nothing that is kept.
    """
    page = Page()
    fields = checked(reply, page, now=now)
    authors = included(fields)
    for entry in listed(fields):
        if "username" in entry.values and "text" not in entry.values:
            take_user(page, entry, now)
        elif "text" in entry.values:
            take_post(page, entry, authors.get(str(entry.values.get("author_id"))), now)
        else:
            page.refuse(entry.path, sorted(entry.values)[:10], "is neither a person nor a post")
    for user in authors.values():
        take_user(page, user, now)
    finish(page, fields)
    if page.bad and not page.lines:
        raise Changed(
            f"{NAME} sent nothing that can be read: {page.bad[0].where} {page.bad[0].reason}"
        )
    if not page.lines:
        page.notes.append(f"{NAME} found nothing.")
    return page


def listed(fields: Fields) -> list[Fields]:
    """What stands under ``data``, each once; shared posts of others are left out.

    Raises:
        Changed: When it is neither an object nor a list.
    """
    value = fields.raw("data")
    if value is None:
        return []
    try:
        if isinstance(value, dict):
            found = [Fields(value, fields.page, "data")]
        else:
            found = fields.objects("data")
    except Odd as error:
        raise Changed(f"{NAME} sent {error.where}, which {error}") from None
    return [entry for entry in _once(found) if not _is_shared(entry)]


def included(fields: Fields) -> dict[str, Fields]:
    """People who were sent along, by id.

    Raises:
        Changed: When they stand in no list.
    """
    try:
        more = fields.object("includes")
        users = more.objects("users") if more else []
        if more:
            more.know("tweets", "media", "places", "polls", "topics")
            more.rest()
    except Odd as error:
        raise Changed(f"{NAME} sent {error.where}, which {error}") from None
    return {str(user.values.get("id")): user for user in users}


def mark_of(fields: Fields) -> str | None:
    """The mark of the next page; None at the end.

    Raises:
        Changed: When it is no mark.
    """
    try:
        meta = fields.object("meta")
        return meta.name("next_token") if meta else None
    except Odd as error:
        raise Changed(f"{NAME} sent {error.where}, which {error}") from None


def finish(page: Page, fields: Fields) -> None:
    """Note what could not be had beside what came, and fields that are not known."""
    errors = fields.raw("errors")
    if isinstance(errors, list) and errors:
        first = _shown(errors[0].get("detail", "")) if isinstance(errors[0], dict) else ""
        page.notes.append(f"{NAME} left out {len(errors)} of what was asked for: {first or '?'}")
    fields.know("meta", "includes", "data")
    fields.rest()


def take_user(page: Page, user: Fields, now: datetime, source: Source = Source.API) -> None:
    """Add a person's profile and counts."""
    with page.item(user.path) as item:
        user_id = user.needed("id", user.name("id"))
        handle = user.needed("username", user.name("username"))
        item.add(
            "accounts",
            platform=Platform.X,
            platform_id=user_id,
            handle=handle,
            display_name=captions.line(user.text("name")),
            bio=user.text("description"),
            url=f"https://x.com/{handle}",
            avatar_url=user.address("profile_image_url"),
            links=_links_of_profile(user),
            verified=_VOUCHED.get(user.text("verified_type") or "", user.flag("verified")),
            private=user.flag("protected"),
            created_at=user.moment("created_at"),
            observed_at=now,
        )
        metrics = user.object("public_metrics")
        counts: dict[str, int | None] = {}
        if metrics is not None:
            counts = {
                "followers": metrics.count("followers_count"),
                "following": metrics.count("following_count"),
                "posts": metrics.count("tweet_count"),
            }
            metrics.know("listed_count", "like_count", "media_count")
            metrics.rest()
        if any(count is not None for count in counts.values()):
            item.add(
                "account_observations",
                platform=Platform.X,
                account=Reference(Platform.X, user_id, handle),
                observed_at=now,
                source=source,
                **counts,
            )
        user.know("url", *_OF_USERS)
        user.rest()


def take_post(
    page: Page,
    post: Fields,
    author: Fields | Reference | None,
    now: datetime,
    source: Source = Source.API,
) -> None:
    """Add a post and what it counts."""
    with page.item(post.path) as item:
        post_id = post.needed("id", post.name("id"))
        account = _account(post, author)
        of = {"account": account} if account else {}
        handle = account.handle if account else None
        words = post.text("text")
        entities = post.object("entities")
        item.add(
            "posts",
            platform=Platform.X,
            post_id=post_id,
            **of,
            format=_format(post),
            published_at=post.moment("created_at"),
            url=f"https://x.com/{handle or 'i'}/status/{post_id}",
            text=words,
            language=_language(post),
            hashtags=_named(entities, "hashtags", "tag"),
            mentions=_named(entities, "mentions", "username"),
            links=_links(entities, "urls"),
        )
        counts = _counts(post)
        if any(count is not None for count in counts.values()):
            item.add(
                "post_observations",
                platform=Platform.X,
                post_id=post_id,
                **of,
                observed_at=now,
                source=source,
                **counts,
            )
        post.know("referenced_tweets", "author_id", *_OF_POSTS)
        post.rest()


def _counts(post: Fields) -> dict[str, int | None]:
    metrics, own = post.object("public_metrics"), post.object("non_public_metrics")
    found: dict[str, int | None] = {}
    if metrics is not None:
        reposts, quotes = metrics.count("retweet_count"), metrics.count("quote_count")
        shares = None if reposts is None and quotes is None else (reposts or 0) + (quotes or 0)
        found = {
            "views": metrics.count("impression_count"),
            "likes": metrics.count("like_count"),
            "comments": metrics.count("reply_count"),
            "shares": shares,
            "saves": metrics.count("bookmark_count"),
        }
        metrics.rest()
    if own is not None:
        seen = own.count("impression_count")
        found["views"] = seen if seen is not None else found.get("views")
        found["interactions"] = own.count("engagements")
        own.know("url_link_clicks", "user_profile_clicks")
        own.rest()
    return found


def _account(post: Fields, author: Fields | Reference | None) -> Reference | None:
    if isinstance(author, Reference):
        return author
    author_id = post.name("author_id")
    if author is not None:
        return Reference(Platform.X, author.name("id"), author.name("username"))
    return Reference(Platform.X, author_id) if author_id else None


def _format(post: Fields) -> Format:
    attached = post.object("attachments")
    keys = (attached.texts("media_keys") if attached else None) or []
    kinds = [_MEDIA.get(key.partition("_")[0]) for key in keys]
    if len(kinds) > 1:
        return Format.CAROUSEL
    return kinds[0] or Format.TEXT if kinds else Format.TEXT


def _language(post: Fields) -> str | None:
    written = post.name("lang")
    if written is None:
        return None
    tag = _LANGUAGES.get(written, written)
    # Tags from qaa to qtz are X's own, for posts of marks or links alone.
    return places.find_language(tag) if tag and not tag.startswith("q") else None


def _named(entities: Fields | None, kind: str, name: str) -> list[str] | None:
    if entities is None:
        return None
    found = [entry.name(name) for entry in entities.objects(kind)]
    return list(dict.fromkeys(word for word in found if word)) or None


def _links(entities: Fields | None, kind: str) -> list[str] | None:
    """Where links lead; those to the post's own pictures are none."""
    if entities is None:
        return None
    found = [
        entry.address("expanded_url") or entry.address("url") for entry in entities.objects(kind)
    ]
    kept = [link for link in found if link and not _OWN_PAGES.match(link)]
    return list(dict.fromkeys(kept)) or None


def _links_of_profile(user: Fields) -> list[str] | None:
    entities = user.object("entities")
    if entities is None:
        return None
    found = [
        *(_links(entities.object("url"), "urls") or ()),
        *(_links(entities.object("description"), "urls") or ()),
    ]
    return list(dict.fromkeys(found)) or None


def _is_shared(entry: Fields) -> bool:
    """Whether it is somebody else's post, passed on as it was."""
    references = entry.values.get("referenced_tweets")
    return isinstance(references, list) and any(
        isinstance(one, Mapping) and one.get("type") == "retweeted" for one in references
    )


def _once(entries: Iterable[Fields]) -> list[Fields]:
    found: dict[str, Fields] = {}
    for entry in entries:
        mark = entry.values.get("id")
        found.setdefault(mark if isinstance(mark, str) else entry.path, entry)
    return list(found.values())


def _refuse_errors(errors: Any, said: str) -> None:
    """Raise what X says instead of data, where it says something."""
    if not isinstance(errors, list) or not errors:
        return
    kinds = [str(one.get("type", "")) for one in errors if isinstance(one, dict)]
    if any(kind.endswith(_NOT_FOUND) for kind in kinds):
        raise NotFound(f"{NAME} does not have what was asked for ({said}): check the name")
    if any(kind.endswith(_NOT_ALLOWED) for kind in kinds) or "suspended" in said:
        raise NotFound(f"{NAME} does not show what was asked for ({said})")
    raise Misasked(f"{NAME} refused the request ({said})")


def _words(body: Mapping[str, Any]) -> str:
    """X's own words for what went wrong."""
    found = [body.get("title"), body.get("detail")]
    errors = body.get("errors")
    if isinstance(errors, list):
        for one in errors[:3]:
            if isinstance(one, dict):
                found.append(one.get("detail") or one.get("message"))
    words = [_shown(word) for word in found if isinstance(word, str) and word]
    return "; ".join(dict.fromkeys(words))


def _shown(word: Any) -> str:
    return "".join(letter for letter in str(word)[:200] if letter.isprintable())

"""How TikTok is read: the connected account and its videos, and nobody else."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.fields import Odd
from groundswell.connectors.adapters.networks.network import (
    Ask,
    Authority,
    Interface,
    OAuth,
    Quota,
    Scope,
    Way,
    bearer,
)
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.tiktok import replies
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Fetch, Request, Spend
from groundswell.terms.networks import Network
from groundswell.terms.platforms import Platform

SERVER = "https://open.tiktokapis.com"
_MOST = 20  # videos of a page
_REQUESTS = "requests"
_ONE = (Spend(_REQUESTS),)
_MISSING = {
    "user.info.profile": "Handle and bio were left out: user.info.profile was not allowed.",
    "user.info.stats": "Counts of followers were left out: user.info.stats was not allowed.",
    "video.list": "Videos were left out: video.list was not allowed.",
}


def own(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """The profile, then its videos, the newest first."""
    at = dict(cursor) if cursor else None
    if at is None:
        page = _profile(fetch, ask)
        at = page.cursor
        yield page
    while at is not None:
        page = _videos(fetch, ask, at)
        at = page.cursor
        yield page


def _profile(fetch: Fetch, ask: Ask) -> Page:
    wanted = [
        name for scope, names in replies.USER.items() if _allows(ask, scope) for name in names
    ]
    request = Request(f"{ask.server}/v2/user/info/", {"fields": ",".join(wanted)}, spends=_ONE)
    page = Page()
    data = replies.checked(fetch(request), page, now=ask.now)
    try:
        user = data.object("user")
    except Odd:
        user = None
    if user is None:
        raise Changed(f"{replies.NAME} sent no user where the own account was asked for")
    account = replies.take_user(page, user, ask.now)
    page.notes += [note for scope, note in _MISSING.items() if not _allows(ask, scope)]
    if _allows(ask, "video.list") and ask.posts > 0 and account is not None:
        page.cursor = {
            "id": account.platform_id,
            "handle": account.handle,
            "left": ask.posts,
            "after": None,
        }
    return page


def _videos(fetch: Fetch, ask: Ask, at: Mapping[str, Any]) -> Page:
    body: dict[str, Any] = {"max_count": min(_MOST, at["left"])}
    if at["after"] is not None:
        body["cursor"] = at["after"]
    request = Request(
        f"{ask.server}/v2/video/list/",
        {"fields": ",".join(replies.VIDEO)},
        method="POST",
        headers={"content-type": "application/json"},
        body=json.dumps(body).encode(),
        spends=_ONE,
    )
    page = Page()
    data = replies.checked(fetch(request), page, now=ask.now)
    account = Reference(Platform.TIKTOK, at["id"], at["handle"])
    if "videos" not in data.values:
        raise Changed(f"{replies.NAME} sent no list of videos where it was asked for")
    try:
        found, has_more, after = data.objects("videos"), data.flag("has_more"), data.count("cursor")
    except Odd as error:
        raise Changed(f"{replies.NAME} sent {error.where}, which {error}") from None
    videos = replies.once(found)[: at["left"]]
    for video in videos:
        replies.take_video(page, video, account, ask.now)
    left = at["left"] - len(videos)
    if has_more and after is not None and left > 0 and found and not page.reaches(ask.since):
        if after == at["after"]:
            raise Changed(f"{replies.NAME} sends the same page of videos again and again")
        page.cursor = {**at, "left": left, "after": after}
    return page


def _allows(ask: Ask, scope: str) -> bool:
    return not ask.granted or scope in ask.granted


def _expected(ask: Ask) -> tuple[Spend, ...]:
    # The profile, full pages, and one more where an entry came twice.
    return (Spend(_REQUESTS, 2 + -(-ask.posts // _MOST)),)


INTERFACE = Interface(
    Network.TIKTOK,
    "TikTok",
    Authority.OAUTH,
    {Way.OWN: own},
    replies.read,
    server=SERVER,
    signed=bearer,
    expected=_expected,
    quotas=(Quota(_REQUESTS, 600, timedelta(minutes=1)),),
    oauth=OAuth(
        "https://www.tiktok.com/v2/auth/authorize/",
        f"{SERVER}/v2/oauth/token/",
        (
            Scope("user.info.basic", "Your display name and picture."),
            Scope(
                "user.info.profile",
                "Your handle, bio, the address of your profile, and whether it is verified.",
                is_needed=False,
            ),
            Scope(
                "user.info.stats",
                "How many follow you, how many you follow, and how many videos you have.",
                is_needed=False,
            ),
            Scope(
                "video.list",
                "Your public videos with their views, likes, comments and shares. Nothing is "
                "published or deleted.",
                is_needed=False,
            ),
        ),
        revoke_url=f"{SERVER}/v2/oauth/revoke/",
        id_name="client_key",
        scope_mark=",",
    ),
    help="docs/how-to/connect-tiktok.md",
)

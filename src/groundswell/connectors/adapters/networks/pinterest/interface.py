"""How Pinterest is read: the connected account, its pins, and how each of them did."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed, NotFound
from groundswell.connectors.adapters.networks.fields import Fields, Odd
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
from groundswell.connectors.adapters.networks.pinterest import replies
from groundswell.terms.exchange import Fetch, Request, Spend
from groundswell.terms.formats import Format
from groundswell.terms.networks import Network

SERVER = "https://api.pinterest.com"
_MOST = 100  # pins of a page
_WINDOW = timedelta(days=89)  # analytics reach back 90 days; of older pins they hold a part
_METRICS = "IMPRESSION,SAVE,PIN_CLICK,OUTBOUND_CLICK,TOTAL_COMMENTS,TOTAL_REACTIONS"
_OF_VIDEOS = f"{_METRICS},VIDEO_V50_WATCH_TIME,VIDEO_AVG_WATCH_TIME"
_REQUESTS = "requests"
_Step = Callable[[Fetch, Ask, Mapping[str, Any]], Page]


def own(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """The profile, its pins, and for those of the last 90 days what their analytics say."""
    at: Mapping[str, Any] | None = cursor or {"step": "profile"}
    while at is not None:
        page = _STEPS[at["step"]](fetch, ask, at)
        at = page.cursor
        yield page


def _get(fetch: Fetch, ask: Ask, page: Page, path: str, **params: str) -> Fields:
    request = Request(f"{ask.server}/v5/{path}", params, spends=(Spend(_REQUESTS),))
    return replies.checked(fetch(request), page, now=ask.now)


def _profile(fetch: Fetch, ask: Ask, at: Mapping[str, Any]) -> Page:
    del at
    page = Page()
    replies.take_user(page, _get(fetch, ask, page, "user_account"), ask.now)
    whose = next((line.values for line in page.lines if line.table == "accounts"), None)
    if whose is None:
        raise Changed(f"{replies.NAME} sent no account where the own one was asked for")
    if ask.granted and "pins:read" not in ask.granted:
        page.notes.append("Pins were left out: pins:read was not allowed.")
    elif ask.posts > 0:
        known = {"id": whose["platform_id"], "handle": whose["handle"]}
        page.cursor = {"step": "pins", **known, "left": ask.posts}
    return page


def _pins(fetch: Fetch, ask: Ask, at: Mapping[str, Any]) -> Page:
    page = Page()
    params = {"page_size": str(min(_MOST, at["left"])), "pin_metrics": "true"}
    if at.get("bookmark"):
        params["bookmark"] = at["bookmark"]
    fields = _get(fetch, ask, page, "pins", **params)
    told = fields.values.get("items")
    if not isinstance(told, list):
        raise Changed(f"{replies.NAME} sent no list of pins where it was asked for")
    try:
        bookmark = fields.text("bookmark")
    except Odd as error:
        raise Changed(f"{replies.NAME} sent {error.where}, which {error}") from None
    if bookmark is not None and bookmark == at.get("bookmark"):
        raise Changed(f"{replies.NAME} sends the same page of pins again and again")
    found = replies.listed(fields)
    fields.rest()
    pins = [pin for pin in found if replies.is_own(pin)][: at["left"]]
    young: dict[str, list[Any]] = {}
    for pin in pins:
        born = _born(pin)
        is_young = born is not None and born > ask.now - _WINDOW
        before = len(page.lines)
        replies.take_pin(page, pin, replies.account_of(at), ask.now, counted=not is_young)
        if born is not None and is_young and len(page.lines) > before:
            post = page.lines[before].values
            is_video = post["format"] is Format.VIDEO
            young[post["post_id"]] = [post["post_id"], f"{born:%Y-%m-%d}", is_video]
    left = at["left"] - len(told)
    is_more = bookmark is not None and left > 0 and found and not page.reaches(ask.since)
    after = {**at, "left": left, "bookmark": bookmark} if is_more else None
    page.cursor = _after(at, list(young.values()), after)
    return page


def _analytics(fetch: Fetch, ask: Ask, at: Mapping[str, Any]) -> Page:
    (pin, born, is_video), *others = at["pins"]
    page = Page()
    try:
        fields = _get(
            fetch,
            ask,
            page,
            f"pins/{pin}/analytics",
            start_date=born,
            end_date=f"{ask.now:%Y-%m-%d}",
            metric_types=_OF_VIDEOS if is_video else _METRICS,
        )
        replies.take_analytics(page, fields, pin, replies.account_of(at), ask.now)
    except NotFound:
        page.notes.append("A pin went while it was read; its counts were left out.")
    page.cursor = _after(at, others, at.get("after"))
    return page


_STEPS: dict[str, _Step] = {"profile": _profile, "pins": _pins, "analytics": _analytics}


def _after(
    at: Mapping[str, Any], pins: list[Any], after: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Where to go on: at the pins that are left, else at the next page of pins."""
    if not pins:
        return dict(after) if after else None
    known = {"id": at["id"], "handle": at["handle"]}
    return {"step": "analytics", **known, "pins": pins, "after": after}


def _born(pin: Fields) -> datetime | None:
    try:
        return pin.moment("created_at")
    except Odd:
        return None  # noted as bad when the pin is taken


def _expected(ask: Ask) -> tuple[Spend, ...]:
    return (Spend(_REQUESTS, 1 + -(-ask.posts // _MOST) + ask.posts),)


INTERFACE = Interface(
    Network.PINTEREST,
    "Pinterest",
    Authority.OAUTH,
    {Way.OWN: own},
    replies.read,
    server=SERVER,
    signed=bearer,
    expected=_expected,
    quotas=(Quota(_REQUESTS, 1000, timedelta(days=1)),),
    oauth=OAuth(
        "https://www.pinterest.com/oauth/",
        f"{SERVER}/v5/oauth/token",
        (
            Scope("user_accounts:read", "Your profile and its counts."),
            Scope(
                "pins:read",
                "Your public pins, and how often they were seen and saved. Nothing is pinned or "
                "deleted.",
                is_needed=False,
            ),
            Scope("boards:read", "On which boards the pins are.", is_needed=False),
        ),
        scope_mark=",",
        is_basic=True,
    ),
    help="docs/how-to/connect-pinterest.md",
)

"""How YouTube says no: by the reason that stands in the reply, not by its status alone."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
    QuotaSpent,
    Throttled,
    Unavailable,
    check,
    wait_of,
)
from groundswell.connectors.adapters.networks.fields import Fields, Odd, root
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import ExchangeFailed, Reply

NAME = "YouTube"
ZONE = "America/Los_Angeles"  # a day's units are given out at its midnight
_SHOWN = 300
_MARKUP = re.compile(r"<[^<>]{0,300}>")
_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_THROTTLED = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "servingLimitExceeded", "RATE_LIMIT_EXCEEDED"}
)


class CommentsOff(NotFound):
    """Nobody can comment there."""

    code = "youtube_comments_off"


_KINDS: tuple[tuple[frozenset[str], type[ExchangeFailed], str], ...] = (
    (
        frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED"}),
        LoginExpired,
        (
            f"{NAME} does not take the API key(said): copy it again from the Google Cloud console, "
            "APIs & Services, Credentials, and connect with it"
        ),
    ),
    (
        frozenset({"accessNotConfigured", "SERVICE_DISABLED"}),
        NotPermitted,
        (
            f"the project of these credentials has the interface of {NAME} switched off(said): "
            "enable YouTube Data API v3, and YouTube Analytics API for your own channel, in its "
            "Google Cloud console"
        ),
    ),
    (
        frozenset({"authError", "invalid_grant", "invalid_token", "ACCESS_TOKEN_EXPIRED"}),
        LoginExpired,
        f"{NAME} does not take the login any more(said): connect it again",
    ),
    (
        frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}),
        NotPermitted,
        (
            f"the permission that was given does not cover this(said): connect {NAME} again and "
            "allow all that is asked for"
        ),
    ),
    (
        frozenset({"commentsDisabled"}),
        CommentsOff,
        f"comments can't be had from {NAME} where they are switched off(said)",
    ),
    (
        frozenset(
            {
                *("notFound", "channelNotFound", "playlistNotFound", "videoNotFound"),
                *("commentNotFound", "commentThreadNotFound", "playlistItemsNotAccessible"),
                *("channelClosed", "channelSuspended"),
            }
        ),
        NotFound,
        f"{NAME} does not have what was asked for(said): check the name",
    ),
    (
        frozenset({"backendError", "internalError", "processingFailure"}),
        Unavailable,
        f"{NAME} fails(said); it will be asked again by itself",
    ),
)


def answered(reply: Reply, page: Page, *, now: datetime) -> Fields:
    """The fields of a reply that says it worked.

    Raises:
        ExchangeFailed: When it says something else, of the kind that its reason tells.
    """
    error = _error_of(reply)
    if error is not None:
        raise _refused(reply, error, now=now)
    check(reply, of=NAME, now=now)
    return root(reply, page, of=NAME)


@contextmanager
def expecting() -> Iterator[None]:
    """Read what a reply must have.

    Raises:
        Changed: When it is something else.
    """
    try:
        yield
    except Odd as odd:
        raise Changed(f"{NAME} sent another reply than it describes: {odd.where} {odd}") from None


def _error_of(reply: Reply) -> dict[str, Any] | None:
    """What a reply says of a failure: an object, or for tokens a word and a sentence."""
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str) and error:
        return {"message": body.get("error_description"), "errors": [{"reason": error}]}
    return error if isinstance(error, dict) else None


def _refused(reply: Reply, error: dict[str, Any], *, now: datetime) -> ExchangeFailed:
    words = _words(error)
    said = f" ({words})" if words else ""
    reasons = _reasons(error)
    if reasons & _QUOTA:
        return _spent(said, now=now)
    if reasons & _THROTTLED:
        return Throttled(
            f"{NAME} asks for fewer requests{said}; the sync goes on by itself",
            after=wait_of(reply, now=now),
        )
    for known, kind, message in _KINDS:
        if reasons & known:
            return kind(message.replace("(said)", said))
    return _by_status(reply, error, words, now=now)


def _by_status(reply: Reply, error: dict[str, Any], words: str, *, now: datetime) -> ExchangeFailed:
    code = error.get("code")
    status = reply.status
    if isinstance(code, int) and 400 <= code < 600 and status < 400:
        status = code
    try:
        check(replace(reply, status=status), of=NAME, now=now, said=words)
    except ExchangeFailed as failure:
        return failure
    why = f" ({words})" if words else " without saying why"
    return Misasked(f"{NAME} refused the request{why}")


def _reasons(error: dict[str, Any]) -> set[str]:
    found = set()
    for name in ("errors", "details"):
        listed = error.get(name)
        for each in listed if isinstance(listed, list) else ():
            reason = each.get("reason") if isinstance(each, dict) else None
            if isinstance(reason, str):
                found.add(reason)
    return found


def _words(error: dict[str, Any]) -> str:
    """The message for people, without the markup that YouTube puts into it."""
    message = error.get("message")
    if not isinstance(message, str):
        return ""
    plain = _MARKUP.sub("", message[:2_000]).encode(errors="replace").decode()
    return " ".join(plain.replace("\0", "").split())[:_SHOWN].rstrip(".")


def _spent(said: str, *, now: datetime) -> ExchangeFailed:
    there = now.astimezone(ZoneInfo(ZONE))
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return QuotaSpent(
        f"today's units of {NAME} are spent{said}; the sync goes on by itself after midnight in "
        "California, when there are new ones",
        after=midnight.timestamp() - now.timestamp(),
    )

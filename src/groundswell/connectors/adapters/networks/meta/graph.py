"""Asking a Graph server: its errors by code, its cursors, and how near its limits are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
    QuotaSpent,
    Throttled,
    Unavailable,
)
from groundswell.connectors.adapters.networks.fields import Fields, Odd, document
from groundswell.connectors.adapters.networks.meta.usage import usage_of
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.exchange import Fetch, Reply, Request, Spend

_ENOUGH = 95.0  # percent of a limit; whoever goes on beyond 100 is shut out for up to an hour
_PAUSE = 600.0
_LONGEST = 86_400.0
_CURSOR = re.compile(r"[\w=+/.:~-]{1,2000}", re.ASCII)
_NODE = re.compile(r"/(?:v\d+\.\d+/)?(\d{5,25})/([a-z_]+)/?", re.ASCII)

_THROTTLED = frozenset({4, 17, 32, 341, 368, 613, *range(80_000, 80_015)})
_TRANSIENT = frozenset({-2, -1, 1, 2})
_EXPIRED = frozenset({102, 190, 458, 459, 460, 463, 464, 467, 492})
_HASHTAGS_SPENT = 2_207_034
_NOT_THERE = frozenset({24, 110, 803})
_NOT_THERE_SUBCODES = frozenset({33, 2_207_013, 2_207_024, 2_207_050})


@dataclass(slots=True)
class Graph:
    """One Graph server as a walk asks it.

    Attributes:
        fetch: Carries requests.
        base: The server's address with the version, no slash at the end.
        of: The network's name, for messages.
        now: This moment.
        usage: The highest share of a limit that the last replies told, in percent.
        regain: Seconds until the server will answer again, where it told.
    """

    fetch: Fetch
    base: str
    of: str
    now: datetime
    usage: float = field(default=0.0, init=False)
    regain: float = field(default=0.0, init=False)

    def get(self, path: str, page: Page, *spends: Spend, **params: str) -> Fields:
        """The fields of what stands under a path.

        Raises:
            ExchangeFailed: When the server says no.
        """
        reply = self.fetch(Request(f"{self.base}/{path}", params, spends=spends))
        self.usage, self.regain = usage_of(reply)
        return told(reply, page, of=self.of, now=self.now)

    def go_on(self) -> None:
        """Stop for a while when the server is close to its limit.

        Raises:
            Throttled: When it is; what was read so far stays.
        """
        if self.usage >= _ENOUGH or self.regain > 0:
            raise Throttled(
                f"{self.usage:.0f}% of what {self.of} answers in this window is used up; the sync "
                "goes on by itself when there is room again",
                after=self.regain or _PAUSE,
            )


def told(reply: Reply, page: Page, *, of: str, now: datetime) -> Fields:
    """The fields of a reply that is no error.

    Raises:
        ExchangeFailed: Of the kind that the error's code tells, or the status where there is none.
    """
    body = document(reply, of=of, now=now)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        _fail(reply, error, of=of, now=now)
    failures.check(reply, of=of, now=now, said=storable(error) if isinstance(error, str) else "")
    if not isinstance(body, dict):
        raise Changed(f"{of} sent a {type(body).__name__} where an object was expected")
    return Fields(body, page)


@contextmanager
def documented(of: str) -> Iterator[None]:
    """Take a reply's frame for granted, and say so when it has another form."""
    try:
        yield
    except Unreadable as error:
        where = getattr(error, "where", "a field")
        raise Changed(
            f"{of} sent a reply of another form than it documents: {where} {error}"
        ) from None


def _fail(reply: Reply, error: Mapping[str, Any], *, of: str, now: datetime) -> NoReturn:
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    words = error.get("error_user_msg") or error.get("message") or "no reason given"
    said = f"({storable(words)[:300]}; code {code}{f'.{subcode}' if subcode else ''})"
    if subcode == _HASHTAGS_SPENT or _speaks_of_hashtags(code, words):
        raise QuotaSpent(
            f"the account has asked {of} for as many different hashtags as it may in a week {said};"
            " ask for one of them again, or wait until one is a week old",
            after=_LONGEST,
        )
    if code in _EXPIRED or subcode in _EXPIRED:
        raise LoginExpired(f"{of} does not take the login any more {said}: connect it again")
    if code in _THROTTLED or reply.status == 429:
        after = usage_of(reply)[1] or failures.wait_of(reply, now=now) or _PAUSE
        raise Throttled(f"{of} asks for fewer requests {said}; the sync waits", after=after)
    if code in _NOT_THERE or subcode in _NOT_THERE_SUBCODES or reply.status == 404:
        raise NotFound(
            f"{of} does not show what was asked for {said}: check the name; only professional "
            "accounts without an age limit are shown"
        )
    if code in {3, 10} or (code is not None and 200 <= code <= 299) or _lacks(words):
        raise NotPermitted(
            f"{of} does not allow this with the permissions given {said}: connect it again and "
            "allow what is asked for, or have Meta review the application for it"
        )
    if code in _TRANSIENT or error.get("is_transient") is True or reply.status >= 500:
        raise Unavailable(
            f"{of} could not answer {said}; it will be asked again by itself",
            after=failures.wait_of(reply, now=now),
        )
    raise Misasked(f"{of} refused the request {said}")


def _speaks_of_hashtags(code: int | None, words: object) -> bool:
    """Whether no further hashtag may be asked for this week; Meta has several codes for it."""
    text = str(words).lower()
    return "hashtag" in text and (code == 18 or "limit" in text or "maximum" in text)


def storable(words: object) -> str:
    """Words of the network as every store takes them."""
    return str(words).encode(errors="replace").decode().replace("\0", "")


def _lacks(words: object) -> bool:
    """Whether a bad-parameter error is about permission; Meta has one code for both."""
    text = str(words).lower()
    return "permission" in text or "public content access" in text or "not authorized" in text


def _whole(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def cursor_after(fields: Fields, *, is_nested: bool = False) -> str | None:
    """The cursor of the next page of a list; None at its end.

    Addresses in ``next`` hold the token, so they are never asked, only looked into.

    Args:
        fields: What holds ``data`` and ``paging``.
        is_nested: Whether the list stands inside another answer; those have no ``next``.

    Raises:
        Odd: When it is no cursor.
    """
    paging = fields.object("paging")
    if paging is None:
        return None
    cursors = paging.object("cursors")
    after = cursors.raw("after") if cursors else None
    following = paging.raw("next")
    if not is_nested and not following:
        return None
    if after is None and isinstance(following, str):
        after = next(iter(_query(following).get("after", [])), None)
    if after is None:
        return None
    if not isinstance(after, str) or not _CURSOR.fullmatch(after):
        raise Odd(paging.where("cursors.after"), after, "is no cursor")
    return after


def distinct(entries: Iterable[Fields]) -> list[Fields]:
    """The first entries of a list, each once; those without an id are for whoever takes them."""
    kept: dict[object, Fields] = {}
    for entry in entries:
        named = entry.values.get("id") or entry.values.get("creator_id")
        kept.setdefault(named if isinstance(named, str | int) else entry.path, entry)
    return list(kept.values())


def _query(address: str) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(address).query)
    except ValueError:
        return {}


def edge_of(reply: Reply, fields: Fields) -> tuple[str, str]:
    """Whose list a reply is and which, such as (``17841400000000000``, ``media``); else empty.

    A list does not say whose it is, but the address of it, and of its next page, does.
    """
    paging = fields.values.get("paging")
    told_of = paging if isinstance(paging, dict) else {}
    for address in (told_of.get("next"), told_of.get("previous"), reply.url):
        if isinstance(address, str):
            found = _NODE.search(address.partition("?")[0])
            if found:
                return found[1], found[2]
    return "", ""

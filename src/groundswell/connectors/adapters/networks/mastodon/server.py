"""One server, asked politely: addresses, how lists go on, and how it says no."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import Changed, NotPermitted
from groundswell.connectors.adapters.networks.fields import Fields, document, entries, root
from groundswell.connectors.adapters.networks.mastodon.accounts import host_of
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.exchange import Fetch, Reply, Request

NAME = "Mastodon"
_NEXT = re.compile(r'<([^<>]{1,4096})>\s{0,9};\s{0,9}rel="?next"?', re.IGNORECASE)
_LONGEST_HEADER = 16_384
_SEARCHES = frozenset({"read", "read:search"})


def may_search(ask: Ask) -> bool:
    """Whether a member's login came along that may search."""
    return bool(_SEARCHES & ask.granted)


@dataclass(frozen=True, slots=True)
class Server:
    """A server as one walk asks it.

    Attributes:
        fetch: Carries requests.
        ask: The question.
        base: Its address.
    """

    fetch: Fetch
    ask: Ask
    base: str

    @property
    def is_own(self) -> bool:
        """Whether it is the connection's, which alone may see the connection's login."""
        return self.base == self.ask.server

    @property
    def has_login(self) -> bool:
        """Whether it is asked as somebody who is a member there."""
        return self.is_own and bool(self.ask.granted)

    @property
    def host(self) -> str:
        """Its host, for messages."""
        return host_of(self.base)

    def get(self, path: str, **params: str) -> Reply:
        """A reply that says it worked.

        Raises:
            ExchangeFailed: When it says something else.
        """
        request = Request(f"{self.base}{path}", params, is_public=not self.is_own)
        reply = self.fetch(request)
        check(reply, now=self.ask.now, host=self.host, has_login=self.has_login)
        return reply

    def object(self, path: str, page: Page, **params: str) -> Fields:
        """The fields of a reply that is one object."""
        return root(self.get(path, **params), page, of=f"{NAME} ({self.host})")

    def list(self, path: str, page: Page, **params: str) -> "Listed":
        """The entries of a reply that is a list."""
        reply = self.get(path, **params)
        found = document(reply, of=f"{NAME} ({self.host})")
        if not isinstance(found, list):
            raise Changed(f"{NAME} ({self.host}) sent no list where one was expected")
        next_id = following(reply, params.get("max_id"), host=self.host) if found else None
        return Listed(found, page, next_id)


def within(fields: Fields, name: str) -> "list[Fields]":
    """The objects of a list that a reply must hold.

    Raises:
        Changed: When it holds something else there.
    """
    try:
        return fields.objects(name)
    except Unreadable as odd:
        raise Changed(f"{NAME} sent a reply whose {name} {odd}") from None


@dataclass(frozen=True, slots=True)
class Listed:
    """One part of a list.

    Attributes:
        values: What it holds.
        page: Where its rows go.
        next_id: From where the next part goes on; None at the end.
    """

    values: list[Any]
    page: Page
    next_id: str | None

    def entries(self, path: str) -> Iterator[Fields]:
        """The fields of each entry."""
        return entries(self.values, self.page, path)


def following(reply: Reply, before: str | None, *, host: str) -> str | None:
    """``max_id`` of the next part of a list, out of the Link header.

    Raises:
        Changed: When it leads back, for lists run from new to old.
    """
    match = _NEXT.search(reply.headers.get("link", "")[:_LONGEST_HEADER])
    if match is None:
        return None
    try:
        found = parse_qs(urlsplit(match[1]).query, max_num_fields=50).get("max_id", [])
    except ValueError:
        return None
    if not found or not found[0].isprintable():
        return None
    if before is not None and (len(found[0]), found[0]) >= (len(before), before):
        raise Changed(f"{NAME} ({host}) sends pages in a circle: {found[0]!r} after {before!r}")
    return found[0]


def check(reply: Reply, *, now: datetime, host: str, has_login: bool) -> None:
    """Pass a reply that says it worked.

    Raises:
        ExchangeFailed: Of the kind that the status tells.
    """
    said = _said(reply) if reply.status >= 300 else ""
    is_closed = reply.status in {401, 403} or (reply.status == 422 and "authenticated" in said)
    if is_closed and not has_login:
        raise NotPermitted(
            f"{host} shows this only to its members{f' ({said})' if said else ''}: connect an "
            "account there, or ask another server"
        )
    failures.check(reply, of=f"{NAME} ({host})", now=now, said=said)


def _said(reply: Reply) -> str:
    """The server's own words for an error; an answer in HTML has none."""
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    text = found.get("error") if isinstance(found, dict) else None
    return text[:300].translate(_UNSTORABLE) if isinstance(text, str) else ""


_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")

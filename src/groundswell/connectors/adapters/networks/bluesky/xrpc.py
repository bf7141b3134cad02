"""One question to an AppView: XRPC over HTTP, and what it answers when it says no."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import failures, fields
from groundswell.connectors.adapters.networks.failures import Misasked, NotFound, NotPermitted
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Fetch, Reply, Request, Spend

NAME = "Bluesky"
SERVER = "https://public.api.bsky.app"
REQUESTS = "requests"
MOST_IN_A_PAGE = 100  # of every list; the server refuses more
MOST_PROFILES = 25

_SHOWN = 300
# The server says 400 to all of these; accounts that are gone have no status of their own.
_GONE = frozenset(
    [
        *["AccountDeactivated", "AccountSuspended", "AccountTakedown", "ActorNotFound"],
        *["AccountNotFound", "BlockedActor", "BlockedByActor", "HandleNotFound", "NotFound"],
        *["RecordNotFound", "RepoDeactivated", "RepoNotFound", "RepoSuspended", "RepoTakendown"],
    ]
)
_GONE_WORDS = ("not found", "unable to resolve handle", "could not find")


@dataclass(frozen=True, slots=True)
class Server:
    """An AppView that is asked.

    Attributes:
        fetch: Carries requests.
        address: Its address, without a slash at the end.
        now: This moment.
    """

    fetch: Fetch
    address: str
    now: datetime

    def get(self, method: str, page: Page, **params: str | tuple[str, ...] | None) -> Fields:
        """What a method answers; parameters that are None are left out.

        Raises:
            ExchangeFailed: When it says no, or something else than an object.
        """
        given = {name: value for name, value in params.items() if value is not None}
        url = f"{self.address or SERVER}/xrpc/{method}"
        reply = self.fetch(Request(url, given, spends=(Spend(REQUESTS),)))
        check(reply, now=self.now)
        return fields.root(reply, page, of=NAME)


def check(reply: Reply, *, now: datetime) -> None:
    """Pass a reply that says it worked.

    Raises:
        ExchangeFailed: Of the kind that the status and the error's name tell.
    """
    if 200 <= reply.status < 300:
        return
    error, message = _said(reply)
    words = ": ".join(filter(None, (error, message)))
    refuse(error, message)
    if reply.status == 403:
        raise NotPermitted(
            f"{NAME}'s server answers this only to whoever is logged in there"
            f"{f' ({words})' if words else ''}: name another AppView as the connection's server, "
            "or ask for accounts by their handles"
        )
    failures.check(reply, of=NAME, now=now, said=words)


def refuse(error: str, message: str) -> None:
    """Raise what an error's name tells, whatever status it came with; otherwise nothing.

    Raises:
        NotFound: When it says that something is gone.
    """
    is_gone = error in _GONE or (
        error == "InvalidRequest" and any(words in message.lower() for words in _GONE_WORDS)
    )
    if is_gone:
        raise NotFound(
            f"{NAME} does not have what was asked for ({error}: {message}): check the handle; "
            "accounts that were deleted, deactivated or suspended can't be read"
        )


def failed(found: dict[str, Any]) -> None:
    """Raise what the body of an error says, for replies that were kept without their status."""
    error, message = _words(found, "error"), _words(found, "message")
    refuse(error, message)
    raise Misasked(f"{NAME} refused the request ({error}: {message})")


def _said(reply: Reply) -> tuple[str, str]:
    """Name and words of an error."""
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(found, dict):
        return "", ""
    return _words(found, "error"), _words(found, "message")


def _words(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in value[:_SHOWN])

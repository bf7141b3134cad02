"""Live news of accounts: Jetstream, the network's stream of commits as JSON over a websocket.

Pure: a message becomes a page, whose cursor says from where to listen again. The stream is listened
to from a little earlier than that, for the clocks of its servers differ; what comes twice says the
same twice.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sized
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from groundswell.connectors.adapters.networks.bluesky import people, posts, records
from groundswell.connectors.adapters.networks.bluesky.posts import POST, Place
from groundswell.connectors.adapters.networks.bluesky.records import LIKE, REPOST
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform

SERVER = "wss://jetstream2.us-east.bsky.network"
MOST_ACCOUNTS = 10_000  # that one listener may name
COLLECTIONS = (POST, LIKE, REPOST)
OVERLAP = timedelta(seconds=5)

_LAST = 2**62
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PULSE = timedelta(seconds=1)
_DOUBT = timedelta(minutes=2)
# What else may be said of an account, such as that it is throttled, passes by itself.
_GONE = frozenset({"deleted", "takendown", "suspended", "deactivated"})


class TooManyAccounts(Refusal, ValueError):
    """More accounts than one listener may name."""

    code = "too_many_accounts_to_listen_to"


def address(
    accounts: Iterable[str], *, server: str = SERVER, cursor: Mapping[str, Any] | None
) -> str:
    """Where to listen to what accounts do.

    Args:
        accounts: Their DIDs.
        server: The stream's, without a slash at the end.
        cursor: Of the last page that was kept; None to hear what comes from now on.

    Raises:
        TooManyAccounts: When they are more than one listener may name.
    """
    named = sorted(accounts)
    check(named)
    asked = [("wantedCollections", name) for name in COLLECTIONS]
    asked += [("wantedDids", did) for did in named]
    if cursor is not None:
        asked.append(("cursor", str(max(0, cursor["time_us"] - OVERLAP // _MICROSECOND))))
    return f"{server}/subscribe?{urlencode(asked)}"


def check(accounts: Sized) -> None:
    """Refuse more accounts than one listener may name.

    Raises:
        TooManyAccounts: When they are more.
    """
    if len(accounts) > MOST_ACCOUNTS:
        raise TooManyAccounts(
            f"{len(accounts):,} accounts can't be listened to at once, only {MOST_ACCOUNTS:,}: "
            "connect Bluesky twice, with some of the accounts each"
        )


class Heard:
    """Up to which moment a stream was heard.

    The past is told at least as fast as it happened, so that a second of silence is one in which
    nothing happened. The last minutes of a silence don't count: the connection may be dead, which
    is noticed within one. Without this, whoever listens to quiet accounts would begin anew where
    the last of them spoke, perhaps a day ago.
    """

    def __init__(self, cursor: Mapping[str, Any] | None) -> None:
        self._at: int | None = cursor["time_us"] if cursor else None
        self._silent = -_DOUBT

    @property
    def cursor(self) -> dict[str, Any] | None:
        """From where to listen again; None before anything was heard."""
        return None if self._at is None else {"time_us": self._at}

    def open(self, *, at: datetime) -> None:
        """The stream is opened at that moment, and tells what comes after its cursor."""
        if self._at is None:
            self._at = (at - _EPOCH) // _MICROSECOND
        self._silent = -_DOUBT

    def wait(self) -> None:
        """Nothing came for a second."""
        self._silent += _PULSE
        if self._at is not None and self._silent > timedelta(0):
            self._at += _PULSE // _MICROSECOND

    def reach(self, cursor: Mapping[str, Any] | None) -> None:
        """A message came, with that cursor if it could be read."""
        if cursor:
            self._at = cursor["time_us"]
        self._silent = -_DOUBT


def pages(messages: Iterable[bytes], watched: Container[str], *, now: datetime) -> Iterator[Page]:
    """What messages say of the accounts that are watched, one page each."""
    for message in messages:
        yield read(message, watched, now=now)


def read(message: bytes, watched: Container[str], *, now: datetime) -> Page:
    """What one message says; one that can't be read is noted as bad, and the stream goes on.

    Posts are those of watched accounts that answer nobody else; likes, follows and answers are of
    people who did so to a watched account.
    """
    page = Page()
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        page.refuse("message", message[:200], "is no JSON")
        return page
    if not isinstance(found, dict):
        page.refuse("message", found, "is no object")
        return page
    event = Fields(found, page)
    stamp = event.raw("time_us")
    page.cursor = {"time_us": stamp} if type(stamp) is int and 0 < stamp < _LAST else None
    with page.item("message") as item:
        _read(item, event, watched, now)
    return page


def _read(item: Item, event: Fields, watched: Container[str], now: datetime) -> None:
    who, kind = people.did(event, "did"), event.name("kind")
    if kind == "commit":
        _read_commit(item, event, who, (watched, now))
    elif who in watched and kind == "identity":
        _read_identity(item, event, who)
    elif who in watched and kind == "account":
        _read_account(item, event, who)


def _read_identity(item: Item, event: Fields, who: str) -> None:
    """A handle that changed."""
    identity = event.needed("identity", event.object("identity"))
    handle = people.handle(identity)
    if handle is not None:
        item.add(
            "accounts",
            platform=Platform.BLUESKY,
            platform_id=who,
            handle=handle,
            url=f"https://bsky.app/profile/{handle}",
        )


def _read_account(item: Item, event: Fields, who: str) -> None:
    """An account that was closed, by its owner or others."""
    account = event.needed("account", event.object("account"))
    if account.flag("active") is False and account.name("status") in _GONE:
        item.page.gone.append(("accounts", who))


def _read_commit(
    item: Item, event: Fields, who: str, about: tuple[Container[str], datetime]
) -> None:
    watched, now = about
    commit = event.needed("commit", event.object("commit"))
    kind, key = commit.name("collection"), commit.name("rkey")
    if kind is None or key is None:
        return
    at = Place(f"at://{who}/{kind}/{key}", who, kind, key)
    operation = commit.name("operation")
    if operation == "delete":
        if kind == POST and who in watched:
            item.page.gone.append(("posts", at.uri))
        return
    record = commit.object("record")
    if record is None or operation not in {"create", "update"}:
        return
    if kind != POST:
        _read_reaction(item, record, at, about)
        return
    reply = record.object("reply")
    parent = _place_within(reply, "parent") if reply else None
    root = _place_within(reply, "root") if reply else None
    if who in watched and (reply is None or _is_own_thread(who, parent, root)):
        records.add(item, record, at, now=now)
    elif root is not None and root.did in watched and root.did != who:
        records.add_comment(item, record, at, root, now=now)


def _is_own_thread(who: str, parent: Place | None, root: Place | None) -> bool:
    return parent is not None and root is not None and parent.did == root.did == who


def _place_within(reply: Fields, name: str) -> Place | None:
    """The post that an answer names as its parent or as the root of all."""
    inner = reply.object(name)
    return posts.place(inner.name("uri") or "") if inner else None


def _read_reaction(
    item: Item, record: Fields, at: Place, about: tuple[Container[str], datetime]
) -> None:
    """A like of a watched account's post, or a follow of it."""
    watched, now = about
    records.add(item, record, at, now=now)
    item.lines[:] = [
        line for line in item.lines if line.values.get("account_platform_id") in watched
    ]

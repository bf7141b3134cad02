"""Connections to networks: made, watched through, stopped for a while, ended."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from groundswell.connectors import credentials, fetching, queries
from groundswell.connectors.actions import spending
from groundswell.connectors.adapters.networks.failures import Misasked
from groundswell.connectors.adapters.networks.network import (
    Authority,
    CannotAsk,
    Interface,
    Way,
)
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import OPEN, REFRESH, ConnectionState, SyncState
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

# How often a question is asked again. Accounts have a pace of their own: see schedule.
EVERY: dict[Way, timedelta | None] = {
    Way.SEARCH: timedelta(days=7),
    Way.HASHTAG: timedelta(days=1),
    Way.ACCOUNT: None,
    Way.OWN: timedelta(days=1),
    Way.ORDERS: timedelta(hours=6),
}
MOST = {"accounts": 10_000, "posts": 10_000, "comments": 10_000, "members": 100_000}
_LONGEST = 255
_NEEDS_WORDS = (Way.SEARCH, Way.HASHTAG, Way.ACCOUNT)


class NeedsCredentials(Refusal):
    """A network that answers nobody without a key or a permission."""

    code = "network_needs_credentials"


class BadServer(Refusal, ValueError):
    """No address of a server."""

    code = "bad_network_server"


class BadQuestion(Refusal, ValueError):
    """A question that can't be asked as it stands."""

    code = "bad_network_question"


class Ended(Refusal):
    """A connection whose secrets are destroyed."""

    code = "connection_ended"


class NotPaused(Refusal):
    """A connection that is read already, and can't be resumed."""

    code = "connection_not_paused"


class AlreadyPaused(Refusal):
    """A connection that nobody reads, and can't be paused."""

    code = "connection_already_paused"


def connect(  # noqa: PLR0913 - what every action takes, and what a connection is
    *,
    workspace: Workspace,
    network: Network,
    by: str,
    now: datetime,
    server: str = "",
    name: str = "",
    tokens: Tokens | None = None,
    mends: UUID | None = None,
) -> Connection:
    """Make a connection, or mend the one of that network, server and name.

    Args:
        workspace: Whose; the caller is inside it.
        network: Which.
        by: On whose behalf.
        now: This moment.
        server: ``https://mastodon.example``, where the network has no single one.
        name: Whom it speaks for: a handle, or what somebody calls the key.
        tokens: What is shown to the network; a key is an access token. None to keep what there is.
        mends: The connection that gets the tokens, whatever its name.

    Raises:
        UnknownNetwork: When nothing here reads that network.
        BadServer: When it needs a server, or that is none.
        NeedsCredentials: When it answers nobody without.
        AlreadyPaused: When it is paused, and nothing new is shown to it.
    """
    interface = interface_of(network)
    key = {"network": network, "server": server_of(interface, server), "name": name[:_LONGEST]}
    live = Connection.objects.exclude(state=ConnectionState.ENDED).select_for_update(of=("self",))
    found = live.filter(**({"id": mends} if mends else key)).first()
    if tokens is None and (found is None or found.secret is None):
        _refuse_without(interface)
    is_paused = found is not None and found.state == ConnectionState.PAUSED
    if found is not None and tokens is None:
        if is_paused:
            raise AlreadyPaused(f"{found} is paused: resume it first to have it read again")
        if found.state == ConnectionState.WORKING:
            return found
    connection = found or Connection(
        workspace=workspace,
        **key,
        authority=interface.authority,
        connected_by=by,
        connected_at=now,
    )
    if tokens is not None:
        credentials.keep(connection, tokens)
        # Scopes are granted by an owner, also where a key would do for most questions.
        connection.authority = Authority.OAUTH if tokens.granted else interface.authority
        connection.connected_by, connection.connected_at = by, now
        connection.erase_at = None  # somebody permits it again
    _mend(connection)
    if is_paused:  # with a newer key, but nobody said to read it again
        connection.state = ConnectionState.PAUSED
    connection.save()
    if found is not None:
        _wake(connection, now)
    else:
        spending.inherit(connection)
    _journal("network.connected", connection, by, now)
    return connection


def server_of(interface: Interface, server: str) -> str:
    """A server's address as it is kept: empty for the network's own.

    Raises:
        BadServer: When it is none, or none is given where the network has no single one.
        AddressRefused: When it may not be asked, such as one inside our own network.
    """
    text = server.strip().rstrip("/")
    if not text:
        if not interface.server:
            raise BadServer(
                f"{interface.name} has no single server: say which one, such as "
                "--server https://example.org"
            )
        return ""
    text = interface.address(text)
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise BadServer(f"{server!r} is no address of a server: write https://HOST") from None
    has_more = parts.path or parts.query or parts.fragment or parts.username
    is_plain = not has_more and text.isprintable() and " " not in text
    if parts.scheme not in {"https", "http"} or not parts.hostname or not is_plain:
        raise BadServer(f"{server!r} is no address of a server: write https://HOST")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    kept = f"{parts.scheme}://{host}{port}"
    if len(kept) > _LONGEST:
        raise BadServer("the server's address is longer than any real one")
    if kept == interface.server:
        return ""
    fetching.reaching().check(kept)
    return kept


def watch(
    *,
    workspace: Workspace,
    connection_id: UUID,
    way: Way,
    by: str,
    now: datetime,
    text: str = "",
    **depth: int,
) -> Watch:
    """Have a connection ask a question from now on; one that it asks already gets the new depth.

    Args:
        workspace: Whose; the caller is inside it.
        connection_id: By which connection.
        way: Kind of question.
        by: On whose behalf.
        now: This moment; the first sync is due at once.
        text: Words, hashtag or handle.
        depth: ``accounts``, ``posts``, ``comments`` and ``members`` to bring at most.

    Raises:
        UnknownConnection: When there is none.
        Ended: When it was disconnected.
        CannotAsk: When the network has no such way.
        BadQuestion: When words are missing, or the depth is no number that anybody can want.
        AddressRefused: When they lead to a server that may not be asked.
    """
    connection = _held(connection_id)
    _refuse_ended(connection)
    interface = interface_of(Network(connection.network))
    if way not in interface.walks:
        raise CannotAsk(interface, way)
    words = words_of(interface, way, text)
    _check(depth)
    every = interface.every.get(way, EVERY[way])
    found, is_new = Watch.objects.get_or_create(
        workspace=workspace,
        connection=connection,
        way=way,
        text=words,
        defaults={**depth, "every": every, "made_by": by, "made_at": now, "next_at": now},
    )
    changed = {name: value for name, value in depth.items() if getattr(found, name) != value}
    if is_new or changed:
        for name, value in changed.items():
            setattr(found, name, value)
        found.save(update_fields=list(changed))
        details = {"way": way, "text": words, **depth}
        _journal("network.watched", connection, by, now, details)
    return found


def unwatch(*, workspace: Workspace, watch_id: UUID, by: str, now: datetime) -> None:
    """Ask a question no more; what it brought stays.

    Raises:
        UnknownWatch: When there is none.
    """
    del workspace  # the one that is entered
    found = queries.watch(watch_id)
    _stop(Sync.objects.filter(watch=found), "nobody watches this any more", now)
    Watch.objects.filter(id=found.id).update(every=None, next_at=None)
    Brought.objects.filter(watch=found).update(next_at=None)
    _journal("network.unwatched", found.connection, by, now, {"way": found.way, "text": found.text})


def pause(*, workspace: Workspace, connection_id: UUID, by: str, now: datetime) -> Connection:
    """Leave a network alone until somebody resumes; a sync that runs stops after its page.

    Raises:
        UnknownConnection: When there is none.
        Ended: When it was disconnected.
        AlreadyPaused: When it is paused.
    """
    del workspace
    connection = _held(connection_id)
    _refuse_ended(connection)
    if connection.state == ConnectionState.PAUSED:
        raise AlreadyPaused(f"{connection} is paused already: resume it to have it read again")
    connection.state = ConnectionState.PAUSED
    connection.save(update_fields=["state"])
    _journal("network.paused", connection, by, now)
    return connection


def resume(*, workspace: Workspace, connection_id: UUID, by: str, now: datetime) -> Connection:
    """Read a network again that was paused, or that somebody has mended.

    Raises:
        UnknownConnection: When there is none.
        Ended: When it was disconnected.
        NotPaused: When it is read already.
    """
    del workspace
    connection = _held(connection_id)
    _refuse_ended(connection)
    if connection.state == ConnectionState.WORKING and connection.closed_until is None:
        raise NotPaused(f"{connection} is not paused: it is read already; sync it to read it now")
    _mend(connection)
    connection.save()
    _wake(connection, now)
    _journal("network.resumed", connection, by, now)
    return connection


def disconnect(
    *, workspace: Workspace, connection_id: UUID, by: str, now: datetime, delete: bool
) -> Connection:
    """End a connection: its secrets are destroyed at once.

    Args:
        workspace: Whose; the caller is inside it.
        connection_id: Which.
        by: On whose behalf.
        now: This moment.
        delete: Whether what it alone brought is erased, which a job does after the commit.

    Raises:
        UnknownConnection: When there is none.
    """
    connection = _held(connection_id)
    if connection.state != ConnectionState.ENDED:
        end(connection, now=now)
        _journal("network.disconnected", connection, by, now, {"delete": delete})
    if delete:
        connection.erase_at = now
        jobs.defer("connectors.erase", workspace=workspace, connection=str(connection.id))
    connection.save()
    return connection


def revoked(*, workspace: Workspace, connection_id: UUID, by: str, now: datetime) -> Connection:
    """The owner took the permission back: what only it brought is erased within the limit.

    Raises:
        UnknownConnection: When there is none.
    """
    return disconnect(workspace=workspace, connection_id=connection_id, by=by, now=now, delete=True)


def end(connection: Connection, *, now: datetime) -> None:
    """Destroy a connection's secrets and stop what it does; the caller saves it."""
    connection.state, connection.ended_at = ConnectionState.ENDED, now
    connection.secret, connection.expires_at, connection.scopes = None, None, []
    _stop(Sync.objects.filter(watch__connection=connection), "it was disconnected", now)
    Watch.objects.filter(connection=connection).update(every=None, next_at=None)
    Brought.objects.filter(connection=connection).update(next_at=None)


def _stop(syncs: Any, reason: str, now: datetime) -> None:
    refusal = {"code": "sync_stopped", "message": f"the sync was stopped: {reason}"}
    syncs.filter(state__in=OPEN).update(
        state=SyncState.FAILED, refusal=refusal, finished_at=now, cursor=None
    )


def _held(connection_id: UUID) -> Connection:
    """A connection that nobody else changes meanwhile."""
    found = (
        Connection.objects.select_for_update(of=("self",))
        .select_related("workspace")
        .filter(id=connection_id)
        .first()
    )
    if found is None:
        raise queries.UnknownConnection(connection_id)
    return found


def _refuse_ended(connection: Connection) -> None:
    if connection.state == ConnectionState.ENDED:
        raise Ended(f"{connection} was disconnected: connect it again")


def _refuse_without(interface: Interface) -> None:
    how = f"; {interface.help} says how to get one" if interface.help else ""
    if interface.authority is Authority.KEY:
        raise NeedsCredentials(f"{interface.name} answers nobody without a key{how}")
    if interface.authority is Authority.OAUTH:
        raise NeedsCredentials(
            f"{interface.name} answers with its owner's permission only: connect it in the "
            f"console, or give a token with --key-file{how}"
        )


def words_of(interface: Interface, way: Way, text: str) -> str:
    """What is asked for, as it is kept.

    Raises:
        BadQuestion: When words are missing, or the network can't be asked for them.
        AddressRefused: When they lead to a server that may not be asked.
    """
    words = " ".join(text.split())
    if way is Way.HASHTAG:
        words = words.removeprefix("#")
    if way is Way.ACCOUNT:
        words = words.removeprefix("@")
    if way not in _NEEDS_WORDS:
        return ""
    if not words or len(words) > _LONGEST or not words.isprintable():
        raise BadQuestion(
            f"can't ask by {way} for {text[:_LONGEST]!r}: give 1 to {_LONGEST} characters"
        )
    check = {Way.ACCOUNT: interface.words, Way.HASHTAG: interface.tags}.get(way, str)
    try:
        known = check(words)
        home = interface.home(known) if way is Way.ACCOUNT else ""
    except Misasked as error:
        raise BadQuestion(str(error)) from None
    if home:
        fetching.reaching().check(home)
    return known


def _check(depth: dict[str, int]) -> None:
    for name, value in depth.items():
        if not (name == "accounts") <= value <= MOST[name]:
            raise BadQuestion(f"{value} {name} can't be brought: {MOST[name]} are the most")


def _mend(connection: Connection) -> None:
    connection.state = ConnectionState.WORKING
    connection.refusal, connection.failures, connection.closed_until = None, 0, None


def _wake(connection: Connection, now: datetime) -> None:
    """What could not be renewed meanwhile is due at once; what is asked once, only to its end."""
    held_up = Watch.objects.filter(connection=connection, stale_since__isnull=False)
    unfinished = Sync.objects.filter(watch=OuterRef("id"), state__in=OPEN)
    is_due = Q(every__isnull=False) | Q(way=REFRESH) | Exists(unfinished)
    held_up.filter(is_due).update(next_at=now, failures=0)


def _journal(
    event: str,
    connection: Connection,
    by: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    journal.record(
        event,
        workspace=connection.workspace,
        by=by,
        now=now,
        subject=str(connection),
        details=details,
    )

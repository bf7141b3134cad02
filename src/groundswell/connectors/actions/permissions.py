"""Permission of a network's users: asked for on its own page, taken back home, renewed, returned.

Who leaves is remembered for ten minutes as a state that works once. Only the same browser, and the
same member where it was one, comes back with it, and only to the address of the network and server
that it left for: a server that sends somebody on to another one's page gets no code of that one.
"""

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, count
from uuid import UUID

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from groundswell.connectors import credentials, queries
from groundswell.connectors.actions import applications, asking, connecting, erasing
from groundswell.connectors.actions.applications import NeedsApp
from groundswell.connectors.actions.erasing import Gone
from groundswell.connectors.adapters import oauth
from groundswell.connectors.adapters.networks.network import Interface, Way
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import App, Asked, Tokens
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.costs import NotConfirmed
from groundswell.connectors.models import Connection, CreatorLink, Departure
from groundswell.creators.sealing import Seal
from groundswell.people import policy, secrets
from groundswell.people.models import Member, Person
from groundswell.people.policy import Action, NotAllowed, Role
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import ExchangeFailed, Fetch
from groundswell.terms.networks import Network
from groundswell.workspaces import access, tenancy
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

LIFETIME = timedelta(minutes=10)
CREATOR = "the creator"  # as the journal names who connects by a link
_PREFIX = "gswstate"
_FORGOTTEN = timedelta(days=1)
_LONGEST = 255


class NotExpected(Refusal):
    """Somebody comes back who did not leave from here, or not like this."""

    code = "permission_not_expected"

    def __init__(self) -> None:
        super().__init__(
            "nobody was expected back here: it took longer than 10 minutes, was opened a second "
            "time, or in another browser than the one that left; nothing was connected: begin anew"
        )


class NotGranted(Refusal):
    """The owner said no, or the network did."""

    code = "permission_not_granted"


@dataclass(frozen=True, slots=True)
class Traveler:
    """Who leaves for a network's page.

    Attributes:
        browser: What only that browser knows.
        person: The member; None for a creator.
        link: By which a creator came; None for a member.
        returns_to: The link's address, which holds its secret.
    """

    browser: str
    person: Person | None = None
    link: CreatorLink | None = None
    returns_to: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What became of a connection that was ended.

    Attributes:
        is_back: Whether the network took the permission back itself; its owner does it there
            otherwise.
        goes: What is erased, by a job after it; None when all stays.
    """

    is_back: bool
    goes: Gone | None


def door_of(network: Network, server: str) -> str:
    """The last part of the address that owners come back to: each server has one of its own."""
    return f"{network}-{hashlib.sha256(server.encode()).hexdigest()[:12]}" if server else network


def leave(  # noqa: PLR0913 - what every action takes, who leaves, and where to
    *,
    workspace: Workspace,
    network: Network,
    server: str,
    who: Traveler,
    callback: str,
    fetch: Fetch,
    now: datetime,
    name: str = "",
    mends: UUID | None = None,
) -> str:
    """Remember who leaves; opens its own transactions.

    Args:
        workspace: Whose.
        network: For which.
        server: Where the network has no single one.
        who: Leaves.
        callback: Our address that everybody comes back to, without its last part.
        fetch: Registers an application where a server lets it.
        now: This moment.
        name: Of the connection that is to be made; the network's id when empty.
        mends: The connection that is to be mended.

    Returns:
        The network's page on which the owner agrees.

    Raises:
        NoPermissionNeeded: When the network's users are not asked.
        NeedsApp: When nobody has said yet as which application.
        ExchangeFailed: When a server takes no application.
    """
    interface = interface_of(network)
    kept = connecting.server_of(interface, server)
    back = f"{callback}{door_of(network, kept)}"
    asked = applications.asked(interface, App(""), kept, back=back)
    with access.inside(workspace):
        app = applications.app_of(workspace, network, kept)
    if app is None:
        asked = applications.registered(workspace, interface, asked, fetch=fetch, now=now)
    else:
        asked = replace(asked, app=app)
    state, verifier, made = secrets.make(_PREFIX), oauth.verifier(), tenancy.new_id()
    url = oauth.departure(asked, state=state, code_verifier=verifier)
    with access.inside(workspace):
        Departure.objects.filter(expires_at__lt=now - _FORGOTTEN).delete()
        Departure.objects.create(
            id=made,
            workspace=workspace,
            state_hash=secrets.hashed(state),
            browser_hash=secrets.hashed(who.browser),
            network=network,
            server=kept,
            name=name[:_LONGEST],
            connection_id=mends,
            scopes=list(asked.scopes),
            verifier=_seal(workspace, "verifier").close(verifier, row=made),
            person=who.person,
            link=who.link,
            returns_to=_seal(workspace, "returns_to").close(who.returns_to, row=made),
            left_at=now,
            expires_at=now + LIFETIME,
        )
        journal.record(
            "network.permission_asked",
            workspace=workspace,
            by=_by(who.person),
            now=now,
            subject=f"{network} {kept}".rstrip(),
        )
    return url


def recognized(
    state: str, *, door: str, browser: str, person: Person | None, now: datetime
) -> Departure:
    """Who comes back; the state works no more after it. Opens its own transactions.

    Raises:
        NotExpected: When it is not who left, comes too late, a second time, or to another door.
        NotAllowed: When the member may not connect networks any more.
    """
    if not secrets.is_well_formed(state, _PREFIX):
        raise NotExpected
    with scopes_disabled():
        left = (
            Departure.objects.select_related("workspace", "person")
            .filter(state_hash=secrets.hashed(state))
            .first()
        )
    if left is None:
        raise NotExpected
    with access.inside(left.workspace):
        found = Departure.objects.select_for_update(of=("self",)).get(id=left.id)
        is_same = hmac.compare_digest(bytes(found.browser_hash), secrets.hashed(browser))
        is_here = door == door_of(Network(found.network), found.server)
        is_who = found.person_id == (person.id if person and found.person_id else None)
        if not (is_same and is_here and is_who) or found.back_at or found.expires_at <= now:
            raise NotExpected
        if person is not None and found.person_id is not None:
            _require(person)
        found.back_at = now
        found.save(update_fields=["back_at"])
    left.back_at = now
    return left


def returns_to(left: Departure) -> str:
    """The address of the link by which a creator left; empty for a member."""
    if left.returns_to is None:
        return ""
    return _seal(left.workspace, "returns_to").open(bytes(left.returns_to), row=left.id)


def finish(
    left: Departure, said: Mapping[str, str], *, callback: str, fetch: Fetch, now: datetime
) -> Connection:
    """Take what the network sent somebody back with, and connect; opens its own transactions.

    Raises:
        NotGranted: When owner or network said no.
        ExchangeFailed: When the network gives no tokens for its code.
    """
    workspace, network = left.workspace, Network(left.network)
    interface = interface_of(network)
    code = said.get("code", "")
    if (error := oauth.denied(said)) is not None or not code:
        raise NotGranted(_refusal(interface, error))
    with access.inside(workspace):
        app = applications.app_of(workspace, network, left.server)
    if app is None:
        raise NeedsApp(interface)
    verifier = _seal(workspace, "verifier").open(bytes(left.verifier), row=left.id)
    back = f"{callback}{door_of(network, left.server)}"
    asked = applications.asked(interface, app, left.server, back=back)
    tokens = oauth.exchanged(fetch, asked, code=code, code_verifier=verifier, now=now)
    tokens = replace(tokens, granted=_granted(tokens.granted, said))
    try:
        with access.inside(workspace):
            return _connected(left, interface, tokens, now)
    except Refusal:
        # Nobody keeps what was given for a link that was withdrawn meanwhile, or the like.
        with access.inside(workspace):
            is_used = _is_used(left, tokens)
        if not is_used:
            with suppress(ExchangeFailed):
                oauth.revoked(fetch, asked, tokens)
        raise


def renew(connection: Connection, tokens: Tokens, fetch: Fetch, now: datetime) -> Tokens | None:
    """Newer tokens of a connection, for a sync; None where there is no way to any.

    Raises:
        ExchangeFailed: When the network gives none.
    """
    asked = _of(connection)
    return None if asked is None else oauth.refreshed(fetch, asked, tokens, now=now)


def disconnect(
    *,
    workspace: Workspace,
    connection_id: UUID,
    fetch: Fetch,
    by: str,
    now: datetime,
    delete: bool,
) -> Left:
    """Give the permission back and end the connection; opens its own transactions.

    Raises:
        UnknownConnection: When there is none.
    """
    with access.inside(workspace):
        connection = queries.connection(connection_id)
        tokens = credentials.readable_tokens_of(connection)
    is_back = tokens is not None and _given_back(connection, tokens, fetch)
    with access.inside(workspace):
        ended = connecting.disconnect(
            workspace=workspace, connection_id=connection_id, by=by, now=now, delete=delete
        )
        goes = erasing.foresee(workspace=workspace, connection=ended) if delete else None
    return Left(is_back, goes)


def _connected(left: Departure, interface: Interface, tokens: Tokens, now: datetime) -> Connection:
    workspace, by = left.workspace, _by(left.person)
    if left.person is not None:
        _require(left.person)
    link = _link_of(left)
    known = _known(left, interface, link, tokens)
    _refuse_another(interface, tokens, known, link)
    connection = connecting.connect(
        workspace=workspace,
        network=interface.network,
        server=left.server,
        name=_free_name(left, left.name or tokens.own_id or ""),
        tokens=tokens,
        mends=known.id if known else None,
        by=by,
        now=now,
    )
    if link is not None:
        CreatorLink.objects.filter(id=link.id).update(connection=connection)
        connection.creator_id = link.account.creator_id
        connection.save(update_fields=["creator"])
    for way in (Way.OWN, Way.ORDERS):
        if way not in interface.walks:
            continue
        with suppress(NotConfirmed):  # it costs money: somebody says so on the connection's page
            asking.ask(
                workspace=workspace,
                connection_id=connection.id,
                way=way,
                text="",
                confirmed=None,
                by=by,
                now=now,
            )
    return connection


def _link_of(left: Departure) -> CreatorLink | None:
    if left.link_id is None:
        return None
    found = CreatorLink.objects.select_related("account", "connection")
    link = found.filter(id=left.link_id, revoked_at=None).first()
    if link is None:
        raise NotExpected  # withdrawn meanwhile
    return link


def _live(left: Departure) -> QuerySet[Connection]:
    live = Connection.objects.filter(network=left.network, server=left.server)
    return live.exclude(state=ConnectionState.ENDED)


def _known(
    left: Departure, interface: Interface, link: CreatorLink | None, tokens: Tokens
) -> Connection | None:
    """The connection that the login is of: nobody gets another's for a name that they share."""
    live = _live(left)
    if link is not None or left.connection_id is not None:
        expected = link.connection_id if link else left.connection_id
        return live.filter(id=expected).first() if expected else None
    if Way.ORDERS in interface.walks:  # a shop's address says whose it is
        return live.first()
    if tokens.own_id is None:
        return None
    return live.filter(own_id=tokens.own_id, creator=None).first()


def _refuse_another(
    interface: Interface, tokens: Tokens, known: Connection | None, link: CreatorLink | None
) -> None:
    """Refuse the login of somebody else than the one who is read, or was asked."""
    expected = known.own_id if known else None
    if expected is None and link is not None and interface.oauth and interface.oauth.tells_account:
        expected = link.account.platform_id
    if expected and tokens.own_id and expected != tokens.own_id:
        raise NotGranted(
            f"{interface.name} signed in {tokens.own_id!r}, but {expected!r} was expected, and "
            "nothing was changed: sign out there, and begin anew with the other account"
        )


def _free_name(left: Departure, name: str) -> str:
    """The name, or with a number where another connection has it."""
    taken = set(_live(left).values_list("name", flat=True))
    numbered = (f"{name[: _LONGEST - 10]} {number}".strip() for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _is_used(left: Departure, tokens: Tokens) -> bool:
    """Whether the same owner is connected already: networks end all that was given at once."""
    return tokens.own_id is None or _live(left).filter(own_id=tokens.own_id).exists()


def _refusal(interface: Interface, error: str | None) -> str:
    if error in {
        "access_denied",
        "user_cancelled_login",
        "user_denied",
        "user_cancelled_authorize",
    }:
        return (
            f"permission was not given on {interface.name}'s page ({error}), and nothing was "
            "connected: begin anew when its owner wants to allow it"
        )
    return (
        f"{interface.name} sent no permission back ({error or 'no code'}), and nothing was "
        "connected: begin anew; if it stays so, look at the application on the network's page for "
        "developers"
    )


def _granted(known: frozenset[str], said: Mapping[str, str]) -> frozenset[str]:
    """What was granted; Meta tells it on the way back, as what was left out of it."""
    denied = {each for each in said.get("denied_scopes", "").split(",") if each}
    return known - denied


def _given_back(connection: Connection, tokens: Tokens, fetch: Fetch) -> bool:
    asked = _of(connection)
    try:
        return asked is not None and oauth.revoked(fetch, asked, tokens)
    except ExchangeFailed:
        return False  # the secrets are destroyed here all the same


def _of(connection: Connection) -> Asked | None:
    """What a connection was allowed by; None where nobody was asked."""
    network = Network(connection.network)
    interface = interface_of(network)
    if interface.oauth is None:
        return None
    with access.inside(connection.workspace):
        app = applications.app_of(connection.workspace, network, connection.server)
    if app is None:
        return None
    return applications.asked(interface, app, connection.server, back="")


def _require(person: Person) -> None:
    member = Member.objects.filter(person=person).first()
    if member is None:
        raise NotAllowed("you don't belong to this workspace any more")
    policy.require(Role(member.role), Action.CONNECTIONS_EDIT)


def _by(person: Person | None) -> str:
    return person.email if person else CREATOR


def _seal(workspace: Workspace, column: str) -> Seal:
    return Seal(workspace, table="connectors_departure", column=column)

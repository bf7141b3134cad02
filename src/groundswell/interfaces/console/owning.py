"""By whom an account is read, and how its creator is asked to connect it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.connectors.actions import creator_links
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Brought, Connection, CreatorLink
from groundswell.creators.models import Account
from groundswell.people.policy import Action
from groundswell.terms.networks import Network


@dataclass(frozen=True, slots=True)
class Reading:
    """A connection that reads an account.

    Attributes:
        connection: Which.
        title: The network's name.
        since: When it was connected by its creator, or first read.
        read_at: When the network last spoke of the account; None before.
        is_own: Whether its creator connected it.
        allowed: What the creator allowed to be read, in words.
    """

    connection: Connection
    title: str
    since: datetime
    read_at: datetime | None
    is_own: bool
    allowed: list[str]


def standing(request: Any, account: Account | None) -> dict[str, Any] | None:
    """How an account stands with its network, for those who may see connections."""
    if account is None or not request.desk.may(Action.CONNECTIONS_READ):
        return None
    interface = creator_links.interface_for(account)
    link = creator_links.link_of(account)
    readings = _readings(account, link)
    if interface is None and not readings:
        return None
    return {
        "network": interface.network if interface else "",
        "name": interface.name if interface else readings[0].title,
        "readings": readings,
        "link": link if link is not None and not creator_links.is_connected(link) else None,
        "is_over": link is not None and link.expires_at <= request.now,
        "can_ask": interface is not None and not any(each.is_own for each in readings),
        "days": creator_links.DAYS,
        "most_days": creator_links.MOST_DAYS,
    }


def _readings(account: Account, link: CreatorLink | None) -> list[Reading]:
    """Those that read the account now, its creator's own before the others."""
    rows = Brought.objects.filter(account=account).select_related("connection")
    rows = rows.exclude(connection__state=ConnectionState.ENDED).order_by("first_at")
    found: dict[UUID, tuple[Connection, Brought | None]] = {
        row.connection_id: (row.connection, row) for row in rows
    }
    own = link.connection if link is not None and creator_links.is_connected(link) else None
    if own is not None and own.id not in found:
        found[own.id] = (own, None)
    own_id = own.id if own is not None else None
    readings = [
        _reading(each, row, is_own=each.id == own_id or each.creator_id == account.creator_id)
        for each, row in found.values()
    ]
    return sorted(readings, key=lambda each: not each.is_own)


def _reading(connection: Connection, brought: Brought | None, *, is_own: bool) -> Reading:
    interface = INTERFACES.get(Network(connection.network))
    asked = interface.oauth.scopes if interface is not None and interface.oauth else ()
    granted = set(connection.scopes)
    return Reading(
        connection=connection,
        title=interface.name if interface else connection.network,
        since=connection.connected_at if is_own or brought is None else brought.first_at,
        read_at=brought.last_at if brought else None,
        is_own=is_own,
        allowed=[scope.meaning for scope in asked if scope.name in granted] if is_own else [],
    )

"""A question put to a network at once: what it costs is confirmed before, and asked each time."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.connectors import costs, queries
from groundswell.connectors.actions import connecting, syncing
from groundswell.connectors.adapters.networks.network import Ask, Interface, Way
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.choices import LIVE, REFRESH
from groundswell.connectors.models import Connection, Sync, Watch
from groundswell.terms.networks import Network
from groundswell.workspaces.models import Workspace


def question(
    connection: Connection, *, way: Way, text: str, now: datetime, **depth: Any
) -> tuple[Interface, Ask]:
    """The question as it would be put, and to whom."""
    interface = interface_of(Network(connection.network))
    asked = Ask(
        way=way,
        text=text,
        server=connection.server or interface.server,
        now=now,
        own_id=connection.own_id,
        granted=frozenset(connection.scopes),
    )
    return interface, replace(asked, **depth)


def ask(
    *,
    workspace: Workspace,
    connection_id: UUID,
    way: Way,
    text: str,
    confirmed: int | None,
    by: str,
    now: datetime,
    **depth: Any,
) -> Watch:
    """Watch what a question brings, and have a worker ask it now; the caller is inside.

    What costs money is asked again only when somebody says so.

    Args:
        workspace: Whose.
        connection_id: By which connection.
        way: Kind of question.
        text: Words, hashtag or handle.
        confirmed: US cents that may be spent; None where none are.
        by: On whose behalf.
        now: This moment.
        depth: ``accounts``, ``posts``, ``comments`` and ``members`` to bring at most.

    Raises:
        UnknownConnection: When there is none.
        NotConfirmed: When it costs money, and another sum was confirmed.
        Refusal: When it can't be asked.
    """
    connection = queries.connection(connection_id)
    interface, asked = question(connection, way=way, text=text, now=now, **depth)
    cents = costs.confirm(interface, asked, confirmed=confirmed)
    hand: dict[str, Any] = {"by": by, "now": now}
    watch = connecting.watch(
        workspace=workspace, connection_id=connection_id, way=way, text=text, **depth, **hand
    )
    if cents:
        Watch.objects.filter(id=watch.id).update(every=None, next_at=None)
    syncing.start(workspace=workspace, watch_id=watch.id, confirmed=cents, **hand)
    return queries.watch(watch.id)


def again(
    *, workspace: Workspace, watch_id: UUID, confirmed: int | None, by: str, now: datetime
) -> Sync:
    """Have a worker ask a question again now; the caller is inside.

    Raises:
        UnknownWatch: When there is none.
        NotConfirmed: When it costs money, and another sum was confirmed.
        NotRead: When its connection is paused, broken or ended.
    """
    watch = queries.watch(watch_id)
    interface, asked = of_watch(watch, now=now)
    cents = costs.confirm(interface, asked, confirmed=confirmed)
    return syncing.start(workspace=workspace, watch_id=watch_id, confirmed=cents, by=by, now=now)


def of_watch(watch: Watch, *, now: datetime) -> tuple[Interface, Ask]:
    """The question that a watch asks, and to whom.

    Raises:
        BadQuestion: When it asks nothing, but stands for listening.
    """
    if watch.way == LIVE:
        raise connecting.BadQuestion(
            f"{watch.connection} is listened to by that, which asks nothing: switch it on or off "
            f"with `groundswell connections live {watch.connection_id} on`"
        )
    interface = interface_of(Network(watch.connection.network))
    return interface, syncing.ask_of(watch, interface, now=now)


def ways_of(interface: Interface) -> list[Way]:
    """The kinds of question that can be put to a network, its own order kept."""
    return [way for way in interface.walks if way != REFRESH]

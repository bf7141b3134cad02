"""Connections: networks that are read, what they are asked, and what each sync did."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field, SecretStr

from groundswell.connectors import costs, fetching, queries, showing
from groundswell.connectors.actions import asking, connecting, live, permissions, spending
from groundswell.connectors.adapters.networks import network
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import ConnectionState, SyncState
from groundswell.connectors.models import Connection
from groundswell.egress.client import Limits
from groundswell.interfaces.http import routes
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input
from groundswell.people.policy import Action
from groundswell.terms.networks import Network

area = Area("Connections", "Networks: connect one, watch what it answers, sync, pause, disconnect.")
_Line = Annotated[str, Field(max_length=255)]


class QuotaShown(BaseModel):
    """How much of a quota is spent."""

    quota: str
    unit: str
    units: Annotated[int, Field(description="In its window; US cents where `is_money`.")]
    used: int
    left: int
    is_money: bool
    frees_at: str | None


class ConnectionShown(BaseModel):
    """A network that is read. Nothing of its key or permission is ever shown."""

    connection: UUID
    network: str
    server: str
    name: str
    state: ConnectionState
    connected_by: str
    connected_at: str
    stale_since: str | None
    closed_until: Annotated[str | None, Field(description="The network is left alone until then.")]
    erase_at: Annotated[str | None, Field(description="When what it alone brought is erased.")]
    scopes: Annotated[list[str], Field(description="What its owner allowed.")]
    refusal: Annotated[dict[str, Any] | None, Field(description="What stands in the way.")]


class LiveShown(BaseModel):
    """How listening to what a connection's accounts do goes."""

    state: Annotated[
        Literal["off", "waiting", "listening", "stale"],
        Field(description="`waiting` is on, and nobody listens yet or at this moment."),
    ]
    since: Annotated[str | None, Field(description="When it was switched on.")]
    by: str
    news_at: Annotated[str | None, Field(description="When news last came.")]
    stale_since: Annotated[str | None, Field(description="When the stream first failed.")]
    next_at: Annotated[str | None, Field(description="When it is tried again.")]
    stream: Annotated[str, Field(description="Who tells; empty for the network's own.")]
    refusal: Annotated[dict[str, Any] | None, Field(description="What stands in the way.")]


class ConnectionStanding(ConnectionShown):
    """A network that is read, with what is spent of its quotas, and whether it is listened to."""

    quotas: list[QuotaShown]
    live: LiveShown


class WatchShown(BaseModel):
    """One question that a connection asks again and again."""

    watch: UUID
    way: Annotated[
        str, Field(description="`refresh` for accounts that came before, `live` for listening.")
    ]
    text: str
    accounts: int
    posts: int
    comments: int
    members: int
    last_synced_at: str | None
    next_at: str | None
    stale_since: str | None
    refusal: dict[str, Any] | None


class SyncShown(BaseModel):
    """What one sync did."""

    sync: UUID
    state: SyncState
    begun_at: str
    finished_at: str | None
    pages: int
    items: int
    taken: int
    bad: Annotated[int, Field(description="Items that could not be taken.")]
    unchanged: int
    changed: Annotated[dict[str, int], Field(description="Rows written, by table.")]
    gone: Annotated[int, Field(description="Accounts and posts that the network has no more.")]
    requests: int
    spent: Annotated[dict[str, int], Field(description="Units by quota.")]
    aside: Annotated[dict[str, str], Field(description="Fields that nothing here reads yet.")]
    bad_items: Annotated[list[dict[str, Any]], Field(description="Where, value, reason.")]
    notes: list[str]
    refusal: dict[str, Any] | None


class ConnectionWanted(Input):
    """Which network, and what it wants to see."""

    network: Annotated[_Line, Field(examples=["bluesky"])]
    server: Annotated[_Line, Field(description="Where the network has no single one.")] = ""
    name: Annotated[_Line, Field(description="Tells several apart.")] = ""
    key: Annotated[
        SecretStr | None,
        Field(max_length=16_384, description="Sealed at once, and never shown again."),
    ] = None


class Question(Input):
    """What to ask a network, and how deep to go."""

    way: Literal["search", "hashtag", "account", "own", "orders"]
    text: Annotated[_Line, Field(description="Words, hashtag or handle.")] = ""
    accounts: Annotated[int, Field(ge=1, le=connecting.MOST["accounts"])] = 100
    posts: Annotated[int, Field(ge=0, le=connecting.MOST["posts"])] = 30
    comments: Annotated[int, Field(ge=0, le=connecting.MOST["comments"])] = 0
    members: Annotated[int, Field(ge=0, le=connecting.MOST["members"])] = 0
    confirmed: Annotated[
        int | None,
        Field(ge=0, description="US cents that may be spent, exactly as `expected` says them."),
    ] = None


class LiveWanted(Input):
    """Whether to listen, and to whom."""

    is_on: bool
    stream: Annotated[
        _Line, Field(description="`wss://HOST` of another Jetstream than the network's own.")
    ] = ""


class Again(Input):
    """What a sync may cost."""

    confirmed: Annotated[int | None, Field(ge=0, description="US cents, as in a question.")] = None


class Expected(BaseModel):
    """What a question takes at most."""

    quotas: Annotated[
        list[dict[str, Any]], Field(description="Those that last longer than an hour, or cost.")
    ]
    cents: Annotated[int, Field(description="To be confirmed before it is asked.")]


class Ending(BaseModel):
    """What becomes of the data."""

    erase: Annotated[bool, Field(description="Whether what it alone brought is erased.")] = False


class Gone(BaseModel):
    """What is erased."""

    accounts_removed: Annotated[int, Field(description="Nobody else speaks of them.")]
    accounts_emptied: Annotated[
        int, Field(description="They stay with their names, and what files and members said.")
    ]
    rows: Annotated[dict[str, int], Field(description="Rows of observations, by table.")]
    orders: int


class Disconnected(BaseModel):
    """What became of a connection that was ended."""

    connection: UUID
    given_back: Annotated[
        bool, Field(description="Whether the network took the permission back itself.")
    ]
    erased: Annotated[
        Gone | None, Field(description="What a worker erases right after; null when all stays.")
    ]


@area.get("/connections", Action.CONNECTIONS_READ, Page[ConnectionShown])
def list_connections(request: Any, page: Query[Paging]) -> Any:
    """List connections that are not ended."""
    rows = queries.connections()
    return paging.of_rows(
        request,
        rows,
        ("connected_at", "id"),
        page,
        lambda found: list(map(showing.connection, found)),
    )


@area.post("/connections", Action.CONNECTIONS_EDIT, ConnectionShown)
def connect(request: Any, body: ConnectionWanted) -> HttpResponse:
    """Connect a network that wants nothing, or a key.

    One that is connected already, under that name, is mended. Networks that ask their users for
    permission are connected in the console.
    """
    made = connecting.connect(
        workspace=request.desk.workspace,
        network=Network.parse(body.network),
        server=body.server,
        name=body.name,
        tokens=Tokens(body.key.get_secret_value()) if body.key else None,
        **operations.hand(request),
    )
    address = routes.url(request, "api:get_connection", connection_id=made.id)
    return operations.made(showing.connection(made), address)


@area.get("/connections/{uuid:connection_id}", Action.CONNECTIONS_READ, ConnectionStanding)
def get_connection(request: Any, connection_id: UUID) -> Any:
    """Get a connection, and what is spent of its quotas."""
    found = queries.connection(connection_id)
    standings = spending.standings_of([found], now=request.now).get(found.id, [])
    return {
        **showing.connection(found),
        "quotas": [showing.standing(each) for each in standings],
        "live": showing.live(live.live_of(found, now=request.now)),
    }


@area.post(
    "/connections/{uuid:connection_id}/paused", Action.CONNECTIONS_EDIT, ConnectionShown, status=200
)
def pause_connection(request: Any, connection_id: UUID) -> Any:
    """Leave a network alone until somebody resumes."""
    return _changed(request, connecting.pause, connection_id)


@area.post(
    "/connections/{uuid:connection_id}/resumed",
    Action.CONNECTIONS_EDIT,
    ConnectionShown,
    status=200,
)
def resume_connection(request: Any, connection_id: UUID) -> Any:
    """Read a network again that was paused, or mended."""
    return _changed(request, connecting.resume, connection_id)


@area.put("/connections/{uuid:connection_id}/live", Action.CONNECTIONS_EDIT, LiveShown)
def listen_live(request: Any, connection_id: UUID, body: LiveWanted) -> Any:
    """Listen to what a connection's accounts do, or stop.

    A worker listens by itself, beside syncs: news are seen within a minute.
    """
    hand = operations.hand(request) | {"workspace": request.desk.workspace}
    if body.is_on:
        found = live.switch_on(connection_id=connection_id, stream=body.stream, **hand)
    else:
        found = live.switch_off(connection_id=connection_id, **hand)
    return showing.live(found)


def _changed(request: Any, action: Any, connection_id: UUID) -> dict[str, Any]:
    workspace, hand = request.desk.workspace, operations.hand(request)
    changed: Connection = action(workspace=workspace, connection_id=connection_id, **hand)
    return showing.connection(changed)


@area.delete(
    "/connections/{uuid:connection_id}", Action.CONNECTIONS_EDIT, Disconnected, transaction=False
)
def disconnect(request: Any, connection_id: UUID, ending: Query[Ending]) -> Any:
    """End a connection.

    Key and permission are destroyed at once, and given back where the network takes them.
    """
    with fetching.client(Limits(seconds=15.0)) as client:
        left = permissions.disconnect(
            workspace=request.desk.workspace,
            connection_id=connection_id,
            fetch=client.fetch,
            delete=ending.erase,
            **operations.hand(request),
        )
    return {
        "connection": connection_id,
        "given_back": left.is_back,
        "erased": left.goes and showing.gone(left.goes),
    }


@area.get("/connections/{uuid:connection_id}/watches", Action.CONNECTIONS_READ, Page[WatchShown])
def list_watches(request: Any, connection_id: UUID, page: Query[Paging]) -> Any:
    """List what a connection asks."""
    rows = queries.watches(queries.connection(connection_id))
    return paging.of_rows(
        request, rows, ("made_at", "id"), page, lambda found: list(map(showing.watch, found))
    )


@area.post("/connections/{uuid:connection_id}/watches", Action.CONNECTIONS_EDIT, WatchShown)
def watch_network(request: Any, connection_id: UUID, body: Question) -> HttpResponse:
    """Ask a network something now, and from now on.

    A worker asks. What costs money is asked once, when exactly its sum is confirmed.
    """
    asked = body.model_dump() | {"way": network.Way(body.way)}
    made = asking.ask(
        workspace=request.desk.workspace,
        connection_id=connection_id,
        **asked,
        **operations.hand(request),
    )
    address = routes.url(request, "api:list_watches", connection_id=connection_id)
    return operations.made(showing.watch(made), address)


@area.post(
    "/connections/{uuid:connection_id}/expected", Action.CONNECTIONS_READ, Expected, status=200
)
def expect_cost(request: Any, connection_id: UUID, body: Question) -> Any:
    """Get what a question would take; nothing is asked."""
    asked = body.model_dump(exclude={"confirmed"}) | {"way": network.Way(body.way)}
    found = queries.connection(connection_id)
    interface, question = asking.question(found, **asked, now=request.now)
    return _expected(interface, question)


def _expected(interface: network.Interface, question: Any) -> dict[str, Any]:
    return {
        "quotas": [
            {
                "quota": each.quota.name,
                "units": each.units,
                "unit": each.quota.unit,
                "is_money": each.quota.is_money,
            }
            for each in costs.costs(interface, question)
        ],
        "cents": costs.cents(interface, question),
    }


@area.post("/watches/{uuid:watch_id}/synced", Action.CONNECTIONS_EDIT, SyncShown, status=202)
def sync_watch(request: Any, watch_id: UUID, body: Again) -> Any:
    """Ask a question again now.

    A worker asks: list the connection's syncs until this one is `done`.
    """
    asked = asking.again(
        workspace=request.desk.workspace,
        watch_id=watch_id,
        confirmed=body.confirmed,
        **operations.hand(request),
    )
    return showing.sync(asked)


@area.delete("/watches/{uuid:watch_id}", Action.CONNECTIONS_EDIT)
def stop_watch(request: Any, watch_id: UUID) -> None:
    """Ask a question no more; what it brought stays."""
    connecting.unwatch(
        workspace=request.desk.workspace, watch_id=watch_id, **operations.hand(request)
    )


@area.get("/connections/{uuid:connection_id}/syncs", Action.CONNECTIONS_READ, Page[SyncShown])
def list_syncs(request: Any, connection_id: UUID, page: Query[Paging]) -> Any:
    """List what a connection's syncs did.

    The last one comes first.
    """
    rows = queries.syncs(queries.connection(connection_id))
    return paging.of_rows(
        request, rows, ("-begun_at", "-id"), page, lambda found: list(map(showing.sync, found))
    )


@area.get("/syncs/{uuid:sync_id}", Action.CONNECTIONS_READ, SyncShown)
def get_sync(request: Any, sync_id: UUID) -> Any:
    """Get what one sync did, and what it could not take."""
    del request
    return showing.sync(queries.sync(sync_id))

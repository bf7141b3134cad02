"""Commands that read networks: connect one, see how it goes, sync it, leave it."""

import os
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import numpy as np
import typer
from rich.console import Group, RenderableType
from rich.text import Text

from groundswell.connectors import costs, overview, queries, showing, world
from groundswell.connectors.actions import (
    asking,
    connecting,
    erasing,
    live,
    permissions,
    settling,
    spending,
    syncing,
)
from groundswell.connectors.actions.connecting import NeedsCredentials
from groundswell.connectors.actions.settling import NotRead
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.failures import (
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.network import (
    Ask,
    Authority,
    CannotAsk,
    Interface,
    Way,
)
from groundswell.connectors.adapters.networks.registry import INTERFACES, interface_of
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import LIVE, REFRESH
from groundswell.connectors.costs import NotConfirmed
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.egress.failures import AddressRefused
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, Session, WorkspaceOption
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.workspaces import access, clock

app = typer.Typer(rich_markup_mode=frame.MARKUP)
connections_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Connections to networks: how they stand, and what their syncs brought.",
)
app.add_typer(connections_app, name="connections")

_LARGEST_KEY = 16_384
_TO_MEND = {each.code for each in (AddressRefused, LoginExpired, Misasked, NotFound, NotPermitted)}
ConnectionArgument = Annotated[
    UUID,
    typer.Argument(
        help="The connection, as `connections list` names it.",
        parser=frame.id_or(queries.UnknownConnection),
        metavar="CONNECTION",
    ),
]


class UnreadableKey(Refusal):
    """A file that holds no key."""

    code = "unreadable_key"


def _networks() -> list[str]:
    return list(INTERFACES)


@app.command("connect")
def connect(  # noqa: PLR0913 - each is an option
    network: Annotated[
        str, typer.Argument(help="Which network, such as bluesky.", autocompletion=_networks)
    ],
    search: Annotated[str | None, typer.Option(help="Creators who speak of these words.")] = None,
    hashtag: Annotated[
        str | None, typer.Option(help="Posts under a hashtag, and who wrote them.")
    ] = None,
    handle: Annotated[str | None, typer.Option(help="One creator, by handle.")] = None,
    own: Annotated[bool, typer.Option("--own", help="The account that is connected.")] = False,
    orders: Annotated[bool, typer.Option("--orders", help="A shop's orders and codes.")] = False,
    server: Annotated[
        str, typer.Option(help="Where the network has no single one: https://HOST.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="Creators to bring at most.")] = 100,
    posts: Annotated[int, typer.Option(min=0, help="Newest posts of each.")] = 30,
    comments: Annotated[int, typer.Option(min=0, help="Comments under each post.")] = 0,
    members: Annotated[
        int, typer.Option(min=0, help="People of each audience, kept as keyed hashes.")
    ] = 0,
    key_file: Annotated[
        Path | None,
        typer.Option(
            help="File that holds the key or token, - for stdin. Without it "
            "GROUNDSWELL_NETWORK_KEY, such as GROUNDSWELL_YOUTUBE_KEY, or a prompt."
        ),
    ] = None,
    expected: Annotated[
        bool, typer.Option("--expected", help="Say what it takes from the quotas, and stop.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Ask now, and never again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Spend the money that it costs.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring creators, posts and audiences straight from a network.

    The connection is made, or used again, and the question is asked now and
    from then on by itself. A sync that was stopped goes on where it was. The
    same data again changes nothing.
    """
    interface = interface_of(Network.parse(network))
    asked = _question(search, hashtag, handle, own=own, orders=orders)
    if asked is not None and asked[0] not in interface.walks:
        raise CannotAsk(interface, asked[0])
    if asked is not None:
        connecting.words_of(interface, *asked)
    depth: dict[str, Any] = {
        "accounts": limit,
        "posts": posts,
        "comments": comments,
        "members": members,
    }
    kept = connecting.server_of(interface, server)
    tokens = None if expected else _tokens(interface, key_file)
    with frame.session(workspace) as session, frame.progress() as progress:
        if expected:
            if asked is None:
                raise typer.BadParameter("say what to ask for", param_hint="--search")
            ask = Ask(*asked, kept or interface.server, session.now, **depth)
            costly = [_cost(cost) for cost in costs.costs(interface, ask, is_all=True)]
            answer: dict[str, Any] = {"network": interface.network, "expected": costly}
            frame.show(answer, as_json=as_json, people=lambda: _expected(interface, costly))
            return
        made = _connected(session, interface, kept, tokens)
        if asked is None:
            answer = {**showing.connection(made), "watches": []}
            frame.show(answer, as_json=as_json, people=lambda: _facts(answer))
            return
        watch, cents = _watched(session, made, asked, depth, is_confirmed=yes)
        run = _synced(session, watch, progress, cents)
        if once:
            with access.inside(session.workspace):
                connecting.unwatch(
                    workspace=session.workspace, watch_id=watch.id, by=session.by, now=session.now
                )
        answer = _outcome(session, run, limit)
    frame.show(answer, as_json=as_json, people=lambda: _drawn(answer))
    if answer["refusal"]:
        raise typer.Exit(_status([answer]))


@connections_app.command("list")
def list_connections(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List connections: how each goes, and since when its data is stale."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        rows = [showing.connection(each) for each in queries.connections()]
    shown = ("connection", "network", "server", "name", "state", "stale_since")
    people = [{name: row[name] for name in shown} for row in rows]
    frame.show(
        {"connections": rows}, as_json=as_json, people=lambda: frame.table("Connections", people)
    )


@connections_app.command("show")
def show_connection(
    connection: ConnectionArgument,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Syncs to show.")] = 10,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a connection asks, what is spent of its quotas, and what its syncs did."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = queries.connection(connection)
        interface = INTERFACES.get(Network(found.network))
        quotas = interface.quotas if interface else ()
        standings = spending.standings(found.id, quotas, now=session.now)
        answer = {
            **showing.connection(found),
            "live": showing.live(live.live_of(found, now=session.now)),
            "watches": [showing.watch(each) for each in queries.watches(found)],
            "quotas": [showing.standing(each) for each in standings.values()],
            "syncs": [showing.sync(each) for each in queries.syncs(found)[:limit]],
        }
    frame.show(answer, as_json=as_json, people=lambda: _facts(answer))


@connections_app.command("pause")
def pause(
    connection: ConnectionArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Leave a network alone until somebody resumes."""
    _changed(connecting.pause, connection, workspace, as_json=as_json)


@connections_app.command("resume")
def resume(
    connection: ConnectionArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Read a network again that was paused, or whose trouble is mended."""
    _changed(connecting.resume, connection, workspace, as_json=as_json)


@connections_app.command("live")
def live_news(
    connection: ConnectionArgument,
    switch: Annotated[Literal["on", "off"], typer.Argument(help="Whether to listen.")],
    stream: Annotated[str, typer.Option(help="The Jetstream that tells, such as wss://HOST.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have the running server listen to the accounts that a connection brought, by itself.

    What they publish, delete or rename is seen within a minute, for as long as
    it is on, beside syncs and jobs. `groundswell up` runs what listens.
    """
    with frame.session(workspace) as session, access.inside(session.workspace):
        hand: dict[str, Any] = {"by": session.by, "now": session.now}
        if switch == "on":
            hand["stream"] = stream
        change = live.switch_on if switch == "on" else live.switch_off
        found = change(workspace=session.workspace, connection_id=connection, **hand)
        shown = showing.live(found)
    answer = {"connection": str(connection), "live": shown}
    frame.show(answer, as_json=as_json, people=lambda: _live(shown))


@connections_app.command("disconnect")
def disconnect(
    connection: ConnectionArgument,
    delete: Annotated[
        bool, typer.Option("--delete", help="Erase what this connection alone brought.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a connection: its secrets are destroyed, and given back where the network takes them."""
    with frame.session(workspace) as session, _world() as outside:
        left = permissions.disconnect(
            workspace=session.workspace,
            connection_id=connection,
            fetch=outside.fetch,
            by=session.by,
            now=session.now,
            delete=delete,
        )
        gone = None
        if delete:
            with access.inside(session.workspace):
                gone = erasing.erase(
                    workspace=session.workspace, connection_id=connection, now=session.now
                )
        with access.inside(session.workspace):
            answer = showing.connection(queries.connection(connection))
    answer |= {"given_back": left.is_back, "erased": gone and showing.gone(gone)}
    frame.show(answer, as_json=as_json, people=lambda: _left(answer, gone))


@connections_app.command("sync")
def sync(
    connection: ConnectionArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Spend the money that it costs.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask again now all that a connection asks, and after every account that it brought."""
    with frame.session(workspace) as session, frame.progress() as progress:
        with access.inside(session.workspace):
            found = queries.connection(connection)
            settling.refuse_unread(found, now=session.now)
            watches = [each for each in queries.watches(found) if _goes_on(each)]
            cents = [_costs(session, each, is_confirmed=yes) for each in watches]
            planned = Brought.objects.filter(connection=found, next_at__isnull=False)
            planned.update(next_at=session.now)
        answers = []
        for each, most in zip(watches, cents, strict=True):
            try:
                run = _synced(session, each, progress, most)
            except NotRead as refusal:  # another question showed why; what that brought is told
                answers.append(_not_read(session, each, refusal))
            else:
                answers.append(_outcome(session, run, limit=0))
    answer = {"connection": str(connection), "syncs": answers}
    frame.show(answer, as_json=as_json, people=lambda: Group(*(_drawn(each) for each in answers)))
    if any(each["refusal"] for each in answers):
        raise typer.Exit(_status(answers))


def _question(
    search: str | None, hashtag: str | None, handle: str | None, *, own: bool, orders: bool
) -> tuple[Way, str] | None:
    given: list[tuple[Way, str]] = [
        (way, text)
        for way, text in ((Way.SEARCH, search), (Way.HASHTAG, hashtag), (Way.ACCOUNT, handle))
        if text is not None
    ]
    given += [(way, "") for way, is_on in ((Way.OWN, own), (Way.ORDERS, orders)) if is_on]
    if len(given) > 1:
        second = "handle" if given[1][0] is Way.ACCOUNT else given[1][0]
        raise typer.BadParameter("ask one thing at a time", param_hint=f"--{second}")
    return given[0] if given else None


def _tokens(interface: Interface, key_file: Path | None) -> Tokens | None:
    """The key that somebody gives: in a file or the environment, never among the arguments."""
    key = os.environ.get(f"GROUNDSWELL_{interface.network.upper()}_KEY", "")
    if key_file is not None:
        key = _read(key_file)
    return _token(interface, key) if key.strip() else None


def _token(interface: Interface, text: str) -> Tokens:
    key = text.strip()
    if not key or len(key) > _LARGEST_KEY or not key.isprintable():
        raise UnreadableKey("what was given as a key is none: give the key alone, on one line")
    # A token that was made by hand was granted what it was made for; the network says when not.
    oauth = interface.oauth if interface.authority is not Authority.KEY else None
    scopes = oauth.scopes if oauth else ()
    return Tokens(key, granted=frozenset(scope.name for scope in scopes))


def _read(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.readline(_LARGEST_KEY + 1)
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LARGEST_KEY + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UnreadableKey(f"the key can't be read from {path}: {reason}") from None


def _connected(
    session: Session, interface: Interface, server: str, tokens: Tokens | None
) -> Connection:
    def made(shown: Tokens | None) -> Connection:
        with access.inside(session.workspace):
            return connecting.connect(
                workspace=session.workspace,
                network=interface.network,
                server=server,
                tokens=shown,
                by=session.by,
                now=session.now,
            )

    try:
        return made(tokens)
    except NeedsCredentials:
        if interface.authority is Authority.NONE or not sys.stdin.isatty():
            raise
        key = typer.prompt(f"Key or token of {interface.name}", hide_input=True, err=True)
        return made(_token(interface, str(key)))


def _watched(
    session: Session,
    connection: Connection,
    asked: tuple[Way, str],
    depth: dict[str, Any],
    *,
    is_confirmed: bool,
) -> tuple[Watch, int]:
    way, text = asked
    hand: dict[str, Any] = {"by": session.by, "now": session.now}
    with access.inside(session.workspace):
        settling.refuse_unread(connection, now=session.now)
        interface, ask = asking.question(connection, way=way, text=text, now=session.now, **depth)
        cents = _confirm(interface, ask, is_confirmed=is_confirmed)
        watch = connecting.watch(
            workspace=session.workspace,
            connection_id=connection.id,
            way=way,
            text=text,
            **depth,
            **hand,
        )
        if cents:  # asked again only when somebody says so
            Watch.objects.filter(id=watch.id).update(every=None, next_at=None)
        return watch, cents


def _costs(session: Session, watch: Watch, *, is_confirmed: bool) -> int:
    interface, ask = asking.of_watch(watch, now=session.now)
    return _confirm(interface, ask, is_confirmed=is_confirmed)


def _confirm(interface: Interface, ask: Ask, *, is_confirmed: bool) -> int:
    """Say what a question takes; the money that it costs, which must have been confirmed."""
    expected = costs.costs(interface, ask)
    for cost in expected:
        frame.messages.print(f"{interface.name}: {_said(_cost(cost))}")
    cents = costs.cents(interface, ask)
    if cents and not is_confirmed:
        raise NotConfirmed(
            f"{interface.name} charges up to {cents} US cents for this: say --yes to spend them"
        )
    return cents


def _world() -> AbstractContextManager[Outside]:
    return world.opened(clock=clock.now, sleep=time.sleep, rng=np.random.default_rng())


def _synced(session: Session, watch: Watch, progress: Any, cents: int) -> Sync:
    with _world() as outside:
        return syncing.sync(
            workspace=session.workspace,
            watch_id=watch.id,
            outside=outside,
            by=session.by,
            progress=progress,
            confirmed=cents,
        )


def _status(answers: list[dict[str, Any]]) -> int:
    """2 where somebody has to mend what was asked; 1 where it may go on by itself."""
    return 2 if any((each["refusal"] or {}).get("code") in _TO_MEND for each in answers) else 1


def _goes_on(watch: Watch) -> bool:
    is_due = watch.way == REFRESH or watch.every is not None or watch.stale_since is not None
    return is_due and watch.way != LIVE


def _outcome(session: Session, run: Sync, limit: int) -> dict[str, Any]:
    with access.inside(session.workspace):
        watch = queries.watch(run.watch_id)
        creators = [showing.account(each) for each in overview.accounts_of(run)[:limit]]
        totals = overview.totals_of(run)
    return _asked(watch) | {
        "sync": showing.sync(run),
        "creators": creators,
        "totals": totals,
        "spent": run.spent,
        "notes": run.notes,
        "refusal": run.refusal,
    }


def _not_read(session: Session, asked: Watch, refusal: NotRead) -> dict[str, Any]:
    with access.inside(session.workspace):
        watch = queries.watch(asked.id)
    return _asked(watch) | {
        "sync": None,
        "creators": [],
        "totals": {},
        "spent": {},
        "notes": [],
        "refusal": {"code": refusal.code, "message": str(refusal)},
    }


def _asked(watch: Watch) -> dict[str, Any]:
    shown = showing.watch(watch)
    return {
        "connection": str(watch.connection_id),
        "network": watch.connection.network,
        **{name: shown[name] for name in ("watch", "way", "text", "next_at", "stale_since")},
    }


def _changed(change: Any, connection: UUID, workspace: str | None, *, as_json: bool) -> None:
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = change(
            workspace=session.workspace, connection_id=connection, by=session.by, now=session.now
        )
        answer = showing.connection(found)
    frame.show(answer, as_json=as_json, people=lambda: _facts(answer))


def _cost(cost: costs.Cost) -> dict[str, Any]:
    return {
        "quota": cost.quota.name,
        "units": cost.units,
        "unit": cost.quota.unit,
        "of": cost.quota.units,
        "is_money": cost.quota.is_money,
    }


def _said(cost: dict[str, Any]) -> str:
    return f"up to {cost['units']:,} of {cost['of']:,} {cost['unit']} ({cost['quota']})"


def _expected(interface: Interface, expected: list[dict[str, Any]]) -> RenderableType:
    if not expected:
        return Text(f"{interface.name} counts nothing that this would use up.")
    return frame.bullets(f"{interface.name}: {_said(cost)}" for cost in expected)


def _facts(shown: dict[str, Any]) -> RenderableType:
    facts = [f"{name}: {value}" for name, value in shown.items() if isinstance(value, str | bool)]
    parts: list[RenderableType] = [frame.bullets(facts)]
    if shown["refusal"]:
        parts.append(Text(shown["refusal"]["message"], style="red"))
    if shown.get("live"):
        parts.append(_live(shown["live"]))
    for name in ("watches", "quotas", "syncs"):
        if rows := shown.get(name):
            parts.append(frame.table(name.capitalize(), [_flat(row) for row in rows]))
    return Group(*parts)


def _live(shown: dict[str, Any]) -> RenderableType:
    facts = [
        f"{name}: {value}" for name, value in shown.items() if isinstance(value, str) and value
    ]
    parts: list[RenderableType] = [Text("Live"), frame.bullets(facts)]
    if shown["refusal"]:
        parts.append(Text(shown["refusal"]["message"], style="red"))
    return Group(*parts)


def _left(shown: dict[str, Any], gone: erasing.Gone | None) -> RenderableType:
    if gone is None:
        return Group(_facts(shown), Text("What it brought stays."))
    said = showing.gone_in_words(gone)
    if not said:
        return Group(_facts(shown), Text("There was nothing to erase."))
    return Group(_facts(shown), Text("Erased:", style="bold"), frame.bullets(said))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, dict | list)} | (
        {"refusal": row["refusal"]["message"]} if row.get("refusal") else {}
    )


def _drawn(shown: dict[str, Any]) -> RenderableType:
    sync, asked = shown["sync"], f"{shown['network']} {shown['way']} {shown['text']}".rstrip()
    if sync is None:
        refusal = Text(shown["refusal"]["message"], style="red")
        return Group(Text(f"{asked}: not asked", style="bold"), refusal)
    counted = ", ".join(f"{count:,} {name}" for name, count in shown["totals"].items())
    parts: list[RenderableType] = [
        Text(f"{asked}: {sync['state']}", style="bold"),
        frame.bullets(
            [
                f"{sync['items']:,} items, {sync['bad']:,} not taken",
                f"{sync['unchanged']:,} items said nothing new",
                f"{sync['pages']:,} pages, {sync['requests']:,} requests",
                f"now known of whom it spoke: {counted}",
                *shown["notes"],
            ]
        ),
    ]
    if shown["creators"]:
        names = ("account", "name", "followers", "posts")
        people = [{name: each[name] for name in names} for each in shown["creators"]]
        parts.append(frame.table("Creators", people))
    if shown["refusal"]:
        parts.append(Text(shown["refusal"]["message"], style="red"))
    return Group(*parts)

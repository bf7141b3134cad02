"""The command that listens to what accounts do."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer
from django.conf import settings

from groundswell.connectors import fetching, showing
from groundswell.connectors.actions import listening
from groundswell.connectors.actions.listening import Ear
from groundswell.connectors.adapters.networks.bluesky.jetstream import SERVER
from groundswell.egress import streams
from groundswell.egress.client import agent
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.workspaces import access, clock

_PATIENCE = 2.0  # times as long as is listened, for silence is no failure


app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("listen")
def listen(
    connection: Annotated[
        UUID, typer.Argument(help="The connection, as `connections list` names it.")
    ],
    minutes: Annotated[float, typer.Option(min=0.05, max=1440, help="How long to listen.")] = 60.0,
    stream: Annotated[
        str, typer.Option(help="The Jetstream that tells, such as wss://HOST.")
    ] = SERVER,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Listen to the accounts that a connection of Bluesky brought, as they publish.

    New and deleted posts, new handles and closed accounts are seen within a
    minute; counts come with the next sync. Stopped or broken off, it goes on
    where it was.
    """
    with frame.session(workspace) as session, frame.progress() as progress:
        run = listening.listen(
            workspace=session.workspace,
            connection_id=connection,
            ear=Ear(_hear, clock.now, time.sleep),
            by=session.by,
            lasting=timedelta(minutes=minutes),
            progress=progress,
            stream=stream.rstrip("/"),
        )
        with access.inside(session.workspace):
            answer = showing.sync(run)
    frame.show(answer, as_json=as_json, people=lambda: frame.table("Heard", [_facts(answer)]))
    if answer["refusal"]:
        frame.messages.print(answer["refusal"]["message"], style="red")
        raise typer.Exit(1)


def _facts(shown: dict[str, object]) -> dict[str, object]:
    return {name: shown[name] for name in ("state", "items", "bad", "unchanged", "gone", "changed")}


def _hear(url: str, seconds: float) -> Iterator[bytes]:
    return streams.messages(
        fetching.reaching(),
        url,
        agent=agent(settings.CONTACT),
        silence=_PATIENCE * seconds,
        lasting=seconds,
    )

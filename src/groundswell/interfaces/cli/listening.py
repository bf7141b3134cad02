"""The command that listens to what accounts do."""

import time
from datetime import timedelta
from typing import Annotated

import typer

from groundswell.connectors import showing, world
from groundswell.connectors.actions import listening
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.connecting import ConnectionArgument
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.workspaces import access, clock

app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("listen")
def listen(
    connection: ConnectionArgument,
    minutes: Annotated[
        float,
        typer.Option(min=0.05, max=1440, callback=frame.finite, help="How long to listen."),
    ] = 60.0,
    stream: Annotated[str, typer.Option(help="The Jetstream that tells, such as wss://HOST.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Listen now to the accounts that a connection of Bluesky brought, as they publish.

    New and deleted posts, new handles and closed accounts are seen within a
    minute; counts come with the next sync. Stopped or broken off, it goes on
    where it was. `groundswell connections live` has the server do it by itself.
    """
    with frame.session(workspace) as session, frame.progress() as progress:
        run = listening.listen(
            workspace=session.workspace,
            connection_id=connection,
            ear=world.ear(clock=clock.now, sleep=time.sleep),
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

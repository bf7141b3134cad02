"""Commands about the installation as a whole: run it, back it up, bring it back."""

from pathlib import Path
from typing import Annotated, Any

import typer

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption

app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("up")
def up(
    host: Annotated[
        str, typer.Option(help="Address to listen at; 0.0.0.0 for every address of this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen at.")] = 8000,
    web_workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes of the web server.")
    ] = 2,
    threads: Annotated[
        int, typer.Option(min=1, max=64, help="Requests that each process answers at once.")
    ] = 4,
    migrate: Annotated[
        bool,
        typer.Option("--migrate", help="Bring a team's database to this release's shape first."),
    ] = False,
) -> None:
    """Run the console: database, web server and worker, until Ctrl-C.

    What is dead is started again. Ctrl-C or SIGTERM lets requests and jobs that have begun finish,
    for at most 30 seconds; a second one stops at once. Logs go to stderr.
    """
    frame.installation.get().serve(
        host=host,
        port=port,
        web_workers=web_workers,
        threads=threads,
        migrate=migrate,
        announce=lambda address: frame.answers.print(
            f"Groundswell is at {address} - stop it with Ctrl-C."
        ),
    )


@app.command("backup")
def backup(
    to: Annotated[
        Path, typer.Argument(help="The archive to write, or a folder to write a dated one into.")
    ],
    keys: Annotated[
        Path | None,
        typer.Option(help="Also write the master key there; it is never in the archive."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="In a folder, remove dated archives beyond the newest so many."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything into one archive, as of one moment, while work goes on.

    The archive holds the database and the files. It doesn't hold the master key, without which
    contacts and second factors can't be read: so who steals an archive doesn't have them. Keep the
    key apart; it never changes.
    """
    made = frame.installation.get().back_up(to, key_to=keys, keep=keep)
    frame.show(made, as_json=as_json, people=lambda: _told(made, "Wrote"))
    if keys is None:
        frame.messages.print(
            "The master key is not in it: write it once with --keys FILE, and keep it elsewhere.",
            highlight=False,
        )


@app.command("verify")
def verify(
    archive: Annotated[
        Path | None, typer.Argument(help="A backup; without it, this installation.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that a backup is whole, or that this installation has every file that it lists."""
    found = frame.installation.get().verify(archive)
    frame.show(found, as_json=as_json, people=lambda: _told(found, "Whole:"))


@app.command("restore")
def restore(
    archive: Annotated[Path, typer.Argument(help="The backup.")],
    keys: Annotated[
        Path | None,
        typer.Option(help="The master key, as `backup --keys` wrote it; if it isn't in place."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put it in the place of what is there, which is set aside."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before replacing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup back: into an empty installation, or in the place of what is there.

    Everything is checked, restored beside and counted before what is there is touched.
    """
    if replace and not yes:
        typer.confirm("Put the backup in the place of everything that is there?", abort=True)
    found = frame.installation.get().restore(archive, key=keys, replace=replace)
    frame.show(found, as_json=as_json, people=lambda: _told(found, "Restored"))


def _told(found: dict[str, Any], verb: str) -> str:
    said = (
        f"{verb} {found['source']}: {found['rows']:,} rows in {found['tables']:,} tables, "
        f"{found['files']:,} files, {found['bytes'] / 1e6:,.1f} MB."
    )
    aside = found.get("set_aside")
    return (
        f"{said}\nWhat was there before is in {aside}; remove it when you are content."
        if aside
        else said
    )

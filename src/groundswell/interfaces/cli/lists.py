"""Commands of lists: creators put together under a name."""

from pathlib import Path
from typing import Annotated

import typer

from groundswell.creators import lists as reads
from groundswell.creators import queries, showing
from groundswell.creators.actions import lists as actions
from groundswell.discovery.actions import exporting
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.interfaces.http import exports
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
lists_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Lists of creators: for a brief, for a client, to look at again.",
)
app.add_typer(lists_app, name="lists")

NameArgument = Annotated[str, typer.Argument(help="The list's name.")]
AccountsArgument = Annotated[
    list[str], typer.Argument(help="An account of each creator: instagram:anna.")
]


@lists_app.command("list")
def list_lists(
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that were deleted.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the lists with how many creators are on each."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = reads.deleted() if deleted else reads.lists()
        rows = [showing.list_as_json(kept) for kept in found]
    frame.show({"lists": rows}, as_json=as_json, people=lambda: frame.table("Lists", rows))


@lists_app.command("show")
def show(
    name: NameArgument,
    limit: Annotated[int, typer.Option(min=0, help="Most creators to show.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who is on a list, the last added first."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = reads.named(name)
        rows = showing.entries(reads.entries(kept)[:limit])
        answer = {**showing.list_as_json(kept), "entries": rows}
    frame.show(answer, as_json=as_json, people=lambda: frame.table(kept.name, rows))


@lists_app.command("create")
def create(
    name: NameArgument,
    exclusion: Annotated[
        bool, typer.Option("--exclusion", help="Who is on it is left out everywhere.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin an empty list."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = actions.create(
            name=name,
            workspace=session.workspace,
            is_exclusion=exclusion,
            by=session.by,
            now=session.now,
        )
    frame.show({"list": kept.name}, as_json=as_json, people=lambda: f"{kept.name}: 0 creators")


@lists_app.command("rename")
def rename(
    name: NameArgument,
    to: Annotated[str, typer.Argument(help="Its name from now on.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a list another name."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = reads.named(name)
        actions.rename(kept=kept, name=to, by=session.by, now=session.now)
    frame.show({"list": kept.name}, as_json=as_json, people=lambda: f"It is {kept.name} now.")


@lists_app.command("exclude")
def exclude(
    name: NameArgument,
    off: Annotated[bool, typer.Option("--off", help="Exclude them no more.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave those on a list out of every search, lookalike and plan.

    `groundswell search -f excluded=yes` finds them all the same, and so does a filter by the list.
    """
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = reads.named(name)
        actions.exclude(kept=kept, is_exclusion=not off, by=session.by, now=session.now)
    said = "are found again" if off else "are left out of searches, lookalikes and plans"
    frame.show(
        {"list": kept.name, "exclusion": not off},
        as_json=as_json,
        people=lambda: f"Those on {kept.name} {said}.",
    )


@lists_app.command("delete")
def delete(
    name: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Delete a list; `groundswell lists restore` brings it back."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = reads.named(name)
        actions.delete(kept=kept, by=session.by, now=session.now)
    frame.show(
        {"deleted": kept.name},
        as_json=as_json,
        people=lambda: f"Deleted. `groundswell lists restore '{kept.name}'` brings it back.",
    )


@lists_app.command("restore")
def restore(
    name: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Bring a deleted list back with everybody on it."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = reads.named(name, is_deleted=True)
        actions.restore(kept=kept, by=session.by, now=session.now)
    frame.show({"list": kept.name}, as_json=as_json, people=lambda: f"{kept.name} is back.")


@lists_app.command("add")
def add(
    name: NameArgument,
    accounts: AccountsArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put creators on a list; who is on it already stays."""
    refs = [AccountRef.parse(each) for each in accounts]
    with frame.session(workspace) as session, access.inside(session.workspace):
        creators = list(dict.fromkeys(queries.creator_of(ref).id for ref in refs))
        added = actions.add(
            kept=reads.named(name), creators=creators, by=session.by, now=session.now
        )
    answer = {"added": added, "present": len(creators) - added}
    frame.show(
        answer,
        as_json=as_json,
        people=lambda: f"Added {added:,}; {answer['present']:,} were on it already.",
    )


@lists_app.command("remove")
def remove(
    name: NameArgument,
    accounts: AccountsArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take creators off a list."""
    refs = [AccountRef.parse(each) for each in accounts]
    with frame.session(workspace) as session, access.inside(session.workspace):
        gone = actions.remove(
            kept=reads.named(name),
            creators=[queries.creator_of(ref).id for ref in refs],
            by=session.by,
            now=session.now,
        )
    frame.show({"removed": gone}, as_json=as_json, people=lambda: f"Removed {gone:,}.")


@lists_app.command("note")
def note(
    name: NameArgument,
    account: Annotated[str, typer.Argument(help="An account of the creator.")],
    text: Annotated[str, typer.Argument(help="Why they are on the list; blank for no note.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write why a creator is on a list."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        creator = queries.creator_of(ref)
        actions.annotate(
            kept=reads.named(name),
            creator=creator.id,
            note=text,
            by=session.by,
            now=session.now,
        )
    frame.show({"note": text}, as_json=as_json, people=lambda: f"Noted of {creator.name}.")


@lists_app.command("export")
def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="File to write; .csv or .xlsx.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a list to a file, every column and the notes."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        table = exporting.of_list(
            kept=reads.named(name),
            workspace=session.workspace,
            by=session.by,
            now=session.now,
        )
        frame.write(file, exports.written(file.suffix.lstrip("."), table.columns, table.rows))
    answer = {"file": str(file), "rows": len(table.rows)}
    frame.show(answer, as_json=as_json, people=lambda: f"{answer['rows']:,} rows in {file}")

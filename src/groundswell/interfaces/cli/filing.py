"""Commands of what a team keeps of creators: tags, and when they were contacted."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from groundswell.creators import queries, records, showing
from groundswell.creators.actions import outreach, tags
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
tags_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Words of your own on creators: `groundswell search -f tag=NAME` finds them.",
)
outreach_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="When creators were contacted: `-f not_contacted_since=DAY` leaves them out of a search.",
)
app.add_typer(tags_app, name="tags")
app.add_typer(outreach_app, name="outreach")

AccountArgument = Annotated[
    str, typer.Argument(help="One of the creator's accounts: instagram:anna.")
]
AccountsArgument = Annotated[
    list[str], typer.Argument(help="An account of each creator: instagram:anna.")
]
TagArgument = Annotated[str, typer.Argument(help="The tag.")]


@tags_app.command("list")
def list_tags(
    account: Annotated[str | None, typer.Option(help="Only those of this creator.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the tags with how many creators have each."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        known = records.tags()
        if account is not None:
            creator = queries.creator_of(AccountRef.parse(account))
            known = known.filter(name__in=records.tags_of(creator))
        rows = [{"tag": tag.name, "creators": tag.size} for tag in known]  # type: ignore[attr-defined]
    frame.show({"tags": rows}, as_json=as_json, people=lambda: frame.table("Tags", rows))


@tags_app.command("add")
def add_tag(
    tag: TagArgument,
    accounts: AccountsArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a tag on creators; where it is on already it stays."""
    refs = [AccountRef.parse(each) for each in accounts]
    with frame.session(workspace) as session, access.inside(session.workspace):
        for ref in refs:
            tags.add(creator=queries.creator_of(ref), name=tag, by=session.by, now=session.now)
    answer = {"tag": tag, "accounts": [str(ref) for ref in refs]}
    frame.show(answer, as_json=as_json, people=lambda: f"Tagged {len(refs):,} with {tag}.")


@tags_app.command("remove")
def remove_tag(
    tag: TagArgument,
    accounts: AccountsArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a tag off creators."""
    refs = [AccountRef.parse(each) for each in accounts]
    with frame.session(workspace) as session, access.inside(session.workspace):
        for ref in refs:
            tags.remove(creator=queries.creator_of(ref), name=tag, by=session.by, now=session.now)
    answer = {"tag": tag, "accounts": [str(ref) for ref in refs]}
    frame.show(answer, as_json=as_json, people=lambda: f"Took {tag} off {len(refs):,}.")


@outreach_app.command("list")
def list_outreach(
    account: AccountArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List when a creator was contacted, the last time first."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = records.outreach_of(queries.creator_of(ref))
        rows = [showing.outreach(each) for each in kept]
    frame.show({"outreach": rows}, as_json=as_json, people=lambda: frame.table("Contacted", rows))


@outreach_app.command("add")
def add_outreach(
    account: AccountArgument,
    medium: Annotated[str, typer.Argument(help="email, message, phone, post, in_person or other.")],
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Without it, today.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it was about.")] = "",
    contacted_by: Annotated[str, typer.Option("--by", help="Who it was; without it, you.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that a creator was contacted."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = outreach.record(
            creator=queries.creator_of(ref),
            day=(day or session.now).date(),
            medium=medium,
            note=note,
            contacted_by=contacted_by,
            by=session.by,
            now=session.now,
        )
        answer = showing.outreach(kept)
    frame.show(answer, as_json=as_json, people=lambda: f"Noted: {ref} on {kept.day}.")


@outreach_app.command("remove")
def remove_outreach(
    account: AccountArgument,
    outreach_id: Annotated[UUID, typer.Argument(help="As `groundswell outreach list` shows it.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a contact away that never was."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = records.outreach(queries.creator_of(ref), outreach_id)
        outreach.remove(outreach=kept, by=session.by, now=session.now)
    frame.show(
        {"removed": str(outreach_id)},
        as_json=as_json,
        people=lambda: f"Removed that of {kept.day}.",
    )

"""Commands about creators: who they are, which of them are one, and how to reach them."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from groundswell.creators import queries, showing
from groundswell.creators.actions import contacts, duplicates
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
creators_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Show creators, and merge those who are one person.",
)
contacts_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="How to reach creators; addresses are kept encrypted.",
)
app.add_typer(creators_app, name="creators")
app.add_typer(contacts_app, name="contacts")

AccountArgument = Annotated[
    str, typer.Argument(help="One of the creator's accounts: instagram:anna.")
]


@creators_app.command("show")
def show(
    account: AccountArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Show a creator: accounts, prices, contacts, and the creators merged into it."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        answer = showing.creator(queries.creator_of(ref))
    frame.show(answer, as_json=as_json, people=lambda: _creator(answer))


@creators_app.command("duplicates")
def find_duplicates(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Proposals to show.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for creators who may be one, and list the open proposals with their reasons.

    Nothing is merged: `groundswell creators merge` does that, and `unmerge` takes it back.
    """
    with frame.session(workspace) as session, access.inside(session.workspace):
        new = duplicates.propose(workspace=session.workspace, by=session.by, now=session.now)
        waiting = queries.proposals()
        answer = {
            "new": new,
            "total": waiting.count(),
            "proposals": showing.proposals(waiting[:limit]),
        }
    frame.show(answer, as_json=as_json, people=lambda: _proposals(answer))


@creators_app.command("merge")
def merge(
    account: AccountArgument,
    into: Annotated[str, typer.Argument(help="An account of the creator who stays.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make one creator of two; `unmerge` gives everything back."""
    refs = AccountRef.parse(account), AccountRef.parse(into)
    with frame.session(workspace) as session, access.inside(session.workspace):
        absorbed, survivor = map(queries.creator_of, refs)
        duplicates.merge(creator=absorbed, into=survivor, by=session.by, now=session.now)
        answer = showing.creator(survivor)
    frame.show(answer, as_json=as_json, people=lambda: _creator(answer))


@creators_app.command("unmerge")
def unmerge(
    account: AccountArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Undo the merge of the creator whom this account came with."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        own = queries.origin_of(ref)
        duplicates.unmerge(creator=own, by=session.by, now=session.now)
        answer = showing.creator(own)
    frame.show(answer, as_json=as_json, people=lambda: _creator(answer))


@creators_app.command("dismiss")
def dismiss(
    account: AccountArgument,
    other: Annotated[str, typer.Argument(help="An account of the other creator.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that two proposed creators are not one."""
    refs = AccountRef.parse(account), AccountRef.parse(other)
    with frame.session(workspace) as session, access.inside(session.workspace):
        proposal = queries.proposal_of(*map(queries.creator_of, refs))
        duplicates.dismiss(proposal=proposal, by=session.by, now=session.now)
    answer = {"dismissed": [str(ref) for ref in refs]}
    frame.show(answer, as_json=as_json, people=lambda: f"{refs[0]} and {refs[1]} stay two.")


@contacts_app.command("list")
def list_contacts(
    account: AccountArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List a creator's contacts with their addresses."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        rows = showing.contacts(queries.creator_of(ref))
    frame.show({"contacts": rows}, as_json=as_json, people=lambda: frame.table("Contacts", rows))


@contacts_app.command("add")
def add_contact(  # noqa: PLR0913 - each is an option of the command
    account: AccountArgument,
    channel: Annotated[str, typer.Argument(help="email, phone, agent, manager, postal or other.")],
    address: Annotated[str, typer.Argument(help="E-mail address, number or name.")],
    city: Annotated[str | None, typer.Option(help="Where the creator lives.")] = None,
    consent: Annotated[str | None, typer.Option(help="granted, refused or unknown.")] = None,
    preferred: Annotated[
        bool | None, typer.Option("--preferred/--not-preferred", help="The creator's choice.")
    ] = None,
    last_verified: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day when it last worked.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a contact, or change what is known of it."""
    ref = AccountRef.parse(account)
    details = {
        "city": city,
        "consent": consent,
        "preferred": preferred,
        "last_verified": last_verified and last_verified.date(),
    }
    with frame.session(workspace) as session, access.inside(session.workspace):
        creator = queries.creator_of(ref)
        contacts.add(
            creator=creator,
            channel=channel,
            address=address,
            details=details,
            by=session.by,
            now=session.now,
        )
        rows = showing.contacts(creator)
    frame.show({"contacts": rows}, as_json=as_json, people=lambda: frame.table("Contacts", rows))


@contacts_app.command("remove")
def remove_contact(
    account: AccountArgument,
    channel: Annotated[str, typer.Argument(help="Kind of the contact.")],
    address: Annotated[str, typer.Argument(help="Its address, as it is listed.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget a contact."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        creator = queries.creator_of(ref)
        contacts.remove(
            creator=creator, channel=channel, address=address, by=session.by, now=session.now
        )
        rows = showing.contacts(creator)
    frame.show({"contacts": rows}, as_json=as_json, people=lambda: frame.table("Contacts", rows))


def _creator(shown: dict[str, Any]) -> RenderableType:
    parts: list[RenderableType] = [
        Text(f"{shown['name']} · contacts: {shown['contacts']}", style="bold"),
        frame.table("Accounts", shown["accounts"]),
    ]
    if shown["rate_cards"]:
        parts.append(frame.table("Prices", shown["rate_cards"]))
    if shown["merged"]:
        names = ", ".join(other["name"] for other in shown["merged"])
        parts.append(Text(f"Merged into this creator: {names}"))
    return Group(*parts)


def _proposals(shown: dict[str, Any]) -> RenderableType:
    head = Text(f"Pairs that may be one creator: {shown['total']:,}, new: {shown['new']:,}")
    if not shown["proposals"]:
        return head
    table = Table()
    table.add_column("score", justify="right")
    for column in ("one", "other", "why"):
        table.add_column(column)
    for pair in shown["proposals"]:
        table.add_row(
            f"{pair['score']:.2f}",
            Text("\n".join(pair["first"])),
            Text("\n".join(pair["second"])),
            Text("\n".join(pair["reasons"])),
        )
    return Group(head, table)

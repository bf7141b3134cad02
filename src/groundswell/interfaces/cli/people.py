"""Commands about people: who belongs to a workspace, inviting them, helping them back in."""

import secrets
from typing import Annotated

import typer
from django.conf import settings

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.people import queries
from groundswell.people.actions import invitations, logins
from groundswell.people.policy import MEANING, Role
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
people_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Who belongs to a workspace; invite people, and help them back in.",
)
app.add_typer(people_app, name="people")

_WORDS = 4
_ROLES = "; ".join(f"{role.value}: {MEANING[role]}" for role in Role)


@people_app.command("list")
def list_people(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List a workspace's members and open invitations."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        members = [
            {"email": row["email"], "name": row["name"], "role": row["role"].value}
            for row in queries.members()
        ]
        waiting = [
            {"email": one.email, "role": one.role, "expires_at": one.expires_at.isoformat()}
            for one in queries.open_invitations()
        ]
    frame.show(
        {"members": members, "invitations": waiting},
        as_json=as_json,
        people=lambda: frame.table("Members", members),
    )


@people_app.command("invite")
def invite(
    email: Annotated[str, typer.Argument(help="Whom to invite.")],
    role: Annotated[Role, typer.Option(help=f"As what. {_ROLES}.")] = Role.EDITOR,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an invitation; its link works once, for that address, for a week."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        invitation, secret = invitations.invite(
            workspace=session.workspace,
            email=email,
            role=role,
            actor=Role.OWNER,
            by=session.by,
            now=session.now,
        )
    link = f"{settings.LINKS_LEAD_TO}/invitations/{secret}"
    frame.show(
        {"email": invitation.email, "role": role.value, "link": link},
        as_json=as_json,
        people=lambda: f"Send this link to {invitation.email}; it is shown only now:\n{link}",
    )


@people_app.command("password")
def password(
    email: Annotated[str, typer.Argument(help="Whose password.")],
    as_json: JsonOption = False,
) -> None:
    """Give somebody a fresh password, and sign them out everywhere."""
    with frame.session(None) as session:
        person = logins.find(email)
        fresh = "-".join(secrets.token_hex(3) for _ in range(_WORDS))
        logins.set_password(person=person, password=fresh)
        del session
    frame.show(
        {"email": person.email, "password": fresh},
        as_json=as_json,
        people=lambda: f"{person.email} signs in with {fresh} from now on; let them change it.",
    )

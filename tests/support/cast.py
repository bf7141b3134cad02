"""A small cast: one person for each role, with a browser or a token."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.test import Client

from groundswell.people.actions import tokens
from groundswell.people.models import ApiToken, Member, Person
from groundswell.people.policy import ALLOWED, Action, Role
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

PASSWORD = "a long enough sentence"


@dataclass
class Cast:
    """The members of one workspace, made when they are first asked for."""

    workspace: Workspace
    now: datetime
    _people: dict[Role, Person] = field(default_factory=dict)

    def person(self, role: Role | str = Role.OWNER) -> Person:
        """The member who has that role."""
        role = Role(role)
        if role not in self._people:
            address = f"{role.value}@{self.workspace.slug}.example"
            person = Person(email=address, name=role.label, created_at=self.now)
            person.set_password(PASSWORD)
            person.save()
            with access.inside(self.workspace):
                Member.objects.create(
                    workspace=self.workspace, person=person, role=role, joined_at=self.now
                )
            self._people[role] = person
        return self._people[role]

    def member_id(self, role: Role | str) -> UUID:
        """The id of that member's place in the workspace."""
        person = self.person(role)
        with access.inside(self.workspace):
            return Member.objects.get(person=person).id

    def browser(self, role: Role | str = Role.OWNER) -> Client:
        """A browser in which that member is signed in."""
        client = Client()
        client.force_login(self.person(role))
        return client

    def token(self, role: Role | str = Role.OWNER, scopes: Iterable[Action] | None = None) -> str:
        """A token of that member's, with all the scopes that the role allows unless named."""
        role = Role(role)
        person = self.person(role)
        with access.inside(self.workspace):
            made = ApiToken.objects.count()
            _, secret = tokens.make(
                workspace=self.workspace,
                person=person,
                role=role,
                name=f"test {made + 1}" if made else "test",
                scopes=ALLOWED[role] if scopes is None else list(scopes),
                expires_at=None,
                now=self.now,
            )
        return secret

    def program(
        self, role: Role | str = Role.OWNER, scopes: Iterable[Action] | None = None
    ) -> Client:
        """A client that shows that token with every request."""
        return Client(headers={"authorization": f"Bearer {self.token(role, scopes)}"})

    def path(self, rest: str = "") -> str:
        """The address of a console page of the workspace."""
        return f"/w/{self.workspace.slug}/{rest}"

"""The login of the demo: one person who owns the demo's workspace and the first own one."""

import base64
from dataclasses import dataclass
from datetime import datetime

from groundswell.people import queries
from groundswell.people.actions import logins
from groundswell.people.models import Person
from groundswell.workspaces import keys
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import Workspace

EMAIL = "demo@groundswell.example"
NAME = "Dana Demo"


@dataclass(frozen=True, slots=True)
class Login:
    """What to type on the sign-in page.

    Attributes:
        password: None when the person has chosen another since.
    """

    email: str
    password: str | None


def ready(*, workspace: Workspace, now: datetime) -> Login:
    """Make sure that somebody can sign in to the demo, and say how.

    The password is of this installation's own: it is derived from the master key, so it is the
    same at every start and stands nowhere.
    """
    password = _password()
    person = Person.objects.filter(email=EMAIL).first()
    if person is None:
        person = logins.make(email=EMAIL, name=NAME, password=password, now=now)
    for place in (workspace, workspaces.first(by=EMAIL, now=now)):
        if place.id not in {known.workspace.id for known in queries.places(person)}:
            logins.own(person=person, workspace=place, now=now)
    return Login(EMAIL, password if person.check_password(password) else None)


def _password() -> str:
    text = base64.b32encode(keys.installation_key("demo login")).decode().lower()
    return "-".join(text[start : start + 5] for start in range(0, 15, 5))

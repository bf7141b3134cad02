"""An installation with a few creators, people who can sign in, and a token for each."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation import Installation

PASSWORD = "a long enough sentence"

_SCRIPT = """
import json, sys
from pathlib import Path
from groundswell.connectors.actions import imports
from groundswell.creators.models import Creator
from groundswell.people.actions import logins, tokens
from groundswell.people.policy import ALLOWED, Role
from groundswell.project import opening
from groundswell.terms.progress import silent
from groundswell.workspaces import access, clock
from groundswell.workspaces.actions import workspaces

folder, password, *addresses = sys.argv[1:]
made = {}
with opening.open_database():
    workspace = workspaces.first(by="test", now=clock.now())
    for kind in ("accounts", "posts"):
        imports.import_file(workspace=workspace, kind=kind, path=Path(folder) / f"{kind}.csv",
            mapping=None, platform=None, by="test", now=clock.now(), progress=silent)
    for email in addresses:
        person = logins.make(email=email, name=email, password=password, now=clock.now())
        logins.own(person=person, workspace=workspace, now=clock.now())
        with access.inside(workspace):
            _, made[email] = tokens.make(workspace=workspace, person=person, role=Role.OWNER,
                name="test", scopes=ALLOWED[Role.OWNER], expires_at=None, now=clock.now())
    with access.inside(workspace):
        creators = [str(each) for each in Creator.objects.values_list("id", flat=True)]
print(json.dumps([workspace.slug, made, creators]))
"""


@dataclass(frozen=True)
class Inhabited:
    """Who is there.

    Attributes:
        tokens: By the address of whom they belong to.
        creators: Ids.
    """

    installation: Installation
    slug: str
    tokens: dict[str, str]
    creators: list[str]


def inhabit(installation: Installation, folder: Path, *, people: int) -> Inhabited:
    """Import some creators with posts, and make people."""
    _write(folder / "accounts.csv", _accounts())
    _write(folder / "posts.csv", _posts())
    addresses = [f"person{number}@example.com" for number in range(people)]
    script = installation.start_script(_SCRIPT, str(folder), PASSWORD, *addresses)
    told, _ = script.communicate(timeout=120)
    assert script.returncode == 0
    slug, tokens, creators = json.loads(told)
    return Inhabited(installation, slug, tokens, creators)


def _accounts() -> list[dict[str, object]]:
    return [
        {
            "platform": "instagram",
            "handle": f"runner{number}",
            "followers": 2_000 * (number + 1),
            "country": "US",
            "bio": "trail running",
            "observed_at": "2026-10-01",
        }
        for number in range(8)
    ]


def _posts() -> list[dict[str, object]]:
    return [
        {
            "platform": "instagram",
            "post_id": f"post{number}-{turn}",
            "account": f"runner{number}",
            "format": "reel",
            "published_at": f"2026-09-{turn + 10}",
            "observed_at": "2026-10-01",
            "views": 1_000 * (number + 1) + turn,
            "likes": 50 * (number + 1),
        }
        for number in range(8)
        for turn in range(10)
    ]


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

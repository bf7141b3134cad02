"""A small workspace in which every operation of the API finds something to work on."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import Client

from groundswell.connectors.actions import uploads
from groundswell.creators.actions import duplicates, publishing
from groundswell.creators.models import Account
from groundswell.people.policy import Role
from groundswell.planning.actions import promises, working
from groundswell.terms.progress import silent
from groundswell.vetting.actions import scorecards
from groundswell.vetting.evidence import Signal
from groundswell.vetting.models import PastScores, Review
from groundswell.workspaces import access
from tests.support.cast import Cast
from tests.support.staged import stage

SEEN = datetime(2026, 10, 1, tzinfo=UTC)
NAMES = ("anna", "ben", "cleo", "dora")
BRIEF = {
    "name": "Trail shoe launch",
    "objective": "views",
    "budget": {"amount": 2_000, "currency": "USD"},
    "start": "2027-03-01",
    "end": "2027-04-11",
    "creators": {},
}
ACCOUNTS = b"handle,followers\ngus,1200\nhal,-5\n"


@dataclass
class Scene:
    """The workspace, a client, and what stands for each name in the paths.

    Attributes:
        cast: Its people.
        client: Shows the owner's token.
        names: Values of path parameters.
    """

    cast: Cast
    client: Client
    names: dict[str, Any] = field(default_factory=dict)

    def path(self, rest: str) -> str:
        """An address of the workspace."""
        return f"/api/v1/w/{self.cast.workspace.slug}{rest}"

    def send(self, method: str, rest: str, body: Any = None, **more: Any) -> Any:
        """What an operation answers, which must be good."""
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(
            method, self.path(rest), content, content_type="application/json", **more
        )
        assert answer.status_code < 300, answer.content
        return answer.json() if answer.content else None


def build(cast: Cast, folder: Path, *, now: datetime) -> Scene:
    """The scene, put up through the API wherever it can do so."""
    scene = Scene(cast, cast.program())
    _publish(cast, folder, now)
    scorecards.vet(workspace=cast.workspace, by="test", now=now, progress=silent)
    with access.inside(cast.workspace):
        _unusual(cast, now)
        _said_before(cast, now)
        duplicates.propose(workspace=cast.workspace, by="test", now=now)
    _people(scene)
    _creators(scene)
    _imports(scene, now)
    _connections(scene)
    _plans(scene)
    return scene


def _publish(cast: Cast, folder: Path, now: datetime) -> None:
    on = {"platform": "instagram", "source": "import"}
    rows: dict[str, list[dict[str, Any]]] = {
        "accounts": [
            {
                "platform": "instagram",
                "handle": name,
                "display_name": name.capitalize(),
                "bio": "trail running",
                "country": "US",
            }
            for name in NAMES
        ],
        "account_observations": [
            {**on, "account_handle": name, "observed_at": SEEN, "followers": 2_000 * (place + 1)}
            for place, name in enumerate(NAMES)
        ],
        "posts": [
            {
                "platform": "instagram",
                "post_id": f"{name}-{turn}",
                "account_handle": name,
                "format": "reel",
                "text": "a run",
                "published_at": SEEN - timedelta(days=5 * turn + 3),
            }
            for name in NAMES
            for turn in range(10)
        ],
        "post_observations": [
            {
                **on,
                "post_id": f"{name}-{turn}",
                "account_handle": name,
                "observed_at": SEEN,
                "views": 1_000 * (place + 1) + turn,
                "likes": 50 * (place + 1),
            }
            for place, name in enumerate(NAMES)
            for turn in range(10)
        ],
        "comments": [
            {
                "platform": "instagram",
                "comment_id": f"c{turn}",
                "post_id": f"anna-{turn}",
                "account_handle": "anna",
                "author": f"reader{turn}",
                "published_at": SEEN - timedelta(days=turn),
                "text": "Which shoes are these?",
                "language": "en",
                "likes": turn,
            }
            for turn in range(3)
        ],
    }
    rows["accounts"].append(
        {"platform": "tiktok", "handle": "anna", "display_name": "Anna", "bio": "trail running"}
    )
    with access.inside(cast.workspace):
        publishing.publish(
            publishing.Staged(stage(folder, **rows), now),
            workspace=cast.workspace,
            by="test",
            now=now,
            progress=silent,
        )


def _unusual(cast: Cast, now: datetime) -> None:
    """A first account whose likes hardly vary: too few are here to tell what is usual."""
    anna = Account.objects.get(platform="instagram", handle="anna")
    said = "Likes over 10 posts vary unusually little for its size (robust z -6.0)."
    signal = Signal("likes_spread_residual", said, -6.0, 10, SEEN)
    Review.objects.create(
        workspace=cast.workspace,
        account=anna,
        opened_at=now,
        changed_at=now,
        evidence=[signal.as_json()],
        kinds=[signal.kind],
        strength=6.0,
    )


def _said_before(cast: Cast, now: datetime) -> None:
    """Two further verdicts on the first account, from before it was vetted in this scene."""
    anna = Account.objects.get(platform="instagram", handle="anna")
    for turn, growth in ((1, 61.5), (2, None)):
        PastScores.objects.create(
            workspace=cast.workspace,
            account=anna,
            verdict="cannot_say",
            growth=growth,
            said_since=now - timedelta(days=30 * turn),
            said_until=now - timedelta(days=30 * (turn - 1)),
        )


def _people(scene: Scene) -> None:
    for role in Role:
        scene.cast.person(role)
    scene.names |= {"slug": scene.cast.workspace.slug, "account": "instagram:anna"}
    scene.names["measure"] = "originality"
    scene.names["member_id"] = str(scene.cast.member_id("editor"))
    asked = {"email": "ben@example.com", "role": "viewer"}
    scene.names["invitation_id"] = scene.send("POST", "/invitations", asked)["invitation"]
    asked = {"name": "Nightly export", "scopes": ["creators.read"]}
    scene.names["token_id"] = scene.send("POST", "/tokens", asked)["token"]


def _creators(scene: Scene) -> None:
    names = scene.names
    creator = scene.send("GET", "/accounts/instagram:anna")["creator"]
    names["creator_id"] = creator
    here = f"/creators/{creator}"
    names["note_id"] = scene.send("POST", f"{here}/notes", {"text": "Answers fast."})["note"]
    scene.send("POST", f"{here}/tags", {"name": "running"})
    called = {"day": "2026-09-01", "medium": "phone", "note": "Likes the shoes."}
    names["outreach_id"] = scene.send("POST", f"{here}/outreach", called)["outreach"]
    scene.send("POST", "/watched/words", {"name": "giveaway", "severity": "low"})
    scene.send("POST", "/watched/competitors", {"name": "Summit Socks"})
    contact = {"channel": "email", "address": "anna@example.com"}
    names["contact_id"] = scene.send("POST", f"{here}/contacts", contact)["contact"]
    price = {"format": "reel", "price": "250.00", "currency": "USD", "valid_from": "2026-01-01"}
    scene.send("PUT", "/prices/instagram:anna", price)
    answer = scene.client.generic(
        "POST", scene.path(f"{here}/files?file_name=note.txt"), b"hello", content_type="text/plain"
    )
    names["file_id"] = answer.json()["file"]
    names["list_id"] = scene.send("POST", "/lists", {"name": "Shortlist"})["list"]
    members = {"accounts": ["instagram:anna", "instagram:ben"]}
    scene.send("POST", f"/lists/{names['list_id']}/creators", members)
    asked = {"name": "Runners", "text": "trail", "filters": ["country=US"]}
    names["search_id"] = scene.send("POST", "/searches", asked)["search"]


def _imports(scene: Scene, now: datetime) -> None:
    reading = {"kind": "accounts", "platform": "instagram"}
    first = handed_in(scene, ACCOUNTS)
    scene.send("PUT", f"/uploads/{first}/reading", reading)
    scene.send("POST", f"/uploads/{first}/started")
    uploads.work(workspace=scene.cast.workspace, upload_id=UUID(first), now=now)
    scene.names["run_id"] = scene.send("GET", "/imports")["items"][0]["run"]
    scene.names["upload_id"] = handed_in(scene, ACCOUNTS + b"ida,5\n")
    scene.send("PUT", f"/uploads/{scene.names['upload_id']}/reading", reading)


def _connections(scene: Scene) -> None:
    names = scene.names
    wanted = {"network": "bluesky", "name": "Runners"}
    made = scene.send("POST", "/connections", wanted)["connection"]
    asked = {"way": "search", "text": "trail running", "accounts": 50}
    here = f"/connections/{made}"
    names["connection_id"] = made
    names["watch_id"] = scene.send("POST", f"{here}/watches", asked)["watch"]
    names["sync_id"] = scene.send("GET", f"{here}/syncs")["items"][0]["sync"]


def handed_in(scene: Scene, content: bytes) -> str:
    """The id of a file that was just handed in."""
    answer = scene.client.generic(
        "POST",
        scene.path("/uploads?file_name=creators.csv"),
        content,
        content_type="application/octet-stream",
    )
    assert answer.status_code == 201, answer.content
    return str(answer.json()["upload"])


def planned(scene: Scene, changes: dict[str, Any]) -> str:
    """The id of a plan of the usual brief with changes, planned now."""
    draft = scene.send("POST", "/plans", {"brief": BRIEF | changes})["draft"]
    working.work(workspace=scene.cast.workspace, draft_id=UUID(draft), now=scene.cast.now)
    return str(scene.send("GET", f"/drafts/{draft}")["plan"])


def _plans(scene: Scene) -> None:
    names = scene.names
    for name in ("plan_id", "other_id"):
        names[name] = planned(scene, {})
    names["promise_id"] = _promised(scene)
    names["draft_id"] = scene.send("POST", "/plans", {"brief": BRIEF | {"name": "Next"}})["draft"]
    names |= {"what": "lines", "kind": "csv"}


def _promised(scene: Scene) -> str:
    """A promise of a program that is long over, made before it began."""
    past = planned(scene, {"start": "2020-03-01", "end": "2020-04-11"})
    before = datetime(2020, 2, 1, tzinfo=UTC)
    workspace = scene.cast.workspace
    with access.inside(workspace):
        made = promises.make(workspace=workspace, plan_id=UUID(past), by="test", now=before)
    return str(made.id)

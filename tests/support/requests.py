"""One good request to each operation of the API, for a scene."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from groundswell.connectors.models import Brought
from groundswell.creators.models import Account
from groundswell.interfaces.rest.api import described
from groundswell.planning.actions import working
from groundswell.workspaces import access
from tests.support.scene import BRIEF, Scene, handed_in, planned

_PRICE = {"format": "reel", "price": "250.00", "currency": "USD", "valid_from": "2027-01-01"}
_TIERS = {"nano": 0, "micro": 10_000, "mid": 50_000, "macro": 500_000, "mega": 1_000_000}
_WEIGHTS = {"credibility": 30, "life_moments": 0, "audience": 20, "quality": 20, "branded": 10,
            "growth": 20}  # fmt: skip
BODIES: dict[str, Any] = {
    "change_settings": {"currency": "EUR", "time_zone": "Europe/Paris"},
    "choose_tiers": {"name": "ours", "lower_bounds": _TIERS},
    "change_role": {"role": "approver"},
    "invite": {"email": "cleo@example.com", "role": "editor"},
    "make_token": {"name": "Warehouse", "scopes": ["creators.read", "data.export"], "days": 90},
    "save_search": {"name": "US runners", "text": "trail running", "filters": ["country=US"]},
    "rename_search": {"name": "Trail runners"},
    "set_price": _PRICE,
    "write_note": {"text": "Prefers reels, answers within a day."},
    "change_note": {"text": "Prefers reels."},
    "add_tag": {"name": "ultra"},
    "save_contact": {"channel": "email", "address": "team@example.com", "consent": "granted"},
    "create_list": {"name": "Spring launch"},
    "change_list": {"name": "Autumn launch", "exclusion": True},
    "record_outreach": {"day": "2026-09-14", "medium": "email", "note": "Asked for rates."},
    "keep_word": {"name": "palm oil", "severity": "high"},
    "keep_competitor": {"name": "Ridge Shoes", "forms": ["@ridge.shoes", "#ridgeshoes"]},
    "add_to_list": {"accounts": ["instagram:cleo"]},
    "remove_from_list": {"accounts": ["instagram:anna"]},
    "annotate_entry": {"note": "For the opening week."},
    "look_at_upload": {"kind": "accounts", "platform": "instagram"},
    "connect": {"network": "bluesky", "name": "For the spring"},
    "watch_network": {"way": "hashtag", "text": "trailrunning", "accounts": 20},
    "listen_live": {"is_on": True},
    "expect_cost": {"way": "account", "text": "anna.example.com"},
    "sync_watch": {},
    "propose_plan": {"brief": BRIEF},
    "decide_review": {"ruling": "cleared", "reason": "A giveaway explains it.", "seen": 0},
    "ask_creator": {"days": 14},
    "set_weights": {"weights": _WEIGHTS},
    "settle_promise": {"observed": {"views": 12_000}, "note": "Counted by the tracker."},
    "tell_news": {"news": [{"line": 1, "state": "signed", "day": "2026-11-01", "price": 240.0}]},
    "revise_plan": {"out": ["instagram:anna"]},
}
QUERIES = {
    "search_creators": "q=trail&filter=country=US&filter=followers>=3K&sort=followers&limit=1",
    "list_suggestions": "q=an&limit=1",
    "find_lookalikes": "like=instagram:anna&filter=country=US&limit=1",
    "export_search": "filter=country=US&kind=csv",
    "list_journal": "event=list.created&limit=5",
    "remove_tag": "name=running",
    "forget_word": "name=giveaway",
    "forget_competitor": "name=summit socks",
    "export_safety_of_creator": "kind=json",
    "export_safety_of_list": "kind=csv",
    "export_safety_of_search": "filter=country=US&kind=csv",
    "add_file": "file_name=rates.txt&purpose=rate_card",
    "hand_in": "file_name=creators.csv",
    "list_posts": "limit=2",
    "list_comments": "post=anna-1&limit=2",
    "list_past_scores": "limit=1",
    "get_target": "country=US&gender=female",
    "compare_accounts": "account=instagram:anna&account=instagram:ben",
    "export_comparison": "account=instagram:anna&account=instagram:ben&kind=csv",
    "list_creator_journal": "limit=2",
    "forecast_plan": "as_of=2027-03-10",
}
FILES = {"add_file": b"one reel: 250 USD\n", "hand_in": b"handle,followers\njo,1200\n"}
_BEFORE = {
    "restore_list": [("DELETE", "/lists/{list_id}")],
    "restore_search": [("DELETE", "/searches/{search_id}")],
    "restore_note": [("DELETE", "/creators/{creator_id}/notes/{note_id}")],
    "restore_outreach": [("DELETE", "/creators/{creator_id}/outreach/{outreach_id}")],
    "restore_file": [("DELETE", "/creators/{creator_id}/files/{file_id}")],
    "forget_draft": [("POST", "/drafts/{draft_id}/cancelled")],
    "withdraw_approval": [("PUT", "/plans/{plan_id}/approval")],
    "get_vetting": [("POST", "/vetting")],
    "resume_connection": [("POST", "/connections/{connection_id}/paused")],
}


@dataclass(frozen=True)
class Request:
    """A request, with its path as the description writes it."""

    name: str
    method: str
    path: str
    query: str = ""
    body: Any = None
    content: bytes = b""
    names: tuple[str, ...] = field(default=())


def requests() -> list[Request]:
    """One for each operation, in the order of the description."""
    found = []
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            body = BODIES.get(name)
            content = FILES.get(name, b"" if body is None else json.dumps(body).encode())
            names = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
            found.append(
                Request(
                    name, method.upper(), path, QUERIES.get(name, ""), body, content, tuple(names)
                )
            )
    return found


def prepare(request: Request, scene: Scene) -> Request:
    """What must have happened before the request makes sense."""
    names = scene.names
    for method, path in _BEFORE.get(request.name, ()):
        scene.send(method, path.format(**names))
    body = request.body
    if request.name in {"merge_creators", "dismiss_duplicate", "part_creators"}:
        other = scene.send("GET", "/accounts/tiktok:anna")["creator"]
        own = names["creator_id"]
        if request.name == "part_creators":
            scene.send("POST", "/duplicates/merged", {"creator": other, "into": own})
        body = {
            "merge_creators": {"creator": other, "into": own},
            "dismiss_duplicate": {"first": own, "second": other},
            "part_creators": {"creator": other},
        }[request.name]
    if request.name == "throw_away":  # its file is not put back when the test is over
        names["upload_id"] = handed_in(scene, b"handle\nkim\n")
    if request.name in {"make_promise", "get_promise_of_plan"}:
        names["plan_id"] = planned(scene, {"start": "2099-03-01", "end": "2099-04-11"})
    if request.name == "undo_revision":
        _revise(scene)
    if request.name == "listen_live":
        _bring(scene)
    content = request.content if request.body == body else json.dumps(body).encode()
    return Request(
        request.name, request.method, request.path, request.query, body, content, request.names
    )


def _revise(scene: Scene) -> None:
    """A further version of the plan, which is then the one to undo."""
    draft = scene.send("POST", f"/plans/{scene.names['plan_id']}/revisions", BODIES["revise_plan"])
    working.work(workspace=scene.cast.workspace, draft_id=UUID(draft["draft"]), now=scene.cast.now)
    scene.names["plan_id"] = scene.send("GET", f"/drafts/{draft['draft']}")["plan"]


def _bring(scene: Scene) -> None:
    """An account that the connection brought, and that can be listened to."""
    with access.inside(scene.cast.workspace):
        account = Account.objects.order_by("id")[0]
        Account.objects.filter(id=account.id).update(platform_id="did:plc:anna")
        Brought.objects.create(
            workspace=scene.cast.workspace,
            connection_id=scene.names["connection_id"],
            watch_id=scene.names["watch_id"],
            account=account,
            is_new=False,
            first_at=scene.cast.now,
            last_at=scene.cast.now,
        )


def send(request: Request, scene: Scene, **names: Any) -> Any:
    """What the API answers."""
    path = request.path.format(**(scene.names | names))
    kind = "application/octet-stream" if request.name in FILES else "application/json"
    return scene.client.generic(
        request.method,
        f"{path}?{request.query}" if request.query else path,
        request.content,
        content_type=kind,
    )

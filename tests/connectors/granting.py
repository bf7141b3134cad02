"""A network that gives permission, in memory."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from groundswell.connectors.actions import applications
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.network import (
    Authority,
    Interface,
    OAuth,
    Quota,
    Scope,
    Way,
    bearer,
)
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.oauth import App
from groundswell.connectors.models import NetworkApp
from groundswell.terms.exchange import Reply, Request, Spend
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

CALLBACK = "https://us.example/connect/callback/"
BROWSER = "b" * 43


def _nothing(*_: Any) -> Iterator[Page]:
    yield Page()


def _read(reply: Reply, now: datetime) -> Page:
    del reply, now
    return Page()


GIVING = Interface(
    network=Network.THREADS,
    name="Threads",
    authority=Authority.OAUTH,
    walks={Way.OWN: _nothing, Way.ACCOUNT: _nothing},
    read=_read,
    server="https://net.example",
    signed=bearer,
    expected=lambda ask: (Spend("cents", 125),) if ask.way is Way.ACCOUNT else (),
    quotas=(Quota("cents", 10_000, timedelta(days=30), unit="US cents", is_money=True),),
    oauth=OAuth(
        "https://net.example/authorize",
        "https://net.example/token",
        (Scope("basic", "your posts"), Scope("insights", "your numbers", is_needed=False)),
        revoke_url="https://net.example/revoke",
        tells_account=True,
    ),
)


class Giver:
    """Gives tokens for every code, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.says: dict[str, Any] = {"access_token": "token-1", "user_id": "77"}

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        return Reply(200, {}, json.dumps(self.says).encode(), request.url)

    def form(self) -> dict[str, str]:
        """The last form that it was sent."""
        said = parse_qs((self.asked[-1].body or b"").decode())
        return {name: value for name, [value] in said.items()}


def state_of(url: str) -> str:
    """The state in the address that somebody was sent to."""
    [state] = parse_qs(urlsplit(url).query)["state"]
    return state


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Giver:
    """The network, registered."""
    monkeypatch.setitem(registry.INTERFACES, Network.THREADS, GIVING)
    return Giver()


@pytest.fixture
def app(workspace: Workspace, network: Giver, now: datetime) -> NetworkApp:
    """The workspace's application, without which nobody leaves."""
    with access.inside(workspace):
        return applications.keep_app(
            workspace=workspace,
            network=Network.THREADS,
            server="",
            app=App("app-1", "app-secret"),
            by="ada",
            now=now,
        )

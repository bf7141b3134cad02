"""The command that listens, as other programs use it, against servers on loopback."""

import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.sync.server import ServerConnection, serve  # noqa: TID251 - the other side

from tests.connectors.networks.stubs import bluesky
from tests.support.installation import Installation
from tests.support.loopback import Asked, Loopback, whole

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An AppView that knows Anna alone."""
    monkeypatch.setenv("GROUNDSWELL_REACH_NETWORKS", "127.0.0.0/8")
    profile = json.dumps(bluesky.profile("anna", detailed=True)).encode()

    def answer(asked: Asked, connection: socket.socket) -> None:
        body = profile if "getProfile" in asked.path else b'{"feed": []}'
        connection.sendall(whole(body, content_type="application/json"))

    with Loopback(answer) as running:
        yield running.url


@pytest.fixture
def stream() -> Iterator[str]:
    """Tells one post of whoever is listened to, then falls silent."""

    def tell(connection: ServerConnection) -> None:
        query = parse_qs(urlsplit(connection.request.path).query if connection.request else "")
        view = bluesky.view("anna", 1)
        commit = {"operation": "create", "collection": query["wantedCollections"][0], "rkey": "3k1"}
        message = {"did": query["wantedDids"][0], "time_us": 1, "kind": "commit"}
        connection.send(json.dumps(message | {"commit": commit | {"record": view["record"]}}))
        connection.recv()

    listening = serve(tell, "127.0.0.1", 0, compression=None)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"ws://127.0.0.1:{listening.socket.getsockname()[1]}"
    listening.shutdown()
    thread.join()


def test_what_is_heard_is_kept(installation: Installation, server: str, stream: str) -> None:
    asked = ("--handle", "anna.example.social", "--server", server)
    connection = installation.json("connect", "bluesky", *asked)["connection"]

    heard = installation.json("listen", connection, "--minutes", "0.05", "--stream", stream)

    assert (heard["state"], heard["items"], heard["refusal"]) == ("done", 1, None)
    assert heard["changed"] == {"posts": 1}
    again = installation.json("listen", connection, "--minutes", "0.05", "--stream", stream)
    assert again["changed"] == {}

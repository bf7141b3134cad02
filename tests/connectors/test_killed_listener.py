"""kill -9 of the worker while it listens: the next one goes on, no news lost, none twice."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed  # noqa: TID251 - the other side
from websockets.sync.server import ServerConnection, serve  # noqa: TID251 - the other side

from tests.connectors.networks.stubs import bluesky
from tests.support.installation import Installation
from tests.support.loopback import Asked, Loopback, whole
from tests.support.running import Up, eventually, up

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

NAMES = ("anna", "ben")
KILLS = 2
NEWS = 40  # between two of them
POST = "app.bsky.feed.post"

# Texts of posts that were told live, however often each is there.
HEARD = """
import json
from groundswell.creators import queries
from groundswell.project import opening
from groundswell.workspaces import clock
from groundswell.workspaces.access import inside
from groundswell.workspaces.actions import workspaces

with opening.open_database():
    workspace = workspaces.first(by="test", now=clock.now())
    with inside(workspace), queries.observations() as observations:
        found = observations.connection.sql("SELECT text FROM posts WHERE text LIKE 'Live%'")
        print(json.dumps(sorted(text for (text,) in found.fetchall())))
"""


class Jetstream:
    """Tells what it was given, from a cursor or from now on, and then as it comes."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self.opened = 0
        self._server = serve(self._tell, "127.0.0.1", 0, compression=None)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._is_over = threading.Event()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def happen(self, name: str, number: int) -> int:
        """Have somebody publish; returns when that was."""
        at = time.time_ns() // 1000
        record = {"$type": POST, "text": f"Live {number}", "createdAt": "2026-01-01T00:00:00Z"}
        commit = {"operation": "create", "collection": POST, "rkey": f"3k{number}"}
        did = bluesky.profile(name)["did"]
        message = {"did": did, "time_us": at, "kind": "commit"}
        self._messages.append(message | {"commit": commit | {"record": record}})
        return at

    def close(self) -> None:
        self._is_over.set()
        self._server.shutdown()

    def _tell(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.opened += 1
        asked = parse_qs(urlsplit(connection.request.path).query)
        since = int(asked["cursor"][0]) if "cursor" in asked else time.time_ns() // 1000
        told = 0
        while not self._is_over.wait(0.02):
            for message in self._messages[told:]:
                told += 1
                if message["time_us"] >= since and message["did"] in asked["wantedDids"]:
                    try:
                        connection.send(json.dumps(message))
                    except ConnectionClosed:
                        return


@pytest.fixture
def stream() -> Iterator[Jetstream]:
    made = Jetstream()
    yield made
    made.close()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """An AppView for each name, that knows nobody else."""
    monkeypatch.setenv("GROUNDSWELL_REACH_NETWORKS", "127.0.0.0/8")

    def knowing(name: str) -> Any:
        profile = json.dumps(bluesky.profile(name, detailed=True)).encode()

        def answer(asked: Asked, connection: socket.socket) -> None:
            body = profile if "getProfile" in asked.path else b'{"feed": []}'
            connection.sendall(whole(body, content_type="application/json"))

        return answer

    with ExitStack() as stack:
        yield {name: stack.enter_context(Loopback(knowing(name))).url for name in NAMES}


def live(running: Up) -> list[tuple[Any, ...]]:
    """The moment, and how many messages were published, of each connection that is listened to."""
    with running.connect() as connection:
        return connection.execute(
            "SELECT (max((cursor->>'time_us')::bigint)), sum(items)::int FROM connectors_sync s "
            "JOIN connectors_watch w ON w.id = s.watch_id WHERE w.way = 'live' "
            "AND s.told_at IS NOT NULL GROUP BY w.id"
        ).fetchall()


def test_a_killed_worker_is_followed_by_one_that_loses_no_news_and_jobs_are_done_beside(
    installation: Installation, servers: dict[str, str], stream: Jetstream
) -> None:
    with up(installation) as running:
        for name, url in servers.items():
            asked = ("--handle", f"{name}.example.social", "--server", url)
            made = installation.json("connect", "bluesky", *asked)["connection"]
            on = installation.json("connections", "live", made, "on", "--stream", stream.url)
            assert on["live"]["state"] == "waiting"
        eventually(lambda: stream.opened == 2, within=60)

        for kill in range(KILLS):
            first, before = kill * NEWS, sum(items for _, items in live(running))
            for number in range(first, first + NEWS - 4):
                stream.happen(NAMES[number % 2], number)
                time.sleep(0.05)
            eventually(
                lambda before=before: sum(items for _, items in live(running)) > before, within=60
            )
            # Heard, perhaps, and not yet published; then while nobody listens.
            for each in (0, 1):
                stream.happen(NAMES[each], first + NEWS - 4 + each)
            worker, opened = running.child("worker"), stream.opened
            worker.kill()
            lasts = [stream.happen(NAMES[each], first + NEWS - 2 + each) for each in (0, 1)]
            eventually(lambda opened=opened: stream.opened == opened + 2, within=60)

        with running.connect() as connection:
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
                "VALUES ('default', 'jobs.reap', '{\"timestamp\": 1}')"
            )
            eventually(
                lambda: (
                    connection.execute(
                        "SELECT status FROM procrastinate_jobs WHERE task_name = 'jobs.reap' "
                        "AND args->>'timestamp' = '1'"
                    ).fetchall()
                    == [("succeeded",)]
                )
            )
        eventually(lambda: sorted(at for at, _ in live(running)) >= lasts, within=90)

    assert heard(installation) == sorted(f"Live {each}" for each in range(KILLS * NEWS))


def heard(installation: Installation) -> list[str]:
    """Words of the posts that were heard."""
    script = installation.start_script(HEARD)
    output, _ = script.communicate()
    assert script.returncode == 0
    found: list[str] = json.loads(output)
    return found

"""One part of bench_connectors, in a process and a home of its own.

python benchmarks/syncing_replies.py store --posts N --replies FOLDER
python benchmarks/syncing_replies.py refresh --accounts N
"""

# ruff: noqa: E402 - models can be imported once Django is set up

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import appview
import django
import numpy as np
import psutil

from groundswell.connectors.adapters import lean

lean.without_pandas()
os.environ["DJANGO_SETTINGS_MODULE"] = "groundswell.project.settings"
django.setup()

from groundswell.connectors import world
from groundswell.connectors.actions import connecting, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.bluesky.interface import INTERFACE as BLUESKY
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.choices import REFRESH
from groundswell.connectors.models import Watch
from groundswell.project import opening
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access, clock
from groundswell.workspaces.actions import workspaces

REFRESHED_POSTS = 30
LATENCY = 0.05
HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["store", "refresh"])
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--replies", type=Path)
    given = parser.parse_args()
    done = store(given.posts, given.replies) if given.part == "store" else refresh(given.accounts)
    print(json.dumps(done))


def store(posts: int, replies: Path) -> dict[str, Any]:
    """Search all accounts with their posts, from recorded replies."""
    with installed() as workspace:
        accounts = posts // appview.POSTS_OF_EACH
        view = appview.AppView(accounts, appview.POSTS_OF_EACH)

        def fetch(request: Request) -> Reply:
            method = urlsplit(request.url).path.removeprefix("/xrpc/")
            if method == "app.bsky.feed.getAuthorFeed":
                number = int(str(request.params["actor"]).removeprefix("did:plc:"))
                return Reply(200, {}, (replies / f"{number}.json").read_bytes(), request.url)
            status, body = view.answer(method, request.params)
            return Reply(status, {}, json.dumps(body).encode(), request.url)

        clock = Ticking()
        watch = watched(workspace, accounts, appview.POSTS_OF_EACH, server="")
        ask = syncing.ask_of(watch, BLUESKY, now=clock())
        before = time.process_time()
        for page in BLUESKY.walk(fetch, ask, None):
            assert page.items - len(page.bad), page.bad
        parsed = time.process_time() - before
        server_before, before = database_cpu(), time.process_time()
        run = synced(workspace, watch, fetch, clock)
        own, servers = time.process_time() - before, database_cpu() - server_before
        assert run.changed["posts"] == posts, run.changed
    return {
        "posts": posts,
        "parse_cpu": parsed,
        "cpu": own + servers,
        "database_cpu": servers,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def refresh(accounts: int) -> dict[str, Any]:
    """Bring accounts, then ask after each of them a day later."""
    with installed() as workspace, serving(accounts) as address:
        watch = watched(workspace, accounts, 0, server=address)
        later = timedelta(days=1, hours=1)
        with world.opened(
            clock=clock.now, sleep=time.sleep, rng=np.random.default_rng(0)
        ) as outside:
            synced(workspace, watch, outside.fetch, clock.now)
            with access.inside(workspace):
                Watch.objects.filter(id=watch.id).update(posts=REFRESHED_POSTS)
                again = Watch.objects.get(way=REFRESH)
            start = time.monotonic()
            run = synced(workspace, again, outside.fetch, lambda: clock.now() + later)
            seconds = time.monotonic() - start
        assert run.state == "done", (run.state, run.refusal)
        assert run.changed["account_observations"] == accounts, run.changed
    return {"seconds": seconds, "requests": run.requests}


class Ticking:
    """A clock on which each question takes 110 ms, as the network's quota wants it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=110)
        return self.now


@contextmanager
def installed() -> Iterator[Any]:
    """A workspace of a fresh installation."""
    with opening.open_database():
        yield workspaces.first(by="bench", now=clock.now())


@contextmanager
def serving(accounts: int) -> Iterator[str]:
    """The AppView in a process of its own."""
    command = [sys.executable, HERE / "appview.py", "--accounts", str(accounts)]
    command += ["--posts", str(REFRESHED_POSTS), "--latency", str(LATENCY)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def watched(workspace: Any, accounts: int, posts: int, *, server: str) -> Any:
    """A search that finds all accounts."""
    hand = {"workspace": workspace, "by": "bench", "now": clock.now()}
    with access.inside(workspace):
        made = connecting.connect(network=Network.BLUESKY, server=server, **hand)
        return connecting.watch(
            connection_id=made.id, way=Way.SEARCH, text="trail", accounts=accounts, posts=posts,
            **hand,
        )  # fmt: skip


def synced(workspace: Any, watch: Any, fetch: Any, clock: Any) -> Any:
    """One sync to its end."""
    run = syncing.sync(
        workspace=workspace,
        watch_id=watch.id,
        outside=Outside(fetch, clock),
        by="bench",
        progress=silent,
    )
    assert run.state == "done", (run.state, run.refusal)
    return run


def database_cpu() -> float:
    """CPU seconds that the home's database server has used, its finished children included."""
    home = os.environ["GROUNDSWELL_HOME"]
    total = 0.0
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "postgres" and (process.info["cwd"] or "").startswith(home):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


if __name__ == "__main__":
    main()

"""Networks: CPU and memory of storing Bluesky's posts, and a thousand accounts asked after again.

Run: python benchmarks/bench_connectors.py [--posts N] [--accounts N] [--sdk PYTHON]

Replies are generated in the form that the interface documents (`appview.py`) and recorded first.
*Stored* means all that the product does with them: parsed, staged, compared with what is known,
published with the cursor in transactions on a fresh home, quotas counted. CPU is that of the
process and of the database server together, on one core.

The refresh asks after each account by its own requests (profile and feed) from another process on
loopback that answers 50 ms late. Beside parsing stand two that parse the same replies: `json.loads`
with one Parquet file, which checks nothing and keeps no history, and the models of the `atproto`
SDK, when `--sdk` names the Python of an environment that has it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import appview
import measurements
import pyarrow as pa
import pyarrow.parquet as pq

BAR_CPU = 60.0
BAR_SECONDS = 60.0
BAR_GROWTH = 64.0
HERE = Path(__file__).parent
SDK = """
import json, pathlib, sys, time
from atproto import models
from atproto_client.models.utils import get_or_create
start = time.process_time()
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    body = json.loads(path.read_bytes())
    get_or_create(body, models.AppBskyFeedGetAuthorFeed.Response, strict=False)
print(time.process_time() - start)
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--sdk")
    given = parser.parse_args()
    results = measurements.Results(seed=0)
    with tempfile.TemporaryDirectory() as folder:
        replies = Path(folder)
        record(replies, given.posts // appview.POSTS_OF_EACH)
        few = child("store", "--posts", str(given.posts // 10), "--replies", folder)
        many = child("store", "--posts", str(given.posts), "--replies", folder)
        peers = {"json.loads and Parquet": naive(replies)}
        if given.sdk:
            done = subprocess.run(
                [given.sdk, "-c", SDK, folder], check=True, stdout=subprocess.PIPE
            )
            peers["atproto SDK's models"] = float(done.stdout)
    scale = 100_000 / given.posts
    results.note(
        "CPU to parse, stage and publish 100,000 posts",
        many["cpu"] * scale,
        "s",
        bar=BAR_CPU,
    )
    results.note(
        "CPU to parse them alone",
        many["parse_cpu"] * scale,
        "s",
        peers={name: seconds * scale for name, seconds in peers.items()},
    )
    results.note("of it by the database server", many["database_cpu"] * scale, "s")
    results.note("posts a minute and core", many["posts"] / many["cpu"] * 60, "posts")
    growth = many["peak_mib"] - few["peak_mib"]
    results.note("memory more for ten times as many posts", growth, "MiB", bar=BAR_GROWTH)
    results.note("memory at most", many["peak_mib"], "MiB")
    again = child("refresh", "--accounts", str(given.accounts))
    results.note(
        f"{given.accounts:,} accounts asked after, 50 ms away", again["seconds"], "s",
        bar=BAR_SECONDS,
    )  # fmt: skip
    results.note("requests of that", again["requests"], "requests")
    results.keep("connectors")


def record(folder: Path, accounts: int) -> None:
    """Write what every question will be answered."""
    view = appview.AppView(accounts, appview.POSTS_OF_EACH)
    for number in range(accounts):
        asked = {"actor": appview.did(number), "limit": appview.POSTS_OF_EACH}
        _, body = view.answer("app.bsky.feed.getAuthorFeed", asked)
        (folder / f"{number}.json").write_bytes(json.dumps(body).encode())


def naive(folder: Path) -> float:
    """CPU seconds of reading the replies and writing what they say, unchecked."""
    start = time.process_time()
    rows = [
        {"uri": entry["post"]["uri"], "text": entry["post"]["record"]["text"]}
        for path in sorted(folder.glob("*.json"))
        for entry in json.loads(path.read_bytes())["feed"]
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "naive.parquet")
    return time.process_time() - start


def child(part: str, *arguments: str) -> dict[str, Any]:
    """A part in a process and a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        done = subprocess.run(
            [sys.executable, HERE / "syncing_replies.py", part, *arguments],
            env=kept | {"GROUNDSWELL_HOME": home, "GROUNDSWELL_REACH_NETWORKS": "127.0.0.0/8"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()

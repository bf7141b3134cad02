"""One file of a million posts: time and memory of bringing it in, beside pandas reading it.

Run: python benchmarks/bench_import.py [--posts N] [--seed N]

The file has 75,000 authors on five platforms, captions, hashtags and counts in three spellings. The
import is the command itself on a fresh home; memory is summed over its processes without the
database server's. pandas reads the same file and writes it as Parquet, which checks nothing,
resolves no account and keeps no history: it is the floor, not a rival.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.csv

RESULTS = Path(__file__).parent / "results" / "import.json"
BAR_SECONDS = 180.0
BAR_MIB = 512.0
AUTHORS = 75_000
ROWS_AT_ONCE = 100_000
PLATFORMS = np.array(["instagram", "tiktok", "youtube", "x", "twitch"])
FORMATS = np.array(["reel", "video", "video", "text", "video"])
SPOKEN = """
trail mile morning coffee recipe city skin light budget travel garden game song craft ride water
winter summer little honest simple first last best quiet open early long
"""
WORDS = np.array(SPOKEN.split())
PEER = """
import sys, pandas
pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2])
"""


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "posts.csv"
        write_posts(file, given.posts, np.random.default_rng(given.seed))
        home = {"GROUNDSWELL_HOME": str(Path(folder) / "home")}
        groundswell = [sys.executable, "-m", "groundswell"]
        measured([*groundswell, "workspaces", "list", "--json"], home)
        first = measured([*groundswell, "import", "posts", str(file), "--json"], home)
        again = measured([*groundswell, "import", "posts", str(file), "--json"], home)
        peer = measured([sys.executable, "-c", PEER, str(file), f"{folder}/peer.parquet"], {})
    accounted(first, given.posts, unchanged=0)
    accounted(again, given.posts, unchanged=given.posts)
    results = [
        result("import", first.seconds, "s", BAR_SECONDS, peer.seconds, given.seed),
        result("import, CPU", first.cpu_seconds, "s", None, peer.cpu_seconds, given.seed),
        result(
            "memory beside the server", first.peak_mib, "MiB", BAR_MIB, peer.peak_mib, given.seed
        ),
        result("the same file again", again.seconds, "s", BAR_SECONDS, None, given.seed),
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")


def write_posts(path: Path, count: int, rng: np.random.Generator) -> None:
    options = pyarrow.csv.WriteOptions(include_header=False)
    with path.open("wb") as file:
        for start in range(0, count, ROWS_AT_ONCE):
            table = posts(np.arange(start, min(start + ROWS_AT_ONCE, count)), rng)
            if start == 0:
                file.write((",".join(table.column_names) + "\n").encode())
            pyarrow.csv.write_csv(table, file, options)


def posts(numbers: np.ndarray, rng: np.random.Generator) -> pa.Table:
    size = len(numbers)
    author = rng.integers(0, AUTHORS, size)
    published = np.datetime64("2025-01-01T00:00:00") + rng.integers(0, 300 * 86_400, size)
    views = np.exp(rng.normal(9, 2, size)).astype(int) + 1
    texts = WORDS[rng.integers(0, len(WORDS), (size, 12))]
    platform = author % len(PLATFORMS)
    return pa.table(
        {
            "platform": PLATFORMS[platform],
            "post_id": [f"p{number:09d}" for number in numbers],
            "account": [f"author.{number}" for number in author],
            "format": FORMATS[platform],
            "published_at": np.char.add(published.astype(str), "Z"),
            "text": [" ".join(words) + ", as promised #ad" for words in texts],
            "language": np.array(["en", "de", "pt"])[numbers % 3],
            "hashtags": [f"{words[0]} {words[1]}".replace(" ", "|") for words in texts],
            "duration_s": numbers % 200,
            "observed_at": np.full(size, "2026-01-15T00:00:00Z"),
            "views": [shown(count) for count in views],
            "likes": rng.binomial(views, 0.04),
            "comments": rng.binomial(views, 0.003),
            "shares": rng.binomial(views, 0.002),
            "saves": rng.binomial(views, 0.002),
        }
    )


def shown(count: int) -> str:
    """A count as sites show it."""
    for unit, letter in ((1_000_000, "M"), (1_000, "K")):
        if count >= unit:
            return f"{count / unit:.1f}{letter}"
    return str(count)


def measured(command: list[str], environment: dict[str, str]) -> Cost:
    """Run a command; its time, and the peak of the memory of all its processes together."""
    began = time.perf_counter()
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    process = subprocess.Popen(
        command,
        env=kept | environment,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
    )
    watch = Watch(process.pid)
    output, _ = process.communicate()
    watch.stop()
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Cost(time.perf_counter() - began, watch.cpu_seconds, watch.peak / 2**20, output)


class Watch(threading.Thread):
    """Looks every 50 ms at a process and those that it started, except the database server's."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._root = psutil.Process(pid)
        self._seen: dict[int, float] = {}
        self._over = threading.Event()
        self.start()

    @property
    def cpu_seconds(self) -> float:
        return sum(self._seen.values())

    def run(self) -> None:
        while not self._over.wait(0.05):
            self._look()

    def _look(self) -> None:
        resident = 0
        try:
            family = [self._root, *self._root.children(recursive=True)]
        except psutil.Error:
            return
        for process in family:
            try:
                if process.name().startswith(("postgres", "pg_ctl")):
                    continue
                resident += process.memory_info().rss
                used = process.cpu_times()
                self._seen[process.pid] = used.user + used.system
            except psutil.Error:
                continue
        self.peak = max(self.peak, resident)

    def stop(self) -> None:
        self._over.set()
        self.join()


def accounted(cost: Cost, posts: int, *, unchanged: int) -> None:
    [file] = json.loads(cost.output)["files"]
    found = (file["rows_read"], file["accepted"], file["rejected"], file["unchanged"])
    if found != (posts, posts, 0, unchanged):
        raise SystemExit(f"rows read, accepted, rejected, unchanged: {found}")


def result(
    name: str, value: float, unit: str, bar: float | None, peer: float | None, seed: int
) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "bar": bar,
        "peer": None if peer is None else "pandas.read_csv + to_parquet",
        "peer_value": None if peer is None else round(peer, 2),
        "ratio": None if peer is None else round(value / peer, 2),
        "ok": None if bar is None else value <= bar,
        "seed": seed,
    }


if __name__ == "__main__":
    main()

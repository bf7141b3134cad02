"""100,000 dollars on real audiences: one celebrity, one tier at a time, or the best plan.

Run: GROUNDSWELL_REAL_DATA=FOLDER python benchmarks/bench_celebrity.py [--channels N] [--seed N]

Channels of Twitch with the unique viewers of a month and the viewers that each pair shares
(twitch_audience_overlap; pairs below about 300 shared viewers are not listed). They are imported
into a home of their own as accounts, followers and overlaps, and `groundswell ways` compares. Real:
audiences and what pairs share. Modelled: what one stream gets (views per follower), its price
(published price of 1,000 views), whether creators sign and deliver, and overlaps beyond pairs.
"""

import argparse
import csv
import gzip
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measurements import RESULTS, Results

MONTH = "2021-02"
THRESHOLD = 300
BRIEF = """name = "One video or hundreds of creators"
objective = "reach"
budget = { amount = 100000, currency = "USD" }
start = 2027-03-01
end = 2027-04-11
goals = { views = 1500000 }
handling_cost = 40

[creators]
count = { max = 200 }
"""


def real(folder: Path, channels: int) -> tuple[list[tuple[str, int]], Iterator[tuple[str, ...]]]:
    """The largest channels by unique viewers, and pairs among them."""
    with (folder / f"viewers_{MONTH}.csv").open() as file:
        every = [(row["ID"], int(row["Count"])) for row in csv.DictReader(file)]
    largest = sorted(every, key=lambda each: (-each[1], each[0]))[:channels]
    names = {name for name, _ in largest}
    with gzip.open(folder / f"overlap_{MONTH}.csv.gz", "rt") as file:
        rows = [(row["Source"], row["Target"], row["Weight"]) for row in csv.DictReader(file)]
    return largest, (row for row in rows if row[0] in names and row[1] in names)


def write(path: Path, columns: str, rows: Any) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
    return path


def asked(home: Path, *arguments: Any) -> Any:
    """What a command answers."""
    program = Path(sys.executable).with_name("groundswell")
    done = subprocess.run(
        [program, *map(str, arguments), "--json"],
        env={**os.environ, "GROUNDSWELL_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def compared(folder: Path, channels: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        largest, pairs = real(folder, channels)
        seen = f"{MONTH}-28T00:00:00Z"
        accounts = (("twitch", name) for name, _ in largest)
        counts = (("twitch", name, seen, "import", viewers) for name, viewers in largest)
        shared = ((f"twitch:{a}", f"twitch:{b}", n, THRESHOLD, seen) for a, b, n in pairs)
        files = {
            "accounts": ("platform,handle", accounts),
            "account_observations": (
                "platform,account_handle,observed_at,source,followers", counts
            ),
            "overlaps": ("account_a,account_b,shared,threshold,observed_at", shared),
        }  # fmt: skip
        for kind, (columns, rows) in files.items():
            path = write(here / f"{kind}.csv", columns, rows)
            counted = asked(here / "home", "import", kind, path)["files"][0]
            print(f"{kind}: {counted['accepted']:,} of {counted['rows_read']:,} rows")
        brief = here / "brief.toml"
        brief.write_text(BRIEF)
        ways: list[dict[str, Any]] = asked(here / "home", "ways", brief)["ways"]
        return ways


def table(ways: list[dict[str, Any]]) -> None:
    for way in ways:
        if way["forecast"] is None:
            print(f"{way['label']}: {way['reason']}")
            continue
        reach = way["forecast"]["reach"]
        hit = way["hit_probability"]["before_signing"]["value"]
        print(
            f"{way['label']}: {way['creators']:,} creators, {way['spend']:,.0f} USD, reach "
            f"{reach['value']:,.0f} ({reach['low']:,.0f} to {reach['high']:,.0f}), views "
            f"{way['forecast']['views']['value']:,.0f}, {1_000 * way['cost_per']['reach']:,.2f} "
            f"USD per 1,000 reached, P(goals) {'-' if hit is None else f'{hit:.0%}'}, P(less than "
            f"half) {way['risk']['below_half']['value']:.0%}, largest line "
            f"{way['risk']['largest_line']:.0%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    root = os.environ.get("GROUNDSWELL_REAL_DATA")
    if not root:
        print("skipped: GROUNDSWELL_REAL_DATA names no folder with real data")
        return
    ways = compared(Path(root) / "twitch_audience_overlap", args.channels)
    table(ways)
    known = {way["name"]: way for way in ways if way["forecast"] is not None}
    results = Results(args.seed)
    best = known["this_plan"]["forecast"]["reach"]["value"]
    for name, way in itertools.islice(known.items(), 1, None):
        results.peer = name
        results.note(
            f"reach of the plan beside {name}", best, "people",
            floor=way["forecast"]["reach"]["value"] if way["keeps_minima"] else None,
            peer=way["forecast"]["reach"]["value"],
        )  # fmt: skip
    (RESULTS / "celebrity.json").write_text(json.dumps(results.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Runs the benchmarks, all or those named: `python scripts/bench.py [search embedded ...]`.

Ends with one table of every bar, and with 1 when a bar is missed or a benchmark broke. Where a
benchmark draws a world, its seed comes from the commit, so nobody can have chosen it. With
`--creators N` those that can be of any size are of that size.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent.parent / "benchmarks"


def seed() -> int:
    """The first 31 bits of the commit's hash."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=FOLDER, check=True, capture_output=True, text=True
    )
    return int(commit.stdout[:8], 16) >> 1


def run(script: Path, creators: int | None) -> list[dict[str, Any]]:
    """Run one benchmark; its results, or one failed line when it broke."""
    text, given = script.read_text("utf-8"), []
    if '"--seed"' in text:
        given += ["--seed", str(seed())]
    if creators is not None and '"--creators"' in text:
        given += ["--creators", str(creators)]
    done = subprocess.run([sys.executable, script, *given], check=False)
    name = script.stem.removeprefix("bench_")
    if done.returncode != 0:
        return [{"name": f"{name} broke", "value": done.returncode, "unit": "", "ok": False}]
    # Some keep the results of a million creators apart.
    kept = max((FOLDER / "results").glob(f"{name}*.json"), key=lambda path: path.stat().st_mtime)
    results: list[dict[str, Any]] = json.loads(kept.read_bytes())
    return [result | {"name": f"{name}: {result['name']}"} for result in results]


def table(results: list[dict[str, Any]]) -> Table:
    """Everything with a bar, as a person reads it."""
    shown = Table("", "measured", "bar", "peer", "", box=None)
    for each in results:
        shown.add_row(
            each["name"],
            f"{each['value']:g} {each['unit']}",
            _number(each.get("bar")),
            _beside(each),
            "[green]ok[/green]" if each["ok"] else "[red]MISSED[/red]",
        )
    return shown


def _beside(row: dict[str, Any]) -> str:
    """What others reached in the same run."""
    peers = row.get("peers") or ({row["peer"]: row["peer_value"]} if row.get("peer") else {})
    return ", ".join(f"{peer} {_number(value)}" for peer, value in peers.items())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; 1 when a bar is missed or a benchmark broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--creators", type=int)
    asked = parser.parse_args(arguments)
    scripts = [FOLDER / f"bench_{name}.py" for name in asked.names]
    scripts = scripts or sorted(FOLDER.glob("bench_*.py"))
    results = [result for script in scripts for result in run(script, asked.creators)]
    judged = [result for result in results if result["ok"] is not None]
    missed = [result["name"] for result in judged if not result["ok"]]
    Console().print(table(judged))
    print(f"{len(judged) - len(missed)} of {len(judged)} bars hold")
    if missed:
        print("missed:", ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

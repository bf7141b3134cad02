"""Runs the benchmarks, all or those named: `python scripts/bench.py [search embedded ...]`.

Where a benchmark draws a world, its seed comes from the commit, so nobody can have chosen it.
"""

import json
import subprocess
import sys
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


def run(script: Path) -> list[dict[str, Any]]:
    """Run one benchmark; its results, or one failed line when it broke."""
    drawn = ["--seed", str(seed())] if '"--seed"' in script.read_text("utf-8") else []
    done = subprocess.run([sys.executable, script, *drawn], check=False)
    name = script.stem.removeprefix("bench_")
    if done.returncode != 0:
        return [{"name": f"{name} broke", "value": done.returncode, "unit": "", "ok": False}]
    results: list[dict[str, Any]] = json.loads((FOLDER / "results" / f"{name}.json").read_bytes())
    return [result | {"name": f"{name}: {result['name']}"} for result in results]


def table(results: list[dict[str, Any]]) -> Table:
    """The results as a person reads them."""
    shown = Table("", "measured", "bar", "peer", "", box=None)
    marks = {True: "[green]holds[/green]", False: "[red]FAILS[/red]", None: ""}
    for each in results:
        shown.add_row(
            each["name"],
            f"{each['value']:g} {each['unit']}",
            _number(each.get("bar")),
            f"{_number(each.get('peer_value'))} {each.get('peer') or ''}",
            marks[each["ok"]],
        )
    return shown


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def main(names: list[str]) -> int:
    """Run them; 1 when a bar is missed or a benchmark broke."""
    scripts = [FOLDER / f"bench_{name}.py" for name in names] or sorted(FOLDER.glob("bench_*.py"))
    results = [result for script in scripts for result in run(script)]
    Console().print(table(results))
    return 1 if any(result["ok"] is False for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long the embedded server takes to come and go.

Run: python benchmarks/bench_embedded.py
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from groundswell.project import embedded

RESULTS = Path(__file__).parent / "results" / "embedded.json"
ROUNDS = 5


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def main() -> None:
    took: dict[str, list[float]] = {"first start": [], "warm start": [], "join": [], "stop": []}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            first, again, joining = (embedded.Server(Path(folder) / "home") for _ in range(3))
            took["first start"].append(seconds(first.acquire))
            first.release()
            took["warm start"].append(seconds(again.acquire))
            took["join"].append(seconds(joining.acquire))
            joining.release()
            took["stop"].append(seconds(again.release))
    bars = {"first start": 2.0, "warm start": 0.5, "join": None, "stop": None}
    results = [
        {
            "name": name,
            "value": round(statistics.median(values), 4),
            "unit": "s",
            "bar": bars[name],
            "peer": None,
            "peer_value": None,
            "ratio": None,
            "ok": None if bars[name] is None else statistics.median(values) <= bars[name],
            "seed": None,
        }
        for name, values in took.items()
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""What a benchmark measured: rows with their bars and peers, printed as they come."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_WARMING = 20


@dataclass
class Results:
    """Rows of a results file.

    Attributes:
        seed: Of everything that was drawn.
        peer: Who a row's ``peer`` was measured on.
        rows: What was noted.
    """

    seed: int
    peer: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        bar: float | None = None,
        floor: float | None = None,
        peer: float | None = None,
        peers: dict[str, float] | None = None,
    ) -> None:
        """One measurement, which shall be at most its bar or at least its floor."""
        is_ok = None if bar is None else bool(value <= bar)
        if floor is not None:
            is_ok = bool(value >= floor)
        theirs = peers or ({} if peer is None else {self.peer: peer})
        theirs = {each: round(reached, 3) for each, reached in theirs.items()}
        first = next(iter(theirs), None)
        row = {
            "name": name,
            "value": round(value, 3),
            "unit": unit,
            "bar": floor if bar is None else bar,
            "peer": ", ".join(theirs) or None,
            "peer_value": theirs[first] if first else None,
            "peers": theirs,
            "ratio": round(theirs[first] / value, 2) if first and value else None,
            "ok": is_ok,
            "seed": self.seed,
        }
        self.rows.append(row)
        verdict = {None: "", True: "ok", False: "MISSED"}[is_ok]
        against = "" if row["bar"] is None else f"bar {row['bar']:g}"
        beside = ", ".join(f"{each} {reached:g}" for each, reached in theirs.items())
        print(f"{name:52}{row['value']:10} {unit:9}{against:11}{verdict:8}{beside}", flush=True)

    def keep(self, name: str) -> None:
        """Write the rows where `scripts/bench.py` and the methods pages find them."""
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.json").write_text(json.dumps(self.rows, indent=2) + "\n", "utf-8")


def timed(
    run: Callable[[Any], Any],
    asked: list[Any],
    clock: Callable[[], float] = time.process_time,
) -> list[float]:
    """CPU milliseconds of each query, after an unmeasured start."""
    for query in asked[:_WARMING]:
        run(query)
    spent = []
    for query in asked:
        start = clock()
        run(query)
        spent.append((clock() - start) * 1e3)
    return spent

"""The runner of the benchmarks says which bar is missed."""

import json
from pathlib import Path

import pytest

from scripts import bench

_SCRIPT = """
import json, sys
from pathlib import Path
line = {{"name": "speed", "value": 2.0, "unit": "s", "bar": {bar}, "ok": {ok}}} | {{
    "seed": sys.argv[1:]
}}
(Path(__file__).parent / "results" / "a.json").write_text(json.dumps([line]))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(bench, "seed", lambda: 7)
    return tmp_path


@pytest.mark.parametrize(
    ("bar", "ok", "status"), [(3.0, True, 0), (1.0, False, 1), (None, None, 0)]
)
def test_a_missed_bar_fails(folder: Path, bar: float | None, ok: bool | None, status: int) -> None:
    (folder / "bench_a.py").write_text(_SCRIPT.format(bar=bar, ok=ok))
    assert bench.main([]) == status


def test_a_benchmark_that_breaks_fails(folder: Path) -> None:
    (folder / "bench_a.py").write_text("raise SystemExit(3)")
    assert bench.main(["a"]) == 1


def test_a_benchmark_that_draws_gets_the_seed_of_the_commit(folder: Path) -> None:
    (folder / "bench_a.py").write_text(_SCRIPT.format(bar=None, ok=None) + '# takes "--seed"\n')
    bench.main(["a"])
    (line,) = json.loads((folder / "results" / "a.json").read_text())
    assert line["seed"] == ["--seed", "7"]

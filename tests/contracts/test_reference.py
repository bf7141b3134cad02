"""The reference says what the code does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import reference

_SOURCE = Path(__file__).parents[2] / "src"


def test_the_reference_is_what_the_code_says_today() -> None:
    assert reference.stale() == []


def test_asking_for_the_reference_makes_no_home_and_no_keys(tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, reference.__file__, "--check"],
        env=os.environ | {"GROUNDSWELL_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert asked.stderr == ""
    assert not (tmp_path / "home").exists()


def test_every_variable_that_the_code_reads_is_in_the_reference() -> None:
    read = re.compile(r"""environ(?:\.get\(|\[)["']([A-Z_]+)["']|envvar=["']([A-Z_]+)["']""")
    found = {
        name
        for path in _SOURCE.rglob("*.py")
        for names in read.findall(path.read_text("utf-8"))
        for name in names
        if name
    }
    pages = reference.pages()
    said = pages["settings.md"] + pages["commands.md"]
    assert "GROUNDSWELL_HOME" in found
    assert {name for name in found if f"`{name}`" not in said} == set()


def test_a_page_that_nothing_writes_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    reference.main([])
    assert reference.main(["--check"]) == 0
    (tmp_path / "gone.md").write_text("of yesterday")
    (tmp_path / "tables.md").write_text("of yesterday")
    assert reference.stale() == ["gone.md", "tables.md"]
    assert reference.main(["--check"]) == 1
    reference.main([])
    assert {path.name for path in tmp_path.iterdir()} == set(reference.pages())


def test_signs_that_draw_a_table_are_escaped() -> None:
    assert reference._table("a", rows=[("x|y\n z",)]) == "| a |\n| --- |\n| x\\|y z |"

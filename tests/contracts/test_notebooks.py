"""Notebooks print what they say, and need neither a database nor Django."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import notebook

_RUN = """
import sys
from scripts import notebook
status = notebook.main(["--check"])
heavy = {"django", "psycopg"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else status)
"""


def test_the_tutorials_print_what_they_say_without_a_database():
    root = Path(notebook.__file__).parent.parent

    done = subprocess.run([sys.executable, "-c", _RUN], cwd=root, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_a_notebook_that_says_something_else_is_found_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(notebook, "FOLDER", tmp_path)
    cell = {"cell_type": "code", "source": ["print(1 + 1)"], "outputs": [], "execution_count": None}
    path = tmp_path / "sum.ipynb"
    path.write_text(json.dumps({"cells": [cell, {"cell_type": "markdown", "source": ["Two."]}]}))

    assert notebook.main(["--check"]) == 1
    assert notebook.main([]) == 0
    assert notebook.main(["--check"]) == 0
    said = json.loads(path.read_text())["cells"][0]
    assert (said["execution_count"], said["outputs"][0]["text"]) == (1, ["2\n"])

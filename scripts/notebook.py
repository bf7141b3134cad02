"""Runs the notebooks of docs/tutorial and keeps what they print: `python scripts/notebook.py`.

With --check nothing is written, and 1 is returned when a notebook prints something else than it
says. Cells run in order in one namespace, without a database or a running Jupyter.
"""

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "docs" / "tutorial"


def ran(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with what its cells print now.

    Raises:
        Exception: Whatever a cell raises.
    """
    names: dict[str, Any] = {"__name__": "__notebook__"}
    cells, count = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        count += 1
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec("".join(cell["source"]), names)  # noqa: S102 - our own cells
        text = said.getvalue().splitlines(keepends=True)
        output = {"output_type": "stream", "name": "stdout", "text": text}
        cells.append(cell | {"execution_count": count, "outputs": [output] if text else []})
    return notebook | {"cells": cells}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all of them; 1 when one says what is no longer so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    stale = []
    for path in sorted(FOLDER.glob("*.ipynb")):
        before = path.read_text("utf-8")
        after = json.dumps(ran(json.loads(before)), indent=1, ensure_ascii=False) + "\n"
        if after == before:
            continue
        stale.append(path.name)
        if not asked.check:
            path.write_text(after, "utf-8")
    if stale and asked.check:
        print("print something else than they say:", ", ".join(stale))
        print("run: python scripts/notebook.py")
    return 1 if stale and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())

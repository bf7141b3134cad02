"""Draw a command's output as a picture for the README.

`python scripts/picture.py docs/pictures/demo.svg groundswell demo`.
"""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

_WIDTH = 110


def draw(printed: str, title: str) -> str:
    """An SVG of what a terminal showed."""
    console = Console(record=True, width=_WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(printed))
    # The template would fetch its font from a server; the reader's own monospace font will do.
    return re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title=title), flags=re.DOTALL)


def main(target: Path, command: list[str]) -> None:
    """Run the command and write the picture of what it printed."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(_WIDTH)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    title = " ".join(Path(word).name if "/" in word else word for word in command)
    target.write_text(draw(done.stdout, title), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

"""Where Groundswell keeps its data."""

from collections.abc import Mapping
from pathlib import Path
import os


def locate(environ: Mapping[str, str]) -> Path:
    """The home folder: ``GROUNDSWELL_HOME``, else the system's place for the user's data."""
    chosen = environ.get("GROUNDSWELL_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/groundswell")
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "groundswell"


def prepare(path: Path) -> None:
    """Make the home and its folders, closed to others."""
    for folder in (path, path / "keys", path / "workspaces"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

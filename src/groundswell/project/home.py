"""Where Groundswell keeps its data."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from groundswell.terms.errors import Refusal


class UnusableHome(Refusal):
    """The home folder can't hold Groundswell's data safely."""

    code = "unusable_home"


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
    """Make the home and its folders, closed to others.

    A home that exists keeps its mode: it may be a folder that serves others too. What is inside
    is closed in any case.

    Raises:
        UnusableHome: When it can't be made, or others could put things in our folders' place.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (path, path / "keys", path / "workspaces"):
            folder.mkdir(mode=0o700, exist_ok=True)
            _check(folder)
    except OSError as error:
        raise UnusableHome(
            f"the folder {error.filename} can't be made or used ({error.strerror}); "
            "set GROUNDSWELL_HOME to a folder of your own"
        ) from error
    for folder in (path / "keys", path / "workspaces"):
        folder.chmod(0o700)


def _check(folder: Path) -> None:
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise UnusableHome(
            f"{folder} belongs to user id {found.st_uid}, and this process runs as "
            f"{os.geteuid()}; run as its owner, or set GROUNDSWELL_HOME to a folder of your own"
        )
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        raise UnusableHome(
            f"every user of this machine may replace what is in {folder}; "
            f"close it with `chmod o-w {folder}`, or set GROUNDSWELL_HOME to another folder"
        )

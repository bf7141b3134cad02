"""What the command line may do with the installation as a whole.

Each loads what it takes when it is asked: a search should not wait for the backup's libraries.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from groundswell.workspaces import clock


class Here:
    """The installation that the environment names."""

    def serve(self, *, announce: Callable[[str], None], **how: Any) -> None:
        """Keep everything running until told to stop."""
        supervisor: Any = _loaded("supervisor")
        supervisor.serve(supervisor.Serving(**how), announce=announce)

    def serve_aside(self, *, port: int) -> AbstractContextManager[Any]:
        """Run the console as a program beside this one."""
        aside: AbstractContextManager[Any] = _loaded("aside").serving(port=port)
        return aside

    def back_up(self, to: Path, *, key_to: Path | None, keep: int | None) -> dict[str, Any]:
        """Write a backup; returns what is in it."""
        made: dict[str, Any] = _loaded("backup").take(to, key_to=key_to, keep=keep, now=clock.now())
        return made

    def verify(self, archive: Path | None) -> dict[str, Any]:
        """Check a backup, or the installation itself."""
        verifying: Any = _loaded("verifying")
        with nullcontext() if archive else _loaded("opening").open_database():
            found: dict[str, Any] = verifying.of_archive(archive) if archive else verifying.here()
        return found

    def restore(self, archive: Path, *, key: Path | None, replace: bool) -> dict[str, Any]:
        """Bring a backup back; returns what was in it."""
        found: dict[str, Any] = _loaded("restore").bring_back(
            archive, key=key, replace=replace, now=clock.now()
        )
        return found


def _loaded(name: str) -> Any:
    return import_module(f"groundswell.project.{name}")

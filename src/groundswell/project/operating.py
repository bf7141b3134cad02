"""What the command line may do with the installation as a whole."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from groundswell.project import aside, supervisor
from groundswell.project.supervisor import Serving


class Here:
    """The installation that the environment names."""

    def serve(self, *, announce: Callable[[str], None], **how: Any) -> None:
        """Keep everything running until told to stop."""
        supervisor.serve(Serving(**how), announce=announce)

    def serve_aside(self, *, port: int) -> AbstractContextManager[aside.Console]:
        """Run the console as a program beside this one."""
        return aside.serving(port=port)

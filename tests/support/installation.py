"""A whole installation in a folder: its own embedded server, driven from outside by processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundswell.project import embedded
from tests.support.forking import nursery

PROLOGUE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "groundswell.project.settings"
import django
django.setup()
"""


@dataclass(frozen=True)
class Installation:
    """Runs the command line, or a script, against a home folder of its own."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        return kept | {"GROUNDSWELL_HOME": str(self.home), "COLUMNS": "120"}

    def run(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """``groundswell ARGUMENTS``; fails the test when the exit status differs."""
        done = nursery().run(["groundswell", *arguments], self.environment)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stderr}"
        return done

    def json(self, *arguments: str, expect: int = 0) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.run(*arguments, "--json", expect=expect).stdout)

    def command(self, *arguments: str) -> list[str]:
        """The command as a list, for tests that start or kill it themselves."""
        return [sys.executable, "-m", "groundswell", *arguments]

    def start_script(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        """A Python script inside this installation, running on its own."""
        command = [sys.executable, "-c", PROLOGUE + script, *arguments]
        return subprocess.Popen(command, env=self.environment, text=True, stdout=subprocess.PIPE)


def migrate(home: Path) -> None:
    """Make a home whose database has all tables and no rows."""
    script = "from groundswell.project import opening\nwith opening.open_database(): pass"
    process = Installation(home).start_script(script)
    process.communicate()
    assert process.returncode == 0


def copied(migrated: Path, home: Path) -> Installation:
    """An installation that begins with the tables of another one: to make them takes seconds."""
    home.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(migrated), str(home)], check=True)
    return Installation(home)


@contextmanager
def running(migrated: Path, home: Path) -> Iterator[Installation]:
    """The same, with its server up: commands find it running, and leave it."""
    installation = copied(migrated, home)
    with embedded.server(home):
        yield installation

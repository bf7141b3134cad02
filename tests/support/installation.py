"""A whole installation in a folder: its own embedded server, driven from outside by processes."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True
        )
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

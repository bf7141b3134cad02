"""How the database's address is read, and what is said when nothing answers there."""

import json
import subprocess

from tests.support.installation import Installation


def test_a_database_that_does_not_answer_is_a_refusal(tmp_path):
    installation = Installation(tmp_path / "home")
    nowhere = {"DATABASE_URL": "postgresql://anna:secret@127.0.0.1:1/groundswell"}

    done = subprocess.run(
        installation.command("workspaces", "list", "--json"),
        env=installation.environment | nowhere,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "database_unreachable"
    assert "check DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr

"""A program that waits for an answer gets one document, whatever happened."""

import json
from contextlib import nullcontext

import pytest

from groundswell.connectors.actions.settling import LeftAlone, NotRead
from groundswell.interfaces.cli import app
from groundswell.interfaces.cli import frame as frames


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (KeyError("a mistake of ours"), 1, "failed"),
        (OSError(28, "No space left on device"), 1, "failed"),
        (LeftAlone("asked again later"), 1, "connection_left_alone"),
        (NotRead("resume it first"), 2, "connection_not_read"),
    ],
)
def test_a_command_that_fails_answers_in_one_document(
    error: Exception,
    status: int,
    code: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(frames, "session", fail)

    assert app.run(["connections", "list", "--json"], open_database=nullcontext) == status
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code

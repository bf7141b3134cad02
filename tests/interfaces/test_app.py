"""Who stops a command is told in one line what is left of it."""

import json
import signal
from contextlib import nullcontext

import pytest

from groundswell.interfaces.cli import app
from groundswell.interfaces.cli import frame as frames


def _stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (("connect", "bluesky", "--search", "trail"), "what was read is kept"),
        (("import", "accounts", __file__), "goes on where it stopped"),
        (("workspaces", "list"), "begins anew"),
    ],
)
def test_a_command_that_is_stopped_says_what_is_left(
    arguments: tuple[str, ...],
    left: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frames, "session", _stop)

    status = app.run(arguments, open_database=nullcontext)

    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (130, "", 1)
    assert err.startswith("stopped: ")
    assert left in err


def test_what_a_library_makes_of_being_stopped_is_no_mistake(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    monkeypatch.setattr(frames, "session", interrupted)
    # Whoever started the tests in the background had signals of the keyboard ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = app.run(["workspaces", "list"], open_database=nullcontext)
        after = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert (status, after) == (130, signal.default_int_handler)
    assert capsys.readouterr().err.startswith("stopped: ")


def test_a_program_is_told_so_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "session", _stop)

    status = app.run(["connections", "list", "--json"], open_database=nullcontext)

    assert status == 130
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "stopped"

"""The program's first moments: what an interrupt finds before a command has begun."""

import signal
import sys

import pytest

from groundswell.interfaces.cli import app
from groundswell.project import main


@pytest.fixture
def handlers(monkeypatch):
    """Handlers of interrupts while the program loads, and while its command runs."""
    seen = []

    def note(*arguments, **options):
        seen.append(signal.getsignal(signal.SIGINT))
        return 0

    monkeypatch.setattr("django.setup", note)
    monkeypatch.setattr(app, "run", note)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield seen
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("found", "loading"),
    [(signal.default_int_handler, signal.SIG_DFL), (signal.SIG_IGN, signal.SIG_IGN)],
)
def test_an_interrupt_while_loading_ends_the_program_without_a_traceback(handlers, found, loading):
    signal.signal(signal.SIGINT, found)

    with pytest.raises(SystemExit):
        main.main()

    assert handlers == [loading, found]

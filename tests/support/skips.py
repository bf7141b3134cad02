"""Under CI a test that is skipped and not on the list has failed: nobody would look for it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_LIST = Path(__file__).parents[1] / "allowed_skips.txt"


def allowed() -> set[str]:
    """The tests that may be skipped, by name."""
    lines = (line.partition("#")[0].strip() for line in _LIST.read_text("utf-8").splitlines())
    return {line for line in lines if line}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Turn an unlisted skip into a failure."""
    report = yield
    _judge(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[Any]:
    """The same for a module that skips itself."""
    report = yield
    _judge(report, collector.nodeid)
    return report


def _judge(report: Any, name: str) -> None:
    if not os.environ.get("CI") or not report.skipped or hasattr(report, "wasxfail"):
        return
    if name.partition("[")[0] not in allowed():
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped and isn't in {_LIST.name}: {reason}"

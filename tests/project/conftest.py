"""Fixtures of the tests of the embedded server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundswell.project import embedded


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that isn't there yet."""
    return tmp_path / "home"


@pytest.fixture(scope="module")
def embedded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running embedded server; also when the tests use another database."""
    with embedded.server(tmp_path_factory.mktemp("embedded")) as url:
        yield url

"""The internet of a test."""

from collections.abc import Iterator

import pytest

from tests.egress.internet import Internet, everybody


@pytest.fixture
def internet(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """Everybody answers that it is them."""
    with everybody(monkeypatch) as made:
        yield made

"""The small market of the tests of planning, for pages that need creators to plan with."""

from tests.planning.conftest import bring, market

__all__ = ["bring", "market"]

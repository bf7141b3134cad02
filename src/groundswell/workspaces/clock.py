"""The one clock: entry points read it and pass ``now`` down."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock that the rule sends everybody to

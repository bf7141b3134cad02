"""Limits on how often something may be tried: exact, whoever counts at the same time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from groundswell.terms.errors import Refusal
from groundswell.workspaces import access

# One statement counts and decides, so parallel tries can't slip between a read and a write.
_COUNT = """
INSERT INTO people_ratecount AS c (key, window_ends_at, tries)
VALUES (%(key)s, %(ends)s, %(weight)s)
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN c.window_ends_at <= %(now)s THEN %(weight)s
                 ELSE least(c.tries + %(weight)s, 1000000000) END,
    window_ends_at = CASE WHEN c.window_ends_at <= %(now)s THEN excluded.window_ends_at
                          ELSE c.window_ends_at END
RETURNING tries, window_ends_at
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds."""

    name: str
    tries: int
    seconds: int


INVITATIONS = Limit("invitations of this workspace", tries=100, seconds=86_400)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands within a limit."""

    limit: Limit
    left: int
    resets_at: datetime


class TooOften(Refusal):
    """The limit is used up."""

    code = "too_often"

    def __init__(self, limit: Limit, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"{limit.name}: {limit.tries} in {limit.seconds} seconds are the limit; "
            f"try again in {retry_after} seconds"
        )


def count(limit: Limit, subject: str, *, now: datetime, weight: int = 1) -> Standing:
    """Count one try of a subject, such as an address or a token.

    Runs outside a workspace, as the tables' owner, so that a refused request is counted too.

    Raises:
        TooOften: When the limit was reached before.
    """
    return _standing(limit, *_tried(limit, subject, now, weight), now)


def count_inside(limit: Limit, subject: str, *, now: datetime) -> Standing:
    """The same inside a workspace, for what counts only when it is done.

    Raises:
        TooOften: When the limit was reached before.
    """
    with access.as_owner():
        found = _tried(limit, subject, now, 1)
    return _standing(limit, *found, now)


def _tried(limit: Limit, subject: str, now: datetime, weight: int) -> tuple[int, datetime]:
    key = hashlib.sha256(f"{limit.name}|{limit.seconds}|{subject}".encode()).hexdigest()
    ends = now + timedelta(seconds=limit.seconds)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "ends": ends, "now": now, "weight": weight})
        tries, window_ends_at = cursor.fetchone()
    return tries, window_ends_at


def _standing(limit: Limit, tries: int, ends: datetime, now: datetime) -> Standing:
    if tries > limit.tries:
        raise TooOften(limit, retry_after=max(1, round((ends - now).total_seconds())))
    return Standing(limit, limit.tries - tries, ends)


def sweep(*, now: datetime) -> int:
    """Forget the counts of windows that are over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_ratecount WHERE window_ends_at <= %s", [now])
        return int(cursor.rowcount)

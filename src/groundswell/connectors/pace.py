"""How soon an account is asked after again, by how fast it changes, and when to try once more."""

from datetime import timedelta

SHORTEST = timedelta(hours=6)
LONGEST = timedelta(days=14)
FIRST = timedelta(days=1)  # while nothing is known of an account's pace
_NEWS_SHARE = 0.01  # followers gained or lost that are worth looking at
_FIRST_TRY = timedelta(minutes=5)
_LAST_TRY = timedelta(hours=6)


def every(
    *, posts_per_day: float | None, change_per_day: float | None, keeps: timedelta | None = None
) -> timedelta:
    """The time in which one new post, or one percent of the followers, can be expected.

    Args:
        posts_per_day: How often the account publishes; None when that isn't known.
        change_per_day: Share of the followers that it gains or loses in a day; likewise.
        keeps: For how long the network lets data be kept without reading it again.

    Returns:
        Between ``SHORTEST`` and ``LONGEST``, and at most half of ``keeps``.
    """
    if posts_per_day is None and change_per_day is None:
        wanted = FIRST
    else:
        rate = max(posts_per_day or 0.0, abs(change_per_day or 0.0) / _NEWS_SHARE)
        wanted = timedelta(days=1) / rate if rate > 1 / LONGEST.days else LONGEST
    wanted = min(max(wanted, SHORTEST), LONGEST)
    return wanted if keeps is None else min(wanted, keeps / 2)


def again(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return min(_FIRST_TRY * float(2 ** min(max(failures - 1, 0), 10)), _LAST_TRY)

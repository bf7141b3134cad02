"""Where the figures behind a scorecard come from, for the creator whom they are about."""

from dataclasses import dataclass
from datetime import datetime

from groundswell.creators.models import Account
from groundswell.vetting import portraits


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of figure, whence it came, and when the last one was seen."""

    what: str
    source: str
    at: datetime


def of(account: Account, *, now: datetime) -> list[Source]:
    """Sources of follower counts and audience shares, each with its newest figure."""
    found = portraits.portrait(account, now=now)
    seen = [("followers", count.source, count.at) for count in found.counts]
    seen += [
        (f"audience by {dimension}", part.source, part.at)
        for dimension, parts in found.audience.items()
        for part in parts
    ]
    newest: dict[tuple[str, str], datetime] = {}
    for what, source, at in seen:
        newest[what, source] = max(at, newest.get((what, source), at))
    return [Source(what, source, at) for (what, source), at in sorted(newest.items())]

"""How near a Graph server is to its limits, as the headers of its replies say."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from groundswell.terms.exchange import Reply

_LONGEST = 86_400.0
_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_REGAIN = "estimated_time_to_regain_access"  # minutes


def usage_of(reply: Reply) -> tuple[float, float]:
    """How much of a limit is used, in percent, and the seconds until there is room again."""
    used, regain = 0.0, 0.0
    for name in _HEADERS:
        for limit in _limits(reply.headers.get(name, "")):
            shares = (limit.get(key) for key in ("call_count", "total_cputime", "total_time"))
            used = max([used, *map(_positive, shares)])
            regain = max(regain, _positive(limit.get(_REGAIN)) * 60)
    return used, min(regain, _LONGEST)


def _limits(header: str) -> Iterator[Mapping[str, Any]]:
    try:
        found = json.loads(header) if header else {}
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    yield found
    for limits in found.values():  # by business: one entry for each kind of use
        if isinstance(limits, list):
            yield from (limit for limit in limits if isinstance(limit, dict))


def _positive(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        return 0.0
    return float(value)

"""How a network says no: what may be asked again later, and what somebody has to mend first."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from groundswell.terms.exchange import ExchangeFailed, Reply

_LONGEST_WAIT = 31 * 86_400.0
_SHOWN = 300
_BUCKET = re.compile(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)  # used, and all: 39/40
_TILL_ROOM = 1.0
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)  # Shopify says 2.0


class Throttled(ExchangeFailed):
    """Too many requests for the moment."""

    code = "network_throttled"
    is_retriable = True


class Unavailable(ExchangeFailed):
    """The network fails, answers with a page for people, or breaks off."""

    code = "network_unavailable"
    is_retriable = True


class LoginExpired(ExchangeFailed):
    """The credentials are not taken any more."""

    code = "network_login_expired"


class NotPermitted(ExchangeFailed):
    """The credentials don't cover what was asked, or don't any more."""

    code = "network_not_permitted"


class NotFound(ExchangeFailed):
    """What was asked for is not there, or not for us."""

    code = "network_not_found"


class Misasked(ExchangeFailed):
    """The network takes the request for wrong."""

    code = "network_refused_request"


class Changed(ExchangeFailed):
    """The reply has another form than the interface describes."""

    code = "network_changed"


class NotUsed(ExchangeFailed):
    """A sound reply with nothing in it that is kept here."""

    code = "network_reply_not_used"


class QuotaSpent(ExchangeFailed):
    """Nothing is left of a quota until its window ends."""

    code = "network_quota_spent"
    is_retriable = True


def check(reply: Reply, *, of: str, now: datetime, said: str = "") -> None:
    """Pass a reply that says it worked.

    Args:
        reply: What came.
        of: The network's name, for messages.
        now: This moment; a server may say until when to wait.
        said: The network's own words for the error, where the caller has read them.

    Raises:
        ExchangeFailed: Of the kind that the status tells.
    """
    if 200 <= reply.status < 300:
        return
    words = f" ({said[:_SHOWN]})" if said else ""
    if reply.status == 429:
        raise Throttled(
            f"{of} asks for fewer requests{words}; the sync goes on by itself when the network "
            "takes them again",
            after=wait_of(reply, now=now),
        )
    if reply.status >= 500 or reply.status in {408, 425}:
        raise Unavailable(
            f"{of} answered with status {reply.status}{words}; it will be asked again by itself",
            after=wait_of(reply, now=now),
        )
    if reply.status == 401:
        raise LoginExpired(f"{of} does not take the login any more{words}: connect it again")
    if reply.status == 403:
        raise NotPermitted(
            f"{of} does not allow this with the permissions given{words}: connect it again and "
            "allow what is asked for"
        )
    if reply.status in {404, 410}:
        raise NotFound(f"{of} does not have what was asked for{words}: check the name")
    raise Misasked(f"{of} refused the request with status {reply.status}{words}")


def wait_of(reply: Reply, *, now: datetime) -> float | None:
    """Seconds until the server wants to be asked again, at most a month; None if it doesn't say.

    Reads ``Retry-After`` in seconds or as a date. Where requests were too many or none is left, it
    reads ``RateLimit-Reset`` and its relatives too: in seconds, as seconds since 1970, or as an
    ISO date. Servers send those with every reply, and to one that fails they have nothing to say.
    """
    names = ["retry-after"]
    if reply.status == 429 or is_spent(reply):
        names += ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"]
    for name in names:
        seconds = _seconds(reply.headers.get(name, "").strip(), now=now)
        if seconds is not None:
            return min(max(seconds, 0.0), _LONGEST_WAIT)
    return _TILL_ROOM if _is_full(reply) else None


def is_spent(reply: Reply) -> bool:
    """Whether the server says that it takes no further request for now."""
    names = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
    return _is_full(reply) or any(reply.headers.get(name, "").strip() == "0" for name in names)


def _is_full(reply: Reply) -> bool:
    """Whether Shopify's bucket of requests is full, out of which two flow each second."""
    told = _BUCKET.fullmatch(reply.headers.get("x-shopify-shop-api-call-limit", "").strip())
    return told is not None and int(told[1]) >= int(told[2])


def _seconds(text: str, *, now: datetime) -> float | None:
    if _NUMBER.fullmatch(text):
        number = float(text)
        # A number of today's size is a moment, a small one a time to wait.
        return number - now.timestamp() if number > 1e9 else number
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError, OverflowError):
            continue
        if moment.tzinfo is not None:
            return (moment - now).total_seconds()
    return None

"""Who a request comes from: a token or a session, each within its limit."""

from typing import Any

from ninja.utils import check_csrf

from groundswell.interfaces.http.desk import Caller
from groundswell.people.actions import limits, tokens
from groundswell.people.actions.limits import Limit
from groundswell.people.actions.tokens import BadToken
from groundswell.terms.errors import Refusal

PER_TOKEN = Limit("requests with this token", tries=600, seconds=60)
PER_PERSON = Limit("requests of this person", tries=600, seconds=60)
PER_STRANGER = Limit("requests without a valid token from your network", tries=60, seconds=60)
_SAFE = {"GET", "HEAD", "OPTIONS"}


class NotSignedIn(Refusal):
    """A request that says nothing of who sends it."""

    code = "not_signed_in"


class StaleForm(Refusal):
    """A browser's request without its CSRF token."""

    code = "stale_form"


def enter(request: Any) -> Caller:
    """Find the caller, and count the request.

    Raises:
        NotSignedIn: When there is neither a token nor a session.
        BadToken: When the token opens nothing.
        StaleForm: When a session writes without its CSRF token.
        TooOften: When the limit is used up.
    """
    try:
        caller = _caller(request)
    except (NotSignedIn, BadToken):
        limits.count(PER_STRANGER, request.META["REMOTE_ADDR"], now=request.now)
        raise
    request.caller = caller
    limit = PER_PERSON if caller.token is None else PER_TOKEN
    request.standing = limits.count(limit, identity(caller), now=request.now)
    return caller


def identity(caller: Caller) -> str:
    """What tells a caller from every other."""
    if caller.token is None:
        return f"person:{caller.person.pk}"
    return f"token:{caller.token.id}"


def _caller(request: Any) -> Caller:
    said = request.headers.get("Authorization")
    if said is not None:
        kind, _, secret = said.partition(" ")
        if kind.lower() != "bearer":
            raise NotSignedIn(
                f"can't sign in by {kind[:20]!r}: send 'Authorization: Bearer gsw_...'"
            )
        token, role = tokens.find(secret.strip(), now=request.now)
        return Caller(token.person, token, role)
    if not request.user.is_authenticated:
        raise NotSignedIn(
            "send a token as 'Authorization: Bearer gsw_...': make one under Settings, Tokens"
        )
    if request.method not in _SAFE and check_csrf(request):
        raise StaleForm(
            "a session needs its CSRF token to write: send it as X-CSRFToken, or use a token"
        )
    return Caller(request.user)

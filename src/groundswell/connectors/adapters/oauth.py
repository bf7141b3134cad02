"""OAuth 2.0 with PKCE, as far as it is texts: addresses, forms, and what a network answers."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from oauthlib.oauth2 import InsecureTransportError, WebApplicationClient

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.network import OAuth, bearer
from groundswell.connectors.adapters.networks.pages import storable
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import ExchangeFailed, Fetch, Reply, Request

VERIFIER = 64  # characters, of 43 to 128 that RFC 7636 allows
_FORM = "application/x-www-form-urlencoded"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,8192}")  # what a header can carry, and no more
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")
_LONGEST_LIFE = 10 * 365 * 86_400  # seconds
_SHOWN = 200


class AppNotTaken(ExchangeFailed):
    """The network does not know the application, or not with this secret."""

    code = "network_app_not_taken"


class BadSigned(Refusal, ValueError):
    """A signed request that the network did not sign."""

    code = "bad_signed_request"


class InsecureNetwork(Refusal, ValueError):
    """A server that would be asked for permission without TLS."""

    code = "insecure_network"


@dataclass(frozen=True, slots=True)
class App:
    """The application as which a workspace asks a network."""

    id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a network gave out after its owner agreed.

    Attributes:
        access: Signs requests.
        granted: Scopes that it covers.
        refresh: Brings the next one; None where there is none.
        expires_at: When it ends; None when the network didn't say.
        own_id: The owner's id on the network, where it came along.
        login: Who agreed, where that is not the account that is read.
    """

    access: str = field(repr=False)
    granted: frozenset[str] = frozenset()
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    own_id: str | None = None
    login: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For sealing."""
        return {
            "access": self.access,
            "granted": sorted(self.granted),
            "refresh": self.refresh,
            "expires_at": self.expires_at and self.expires_at.isoformat(),
            "own_id": self.own_id,
            "login": self.login,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What was sealed."""
        ends = kept["expires_at"]
        return cls(
            kept["access"],
            frozenset(kept["granted"]),
            kept["refresh"],
            datetime.fromisoformat(ends) if ends else None,
            kept["own_id"],
            kept.get("login"),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for permission, the same when its owner leaves and comes back.

    Attributes:
        oauth: How the network wants to be asked.
        app: As which application.
        name: The network's, for messages.
        server: Of the connection.
        back: Our address that the network sends its owner back to.
        scopes: What is asked for.
    """

    oauth: OAuth
    app: App
    name: str
    server: str
    back: str
    scopes: tuple[str, ...]


def verifier() -> str:
    """A fresh secret that ties the code to whoever asked for it."""
    return str(WebApplicationClient("").create_code_verifier(VERIFIER))


def departure(asked: Asked, *, state: str, code_verifier: str) -> str:
    """The network's page on which the owner agrees, with everything that it must know.

    Raises:
        InsecureNetwork: When the page would be asked for without TLS.
    """
    client, oauth = WebApplicationClient(asked.app.id), asked.oauth
    page = _placed(oauth.authorize_url, asked)
    try:
        found = str(
            client.prepare_request_uri(
                page,
                redirect_uri=asked.back,
                scope=oauth.scope_mark.join(asked.scopes),
                state=state,
                code_challenge=client.create_code_challenge(code_verifier, "S256"),
                code_challenge_method="S256",
                **oauth.more,
            )
        )
    except InsecureTransportError:
        raise _insecure(page) from None
    return found.replace("client_id=", f"{oauth.id_name}=", 1)


def exchanged(
    fetch: Fetch, asked: Asked, *, code: str, code_verifier: str, now: datetime
) -> Tokens:
    """The tokens for a code; made to last where the network has a way to.

    Raises:
        AppNotTaken: When the application's id or secret is wrong.
        ExchangeFailed: When the network gives none.
    """
    form = {"code": code, "redirect_uri": asked.back, "code_verifier": code_verifier}
    reply = fetch(_granting(asked, "authorization_code", form))
    tokens = _tokens(reply, asked, hidden=(code, code_verifier), now=now)
    longer = asked.oauth.longer
    if longer is not None:
        credentials = {"client_id": asked.app.id, "client_secret": asked.app.secret}
        tokens = _longer(fetch, asked, (longer.url, longer.grant), credentials, tokens, now)
    return replace(tokens, login=_login(fetch, asked, tokens))


def refreshed(fetch: Fetch, asked: Asked, tokens: Tokens, *, now: datetime) -> Tokens | None:
    """Tokens that follow; None where the network has no way but to ask the owner again.

    Raises:
        LoginExpired: When the permission is gone.
        ExchangeFailed: When the network gives none.
    """
    longer = asked.oauth.longer
    if longer is not None:
        if not longer.renew_grant:
            return None
        where = (longer.renew_url or longer.url, longer.renew_grant)
        return _longer(fetch, asked, where, {}, tokens, now)
    if tokens.refresh is None:
        return None
    reply = fetch(_granting(asked, "refresh_token", {"refresh_token": tokens.refresh}))
    return _tokens(reply, asked, hidden=(tokens.refresh, tokens.access), now=now, before=tokens)


def revoked(fetch: Fetch, asked: Asked, tokens: Tokens) -> bool:
    """Give a permission back; whether the network has a way to, and took it."""
    if not asked.oauth.revoke_url:
        return False
    url = _placed(asked.oauth.revoke_url, asked)
    reply = fetch(_posted(asked, url, {"token": tokens.refresh or tokens.access}))
    return 200 <= reply.status < 300


def registered(fetch: Fetch, asked: Asked, *, now: datetime) -> App:
    """The application under which a server that was never met knows us from now on.

    Raises:
        ExchangeFailed: When the server takes none.
    """
    url = _placed(asked.oauth.apps_url, asked)
    form = {
        "client_name": "Groundswell",
        "redirect_uris": asked.back,
        "scopes": asked.oauth.scope_mark.join(asked.scopes),
    }
    reply = fetch(_post(url, form))
    failures.check(reply, of=asked.name, now=now, said=_said(_document(reply), ()))
    said = _document(reply)
    return App(_text(said, "client_id", asked), _text(said, "client_secret", asked))


def denied(said: Mapping[str, str]) -> str | None:
    """What a network sends back instead of a code, in a word; None when it sent no error."""
    error = said.get("error") or said.get("error_reason") or said.get("error_code")
    return re.sub(r"[^\w .-]", "", error)[:60] or "error" if error else None


def signed_by(app: App, text: str) -> dict[str, Any]:
    """What a network says in a request that it signed with the application's secret (Meta).

    Raises:
        BadSigned: When it did not sign this.
    """
    signature, _, payload = text.partition(".")
    given = _unpacked(signature)
    made = hmac.digest(app.secret.encode(), payload.encode(), hashlib.sha256)
    if not app.secret or not hmac.compare_digest(given, made):
        raise BadSigned("this request was not signed with the application's secret")
    try:
        said = json.loads(_unpacked(payload))
    except ValueError:
        said = None
    if not isinstance(said, dict) or str(said.get("algorithm", "")).upper() != "HMAC-SHA256":
        raise BadSigned("this request is signed in a way that is not known here")
    return said


def _placed(url: str, asked: Asked) -> str:
    """The address of that server."""
    found = url.replace("{server}", asked.server)
    if urlsplit(found).scheme != "https":
        raise _insecure(found)
    return found


def _insecure(url: str) -> InsecureNetwork:
    return InsecureNetwork(
        f"{urlsplit(url).netloc[:_SHOWN]!r} would be asked for permission without TLS, where "
        "anybody on the way can read it: use its https address"
    )


def _granting(asked: Asked, grant: str, form: Mapping[str, str]) -> Request:
    return _posted(asked, _placed(asked.oauth.token_url, asked), {"grant_type": grant, **form})


def _posted(asked: Asked, url: str, form: Mapping[str, str]) -> Request:
    """A form that shows which application sends it."""
    app, name = asked.app, asked.oauth.id_name
    if asked.oauth.is_basic and app.secret:
        pair = f"{quote(app.id, safe='')}:{quote(app.secret, safe='')}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        return _post(url, {**form, name: app.id}).with_headers(authorization=basic)
    secret = {"client_secret": app.secret} if app.secret else {}
    return _post(url, {**form, name: app.id, **secret})


def _post(url: str, form: Mapping[str, str]) -> Request:
    headers = {"Content-Type": _FORM, "Accept": "application/json"}
    body = urlencode(form).encode()
    return Request(url, method="POST", headers=headers, body=body, is_repeatable=False)


def _longer(
    fetch: Fetch,
    asked: Asked,
    where: tuple[str, str],
    credentials: Mapping[str, str],
    before: Tokens,
    now: datetime,
) -> Tokens:
    (url, grant), longer = where, asked.oauth.longer
    called = longer.called if longer else ""
    params = {"grant_type": grant, **credentials, called: before.access}
    reply = fetch(Request(_placed(url, asked), params=params))
    return _tokens(reply, asked, hidden=(before.access,), now=now, before=before)


def _tokens(
    reply: Reply,
    asked: Asked,
    *,
    hidden: tuple[str, ...],
    now: datetime,
    before: Tokens | None = None,
) -> Tokens:
    said = _document(reply)
    _check(reply, said, asked, hidden=(*hidden, asked.app.secret), now=now)
    nested = said.get("data")
    if "access_token" not in said and nested:  # Instagram's own login, and old TikTok
        said = nested[0] if isinstance(nested, list) else nested
        said = said if isinstance(said, dict) else {}
    refresh = said.get("refresh_token") or (before and before.refresh)
    own = said.get("open_id") or said.get("user_id") or (before and before.own_id)
    usual = before.granted if before else frozenset(asked.scopes)
    return Tokens(
        access=_text(said, "access_token", asked),
        granted=_scopes(said, usual),
        refresh=_text({"refresh_token": refresh}, "refresh_token", asked) if refresh else None,
        expires_at=_ends(said.get("expires_in"), now),
        own_id=storable(str(own))[:_SHOWN] if isinstance(own, str | int) and own else None,
        login=before.login if before else None,
    )


def _login(fetch: Fetch, asked: Asked, tokens: Tokens) -> str | None:
    """Who agreed; a network that doesn't say now still gives the permission."""
    if not asked.oauth.who_url:
        return None
    request = Request(_placed(asked.oauth.who_url, asked), params={"fields": "id"})
    with suppress(ExchangeFailed):
        found = _document(fetch(bearer(request, tokens.access))).get("id")
        return str(found)[:_SHOWN] if isinstance(found, str | int) else None
    return None


def _check(
    reply: Reply, said: Mapping[str, Any], asked: Asked, *, hidden: tuple[str, ...], now: datetime
) -> None:
    """Pass a reply that brings something."""
    error = said.get("error")
    kind = error if isinstance(error, str) else ""
    words = _said(said, hidden)
    if kind in {"invalid_client", "unauthorized_client"}:
        raise AppNotTaken(
            f"{asked.name} does not take the application {asked.app.id[:40]!r} with its secret"
            f"{words and f' ({words})'}: look both up on the network's page for developers, and "
            "enter them again"
        )
    if kind == "invalid_grant":
        raise failures.LoginExpired(
            f"{asked.name} does not take the permission any more{words and f' ({words})'}: "
            "connect it again"
        )
    failures.check(reply, of=asked.name, now=now, said=words)
    if error:
        raise failures.Misasked(f"{asked.name} gave no permission ({words or kind}): connect again")


def _document(reply: Reply) -> dict[str, Any]:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _said(said: Mapping[str, Any], hidden: Iterable[str]) -> str:
    """The network's own words for an error, without what we told it in confidence."""
    error = said.get("error")
    inner = error if isinstance(error, dict) else said
    for name in ("error_description", "error_message", "message", "error"):
        if isinstance(words := inner.get(name), str) and words:
            for secret in filter(None, hidden):
                words = words.replace(secret, "***")
            return "".join(sign for sign in words if sign.isprintable())[:_SHOWN]
    return ""


def _text(said: Mapping[str, Any], name: str, asked: Asked) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not _VISIBLE.fullmatch(value):
        raise failures.Changed(
            f"{asked.name} answered without a {name} that can be used: connect again later; if it "
            "stays so, its interface has changed"
        )
    return value


def _scopes(said: Mapping[str, Any], usual: frozenset[str]) -> frozenset[str]:
    """What was granted: RFC 6749 lets it out where it is what was asked for."""
    found = said.get("scope") or said.get("permissions")
    if isinstance(found, str):
        found = re.split(r"[\s,]+", found)
    if not isinstance(found, list) or not found:
        return usual
    return frozenset(each for each in found if isinstance(each, str) and _SCOPE.fullmatch(each))


def _ends(seconds: object, now: datetime) -> datetime | None:
    text = str(seconds) if isinstance(seconds, int | str) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 12) or int(text) == 0:
        return None
    return now + timedelta(seconds=min(int(text), _LONGEST_LIFE))


def _unpacked(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeError):
        return b""

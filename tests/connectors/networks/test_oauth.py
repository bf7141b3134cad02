"""OAuth as texts: addresses, forms, and what a network answers."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from groundswell.connectors.adapters import oauth
from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.network import Longer, OAuth, Scope
from groundswell.connectors.adapters.oauth import App, AppNotTaken, Asked, BadSigned, Tokens
from groundswell.terms.exchange import Reply, Request

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NETWORK = OAuth(
    "https://net.example/authorize",
    "https://net.example/token",
    (Scope("read", "posts"), Scope("insights", "numbers", is_needed=False)),
    revoke_url="https://net.example/revoke",
)
ASKED = Asked(
    NETWORK,
    App("app-1", "app-secret"),
    "Net",
    "https://net.example",
    "https://us.example/connect/callback/net",
    ("read", "insights"),
)


class Server:
    """Answers with what it was given, and keeps what it was asked."""

    def __init__(self, *answers: Any, status: int = 200) -> None:
        self.answers, self.status = list(answers), status
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        body = self.answers.pop(0)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Reply(self.status, {}, content, request.url)

    def form(self, number: int = 0) -> dict[str, str]:
        """The form of a request."""
        said = parse_qs((self.asked[number].body or b"").decode(), strict_parsing=True)
        return {name: value for name, [value] in said.items()}


def exchanged(server, asked=ASKED):
    return oauth.exchanged(server, asked, code="code-1", code_verifier="v" * 64, now=NOW)


def test_the_owner_is_sent_with_a_challenge_that_only_the_verifier_answers():
    verifier = oauth.verifier()
    url = urlsplit(oauth.departure(ASKED, state="state-1", code_verifier=verifier))
    said = {name: value for name, [value] in parse_qs(url.query).items()}

    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert said == {
        "response_type": "code",
        "client_id": "app-1",
        "redirect_uri": "https://us.example/connect/callback/net",
        "scope": "read insights",
        "state": "state-1",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    assert (url.netloc, url.path) == ("net.example", "/authorize")
    assert verifier not in url.query


def test_a_network_names_the_application_and_marks_scopes_as_it_likes():
    network = replace(NETWORK, id_name="client_key", scope_mark=",", more={"prompt": "consent"})
    asked = replace(ASKED, oauth=network)
    said = parse_qs(urlsplit(oauth.departure(asked, state="s", code_verifier="v" * 64)).query)

    assert said["client_key"] == ["app-1"]
    assert "client_id" not in said
    assert (said["scope"], said["prompt"]) == (["read,insights"], ["consent"])
    server = Server({"access_token": "t"})
    exchanged(server, asked)
    assert server.form()["client_key"] == "app-1"


@pytest.mark.parametrize("server", ["http://net.example", "ftp://net.example", "net.example"])
def test_nobody_is_sent_or_asked_without_tls(server):
    network = replace(NETWORK, authorize_url="{server}/go", token_url="{server}/token")
    asked = replace(ASKED, oauth=network, server=server)
    fetch = Server()

    with pytest.raises(oauth.InsecureNetwork):
        oauth.departure(asked, state="s", code_verifier="v" * 64)
    with pytest.raises(oauth.InsecureNetwork):
        exchanged(fetch, asked)
    assert fetch.asked == []


def test_a_code_becomes_tokens():
    server = Server(
        {
            "access_token": "token-1",
            "refresh_token": "refresh-1",
            "expires_in": "3600",
            "scope": "read",
            "open_id": 17,
        }
    )

    tokens = exchanged(server)

    assert tokens == Tokens(
        "token-1", frozenset({"read"}), "refresh-1", NOW + timedelta(hours=1), "17"
    )
    assert server.form() == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "redirect_uri": "https://us.example/connect/callback/net",
        "code_verifier": "v" * 64,
        "client_id": "app-1",
        "client_secret": "app-secret",
    }
    assert (server.asked[0].method, server.asked[0].url) == ("POST", "https://net.example/token")
    assert server.asked[0].params == {}


def test_what_is_not_said_is_what_was_asked_for_and_has_no_end():
    tokens = exchanged(Server({"access_token": "t"}))

    assert (tokens.granted, tokens.expires_at, tokens.refresh) == (
        frozenset({"read", "insights"}),
        None,
        None,
    )


def test_a_secret_goes_into_the_header_where_the_network_wants_it_there():
    server = Server({"access_token": "t"})
    exchanged(server, replace(ASKED, oauth=replace(NETWORK, is_basic=True)))

    basic = base64.b64encode(b"app-1:app-secret").decode()
    assert server.asked[0].headers["authorization"] == f"Basic {basic}"
    assert "client_secret" not in server.form()


def test_a_token_of_an_hour_is_made_to_last_and_renewed():
    longer = Longer(
        "https://net.example/long", "net_exchange", "https://net.example/renew", "net_renew"
    )
    asked = replace(ASKED, oauth=replace(NETWORK, longer=longer))
    server = Server(
        {"data": [{"access_token": "short", "user_id": "9", "permissions": ["read"]}]},
        {"access_token": "long", "expires_in": 5_184_000},
        {"access_token": "longer", "expires_in": 5_184_000},
    )

    tokens = exchanged(server, asked)
    renewed = oauth.refreshed(server, asked, tokens, now=NOW + timedelta(days=50))

    assert (tokens.access, tokens.own_id, tokens.granted) == ("long", "9", frozenset({"read"}))
    assert tokens.expires_at == NOW + timedelta(days=60)
    assert server.asked[1].params == {
        "grant_type": "net_exchange",
        "client_id": "app-1",
        "client_secret": "app-secret",
        "access_token": "short",
    }
    assert server.asked[2].params == {"grant_type": "net_renew", "access_token": "long"}
    assert renewed is not None
    assert (renewed.access, renewed.own_id) == ("longer", "9")


def test_a_login_says_who_agreed_where_that_is_another_than_the_account():
    asked = replace(ASKED, oauth=replace(NETWORK, who_url="https://net.example/me"))
    server = Server({"access_token": "t", "user_id": "9"}, {"id": "login-1"})

    tokens = exchanged(server, asked)

    assert (tokens.own_id, tokens.login) == ("9", "login-1")
    assert server.asked[1].headers["authorization"] == "Bearer t"
    assert exchanged(Server({"access_token": "t"}, b"<html>"), asked).login is None


def test_a_refresh_token_brings_the_next_and_stays_when_none_comes():
    tokens = Tokens("old", frozenset({"read"}), "refresh-1")
    server = Server({"access_token": "new", "expires_in": 60})

    renewed = oauth.refreshed(server, ASKED, tokens, now=NOW)

    assert renewed == Tokens("new", frozenset({"read"}), "refresh-1", NOW + timedelta(seconds=60))
    assert server.form()["refresh_token"] == "refresh-1"
    assert oauth.refreshed(Server(), ASKED, Tokens("old"), now=NOW) is None


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ({"error": "invalid_client"}, AppNotTaken),
        ({"error": "invalid_grant"}, failures.LoginExpired),
        ({"error": {"message": "no", "code": 190}}, failures.Misasked),
        ({"error": "weird"}, failures.Misasked),
        ({}, failures.Changed),
        ({"access_token": ["a"]}, failures.Changed),
        ({"access_token": "a\r\nX: y"}, failures.Changed),
        ({"access_token": "a" * 9_000}, failures.Changed),
        ({"data": "x"}, failures.Changed),
        (b"<html>", failures.Changed),
        (b"[" * 100_000, failures.Changed),
    ],
)
def test_an_answer_without_a_token_says_what_to_do(said, failure):
    with pytest.raises(failure, match=r"again|look both up"):
        exchanged(Server(said))


def test_a_network_that_repeats_a_secret_in_its_error_makes_us_repeat_none():
    words = "app-secret, code-1 and " + "v" * 64
    with pytest.raises(failures.LoginExpired) as caught:
        exchanged(Server({"error": "invalid_grant", "error_description": words}, status=400))

    assert "***" in str(caught.value)
    assert not any(each in str(caught.value) for each in ("app-secret", "code-1", "v" * 64))


def test_a_busy_network_can_be_asked_again():
    with pytest.raises(failures.Throttled):
        exchanged(Server({}, status=429))


def test_a_permission_is_given_back_where_there_is_a_way():
    server = Server({})

    assert oauth.revoked(server, ASKED, Tokens("a", refresh="r")) is True
    assert server.form()["token"] == "r"
    assert oauth.revoked(Server({}, status=400), ASKED, Tokens("a")) is False
    none = replace(ASKED, oauth=replace(NETWORK, revoke_url=""))
    assert oauth.revoked(Server(), none, Tokens("a")) is False


def test_a_server_that_was_never_met_gives_an_application():
    asked = replace(ASKED, oauth=replace(NETWORK, apps_url="{server}/api/v1/apps"), app=App(""))
    server = Server({"client_id": "their-id", "client_secret": "their-secret"})

    assert oauth.registered(server, asked, now=NOW) == App("their-id", "their-secret")
    assert server.asked[0].url == "https://net.example/api/v1/apps"
    assert server.form()["redirect_uris"] == "https://us.example/connect/callback/net"


def test_secrets_are_in_no_repr():
    shown = repr(Tokens("token-1", refresh="refresh-1")) + repr(App("app-1", "app-secret"))

    assert not any(each in shown for each in ("token-1", "refresh-1", "app-secret"))


def test_tokens_survive_sealing():
    tokens = Tokens("t", frozenset({"read"}), "r", NOW, "9", "login-1")

    assert Tokens.from_json(json.loads(json.dumps(tokens.as_json()))) == tokens


def signed(payload: Any, secret: str = "app-secret") -> str:
    body = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    made = hmac.digest(secret.encode(), body.encode(), hashlib.sha256)
    return f"{base64.urlsafe_b64encode(made).decode().rstrip('=')}.{body}"


def test_a_signed_request_is_read():
    said = {"algorithm": "HMAC-SHA256", "user_id": "218", "issued_at": 1}

    assert oauth.signed_by(ASKED.app, signed(said)) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a.b",
        "ä.ö",
        signed({"algorithm": "HMAC-SHA256", "user_id": "1"}, "another secret"),
        signed({"algorithm": "none", "user_id": "1"}),
        signed(["HMAC-SHA256"]),
    ],
)
def test_what_was_not_signed_is_not_read(text):
    with pytest.raises(BadSigned):
        oauth.signed_by(ASKED.app, text)


def test_without_a_secret_nothing_is_signed():
    with pytest.raises(BadSigned):
        oauth.signed_by(App("app-1"), signed({"algorithm": "HMAC-SHA256"}, ""))

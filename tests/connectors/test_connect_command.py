"""The commands that read networks, as other programs use them, against a server on loopback."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from groundswell.connectors.adapters.networks.bluesky.xrpc import SERVER
from groundswell.terms.exchange import Request
from tests.connectors.networks.stubs import bluesky
from tests.support.installation import Installation
from tests.support.loopback import Asked, Loopback, whole

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Bluesky's stub on a port, which the installation may ask."""
    monkeypatch.setenv("GROUNDSWELL_REACH_NETWORKS", "127.0.0.0/8")
    stub = bluesky.stub()

    def answer(asked: Asked, connection: socket.socket) -> None:
        parts = urlsplit(asked.path)
        params = {k: v[0] if len(v) == 1 else tuple(v) for k, v in parse_qs(parts.query).items()}
        reply = stub.answer(Request(f"{SERVER}{parts.path}", params))
        connection.sendall(whole(reply.body, reply.status, content_type="application/json"))

    with Loopback(answer) as running:
        yield running.url


def test_one_command_brings_creators_without_any_key(
    installation: Installation, server: str
) -> None:
    question = ("bluesky", "--search", "trail running", "--server", server, "--limit", "4")

    first = installation.json("connect", *question)
    again = installation.json("connect", *question)

    assert first["network"] == "bluesky"
    # One of the four that were found asks not to be shown to whoever is not logged in.
    assert len(first["creators"]) == 3
    assert first["creators"][0].keys() >= {"account", "handle", "name", "followers"}
    assert first["totals"]["accounts"] >= 3
    assert first["totals"]["posts"] > 0
    assert (first["stale_since"], first["refusal"]) == (None, None)
    assert (again["connection"], again["watch"]) == (first["connection"], first["watch"])
    assert again["totals"] == first["totals"]
    assert again["sync"]["sync"] != first["sync"]["sync"]
    found = installation.json("search", "", "--filter", "platform=bluesky")
    assert found["total"] >= 3

    [listed] = installation.json("connections", "list")["connections"]
    assert (listed["state"], listed["server"]) == ("working", server)
    shown = installation.json("connections", "show", first["connection"])
    assert [watch["way"] for watch in shown["watches"]] == ["search", "refresh"]
    assert len(shown["syncs"]) == 2

    gone = installation.json("connections", "disconnect", first["connection"], "--delete")
    assert gone["state"] == "ended"
    assert gone["erased"]["accounts_removed"] == first["totals"]["accounts"]
    assert gone["erased"]["rows"]["posts"] == first["totals"]["posts"]
    assert installation.json("connections", "list")["connections"] == []
    assert installation.json("search", "", "--filter", "platform=bluesky")["total"] == 0


def test_what_cannot_be_asked_is_refused_and_starts_nothing(
    nothing_yet: Installation, tmp_path: Path
) -> None:
    unknown = nothing_yet.json("connect", "myspace", "--search", "trail", expect=2)
    no_server = nothing_yet.json("connect", "woocommerce", "--orders", expect=2)
    missing = nothing_yet.json(
        "connect", "bluesky", "--key-file", str(tmp_path / "absent"), expect=2
    )

    assert unknown["error"]["code"] == "unknown_network"
    assert no_server["error"]["code"] == "bad_network_server"
    assert missing["error"]["code"] == "unreadable_key"
    assert not nothing_yet.home.exists()


def test_a_way_that_a_network_does_not_have_is_refused_before_a_key_is_wanted(
    nothing_yet: Installation,
) -> None:
    search = ("connect", "instagram", "--search", "trail")
    for question in (search, (*search, "--expected")):
        refused = nothing_yet.json(*question, expect=2)
        assert refused["error"]["code"] == "cannot_ask_network"

    assert not nothing_yet.home.exists()


def test_an_address_inside_our_own_network_is_not_asked(installation: Installation) -> None:
    said = installation.json(
        "connect", "bluesky", "--search", "trail", "--server", "http://169.254.169.254", expect=2
    )

    assert said["error"]["code"] == "address_refused"


def test_a_key_comes_from_a_file_or_the_environment_never_from_the_arguments(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = installation.json("connect", "youtube", expect=2)
    (tmp_path / "key").write_text("a-key-of-our-own\n")
    kept = installation.json("connect", "youtube", "--key-file", str(tmp_path / "key"))
    monkeypatch.setenv("GROUNDSWELL_YOUTUBE_KEY", "another-key")
    again = installation.json("connect", "youtube")

    assert refused["error"]["code"] == "network_needs_credentials"
    assert kept["state"] == "working"
    assert kept["connection"] == again["connection"]
    assert "key-of-our-own" not in str(kept)


@pytest.mark.parametrize(
    "handle",
    [
        "http://user:secret@blog.example/",
        "user:secret@blog.example",
        "ftp://blog.example/",
        "javascript://blog.example/",
        "blog example",
        "http://blog.example:99999/",
        "",
    ],
)
def test_what_is_no_blog_is_refused_before_anything_is_kept(
    nothing_yet: Installation, handle: str
) -> None:
    refused = nothing_yet.json("connect", "blog", "--handle", handle, expect=2)

    assert refused["error"]["code"] == "bad_network_question"
    assert "secret" not in str(refused)
    assert not nothing_yet.home.exists()


@pytest.mark.parametrize(
    ("network", "handle", "code"),
    [
        ("mastodon", "anna@", "bad_network_question"),
        ("mastodon", "anna@127.0.0.1", "address_refused"),
        ("blog", "http://localhost/feed", "address_refused"),
    ],
)
def test_a_name_that_leads_nowhere_or_inside_is_refused_before_anything_is_kept(
    nothing_yet: Installation, network: str, handle: str, code: str
) -> None:
    refused = nothing_yet.json("connect", network, "--handle", handle, expect=2)

    assert refused["error"]["code"] == code
    assert not nothing_yet.home.exists()


def test_two_questions_at_once_are_refused_by_the_options_that_there_are(
    nothing_yet: Installation,
) -> None:
    said = nothing_yet.run("connect", "bluesky", "--handle", "a", "--search", "b", expect=2)

    assert "--handle" in said.stderr
    assert "--account" not in said.stderr


def test_what_is_paused_or_ended_is_not_read(installation: Installation, server: str) -> None:
    asked = ("bluesky", "--server", server)
    made = installation.json("connect", *asked)["connection"]
    installation.json("connections", "pause", made)
    paused = installation.json("connect", *asked, "--search", "trail running", expect=2)
    installation.json("connections", "disconnect", made)
    ended = installation.json("connections", "sync", made, expect=2)
    again = installation.json("connections", "pause", made, expect=2)
    unknown = installation.json("connections", "sync", str(UUID(int=1)), expect=2)
    malformed = installation.json("connections", "sync", "one", expect=2)

    assert "resume it first" in paused["error"]["message"]
    assert "has ended" in ended["error"]["message"]
    assert again["error"]["code"] == "connection_ended"
    for refused, named in ((unknown, str(UUID(int=1))), (malformed, "'one'")):
        assert refused["error"]["code"] == "unknown_connection"
        assert refused["error"]["message"].startswith(f"there is no connection {named} in this")


def test_what_somebody_has_to_mend_ends_apart_from_what_may_pass(
    installation: Installation, server: str
) -> None:
    refused = installation.json("connect", "blog", "--handle", server, expect=2)

    assert refused["refusal"]["code"] == "network_refused_request"


def test_what_a_question_takes_is_said_where_only_requests_are_counted(
    installation: Installation,
) -> None:
    asked = ("connect", "bluesky", "--handle", "a.example", "--expected")
    [cost] = installation.json(*asked)["expected"]

    assert cost["unit"] == "requests"
    assert 1 <= cost["units"] < cost["of"]

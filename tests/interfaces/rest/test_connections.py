"""Connections over REST: keys go in and never come out, and money is confirmed."""

import json

import pytest

from groundswell.connectors.actions import connecting
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.models import Connection, Watch
from groundswell.people.policy import Action
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from tests.connectors.granting import network

__all__ = ["network"]
pytestmark = pytest.mark.django_db


def post(client, path, body):
    return client.post(f"/api/v1/w/anna{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def connected(workspace, network, now):
    """A network that charges money, connected with a token."""
    with access.inside(workspace):
        return connecting.connect(
            workspace=workspace,
            network=Network.THREADS,
            name="anna",
            tokens=Tokens("token-1", frozenset({"basic"})),
            by="ada",
            now=now,
        )


def test_a_key_goes_in_and_never_comes_out(cast, workspace, network):
    client = cast.program("editor")
    made = post(client, "/connections", {"network": "threads", "key": "very-secret", "name": "us"})
    said = client.get(made.headers["Location"]).content + made.content
    with access.inside(workspace):
        kept = repr(Connection.objects.values().get())

    assert made.status_code == 201
    assert b"very-secret" not in said
    assert "very-secret" not in kept


def test_a_network_that_wants_a_key_is_not_connected_without(cast, network):
    answer = post(cast.program("editor"), "/connections", {"network": "threads"})

    assert (answer.status_code, answer.json()["code"]) == (422, "network_needs_credentials")


def test_what_a_question_costs_is_said_and_confirmed(cast, workspace, connected):
    client = cast.program("editor")
    here = f"/connections/{connected.id}"
    asked = {"way": "account", "text": "ben"}
    expected = post(client, f"{here}/expected", asked).json()
    refused = post(client, f"{here}/watches", asked)
    with access.inside(workspace):
        assert Watch.objects.count() == 0
    done = post(client, f"{here}/watches", {**asked, "confirmed": expected["cents"]})

    assert expected["cents"] == 125
    assert expected["quotas"] == [
        {"quota": "cents", "units": 125, "unit": "US cents", "is_money": True}
    ]
    assert (refused.status_code, refused.json()["code"]) == (422, "cost_not_confirmed")
    assert (done.status_code, done.json()["next_at"]) == (201, None)


@pytest.mark.parametrize(
    ("on", "text", "code"),
    [
        ("mastodon", "anna bee", "bad_network_question"),
        ("mastodon", "@anna@localhost", "address_refused"),
        ("blog", "ftp://blog.example", "bad_network_question"),
        ("blog", "http://10.0.0.1/feed", "address_refused"),
    ],
)
def test_a_malformed_name_is_refused_before_it_is_watched(cast, workspace, on, text, code):
    client = cast.program("editor")
    made = post(client, "/connections", {"network": on}).json()
    asked = {"way": "account", "text": text}
    answer = post(client, f"/connections/{made['connection']}/watches", asked)
    with access.inside(workspace):
        assert Watch.objects.count() == 0

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_who_only_reads_changes_nothing(cast, connected):
    reader = cast.program("owner", [Action.CONNECTIONS_READ])
    path = f"/connections/{connected.id}"

    assert reader.get(f"/api/v1/w/anna{path}").status_code == 200
    assert post(reader, f"{path}/paused", {}).status_code == 403
    assert reader.delete(f"/api/v1/w/anna{path}").status_code == 403
    assert cast.program("viewer").get("/api/v1/w/anna/connections").status_code == 200


def test_what_can_not_be_paused_or_resumed_is_refused(cast, connected):
    client, path = cast.program("editor"), f"/connections/{connected.id}"
    answers = [post(client, f"{path}/{act}", {}) for act in ("resumed", "paused", "paused")]
    client.delete(f"/api/v1/w/anna{path}")
    answers.append(post(client, f"{path}/paused", {}))

    assert [(each.status_code, each.json().get("code")) for each in answers] == [
        (409, "connection_not_paused"),
        (200, None),
        (409, "connection_already_paused"),
        (409, "connection_ended"),
    ]


def test_a_connection_ends_with_its_data_when_that_is_asked_for(cast, workspace, connected):
    client = cast.program("editor")
    answer = client.delete(f"/api/v1/w/anna/connections/{connected.id}?erase=true")
    with access.inside(workspace):
        ended = Connection.objects.get()

    assert answer.status_code == 200
    assert answer.json() == {
        "connection": str(connected.id),
        "given_back": False,
        "erased": {"accounts_removed": 0, "accounts_emptied": 0, "rows": {}, "orders": 0},
    }
    assert (ended.state, ended.secret, ended.erase_at is not None) == ("ended", None, True)

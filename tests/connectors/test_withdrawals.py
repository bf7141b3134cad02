"""A network's word that a permission was taken back holds for what was permitted before it."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from groundswell.connectors.actions import connecting, withdrawals
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Connection
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from tests.connectors.granting import app, network

__all__ = ["app", "network"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def permit(workspace, app):
    def permitted(owner, at):
        tokens = Tokens("token-1", frozenset({"basic"}), own_id=owner)
        with access.inside(workspace):
            return connecting.connect(
                workspace=workspace,
                network=Network.THREADS,
                name=owner,
                tokens=tokens,
                by="ada",
                now=at,
            )

    return permitted


def told(owner, at, **more):
    said = {"algorithm": "HMAC-SHA256", "user_id": owner, "issued_at": int(at.timestamp()), **more}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(b"app-secret", payload, hashlib.sha256))
    return f"{signature.decode().rstrip('=')}.{payload.decode()}"


def states(workspace):
    with access.inside(workspace):
        found = Connection.objects.order_by("connected_at", "name")
        return [(each.name, each.state) for each in found]


def test_the_same_words_do_not_end_what_was_permitted_since(workspace, permit, now):
    words = told("77", now)
    permit("77", now - timedelta(days=1))
    withdrawals.take(workspace.id, Network.THREADS, words, now=now)
    permit("77", now + timedelta(hours=1))

    said = withdrawals.take(workspace.id, Network.THREADS, words, now=now + timedelta(days=200))

    assert states(workspace) == [("77", ConnectionState.ENDED), ("77", ConnectionState.WORKING)]
    assert len(said.connections) == 1  # the one that these words ended


@pytest.mark.parametrize("odd", [None, "soon", 10**30, [1]])
def test_words_without_a_time_hold_now(workspace, permit, now, odd):
    permit("77", now - timedelta(days=1))

    withdrawals.take(workspace.id, Network.THREADS, told("77", now, issued_at=odd), now=now)

    assert states(workspace) == [("77", ConnectionState.ENDED)]


def test_a_secret_that_nobody_can_open_keeps_nobody_else_from_being_ended(workspace, permit, now):
    permit("77", now - timedelta(days=1))
    other = permit("88", now - timedelta(days=1))
    with access.inside(workspace):
        Connection.objects.filter(id=other.id).update(secret=b"altered" * 10)

    withdrawals.take(workspace.id, Network.THREADS, told("77", now), now=now)

    assert states(workspace) == [("77", ConnectionState.ENDED), ("88", ConnectionState.WORKING)]

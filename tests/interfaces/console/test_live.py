"""The switch of live news on a connection's page: who may turn it, and what it says."""

from datetime import timedelta

import pytest

from groundswell.connectors.actions import connecting
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.creators.models import Account
from groundswell.terms.networks import Network
from groundswell.workspaces import access, clock
from tests.support import planting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def connected(workspace, now):
    """Bluesky, which has brought one account."""
    hand = {"workspace": workspace, "by": "ada", "now": now}
    with access.inside(workspace):
        made = connecting.connect(network=Network.BLUESKY, **hand)
        watch = connecting.watch(connection_id=made.id, way=Way.SEARCH, text="trail", **hand)
        brought = planting.plant(Brought, workspace)
        Account.objects.filter(id=brought.account_id).update(platform_id="did:plc:anna")
        Brought.objects.filter(id=brought.id).update(connection=made, watch=watch)
    return made


def page(cast, connected, role="editor"):
    found = cast.browser(role).get(cast.path(f"connections/{connected.id}"))
    return " ".join(found.content.decode().split())


def listen(cast, connected, switch, role="editor"):
    path = cast.path(f"connections/{connected.id}/listen")
    return cast.browser(role).post(path, {"switch": switch})


def test_it_is_switched_on_and_off_by_whoever_may_edit(cast, workspace, connected):
    assert listen(cast, connected, "on", role="viewer").status_code == 403
    assert "Stop listening" not in page(cast, connected)

    listen(cast, connected, "on")
    on = page(cast, connected)
    assert "begins within a minute" in on
    assert "switched on by" in on
    assert "Stop listening" not in page(cast, connected, role="viewer")

    listen(cast, connected, "off")
    assert "Listen live" in page(cast, connected)


def test_it_says_since_when_it_listens_and_when_news_came(cast, workspace, connected, now):
    listen(cast, connected, "on")
    with access.inside(workspace):
        watch = Watch.objects.get(way="live")
        Watch.objects.filter(id=watch.id).update(last_synced_at=now - timedelta(minutes=3))
        Sync.objects.create(
            workspace=workspace, watch=watch, state="running", by="x", begun_at=now, told_at=now
        )
    found = page(cast, connected)

    assert '<span class="status is-good">listening</span>' in found
    assert "Listening since" in found
    assert "3 minutes ago" in found
    assert "Sync now" in found
    assert found.count("Sync now") == 1  # of the question; listening is none


def test_what_stands_in_the_way_is_said_with_a_way_to_try_now(cast, workspace, connected, now):
    listen(cast, connected, "on")
    with access.inside(workspace):
        Watch.objects.filter(way="live").update(
            stale_since=now, refusal={"code": "x", "message": "nobody there"}, failures=3
        )
    found = page(cast, connected)
    listen(cast, connected, "on")

    assert "Nobody there" in found
    assert "Try now" in found
    with access.inside(workspace):
        assert Watch.objects.get(way="live").failures == 0


def test_a_connection_without_accounts_says_what_to_do(cast, workspace, connected):
    with access.inside(workspace):
        Brought.objects.all().delete()
    path = cast.path(f"connections/{connected.id}/listen")
    shown = cast.browser("editor").post(path, {"switch": "on"}, follow=True)

    assert b"has brought no accounts to listen to" in shown.content
    with access.inside(workspace):
        assert not Watch.objects.filter(way="live").exists()


def test_the_part_is_asked_for_alone_while_it_waits(cast, workspace, connected):
    listen(cast, connected, "on")
    path = cast.path(f"connections/{connected.id}/live")
    part = cast.browser("viewer").get(path, headers={"HX-Request": "true"})
    with access.inside(workspace):
        Connection.objects.update(state="paused")
    paused = cast.browser("viewer").get(path, headers={"HX-Request": "true"})

    assert b'hx-trigger="every 3s"' in part.content
    assert b"<html" not in part.content
    assert b"hx-trigger" not in paused.content
    assert cast.browser("viewer").get(path).status_code == 302

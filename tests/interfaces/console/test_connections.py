"""Connections' pages: connect, watch, what it costs, disconnect, permission, a creator's link."""

import base64
import hashlib
import hmac
import json
import re
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from groundswell.connectors import fetching
from groundswell.connectors.actions import connecting, creator_links
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.models import Connection, CreatorLink, Sync, Watch, Withdrawal
from groundswell.creators.models import Account, Creator
from groundswell.terms.networks import Network
from groundswell.workspaces import access, clock
from tests.connectors.granting import app, network
from tests.support import planting

__all__ = ["app", "network"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def outside(network, monkeypatch):
    """Requests go to the network in memory."""

    @contextmanager
    def client(limits=None):
        yield SimpleNamespace(fetch=network)

    monkeypatch.setattr(fetching, "client", client)
    return network


@pytest.fixture
def connected(workspace, network, now):
    with access.inside(workspace):
        return connecting.connect(
            workspace=workspace,
            network=Network.THREADS,
            name="anna",
            tokens=Tokens("token-1", frozenset({"basic"}), own_id="77"),
            by="ada",
            now=now,
        )


@pytest.fixture
def signed(workspace, app, now):
    """The secret of a creator's link."""
    with access.inside(workspace):
        account = planting.plant(Account, workspace, platform="threads", handle="anna")
        return creator_links.invite(workspace=workspace, account=account, by="ada", now=now)[1]


def leave(browser, path):
    answer = browser.post(path, {"act": "connect"})
    assert answer.status_code == 200, answer.content
    wait, _, url = answer.headers["Refresh"].partition(";url=")
    assert wait == "0"
    [state] = parse_qs(urlsplit(url).query)["state"]
    return state, url


def back(browser, state, door="threads", **said):
    return browser.get(f"/connect/callback/{door}", {"state": state, "code": "code-1", **said})


def test_the_first_page_finds_creators_without_a_key(cast):
    page = cast.browser("editor").get(cast.path("connections")).content.decode()

    assert "100 real creators in ten minutes" in page
    assert cast.path("connections/new/bluesky") in page


def test_a_viewer_sees_connections_and_changes_none(cast, connected):
    viewer = cast.browser("viewer")
    path = cast.path(f"connections/{connected.id}")

    assert viewer.get(path).status_code == 200
    for act in ("pause", "ask", "disconnect"):
        assert viewer.post(f"{path}/{act}").status_code == 403
    assert viewer.post(cast.path("connections/new/threads/leave")).status_code == 403
    assert cast.browser("editor").post(cast.path("connections/new/threads/app")).status_code == 403


def test_permission_is_asked_for_again_where_it_was_lost(cast, workspace, app, outside, connected):
    browser, path = cast.browser("editor"), cast.path(f"connections/{connected.id}")
    with access.inside(workspace):
        Connection.objects.update(state="broken", secret=None)

    assert f'action="{path}/permit"' in browser.get(path).content.decode()
    state, _ = leave(browser, f"{path}/permit")
    outside.says = {"access_token": "token-2", "user_id": "77"}
    back(browser, state)

    with access.inside(workspace):
        [mended] = Connection.objects.all()
        assert (mended.id, mended.state, mended.name) == (connected.id, "working", "anna")
    assert "has to be mended" not in browser.get(path).content.decode()


def test_what_a_creator_connected_only_the_creator_permits_again(cast, workspace, connected):
    with access.inside(workspace):
        creator = planting.plant(Creator, workspace)
        Connection.objects.update(state="broken", creator=creator)
    browser, path = cast.browser("editor"), cast.path(f"connections/{connected.id}")

    assert "/permit" not in browser.get(path).content.decode()
    assert browser.post(f"{path}/permit").status_code == 404


def test_bluesky_is_connected_and_asked_at_once(cast, workspace):
    browser = cast.browser("editor")
    asked = {"way": "search", "text": "trail running", "accounts": "100", "posts": "30"}
    asked |= {"comments": "0", "members": "0"}
    answer = browser.post(cast.path("connections/new/bluesky"), asked)
    with access.inside(workspace):
        made = Connection.objects.get()
        watch = Watch.objects.get()
        assert Sync.objects.get().state == "queued"

    assert answer.headers["Location"] == cast.path(f"connections/{made.id}")
    assert (watch.way, watch.text, watch.accounts) == ("search", "trail running", 100)
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Waiting for its turn" in page


def test_what_is_missing_is_said_and_connects_nothing(cast, workspace):
    asked = {"way": "search", "text": "", "accounts": "0", "posts": "30", "comments": "0"}
    answer = cast.browser("editor").post(cast.path("connections/new/bluesky"), asked)
    with access.inside(workspace):
        assert Connection.objects.count() == 0

    assert answer.status_code == 422
    assert "greater than or equal to 1" in answer.content.decode()


@pytest.mark.parametrize(
    ("on", "text", "said"),
    [
        ("mastodon", "anna bee", "write it as @name@server"),
        ("blog", "localhost.", "leads to an address that is not public"),
    ],
)
def test_a_malformed_name_is_refused_with_what_to_write_and_connects_nothing(
    cast, workspace, on, text, said
):
    asked = {"way": "account", "text": text, "accounts": "1", "posts": "30"}
    asked |= {"comments": "0", "members": "0"}
    answer = cast.browser("editor").post(cast.path(f"connections/new/{on}"), asked)
    with access.inside(workspace):
        assert Connection.objects.count() == 0

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_network_that_there_is_not_is_not_found(cast):
    answer = cast.browser().get(cast.path("connections/new/myspace"))

    assert answer.status_code == 422


def test_a_key_is_in_no_page_and_no_address(cast, workspace, network):
    browser = cast.browser("editor")
    form = {"name": "ours", "key": "very-secret-key"}
    answer = browser.post(cast.path("connections/new/threads"), form, follow=True)
    with access.inside(workspace):
        kept = repr(Connection.objects.values().get())

    assert answer.status_code == 200
    assert "very-secret-key" not in answer.content.decode() + kept + repr(answer.redirect_chain)


def test_money_is_shown_and_confirmed_before_it_is_spent(cast, workspace, connected):
    browser = cast.browser("editor")
    path = cast.path(f"connections/{connected.id}/ask")
    asked = {"way": "account", "text": "ben", "accounts": "1", "posts": "30", "comments": "0"}
    asked |= {"members": "0"}
    shown = browser.post(path, asked)
    with access.inside(workspace):
        assert Watch.objects.count() == 0
    lower = browser.post(path, {**asked, "confirmed": "100"})
    with access.inside(workspace):
        assert Watch.objects.count() == 0
    confirmed = browser.post(path, {**asked, "confirmed": "125"})
    with access.inside(workspace):
        assert Watch.objects.get().text == "ben"

    assert (shown.status_code, lower.status_code, confirmed.status_code) == (200, 422, 302)
    assert "1.25" in shown.content.decode()


def test_a_connection_is_paused_resumed_and_disconnected(cast, workspace, app, connected, outside):
    browser, path = cast.browser("editor"), cast.path(f"connections/{connected.id}")
    states = []
    for act in ("pause", "resume", "disconnect"):
        assert browser.post(f"{path}/{act}").status_code == 302
        with access.inside(workspace):
            states.append(Connection.objects.get().state)

    assert states == ["paused", "working", "ended"]
    assert outside.asked[-1].url == "https://net.example/revoke"


def test_what_can_not_be_resumed_says_so_on_its_page(cast, connected):
    browser, path = cast.browser("editor"), cast.path(f"connections/{connected.id}")
    page = browser.post(f"{path}/resume", follow=True)

    assert "is not paused: it is read already" in page.content.decode()


def test_what_the_last_sync_notes_is_told_on_the_connections_page(cast, workspace, connected, now):
    with access.inside(workspace):
        watch = planting.plant(
            Watch, workspace, connection=connected, way="own", made_by="ada", made_at=now
        )
        for note, day in (("Of yesterday.", now - timedelta(days=1)), ("Of today.", now)):
            planting.plant(
                Sync, workspace, watch=watch, state="done", by="ada", begun_at=day, notes=[note]
            )
    page = cast.browser("viewer").get(cast.path(f"connections/{connected.id}")).content.decode()

    assert "<li>Of today.</li>" in page
    assert "Of yesterday." not in page


def test_deleting_wants_its_name_typed(cast, workspace, connected, outside):
    browser, path = cast.browser("editor"), cast.path(f"connections/{connected.id}/disconnect")
    wrong = browser.post(path, {"delete": "yes", "typed": "threads"})
    with access.inside(workspace):
        assert Connection.objects.get().state == "working"
    right = browser.post(path, {"delete": "yes", "typed": "threads anna"})
    with access.inside(workspace):
        ended = Connection.objects.get()

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert (ended.state, ended.erase_at is not None) == ("ended", True)


def test_a_member_brings_permission_home(cast, workspace, app, outside):
    browser = cast.browser("editor")
    state, url = leave(browser, cast.path("connections/new/threads/leave"))
    answer = back(browser, state)
    with access.inside(workspace):
        made = Connection.objects.get()

    assert url.startswith("https://net.example/authorize?")
    assert answer.headers["Location"] == cast.path(f"connections/{made.id}")
    assert back(browser, state).status_code == 410
    assert len([each for each in outside.asked if each.url.endswith("/token")]) == 1


def test_no_log_has_a_code_a_state_or_a_token(cast, app, outside, capsys, caplog):
    outside.says |= {"refresh_token": "refresh-1"}
    browser = cast.browser("editor")
    state, _ = leave(browser, cast.path("connections/new/threads/leave"))
    back(browser, state)
    back(browser, state)
    out, err = capsys.readouterr()
    logged = out + err + re.sub(r"Gone: .*", "", caplog.text)

    assert "console:connect_callback" in logged
    for secret in (state, "code-1", "token-1", "refresh-1", "app-secret"):
        assert secret not in logged


def test_another_browser_session_member_or_door_brings_nothing_home(cast, workspace, app, outside):
    browser = cast.browser("editor")
    state, _ = leave(browser, cast.path("connections/new/threads/leave"))
    same_member = cast.browser("editor")
    other_member = cast.browser("admin")
    other_member.cookies["leaving"] = browser.cookies["leaving"].value

    assert back(same_member, state).status_code == 410
    assert back(other_member, state).status_code == 410
    assert back(Client(), state).status_code == 410
    assert back(browser, state, door="instagram").status_code == 410
    assert back(browser, "").status_code == 410
    assert outside.asked == []
    with access.inside(workspace):
        assert Connection.objects.count() == 0


def test_a_no_on_the_networks_page_is_said_on_ours(cast, app, outside):
    browser = cast.browser("editor")
    state, _ = leave(browser, cast.path("connections/new/threads/leave"))
    said = {"state": state, "error": "access_denied", "error_description": "<script>x</script>"}
    answer = browser.get("/connect/callback/threads", said)

    assert answer.headers["Location"] == cast.path("connections/new/threads")
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "permission was not given" in page
    assert "<script>x" not in page


def test_the_way_back_leads_nowhere_else(cast, app, outside):
    browser = cast.browser("editor")
    state, _ = leave(browser, cast.path("connections/new/threads/leave"))
    answer = back(browser, state, next="https://evil.example", redirect_uri="//evil.example")

    assert answer.headers["Location"].startswith(cast.path("connections/"))


def test_the_cookie_of_who_leaves_is_for_this_site_alone(cast, app, outside):
    browser = cast.browser("editor")
    leave(browser, cast.path("connections/new/threads/leave"))
    cookie = browser.cookies["leaving"]

    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)


def test_an_admin_keeps_an_application_and_nobody_reads_its_secret(cast, network):
    browser = cast.browser("admin")
    path = cast.path("connections/new/threads")
    browser.post(f"{path}/app", {"app_id": "app-9", "secret": "top-secret"})
    page = browser.get(path).content.decode()

    assert "app-9" in page
    assert "top-secret" not in page
    assert "/connect/callback/threads" in page


def test_a_creator_connects_looks_and_ends_it_without_a_login(workspace, signed, outside):
    visitor, path = Client(), f"/connect/with/{signed}"
    asks = visitor.get(path)
    state, _ = leave(visitor, path)
    answer = back(visitor, state)
    with access.inside(workspace):
        made = Connection.objects.get()
        assert CreatorLink.objects.get().connection_id == made.id
    shown = visitor.get(path).content.decode()
    ended = visitor.post(path, {"act": "disconnect"})
    with access.inside(workspace):
        gone = Connection.objects.get()

    assert "Anna asks to read threads:anna" in asks.content.decode()
    assert asks.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["Location"] == ended.headers["Location"] == path
    assert (made.name, made.connected_by, made.creator_id is not None) == (
        "anna",
        "the creator",
        True,
    )
    assert "Disconnect and delete" in shown
    assert (gone.state, gone.secret, gone.erase_at is not None) == ("ended", None, True)
    assert outside.asked[-1].url == "https://net.example/revoke"


@pytest.mark.parametrize("altered", ["x", "gswconnect_x~y", ""])
def test_a_link_that_was_altered_opens_nothing(signed, altered):
    last = "1" if signed.endswith("0") else "0"  # a link that ends so would stay as it is

    assert Client().get(f"/connect/with/{signed[:-1]}{altered}{last}").status_code in {404, 410}


def test_a_link_that_is_too_old_connects_nothing(signed, outside, monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=15))

    assert Client().get(f"/connect/with/{signed}").status_code == 410


def test_a_link_is_made_once_shown_once_and_withdrawn(cast, workspace, signed):
    browser = cast.browser("editor")
    page = browser.post(
        cast.path("connections/links"), {"account": "threads:anna", "days": "7"}
    ).content.decode()
    [made] = re.findall(r"/connect/with/(gswconnect_[\w~-]+)", page)
    again = browser.get(cast.path("connections")).content.decode()
    with access.inside(workspace):
        account = Account.objects.get()

    assert Client().get(f"/connect/with/{signed}").status_code == 410
    assert Client().get(f"/connect/with/{made}").status_code == 200
    assert made not in again
    browser.post(cast.path(f"connections/links/{account.id}/withdraw"))
    assert Client().get(f"/connect/with/{made}").status_code == 410


def test_a_creators_page_invites_to_connect_and_shows_how_it_stands(
    cast, workspace, signed, outside
):
    with access.inside(workspace):
        account = Account.objects.get()
    page = cast.path(f"creators/{account.creator_id}")
    browser = cast.browser("editor")
    given = {"account": "threads:anna", "days": "7", "creator": str(account.creator_id)}

    asked = browser.get(page).content.decode()
    wrong = browser.post(cast.path("connections/links"), {**given, "days": "900"})
    made = browser.post(cast.path("connections/links"), given).content.decode()
    [link] = re.findall(r"/connect/with/(gswconnect_[\w~-]+)", made)
    visitor = Client()
    state, _ = leave(visitor, f"/connect/with/{link}")
    back(visitor, state)
    with access.inside(workspace):
        Connection.objects.update(stale_since=cast.now)
    stands = browser.get(page).content.decode()

    assert "Make a new link" in asked
    assert (wrong.status_code, "a link is open for 1 to 90 days" in wrong.content.decode()) == (
        422,
        True,
    )
    assert "Connected by its creator" not in made
    assert "Connected by its creator" in stands
    assert "What may be read" in stands
    assert "Stale" in stands
    assert "Make a new link" not in stands
    assert "Connected by its creator" in cast.browser("viewer").get(page).content.decode()


def test_a_link_is_withdrawn_on_the_creators_page(cast, workspace, signed):
    with access.inside(workspace):
        account = Account.objects.get()
    browser, page = cast.browser("editor"), cast.path(f"creators/{account.creator_id}")
    path = cast.path(f"connections/links/{account.id}/withdraw")

    answer = browser.post(path, {"creator": str(account.creator_id)})

    assert answer.headers["Location"] == f"{page}?account={account.id}#owning"
    assert Client().get(f"/connect/with/{signed}").status_code == 410
    assert "Invite to connect" in browser.get(page).content.decode()


def test_a_link_for_an_account_that_cannot_be_asked_is_refused(cast, signed):
    browser = cast.browser("editor")
    for given in ({"account": "threads:nobody", "days": "7"}, {"account": "x", "days": "7"},
                  {"account": "threads:anna", "days": "900"}):  # fmt: skip
        answer = browser.post(cast.path("connections/links"), given)
        assert answer.status_code in {404, 422}
        assert "gswconnect_" not in answer.content.decode()


def told(user_id, secret="app-secret"):
    said = {"algorithm": "HMAC-SHA256", "user_id": user_id}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    made = hmac.digest(secret.encode(), body.encode(), hashlib.sha256)
    return f"{base64.urlsafe_b64encode(made).decode().rstrip('=')}.{body}"


def test_a_network_says_that_a_permission_was_taken_back(workspace, app, connected):
    path = f"/connect/withdrawn/{workspace.id}/threads"
    answer = Client(enforce_csrf_checks=True).post(path, {"signed_request": told("77")})
    said = answer.json()
    with access.inside(workspace):
        ended = Connection.objects.get()
        assert (ended.state, ended.secret, ended.erase_at is not None) == ("ended", None, True)
    page = Client().get(urlsplit(said["url"]).path).content.decode()
    with access.inside(workspace):
        Connection.objects.update(erase_at=None)
    after = Client().get(urlsplit(said["url"]).path).content.decode()

    assert said["confirmation_code"] in page
    assert "It is being deleted" in page
    assert "It is deleted" in after


@pytest.mark.parametrize("signed", ["", "a.b", told("77", "guessed")])
def test_what_no_network_signed_ends_nothing(workspace, app, connected, signed):
    answer = Client().post(f"/connect/withdrawn/{workspace.id}/threads", {"signed_request": signed})

    assert answer.status_code == 404
    with access.inside(workspace):
        assert Connection.objects.get().state == "working"
        assert Withdrawal.objects.count() == 0


def test_a_code_that_nobody_was_given_says_nothing():
    assert Client().get("/connect/withdrawal/abc").status_code == 404

"""Owners of accounts who change their mind: at the next refresh, what was read before goes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from groundswell.connectors.actions import connecting, erasing, imports, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.choices import REFRESH, SyncState
from groundswell.connectors.models import Brought, Sync, Watch
from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.terms.exchange import Fetch, Reply, Request
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry, Workspace
from tests.connectors.networks.stubs import bluesky, mastodon, told
from tests.connectors.networks.stubs.mastodon import HERE, NOW

pytestmark = pytest.mark.django_db

Read = Callable[..., Sync]
ANNA = mastodon.PEOPLE[HERE][0]


def wishing(**switches: bool) -> Fetch:
    """The server, on which anna has set switches so."""

    def fetch(request: Request) -> Reply:
        parts = urlsplit(request.url)
        is_her = parts.path.endswith("/lookup") and request.params["acct"] == "anna"
        return told({**ANNA, **switches}, request) if is_her else mastodon.answer(request)

    return fetch


def fetch_all(**switches: bool) -> Fetch:
    """Servers on which everybody has set switches so."""

    def fetch(request: Request) -> Reply:
        reply = mastodon.answer(request)
        if not request.url.endswith("/lookup"):
            return reply
        return told(json.loads(reply.body) | switches, request)

    return fetch


@pytest.fixture
def read(workspace: Workspace) -> Read:
    """Ask Mastodon for something, or after the accounts that it brought."""

    def synced(way: Way | str, fetch: Fetch, *, text: str = "", days: int = 0) -> Sync:
        now = NOW + timedelta(days=days)
        hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": now}
        with access.inside(workspace):
            if way == REFRESH:
                Brought.objects.exclude(next_at=None).update(next_at=now)
                watch = Watch.objects.get(way=REFRESH)
            else:
                made = connecting.connect(
                    network=Network.MASTODON, server=f"https://{HERE}", **hand
                )
                watch = connecting.watch(connection_id=made.id, way=Way(way), text=text, **hand)
        run = syncing.sync(
            workspace=workspace,
            watch_id=watch.id,
            outside=Outside(fetch, lambda: now),
            by="test",
            progress=silent,
        )
        assert (run.state, run.refusal) == (SyncState.DONE, None)
        return run

    return synced


def observed(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with access.inside(workspace):
        names = {str(each.id): each.handle for each in Account.objects.all()}
        with queries.observations() as observations:
            rows = observations.connection.execute(sql).fetchall()
    return sorted((names[account], *rest) for account, *rest in rows)


def words(workspace: Workspace, handle: str) -> list[str | None]:
    rows = observed(workspace, "SELECT account, text FROM posts")
    return [text for name, text in rows if name == handle]


def told_by_journal(workspace: Workspace) -> list[int]:
    with access.inside(workspace):
        entries = JournalEntry.objects.filter(event="network.opted_out").order_by("id")
        return list(entries.values_list("rows", flat=True))


@pytest.mark.parametrize("switch", [{"discoverable": False}, {"noindex": True}])
def test_who_was_found_and_no_longer_wants_it_is_erased(
    read: Read, workspace: Workspace, switch: dict[str, bool]
) -> None:
    read(Way.HASHTAG, mastodon.answer, text="trailrunning")
    everyone = {row[0] for row in observed(workspace, "SELECT DISTINCT account FROM posts")}
    assert "anna@mastodon.example" in everyone

    done = read(REFRESH, wishing(**switch), days=1)

    assert done.gone == 1
    with access.inside(workspace):
        assert not Account.objects.filter(handle="anna@mastodon.example").exists()
        assert Account.objects.filter(handle="ben@other.example").exists()
    left = {row[0] for row in observed(workspace, "SELECT DISTINCT account FROM posts")}
    assert "anna@mastodon.example" not in left
    assert left >= everyone - {"anna@mastodon.example"}
    assert told_by_journal(workspace)[-1] == 1


def test_many_at_once_are_believed_as_each_of_them_says_so(
    read: Read, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_SUSPICIOUS", 0)
    read(Way.HASHTAG, mastodon.answer, text="trailrunning")

    read(REFRESH, fetch_all(discoverable=False), days=1)

    with access.inside(workspace):
        assert Account.objects.count() == 0
    assert told_by_journal(workspace)[-1] >= 4


def test_who_is_asked_for_by_name_stays_without_being_found(
    read: Read, workspace: Workspace
) -> None:
    read(Way.ACCOUNT, mastodon.answer, text="anna")

    done = read(REFRESH, wishing(discoverable=False), days=1)

    assert (done.gone, told_by_journal(workspace)) == (0, [])
    assert "Post 1 of anna" in str(words(workspace, "anna@mastodon.example"))


@pytest.mark.parametrize(
    ("way", "text", "switch", "bio"),
    [
        (Way.HASHTAG, "trailrunning", {"indexable": False}, True),
        (Way.ACCOUNT, "anna", {"indexable": False}, True),
        (Way.ACCOUNT, "anna", {"noindex": True}, False),
    ],
)
def test_words_that_are_no_longer_to_be_kept_are_erased_once(
    read: Read, workspace: Workspace, way: Way, text: str, switch: dict[str, bool], bio: bool
) -> None:
    read(way, mastodon.answer, text=text)
    assert all(words(workspace, "anna@mastodon.example"))

    runs = [read(REFRESH, wishing(**switch), days=days) for days in (1, 2)]

    kept = words(workspace, "anna@mastodon.example")
    assert kept
    assert set(kept) == {None}
    with access.inside(workspace):
        anna = Account.objects.get(handle="anna@mastodon.example")
        assert (anna.bio is not None, anna.avatar_url is not None) == (bio, bio)
        assert (anna.display_name, anna.followers) == ("Anna", 1201)
        asked = Brought.objects.get(account=anna)
        assert (asked.watch.way, asked.last_at) == (way, NOW + timedelta(days=2))
    assert told_by_journal(workspace) == [1]
    note = "1 accounts ask now that less is kept of them, and what was read before was erased: "
    assert [f"{note}mastodon:anna@mastodon.example" in run.notes for run in runs] == [True, False]
    # What was counted while it was read is erased too; what is counted from then on is kept.
    days = observed(workspace, "SELECT account, epoch(observed_at) FROM account_observations")
    assert len([at for name, at in days if name == "anna@mastodon.example"]) == 2


def test_what_a_file_says_stays_when_its_owner_opts_out(
    read: Read, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("platform,handle,bio\nmastodon,anna@mastodon.example,Runs with us\n")
    imports.import_file(
        workspace=workspace,
        kind="accounts",
        path=path,
        mapping=None,
        platform=None,
        by="test",
        now=now,
        progress=silent,
    )
    read(Way.HASHTAG, mastodon.answer, text="trailrunning")

    read(REFRESH, wishing(noindex=True), days=1)

    with access.inside(workspace):
        anna = Account.objects.get(handle="anna@mastodon.example")
        assert (anna.bio, anna.followers) == ("Runs with us", None)
    assert words(workspace, "anna@mastodon.example") == []


def test_who_asks_bluesky_not_to_be_shown_to_strangers_is_erased(
    workspace: Workspace, now: datetime
) -> None:
    stub = bluesky.stub()
    is_hidden = False

    def fetch(request: Request) -> Reply:
        reply = stub.answer(request)
        if not (is_hidden and request.url.endswith("getProfile")):
            return reply
        label = b'"labels": [{"val": "!no-unauthenticated"}]'
        return Reply(reply.status, reply.headers, reply.body.replace(b'"labels": []', label), "")

    def synced(watch: Watch, at: datetime) -> Sync:
        return syncing.sync(
            workspace=workspace,
            watch_id=watch.id,
            outside=Outside(fetch, lambda: at),
            by="test",
            progress=silent,
        )

    hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": now}
    with access.inside(workspace):
        made = connecting.connect(network=Network.BLUESKY, **hand)
        watch = connecting.watch(
            connection_id=made.id, way=Way.ACCOUNT, text="anna.example.social", **hand
        )
    synced(watch, now)
    with access.inside(workspace):
        assert Account.objects.filter(handle="anna.example.social").exists()

    is_hidden = True
    done = synced(watch, now + timedelta(days=1))

    assert done.gone == 1
    with access.inside(workspace):
        assert not Account.objects.filter(handle="anna.example.social").exists()
    assert told_by_journal(workspace) == [1]

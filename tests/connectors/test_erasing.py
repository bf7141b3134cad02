"""What a connection alone brought goes with it; what others brought or somebody wrote stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from groundswell.connectors.actions import connecting, erasing, imports, scheduling, syncing
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.network import Authority, Way
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Brought, Connection, Watch
from groundswell.creators import queries
from groundswell.creators.actions import segments
from groundswell.creators.models import Account, Creator, Segment
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry, Workspace
from tests.connectors.pretended import Server, interface, outside, person

pytestmark = pytest.mark.django_db

Bring = Callable[..., Watch]


@pytest.fixture
def bring(workspace: Workspace, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Bring people by a connection of some name."""
    network = interface(authority=Authority.OAUTH, keeps=timedelta(days=30))
    monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, network)

    def brought(name: str, *people: dict[str, Any]) -> Watch:
        server = Server()
        server.page("0", *people)
        hand = {"workspace": workspace, "by": "test", "now": now}
        with access.inside(workspace):
            made = connecting.connect(
                network=Network.BLUESKY, name=name, tokens=Tokens(f"token of {name}"), **hand
            )
            watch = connecting.watch(connection_id=made.id, way=Way.SEARCH, text="trail", **hand)
        syncing.sync(
            workspace=workspace,
            watch_id=watch.id,
            outside=outside(server, now),
            by="test",
            progress=silent,
        )
        return watch

    return brought


def disconnect(watch: Watch, now: datetime) -> int:
    hand = {"workspace": watch.workspace, "connection_id": watch.connection_id}
    with access.inside(watch.workspace):
        connecting.disconnect(by="test", now=now, delete=True, **hand)
        return erasing.erase(now=now, **hand)


def known(workspace: Workspace) -> tuple[list[str], set[str]]:
    """Handles of accounts, and accounts of which there are posts."""
    with access.inside(workspace):
        names = dict(Account.objects.values_list("id", "handle"))
        with queries.observations() as observations:
            rows = observations.connection.execute("SELECT DISTINCT account FROM posts").fetchall()
    return sorted(names.values()), {names[next(n for n in names if str(n) == a)] for (a,) in rows}


def test_what_a_connection_alone_brought_is_erased_whole(
    bring: Bring, workspace: Workspace, now: datetime
) -> None:
    first = bring("anna", person(1), person(2))
    bring("ben", person(2), person(3))

    assert disconnect(first, now) == 1

    assert known(workspace) == (["p2.example", "p3.example"], {"p2.example", "p3.example"})
    with access.inside(workspace):
        ended = Connection.objects.get(name="anna")
        assert (ended.state, ended.secret, ended.scopes) == (ConnectionState.ENDED, None, [])
        assert Creator.objects.count() == 2
        assert Brought.objects.get(account__handle="p2.example").is_new
        last = JournalEntry.objects.order_by("id").last()
        assert last is not None
        assert (last.event, last.rows) == ("network.erased", 1)
        assert erasing.erase(workspace=workspace, connection_id=ended.id, now=now) == 0


def test_files_with_erased_rows_leave_the_disk(
    bring: Bring, workspace: Workspace, now: datetime
) -> None:
    disconnect(bring("anna", person(1)), now)

    with access.inside(workspace):
        assert Segment.objects.filter(retired_at=None).count() == 0
        segments.sweep_held(workspace=workspace, now=now + timedelta(hours=2))
    root = Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id) / "warehouse"
    assert list(root.rglob("*.parquet")) == []


def test_of_whom_somebody_brought_a_file_the_name_and_the_files_rows_stay(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    watch = bring("anna", person(1), person(2))
    path = tmp_path / "own.csv"
    path.write_text("platform,handle,followers,observed_at\nbluesky,p1.example,7,2026-10-01\n")
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

    disconnect(watch, now)

    assert known(workspace) == (["p1.example"], set())
    with access.inside(workspace), queries.observations() as observations:
        rows = observations.connection.execute(
            "SELECT followers, source FROM account_observations"
        ).fetchall()
        account = Account.objects.get()
    assert rows == [(7, "import")]
    assert (account.display_name, account.bio) == (None, None)


def test_a_withdrawn_permission_erases_in_time_unless_it_is_given_again(
    bring: Bring, workspace: Workspace, now: datetime
) -> None:
    watch = bring("anna", person(1))
    with access.inside(workspace):
        Connection.objects.filter(id=watch.connection_id).update(
            state=ConnectionState.BROKEN, erase_at=now + timedelta(days=3)
        )
        scheduling.tidy(workspace, now=now + timedelta(days=2))
    assert known(workspace)[0] == ["p1.example"]

    with access.inside(workspace):
        scheduling.tidy(workspace, now=now + timedelta(days=3))

    assert known(workspace)[0] == []
    with access.inside(workspace):
        assert Connection.objects.get().state == ConnectionState.ENDED


def test_what_is_not_read_again_in_time_is_let_go(
    bring: Bring, workspace: Workspace, now: datetime
) -> None:
    bring("anna", person(1))

    with access.inside(workspace):
        scheduling.tidy(workspace, now=now + timedelta(days=30))
        assert Account.objects.count() == 1
        scheduling.tidy(workspace, now=now + timedelta(days=30, seconds=1))
        assert Account.objects.count() == 0

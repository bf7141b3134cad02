"""What a connection alone brought goes with it; what others brought or somebody wrote stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from groundswell.connectors.actions import connecting, erasing, imports, scheduling, syncing
from groundswell.connectors.actions.erasing import Gone
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.network import Authority, Way
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Brought, Connection, Sync, Watch
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

    def brought(name: str, *people: dict[str, Any], way: Way = Way.SEARCH) -> Watch:
        server = Server()
        server.page("0", *people, way=way, q="" if way is Way.OWN else "trail")
        hand = {"workspace": workspace, "by": "test", "now": now}
        with access.inside(workspace):
            made = connecting.connect(
                network=Network.BLUESKY, name=name, tokens=Tokens(f"token of {name}"), **hand
            )
            watch = connecting.watch(connection_id=made.id, way=way, text="trail", **hand)
        syncing.sync(
            workspace=workspace,
            watch_id=watch.id,
            outside=outside(server, now),
            by="test",
            progress=silent,
        )
        return watch

    return brought


def disconnect(watch: Watch, now: datetime) -> Gone:
    hand = {"workspace": watch.workspace, "connection_id": watch.connection_id}
    with access.inside(watch.workspace):
        connecting.disconnect(by="test", now=now, delete=True, **hand)
        return erasing.erase(now=now, **hand)


def hand_in(workspace: Workspace, now: datetime, path: Path, kind: str, text: str) -> None:
    path.write_text(text)
    imports.import_file(
        workspace=workspace,
        kind=kind,
        path=path,
        mapping=None,
        platform=None,
        by="test",
        now=now,
        progress=silent,
    )


def observed(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with access.inside(workspace), queries.observations() as observations:
        return observations.connection.execute(sql).fetchall()


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

    went = disconnect(first, now).erased
    assert (went.removed, went.emptied) == (1, 0)
    assert went.rows == {"account_observations": 1, "posts": 2}

    assert known(workspace) == (["p2.example", "p3.example"], {"p2.example", "p3.example"})
    with access.inside(workspace):
        ended = Connection.objects.get(name="anna")
        assert (ended.state, ended.secret, ended.scopes) == (ConnectionState.ENDED, None, [])
        assert Creator.objects.count() == 2
        assert Brought.objects.get(account__handle="p2.example").is_new
        last = JournalEntry.objects.order_by("id").last()
        assert last is not None
        assert (last.event, last.rows) == ("network.erased", 1)
        assert erasing.erase(workspace=workspace, connection_id=ended.id, now=now) == Gone()


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
    text = "platform,handle,followers,observed_at\nbluesky,p1.example,7,2026-10-01\n"
    hand_in(workspace, now, tmp_path / "own.csv", "accounts", text)

    disconnect(watch, now)

    assert known(workspace) == (["p1.example"], set())
    rows = observed(workspace, "SELECT followers, source FROM account_observations")
    with access.inside(workspace):
        account = Account.objects.get()
    assert rows == [(7, "import")]
    assert account.followers == 7
    assert (account.display_name, account.bio) == (None, None)


_FILE = (
    "platform,handle,bio,city,followers,observed_at\nbluesky,p1.example,I run,Bern,7,2026-09-01\n"
)
_POSTS = (
    "platform,post_id,account,published_at,text,likes,observed_at\n"
    "bluesky,old,p1.example,2026-08-01,by file,3,2026-08-02\n"
)


def test_an_account_that_a_file_named_first_says_again_what_the_file_said(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    hand_in(workspace, now, tmp_path / "a.csv", "accounts", _FILE)
    hand_in(workspace, now, tmp_path / "p.csv", "posts", _POSTS)
    watch = bring("anna", person(1, fans=["ben", "cleo"]))
    with access.inside(workspace):
        read = Account.objects.get()
        assert (read.display_name, read.followers) == ("p1", 100)
        foreseen = erasing.foresee(workspace=workspace, connection=watch.connection)

    went = disconnect(watch, now)

    assert went == foreseen
    assert (went.erased.removed, went.erased.emptied) == (0, 1)
    assert went.erased.rows == {"account_observations": 1, "posts": 2, "memberships": 2}
    with access.inside(workspace):
        kept = Account.objects.get()
    assert (kept.handle, kept.display_name, kept.bio, kept.city, kept.followers) == (
        "p1.example",
        None,
        "I run",
        "Bern",
        7,
    )
    assert observed(workspace, "SELECT post_id, text FROM posts") == [("old", "by file")]
    assert observed(workspace, "SELECT likes FROM post_observations") == [(3,)]
    assert observed(workspace, "SELECT * FROM memberships") == []


def test_what_a_file_said_after_the_network_stays_too(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    hand_in(workspace, now, tmp_path / "a.csv", "accounts", _FILE)
    watch = bring("anna", person(1))
    later = (
        "platform,handle,display_name,followers,observed_at\n"
        "bluesky,p1.example,Anna,8,2026-11-01T18:00:00Z\n"
    )
    hand_in(workspace, now, tmp_path / "b.csv", "accounts", later)
    hand_in(workspace, now, tmp_path / "p.csv", "posts", _POSTS)

    disconnect(watch, now)

    with access.inside(workspace):
        kept = Account.objects.get()
    assert (kept.display_name, kept.bio) == ("Anna", "I run")
    assert observed(workspace, "SELECT post_id FROM posts") == [("old",)]


def test_a_post_in_which_nobody_knows_whose_words_are_whose_goes(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    hand_in(workspace, now, tmp_path / "a.csv", "accounts", _FILE)
    watch = bring("anna", person(1))
    changed = "platform,post_id,account,language\nbluesky,p1-0,p1.example,de\n"
    hand_in(workspace, now, tmp_path / "p.csv", "posts", changed)
    assert ("p1-0", "on trails", "de") in observed(
        workspace, "SELECT post_id, text, language FROM posts"
    )

    disconnect(watch, now)

    assert observed(workspace, "SELECT post_id FROM posts") == []


def test_what_only_the_permission_showed_goes_though_another_connection_reads_the_account(
    bring: Bring, workspace: Workspace, now: datetime
) -> None:
    bring("everybody", person(1))
    insight = {"id": "secret", "at": "2026-10-09T12:00:00Z", "text": "for followers"}
    own = bring("anna", person(1, posts=[insight], followers=101), way=Way.OWN)

    went = disconnect(own, now).erased

    assert (went.removed, went.emptied, went.rows["posts"]) == (0, 0, 1)
    assert observed(workspace, "SELECT post_id FROM posts ORDER BY 1") == [("p1-0",), ("p1-1",)]
    with access.inside(workspace):
        assert Account.objects.get().followers == 100


def test_the_second_connection_leaves_what_the_file_said_before_the_first(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    hand_in(workspace, now, tmp_path / "a.csv", "accounts", _FILE.replace("bio,", "display_name,"))
    first = bring("anna", person(1))
    second = bring("ben", person(1, name="Pia"))

    disconnect(first, now)
    with access.inside(workspace):
        assert Account.objects.get().display_name == "Pia"
    disconnect(second, now)

    with access.inside(workspace):
        assert Account.objects.get().display_name == "I run"
    assert observed(workspace, "SELECT followers FROM account_observations") == [(7,)]


def test_a_file_that_named_an_account_before_the_network_knew_its_id_keeps_its_word(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    watch = bring("anna", person(1, handle="old.example", posts=[]))
    hand_in(workspace, now, tmp_path / "a.csv", "accounts", _FILE)
    again = bring("anna", person(1))
    assert again.id == watch.id

    disconnect(watch, now)

    with access.inside(workspace):
        kept = Account.objects.get(merged_into=None)
    assert (kept.bio, kept.city, kept.display_name, kept.followers) == ("I run", "Bern", None, 7)


def test_syncs_that_did_not_write_down_what_they_wrote_lose_all_that_no_file_vouches_for(
    bring: Bring, workspace: Workspace, now: datetime, tmp_path: Path
) -> None:
    watch = bring("anna", person(1), person(2))
    hand_in(workspace, now, tmp_path / "a.csv", "accounts", _FILE)
    with access.inside(workspace):
        Sync.objects.update(publications=None)

    disconnect(watch, now)

    assert known(workspace) == (["p1.example"], set())


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


def test_posts_that_are_not_read_again_are_let_go_though_their_account_is_read(
    bring: Bring, workspace: Workspace, now: datetime
) -> None:
    posts = [
        {"id": name, "at": "2026-10-01T12:00:00Z", "text": "x", "likes": 1} for name in ("a", "b")
    ]
    watch = bring("anna", person(1, posts=posts))
    later = now + timedelta(days=20)
    server = Server()
    server.page("0", person(1, posts=posts[1:]))
    syncing.sync(
        workspace=workspace,
        watch_id=watch.id,
        outside=outside(server, later),
        by="test",
        progress=silent,
    )

    with access.inside(workspace):
        scheduling.tidy(workspace, now=now + timedelta(days=30))
    assert observed(workspace, "SELECT post_id FROM posts ORDER BY 1") == [("a",), ("b",)]
    with access.inside(workspace):
        scheduling.tidy(workspace, now=now + timedelta(days=30, seconds=1))
        [entry] = JournalEntry.objects.filter(event="network.let_go")
    assert observed(workspace, "SELECT post_id FROM posts") == [("b",)]
    assert entry.details["observations"] == {"posts": 1, "post_observations": 1}

"""Syncs: pages become visible in batches, failures change nothing, and a kill loses nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors.actions import connecting, settling, storing, syncing
from groundswell.connectors.actions.settling import NotRead, SyncUnderWay
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.failures import Changed, Unavailable
from groundswell.connectors.adapters.networks.network import Ask, Authority, Quota, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import REFRESH, ConnectionState, SyncState
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.terms.exchange import Fetch
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry, Workspace
from tests.connectors.pretended import SERVER, Server, interface, outside, person, reply, walk

pytestmark = pytest.mark.django_db

Run = Callable[..., Sync]


@pytest.fixture
def server() -> Server:
    """Two pages with three people."""
    found = Server()
    found.page("0", person(1), person(2), next="1")
    found.page("1", person(3))
    return found


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def used(**changes: Any) -> None:
        monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, interface(**changes))

    used()
    return used


@pytest.fixture
def watch(use: object, workspace: Workspace, now: datetime) -> Watch:
    return watched(workspace, now)


def watched(
    workspace: Workspace,
    now: datetime,
    way: Way = Way.SEARCH,
    text: str = "trail",
    tokens: Tokens | None = None,
) -> Watch:
    hand = {"workspace": workspace, "by": "test", "now": now}
    with access.inside(workspace):
        connection = connecting.connect(network=Network.BLUESKY, tokens=tokens, **hand)
        return connecting.watch(connection_id=connection.id, way=way, text=text, **hand)


@pytest.fixture
def run(server: Server, now: datetime) -> Run:
    def synced(watch: Watch, at: datetime = now, **more: Any) -> Sync:
        return syncing.sync(
            workspace=watch.workspace,
            watch_id=watch.id,
            outside=outside(server, at, **more),
            by="test",
            progress=silent,
        )

    return synced


def stored(workspace: Workspace, table: str) -> list[dict[str, Any]]:
    with access.inside(workspace), queries.observations() as observations:
        rows = observations.connection.sql(f'FROM "{table}"').to_arrow_table().to_pylist()
    return sorted(rows, key=str)


def handles(workspace: Workspace) -> list[str]:
    with access.inside(workspace):
        return list(Account.objects.order_by("handle").values_list("handle", flat=True))


def again(watch: Watch) -> Watch:
    with access.inside(watch.workspace):
        return Watch.objects.select_related("connection", "workspace").get(id=watch.id)


def test_all_pages_become_visible_and_are_counted(run: Run, watch: Watch) -> None:
    done = run(watch)

    assert done.state == SyncState.DONE
    assert (done.pages, done.items, done.taken, done.bad) == (2, 3, 3, 0)
    assert done.changed == {"accounts": 3, "account_observations": 3, "posts": 6}
    assert (done.requests, done.spent) == (2, {"requests": 2})
    assert handles(watch.workspace) == ["p1.example", "p2.example", "p3.example"]
    assert {row["source"] for row in stored(watch.workspace, "account_observations")} == {"api"}


def test_the_same_data_again_changes_nothing(run: Run, watch: Watch) -> None:
    run(watch)

    done = run(watch)

    assert (done.changed, done.unchanged, done.taken) == ({}, 3, 3)


def test_a_sync_is_told_in_the_journal(run: Run, watch: Watch) -> None:
    run(watch)

    with access.inside(watch.workspace):
        events = list(JournalEntry.objects.order_by("id").values_list("event", "rows"))
    assert events[-3:] == [("network.connected", 1), ("network.watched", 1), ("network.synced", 3)]


def test_members_are_hashed_as_imports_hash_them(server: Server, run: Run, watch: Watch) -> None:
    server.page("0", person(1, fans=["did:fan"]))

    run(watch)

    [row] = stored(watch.workspace, "memberships")
    assert len(row["member"]) == 32
    assert "fan" not in row["member"]


def test_an_item_that_happened_in_the_future_is_refused_as_a_whole(
    server: Server, run: Run, watch: Watch
) -> None:
    posts = [{"id": "late", "at": "2026-11-02T12:00:01Z", "text": "soon"}]
    server.page("0", person(1), person(2, posts=posts))

    done = run(watch)

    assert (done.items, done.taken, done.bad) == (2, 1, 1)
    assert handles(watch.workspace) == ["p1.example"]
    assert done.bad_items == [
        {
            "where": "posts.published_at",
            "value": "2026-11-02T12:00:01+00:00",
            "reason": "lies more than a day in the future",
        }
    ]


def test_fields_that_nobody_knows_are_kept_aside(server: Server, run: Run, watch: Watch) -> None:
    server.page("0", person(1), trending="yes")

    assert run(watch).aside == {"trending": "yes"}


def test_a_failing_page_leaves_what_came_before_and_says_why(
    server: Server, run: Run, watch: Watch, now: datetime
) -> None:
    server.answers["search?trail&1"] = Unavailable("Pretended is down", after=1200.0)

    failed = run(watch)

    assert failed.state == SyncState.WAITING
    assert handles(watch.workspace) == ["p1.example", "p2.example"]
    found = again(watch)
    said = {"code": "network_unavailable", "message": "Pretended is down"}
    assert (found.refusal, found.stale_since) == (said, now)
    assert found.next_at == now + timedelta(seconds=1200)
    assert found.connection.closed_until == now + timedelta(seconds=1200)
    with pytest.raises(NotRead, match="left alone"):
        run(watch)


def test_a_sync_goes_on_where_it_failed_and_heals(
    server: Server, run: Run, watch: Watch, now: datetime
) -> None:
    server.answers["search?trail&1"] = Unavailable("Pretended is down")
    failed = run(watch)
    server.page("1", person(3))
    server.asked.clear()

    done = run(watch, now + timedelta(hours=1))

    assert (done.id, done.state, done.items) == (failed.id, SyncState.DONE, 3)
    assert [request.params["at"] for request in server.asked] == ["1"]
    found = again(watch)
    assert (found.refusal, found.stale_since, found.failures) == (None, None, 0)
    assert found.connection.stale_since is None
    assert found.next_at == now + timedelta(hours=1, days=7)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_sync_killed_around_a_commit_ends_as_if_never_killed(
    when: str, run: Run, watch: Watch, stranger: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_MOST_ROWS", 1)
    publish, calls = storing.store, []

    def killed(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2 and when == "before":
            raise KeyboardInterrupt
        publish(*arguments)
        if len(calls) == 1 and when == "after":
            raise KeyboardInterrupt

    monkeypatch.setattr(storing, "store", killed)
    with pytest.raises(KeyboardInterrupt):
        run(watch)
    monkeypatch.setattr(storing, "store", publish)

    done = run(watch)

    assert (done.state, done.pages, done.items, done.taken) == (SyncState.DONE, 2, 3, 3)
    assert done.changed == {"accounts": 3, "account_observations": 3, "posts": 6}
    whole = run(watched(stranger, done.begun_at))
    assert handles(watch.workspace) == handles(stranger)
    assert [row["post_id"] for row in stored(watch.workspace, "posts")] == [
        row["post_id"] for row in stored(stranger, "posts")
    ]
    assert whole.changed == done.changed


def test_a_batch_that_fails_publishes_nothing(
    run: Run, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **more: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(storing, "_note", broken)
    with pytest.raises(OSError, match="disk"):
        run(watch)

    assert handles(watch.workspace) == []
    assert stored(watch.workspace, "posts") == []
    with access.inside(watch.workspace):
        assert Sync.objects.get().cursor is None


def test_a_network_that_sends_one_page_again_and_again_is_left(
    server: Server, run: Run, watch: Watch
) -> None:
    server.page("1", person(3), next="1")

    failed = run(watch)

    assert failed.state == SyncState.FAILED
    assert failed.refusal["code"] == Changed.code
    assert failed.cursor is None


def test_a_quota_refuses_a_request_before_it_is_sent(
    server: Server, run: Run, watch: Watch, use: Callable[..., None], now: datetime
) -> None:
    use(quotas=(Quota("requests", 1, timedelta(hours=1)),))

    failed = run(watch)

    assert len(server.asked) == 1
    assert failed.state == SyncState.WAITING
    assert failed.refusal["code"] == "network_quota_spent"
    found = again(watch)
    assert found.failures == 0
    assert now + timedelta(hours=1) <= found.next_at <= now + timedelta(hours=1, minutes=1)


def test_only_one_sync_of_a_connection_is_under_way(run: Run, watch: Watch) -> None:
    with settling.alone(watch.connection), pytest.raises(SyncUnderWay):
        run(watch)


def test_a_paused_connection_is_not_read_and_stops_behind_its_page(
    server: Server, run: Run, watch: Watch, now: datetime
) -> None:
    hand = {"workspace": watch.workspace, "by": "test", "now": now}

    def pause(request: Any) -> None:
        server.before = lambda request: None
        with access.inside(watch.workspace):
            connecting.pause(connection_id=watch.connection_id, **hand)

    server.before = pause
    stopped = run(watch)

    assert (stopped.state, handles(watch.workspace)) == (SyncState.WAITING, [])
    assert again(watch).stale_since is None
    with pytest.raises(NotRead, match="paused"):
        run(watch)
    server.before = lambda request: None
    with access.inside(watch.workspace):
        connecting.resume(connection_id=watch.connection_id, **hand)
    assert run(watch).state == SyncState.DONE


def test_a_login_is_renewed_once_and_kept_sealed(
    server: Server, run: Run, use: Callable[..., None], workspace: Workspace, now: datetime
) -> None:
    use(authority=Authority.OAUTH)
    watch = watched(workspace, now, tokens=Tokens("old", refresh="again"))
    fetch = server.fetch

    def choosy(request: Any) -> Any:
        if request.headers["authorization"] != "Bearer new":
            return reply(401)
        return fetch(request)

    server.fetch = choosy  # type: ignore[method-assign]
    renewals = []

    def renew(connection: Connection, tokens: Tokens, *_: object) -> Tokens:
        renewals.append(tokens.refresh)
        return Tokens("new", refresh="later")

    done = run(watch, renew=renew)

    assert (done.state, renewals) == (SyncState.DONE, ["again"])
    with access.inside(workspace):
        kept = bytes(Connection.objects.get().secret or b"")
    assert b"new" not in kept


def test_a_login_that_is_not_taken_breaks_the_connection_and_says_the_remedy(
    server: Server, run: Run, use: Callable[..., None], workspace: Workspace, now: datetime
) -> None:
    use(authority=Authority.OAUTH)
    watch = watched(workspace, now, tokens=Tokens("old"))
    server.answers["search?trail&0"] = reply(401)

    failed = run(watch)

    found = again(watch).connection
    assert failed.state == SyncState.FAILED
    assert found.state == ConnectionState.BROKEN
    assert "connect it again" in found.refusal["message"]
    assert found.erase_at == now + timedelta(days=3.5)
    with pytest.raises(NotRead, match="connect it again"):
        run(watch)


def test_accounts_are_asked_after_on_their_own_by_how_fast_they_change(
    server: Server, run: Run, watch: Watch, use: Callable[..., None], now: datetime
) -> None:
    use(quotas=())  # threads see what was committed, and this test commits nothing
    run(watch)
    with access.inside(watch.workspace):
        refresh = Watch.objects.get(way=REFRESH)
    assert refresh.next_at == now + timedelta(days=1)
    for number in (1, 2):
        more = {"followers": 102} if number == 1 else {}
        server.page("0", person(number, **more), way="account", q=f"p{number}.example")
    later = now + timedelta(days=1)

    done = run(refresh, later)

    assert (done.refusal, done.state, done.items) == (None, SyncState.DONE, 2)
    assert done.notes == [
        (
            "bluesky:p3.example could not be renewed: Pretended does not have what was asked "
            "for: check the name"
        )
    ]
    with access.inside(watch.workspace):
        next_at = dict(Brought.objects.values_list("account__handle", "next_at"))
        followers = dict(Account.objects.values_list("handle", "followers"))
    # One gained two percent in a day; both publish once a day.
    assert next_at["p1.example"] == later + timedelta(hours=12)
    assert next_at["p2.example"] == later + timedelta(days=1)
    assert next_at["p3.example"] == later + timedelta(days=1)
    assert followers == {"p1.example": 102, "p2.example": 100, "p3.example": 100}


@pytest.mark.parametrize("takes_ids", [True, False])
def test_an_account_is_not_taken_for_whoever_has_its_name_now(
    server: Server,
    run: Run,
    watch: Watch,
    use: Callable[..., None],
    now: datetime,
    takes_ids: bool,
) -> None:
    use(quotas=(), takes_ids=takes_ids)
    server.page("0", person(1))
    run(watch)
    renamed = person(1, handle="new.example", followers=102)
    other = person(2, handle="p1.example", followers=7)
    server.page("0", renamed, way="account", q="did:p1")
    server.page("0", other, way="account", q="p1.example")
    with access.inside(watch.workspace):
        refresh = Watch.objects.get(way=REFRESH)

    done = run(refresh, now + timedelta(days=1))

    with access.inside(watch.workspace):
        [account] = Account.objects.filter(platform_id="did:p1")
    if takes_ids:
        assert (account.handle, account.followers, done.notes) == ("new.example", 102, [])
        return
    assert (account.handle, account.followers) == ("p1.example", 100)
    assert "another account under the name 'p1.example' now" in done.notes[0]
    assert handles(watch.workspace) == ["p1.example"]


def test_when_the_network_fails_for_everybody_the_accounts_wait(
    server: Server, run: Run, watch: Watch, use: Callable[..., None], now: datetime
) -> None:
    use(quotas=())  # threads see what was committed, and this test commits nothing
    run(watch)
    for number in (1, 2, 3):
        server.answers[f"account?p{number}.example&0"] = reply(429, retry_after="90")
    with access.inside(watch.workspace):
        refresh = Watch.objects.get(way=REFRESH)

    failed = run(refresh, now + timedelta(days=1))

    assert (failed.state, failed.items) == (SyncState.WAITING, 0)
    assert failed.refusal["code"] == "network_throttled"
    assert again(refresh).next_at == now + timedelta(days=1, minutes=5)


def test_accounts_that_are_not_found_are_no_sign_that_the_network_fails(
    server: Server, run: Run, watch: Watch, use: Callable[..., None], now: datetime
) -> None:
    use(quotas=())  # threads see what was committed, and this test commits nothing
    server.page("0", *(person(number) for number in range(8)))
    run(watch)
    with access.inside(watch.workspace):
        refresh = Watch.objects.get(way=REFRESH)

    done = run(refresh, now + timedelta(days=1))

    assert (done.state, len(done.notes)) == (SyncState.DONE, 8)
    assert again(refresh).next_at == now + timedelta(days=2)


@pytest.mark.parametrize("failure", [Unavailable("nothing listens"), reply(429), reply(401)])
def test_servers_of_their_own_that_fail_hold_up_nobody_else(
    server: Server,
    run: Run,
    watch: Watch,
    use: Callable[..., None],
    now: datetime,
    failure: object,
) -> None:
    use(quotas=(), home=lambda words: f"https://{words}")
    server.page("0", *(person(number) for number in range(8)))
    run(watch)
    for number in range(7):
        server.answers[f"account?p{number}.example&0"] = failure
    server.page("0", person(7, followers=102), way="account", q="p7.example")
    with access.inside(watch.workspace):
        refresh = Watch.objects.get(way=REFRESH)

    done = run(refresh, now + timedelta(days=1))

    assert (done.state, done.refusal, done.items, len(done.notes)) == (SyncState.DONE, None, 1, 7)
    with access.inside(watch.workspace):
        assert Account.objects.get(handle="p7.example").followers == 102
        assert Brought.objects.filter(failures=1).count() == 7


def test_the_networks_own_server_that_fails_is_left_also_where_others_answer(
    server: Server, run: Run, watch: Watch, use: Callable[..., None], now: datetime
) -> None:
    own = [f"p{number}.example" for number in (0, 2, 4, 6, 8)]
    use(quotas=(), home=lambda words: SERVER if words in own else f"https://{words}")
    server.page("0", *(person(number) for number in range(10)))
    run(watch)
    for number in range(10):
        server.page("0", person(number), way="account", q=f"p{number}.example")
    for handle in own:
        server.answers[f"account?{handle}&0"] = Unavailable("nothing listens")
    with access.inside(watch.workspace):
        refresh = Watch.objects.get(way=REFRESH)

    failed = run(refresh, now + timedelta(days=1))

    assert (failed.state, failed.refusal["code"]) == (SyncState.WAITING, "network_unavailable")


def test_accounts_that_are_gone_are_removed_with_what_was_said_of_them(
    server: Server, run: Run, watch: Watch
) -> None:
    run(watch)
    server.page("0", person(1), gone=["did:p2"])

    done = run(watch)

    assert done.gone == 1
    assert handles(watch.workspace) == ["p1.example", "p3.example"]
    assert {row["post_id"] for row in stored(watch.workspace, "posts")} == {
        "p1-0",
        "p1-1",
        "p3-0",
        "p3-1",
    }


@pytest.mark.parametrize(("shown", "is_believed"), [(22, True), (21, True), (20, False)])
def test_many_more_posts_gone_than_shown_are_not_believed(
    server: Server, run: Run, watch: Watch, shown: int, is_believed: bool
) -> None:
    run(watch)
    said = ["p1-0", *(f"other-{each}" for each in range(20))]
    posts = [
        {"id": f"new-{each}", "at": "2026-10-01T12:00:00Z", "text": "x"} for each in range(shown)
    ]
    server.page("0", person(2, posts=posts), gone_posts=said)

    done = run(watch)

    assert (
        "p1-0" not in {row["post_id"] for row in stored(watch.workspace, "posts")}
    ) is is_believed
    assert ("nobody takes for true" in " ".join(done.notes)) is not is_believed


def test_long_work_is_left_behind_a_batch_and_gone_on_with(
    server: Server, watch: Watch, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_MOST_ROWS", 1)
    moments = iter(now + timedelta(seconds=each) for each in range(1000))
    world = outside(server, now)
    ticking = type(world)(world.fetch, lambda: next(moments), world.renew)

    def attempt() -> Sync:
        return syncing.sync(
            workspace=watch.workspace,
            watch_id=watch.id,
            outside=ticking,
            by="test",
            progress=silent,
            at_most=timedelta(seconds=2),
        )

    assert (attempt().state, attempt().state) == (SyncState.QUEUED, SyncState.DONE)
    assert len(handles(watch.workspace)) == 3


def test_a_third_party_that_fails_puts_off_its_own_watch_alone(
    server: Server, run: Run, use: Callable[..., None], workspace: Workspace, now: datetime
) -> None:
    def elsewhere(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
        return walk(lambda request: fetch(replace(request, is_public=True)), ask, cursor)

    use(walks={Way.ACCOUNT: elsewhere})
    dead, well = (watched(workspace, now, Way.ACCOUNT, text) for text in ("dead", "well"))
    server.answers["account?dead&0"] = Unavailable("nothing listens", after=300.0)
    server.page("0", person(1), way="account", q="well")

    failed, *_ = [run(dead, now + timedelta(hours=hour)) for hour in range(6)]
    done = run(well, now + timedelta(hours=6))

    assert (failed.state, done.state) == (SyncState.WAITING, SyncState.DONE)
    assert again(dead).refusal["message"] == "nothing listens"
    assert again(dead).next_at > now + timedelta(hours=5)
    connection = again(dead).connection
    assert (connection.closed_until, connection.failures) == (None, 0)
    assert connection.stale_since == now

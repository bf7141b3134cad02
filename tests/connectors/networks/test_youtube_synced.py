"""YouTube through whole syncs: what they leave, and what a withdrawn permission ends."""

from datetime import timedelta
from typing import Any

import pytest

from groundswell.connectors.actions import connecting, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.network import Ask, Authority, Way
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import ConnectionState, SyncState
from groundswell.connectors.models import Connection, Sync, Watch
from groundswell.creators import queries
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.networks.stubs.youtube import KEY, NOW, TOKEN, answer, refused, stub

pytestmark = pytest.mark.django_db


def watched(workspace: Workspace, ask: Ask, tokens: Tokens) -> Watch:
    hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": NOW}
    with access.inside(workspace):
        connection = connecting.connect(network=Network.YOUTUBE, tokens=tokens, **hand)
        return connecting.watch(
            connection_id=connection.id,
            way=ask.way,
            text=ask.text,
            accounts=ask.accounts,
            posts=ask.posts,
            comments=ask.comments,
            **hand,
        )


def synced(workspace: Workspace, watch: Watch, says: Any = answer) -> Sync:
    outside = Outside(fetch=says, clock=lambda: NOW)
    return syncing.sync(
        workspace=workspace, watch_id=watch.id, outside=outside, by="test", progress=silent
    )


def stored(workspace: Workspace, table: str) -> list[dict[str, Any]]:
    with access.inside(workspace), queries.observations() as observations:
        found: list[dict[str, Any]] = (
            observations.connection.sql(f'FROM "{table}"').to_arrow_table().to_pylist()
        )
    return found


@pytest.mark.parametrize("ask", stub().asks, ids=[ask.way for ask in stub().asks])
def test_every_question_is_synced_to_its_end(workspace: Workspace, ask: Ask) -> None:
    tokens = Tokens(TOKEN, granted=ask.granted)

    done = synced(workspace, watched(workspace, ask, tokens))

    assert (done.state, done.bad) == (SyncState.DONE, 0)
    assert done.taken == done.items > 0


def test_a_channel_leaves_posts_counts_and_comments_without_names(workspace: Workspace) -> None:
    ask = next(ask for ask in stub().asks if ask.way is Way.ACCOUNT)

    done = synced(workspace, watched(workspace, ask, Tokens(KEY)))

    assert done.spent == {"youtube_units": 1 + 4 + 3}
    assert len(stored(workspace, "posts")) == 53  # one was deleted, one listed on both pages
    assert [row["followers"] for row in stored(workspace, "account_observations")] == [200]
    comments = stored(workspace, "comments")
    assert len({row["comment_id"] for row in comments}) == 104
    assert not any("viewer" in row["author"] for row in comments)


def test_spent_units_are_waited_for_until_midnight_in_california(workspace: Workspace) -> None:
    def spent(request: Request) -> Reply:
        return refused(request, 403, "quotaExceeded", "You have exceeded your quota.")

    watch = watched(workspace, stub().asks[0], Tokens(KEY))
    done = synced(workspace, watch, spent)

    with access.inside(workspace):
        watch.refresh_from_db()
    assert done.state == SyncState.WAITING
    assert watch.next_at == NOW.replace(hour=8) + timedelta(days=1)


def test_a_withdrawn_permission_ends_within_the_days_that_google_gives(
    workspace: Workspace,
) -> None:
    def withdrawn(request: Request) -> Reply:
        return refused(request, 401, "authError", "Invalid Credentials")

    ask = next(ask for ask in stub().asks if ask.way is Way.OWN)
    watch = watched(workspace, ask, Tokens(TOKEN, granted=ask.granted))
    synced(workspace, watch, withdrawn)

    with access.inside(workspace):
        connection = Connection.objects.get(id=watch.connection_id)
    assert connection.authority == Authority.OAUTH
    assert connection.state == ConnectionState.BROKEN
    assert connection.erase_at is not None
    assert connection.erase_at <= NOW + timedelta(days=7)


def test_a_key_that_is_not_taken_deletes_nothing(workspace: Workspace) -> None:
    watch = watched(workspace, stub().asks[0], Tokens(f"{KEY[:-1]}x"))

    synced(workspace, watch)

    with access.inside(workspace):
        connection = Connection.objects.get(id=watch.connection_id)
    assert connection.state == ConnectionState.BROKEN
    assert connection.erase_at is None

"""Instagram and Threads through a whole sync: what a brand's own account and a hashtag leave."""

from typing import Any

import pytest

from groundswell.connectors.actions import connecting, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import SyncState
from groundswell.connectors.models import Sync
from groundswell.creators import queries
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.networks.stubs import Stub, instagram, stub_of

pytestmark = pytest.mark.django_db

_HIDDEN = ("runner0", "runner1", "runner2")


def _synced(workspace: Workspace, network: Network, stub: Stub, ask: Ask) -> Sync:
    hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": instagram.NOW}
    with access.inside(workspace):
        tokens = Tokens(stub.secret, granted=ask.granted, own_id=ask.own_id)
        connection = connecting.connect(network=network, tokens=tokens, **hand)
        depth: dict[str, Any] = {"accounts": ask.accounts, "posts": ask.posts}
        depth |= {"comments": ask.comments, "members": ask.members}
        watch = connecting.watch(
            connection_id=connection.id, way=ask.way, text=ask.text, **depth, **hand
        )
    outside = Outside(fetch=stub.answer, clock=lambda: instagram.NOW)
    done = syncing.sync(
        workspace=workspace, watch_id=watch.id, outside=outside, by="test", progress=silent
    )
    assert watch.every == interface_of(network).every.get(ask.way, watch.every)
    return done


def _stored(workspace: Workspace, table: str) -> list[dict[str, Any]]:
    with access.inside(workspace), queries.observations() as observations:
        found: list[dict[str, Any]] = (
            observations.connection.sql(f'FROM "{table}"').to_arrow_table().to_pylist()
        )
    return found


@pytest.mark.parametrize("network", [Network.INSTAGRAM, Network.THREADS])
def test_every_question_is_synced_to_its_end(workspace: Workspace, network: Network) -> None:
    stub = stub_of(network)
    for ask in stub.asks:
        done = _synced(workspace, network, stub, ask)

        assert (done.state, done.bad) == (SyncState.DONE, 0), ask.way
        assert done.taken == done.items > 0


def test_an_own_account_leaves_counts_of_its_owner_and_no_name_of_its_audience(
    workspace: Workspace,
) -> None:
    stub = stub_of(Network.INSTAGRAM)
    _synced(workspace, Network.INSTAGRAM, stub, stub.asks[2])

    seen = [row for row in _stored(workspace, "post_observations") if row["reach"]]
    assert {row["source"] for row in seen} == {"creator_authorised"}
    watched = {(row["watch_time_s"], row["watch_average_s"]) for row in seen}
    assert watched == {(0.108, 0.109), (None, None)}  # of reels, and of all else
    assert all(row["interactions"] for row in seen)
    assert len(_stored(workspace, "audience_shares")) == 8
    comments, members = _stored(workspace, "comments"), _stored(workspace, "memberships")
    assert len(members) == 3
    people = {row["author"] for row in comments} | {row["member"] for row in members}
    assert not people & {*_HIDDEN, "oak.pine"}


def test_posts_under_a_hashtag_are_kept_without_authors(workspace: Workspace) -> None:
    stub = stub_of(Network.INSTAGRAM)
    _synced(workspace, Network.INSTAGRAM, stub, stub.asks[1])

    posts = _stored(workspace, "posts")
    assert len(posts) == 25
    assert {row["account"] for row in posts} == {None}

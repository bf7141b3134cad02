"""A server of Bluesky that shows strangers no search of posts, through a whole sync."""

from datetime import UTC, datetime

import pytest

from groundswell.connectors import showing
from groundswell.connectors.actions import connecting, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.network import Way
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.networks.stubs import bluesky

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def no_search_of_posts(request: Request) -> Reply:
    if request.url.endswith("searchPosts"):
        return Reply(403, {"content-type": "text/html"}, b"<h1>Forbidden</h1>", request.url)
    return bluesky.stub().answer(request)


def test_who_searches_is_told_that_only_profiles_were_searched(workspace: Workspace) -> None:
    with access.inside(workspace):
        made = connecting.connect(workspace=workspace, network=Network.BLUESKY, by="test", now=NOW)
        watch = connecting.watch(
            workspace=workspace,
            connection_id=made.id,
            way=Way.SEARCH,
            text="trail",
            by="test",
            now=NOW,
        )

    done = syncing.sync(
        workspace=workspace,
        watch_id=watch.id,
        outside=Outside(fetch=no_search_of_posts, clock=lambda: NOW),
        by="test",
        progress=silent,
    )

    shown = showing.sync(done)
    said = "Without a login, this server of Bluesky does not search posts by their words; "
    assert said + "creators were found by their profiles only." in shown["notes"]
    assert (shown["state"], shown["refusal"]) == ("done", None)

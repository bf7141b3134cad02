"""How connections stand, asked as often for one as for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundswell.connectors import queries
from groundswell.connectors.actions import asking, connecting, spending
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.overview import overviews
from groundswell.terms.exchange import Spend
from groundswell.terms.networks import Network

pytestmark = pytest.mark.django_db


@pytest.fixture
def connect(inside, now):
    """Connect Bluesky under a name, and ask it something."""

    def connecting_as(name):
        made = connecting.connect(
            workspace=inside, network=Network.BLUESKY, name=name, by="ada", now=now
        )
        asking.ask(
            workspace=inside,
            connection_id=made.id,
            way=Way.SEARCH,
            text="trail",
            confirmed=None,
            by="ada",
            now=now,
        )
        return made

    return connecting_as


def test_a_connection_stands_as_its_watches_syncs_and_quotas_say(connect, inside, now):
    made = connect("one")
    spending.spend(
        [Spend("requests", 7)],
        workspace=inside,
        connection_id=made.id,
        interface=interface_of(Network.BLUESKY),
        now=now,
    )
    [found] = overviews(queries.connections(), now=now)

    assert (found.title, found.watches, found.last_synced_at) == ("Bluesky", 1, None)
    assert found.sync is not None
    assert found.sync.state == "queued"
    assert [(each.quota.name, each.used) for each in found.quotas] == [("requests", 7)]
    later = overviews([made], now=now + timedelta(hours=1))
    assert [each.used for each in later[0].quotas] == [0]
    one = spending.standings(made.id, interface_of(Network.BLUESKY).quotas, now=now)
    assert found.quotas == list(one.values())


def test_many_are_asked_for_as_often_as_one(connect, now):
    counts = []
    for name in ("one", "two", "three"):
        connect(name)
        with CaptureQueriesContext(connection) as captured:
            overviews(queries.connections(), now=now)
        counts.append(len(captured))

    assert counts == [counts[0]] * 3

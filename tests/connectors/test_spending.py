"""The ledger of quotas."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from groundswell.connectors.actions import connecting, spending
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.failures import QuotaSpent
from groundswell.connectors.adapters.networks.network import Quota
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Connection, Spending
from groundswell.terms.exchange import Spend
from groundswell.terms.networks import Network
from groundswell.workspaces.models import Workspace
from tests.connectors.pretended import interface
from tests.support.installation import Installation

pytestmark = pytest.mark.django_db

ROLLING = Quota("requests", 3, timedelta(hours=1))
DAILY = Quota("units", 100, timedelta(days=1), unit="units", zone="America/Los_Angeles")
TAGS = Quota("hashtags", 2, timedelta(days=7), unit="hashtags")

Take = Callable[..., list[Spend]]


@pytest.fixture
def take(inside: Workspace, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Take:
    network = interface(quotas=(ROLLING, DAILY, TAGS))
    monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, network)
    made = connecting.connect(workspace=inside, network=Network.BLUESKY, by="test", now=now)

    def taken(*spends: Spend, at: datetime = now) -> list[Spend]:
        return spending.spend(
            spends, workspace=inside, connection_id=made.id, interface=network, now=at
        )

    return taken


def test_a_rolling_window_never_holds_more_than_its_units(take: Take, now: datetime) -> None:
    for minute in (0, 20, 40):
        take(Spend("requests"), at=now + timedelta(minutes=minute))

    with pytest.raises(QuotaSpent, match="3 of 3 requests") as refused:
        take(Spend("requests"), at=now + timedelta(minutes=59))
    assert refused.value.after == 120.0
    take(Spend("requests"), at=now + timedelta(minutes=61))
    with pytest.raises(QuotaSpent):
        take(Spend("requests"), at=now + timedelta(minutes=62))


def test_a_day_begins_at_midnight_of_its_zone(take: Take) -> None:
    evening = datetime(2026, 11, 2, 7, 59, tzinfo=UTC)  # 23:59 of the first in Los Angeles
    take(Spend("units", 100), at=evening)

    with pytest.raises(QuotaSpent) as refused:
        take(Spend("units"), at=evening)
    assert refused.value.after == 60.0
    take(Spend("units", 100), at=evening + timedelta(minutes=1))


def test_what_counts_once_is_counted_once_while_its_window_lasts(take: Take, now: datetime) -> None:
    assert take(Spend("hashtags", key="trail")) == [Spend("hashtags", key="trail")]
    assert take(Spend("hashtags", key="trail"), at=now + timedelta(days=6)) == []
    take(Spend("hashtags", key="run"), at=now + timedelta(days=6))

    with pytest.raises(QuotaSpent):
        take(Spend("hashtags", key="hike"), at=now + timedelta(days=6))
    take(Spend("hashtags", key="hike"), at=now + timedelta(days=7, hours=3))


def test_a_request_that_does_not_fit_takes_nothing_at_all(take: Take) -> None:
    with pytest.raises(QuotaSpent, match="ask for less"):
        take(Spend("units", 101))
    assert Spending.objects.count() == 0


def test_quotas_that_the_network_does_not_declare_are_free(take: Take) -> None:
    assert take(Spend("smiles", 1_000)) == []


SPENDING = """
import sys, uuid
from groundswell.connectors.actions import spending
from groundswell.connectors.adapters.networks.failures import QuotaSpent
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.models import Connection
from groundswell.project import opening
from groundswell.terms.exchange import Spend
from groundswell.terms.networks import Network
from groundswell.workspaces import access, clock
network = interface_of(Network.BLUESKY)
[quota] = network.quotas
spent = 0
with opening.reach_database():
    workspace = access.workspace_named("default")
    while True:
        try:
            with access.inside(workspace):
                spending.spend(
                    [Spend(quota.name, 37)], workspace=workspace,
                    connection_id=uuid.UUID(sys.argv[1]), interface=network, now=clock.now(),
                )
        except QuotaSpent:
            break
        spent += 37
print(spent)
"""


@pytest.mark.django_db(databases=[])
def test_processes_that_spend_at_once_never_spend_more_than_there_is(
    installation: Installation,
) -> None:
    connection = installation.json("connect", "bluesky")["connection"]
    running = [installation.start_script(SPENDING, connection) for _ in range(3)]
    spent = [int(each.communicate(timeout=120)[0]) for each in running]

    units = INTERFACES[Network.BLUESKY].quotas[0].units
    assert sum(spent) == units // 37 * 37


def test_connecting_again_gives_no_quota_anew(take: Take, inside: Workspace, now: datetime) -> None:
    take(Spend("requests", 3))
    for _ in range(2):
        [last] = Connection.objects.exclude(state=ConnectionState.ENDED)
        hand = {"workspace": inside, "by": "test", "now": now}
        connecting.disconnect(connection_id=last.id, delete=False, **hand)
        made = connecting.connect(network=Network.BLUESKY, **hand)

        used = spending.standings(made.id, [ROLLING], now=now)["requests"].used
        assert (used, made.id != last.id) == (3, True)

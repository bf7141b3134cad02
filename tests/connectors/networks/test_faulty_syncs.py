"""Syncs of every network while it fails: whole pages are stored, and in the end everything."""

from datetime import timedelta
from typing import Any

import pytest

from groundswell.connectors import costs
from groundswell.connectors.actions import connecting, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.network import Ask, Authority, Interface
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import SyncState
from groundswell.connectors.models import DiscountCode, Order, Sync
from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.networks.faults import FAULTS, START, Fault, World, question

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
_LATER = timedelta(days=2)
_NAMED = {fault.name: fault for fault in FAULTS}
every_interface = pytest.mark.parametrize("interface", INTERFACES.values(), ids=list(INTERFACES))


def _synced(workspace: Workspace, ask: Ask, world: World) -> Sync:
    """Connect and watch, or mend what is there, and sync."""
    hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": world.clock()}
    interface, stub = world.interface, world.stub
    tokens = None
    if interface.authority is not Authority.NONE:
        tokens = Tokens(stub.secret, granted=ask.granted, own_id=ask.own_id)
    own = ask.server == interface.server
    with access.inside(workspace):
        connection = connecting.connect(
            network=interface.network, server="" if own else ask.server, tokens=tokens, **hand
        )
        depth = {name: getattr(ask, name) for name in ("accounts", "posts", "comments", "members")}
        watch = connecting.watch(
            connection_id=connection.id, way=ask.way, text=ask.text, **depth, **hand
        )
    with world.open():
        assert world.fetch is not None
        return syncing.sync(
            workspace=workspace,
            watch_id=watch.id,
            outside=Outside(world.fetch, world.clock),
            by="test",
            progress=silent,
            confirmed=costs.cents(interface, ask),
        )


def _kept(workspace: Workspace) -> dict[str, list[Any]]:
    """What is stored, by names that are the same in every workspace."""
    with access.inside(workspace), queries.observations() as observations:
        kept = {
            f"{table}.{column}": sorted(
                str(row[column])
                for row in observations.connection.sql(f'FROM "{table}"')
                .to_arrow_table()
                .to_pylist()
            )
            for table, column in (
                *(("posts", "post_id"), ("posts", "text"), ("comments", "comment_id")),
                *(("account_observations", "followers"), ("memberships", "kind")),
            )
        }
        kept["accounts"] = sorted(
            f"{one.platform} {one.platform_id} {one.handle}" for one in Account.objects.all()
        )
        kept["orders"] = sorted(Order.objects.values_list("order_id", flat=True))
        kept["codes"] = sorted(DiscountCode.objects.values_list("code", flat=True))
    return kept


_WHOLE: dict[Network, dict[str, list[Any]]] = {}


def _whole(workspace: Workspace, interface: Interface) -> dict[str, list[Any]]:
    """What a sync stores where nothing fails: the same in every test, so found out once."""
    if interface.network not in _WHOLE:
        stub, ask, _ = question(interface)
        assert _synced(workspace, ask, World(interface, stub)).state == SyncState.DONE
        _WHOLE[interface.network] = _kept(workspace)
        assert any(_WHOLE[interface.network].values())
    return _WHOLE[interface.network]


def _stays_within(part: dict[str, list[Any]], whole: dict[str, list[Any]]) -> bool:
    return all(set(values) <= set(whole[name]) for name, values in part.items())


@every_interface
@pytest.mark.parametrize(
    "fault",
    [
        _NAMED["429 with a long Retry-After"],
        _NAMED["reset in the middle"],
        _NAMED["truncated JSON"],
    ],
    ids=lambda fault: fault.name,
)
def test_a_sync_that_fails_keeps_whole_pages_and_goes_on_to_the_end(
    workspace: Workspace, stranger: Workspace, interface: Interface, fault: Fault
) -> None:
    stub, ask, second = question(interface)
    whole = _whole(stranger, interface)

    failed = _synced(workspace, ask, World(interface, stub, fault, second))

    assert failed.state in {SyncState.WAITING, SyncState.FAILED}
    assert failed.refusal is not None
    assert failed.refusal["code"] in fault.codes
    kept = _kept(workspace)
    assert _stays_within(kept, whole)
    assert any(kept.values()) == (failed.pages > 0)

    done = _synced(workspace, ask, World(interface, stub, now=START + _LATER))

    assert done.state == SyncState.DONE, done.refusal
    later = _kept(workspace)
    assert {name: set(values) for name, values in later.items()} == {
        name: set(values) for name, values in whole.items()
    }


@every_interface
def test_a_sync_that_finds_garbage_leaves_good_data(
    workspace: Workspace, interface: Interface
) -> None:
    stub, ask, _ = question(interface)
    _synced(workspace, ask, World(interface, stub))
    good = _kept(workspace)

    for name in ("empty body", "nested deeply", "a page for people", "a bomb"):
        world = World(interface, stub, _NAMED[name], now=START + _LATER)
        failed = _synced(workspace, ask, world)
        assert failed.state != SyncState.DONE or name == "a page for people"
        assert _kept(workspace) == good

"""Shops, TikTok, X and Pinterest through whole syncs: what they leave in the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors import costs
from groundswell.connectors import orders as reads
from groundswell.connectors.actions import connecting, erasing, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import SyncState
from groundswell.connectors.models import Connection, DiscountCode, Order, Sync
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.networks.stubs import shopify, stub_of, told, woocommerce

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOPS = (Network.SHOPIFY, Network.WOOCOMMERCE)


def synced(workspace: Workspace, network: Network, number: int = 0) -> Sync:
    stub = stub_of(network)
    ask = stub.asks[number]
    hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": NOW}
    server = ask.server if network in SHOPS else ""
    with access.inside(workspace):
        connection = connecting.connect(
            network=network, server=server, tokens=Tokens(stub.secret), **hand
        )
        watch = connecting.watch(
            connection_id=connection.id,
            way=ask.way,
            text=ask.text,
            accounts=ask.accounts,
            posts=ask.posts,
            members=ask.members,
            **hand,
        )
    outside = Outside(fetch=stub.answer, clock=lambda: NOW)
    return syncing.sync(
        workspace=workspace,
        watch_id=watch.id,
        outside=outside,
        by="test",
        progress=silent,
        confirmed=costs.cents(interface_of(network), ask),
    )


@pytest.mark.parametrize("network", [*SHOPS, Network.TIKTOK, Network.X, Network.PINTEREST], ids=str)
def test_every_question_is_synced_to_its_end(workspace: Workspace, network: Network) -> None:
    for number, ask in enumerate(stub_of(network).asks):
        done = synced(workspace, network, number)

        assert (done.state, done.bad, done.refusal) == (SyncState.DONE, 0, None), ask.way
        assert done.taken == done.items > 0


@pytest.mark.parametrize("network", SHOPS, ids=str)
def test_orders_are_kept_once_by_code_and_without_the_buyer(
    workspace: Workspace, network: Network
) -> None:
    first = synced(workspace, network)
    again = synced(workspace, network)

    assert first.changed["orders"] == 5
    assert again.changed == {}
    with access.inside(workspace):
        found = list(reads.orders_by_code("ANNA10"))
        assert len(found) == Order.objects.count() == 5
        assert sum(order.total_minor or 0 for order in found) == 1000 * 15 + 95 * 5
        hashed = {order.customer or "" for order in found}
        assert all(len(each) == 32 and int(each, 16) for each in hashed)
        assert not any("example" in str(vars(order)["customer"]) for order in found)


def _refund(number: int, amount: str) -> dict[str, Any]:
    payment = {"id": number, "kind": "refund", "status": "success", "amount": amount}
    return {"id": number, "total": f"-{amount}", "transactions": [payment | {"currency": "EUR"}]}


def _later(
    network: Network, day: int, refunds: list[dict[str, Any]], asked: list[Request]
) -> Callable[[Request], Reply]:
    """The shop when the second order had refunds and nothing else was changed since."""
    at = f"2026-11-{day}T09:00:00"
    changed = (
        shopify.order(2, updated_at=f"{at}Z", refunds=refunds)
        if network is Network.SHOPIFY
        else woocommerce.order(2, date_modified_gmt=at, refunds=refunds)
    )

    def answer(request: Request) -> Reply:
        if request.url.removesuffix(".json").endswith("/orders"):
            asked.append(request)
            body = {"orders": [changed]} if network is Network.SHOPIFY else [changed]
            return told(body, request, x_wp_totalpages="1")
        return stub_of(network).answer(request)

    return answer


@pytest.mark.parametrize("network", SHOPS, ids=str)
def test_a_refund_of_later_is_read_by_the_change_of_its_order_alone(
    workspace: Workspace, network: Network
) -> None:
    done = synced(workspace, network)
    asked: list[Request] = []

    def kept(day: int, *refunds: dict[str, Any]) -> tuple[int | None, int | None]:
        outside = Outside(
            fetch=_later(network, day, list(refunds), asked),
            clock=lambda: datetime(2026, 11, day, 12, tzinfo=UTC),
        )
        syncing.sync(
            workspace=workspace, watch_id=done.watch_id, outside=outside, by="t", progress=silent
        )
        with access.inside(workspace):
            order = reads.orders().get(placed_at__day=2)
            return order.refunded_minor, order.total_minor

    assert kept(24, _refund(1, "4.50")) == (450, 2095)
    assert kept(25, _refund(1, "4.50"), _refund(2, "16.45")) == (2095, 2095)
    assert kept(26) == (0, 2095)  # both were taken back

    names = ("updated_at_min", "modified_after")
    since = [request.params[name] for request in asked for name in names if name in request.params]
    assert [str(each)[:10] for each in since] == ["2026-11-20", "2026-11-22", "2026-11-23"]
    with access.inside(workspace):
        others = [order.refunded_minor for order in reads.orders().exclude(placed_at__day=2)]
    assert others == [0, 0, 0, 0]


@pytest.mark.parametrize("network", SHOPS, ids=str)
def test_a_shop_that_is_disconnected_and_deleted_leaves_no_order(
    workspace: Workspace, network: Network
) -> None:
    synced(workspace, network)
    with access.inside(workspace):
        connection = Connection.objects.get()
        connecting.end(connection, now=NOW)
        connection.erase_at = NOW
        connection.save()
        erasing.erase(workspace=workspace, connection_id=connection.id, now=NOW)

        assert (Order.objects.count(), DiscountCode.objects.count()) == (0, 0)

"""The commands that show what shops told, as other programs use them."""

import json
from contextlib import nullcontext
from datetime import datetime

import pytest

from groundswell.connectors.actions import orders
from groundswell.interfaces.cli import app
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace


@pytest.fixture
def told(workspace: Workspace, now: datetime) -> None:
    rows = [
        {"order_id": code, "placed_at": now, "currency": "EUR", "total": 40994, "codes": [code]}
        for code in ("ANNA10", "BEN5")
    ]
    told = {
        "orders": rows,
        "discount_rules": [{"rule_id": "9", "kind": "percentage", "share_off": 0.1}],
        "discount_codes": [{"code": "ANNA10", "rule_id": "9", "usage_count": 1}],
    }
    shop = "https://oak.myshopify.com"
    with access.inside(workspace):
        orders.take(told, workspace=workspace, network=Network.SHOPIFY, shop=shop, now=now)


@pytest.mark.usefixtures("told")
def test_orders_are_listed_by_code_with_their_money(capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        status = app.run(["orders", *arguments, "-w", "anna"], open_database=nullcontext)
        out, err = capsys.readouterr()
        assert status == 0, err
        return out

    (found,) = json.loads(said("list", "--code", "anna10", "--json"))["orders"]
    assert (found["order"], found["total_minor"], found["currency"]) == ("ANNA10", 40994, "EUR")
    assert "409.94 EUR" in said("list")
    (code,) = json.loads(said("codes", "--json"))["codes"]
    assert (code["code"], code["share_off"], code["usage_count"]) == ("ANNA10", 0.1, 1)
    assert "ANNA10" in said("codes")

"""Pages become staged rows."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.staging.members import anonymous_with
from groundswell.connectors.batches import Batch, posts_per_day
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

KEY = b"k" * 32


@pytest.fixture
def batch(now: datetime) -> Batch:
    return Batch(now, Source.API, KEY)


def account(item: Any, name: str) -> None:
    item.add("accounts", platform=Platform.BLUESKY, platform_id=f"did:{name}", handle=name)


def rows(batch: Batch, folder: Path, table: str) -> list[dict[str, Any]]:
    batch.stage(folder)
    found: list[dict[str, Any]] = pq.read_table(folder / f"{table}-00001.parquet").to_pylist()
    return found


def test_two_people_of_one_item_are_not_taken_for_one_creator(batch: Batch, tmp_path: Path) -> None:
    page = Page()
    with page.item("post") as item:
        account(item, "anna")
        account(item, "ben")
    with page.item("post") as item:
        account(item, "cleo")
    batch.add(page)

    assert [row["row"] for row in rows(batch, tmp_path, "accounts")] == [1, -1, 2]
    assert (batch.items, batch.taken) == (2, 2)
    assert batch.unchanged(3) == 2


def test_a_name_that_is_too_long_is_cut_and_an_id_refused(batch: Batch, tmp_path: Path) -> None:
    page = Page()
    with page.item("people") as item:
        named = Reference(Platform.MASTODON, "anna@here", "anna@here", "a" * 300)
        item.add("accounts", platform=Platform.MASTODON, handle="anna", display_name="a" * 300)
        item.add("account_observations", platform=Platform.MASTODON, account=named)
    with page.item("people") as item:
        account(item, "b" * 256)
    with page.item("people") as item:
        long = Reference(Platform.MASTODON, "c" * 256)
        item.add("account_observations", platform=Platform.MASTODON, account=long)
    batch.add(page)

    [row] = rows(batch, tmp_path, "accounts")
    [observed] = rows(batch, tmp_path, "account_observations")
    assert row["display_name"] == observed["account_display_name"] == "a" * 255
    assert [bad.reason for bad in batch.bad] == [
        "has a platform_id of more than 255 characters",
        "has a platform_id of more than 255 characters",
    ]


def test_items_of_several_pages_are_numbered_on(batch: Batch, tmp_path: Path) -> None:
    for name in ("anna", "ben"):
        page = Page()
        with page.item("actor") as item:
            account(item, name)
        batch.add(page)

    assert [row["row"] for row in rows(batch, tmp_path, "accounts")] == [1, 2]


def test_names_of_people_are_hashed_and_sources_filled_in(
    batch: Batch, now: datetime, tmp_path: Path
) -> None:
    page, anna = Page(), Reference(Platform.BLUESKY, "did:anna")
    with page.item("actor") as item:
        item.add("account_observations", platform="bluesky", account=anna, followers=3)
        item.add("memberships", platform="bluesky", account=anna, member="did:fan", kind="follows")
        item.add("comments", platform="bluesky", comment_id="1", post_id="2", author="did:fan")
    batch.add(page)

    assert rows(batch, tmp_path, "account_observations")[0]["source"] == "api"
    hashed = anonymous_with(KEY)("did:fan")
    assert rows(batch, tmp_path, "memberships")[0]["member"] == hashed
    assert rows(batch, tmp_path, "comments")[0]["author"] == hashed


def test_orders_go_aside_and_the_end_of_a_discount_may_lie_ahead(
    batch: Batch, now: datetime
) -> None:
    page = Page()
    with page.item("order") as item:
        item.add("orders", order_id="1", placed_at=now + timedelta(days=2), customer="mail")
    with page.item("rule") as item:
        item.add("discount_rules", rule_id="2", ends_at=now + timedelta(days=90))
    batch.add(page)

    assert [bad.where for bad in batch.bad] == ["orders.placed_at"]
    assert list(batch.shop) == ["discount_rules"]


def test_how_often_an_account_publishes_is_told_by_its_posts(now: datetime) -> None:
    page, anna = Page(), Reference(Platform.BLUESKY, "did:anna")
    for days in (0, 4, 6):
        with page.item("post") as item:
            item.add(
                "posts",
                platform="bluesky",
                post_id=str(days),
                account=anna,
                published_at=now - timedelta(days=days),
            )

    assert posts_per_day([page]) == pytest.approx(2 / 6)
    assert posts_per_day([]) is None

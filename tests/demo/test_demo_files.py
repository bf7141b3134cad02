"""The synthetic world as files that a team might bring."""

from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from groundswell.demo import files
from groundswell.demo.files import Brought
from tests.support.worlds import world

CREATORS = 600


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> list[Brought]:
    return files.write(world(CREATORS)[0], tmp_path_factory.mktemp("brought"))


def named(brought: list[Brought], name: str) -> Path:
    [path] = [file.path for file in brought if file.path.name == name]
    return path


def rows(brought: list[Brought], name: str) -> int:
    path = named(brought, name)
    if path.suffix == ".csv":
        return pyarrow.csv.read_csv(path).num_rows
    return pq.read_metadata(path).num_rows


def test_accounts_come_first(brought):
    assert [file.kind for file in brought][:3] == ["accounts", "accounts", "account_observations"]


def test_accounts_without_an_id_come_in_a_tools_list_with_four_broken_rows(brought):
    accounts = world(CREATORS)[0].accounts
    by_handle = accounts["platform_id"].null_count
    assert rows(brought, "accounts.parquet") == accounts.num_rows - by_handle
    assert rows(brought, "creators-from-a-tool.csv") == by_handle + 4


def test_every_observation_comes_once(brought):
    seen = world(CREATORS)[0]
    beside = seen.accounts.num_rows
    alone = rows(brought, "account_observations.parquet")
    assert alone + beside == seen.account_observations.num_rows
    posts = rows(brought, "posts.parquet")
    assert posts == seen.posts.num_rows
    before = rows(brought, "post_observations.parquet")
    assert posts + before == seen.post_observations.num_rows


def test_the_newest_counts_stand_beside_their_account(brought):
    found = pq.read_table(named(brought, "accounts.parquet")).to_pandas()
    history = world(CREATORS)[0].account_observations.to_pandas().sort_values("observed_at")
    newest = history.groupby(["platform", "account"])["followers"].last()
    pairs = found.set_index(["platform", "platform_id"])["followers"]
    assert pairs.dropna().eq(newest.reindex(pairs.dropna().index)).all()


def test_prices_come_in_whole_units(brought):
    cards = world(CREATORS)[0].rate_cards.to_pandas()
    fees = pyarrow.csv.read_csv(named(brought, "rate_cards.csv")).to_pandas()["fee"]
    dollars = cards["currency"] == "USD"
    assert (fees[dollars] * 100 == cards["price"][dollars]).all()


@pytest.mark.parametrize(
    ("count", "shown"),
    [(None, ""), (0, "0"), (999, "999"), (12_400, "12.4K"), (1_240_000, "1.2M")],
)
def test_tools_round_followers(count: int | None, shown: str) -> None:
    assert files._shown(count) == shown

"""A synthetic world holds together: sizes, schemas, references, and the same seed is the same."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes
from groundswell.terms.tables import TABLES, Meaning
from tests.support.worlds import SEEN_AT, world

CREATORS = 600
TABLE_NAMES = [
    "accounts",
    "contacts",
    "account_observations",
    "account_averages",
    "posts",
    "post_observations",
    "comments",
    "memberships",
    "audience_shares",
    "rate_cards",
]


@pytest.fixture(params=TABLE_NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def table(name: str) -> pa.Table:
    return world(CREATORS)[0].tables()[name]


def keys(of: pa.Table, *columns: str) -> list[tuple[object, ...]]:
    return list(zip(*(of[column].to_pylist() for column in columns), strict=True))


def test_the_world_fills_every_table_but_overlaps_and_what_a_team_keeps() -> None:
    assert list(world(CREATORS)[0].tables()) == TABLE_NAMES
    assert set(TABLES) - set(TABLE_NAMES) == {"overlaps", "records"}


def test_the_full_world_is_as_large_as_it_is_said_to_be() -> None:
    assert Sizes() == Sizes(75_000, 400_000, 200_000, 2_000_000)
    assert Sizes.of(75_000) == Sizes()


def test_a_small_world_has_its_share_of_everything() -> None:
    seen, truth = world(CREATORS)
    assert truth.cast.creators == CREATORS
    assert seen.posts.num_rows == 3_200
    assert seen.comments.num_rows == 1_600
    assert 10_000 < seen.memberships.num_rows <= 16_000
    assert 1.05 * CREATORS < seen.accounts.num_rows < 1.2 * CREATORS


@pytest.mark.parametrize("field", ["creators", "posts", "comments", "memberships"])
def test_a_world_without_something_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=f"at least one of {field}, got 0"):
        Sizes(**{field: 0})


def test_a_world_with_fewer_posts_than_creators_is_refused() -> None:
    with pytest.raises(ValueError, match="got 10 for 20"):
        Sizes(creators=20, posts=10)


def test_the_smallest_worlds_exist() -> None:
    seen, _ = worlds.create(Sizes(1, 1, 1, 1), rng=np.random.default_rng(3), now=SEEN_AT)
    assert seen.accounts.num_rows >= 1
    assert seen.posts.num_rows == 1


def test_the_same_seed_makes_the_same_world(name: str) -> None:
    again, _ = worlds.create(Sizes.of(CREATORS), rng=np.random.default_rng(7), now=SEEN_AT)
    assert again.tables()[name].equals(table(name))


def test_another_seed_makes_another_world(name: str) -> None:
    assert not world(CREATORS, seed=8)[0].tables()[name].equals(table(name))


def test_tables_have_the_canonical_schema(name: str) -> None:
    assert table(name).schema == TABLES[name].schema
    table(name).validate(full=True)


def test_keys_are_known_and_unique(name: str) -> None:
    key = ("platform", "handle") if name == "accounts" else TABLES[name].key
    found = keys(table(name), *key)
    assert len(found) == len(set(found))
    assert not any(part is None for row in found for part in row)


def test_nothing_is_later_than_now(name: str) -> None:
    moments = [c.name for c in TABLES[name].columns if c.meaning is Meaning.MOMENT]
    latest = [pc.max(table(name)[column]).as_py() for column in moments]
    assert all(moment <= SEEN_AT for moment in latest if moment is not None)


def test_counts_are_never_negative(name: str) -> None:
    counts = [c.name for c in TABLES[name].columns if c.meaning in (Meaning.COUNT, Meaning.AMOUNT)]
    least = [pc.min(table(name)[column]).as_py() for column in counts]
    assert all(count >= 0 for count in least if count is not None)


def test_every_row_belongs_to_a_known_account(name: str) -> None:
    if name == "accounts":
        return
    accounts = table("accounts")
    known = set(keys(accounts, "platform", "platform_id"))
    known |= set(keys(accounts, "platform", "handle"))
    assert set(keys(table(name), "platform", "account")) <= known


@pytest.mark.parametrize("name", ["post_observations", "comments"])
def test_every_count_and_comment_belongs_to_a_known_post(name: str) -> None:
    posts = set(keys(table("posts"), "platform", "post_id", "account"))
    assert set(keys(table(name), "platform", "post_id", "account")) <= posts


def test_no_post_has_more_comments_than_it_counts() -> None:
    counted = table("post_observations").group_by("post_id").aggregate([("comments", "max")])
    most = dict(keys(counted, "post_id", "comments_max"))
    held = table("comments")["post_id"].value_counts().to_pylist()
    assert [row for row in held if row["counts"] > most[row["values"]] + 9] == []


def test_audience_shares_are_shares() -> None:
    shares = table("audience_shares").to_pandas()
    assert shares["share"].between(0, 1).all()
    sums = shares[shares.dimension == "age"].groupby("account")["share"].sum()
    assert sums.mean() == pytest.approx(1, abs=0.01)


def test_every_address_is_an_example() -> None:
    accounts = table("accounts")
    links = pc.list_flatten(accounts["links"]).to_pylist() + accounts["url"].to_pylist()
    assert all(".example" in link for link in links)
    mails = table("contacts").filter(pc.field("channel") == "email")["address"].to_pylist()
    assert all(mail.endswith("@mail.example") for mail in mails)


def test_what_platforms_hide_is_null_and_not_zero() -> None:
    posts = table("post_observations").to_pandas()
    assert posts[posts.platform == "youtube"][["saves", "shares", "reach"]].isna().all().all()
    assert posts[posts.platform == "twitch"]["likes"].isna().all()
    assert 0.1 < posts[posts.platform == "instagram"]["reach"].notna().mean() < 0.2

"""What each constraint of a brief costs."""

from groundswell.planning import brief as briefs
from groundswell.planning import constraints, market
from groundswell.planning.constraints import Source
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, evidence, reels, toml

# Ten creators alike but for what they reach, and what they ask.
NAMES = [f"c{n}" for n in range(10)]
ACCOUNTS = [
    account(name, followers=1_000 * (n + 1), categories=["running" if n % 2 else "cooking"])
    for n, name in enumerate(NAMES)
]
POSTS = [post for n, name in enumerate(NAMES) for post in reels(name, *[100 * (n + 1)] * 5)]
CARDS = [
    {"account": name, "format": "reel", "price": 100_00, "currency": "USD", "source": "import"}
    for name in NAMES
]
SOURCE = Source(lambda _: NOBODY, ACTIVATE)


def asked(creators, enough=lambda: False, amount=300, more="", **known):
    text = toml(amount=amount, creators=creators, more=more)
    found = evidence(*ACCOUNTS, posts=POSTS, rate_cards=CARDS, **known)
    on_sale = market.offered(briefs.parsed(text), found, SOURCE.members, tiers=ACTIVATE, seed=1)
    answer = constraints.constraints(on_sale, briefs.tables(text), SOURCE, enough=enough)
    return answer, {row["key"]: row for row in answer["constraints"]}


def test_a_limit_that_binds_costs_what_the_plan_gets_without_it():
    answer, rows = asked("count = { max = 2 }")

    row = rows["creators.count.max"]
    assert (row["setting"], row["binds"], row["creators"]) == (2, True, 3)
    assert row["gain"] == row["value"] - answer["value"]
    assert 0.4 < row["gain_share"] < 0.5  # views of 10 and 9, and then of 8 besides
    assert row["spend"] == 300
    assert answer["unit"] == "views"


def test_a_limit_that_does_not_bind_costs_nothing():
    _, rows = asked("count = { max = 7 }\nmax_share_per_creator = 0.9")

    for key in ("creators.count.max", "creators.max_share_per_creator"):
        assert (rows[key]["binds"], rows[key]["gain"], rows[key]["gain_share"]) == (False, 0, 0)


def test_filters_and_names_cost_what_they_keep_out():
    _, rows = asked(
        'must_have = ["instagram:c0"]\nnever = ["instagram:c9"]\ncategories = ["running"]',
        must_have=("c0",),
        never=("c9",),
    )

    gains = {key: row["gain_share"] for key, row in rows.items()}
    assert set(gains) == {"creators.must_have", "creators.never", "creators.categories"}
    assert all(row["binds"] for row in rows.values())
    # With c0, c7 and c5; without each: c3 for c0; c9 for c5; c8 for c5.
    assert gains["creators.never"] > gains["creators.categories"] > 0
    assert gains["creators.must_have"] > 0


def test_the_dearest_constraint_comes_first():
    answer, _ = asked('count = { max = 2 }\ncategories = ["running"]')

    gains = [row["gain"] for row in answer["constraints"]]
    assert gains == sorted(gains, reverse=True)


def test_exclusivity_falls_with_its_competitors():
    _, rows = asked('exclusivity_days = 60\ncompetitors = ["@other"]', competitors=("c9", "c8"))

    assert list(rows) == ["creators.exclusivity_days"]
    assert rows["creators.exclusivity_days"]["binds"]


def test_keys_below_a_section_are_asked_one_by_one():
    creators = """
[creators.tiers]
nano = { max = 1 }
[creators.quotas.platform]
instagram = { max = 2, max_spend = 250 }
"""
    _, rows = asked(creators)

    assert {"creators.tiers.nano.max", "creators.quotas.platform.instagram.max",
            "creators.quotas.platform.instagram.max_spend"} == set(rows)  # fmt: skip


def test_what_the_time_does_not_allow_is_named():
    turns = iter([False, True, True])
    answer, rows = asked(
        'count = { max = 2 }\ncategories = ["running"]\nnever = ["instagram:c9"]',
        enough=lambda: next(turns),
    )

    assert list(rows) == ["creators.count.max"]
    assert answer["not_asked"] == ["creators.never", "creators.categories"]


def test_a_brief_without_constraints_has_none_to_ask():
    answer, rows = asked("")

    assert rows == {}
    assert answer["not_asked"] == []

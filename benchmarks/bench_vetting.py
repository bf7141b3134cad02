"""Vetting the whole synthetic world: CPU, coverage, and what is planted beside what is found.

Run: python benchmarks/bench_vetting.py [--creators N] [--seed N]

The questions are asked of the world's tables by DuckDB; everything after that is what
`groundswell vet` does, without writing to the database. CPU is that of all processes, so it bounds
the time on a machine that does nothing else, however many cores it has.

Then 100,000 accounts with 20 posts each. The peer is pandas on the same posts, which works out one
engagement rate by account, its rank among accounts of the platform and size, and captions that
repeat word by word: a floor, not a rival.
"""

import argparse
import json
import os
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.qualification import card
from groundswell.engine.qualification.scorecard import Scorecards
from groundswell.engine.qualification.verdict import Verdict
from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes, Truth, World
from groundswell.terms import tables
from groundswell.terms.progress import silent
from groundswell.vetting import gathering

RESULTS = Path(__file__).parent / "results" / "vetting.json"
NOW = datetime(2027, 1, 10, tzinfo=UTC)
BAR_SECONDS = 40.0
MANY = Sizes(creators=90_500, posts=2_000_000, comments=200_000, memberships=1_000_000)
MANY_ACCOUNTS = 100_000
BAR_MANY = 120.0
QUESTIONS = resources.files("groundswell.warehouse") / "questions"


class Tables:
    """The world's tables, open for the warehouse's questions."""

    def __init__(self, world: World) -> None:
        self.connection = duckdb.connect(config={"threads": 2})
        self.connection.execute("SET TimeZone = 'UTC'")
        known = world.tables()
        for table in tables.OBSERVATIONS:
            self.connection.register(table.name, known.get(table.name, tables.empty(table)))

    def ask(self, question: str, **given: Any) -> pa.Table:
        for name in [name for name, value in given.items() if isinstance(value, pa.Table)]:
            self.connection.register(name, given.pop(name))
        text = (QUESTIONS / f"{question}.sql").read_text()
        return self.connection.sql(text, params=given or None).to_arrow_table()


def accounts_of(world: World, seen: Tables) -> pa.Table:
    names = pc.coalesce(world.accounts["platform_id"], world.accounts["handle"])
    counts = seen.ask("latest_counts")
    followers = counts["followers"].take(pc.index_in(names, counts["account"]))
    return world.accounts.append_column("account", names).append_column("followers", followers)


def vet(seen: Tables, accounts: pa.Table) -> tuple[float, Scorecards]:
    """CPU seconds of all threads and processes, and the scorecards."""
    start = sum(os.times()[:4])
    cards = gathering.everyone(seen, accounts, now=NOW, progress=silent)
    for begin in range(0, accounts.num_rows, 5_000):
        for kept in card.compacted(cards, slice(begin, min(begin + 5_000, accounts.num_rows))):
            json.dumps(kept)
    return sum(os.times()[:4]) - start, cards


def many(seed: int) -> tuple[float, float, float]:
    """CPU seconds to vet 100,000 accounts with 20 posts each, those of pandas, and posts each."""
    world, _ = worlds.create(MANY, rng=np.random.default_rng(seed), now=NOW)
    seen = Tables(world)
    accounts = accounts_of(world, seen).slice(0, MANY_ACCOUNTS)
    seconds, _ = vet(seen, accounts)
    return seconds, floor(world), world.posts.num_rows / accounts.num_rows


def floor(world: World) -> float:
    start = sum(os.times()[:4])
    columns = ["post_id", "account", "platform", "text"]
    posts = world.posts.select(columns).to_pandas()
    counted = world.post_observations.select(["post_id", "likes", "comments"]).to_pandas()
    posts = posts.merge(counted.groupby("post_id").last(), on="post_id")
    size = world.account_observations.select(["account", "followers"]).to_pandas()
    found = posts.groupby(["platform", "account"])[["likes", "comments"]].mean().sum(axis=1)
    rates = found.reset_index(name="engaged").merge(size.groupby("account").last(), on="account")
    rates["band"] = np.log2(rates["followers"].clip(1)).round()
    by_size = (rates["engaged"] / rates["followers"]).groupby([rates["platform"], rates["band"]])
    by_size.rank(pct=True)
    posts.duplicated(["account", "text"]).groupby(posts["account"]).mean()
    return sum(os.times()[:4]) - start


def planted_and_found(cards: Scorecards, truth: Truth) -> list[tuple[str, float, float | None]]:
    """Name, value and bar of each figure; a bar below one half is a ceiling, else a floor.

    Alarms are in bench_alarms, over several worlds.
    """
    cast, grown, measured = truth.cast, truth.growth, cards.measures
    review = np.array([verdict is Verdict.NEEDS_REVIEW for verdict in cards.verdict])
    honest = (cast.bought_share == 0) & ~cast.constant_likes & (cast.pod < 0)
    viral = cast.viral & (grown.viral_post >= 0)
    jumped = np.nan_to_num(measured["unexplained_jump"].value) > 0
    repeats = measured["originality"].value < 0.9
    judged = measured["originality"].known
    return [
        ("accounts with at least four factors", (cards.factors_said >= 4).mean(), 0.80),
        ("honest accounts sent to review", review[honest].mean(), 0.01),
        ("over 30 % bought, sent to review", review[cast.bought_share > 0.3].mean(), None),
        ("viral jumps sent to review for the jump", jumped[viral].mean(), 0.08),
        ("recyclers found by their captions", repeats[judged & cast.recycles].mean(), 0.90),
        ("others taken for recyclers", repeats[judged & ~cast.recycles].mean(), 0.01),
        *growth_figures(cards, ~np.isfinite(grown.jump_days_ago) & ~cast.old, grown.daily_rate),
        *branded_figures(cards, cast.sponsored_lift),
    ]


def growth_figures(
    cards: Scorecards, plain: np.ndarray, daily_rate: np.ndarray
) -> list[tuple[str, float, float | None]]:
    growth = cards.measures["daily_growth"]
    plain = plain & growth.known
    rate = np.expm1(daily_rate[plain])
    inside = (growth.low[plain] <= rate) & (rate <= growth.high[plain])
    return [
        ("error of daily growth, mean", np.abs(growth.value[plain] - rate).mean(), 5e-5),
        ("95 % intervals of growth that hold the truth", inside.mean(), 0.93),
    ]


def branded_figures(
    cards: Scorecards, true_lift: np.ndarray
) -> list[tuple[str, float, float | None]]:
    ratio = cards.measures["branded_ratio"]
    lift = true_lift[ratio.known]
    value, low, high = (np.log(c[ratio.known]) for c in (ratio.value, ratio.low, ratio.high))
    inside = (low <= lift) & (lift <= high)
    return [
        ("error of the log branded ratio, RMS", np.sqrt(((value - lift) ** 2).mean()), 0.20),
        ("95 % intervals of the ratio that hold the truth", inside.mean(), 0.93),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--creators", type=int, default=Sizes().creators)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    world, truth = worlds.create(
        Sizes.of(asked.creators), rng=np.random.default_rng(asked.seed), now=NOW
    )
    seen = Tables(world)
    seconds, cards = vet(seen, accounts_of(world, seen))
    figures = [
        ("CPU to vet", seconds, "s", BAR_SECONDS, seconds <= BAR_SECONDS),
        *(
            (name, float(value), "", bar, None if bar is None else holds(value, bar))
            for name, value, bar in planted_and_found(cards, truth)
        ),
    ]
    nothing = dict.fromkeys(("peer", "peer_value", "ratio"))
    results = [
        {"name": name, "value": value, "unit": unit, "bar": bar, **nothing, "ok": ok,
         "seed": asked.seed}
        for name, value, unit, bar, ok in figures
    ]  # fmt: skip
    del world, seen, cards
    seconds, peer, posts_each = many(asked.seed)
    results.append(
        {"name": f"CPU to vet {MANY_ACCOUNTS:,} accounts with {posts_each:.1f} posts each",
         "value": seconds, "unit": "s", "bar": BAR_MANY, "peer": "pandas, one rate and repetitions",
         "peer_value": peer, "ratio": seconds / peer, "ok": seconds <= BAR_MANY,
         "seed": asked.seed}
    )  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    for each in results:
        bar = "" if each["bar"] is None else f"bar {each['bar']:g}"
        print(f"{each['name']:<55} {each['value']:.4g} {each['unit']} {bar} {each['ok']}")


def holds(value: float, bar: float) -> bool:
    return bool(value >= bar if bar > 0.5 else value <= bar)


if __name__ == "__main__":
    main()

"""Intervals of scores from a few posts: how many hold what all posts of the account say.

Run: python benchmarks/bench_intervals.py [--seed N]

In a synthetic world with 20 posts an account, three in ten of the accounts are left with 3, 5 or 8
of their posts, drawn at random, and everybody is scored again. The value from all posts is not
the truth but close to it; where comments go with their posts, a score may lose a measure.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import bench_vetting
import numpy as np
import pyarrow as pa

from groundswell.engine.qualification.scorecard import Scorecards
from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes, World
from groundswell.terms.factors import FactorName
from groundswell.terms.progress import silent
from groundswell.vetting import gathering

RESULTS = Path(__file__).parent / "results" / "intervals.json"
SIZES = Sizes(creators=6_000, posts=120_000, comments=16_000, memberships=160_000)
LEAST_POSTS = 12
FACTORS = (FactorName.CREDIBILITY, FactorName.QUALITY, FactorName.BRANDED)
MEASURES = ("topical_focus", "steadiness", "originality", "caption_craft", "language_consistency",
            "sponsored_share", "branded_ratio", "engagement_residual")  # fmt: skip
BAR = 0.93
BAR_SCORE = 0.80  # of a score, which may lose a measure with its posts


def cards_of(world: World) -> Scorecards:
    seen = bench_vetting.Tables(world)
    accounts = bench_vetting.accounts_of(world, seen)
    return gathering.everyone(seen, accounts, now=bench_vetting.NOW, progress=silent)


def owners(world: World) -> np.ndarray:
    seen = bench_vetting.Tables(world)
    named = bench_vetting.accounts_of(world, seen)["account"].to_pylist()
    rows = {name: row for row, name in enumerate(named)}
    return np.array([rows[name] for name in world.posts["account"].to_pylist()])


def left_with(world: World, few: np.ndarray, owner: np.ndarray, posts: int, seed: int) -> World:
    """The same world, where some accounts have a few of their posts."""
    order = np.lexsort((np.random.default_rng(seed).random(owner.size), owner))
    count = np.bincount(owner, minlength=few.size)
    place = np.empty(owner.size, dtype=np.int64)
    place[order] = np.arange(owner.size) - (np.cumsum(count) - count)[owner[order]]
    return replace(world, posts=world.posts.filter(pa.array(~few[owner] | (place < posts))))


def line(name: str, held: np.ndarray, bar: float) -> dict[str, Any]:
    value = float(held.mean()) if held.size else None
    nothing = dict.fromkeys(("peer", "peer_value", "ratio"))
    ok = None if value is None else value >= bar
    return {"name": name, "value": value, "unit": "", "bar": bar, **nothing, "ok": ok}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=3)
    seed = parser.parse_args().seed
    world, _ = worlds.create(SIZES, rng=np.random.default_rng(seed), now=bench_vetting.NOW)
    owner, whole = owners(world), cards_of(world)
    accounts = world.accounts.num_rows
    few = np.random.default_rng(seed).random(accounts) < 0.3
    few &= np.bincount(owner, minlength=accounts) >= LEAST_POSTS
    results = []
    for posts in (3, 5, 8):
        part = cards_of(left_with(world, few, owner, posts, seed))
        columns = [(name, whole.factors[name], part.factors[name], BAR_SCORE) for name in FACTORS]
        columns += [(name, whole.measures[name], part.measures[name], BAR) for name in MEASURES]
        for name, all_posts, some, bar in columns:
            both = few & np.isfinite(all_posts.value) & np.isfinite(some.low)
            value, low, high = all_posts.value[both], some.low[both], some.high[both]
            held = (low <= value + 1e-9) & (value <= high + 1e-9)
            if held.size:
                results.append(line(f"{name} from {posts} posts, held", held, bar))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([each | {"seed": seed} for each in results], indent=1) + "\n")
    for each in results:
        print(f"{each['name']:<50} {each['value']:.3f} bar {each['bar']} {each['ok']}")


if __name__ == "__main__":
    main()

"""A plan among a million candidates with a hundred million memberships, from Arrow files.

Run: python benchmarks/bench_million.py [--seed N] [--creators N] [--members N]

The instance is drawn into a folder that is removed afterwards: audiences as Arrow files of 50,000
candidates each, mapped into memory to be read. CPU and memory count from there on: reading, halving
the panel, choosing among the 50,000 candidates with the most people per dollar, the bound over all
of them, and what the other half says. Beside it: a search among all, and a sorted list.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from measurements import Results

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Limits, Offers
from groundswell.engine.reach import Panel
from groundswell.terms.money import Money

SHARD, EACH = 50_000, 50.0
TOPICS, INSIDE, DEARNESS = 200, 0.9, 0.7  # audiences lie in topics, and so do prices
TIER_BOUNDS = (5_000, 20_000, 100_000, 1_000_000)
LIMITS = Limits(Money.of(100_000, "USD"), handling_minor=4_000)
BAR_SECONDS, BAR_GIB, BAR_SHARE = 60.0, 6.0, 0.95


def instance(folder: Path, creators: int, members: int, seed: int) -> tuple[Offers, int]:
    """Audiences in topics as files in a folder; prices that follow views and topics loosely."""
    rng = np.random.default_rng(seed)
    people = max(members // 50, 1_000)
    size = np.exp(rng.normal(0, 1, creators))
    size = np.clip((size / size.sum() * members).astype(np.int64), 5, people // 5)
    topic = rng.integers(0, TOPICS, creators)
    for number, begin in enumerate(range(0, creators, SHARD)):
        mine = slice(begin, begin + SHARD)
        starts = np.concatenate([[0], np.cumsum(size[mine])]).astype(np.int32)
        at = np.repeat(topic[mine], size[mine])
        # A topic's people are those whose number leaves it as the rest.
        inside = at + TOPICS * rng.integers(0, people // TOPICS, len(at))
        anybody = rng.integers(0, people, len(at))
        who = np.where(rng.random(len(at)) < INSIDE, inside, anybody).astype(np.int32)
        lists = pa.ListArray.from_arrays(pa.array(starts), pa.array(who))
        batch = pa.record_batch([lists], names=["people"])
        with (
            pa.OSFile(str(folder / f"{number:04}.arrow"), "wb") as file,
            pa.ipc.new_file(file, batch.schema) as writer,
        ):
            writer.write_batch(batch)
    followers = size * EACH
    views = followers * 0.25 * (size / size.mean()) ** -0.2 * np.exp(rng.normal(0, 0.4, creators))
    dear = np.exp(rng.normal(0, DEARNESS, TOPICS))[topic] * np.exp(rng.normal(0, 0.6, creators))
    dollars = np.maximum(25, views * 0.012 * dear)
    everybody = np.arange(creators)
    offers = Offers(
        everybody,
        (dollars * 100).astype(np.int64),
        np.digitize(followers, TIER_BOUNDS),
        everybody,
        reach.reach_rate(views, followers),
    )
    return offers, people


def pieces(folder: Path) -> Iterator[pa.RecordBatch]:
    """Batches of all files in their order, read where they lie."""
    for path in sorted(folder.glob("*.arrow")):
        with pa.memory_map(str(path)) as mapped:
            reader = pa.ipc.open_file(mapped)
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)


def reported(panel: Panel, offers: Offers, chosen: np.ndarray) -> np.ndarray:
    """What each person of a half contributes."""
    chances = reach.people_reached(panel, offers.row[chosen], offers.rate[chosen])
    return np.asarray(panel.weight * chances)


def bought(offers: Offers, order: np.ndarray) -> np.ndarray:
    """What a list sorted from the best down buys, each while the money lasts."""
    cost = offers.price_minor + LIMITS.handling_minor
    left, chosen = LIMITS.budget.minor, []
    for offer in order[:20_000]:
        if cost[offer] <= left:
            chosen.append(int(offer))
            left -= int(cost[offer])
    return np.array(chosen)


def per_dollar(offers: Offers, panel: Panel) -> np.ndarray:
    """Candidates from the most people per dollar down, overlap ignored."""
    cost = offers.price_minor + LIMITS.handling_minor
    return np.argsort(-panel.members[offers.row] * offers.rate / cost, kind="stable")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--creators", type=int, default=1_000_000)
    asked.add_argument("--members", type=int, default=100_000_000)
    asked.add_argument("--seed", type=int, default=1)
    args = asked.parse_args()
    results = Results(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        offers, people = instance(Path(folder), args.creators, args.members, args.seed)
        start = time.process_time()
        choosing, reporting = reach.shards.halves(
            pieces(Path(folder)), people=people, people_per_member=EACH, salt=args.seed
        )
        reading = time.process_time() - start
    plan, bound = allocation.allocate_preselected(offers, choosing, LIMITS)
    contributed = reported(reporting, offers, plan.chosen)
    population = allocation.in_population(bound, choosing, contributed)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    memberships = int(choosing.members.sum() + reporting.members.sum())
    size = f"{args.creators:,} candidates, {memberships / 1e6:,.0f} M memberships"
    results.note(f"{size}, whole plan", seconds, "CPU s", bar=BAR_SECONDS)
    results.note("of which reading and halving", reading, "CPU s")
    results.note("largest memory, drawing included", memory, "GiB", bar=BAR_GIB)
    share = bound.share
    results.note("panel certificate over all candidates", share, "of bound", floor=BAR_SHARE)
    results.note("population certificate", population, "of bound")
    results.note("lines", len(plan.chosen), "")
    beside(results, offers, choosing, reporting, plan.chosen)
    results.keep("million")


def beside(
    results: Results, offers: Offers, choosing: Panel, reporting: Panel, chosen: np.ndarray
) -> None:
    """A search among all, and a sorted list, by what the other half says."""
    ours = float(reported(reporting, offers, chosen).sum())
    start = time.process_time()
    every = allocation.allocate(offers, choosing, LIMITS, bench=0)
    seconds = time.process_time() - start
    theirs = float(reported(reporting, offers, every.chosen).sum())
    results.note("reach lost beside a search among all", 100 * (1 - ours / theirs), "%", bar=1.0)
    results.note("CPU of a search among all", seconds, "CPU s")
    order = per_dollar(offers, choosing)
    listed = float(reported(reporting, offers, bought(offers, order)).sum())
    peers = {"sort by people per dollar": listed / 1e6}
    results.note("people reached, other half", ours / 1e6, "M", floor=listed / 1e6, peers=peers)


if __name__ == "__main__":
    main()

"""Cascades on a large graph of follows: time, beside cynetdiff, and the mean against two others.

Run: python benchmarks/bench_cascade.py [--seed N] [--figures]

A million people, ten million follows; how many follow somebody is heavy-tailed, and those who share
first are drawn by it. The first step has a closed form; further ones are held against cynetdiff on
the same graph. With --figures the first and all steps are drawn against the chance of an edge.
"""

import argparse
import array
import time

import figures
import numpy as np
from cynetdiff.models import IndependentCascadeModel
from measurements import Results

from groundswell.engine import cascade

PEOPLE, FOLLOWS, SEEDS = 1_000_000, 10_000_000, 5_000
CHANCE, RUNS, PEER_RUNS = 0.01, 1_000, 200
BAR_SECONDS, BAR_OFF = 10.0, 1.0  # % of the mean


def follows(rng: np.random.Generator) -> cascade.Graph:
    """Ten million different pairs, few of whom are followed by very many."""
    wanted = rng.pareto(1.3, PEOPLE) + 0.2
    until = np.cumsum(wanted / wanted.sum())
    drawn = int(1.7 * FOLLOWS)
    followed = np.searchsorted(until, rng.random(drawn)).clip(0, PEOPLE - 1)
    follower = rng.integers(0, PEOPLE, drawn)
    pairs = np.unique(followed * PEOPLE + follower)
    pairs = rng.choice(pairs, FOLLOWS, replace=False)
    first, second = np.divmod(pairs, PEOPLE)
    return cascade.of_follows(first.astype(np.int32), second.astype(np.int32), people=PEOPLE)


def first_step(graph: cascade.Graph, seeds: np.ndarray, chance: float) -> float:
    """Expected people reached by the seeds themselves: 1 - (1 - p)^k for k seeds followed."""
    is_seed = np.zeros(graph.people, np.bool_)
    is_seed[seeds] = True
    theirs = np.repeat(is_seed, np.diff(graph.starts))
    seen = np.bincount(graph.followers[theirs], minlength=graph.people)[~is_seed]
    return float((1.0 - (1.0 - chance) ** seen).sum())


def peer(graph: cascade.Graph, seeds: np.ndarray, seed: int) -> tuple[float, np.ndarray]:
    """CPU seconds a run, and people reached in each run, of cynetdiff."""
    # Its model names edges from the one who is followed to the follower, like ours.
    model = IndependentCascadeModel(
        array.array("I", graph.starts[:-1].tolist()),
        array.array("I", graph.followers.tolist()),
        activation_prob=CHANCE,
        rng=np.random.default_rng(seed),
    )
    model.set_seeds(seeds.tolist())
    totals = []
    start = time.process_time()
    for _ in range(PEER_RUNS):
        model.reset_model()
        model.advance_until_completion()
        totals.append(model.get_num_activated_nodes())
    return (time.process_time() - start) / PEER_RUNS, np.array(totals)


def drawn(graph: cascade.Graph, seeds: np.ndarray, seed: int) -> None:
    """One and all steps by the chance of an edge, as parts of everybody."""
    chances = np.linspace(0.005, 0.15, 10)
    found = [cascade.spread(graph, seeds, p, runs=20, seed=seed).by_depth for p in chances]
    exact = [first_step(graph, seeds, p) for p in chances]
    x = (chances / 0.15).tolist()

    def curve(label: str, people: list[float]) -> figures.Curve:
        return figures.Curve(label, x, (np.array(people) / graph.people).tolist())

    figures.draw(
        "cascade",
        [
            figures.Panel(
                f"{SEEDS:,} of {PEOPLE:,} share",
                "chance of an edge, 1.0 is .15",
                "part of everybody",
                [
                    curve("first step, simulated", [each[1] for each in found]),
                    curve("first step, closed form", exact),
                    curve("all steps, simulated", [each.sum() for each in found]),
                ],
            )
        ],
        "People reached by a cascade, after one step and in all, by the chance of an edge.",
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--figures", action="store_true")
    args = asked.parse_args()
    rng = np.random.default_rng(args.seed)
    graph = follows(rng)
    popular = np.diff(graph.starts) / graph.edges
    seeds = np.sort(rng.choice(PEOPLE, SEEDS, replace=False, p=popular))
    results = Results(args.seed, peer="cynetdiff")
    cascade.spread(graph, seeds[:2], CHANCE, runs=1, seed=1)
    start = time.process_time()
    found = cascade.spread(graph, seeds, CHANCE, runs=RUNS, seed=args.seed)
    seconds = time.process_time() - start
    each, totals = peer(graph, seeds, args.seed)
    results.note(
        f"{RUNS:,} runs, {graph.edges / 1e6:.0f} M edges, {SEEDS:,} seeds",
        seconds, "CPU s", bar=BAR_SECONDS, peer=each * RUNS,
    )  # fmt: skip
    mean = found.total().value or 0.0
    off = abs(mean / totals.mean() - 1)
    results.note("mean off cynetdiff's", 100 * off, "%", bar=BAR_OFF)
    results.note("people reached", mean, "people", peer=float(totals.mean()))
    results.note("standard error of the mean", found.standard_error or 0.0, "people")
    expected = first_step(graph, seeds, CHANCE)
    off = abs(found.by_depth[1] / expected - 1)
    results.note("first step off its closed form", 100 * off, "%", bar=BAR_OFF)
    by_person = graph.by_follower(rng.lognormal(np.log(CHANCE) - 0.5, 1.0, PEOPLE).clip(0, 1))
    start = time.process_time()
    cascade.spread(graph, seeds, by_person, runs=100, seed=args.seed)
    apart = (time.process_time() - start) * RUNS / 100
    results.note("the same with a chance of each person, 1,000 runs", apart, "CPU s")
    results.keep("cascade")
    if args.figures:
        drawn(graph, seeds, args.seed)


if __name__ == "__main__":
    main()

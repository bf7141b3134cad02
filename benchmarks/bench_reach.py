"""Reach reported from half a panel against the reach among everybody, and real audiences.

Run: python benchmarks/bench_reach.py [--seed N] [--worlds N] [--figures]

Worlds of three kinds: broad (a tenth of the people in any audience), narrow (nearly everybody in
several) and clustered (audiences in topics). A sample of people is split in two; a plan is chosen
on one half and its reach reported from the other, with each post's own reach known. The truth
counts everybody. Real audiences are the music that listeners like (`musae_social_graphs` in the
folder named by GROUNDSWELL_REAL_DATA; left out and said where it is not there).
"""

import argparse
import collections
import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path

import figures
import numpy as np
from bench_plan import HANDLING, World
from measurements import Results
from scipy import sparse

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Limits, Offers
from groundswell.engine.reach import Overlaps, Panel
from groundswell.terms.estimate import Estimate
from groundswell.terms.money import Money

PEOPLE = 100_000
KINDS = {
    "broad": {"people": PEOPLE, "inside": 0.3},
    "narrow": {"people": PEOPLE // 8, "inside": 0.3},
    "clustered": {"people": PEOPLE, "inside": 0.9},
}
CREATORS, MEMBERSHIPS, LEAST = 400, 800_000, 5
BAR_MEAN, BAR_POINTS, BAR_REAL = 3.0, 3.0, 2.0  # %, points of coverage, %
REAL_SETS, REAL_PART, REAL_RATE, REAL_PAIRS = 60, 0.2, 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Judged:
    """One report beside the truth: parts of it, and how far into the interval the truth lies."""

    off: float
    held: bool
    added_up: float
    independent: float
    place: float


def judged(found: Estimate, truth: float, own: np.ndarray, people: float) -> Judged:
    value, low, high = (end or 0.0 for end in (found.value, found.low, found.high))
    apart = people * (1.0 - np.prod(1.0 - np.minimum(own / people, 1.0)))
    width = max(high - low, 1e-9)
    return Judged(
        value / truth - 1,
        low <= truth <= high,
        own.sum() / truth - 1,
        apart / truth - 1,
        (truth - low) / width,
    )


def parts(panel: Panel, sampled: float, rng: np.random.Generator) -> tuple[Panel, Panel]:
    """Two halves of a sample of the people, who stand for all by their chance alone."""
    draw = rng.random(len(panel.weight))
    first = reach.panel.of_people(panel, draw < sampled / 2)
    second = reach.panel.of_people(panel, (draw >= sampled / 2) & (draw < sampled))
    return _weighing(first, sampled / 2), _weighing(second, sampled / 2)


def _weighing(panel: Panel, chance: float) -> Panel:
    return Panel(panel.starts, panel.people, panel.exposure, np.full(len(panel.weight), 1 / chance))


def world(kind: str, seed: int) -> Judged:
    """Choose on one half, report from the other, count everybody."""
    rng = np.random.default_rng(seed)
    made = World(CREATORS, members=MEMBERSHIPS, seed=seed, each=1.0, **KINDS[kind])
    everybody, offers = made.panel(), made.offers()
    own = everybody.audience() * made.rate
    choosing, reporting = parts(everybody, rng.uniform(0.05, 0.3), rng)
    seen = np.flatnonzero((choosing.members >= LEAST) & (reporting.members >= LEAST))
    on_half = reach.sampling.anchored(own, choosing.audience(), most=0.98)
    limits = Limits(Money.of(int(rng.integers(1_000, 20_000)), "USD"), handling_minor=HANDLING)
    plan = allocation.allocate(replaced(offers, on_half).only(seen), choosing, limits, bench=0)
    rows = seen[plan.chosen]
    rates = reach.sampling.anchored(own[rows], reporting.audience()[rows], most=0.98)
    found = reach.sampling.union(reporting, rows, rates)
    truth = float(reach.people_reached(everybody, rows, made.rate[rows]).sum())
    return judged(found, truth, own[rows], float(made.people))


def replaced(offers: Offers, rate: np.ndarray) -> Offers:
    return Offers(offers.creator, offers.price_minor, offers.tier, offers.row, rate)


def of_worlds(results: Results, found: dict[str, list[Judged]]) -> None:
    every = [one for kind in found.values() for one in kind]
    note(results, f"{len(every):,} planted worlds", every, is_judged=True)
    for kind, some in found.items():
        note(results, f"{kind}, {len(some):,} worlds", some, is_judged=False)


def note(results: Results, name: str, some: list[Judged], *, is_judged: bool) -> None:
    def mean(of: str) -> float:
        return 100 * float(np.mean([getattr(one, of) for one in some]))

    results.note(
        f"{name}: mean error",
        abs(mean("off")),
        "%",
        bar=BAR_MEAN,
        peers={"sum of reach": abs(mean("added_up")), "independence": abs(mean("independent"))},
    )
    worst = 100 * max(abs(one.off) for one in some)
    results.note(f"{name}: largest error", worst, "%")
    held = mean("held")
    results.note(f"{name}: intervals of 90 % that held", held, "%")
    if is_judged:
        results.note(f"{name}: that is off by", abs(held - 90), "points", bar=BAR_POINTS)


def genres(folder: Path) -> Panel:
    """Listeners and what they like."""
    with gzip.open(folder / "musae_social_graphs" / "deezer_HU_genres.json.gz") as file:
        liked = json.load(file)
    codes: dict[str, int] = {}
    pairs = [
        (codes.setdefault(genre, len(codes)), person)
        for person, some in enumerate(liked.values())
        for genre in some
    ]
    account, person = np.array(pairs, np.int32).T
    return reach.panel.of_members(account, person, accounts=len(codes), people=len(liked))


def brute_force(panel: Panel, rows: np.ndarray, rate: float) -> float:
    """People of a union, one by one in plain Python."""
    met: collections.Counter[int] = collections.Counter()
    for row in rows:
        met.update(panel.people[panel.starts[row] : panel.starts[row + 1]].tolist())
    return sum(1 - (1 - rate) ** times for times in met.values())


def real(results: Results, folder: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    panel = genres(folder)
    sampled: dict[str, list[Judged]] = {"members": [], "posts": []}
    exact = 0.0
    for _ in range(REAL_SETS):
        rows = rng.choice(panel.accounts, int(rng.integers(2, 41)), replace=False)
        truth = brute_force(panel, rows, 1.0)
        exact = max(exact, abs((reach.counted(panel.rows(rows)).value or 0) / truth - 1))
        half = reach.panel.of_people(panel, rng.random(len(panel.weight)) < REAL_PART)
        own, people = panel.members[rows].astype(float), float(len(panel.weight))
        found = reach.on_panel(half, rows, np.ones(len(rows)))
        sampled["members"].append(judged(found, truth, own, people))
        seen = rows[half.members[rows] >= LEAST]
        if not len(seen):
            continue  # too few of each were sampled to say anything of posts
        own = panel.members[seen] * REAL_RATE
        rates = reach.sampling.anchored(own, half.audience()[seen], most=0.98)
        truth = brute_force(panel, seen, REAL_RATE)
        found = reach.sampling.union(half, seen, rates)
        sampled["posts"].append(judged(found, truth, own, people))
    results.note("genres, everybody known: largest error", 100 * exact, "%", bar=BAR_REAL)
    of = {"members": "in an audience", "posts": f"reached by posts that {REAL_RATE:.0%} see"}
    for name, some in sampled.items():
        error = 100 * float(np.mean([abs(one.off) for one in some]))
        peers = {
            "sum": 100 * float(np.mean([abs(one.added_up) for one in some])),
            "independence": 100 * float(np.mean([abs(one.independent) for one in some])),
        }
        title = f"genres, a fifth sampled, {of[name]}: mean abs. error"
        results.note(title, error, "%", bar=BAR_REAL, peers=peers)


def pairs_of(panel: Panel) -> Overlaps:
    """All pairs of audiences, counted."""
    ones, shape = np.ones(len(panel.people)), (panel.accounts, len(panel.weight))
    inside = sparse.csr_matrix((ones, panel.people, panel.starts), shape=shape)
    both = (inside @ inside.T).toarray()
    a, b = np.triu_indices(panel.accounts, 1)
    return Overlaps(panel.members.astype(float), a, b, both[a, b])


def virtual(results: Results, folder: Path, seed: int) -> None:
    """Only sizes known, and a tenth of the pairs: virtual people fitted to these."""
    rng = np.random.default_rng(seed)
    panel = genres(folder)
    people, sizes = float(len(panel.weight)), panel.members.astype(float)
    everywhere, each = np.zeros(panel.accounts, int), np.arange(panel.accounts)
    segments = reach.panel.of_segments(sizes, everywhere, each, np.array([people]))
    every = pairs_of(panel)
    known = rng.random(len(every.shared)) < REAL_PAIRS
    some = Overlaps(sizes, every.a[known], every.b[known], every.shared[known])
    drawn_ = reach.virtual.of_segments(segments, reach.virtual.fit(segments, some).variance)
    for count in (3, 10, 40):
        off: dict[str, list[float]] = {"": [], "independence": [], "bounded by all pairs": []}
        for _ in range(REAL_SETS):
            rows = rng.choice(panel.accounts, count, replace=False)
            truth = brute_force(panel, rows, 1.0)
            for name, found in (
                ("", reach.segments.union(segments, rows, np.ones(count), people=drawn_)),
                ("independence", reach.segments.union(segments, rows, np.ones(count))),
                ("bounded by all pairs", reach.overlaps.union(rows, every)),
            ):
                off[name].append(abs((found.value or 0) / truth - 1))
        errors = {name: 100 * float(np.mean(each_)) for name, each_ in off.items()}
        title = f"{count} genres, sizes and a tenth of pairs known: mean abs. error"
        results.note(title, errors.pop(""), "%", peers=errors)


def drawn(found: dict[str, list[Judged]]) -> None:
    """Where in its interval the truth lies: an honest one has it evenly from 5 to 95 %."""
    curves = []
    for kind, some in found.items():
        places = np.sort([one.place for one in some]).clip(0, 1)
        held = np.mean([one.held for one in some])
        below = np.linspace(0, 1, len(places)).tolist()
        curves.append(figures.Curve(f"{kind}: {held:.1%} held", places.tolist(), below))
    title = "Where the truth lies in intervals of 90 %"
    square = figures.Panel(title, "place, from low to high", "part of worlds below", curves)
    figures.draw("reach", [square], "Places of the true reach in the intervals that were reported.")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--worlds", type=int, default=400, help="of each kind")
    asked.add_argument("--figures", action="store_true")
    args = asked.parse_args()
    results = Results(args.seed)
    seeds = np.random.SeedSequence(args.seed).generate_state(args.worlds)
    found = {kind: [world(kind, int(each)) for each in seeds] for kind in KINDS}
    of_worlds(results, found)
    folder = os.environ.get("GROUNDSWELL_REAL_DATA")
    if folder is None:
        print("real audiences left out: set GROUNDSWELL_REAL_DATA to a folder of real files")
    else:
        real(results, Path(folder), args.seed)
        virtual(results, Path(folder), args.seed)
    results.keep("reach")
    if args.figures:
        drawn(found)


if __name__ == "__main__":
    main()

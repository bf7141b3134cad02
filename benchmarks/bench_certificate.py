"""How near plans are to the best possible: bounds on broad, narrow and clustered worlds, and peers.

Run: python benchmarks/bench_certificate.py [--seed N] [--worlds N] [--figures]

Each of the worlds is drawn anew from seeds that NumPy's seed sequence derives from the one given.
A plan is chosen on one half of the people with its bound, and held against the other half; peers
are the bound that greedy search gives by itself, a solver for integer programs, and sorted lists.
With --figures the shares of all worlds are drawn again.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import figures
import numpy as np
from bench_plan import HANDLING, World, against, cpu, measured, true_reach
from figures import Curve
from figures import Panel as Square
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Certificate, Limits, Offers, problem, search
from groundswell.engine.reach import Panel
from groundswell.terms.money import Money

RESULTS = Path(__file__).parent / "results" / "certificate.json"
WORLDS: dict[str, Any] = {
    "broad": lambda seed: World(20_000, 1_000_000, 13_200_000, seed, each=200, inside=0.3),
    "narrow": lambda seed: World(20_000, 100_000, 12_800_000, seed, each=40, inside=0.3),
    "clustered": lambda seed: World(8_000, 300_000, 4_000_000, seed, inside=0.9, dearness=0.5),
}
BARS = {100_000: 0.95, 10_000: 0.90}
BAR_POPULATION, BAR_SECONDS, BAR_SOLVER, BAR_REGRET, BAR_REPAIR = 0.90, 3.0, 0.99, 0.05, 1.0
SOLVER_SECONDS = 30.0


def limits_of(dollars: int) -> Limits:
    return Limits(Money.of(dollars, "USD"), handling_minor=HANDLING)


def by_itself(offers: Offers, panel: Panel, limits: Limits, chosen: np.ndarray) -> float:
    """The plan over the bound that greedy gives: the least, over ten beginnings of the plan, of
    what a beginning reaches and the gains then left for a whole budget."""
    deals = problem.market(offers, panel, limits)
    state = search.empty(deals, limits.bounds(len(deals.first) - 1))
    least = np.inf
    for part in np.array_split(chosen, 10):
        left = search.gains(deals, state, np.arange(len(offers.row)))
        order = np.argsort(-left / deals.cost)
        before = np.cumsum(deals.cost[order]) - deals.cost[order]
        bought = np.clip((limits.budget.minor - before) / deals.cost[order], 0, 1)
        least = min(least, state.reached[0] + (bought * left[order]).sum())
        for offer in part:
            search.add(deals, state, int(offer))
    return float(state.reached[0] / least)


def sorted_lists(world: World, offers: Offers, panel: Panel, limits: Limits) -> float:
    """The most that a sorted list reaches, bought from the top while the money lasts."""
    best = 0.0
    for key in (
        world.engagements / world.followers,
        world.followers,
        world.followers / world.price,
    ):
        chosen, left = [], limits.budget.minor
        for offer in np.argsort(-key):
            if world.price[offer] + HANDLING <= left:
                chosen.append(offer)
                left -= int(world.price[offer]) + HANDLING
        best = max(best, true_reach(panel, offers, np.array(chosen)))
    return best


class Judged:
    """One world: shares of the best possible by budget, and what else is asked of its plans."""

    def __init__(self, name: str, seed: int) -> None:
        self.world = WORLDS[name](seed)
        self.offers = self.world.offers()
        self.panel = self.world.panel()
        self.choosing, self.reporting = reach.panel.halves(self.panel, salt=seed)
        self.share: dict[int, float] = {}
        self.population: dict[int, float] = {}
        self.greedy: dict[int, float] = {}
        for dollars in BARS:
            limits = limits_of(dollars)
            plan, found = allocation.allocate_certified(self.offers, self.choosing, limits)
            self.share[dollars] = found.share
            self.population[dollars] = self.in_population(plan.chosen, found)
            self.greedy[dollars] = by_itself(self.offers, self.choosing, limits, plan.chosen)
            if dollars == max(BARS):
                self.plan, self.limits = plan, limits
        ours = true_reach(self.panel, self.offers, self.plan.chosen)
        self.against_lists = ours / sorted_lists(self.world, self.offers, self.panel, self.limits)

    def in_population(self, chosen: np.ndarray, found: Certificate) -> float:
        reached = reach.people_reached(self.reporting, chosen, self.offers.rate[chosen])
        return allocation.in_population(found, self.choosing, self.reporting.weight * reached)

    def everything(self) -> float:
        """A plan with both its certificates, from memberships on."""
        choosing, _ = reach.panel.halves(self.world.panel(), salt=1)
        plan, found = allocation.allocate_certified(self.offers, choosing, self.limits)
        return self.in_population(plan.chosen, found)

    def regrets(self, seed: int) -> tuple[float, float]:
        """Worst when all prices and rates move by 30 % together, and when each moves by itself."""
        count = len(self.offers.row)
        rng = np.random.default_rng(seed)
        every = [np.full(count, factor) for factor in (0.7, 1.3)]
        together = [self.regret(price, rate) for price in every for rate in every]
        return max(together), self.regret(
            rng.uniform(0.7, 1.3, count), rng.uniform(0.7, 1.3, count)
        )

    def regret(self, price: np.ndarray, rate: np.ndarray) -> float:
        return allocation.regret(
            self.offers, self.choosing, self.limits, self.plan.chosen, price=price, rate=rate
        )

    def on_few(self, people: int, seed: int) -> tuple[float, float]:
        """Chosen and reported on a small panel: how far off the truth either half is."""
        chance = np.random.default_rng(seed).random(len(self.panel.weight))
        few = reach.panel.of_people(self.panel, chance < 2 * people / len(chance))
        halves = reach.panel.halves(few, salt=seed)
        own = self.panel.audience() * self.offers.rate
        rates = [np.minimum(own / np.maximum(half.audience(), 1e-9), 0.98) for half in halves]
        seen = np.flatnonzero((halves[0].members > 0) & (halves[1].members > 0))
        offers = replace(self.offers, rate=rates[0]).only(seen)
        plan, _ = allocation.allocate_certified(offers, halves[0], self.limits)
        chosen = seen[plan.chosen]
        reported = reach.people_reached(halves[1], chosen, rates[1][chosen])
        truth = true_reach(self.panel, self.offers, chosen)
        said = float((halves[1].weight * reported).sum())
        return said / truth - 1, plan.reached / truth - 1

    def repaired(self) -> int:
        """Take the best line out, and choose what comes in its place."""
        out = self.plan.chosen[0]
        left = np.flatnonzero(np.arange(len(self.offers.row)) != out)
        held = np.searchsorted(left, self.plan.chosen[1:])
        return allocation.hold(self.offers.only(left), self.choosing, self.limits, held)[1]


def solved(panel: Panel, offers: Offers, budget: int) -> float:
    """The most people that a solver for integer programs finds in its time, everybody certain."""
    count, people = panel.accounts, len(panel.weight)
    ones = np.ones(len(panel.people))
    inside = sparse.csr_matrix((ones, panel.people, panel.starts), shape=(count, people)).T
    cost = sparse.csr_matrix((offers.price_minor + HANDLING) / 100.0)
    rows = sparse.bmat([[cost, None], [-inside, sparse.eye(people)]]).tocsr()
    most = np.concatenate([[budget / 100.0], np.zeros(people)])
    found = milp(
        -np.concatenate([np.zeros(count), panel.weight]),
        constraints=LinearConstraint(rows, -np.inf, most),
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.ones(count), np.zeros(people)]),
        options={"time_limit": SOLVER_SECONDS},
    )
    return 0.0 if found.x is None else float(-found.fun)


def beside_solver(seeds: np.ndarray, seed: int) -> list[dict[str, Any]]:
    """200 creators and 5,000 people, everybody who follows is reached."""
    ratios, ours, theirs = [], 0.0, 0.0
    for each in seeds:
        world = World(200, 5_000, 30_000, int(each), inside=0.9, dearness=0.5)
        panel, offers = world.panel(), replace(world.offers(), rate=np.ones(200))
        limits = limits_of(2_000)
        seconds, (plan, _) = cpu(
            lambda o=offers, p=panel, m=limits: allocation.allocate_certified(o, p, m)
        )
        ours += seconds
        seconds, most = cpu(lambda o=offers, p=panel, m=limits: solved(p, o, m.budget.minor))
        theirs += seconds
        ratios.append(plan.reached / most)
    value = measured("worst beside HiGHS, 200 creators", min(ratios), "of its value", seed)
    time = measured("CPU beside HiGHS, 200 creators", ours / len(seeds), "s", seed)
    return [
        against(value, f"HiGHS, {SOLVER_SECONDS:.0f} s", 1.0) | bar(min(ratios), BAR_SOLVER),
        against(time, "HiGHS", theirs / len(seeds)),
    ]


def bar(value: float, least: float) -> dict[str, Any]:
    return {"bar": least, "ok": bool(value >= least)}


def at_most(value: float, most: float) -> dict[str, Any]:
    return {"bar": most, "ok": bool(value <= most)}


def of_worlds(name: str, judged: list[Judged], seed: int) -> list[dict[str, Any]]:
    """The worst of several worlds of one kind."""
    found = []
    for dollars, least in BARS.items():
        worst = min(each.share[dollars] for each in judged)
        row = measured(f"{name}, {dollars:,} USD, panel, worst", worst, "of the bound", seed)
        greedy = min(each.greedy[dollars] for each in judged)
        found.append(against(row, "the bound of lazy greedy", greedy) | bar(worst, least))
    worst = min(each.population[100_000] for each in judged)
    row = measured(f"{name}, 100,000 USD, population, worst", worst, "of the bound", seed)
    found.append(row | bar(worst, BAR_POPULATION))
    worst = min(each.against_lists for each in judged)
    row = measured(f"{name}, reach beside the best of three sorted lists, worst", worst, "x", seed)
    return [*found, row | bar(worst, 1.0)]


def of_one(name: str, judged: Judged, seed: int) -> list[dict[str, Any]]:
    """Regret, repair and time of one world."""
    together, apart = judged.regrets(seed)
    repair, _ = cpu(judged.repaired)
    seconds, _ = cpu(judged.everything)
    size = f"{name}, {len(judged.world.account) / 1e6:.1f}M memberships"
    said, chosen = judged.on_few(5_000, seed)
    few = measured(f"{name}, reported from 5,000 people, off the truth", abs(said), "of it", seed)
    return [
        against(few, "the half it was chosen on", abs(chosen)),
        measured(f"{name}, regret, all move by 30 %", together, "lost", seed)
        | at_most(together, BAR_REGRET),
        measured(f"{name}, regret, each by itself, which nobody can foresee", apart, "lost", seed),
        measured(f"{name}, repair without one line", repair, "CPU s", seed)
        | at_most(repair, BAR_REPAIR),
        measured(f"{size}, plan with certificate, warm", seconds, "CPU s", seed)
        | at_most(seconds, BAR_SECONDS),
    ]


def drawn(worlds: dict[str, list[Judged]]) -> None:
    """Part of the best possible that plans are proven to reach, worlds from the worst up."""

    def square(title: str, of: str) -> Square:
        curves = []
        for name, judged in worlds.items():
            shares = sorted(getattr(each, of)[100_000] for each in judged)
            curves.append(
                Curve(
                    f"{name}: {shares[0]:.3f} or more",
                    np.linspace(0, 1, len(shares)).tolist(),
                    shares,
                )
            )
        return Square(title, "worlds, from the worst to the best", "part of the bound", curves)

    figures.draw(
        "certificate",
        [square("The bound used here", "share"), square("The bound of lazy greedy", "greedy")],
        "What part of two upper bounds plans of 100,000 USD reach, in worlds of three kinds.",
    )


def cold(seed: int) -> dict[str, Any]:
    """What a first plan takes when the machine code has to be read."""
    world = World(200, 5_000, 30_000, seed)
    offers, panel, limits = world.offers(), world.panel(), limits_of(1_000)
    seconds, _ = cpu(lambda: allocation.allocate_certified(offers, panel, limits))
    return measured(
        "start: first plan of 200 creators, code read from disk", seconds, "CPU s", seed
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--worlds", type=int, default=10)
    asked.add_argument("--figures", action="store_true")
    args = asked.parse_args()
    seeds = np.random.SeedSequence(args.seed).generate_state(args.worlds)
    results, worlds = [cold(args.seed)], {}
    for name in WORLDS:
        judged: list[Judged] = []
        for each in seeds:
            one = Judged(name, int(each))
            if not judged:
                results += of_one(name, one, args.seed)
            del one.world, one.offers, one.panel, one.choosing, one.reporting
            judged.append(one)
        results += of_worlds(name, judged, args.seed)
        worlds[name] = judged
    if args.figures:
        drawn(worlds)
    results += beside_solver(seeds[:5], args.seed)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    for each in results:
        print(f"{each['name']}: {each['value']:,.4g} {each['unit']}", end="")
        if each["peer_value"] is not None:
            print(f"  ({each['peer']}: {each['peer_value']:,.4g})", end="")
        print("" if each["ok"] is None else "  ok" if each["ok"] else "  MISSED")


if __name__ == "__main__":
    main()

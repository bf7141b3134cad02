"""Plans sold at a probability: are they met that often, on real series and in planted worlds?

Run: python benchmarks/bench_promises.py [--each N] [--worlds N] [--plans N] [--runs N]
[--seed N]

The full size, 2,000 plans and 1,000 runs, is `--worlds 40 --plans 10 --runs 1000`.

Real series come from the folder GROUNDSWELL_REAL_DATA names (`youtube_weekly_socialblade`) and are
skipped without it. Every forecast is learnt only from the weeks before it.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import promise_runs
import promise_series as real
import promise_worlds as planted

from groundswell.engine.guarantee import scoring

RESULTS = Path(__file__).parent / "results" / "promises.json"
REAL = "GROUNDSWELL_REAL_DATA"
ENOUGH_PLANS, ENOUGH_RUNS = 400, 1_000  # fewer are shown and not judged


class Figure(NamedTuple):
    """A figure with its bar, and a peer's."""

    name: str
    value: float
    bar: float | None = None
    ok: bool | None = None
    peer: str | None = None
    peer_value: float | None = None
    unit: str = ""


def sold(name: str, sales: list[real.Sale], *, judged: bool = True) -> Iterator[Figure]:
    """How often baskets met what was sold, overall and in the worst year."""
    got, year = np.array([s.got for s in sales]), np.array([s.year for s in sales])
    goals, planned = np.array([s.goals for s in sales]), np.array([s.planned for s in sales])
    peers = {
        "own weeks drawn independently": [s.resampled for s in sales],
        "trailing mean": [s.trailing for s in sales],
        "this model, nothing shared": [s.unshared for s in sales],
    }
    beside = list(peers.items())
    yield Figure(f"{name}: baskets", float(len(sales)), unit="baskets")
    for at, probability in enumerate(real.SOLD):
        met = got >= goals[:, at]
        share = float(met.mean())
        peer, value = beside[at]
        yield Figure(
            f"{name}: sold at {probability:.0%}, met", share, probability,
            bool(abs(share - probability) <= 0.03) if judged else None,
            f"{peer}, sold at 90 %" if at != 1 else f"{peer}, as the goal",
            float((got >= np.array(value)).mean()),
        )  # fmt: skip
        off = {int(y): float(met[year == y].mean()) - probability for y in np.unique(year)}
        worst = max(off, key=lambda y: abs(off[y]))
        yield Figure(
            f"{name}: sold at {probability:.0%}, worst year, {worst}", off[worst], 0.06,
            bool(abs(off[worst]) <= 0.06) if judged else None,
        )  # fmt: skip
    over = float(np.mean(planned / goals[:, 1]))
    yield Figure(
        f"{name}: planned over what is sold at 90 %", over, 1.4, bool(over <= 1.4), unit="x"
    )


def skill(sales: list[real.Sale]) -> Iterator[Figure]:
    """Brier skill of P(hit) for goals that somebody asks for, against the share met overall."""
    got = np.array([s.got for s in sales])
    asked = scoring.score(
        np.array([s.chance for s in sales]), got >= np.array([s.asked for s in sales])
    )
    fixed = scoring.score(
        np.array([s.chance_fixed for s in sales]),
        got >= 0.9 * np.array([s.trailing for s in sales]),
    )
    for name, score in (
        ("goals of 60 to 110 % of the trailing mean", asked),
        ("goals all of 90 %", fixed),
    ):
        value = score.skill.value or 0.0
        yield Figure(f"Brier skill, {name}", value, 0.0, value > 0)
    for each in asked.diagram:
        yield Figure(f"promised {each.promised:.2f}, kept", each.kept.value or 0.0)


def on_real_series(folder: Path, each: int, rng: np.random.Generator) -> Iterator[Figure]:
    channels = real.read(folder)
    every = list(real.sales(channels, each, rng=rng))
    yield from sold("real series", every)
    for size in (8, 20):
        yield from sold(f"baskets of {size}", [s for s in every if s.size == size], judged=False)
    yield from skill(every)
    apart = list(real.sales(channels.only(slice(1, None, 2)), each, rng=rng))
    yield from sold("channels that nothing was chosen on", apart, judged=False)
    topics = list(real.sales(channels, each, rng=rng, one_category=True))
    yield from sold("baskets of one category", topics, judged=False)


def in_planted_worlds(worlds: int, plans: int, seed: int) -> Iterator[Figure]:
    """True P(hit) of plans sold at 90 %, 1,000 draws each, in worlds nobody told it of."""
    peer = "average engagement rate x followers, if all sign"
    for kind in planted.KINDS:
        made = list(planted.promises(kind, worlds, plans, seed=seed))
        naive = float(np.mean([each.naive for each in made]))
        withheld = float(np.mean([each.withheld for each in made]))
        yield Figure(f"{kind}: plans", float(len(made)), unit="plans")
        for name, field in (
            ("if all sign", "all_sign"),
            ("before signing", "signing"),
            ("with the bench", "bench"),
        ):
            share = float(np.mean([getattr(each, field) for each in made]))
            holds = kind == "as modelled"
            ok = abs(share - 0.9) <= 0.03 if holds else share >= 0.85 or withheld >= 0.95
            yield Figure(
                f"{kind}: sold at 90 %, true P(hit) {name}", share, 0.9 if holds else 0.85,
                bool(ok) if len(made) >= ENOUGH_PLANS else None, peer, naive,
            )  # fmt: skip
        said = float(np.mean([each.said for each in made]))
        yield Figure(f"{kind}: the same with the bench, said by fresh scenarios", said)
        yield Figure(f'{kind}: "cannot say" after {planted.ANSWERS} answers', withheld)


def running_plans(count: int, rng: np.random.Generator) -> Iterator[Figure]:
    """Is P(hit) of running plans a martingale: does it move only with news?"""
    found = promise_runs.runs(count, scenarios=600, every=3.0, rng=rng)
    said = np.array([run.said for run in found])
    hit = np.array([run.hit for run in found])
    change = np.diff(np.column_stack([said, hit]), axis=1)
    known = np.isfinite(change)
    size = np.sqrt((np.nan_to_num(change) ** 2).sum()) / known.sum()  # uncorrelated if it is one
    drift = np.nansum(change) / known.sum()
    yield Figure("running plans", float(count), unit="plans")
    yield Figure(
        "mean change of P(hit), in standard errors", drift / size, 2.0,
        bool(abs(drift / size) <= 2) if count >= ENOUGH_RUNS else None,
    )  # fmt: skip
    yield Figure('days on which it is "cannot say"', float(np.isnan(said).mean()))
    for share in (0, said.shape[1] // 2, said.shape[1] - 1):
        day = np.isfinite(said[:, share])
        score = scoring.score(said[day, share], hit[day])
        yield Figure(f"Brier score of P(hit), {share} of {said.shape[1]} steps", score.brier)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=16, help="baskets of each size a week")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--worlds", type=int, default=8, help="planted worlds of every kind")
    parser.add_argument("--plans", type=int, default=10, help="plans sold in each of them")
    parser.add_argument("--runs", type=int, default=100, help="planted runs of a plan")
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    figures = list(in_planted_worlds(asked.worlds, asked.plans, asked.seed))
    figures += running_plans(asked.runs, rng)
    if folder := os.environ.get(REAL):
        figures += on_real_series(Path(folder), asked.each, rng)
    else:
        figures.append(Figure(f"real series: skipped, as {REAL} is not set", 0.0))
    results = [
        {
            "name": f.name, "value": f.value, "unit": f.unit, "bar": f.bar, "peer": f.peer,
            "peer_value": f.peer_value, "ratio": None, "ok": f.ok, "seed": asked.seed,
        }
        for f in figures
    ]  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    for f in figures:
        mark = {True: "ok", False: "MISSED", None: ""}[f.ok]
        bar = "" if f.bar is None else f"bar {f.bar:g} {mark}"
        peer = "" if f.peer is None else f"({f.peer}: {f.peer_value:.3g})"
        print(f"{f.name:<58} {f.value:.4g} {f.unit} {bar} {peer}")


if __name__ == "__main__":
    main()

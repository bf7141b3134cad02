"""Alarms beside what was planted: precision, recall and false alarms of each, by seed.

Run: python benchmarks/bench_alarms.py [--creators N] [--seed N] [--worlds N] [--figures]

Each world has its own seed, from the one given upwards; thresholds were set on seed 5. With
--figures the curves in docs/methods/figures are drawn again.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench_vetting
import figures
import numpy as np
from figures import Curve, Panel
from rich.console import Console
from rich.table import Table
from scipy import special

from groundswell.engine.qualification.factors.authenticity import SIGNALS
from groundswell.engine.qualification.verdict import Verdict
from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes, Truth
from groundswell.terms.progress import silent
from groundswell.vetting import gathering

RESULTS = Path(__file__).parent / "results" / "alarms.json"
CREATORS = 20_000
WORLDS = 3


@dataclass(frozen=True)
class Alarm:
    """One kind of alarm in one world, account by account.

    Attributes:
        name: What it is and what it is meant to find.
        planted: Accounts in which that is planted.
        known: Accounts of which it can be said at all.
        rings: Accounts for which it rings.
        score: How strongly; nan where it can't be said.
        bars: Smallest precision and recall, most alarms in a thousand honest accounts.
    """

    name: str
    planted: np.ndarray
    known: np.ndarray
    rings: np.ndarray
    score: np.ndarray
    bars: tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Seen:
    """A world that was vetted."""

    seed: int
    alarms: tuple[Alarm, ...]
    honest: np.ndarray
    constancy: np.ndarray
    four_factors: float


def seen(creators: int, seed: int) -> Seen:
    world, truth = worlds.create(
        Sizes.of(creators), rng=np.random.default_rng(seed), now=bench_vetting.NOW
    )
    tables = bench_vetting.Tables(world)
    accounts = bench_vetting.accounts_of(world, tables)
    cards = gathering.everyone(tables, accounts, now=bench_vetting.NOW, progress=silent)
    review = np.array([verdict is Verdict.NEEDS_REVIEW for verdict in cards.verdict])
    said = np.array([verdict is not Verdict.CANNOT_SAY for verdict in cards.verdict])
    value = {name: measure.value for name, measure in cards.measures.items()}
    cast = truth.cast
    honest = (cast.bought_share == 0) & ~cast.constant_likes & (cast.pod < 0)
    dishonest = (cast.bought_share > 0.3) | cast.constant_likes | (cast.pod >= 0)
    anything = Alarm(
        "needs review: over 30 % bought, constant likes or a pod",
        dishonest, said, review, review.astype(float), (None, None, 10.0),
    )  # fmt: skip
    return Seen(
        seed,
        (*alarms(value, truth), anything),
        honest,
        value["likes_spread_residual"],
        float((cards.factors_said >= 4).mean()),
    )


def alarms(value: dict[str, np.ndarray], truth: Truth) -> list[Alarm]:
    cast, grown = truth.cast, truth.growth
    bought = cast.bought_share > 0
    since = bought & np.isfinite(grown.jump_days_ago) & ~grown.no_history
    pod, constant = cast.pod >= 0, cast.constant_likes
    talk = value["likes_per_comment_residual"]
    usual = SIGNALS["likes_per_comment_residual"]
    low, likes, comments = (
        -value[f"{name}_residual"] for name in ("engagement", "likes_spread", "comments_spread")
    )
    jump, clique = value["unexplained_jump"], value["comment_clique"]
    return [
        _alarm("jump: followers bought since counts begin", since, jump, 1e-9, (0.90, 0.75, 5.0)),
        _alarm("jump: followers bought ever", bought, jump, 1e-9, (None, None, None)),
        _alarm("clique: pods", pod, clique, 1e-9, (0.95, 0.60, 0.5)),
        _alarm("constant likes", constant, likes, SIGNALS["likes_spread_residual"],
               (0.85, 0.50, 1.35)),
        _alarm("constant comments: nobody's are planted", np.zeros(low.size, bool), comments,
               SIGNALS["comments_spread_residual"], (None, None, 1.35)),
        _alarm("low engagement: over 30 % bought", cast.bought_share > 0.3, low,
               SIGNALS["engagement_residual"], (None, None, 1.0)),
        _alarm("few likes for each comment: pods", pod, -talk, usual, (None, None, 3.0)),
        _alarm("many likes for each comment: constant likes", constant, talk, usual,
               (None, None, 3.0)),
    ]  # fmt: skip


def _alarm(
    name: str,
    planted: np.ndarray,
    score: np.ndarray,
    threshold: float,
    bars: tuple[float | None, float | None, float | None],
) -> Alarm:
    known = np.isfinite(score)
    return Alarm(name, planted, known, known & (np.nan_to_num(score) >= threshold), score, bars)


def figures_of(found: Seen) -> list[dict[str, Any]]:
    lines = [_line("accounts with at least four factors", found.four_factors, 0.8, found.seed)]
    for alarm in found.alarms:
        right = alarm.rings & alarm.planted
        per_thousand = 1_000 * alarm.rings[found.honest].mean()
        precision, recall, most = alarm.bars
        measured = [("alarms in 1,000 honest accounts", per_thousand, most)]
        if alarm.planted.any():
            both = alarm.planted & alarm.known
            measured += [
                ("precision", _share(right, alarm.rings), precision),
                ("recall", _share(right, alarm.planted), recall),
                ("recall where it can be said", _share(right, both), None),
            ]
        lines += [_line(f"{alarm.name}: {what}", *each, found.seed) for what, *each in measured]
    return lines


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum() / whole.sum()) if whole.any() else float("nan")


def _line(name: str, value: float, bar: float | None, seed: int) -> dict[str, Any]:
    most = "alarms in" in name
    ok = None if bar is None else bool(value <= bar if most else value >= bar)
    nothing = dict.fromkeys(("peer", "peer_value", "ratio"))
    shown = None if np.isnan(value) else float(value)
    return {
        "name": f"seed {seed}: {name}", "value": shown, "unit": "", "bar": bar, **nothing,
        "ok": ok, "seed": seed,
    }  # fmt: skip


def table(found: list[Seen]) -> Table:
    columns = ("", "seed", "planted", "said", "rings", "precision", "recall", "of those said",
               "in 1,000 honest")  # fmt: skip
    shown = Table(*columns, box=None)
    for row in range(len(found[0].alarms)):
        for each in found:
            alarm = each.alarms[row]
            right, both = alarm.rings & alarm.planted, alarm.planted & alarm.known
            shown.add_row(
                alarm.name, str(each.seed), f"{alarm.planted.sum():,}",
                f"{alarm.known.mean():.0%}", f"{alarm.rings.sum():,}",
                f"{_share(right, alarm.rings):.3f}", f"{_share(right, alarm.planted):.3f}",
                f"{_share(right, both):.3f}", f"{1_000 * alarm.rings[each.honest].mean():.2f}",
            )  # fmt: skip
    return shown


def draw(found: list[Seen]) -> None:
    """Curves over all worlds together, of accounts of which each alarm can be said."""
    picked = {
        "constant likes": "bought likes, by their constancy",
        "clique: pods": "pods, by groups that comment together",
        "few likes for each comment: pods": "pods, by few likes for each comment",
        "jump: followers bought since counts begin": "followers bought since, by the jump",
        "low engagement: over 30 % bought": "over 30 % bought, by low engagement",
    }
    curves: tuple[list[Curve], list[Curve]] = ([], [])
    for row, alarm in enumerate(found[0].alarms):
        if alarm.name in picked:
            rows = [each.alarms[row] for each in found]
            score = np.concatenate([each.score[each.known] for each in rows])
            planted = np.concatenate([each.planted[each.known] for each in rows])
            for curve, made in zip(curves, (figures.roc, figures.precision_recall), strict=True):
                curve.append(made(picked[alarm.name], score, planted))
    said = f"{len(found)} synthetic worlds of {CREATORS:,} creators"
    figures.draw(
        "alarms",
        [
            Panel(
                "ROC", "share of other accounts", "share of planted found", curves[0], diagonal=True
            ),
            Panel("Precision and recall", "recall", "precision", curves[1]),
        ],
        f"Alarms on {said}, over all thresholds, of accounts of which they can be said.",
    )
    honest = np.concatenate([each.constancy[each.honest] for each in found])
    honest = honest[np.isfinite(honest)]
    stated = 10.0 ** np.linspace(-4, -0.5, 8)
    below = [int((honest <= special.ndtri(chance)).sum()) for chance in stated]
    held = [count / honest.size for count in below]
    figures.draw(
        "constancy",
        [
            Panel(
                "Constant likes: chances stated and met",
                "chance stated",
                "share of honest accounts",
                [Curve(f"{honest.size:,} honest accounts, how many", stated, held, below)],
                diagonal=True,
                decades=-4,
            )
        ],
        f"How often honest accounts are as constant as a stated chance, on {said}.",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--creators", type=int, default=CREATORS)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--figures", action="store_true")
    asked = parser.parse_args()
    found = [seen(asked.creators, asked.seed + each) for each in range(asked.worlds)]
    results = [line for each in found for line in figures_of(each)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    Console(width=150).print(table(found))
    print(*(f"seed {each.seed}: four factors {each.four_factors:.3f}" for each in found), sep="\n")
    for line in results:
        if line["ok"] is False:
            print(f"FAILS {line['name']}: {line['value']:.4g}, bar {line['bar']:g}")
    if asked.figures:
        draw(found)


if __name__ == "__main__":
    main()

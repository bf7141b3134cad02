"""Followers: trained trees beside stock LightGBM, the shipped scorecard, and coverage of shares.

Run: python benchmarks/bench_followers.py [--seed N] [--figures]

Real files are read from the folder that GROUNDSWELL_REAL_DATA names (`instafake`,
`cresci2015_subset`); without it what needs them is left out, and said so. With --figures the curves
in docs/methods/figures are drawn again: results on those files, no rows of them.
"""

import argparse
import csv
import json
import os
from pathlib import Path
from typing import Any

import figures
import lightgbm
import numpy as np
from figures import Panel

from groundswell.engine.followers import training
from groundswell.engine.followers.models import Model
from groundswell.engine.followers.profiles import Profiles
from groundswell.engine.followers.share import Errors, estimated

RESULTS = Path(__file__).parent / "results" / "followers.json"
REPEATS = 6
DRAWS = 1_000
COLUMNS = {
    "instafake/fake_v1.csv": {
        "followers": "userFollowerCount",
        "following": "userFollowingCount",
        "posts": "userMediaCount",
        "username_length": "usernameLength",
        "username_digits": "usernameDigitCount",
        "biography_length": "userBiographyLength",
        "has_profile_picture": "userHasProfilPic",
        "private": "userIsPrivate",
        "fake": "isFake",
    },
    "cresci2015_subset/accounts.csv": {
        "followers": "followers",
        "following": "following",
        "posts": "statuses",
        "username_length": "screen_name_len",
        "username_digits": "screen_name_digits",
        "biography_length": "bio_len",
        "has_profile_picture": "default_image",
        "private": "protected",
        "fake": "fake",
    },
}

Lines = list[dict[str, Any]]
Labelled = tuple[Profiles, np.ndarray]


def line(
    name: str, value: float, bar: float | None = None, peer: tuple[str, float] | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "value": float(value),
        "unit": "",
        "bar": bar,
        "peer": peer[0] if peer else None,
        "peer_value": float(peer[1]) if peer else None,
        "ratio": float(value / peer[1]) if peer else None,
        "ok": None if bar is None else bool(value >= bar),
    }


def labelled(folder: Path, name: str) -> Labelled:
    with (folder / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {to: [float(row[of]) for row in rows] for to, of in COLUMNS[name].items()}
    fake = np.array(columns.pop("fake")) == 1
    if name.startswith("cresci"):
        columns["has_profile_picture"] = [1 - each for each in columns["has_profile_picture"]]
    return Profiles.of(columns), fake


def stock(profiles: Profiles, labels: np.ndarray, rng: np.random.Generator) -> training.Report:
    """LightGBM as it comes, on the columns as they are, in five folds."""
    place, chance = training.folds(labels, 5, rng), np.empty(len(labels))
    for fold in range(5):
        out = place == fold
        seen = lightgbm.Dataset(profiles.values[~out], labels[~out].astype(float))
        settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
        chance[out] = lightgbm.train(settings, seen, 100).predict(profiles.values[out])
    return training.measured(chance, labels)


def trained(known: Labelled, seed: int) -> Lines:
    """Means over repeated five-fold runs, each with folds of its own, ours and stock's the same."""
    ours, theirs = [], []
    for repeat in range(REPEATS):
        ours.append(training.held_out(*known, rng=np.random.default_rng([seed, repeat])))
        theirs.append(stock(*known, np.random.default_rng([seed, repeat])))
    lines = []
    for figure, bar in (("auc", 0.990), ("f1", 0.90)):
        mine, other = (np.array([getattr(r, figure) for r in runs]) for runs in (ours, theirs))
        peer = ("stock LightGBM", other.mean())
        lines.append(line(f"instafake, trained, {figure}", mine.mean(), bar, peer))
        lines.append(line(f"instafake, trained, {figure}, least of {REPEATS}", mine.min()))
    brier = np.mean([each.brier for each in ours])
    peer = ("stock LightGBM", np.mean([each.brier for each in theirs]))
    return [*lines, line("instafake, trained, Brier (less is better)", brier, None, peer)]


def shipped(sets: dict[str, Labelled], seed: int) -> Lines:
    lines = []
    for name, (profiles, fake) in sets.items():
        report = training.measured(Model().probability(profiles), fake)
        errors = report.errors
        lines += [
            line(f"{name}, shipped scorecard, AUC", report.auc, 0.96),
            line(f"{name}, shipped scorecard, fakes found", errors.found / errors.fakes),
            line(f"{name}, shipped scorecard, others cleared", errors.cleared / errors.reals),
        ]
    for name, known in sets.items():
        (other, (profiles, fake)) = next(each for each in sets.items() if each[0] != name)
        model = training.fitted(*known, rng=np.random.default_rng(seed))
        report = training.measured(model.probability(profiles), fake)
        lines.append(line(f"{other}, trees trained on {name}, AUC", report.auc))
        lines.append(line(f"{other}, trees trained on {name}, F1", report.f1))
    return lines


def bands(chance: np.ndarray, fake: np.ndarray) -> Lines:
    """Calibration: share of fakes among rows held out, by what they were given."""
    lines = []
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.0)):
        inside = (chance >= low) & (chance < high)
        if inside.any():
            given = f"given {low:.0%} to {high:.0%}, {chance[inside].mean():.3f} in the mean"
            lines.append(line(f"instafake, held out, {given}: fake", fake[inside].mean()))
    return lines


def held_out(known: Labelled, seed: int) -> np.ndarray:
    """Chances of each row by trees that were trained without it, in five folds."""
    profiles, fake = known
    rng = np.random.default_rng(seed)
    place, chance = training.folds(fake, 5, rng), np.empty(len(fake))
    for fold in range(5):
        out = place == fold
        model = training.fitted(profiles.take(~out), fake[~out], rng=rng)
        chance[out] = model.probability(profiles.take(out))
    return chance


def calibrated(known: Labelled, seed: int) -> Lines:
    fake, chance = known[1], held_out(known, seed)
    specificities = [
        line(
            f"instafake, held out, fakes found where {cleared:.0%} of others are cleared",
            (chance[fake] > np.quantile(chance[~fake], cleared)).mean(),
        )
        for cleared in (0.90, 0.95, 0.99)
    ]
    return [*bands(chance, fake), *specificities]


def draw(sets: dict[str, Labelled], seed: int) -> None:
    """Curves of the shipped scorecard, and of trees that were trained without the row."""
    judged = []
    for name, (profiles, fake) in sets.items():
        judged.append((f"scorecard as shipped, {name}", Model().probability(profiles), fake))
    for name, known in sets.items():
        judged.append((f"trees trained on {name}", held_out(known, seed), known[1]))
    curves = [[make(*each) for each in judged] for make in (figures.roc, figures.precision_recall)]
    count = f"{' and '.join(f'{len(fake):,}' for _, fake in sets.values())} labelled accounts"
    figures.draw(
        "followers",
        [
            Panel("ROC", "share of others called fake", "share of fakes found", curves[0],
                  diagonal=True),
            Panel("Precision and recall", "recall", "precision", curves[1]),
        ],
        f"Followers told fake from real on {count}, over all thresholds.",
    )  # fmt: skip
    figures.draw(
        "followers-calibration",
        [
            Panel(title, "probability stated", "share that was fake",
                  [figures.reliability(*each) for each in part], diagonal=True)
            for title, part in (
                ("Scorecard as shipped", judged[:2]),
                ("Trees, rows held out", judged[2:]),
            )
        ],
        f"Probabilities of being fake against what was true, with the number of rows, on {count}.",
    )  # fmt: skip


def planted(rng: np.random.Generator) -> Lines:
    """Shares of 2 to 40 % planted under mistakes that were counted on few labels."""
    held = np.empty(DRAWS, bool)
    shares = rng.uniform(0.02, 0.40, DRAWS)
    for at, share in enumerate(shares):
        found, cleared = rng.uniform(0.70, 0.98), rng.uniform(0.80, 0.99)
        fakes, reals = rng.integers(50, 300, 2)
        errors = Errors(rng.binomial(fakes, found), fakes, rng.binomial(reals, cleared), reals)
        rows = int(rng.integers(200, 2_000))
        called = rng.binomial(rows, share * found + (1 - share) * (1 - cleared))
        held[at] = inside(share, estimated(int(called), rows, errors))
    low = shares < 0.10
    return [
        line("planted shares of 2 to 40 %, 90 % range holds", held.mean(), 0.88),
        line("of them under 10 %", held[low].mean()),
        line("of them from 10 % on", held[~low].mean()),
    ]


def planted_in(name: str, known: Labelled, rng: np.random.Generator) -> Lines:
    """Shares planted with real rows that took no part in recalibration; then without labels.

    A fifth of the rows is labelled, the rest stands for the population. It is finite, so its own
    chance adds to what the range allows for: no bar here.
    """
    profiles, fake = known
    held, unlabelled, misses = [], [], []
    for at in range(DRAWS // 2):
        if at % 5 == 0:
            few = training.folds(fake, 5, rng) == 0
            model = training.fitted(profiles.take(few), fake[few], rng=rng, boosted=False)
            rest = profiles.take(~few)
            called = model.probability(rest) >= 0.5
            plain = Model().probability(rest) >= 0.5
            pools = [np.flatnonzero(fake[~few] == kind) for kind in (True, False)]
        share = rng.uniform(0.02, 0.40)
        fakes = rng.binomial(400, share)
        rows = np.concatenate([rng.choice(pools[0], fakes), rng.choice(pools[1], 400 - fakes)])
        ours = estimated(int(called[rows].sum()), 400, model.errors)
        held.append(inside(share, ours))
        misses.append(abs(ours.value - share) if ours.value is not None else 1.0)
        unlabelled.append(inside(share, estimated(int(plain[rows].sum()), 400, Model().errors)))
    return [
        line(f"{name}, planted, recalibrated scorecard, 90 % range holds", np.mean(held)),
        line(f"{name}, planted, recalibrated scorecard, mean error", np.mean(misses)),
        line(f"{name}, planted, scorecard without labels, 90 % range holds", np.mean(unlabelled)),
    ]


def inside(share: float, found: Any) -> bool:
    return found.low is not None and found.low <= share <= found.high


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--figures", action="store_true")
    asked = parser.parse_args()
    seed = asked.seed
    rng = np.random.default_rng(seed)
    results = planted(rng)
    if folder := os.environ.get("GROUNDSWELL_REAL_DATA"):
        sets = {name.partition("/")[0]: labelled(Path(folder), name) for name in COLUMNS}
        results += trained(sets["instafake"], seed) + calibrated(sets["instafake"], seed)
        results += shipped(sets, seed)
        for name, known in sets.items():
            results += planted_in(name, known, rng)
        if asked.figures:
            draw(sets, seed)
    else:
        print("GROUNDSWELL_REAL_DATA is not set: what needs real files is left out")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([each | {"seed": seed} for each in results], indent=1) + "\n")
    for each in results:
        marks = {True: "holds", False: "FAILS", None: ""}
        bar = "" if each["bar"] is None else f"bar {each['bar']:g}"
        peer = f"{each['peer']} {each['peer_value']:.4f}" if each["peer"] else ""
        print(f"{each['name']:<72} {each['value']:.4f} {bar} {peer} {marks[each['ok']]}")


if __name__ == "__main__":
    main()

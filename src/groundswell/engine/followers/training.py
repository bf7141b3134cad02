"""Models of followers from labels that somebody has: the scorecard recalibrated, or boosted trees.

Everything that is reported of a model is from rows that it did not see.
"""

from dataclasses import asdict, dataclass

import numpy as np
from scipy import special, stats

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.followers import calibration, trees
from groundswell.engine.followers.calibration import Platt
from groundswell.engine.followers.models import CALLED_FAKE, Model
from groundswell.engine.followers.profiles import COLUMNS, Profiles
from groundswell.engine.followers.scorecard import Scorecard
from groundswell.engine.followers.share import Errors
from groundswell.engine.followers.trees import Forest
from groundswell.terms.errors import Refusal
from groundswell.terms.progress import Progress, silent

try:
    import lightgbm
except OSError:  # its wheel takes OpenMP's library from the system
    lightgbm = None  # type: ignore[assignment]

FOLDS = 5
FEWEST = 20  # of either kind
ROUNDS = 250
SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 7,
    "min_data_in_leaf": 10,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}


class CannotTrain(Refusal):
    """Labels from which nothing can be learnt."""

    code = "cannot_train"


class NoBooster(Refusal):
    """A machine without the system library that training trees needs."""

    code = "no_booster"


@dataclass(frozen=True, slots=True)
class Report:
    """How a way of training did on rows that were held out.

    Attributes:
        rows: Labelled rows.
        fakes: How many of them are fake.
        auc: Chance that a fake gets more than a real one; ties count half.
        f1: Harmonic mean of precision and recall at one half.
        brier: Mean squared error of the probability.
        errors: Counts at one half.
    """

    rows: int
    fakes: int
    auc: float
    f1: float
    brier: float
    errors: Errors

    def as_json(self) -> dict[str, object]:
        """Figures by name."""
        return asdict(self)


def folds(labels: Bools, count: int, rng: np.random.Generator) -> Ints:
    """A fold 0 .. count - 1 for each row, both kinds spread evenly."""
    place = np.empty(len(labels), np.int64)
    for kind in (True, False):
        rows = rng.permutation(np.flatnonzero(labels == kind))
        place[rows] = np.arange(len(rows)) % count
    return place


def fitted(
    profiles: Profiles, labels: Bools, *, rng: np.random.Generator, boosted: bool = True
) -> Model:
    """A calibrated model with its mistakes counted on rows held out inside.

    Args:
        profiles: Labelled rows.
        labels: Which of them are fake.
        rng: Decides folds and the trees' draws.
        boosted: Trees: the mean of five boosters, each without one fifth of the rows; the fifths
            left out give calibration and mistakes. Otherwise the scorecard, recalibrated.

    Raises:
        CannotTrain: When there are fewer than 20 fakes or real ones of whom something is known.
        NoBooster: When trees are asked for and the machine lacks the library for them.
    """
    known = np.isfinite(Scorecard().log_odds(profiles))
    profiles, labels = profiles.take(known), labels[known]
    _check(labels)
    place = folds(labels, FOLDS, rng)
    if boosted:
        forest, held_out = _boosted(trees.features(profiles), labels, place, rng)
    else:
        forest, held_out = None, Scorecard().log_odds(profiles)
    chance = _crossed(held_out, labels, place)
    errors = Errors.counted(chance >= CALLED_FAKE, labels)
    always = np.isfinite(profiles.values).all(axis=0)
    needed = tuple(np.array(COLUMNS)[always].tolist()) if boosted else ()
    return Model(forest, calibration.fitted(held_out, labels), errors, needed)


def _check(labels: Bools) -> None:
    fakes, reals = int(labels.sum()), int((~labels).sum())
    if min(fakes, reals) < FEWEST:
        raise CannotTrain(
            f"nothing can be learnt from {fakes:,} fakes and {reals:,} real followers: label at "
            f"least {FEWEST} of each"
        )


def _crossed(log_odds: Floats, labels: Bools, place: Ints) -> Floats:
    """Probabilities whose calibration did not see the row."""
    chance = np.empty(len(labels))
    for fold in range(FOLDS):
        out = place == fold
        line: Platt = calibration.fitted(log_odds[~out], labels[~out])
        chance[out] = special.expit(line.of(log_odds[out]))
    return chance


def _boosted(
    asked: Floats, labels: Bools, place: Ints, rng: np.random.Generator
) -> tuple[Forest, Floats]:
    if lightgbm is None:
        raise NoBooster(
            "trees can't be trained: this machine has no OpenMP library; install libgomp1 (Debian, "
            "Ubuntu) or libomp (macOS), or train with --scorecard"
        )
    dumps, held_out = [], np.empty(len(labels))
    for fold in range(FOLDS):
        out = place == fold
        seen = lightgbm.Dataset(asked[~out], labels[~out].astype(np.float64))
        settings = {**SETTINGS, "seed": int(rng.integers(2**31))}
        dump = lightgbm.train(settings, seen, ROUNDS).dump_model()
        dumps.append(dump)
        held_out[out] = trees.grown([dump]).log_odds(asked[out])
    return trees.grown(dumps), held_out


def held_out(
    profiles: Profiles,
    labels: Bools,
    *,
    rng: np.random.Generator,
    boosted: bool = True,
    progress: Progress = silent,
) -> Report:
    """How ``fitted`` does on rows that it never sees, in five folds.

    Args:
        profiles: Labelled rows.
        labels: Which of them are fake.
        rng: Decides all folds.
        boosted: As for ``fitted``.
        progress: Told of the folds.

    Raises:
        CannotTrain: As ``fitted``.
        NoBooster: As ``fitted``.
    """
    known = np.isfinite(Scorecard().log_odds(profiles))
    profiles, labels = profiles.take(known), labels[known]
    _check(labels)
    place, chance = folds(labels, FOLDS, rng), np.empty(len(labels))
    for fold in range(FOLDS):
        out = place == fold
        model = fitted(profiles.take(~out), labels[~out], rng=rng, boosted=boosted)
        chance[out] = model.probability(profiles.take(out))
        progress("training", fold + 1, FOLDS)
    return measured(chance, labels)


def measured(chance: Floats, labels: Bools) -> Report:
    """The figures of some probabilities beside the labels; both kinds must be there."""
    errors = Errors.counted(chance >= CALLED_FAKE, labels)
    ranks = stats.rankdata(chance)[labels].sum()
    auc = (ranks - errors.fakes * (errors.fakes + 1) / 2) / (errors.fakes * errors.reals)
    called = errors.found + errors.reals - errors.cleared
    f1 = 2 * errors.found / (called + errors.fakes)
    brier = float(((chance - labels) ** 2).mean())
    return Report(len(labels), errors.fakes, float(auc), f1, brier, errors)

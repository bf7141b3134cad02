"""What judges followers: the scorecard or trained trees, calibrated, with its known mistakes."""

import json
import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from groundswell.engine.arrays import Bools, Floats
from groundswell.engine.followers import scorecard
from groundswell.engine.followers.calibration import Platt
from groundswell.engine.followers.profiles import Profiles
from groundswell.engine.followers.scorecard import Scorecard
from groundswell.engine.followers.share import SUPPOSED, Errors, estimated
from groundswell.engine.followers.trees import Forest, features
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate

FORMAT = "groundswell followers 1"
CALLED_FAKE = 0.5
AS_IT_IS = Platt()


class BadModel(Refusal):
    """A file that holds no model of followers."""

    code = "bad_follower_model"


@dataclass(frozen=True, slots=True)
class Model:
    """A judge of follower profiles.

    Attributes:
        forest: Trees; None for the scorecard alone.
        calibration: From log-odds to calibrated ones.
        errors: Its counted mistakes, where one half divides fake from real.
        needed: Columns that every row of its training had: a row without one is not judged.
    """

    forest: Forest | None = None
    calibration: Platt = AS_IT_IS
    errors: Errors = SUPPOSED
    needed: tuple[str, ...] = ()

    def log_odds(self, profiles: Profiles) -> Floats:
        """Before calibration; nan where nothing is known of a row."""
        if self.forest is None:
            return Scorecard().log_odds(profiles)
        known = self.judges(profiles)
        return np.where(known, self.forest.log_odds(features(profiles)), np.nan)

    def judges(self, profiles: Profiles) -> Bools:
        """Rows of which enough is known to say anything."""
        judged = np.isfinite(Scorecard().log_odds(profiles))
        for name in self.needed:
            judged &= np.isfinite(profiles[name])
        return judged

    def probability(self, profiles: Profiles) -> Floats:
        """That each row is fake; nan where nothing is known of it."""
        odds: Floats = special.expit(self.calibration.of(self.log_odds(profiles)))
        return odds

    def counts(self, profiles: Profiles) -> Bools:
        """Rows of which enough is known to count for the share: half of the card's weight."""
        known: Bools = scorecard.known_share(profiles) >= scorecard.ENOUGH
        return known & self.judges(profiles)

    def share(self, profiles: Profiles) -> Estimate:
        """Share of fakes among the followers that the rows were drawn from."""
        enough = self.counts(profiles)
        called = self.probability(profiles.take(enough)) >= CALLED_FAKE
        found = estimated(int(called.sum()), len(called), self.errors)
        notes = [found.reason] if found.reason else []
        if left := len(profiles) - len(called):
            notes.append(f"{left:,} rows are left out, as too little is known of them")
        if found.is_known and self.errors is SUPPOSED:
            notes.append(
                "the scorecard's mistakes are supposed; with your labels the range narrows"
            )
        return replace(found, reason="; ".join(notes) or None)

    def written(self) -> str:
        """The model as JSON text."""
        said = {
            "format": FORMAT,
            "calibration": asdict(self.calibration),
            "errors": asdict(self.errors),
            "needed": list(self.needed),
            "forest": self.forest.as_json() if self.forest else None,
        }
        return json.dumps(said, allow_nan=False) + "\n"


def read(text: str) -> Model:
    """The model that ``Model.written`` wrote: numbers alone, nothing in it is executed.

    Raises:
        BadModel: When the text is no such model.
    """
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise ValueError(f"its format is {said['format']!r}, not {FORMAT!r}")
        model = Model(
            Forest.from_json(said["forest"]) if said["forest"] else None,
            Platt(float(said["calibration"]["slope"]), float(said["calibration"]["intercept"])),
            _errors(said["errors"]),
            tuple(str(name) for name in said["needed"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BadModel(
            f"the model can't be used ({error}): make one with `groundswell followers train`"
        ) from error
    if not (math.isfinite(model.calibration.slope) and math.isfinite(model.calibration.intercept)):
        raise BadModel("the model's calibration is no number: train it again")
    return model


def _errors(said: dict[str, Any]) -> Errors:
    errors = Errors(**{name: int(count) for name, count in said.items()})
    if not (0 <= errors.found <= errors.fakes and 0 <= errors.cleared <= errors.reals):
        raise ValueError("its counts of mistakes contradict each other")
    return errors

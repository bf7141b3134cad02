"""What is believed of a program's parameters, and what its first wave teaches about them.

Three things are shared by all publications of a level and decide how wide a forecast is: how far
its results lie off what was expected, which part of the publications appears, and how often a view
is passed on. Each has a conjugate law, so a first wave changes the beliefs in closed form.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.terms.errors import Refusal

_LEAST_VARIANCE = 1e-12


class BadWave(Refusal):
    """Counts of a first wave that can't be."""

    code = "bad_first_wave"


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Parameters of a program, each with how sure it is.

    Attributes:
        shift: Expected log of results over what was expected; shape (levels,).
        covariance: Of those logs: levels share a program; shape (levels, levels).
        delivery: Beta parameters of the part that is published; shape (levels, 2).
        reshares: Gamma parameters (shape, rate) of reshares per view.
    """

    shift: Floats
    covariance: Floats
    delivery: Floats
    reshares: tuple[float, float]

    @classmethod
    def prior(
        cls,
        delivery: Floats,
        *,
        program_sd: float,
        level_sd: Floats,
        reshares: tuple[float, float],
    ) -> "Beliefs":
        """Before anything was seen: results are as expected in the mean, give or take.

        Args:
            delivery: Beta parameters of each level; shape (levels, 2).
            program_sd: Standard deviation of the log shift that all levels share.
            level_sd: Of what each level has beside it; shape (levels,).
            reshares: Gamma parameters (shape, rate) of reshares per view.
        """
        delivery = np.asarray(delivery, np.float64).reshape(-1, 2)
        own = np.square(np.asarray(level_sd, np.float64))
        if delivery.size and delivery.min() <= 0:
            raise ValueError(f"Beta parameters must be above 0, got {delivery.min()}")
        if min(reshares) <= 0:
            raise ValueError(f"Gamma parameters must be above 0, got {reshares}")
        covariance = np.full((len(own), len(own)), program_sd**2) + np.diag(own)
        return cls(-np.diag(covariance) / 2, covariance, delivery, reshares)

    def draws(self, scenarios: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """Shift and delivery, (scenarios, levels) each, and reshares per view, (scenarios,)."""
        levels = len(self.shift)
        root = np.linalg.cholesky(self.covariance + _LEAST_VARIANCE * np.eye(levels))
        shift = self.shift + rng.standard_normal((scenarios, levels)) @ root.T
        shape, rate = self.reshares
        return (
            shift,
            rng.beta(self.delivery[:, 0], self.delivery[:, 1], (scenarios, levels)),
            rng.gamma(shape, 1.0 / rate, scenarios),
        )


@dataclass(frozen=True, slots=True)
class Wave:
    """What the first publications of each level did; arrays have one entry per level.

    Attributes:
        asked: Publications that were due.
        published: Of those, how many appeared.
        log_ratio: Mean over those of log (views / median expected); 0 where none appeared.
        spread: Standard deviation of one publication's log around it.
        views: Views of all levels together.
        reshares: How often those were passed on by people who aren't paid.
    """

    asked: Floats
    published: Floats
    log_ratio: Floats
    spread: Floats
    views: float
    reshares: float

    def __post_init__(self) -> None:
        if np.any(self.published > self.asked) or np.any(self.published < 0):
            raise BadWave(
                "no more publications can have appeared than were due, and none less than 0: got "
                f"{list(self.published)} of {list(self.asked)}; correct the counts"
            )
        if not (0 <= self.reshares <= self.views):
            raise BadWave(
                "reshares must lie between 0 and the views, got "
                f"{self.reshares:g} of {self.views:g}; correct the counts"
            )


def refit(prior: Beliefs, wave: Wave) -> Beliefs:
    """Beliefs after a first wave.

    The normal law of shifts meets each level's mean log ratio, whose variance is spread^2 /
    published; Beta meets the published among the asked; Gamma the reshares among the views. A
    level that published nothing teaches nothing of its shift but what others say of the program.
    """
    seen = np.flatnonzero(wave.published > 0)
    shift, covariance = prior.shift, prior.covariance
    if len(seen):
        noise = np.diag(np.square(wave.spread[seen]) / wave.published[seen])
        gain = np.linalg.solve(covariance[np.ix_(seen, seen)] + noise, covariance[seen]).T
        shift = shift + gain @ (wave.log_ratio[seen] - shift[seen])
        covariance = covariance - gain @ covariance[seen]
    delivery = prior.delivery + np.column_stack([wave.published, wave.asked - wave.published])
    shape, rate = prior.reshares
    return Beliefs(shift, covariance, delivery, (shape + wave.reshares, rate + wave.views))

"""The organic tail: people who aren't paid pass it on, and it dies out (subcritical branching)."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats

MOST = 0.5  # reproduction beyond which cascades were hardly ever seen


@dataclass(frozen=True, slots=True)
class Tail:
    """How what is passed on without pay travels.

    Attributes:
        views: Mean views of one reshare.
        views_cv: Their standard deviation over that mean.
        inside: Beta parameters of the part of those views that falls on people reached anyway.
        days: Mean days between seeing and passing on.
    """

    views: float
    views_cv: float
    inside: tuple[float, float]
    days: float

    def __post_init__(self) -> None:
        if min(self.views, self.days, *self.inside) <= 0 or self.views_cv < 0:
            raise ValueError(f"what describes a tail must be above 0, got {self}")


def moments(views: Floats, reshares: Floats, tail: Tail) -> tuple[Floats, Floats]:
    """Mean and variance of all views that follow from some views.

    Each view is passed on with probability p to M people, each of whom may pass it on again: a
    Galton-Watson process with R = p E[M] children on average. All descendants of v views have
    mean v R / (1 - R) and variance v s^2 / (1 - R)^3, with s^2 = p E[M^2] - R^2.

    Args:
        views: Direct views, 0 or more; shape (n,).
        reshares: Chance that a view is passed on; shape (n,).
        tail: How far that goes. R beyond ``MOST`` is taken as ``MOST``.
    """
    chance = np.minimum(reshares, MOST / tail.views)
    reproduction = chance * tail.views
    second = chance * tail.views**2 * (1 + tail.views_cv**2)
    alone = 1 - reproduction
    variance = views * (second - reproduction**2) / alone**3
    return np.asarray(views * reproduction / alone), np.asarray(variance)


def draws(views: Floats, reshares: Floats, tail: Tail, rng: np.random.Generator) -> Floats:
    """Views that follow from some views: a Gamma deviate with the closed form's two moments."""
    mean, variance = moments(views, reshares, tail)
    shape = np.divide(mean**2, variance, out=np.ones_like(mean), where=variance > 0)
    return np.asarray(np.where(mean > 0, rng.gamma(np.maximum(shape, 1e-9)) * mean / shape, 0.0))

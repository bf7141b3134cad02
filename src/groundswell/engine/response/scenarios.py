"""What all posts of a plan get together: joint scenarios, not sums of intervals.

Results of one program move together: an algorithm changes, a message falls flat, a week is full of
other news. Adding intervals as if posts were independent promises too much (plans sold at 90 % hit
their goal 66 % of the time on real channels). So each scenario draws one shock for the whole
program, one delivery rate for all creators, and then what each creator and each post does.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, ndtri

from groundswell.engine.arrays import Bools, Floats
from groundswell.engine.response.model import WIDEST_CORRECTION, Response
from groundswell.terms.estimate import Estimate

LEVEL = 0.80


@dataclass(frozen=True, slots=True)
class Program:
    """What the posts of a program share.

    Attributes:
        delivery: Beta parameters (a, b) of the share of agreed posts that get published.
        shock_sd: Standard deviation (log scale) of the program's common shock.
    """

    delivery: tuple[float, float]
    shock_sd: float

    def __post_init__(self) -> None:
        if min(self.delivery) <= 0 or self.shock_sd < 0:
            raise ValueError(
                f"delivery must be above 0 and shock_sd not negative, got {self.delivery} and "
                f"{self.shock_sd}"
            )

    @property
    def delivery_rate(self) -> float:
        """Expected share of agreed posts that get published."""
        return self.delivery[0] / sum(self.delivery)


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Joint draws for the lines of a plan.

    Attributes:
        delivered: Whether each line is published; shape (scenarios, lines).
        creator: Standard normal deviate of each creator; shape (scenarios, lines).
        post: Standard normal deviate of each post; shape (scenarios, lines).
        shock: Common shock of the program, mean of its exponential 1; shape (scenarios,).
    """

    delivered: Bools
    creator: Floats
    post: Floats
    shock: Floats

    def counts(self, response: Response) -> Floats:
        """What each line gets in each scenario, 0 where it isn't published; (scenarios, lines).

        The same deviates serve every count, so that a post which travels gets both views and
        engagements.
        """
        variance = response.creator_sd**2 + response.post_sd**2
        shrink = np.sqrt(np.minimum(1.0, WIDEST_CORRECTION / variance))
        logs = response.location + self.shock[:, None]
        logs = logs + (response.creator_sd * self.creator + response.post_sd * self.post) * shrink
        return np.asarray(np.where(self.delivered, np.maximum(np.expm1(logs), 0.0), 0.0))


def draw(lines: int, program: Program, *, scenarios: int, rng: np.random.Generator) -> Scenarios:
    """Draw what may happen to a plan.

    Args:
        lines: Number of lines, one post each.
        program: What they share.
        scenarios: Number of draws; 2,000 leave an 80 % interval's ends within 1 % of its width.
        rng: Source of chance.

    Returns:
        Scenarios from the worst common shock to the best, shock and delivery rate drawn in equal
        strata: every k-th of them, from the k/2-th on, are a fair sample too, and means need few.
    """
    shocks = ndtri(_strata(scenarios, rng))
    rate = rng.permutation(betaincinv(*program.delivery, _strata(scenarios, rng)))
    return Scenarios(
        delivered=rng.random((scenarios, lines)) < rate[:, None],
        creator=rng.standard_normal((scenarios, lines)),
        post=rng.standard_normal((scenarios, lines)),
        shock=program.shock_sd * shocks - program.shock_sd**2 / 2,
    )


def _strata(count: int, rng: np.random.Generator) -> Floats:
    """One random point in each of ``count`` equal parts of (0, 1), ascending."""
    return np.asarray((np.arange(count) + rng.uniform(0.001, 0.999, count)) / count)


def total(counts: Floats, *, method: str, n: int) -> Estimate:
    """The sum over lines as an Estimate: mean of the scenarios, and their middle 80 %.

    Args:
        counts: What each line gets in each scenario; shape (scenarios, lines).
        method: Name of the method for the reader.
        n: Posts that the expectations stand on.
    """
    sums = counts.sum(axis=1)
    low, high = np.quantile(sums, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    value = float(sums.mean())
    return Estimate(value, min(float(low), value), max(float(high), value), LEVEL, method, n)

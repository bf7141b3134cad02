"""What may happen between a quoted price and a post: answers, prices, no-shows, lateness."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats
from scipy.special import betaln

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.guarantee.shock import Shock

_MEANS = np.linspace(0.0125, 0.9875, 40)
_STRENGTHS = np.exp(np.linspace(-1.5, 1.5, 7))  # times the usual strength
_STRENGTH_SD = 0.75  # of its logarithm


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that differs from program to program, and is known only from few of them.

    Each program's rate follows Beta(mean x strength, (1 - mean) x strength); neither is known, so
    each possible pair has a weight. Low strength: no-shows come together.

    Attributes:
        mean: Possible means; shape (pairs,).
        strength: Possible strengths; shape (pairs,).
        weight: Probability of each pair, sum 1; shape (pairs,).
    """

    mean: Floats
    strength: Floats
    weight: Floats

    @classmethod
    def prior(cls, mean: float, worth: float, *, strength: float = 20.0) -> "Rate":
        """What is published: a mean worth so many posts, and how alike programs usually are."""
        if not (0 < mean < 1 and worth > 0 and strength > 0):
            raise ValueError(
                "a rate needs a mean between 0 and 1, and worth and strength above 0, got "
                f"{mean}, {worth} and {strength}"
            )
        means, strengths = np.meshgrid(_MEANS, strength * _STRENGTHS)
        weight = stats.beta.pdf(means, mean * worth, (1 - mean) * worth)
        weight *= stats.norm.pdf(np.log(strengths / strength), scale=_STRENGTH_SD)
        return cls(means.ravel(), strengths.ravel(), (weight / weight.sum()).ravel())

    def seen(self, done: Floats, of: Floats) -> "Rate":
        """After programs in which ``done`` out of ``of`` did; shapes (programs,).

        Beta-binomial likelihood of each program, on the grid of pairs.
        """
        a, b = self.mean * self.strength, (1 - self.mean) * self.strength
        done, missed = np.asarray(done)[:, None], (np.asarray(of) - np.asarray(done))[:, None]
        logs = np.log(np.maximum(self.weight, 1e-300))
        logs = logs + (betaln(a + done, b + missed) - betaln(a, b)).sum(axis=0)
        weight = np.exp(logs - logs.max())
        return Rate(self.mean, self.strength, weight / weight.sum())

    @property
    def expected(self) -> float:
        """The mean over all that is possible."""
        return float(self.weight @ self.mean)

    def draws(self, scenarios: int, rng: np.random.Generator) -> Floats:
        """One program's rate in each scenario; shape (scenarios,)."""
        pair = rng.choice(len(self.weight), scenarios, p=self.weight)
        mean, strength = self.mean[pair], self.strength[pair]
        drawn = rng.beta(mean * strength, (1 - mean) * strength)
        return np.asarray(np.clip(drawn, 1e-6, 1 - 1e-6))


@dataclass(frozen=True, slots=True)
class Deal:
    """How a kind of deal goes.

    Attributes:
        acceptance: Share of creators asked who sign, if the price is agreed.
        delivery: Share of signed posts that are published.
        late: Share of published posts that are late.
        late_days: Mean days of those, above 0.
        price: Common shift of the log of asked over quoted prices.
        price_sd: Standard deviation of the log of one creator's price around that.
        most: Times the quoted price beyond which nothing is signed.
    """

    acceptance: Rate
    delivery: Rate
    late: Rate
    late_days: float
    price: Shock
    price_sd: float
    most: float


# Of a paid post: mean, worth in posts, and strength. Contracts deliver 85 to 95 %; how many accept
# and how many are late is assumed.
ACCEPTANCE = (0.7, 10.0, 20.0)
DELIVERY = (0.89, 30.0, 20.0)
LATE = (0.2, 10.0, 20.0)


@cache
def contract() -> Deal:
    """A paid post."""
    acceptance, delivery, late = (
        Rate.prior(mean, worth, strength=strength)
        for mean, worth, strength in (ACCEPTANCE, DELIVERY, LATE)
    )
    return Deal(
        acceptance=acceptance,
        delivery=delivery,
        late=late,
        late_days=4.0,
        price=Shock(0.10, 4.0),
        price_sd=0.15,
        most=1.25,
    )


@cache
def gift() -> Deal:
    """A product instead of a fee: published shares of posts range from below half to 80 %."""
    return Deal(
        acceptance=Rate.prior(0.5, 8.0),
        delivery=Rate.prior(0.55, 8.0, strength=10.0),
        late=Rate.prior(0.3, 8.0),
        late_days=6.0,
        price=Shock(0.0, 4.0),
        price_sd=0.0,
        most=1.25,
    )


def surprise(logs: Floats, common: Shock, own_sd: float) -> Floats:
    """How likely a shift at least as large as this is, if what is assumed holds.

    For the first answers (logs of asked over quoted prices) and the first results (logs over what
    was expected): far below .01, the promise that rests on the assumption can't be said any more.

    Args:
        logs: Logs of seen over expected, at least one; shape (..., seen).
        common: Shift that they share.
        own_sd: Standard deviation of each around it.

    Returns:
        Two-sided p-values, shape (...,); t, freedom as the common shift is worth.
    """
    spread = np.sqrt(common.sd**2 + own_sd**2 / logs.shape[-1])
    shift = np.abs(logs.mean(axis=-1)) / max(float(spread), 1e-9)
    return np.asarray(2 * stats.t.sf(shift, common.worth))


def prices_seen(logs: Floats, program: Ints, *, prior: Shock) -> tuple[Shock, float]:
    """The common shift of prices and the own spread, from what past programs paid over quotes.

    Args:
        logs: Logs of asked over quoted prices; shape (seen,).
        program: In which program, from 0; shape (seen,).
        prior: Beside which the common shift is learnt.
    """
    count = np.bincount(program)
    mean = np.bincount(program, logs) / np.maximum(count, 1)
    own_variance = float(np.square(logs - mean[program]).sum() / max(len(logs) - len(count), 1))
    squares = np.maximum(mean**2 - own_variance / np.maximum(count, 1), 0.0)[count > 0]
    learnt = Shock.learnt(float(squares.sum()), float(len(squares)), prior=prior)
    return learnt, float(np.sqrt(own_variance))

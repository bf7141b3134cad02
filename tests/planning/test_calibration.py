"""Forecasts on planted worlds: what comes true, and how often the interval holds it."""

import numpy as np
import pytest

from groundswell.planning import proposal, published
from groundswell.terms.objectives import Kpi
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence

WORLDS = 40
CREATORS = 120


def world(seed):
    """A plan for planted creators; what it got over what it forecast, and whether it said so."""
    rng = np.random.default_rng(seed)
    followers = np.exp(rng.normal(9.5, 1.3, CREATORS)) + 100
    size = np.log(followers) - 9.2
    truth = np.log(followers) - 1.2 - 0.25 * size + rng.normal(0, 0.7, CREATORS)
    spread = 0.7 * np.exp(rng.normal(0, 0.2, CREATORS))
    posts = [
        {"account": f"c{who}", "format": "reel", "views": int(views), "engagements": None}
        for who in range(CREATORS)
        for views in np.exp(
            truth[who] + spread[who] * rng.standard_normal(min(rng.geometric(0.15), 12))
        )
    ]
    known = evidence(
        *[account(f"c{who}", followers=int(followers[who])) for who in range(CREATORS)],
        posts=posts,
    )
    plan = proposal.propose(
        brief(amount=3_000),
        known,
        lambda _: NOBODY,
        tiers=ACTIVATE,
        seed=seed,
        progress=silent,
    )
    lines = plan.offers.place[plan.allocation.chosen]
    rate = rng.beta(*published.DELIVERY)
    shock = rng.normal(-(published.SHOCK_SD**2) / 2, published.SHOCK_SD)
    logs = truth[lines] + shock + spread[lines] * rng.standard_normal(len(lines))
    got = float(np.sum(np.exp(logs) * (rng.random(len(lines)) < rate)))
    said = plan.forecast.kpis[Kpi.VIEWS]
    return got / said.value, said.low <= got <= said.high


@pytest.fixture(scope="module")
def outcomes():
    return np.array([world(seed) for seed in range(100, 100 + WORLDS)])


def test_plans_get_what_they_forecast_on_average(outcomes):
    # A ratio has a standard deviation of 0.35 here, so its mean over 40 worlds one of 0.055.
    assert outcomes[:, 0].mean() == pytest.approx(1.0, abs=0.17)


def test_eight_of_ten_outcomes_lie_within_the_interval(outcomes):
    # Binomial with 40 worlds and 0.8: standard deviation 0.063.
    assert outcomes[:, 1].mean() == pytest.approx(0.8, abs=0.19)

"""Learning from weekly series how channels move together, and what they will get."""

import numpy as np
import pytest

from groundswell.engine import guarantee
from groundswell.engine.guarantee import series
from groundswell.engine.guarantee.series import AHEAD, WINDOW, Recent, SeriesTooShort


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def weeks_of(rng, channels, weeks, *, common=0.0, tail=np.inf, scatter=0.2):
    """Levels of their own, independent weeks, and a shift of all that lasts four weeks."""
    level = rng.normal(10, 1, (channels, 1))
    shift = np.repeat(rng.normal(0, common, weeks // AHEAD + 1), AHEAD)[:weeks]
    own = rng.standard_normal((channels, weeks))
    if np.isfinite(tail):
        own = rng.standard_t(tail, (channels, weeks))
    return np.exp(level + shift + scatter * own)


def one_group(channels):
    return np.zeros(channels, int)


def test_what_is_not_above_zero_is_a_correction_and_unknown():
    weeks = np.full((1, WINDOW), 100.0)
    weeks[0, 3] = -5_000.0

    recent = Recent.of(weeks)

    assert recent.level[0] == pytest.approx(np.log(100))
    assert recent.features[0] == pytest.approx([1, 0, 0])


def test_a_channel_with_three_unknown_weeks_cannot_be_said():
    weeks = np.full((1, WINDOW), 100.0)
    weeks[0, :3] = np.nan

    assert np.isnan(Recent.of(weeks).level[0])


def test_too_few_weeks_are_refused_with_what_is_needed(rng):
    with pytest.raises(SeriesTooShort, match=f"from 10 weeks: bring at least {WINDOW + AHEAD}"):
        series.learn(weeks_of(rng, 30, 10), one_group(30))


def test_weeks_of_four_channels_are_no_market(rng):
    with pytest.raises(SeriesTooShort, match="from 0 weeks in which 5 channels"):
        series.learn(weeks_of(rng, 4, 60), one_group(4))


def test_a_shift_that_all_share_is_found(rng):
    quiet = series.learn(weeks_of(rng, 60, 120), one_group(60))
    moved = series.learn(weeks_of(rng, 60, 120, common=0.3), one_group(60))

    assert quiet.common.sd < 0.03
    assert 0.15 < moved.common.sd < 0.4
    assert moved.common.estimate().low < moved.common.sd < moved.common.estimate().high


def test_heavy_tails_of_single_channels_are_found(rng):
    heavy = series.learn(weeks_of(rng, 80, 80, tail=1.5), one_group(80))
    normal = series.learn(weeks_of(rng, 80, 80), one_group(80))

    assert heavy.tail <= 4 < normal.tail


def test_a_channel_that_scatters_more_gets_a_wider_prospect(rng):
    weeks = weeks_of(rng, 60, 80)
    weeks[0] = np.exp(10 + rng.normal(0, 1.0, 80))
    weeks[1:30] = np.exp(10 + rng.normal(0, 0.6, (29, 80)))

    prospect = series.learn(weeks, one_group(60)).prospect(weeks[:, -WINDOW:], one_group(60))

    assert prospect.scale[0] > 1.3 * np.median(prospect.scale[30:])


def test_sums_drawn_without_what_is_shared_are_narrower(rng):
    weeks = weeks_of(rng, 60, 120, common=0.3)
    prospect = series.learn(weeks, one_group(60)).prospect(weeks[:, -WINDOW:], one_group(60))

    together, alone = (
        prospect.draws(1_000, rng=rng, shared=shared).sum(axis=1) for shared in (True, False)
    )

    assert together.std() > 2 * alone.std()


def test_goals_sold_at_ninety_percent_are_met_nine_times_in_ten(rng):
    met = []
    for _ in range(12):
        weeks = weeks_of(rng, 40, 140, common=0.1, tail=4)
        market = series.learn(weeks[:, :100], one_group(40))
        for week in range(100, 137, AHEAD):
            prospect = market.prospect(weeks[:, week - WINDOW : week], one_group(40))
            sums = prospect.draws(500, rng=rng)
            ahead = weeks[:, week : week + AHEAD]
            for basket in np.array_split(rng.permutation(40), 5):
                sold = guarantee.goals_at({"views": sums[:, basket].sum(axis=1)}, 0.9)
                met.append(ahead[basket].sum() >= sold["views"])

    assert len(met) == 600
    assert 0.86 <= np.mean(met) <= 0.95

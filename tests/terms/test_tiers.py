import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.terms.tiers import ACTIVATE, TIER_SETS, Tier, TierSet


@pytest.mark.parametrize(
    ("followers", "tier"),
    [
        (None, None), (0, None), (1, "nano"), (4_999, "nano"), (5_000, "micro"),
        (20_000, "mid"), (100_000, "macro"), (999_999, "macro"), (1_000_000, "mega"),
    ],
)  # fmt: skip
def test_nano_is_below_five_thousand_by_default(followers, tier):
    assert ACTIVATE.tier_of(followers) == tier


def test_bounds_must_rise():
    bounds = dict(ACTIVATE.lower_bounds) | {Tier.MID: 5_000}

    with pytest.raises(ValueError, match="must rise"):
        TierSet("flat", bounds)


def test_no_tier_may_be_missing():
    with pytest.raises(ValueError, match="no bound for mega"):
        TierSet("short", {tier: n for n, tier in enumerate(Tier) if tier is not Tier.MEGA})


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(list(TIER_SETS.values())))
def test_more_followers_never_mean_a_lower_tier(one, other, tier_set):
    order = [None, *Tier]
    low, high = sorted((one, other))

    assert order.index(tier_set.tier_of(low)) <= order.index(tier_set.tier_of(high))

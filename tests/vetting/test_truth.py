"""What is planted in the synthetic world is found, and little else."""

from dataclasses import dataclass

import numpy as np
import pytest

from groundswell.engine.qualification.factors import authenticity
from groundswell.engine.qualification.scorecard import Scorecards
from groundswell.engine.qualification.verdict import Verdict
from groundswell.engine.synth.publishing import Sponsorship
from groundswell.engine.synth.worlds import Truth
from groundswell.terms.progress import silent
from groundswell.vetting import gathering
from tests.support.asked import Asked
from tests.support.worlds import SEEN_AT, world

CREATORS = 6_000


@dataclass(frozen=True)
class Seen:
    """Scorecards beside the truth, account by account."""

    cards: Scorecards
    truth: Truth

    def value(self, name: str) -> np.ndarray:
        return self.cards.measures[name].value

    def review(self) -> np.ndarray:
        return np.array([verdict is Verdict.NEEDS_REVIEW for verdict in self.cards.verdict])

    def honest(self) -> np.ndarray:
        cast = self.truth.cast
        return (cast.bought_share == 0) & ~cast.constant_likes & (cast.pod < 0)


@pytest.fixture(scope="module")
def seen() -> Seen:
    tables, truth = world(CREATORS)
    asked = Asked(tables)
    accounts = asked.accounts(tables)
    cards = gathering.everyone(asked, accounts, now=SEEN_AT, progress=silent)
    return Seen(cards, truth)


def test_four_factors_are_said_of_most_accounts(seen):
    assert (seen.cards.factors_said >= 4).mean() > 0.85


def test_few_honest_accounts_are_sent_to_review(seen):
    assert seen.review()[seen.honest()].mean() < 0.01


def test_likes_bought_to_a_constant_number_are_sent_to_review(seen):
    posts = seen.cards.measures["likes_spread_residual"].n
    judged = np.isfinite(seen.value("likes_spread_residual"))
    steady = seen.truth.cast.constant_likes & judged
    assert (steady & (posts >= 5)).sum() >= 9
    assert seen.review()[steady & (posts >= 5)].mean() >= 0.8
    assert seen.review()[steady].mean() >= 0.6


def test_pods_are_found_as_groups_that_comment_together(seen):
    found = np.nan_to_num(seen.value("comment_clique")) > 0
    pod = seen.truth.cast.pod
    assert (pod[found] >= 0).all()
    assert found[pod >= 0].sum() >= 10  # fields of a world so small hide the other groups


def test_pods_get_more_comments_for_their_likes_than_others(seen):
    residual = seen.value("likes_per_comment_residual")
    in_pod = seen.truth.cast.pod >= 0
    assert np.nanmedian(residual[in_pod]) < -1.5 < np.nanmedian(residual[seen.honest()])


def test_captions_used_again_are_found(seen):
    originality, recycles = seen.value("originality"), seen.truth.cast.recycles
    assert np.nanmedian(originality[recycles]) < 0.6
    assert (originality[~recycles & np.isfinite(originality)] == 1.0).mean() > 0.98


def test_growth_is_the_planted_growth_and_its_interval_holds_it(seen):
    growth = seen.cards.measures["daily_growth"]
    cast, grown = seen.truth.cast, seen.truth.growth
    plain = growth.known & ~np.isfinite(grown.jump_days_ago) & ~cast.old
    rate = np.expm1(grown.daily_rate[plain])
    assert np.abs(growth.value[plain] - rate).mean() < 5e-5
    assert ((growth.low[plain] <= rate) & (rate <= growth.high[plain])).mean() > 0.94


def test_sponsored_posts_that_say_so_are_counted_and_others_hardly(seen):
    openly = (Sponsorship.FLAGGED, Sponsorship.DISCLOSED, Sponsorship.AFFILIATE)
    planted = np.isin(seen.truth.sponsorship, openly).mean()
    counted = seen.cards.measures["sponsored_share"]
    known = counted.known
    share = (counted.value[known] * counted.n[known]).sum() / counted.n[known].sum()
    assert share == pytest.approx(planted, rel=0.15)


def test_branded_ratios_beat_the_raw_ones_and_their_intervals_hold_the_lift(seen):
    ratio = seen.cards.measures["branded_ratio"]
    lift = seen.truth.cast.sponsored_lift[ratio.known]
    error = np.log(ratio.value[ratio.known]) - lift
    assert np.sqrt((error**2).mean()) < 0.2
    low, high = np.log(ratio.low[ratio.known]), np.log(ratio.high[ratio.known])
    assert ((low <= lift) & (lift <= high)).mean() > 0.93


def test_followers_bought_show_in_engagement_but_cannot_be_told_one_by_one(seen):
    residual = seen.value("engagement_residual")
    bought = seen.truth.cast.bought_share > 0.3
    assert np.nanmedian(residual[bought]) < np.nanmedian(residual[seen.honest()]) - 0.3
    by_rate = seen.value("engagement_residual") < -authenticity.REVIEW
    assert by_rate[bought].mean() < 0.1


def test_followers_bought_lately_are_told_by_the_jump_of_their_counts(seen):
    cast, grown = seen.truth.cast, seen.truth.growth
    jumped = np.nan_to_num(seen.value("unexplained_jump")) > 0
    lately = (cast.bought_share > 0) & np.isfinite(grown.jump_days_ago) & ~grown.no_history
    assert jumped[lately].mean() > 0.75
    assert lately[jumped].mean() > 0.9
    assert jumped[cast.viral & (grown.viral_post >= 0)].mean() < 0.08
    assert not (seen.review() ^ (seen.review() | jumped)).any()

"""What was planted in the synthetic world can be measured in its tables."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from groundswell.engine.synth import growth, laws
from groundswell.engine.synth.conversations import Tone
from groundswell.engine.synth.publishing import Sponsorship
from groundswell.terms.tiers import ACTIVATE, Tier
from tests.support.worlds import world

CREATORS = 6_000


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    """Mature posts with their latest counts and what was planted in their accounts."""
    seen, truth = world(CREATORS)
    frame = seen.posts.select(["post_id", "format", "text", "paid_partnership"]).to_pandas()
    frame["row"] = np.arange(len(frame))
    frame["sponsorship"] = truth.sponsorship
    latest = seen.post_observations.to_pandas().sort_values("observed_at")
    latest = latest.drop_duplicates("post_id", keep="last")
    frame = frame.merge(latest, on="post_id").sort_values("row")
    frame["index"] = owners(seen.posts)
    for name in ("followers", "bought_share", "constant_likes", "pod", "engagement_effect"):
        frame[name] = getattr(truth.cast, name)[frame["index"]]
    frame["rate"] = (frame["likes"] + frame["comments"]) / frame["followers"]
    return frame


def owners(table: pa.Table) -> np.ndarray:
    """Index of the account of each row."""
    accounts = world(CREATORS)[0].accounts.to_pandas()
    names = zip(
        accounts["platform"], accounts["platform_id"].fillna(accounts["handle"]), strict=True
    )
    index = {name: row for row, name in enumerate(names)}
    rows = zip(table["platform"].to_pylist(), table["account"].to_pylist(), strict=True)
    return np.array([index[row] for row in rows])


def plain(posts: pd.DataFrame, platform: str) -> pd.DataFrame:
    honest = (posts.bought_share == 0) & ~posts.constant_likes & (posts["pod"] < 0)
    kept = honest & (posts.sponsorship == Sponsorship.NONE) & (posts.platform == platform)
    return posts[kept & (posts["rate"] > 0) & (posts.followers > 3_000)]


@pytest.mark.parametrize(
    ("platform", "slope"),
    [("instagram", -0.168), ("tiktok", 0.06), ("youtube", -0.14)],
)
def test_engagement_slopes_are_recovered_by_regression(
    posts: pd.DataFrame, platform: str, slope: float
) -> None:
    found = plain(posts, platform)
    accounts = found.assign(y=np.log(found["rate"])).groupby("index")
    x = np.log(accounts["followers"].first())
    y = accounts["y"].mean() - accounts["engagement_effect"].first()
    assert np.polyfit(x, y, 1)[0] == pytest.approx(slope, abs=0.04)


def test_creators_and_posts_differ_by_the_planted_spread(posts: pd.DataFrame) -> None:
    logs = np.log(plain(posts, "tiktok").set_index("index")["rate"]).groupby("index")
    within = math.sqrt(logs.var().mean())
    assert within == pytest.approx(math.hypot(laws.SD_POST, laws.SD_SHOCK), abs=0.06)
    assert world(CREATORS)[1].cast.engagement_effect.std() == pytest.approx(0.6, abs=0.02)


def test_sponsored_posts_get_the_planted_lift(posts: pd.DataFrame) -> None:
    _, truth = world(CREATORS)
    found = posts[(posts.platform == "instagram") & (posts["rate"] > 0)].copy()
    found["y"] = np.log(found["rate"]) - found["engagement_effect"]
    found["size"] = np.log(found["followers"])
    slope, base = np.polyfit(found["size"], found["y"], 1)
    rest = found["y"] - base - slope * found["size"]
    paid = found.sponsorship != Sponsorship.NONE
    planted = truth.cast.sponsored_lift[found["index"][paid]].mean()
    assert rest[paid].mean() - rest[~paid].mean() == pytest.approx(planted, abs=0.06)


def test_the_paid_label_is_never_set_on_an_unpaid_post(posts: pd.DataFrame) -> None:
    labelled = posts.paid_partnership.eq(other=True)
    assert set(posts.sponsorship[labelled]) == {Sponsorship.FLAGGED}
    assert posts.paid_partnership.isna().mean() > 0.3


def test_tiers_are_heavy_with_nano() -> None:
    cast = world(CREATORS)[1].cast
    tiers = pd.Series([ACTIVATE.tier_of(int(size)) for size in cast.followers])
    shares = tiers.value_counts(normalize=True)
    assert 0.55 < shares[Tier.NANO] < 0.70
    assert 0.20 < shares[Tier.MICRO] < 0.32
    assert 0.08 < shares[Tier.MID] < 0.14
    assert 0.008 < shares[Tier.MACRO] < 0.03


def test_bought_followers_come_in_a_burst_without_engagement() -> None:
    _, truth = world(CREATORS)
    burst = np.isfinite(truth.growth.jump_days_ago) & (truth.cast.bought_share > 0)
    who = np.flatnonzero(burst)
    days = truth.growth.jump_days_ago[who]
    before = growth.followers_at(truth.cast, truth.growth, who, days + 1)
    after = growth.followers_at(truth.cast, truth.growth, who, days - 3)
    gained = (after - before) / truth.cast.followers[who]
    assert gained == pytest.approx(truth.cast.bought_share[who], rel=0.25, abs=0.02)
    assert 0.02 < burst.mean() < 0.05


def test_bought_likes_are_suspiciously_constant(posts: pd.DataFrame) -> None:
    likes = posts[posts.likes > 200].groupby(["constant_likes", "index"])["likes"]
    spread = (likes.std() / likes.mean())[likes.count() >= 4].groupby("constant_likes").median()
    assert spread[True] < 0.05
    assert spread[False] > 0.3


def test_pods_are_cliques_of_commenters() -> None:
    seen, truth = world(CREATORS)
    in_pod = truth.tone == Tone.POD
    owner = owners(seen.comments)
    pairs = set(zip(truth.comment_author[in_pod], owner[in_pod], strict=True))
    assert all(truth.cast.pod[author] == truth.cast.pod[mine] for author, mine in pairs)
    assert np.mean([(mine, author) in pairs for author, mine in pairs]) > 0.8
    members = np.bincount(truth.cast.pod[truth.cast.pod >= 0])
    assert set(members) == {10}


def test_negative_comments_rise_with_size() -> None:
    seen, truth = world(CREATORS)
    size = truth.cast.followers[owners(seen.comments)]
    negative = truth.tone == Tone.NEGATIVE
    assert negative[size > 100_000].mean() > 1.4 * negative[size < 5_000].mean()


def test_duplicates_belong_to_one_creator_and_decoys_do_not() -> None:
    seen, truth = world(CREATORS)
    cast, handles = truth.cast, np.array(seen.accounts["handle"].to_pylist())
    first, second = truth.duplicates.T
    assert (cast.creator[first] == cast.creator[second]).all()
    assert len(truth.duplicates) == pytest.approx(0.106 * CREATORS, rel=0.15)
    mine, other = truth.decoys.T
    assert (cast.creator[mine] != cast.creator[other]).all()
    assert (handles[mine] == handles[other]).all()
    assert (cast.platform[mine] != cast.platform[other]).all()


def test_cross_links_point_to_the_creators_first_account() -> None:
    seen, truth = world(CREATORS)
    urls, links = seen.accounts["url"].to_pylist(), seen.accounts["links"].to_pylist()
    linked = np.flatnonzero(truth.cross_linked)
    assert all(urls[truth.cast.creator[row]] in links[row] for row in linked)
    assert len(linked) > 200


def test_the_panel_is_a_coordinated_sample() -> None:
    _, truth = world(CREATORS)
    covered = np.flatnonzero(truth.panel.covered & (truth.cast.followers < 100_000))
    members = np.bincount(truth.panel.account, minlength=truth.cast.count)[covered]
    expected = truth.cast.followers[covered].sum() * truth.panel.rate
    assert members.sum() == pytest.approx(expected, rel=0.05)


def test_accounts_of_one_community_share_more_people_than_strangers() -> None:
    _, truth = world(CREATORS)
    cast, panel = truth.cast, truth.panel
    members = np.bincount(panel.account, minlength=cast.count)
    large = np.flatnonzero(panel.covered & (members > 150))
    sets = [set(panel.person[panel.account == who]) for who in large]
    near, far = [], []
    for i, mine in enumerate(sets):
        for j, other in enumerate(sets[:i]):
            same = cast.topic[large[i]] == cast.topic[large[j]]
            home = cast.country[large[i]] == cast.country[large[j]]
            jaccard = len(mine & other) / len(mine | other)
            (near if same and home else far).append(jaccard)
    assert np.mean(near) > 3 * np.mean(far)


def test_the_panel_shows_who_the_audience_is() -> None:
    _, truth = world(CREATORS)
    panel, planted = truth.panel, truth.audiences.women
    members = np.bincount(panel.account, minlength=truth.cast.count)
    large = np.flatnonzero(panel.covered & (members > 100) & (truth.cast.bought_share == 0))
    women = np.bincount(panel.account, panel.woman[panel.person])[large] / members[large]
    assert np.corrcoef(women, planted[large])[0, 1] > 0.85

"""The laws of the synthetic world: how sizes, views and engagement hang together.

Levels and slopes are chosen near published figures, and are not measurements. Engagement falls
with size on Instagram (about 3.5 % of followers at 2,500 followers, 1.1 % at 2.5 million) and
rises on TikTok, as Captiv8 and HypeAuditor with Later and Fohr reported; there is no single law
for all platforms. Creators differ by a standard deviation of .6 on the log scale, and so do the
posts of one creator.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform

PLATFORMS = (Platform.INSTAGRAM, Platform.TIKTOK, Platform.YOUTUBE, Platform.X, Platform.TWITCH)
INSTAGRAM, TIKTOK, YOUTUBE, X, TWITCH = range(5)
FORMATS = (
    Format.IMAGE, Format.CAROUSEL, Format.REEL, Format.SHORT, Format.VIDEO, Format.LIVE,
    Format.TEXT,
)  # fmt: skip
REFERENCE_FOLLOWERS = 10_000
SD_CREATOR = 0.6
SD_ACCOUNT = 0.4
SD_POST = 0.6
SD_SHOCK = 0.10
VIEWS_PER_CREATOR_EFFECT = 0.6
VIEWS_PER_POST_EFFECT = 0.7
SD_VIEWS = 0.3
MATURES_IN_DAYS = 1.5
SEEN_BY_FOLLOWERS = 0.8


@dataclass(frozen=True, slots=True)
class Law:
    """What a post of an account of 10,000 followers gets, by platform (rows) and format.

    Attributes:
        engagement: (platforms,) median engagements per follower.
        engagement_slope: (platforms,) change of its logarithm per e-fold of followers.
        views: (platforms,) median views per follower.
        views_slope: (platforms,) change of its logarithm per e-fold of followers.
        format_engagement: (formats,) shift of the logarithm of engagements.
        format_views: (formats,) shift of the logarithm of views.
        parts: (platforms, 4) shares of likes, comments, shares and saves in engagements.
        format_mix: (platforms, formats) how often a format is an account's favorite.
        sponsored_lift: (platforms,) mean shift of the logarithm when a post is sponsored.
    """

    engagement: Floats
    engagement_slope: Floats
    views: Floats
    views_slope: Floats
    format_engagement: Floats
    format_views: Floats
    parts: Floats
    format_mix: Floats
    sponsored_lift: Floats


LAW = Law(
    engagement=np.array([0.024, 0.055, 0.013, 0.006, 0.010]),
    engagement_slope=np.array([-0.168, 0.06, -0.14, -0.20, -0.05]),
    views=np.array([0.24, 0.60, 0.28, 0.12, 0.12]),
    views_slope=np.array([-0.12, -0.02, -0.10, -0.08, -0.15]),
    format_engagement=np.array([0.0, 0.10, 0.20, 0.15, 0.0, 0.0, -0.10]),
    format_views=np.array([0.0, 0.05, 0.45, 0.30, 0.0, 0.0, 0.0]),
    parts=np.array(
        [
            [0.905, 0.035, 0.025, 0.035],
            [0.880, 0.012, 0.048, 0.060],
            [0.940, 0.060, 0.0, 0.0],
            [0.800, 0.070, 0.090, 0.040],
            [0.0, 1.0, 0.0, 0.0],
        ]
    ),
    format_mix=np.array(
        [
            [0.25, 0.30, 0.45, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.4, 0.6, 0.0, 0.0],
            [0.25, 0.0, 0.0, 0.0, 0.1, 0.0, 0.65],
            [0.0, 0.0, 0.0, 0.0, 0.3, 0.7, 0.0],
        ]
    ),
    sponsored_lift=np.array([-0.15, -0.05, -0.10, -0.12, -0.05]),
)

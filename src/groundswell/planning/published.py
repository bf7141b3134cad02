"""Figures from public benchmarks, each with its source: where a plan starts before own data speak.

All are rough. Asked prices differ from paid ones, rates by followers from rates by reach; the
sources contradict one another by factors of two. A workspace's own posts, averages and rate cards
take their place as soon as there are any.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import Tier

P, F = Platform, Format

SOURCES = {
    "view_rates": "sponsorrate.com methodology (2026): views per follower by format",
    "reach_rates": "CLEVER (2018): share of followers that see a post, by network",
    "engagement_rates": "untapper, IQFluence and organicmediabuying benchmarks (2025-2026)",
    "click_rates": (
        "published click-through rates by platform (2014-2026): castlytics.app and Distilled "
        "(YouTube), prooflytics.io (TikTok, LinkedIn), codivupload.com and creatorlanehq.com "
        "(Instagram, X), WordStream (Facebook), trypost.it (Pinterest), bestcolorfulsocks.com "
        "(stories, Snapchat); they differ by factors of three, and most are of advertisements"
    ),
    "clicks_assumed": "no public figure; taken from the most similar platform and format",
    "order_rate": (
        "orders per visit of shops: Littledata 1.4 %, Statista 1.6 %; of visits from creators .5 "
        "to 3 % (tanke.fr)"
    ),
    "cpm": "sponsorrate.com methodology (2026): base price of 1,000 views by format",
    "cpm_by_tier": "influencerradar.com (2024, 200 campaigns): price of 1,000 views by tier",
    "cpm_assumed": "no public figure; taken from the most similar format",
    "floor": "lowest fees of public price ladders (2021-2026), 20 to 50 USD",
    "delivery": "published contract delivery rates: 85 to 95 %, 89 % where one is defined",
    "shock": "simulated programs (0.15) and the contested effect of sponsorship (0.20)",
    "internet_users": (
        "DataReportal, Digital 2025: people online at the start of 2025, by ITU's and national "
        "shares of the UN's World Population Prospects 2024; rounded"
    ),
    "platform_users": (
        "platforms' own monthly figures and their advertising tools, as collected by DataReportal "
        "(October 2024); Twitch, Threads, Bluesky and Mastodon by their own statements"
    ),
}

# Mean views of one post per follower, for an account of 10,000 followers.
VIEW_RATES: Mapping[tuple[Platform, Format], float] = {
    (P.INSTAGRAM, F.STORY): 0.10,
    (P.INSTAGRAM, F.REEL): 0.40,
    (P.INSTAGRAM, F.VIDEO): 0.40,
    (P.INSTAGRAM, F.IMAGE): 0.25,
    (P.INSTAGRAM, F.CAROUSEL): 0.25,
    (P.TIKTOK, F.VIDEO): 0.30,
    (P.TIKTOK, F.SHORT): 0.30,
    (P.YOUTUBE, F.VIDEO): 0.30,
    (P.YOUTUBE, F.SHORT): 0.35,
    (P.LINKEDIN, F.TEXT): 0.15,
    (P.FACEBOOK, F.IMAGE): 0.10,
    (P.FACEBOOK, F.TEXT): 0.10,
    (P.PINTEREST, F.IMAGE): 0.15,
    (P.X, F.TEXT): 0.05,
    (P.BLOG, F.ARTICLE): 0.10,
}
# Reach rates fall from about 0.30 below 10,000 followers to 0.085 above a million.
VIEW_ELASTICITY = -0.2

# Likes, comments, shares and saves of one post per follower, for an account of 10,000 followers.
ENGAGEMENT_RATES: Mapping[tuple[Platform, Format], float] = {
    (P.INSTAGRAM, F.IMAGE): 0.024,
    (P.INSTAGRAM, F.CAROUSEL): 0.024,
    (P.INSTAGRAM, F.REEL): 0.024,
    (P.INSTAGRAM, F.VIDEO): 0.024,
    (P.INSTAGRAM, F.STORY): 0.005,
    (P.TIKTOK, F.VIDEO): 0.06,
    (P.TIKTOK, F.SHORT): 0.06,
    (P.YOUTUBE, F.VIDEO): 0.02,
    (P.YOUTUBE, F.SHORT): 0.02,
}
# 3.5 % at 2,500 followers and 1.1 % at two million: log(1.1 / 3.5) / log(800).
ENGAGEMENT_ELASTICITY = -0.17

# Clicks on a link per view. Where the post has none of its own, the one in the profile counts.
CLICK_RATES: Mapping[tuple[Platform, Format], float] = {
    (P.INSTAGRAM, F.STORY): 0.013,
    (P.INSTAGRAM, F.IMAGE): 0.008,
    (P.INSTAGRAM, F.CAROUSEL): 0.008,
    (P.INSTAGRAM, F.REEL): 0.008,
    (P.INSTAGRAM, F.VIDEO): 0.008,
    (P.TIKTOK, F.VIDEO): 0.0075,
    (P.TIKTOK, F.SHORT): 0.0075,
    (P.YOUTUBE, F.VIDEO): 0.010,
    (P.X, F.TEXT): 0.010,
    (P.LINKEDIN, F.TEXT): 0.006,
    (P.FACEBOOK, F.IMAGE): 0.009,
    (P.FACEBOOK, F.TEXT): 0.009,
    (P.PINTEREST, F.IMAGE): 0.010,
    (P.SNAPCHAT, F.STORY): 0.015,
    (P.BLOG, F.ARTICLE): 0.015,
}
CLICKS_ASSUMED = 0.006  # of every other platform and format
ORDER_RATE = 0.014  # orders per click


@dataclass(frozen=True, slots=True)
class Cpm:
    """Price of a thousand expected views in US dollars, for a micro account."""

    base: float
    source: str = "cpm"


CPM: Mapping[tuple[Platform, Format], Cpm] = {
    (P.INSTAGRAM, F.IMAGE): Cpm(10),
    (P.INSTAGRAM, F.REEL): Cpm(8),
    (P.INSTAGRAM, F.VIDEO): Cpm(8),
    (P.INSTAGRAM, F.STORY): Cpm(5),
    (P.INSTAGRAM, F.CAROUSEL): Cpm(12),
    (P.INSTAGRAM, F.LIVE): Cpm(12, "cpm_assumed"),
    (P.TIKTOK, F.VIDEO): Cpm(6),
    (P.TIKTOK, F.SHORT): Cpm(6),
    (P.TIKTOK, F.LIVE): Cpm(6, "cpm_assumed"),
    (P.YOUTUBE, F.VIDEO): Cpm(20),
    (P.YOUTUBE, F.SHORT): Cpm(4),
    (P.YOUTUBE, F.LIVE): Cpm(12, "cpm_assumed"),
    (P.TWITCH, F.LIVE): Cpm(12, "cpm_assumed"),
    (P.TWITCH, F.VIDEO): Cpm(12, "cpm_assumed"),
    (P.LINKEDIN, F.TEXT): Cpm(15),
    (P.LINKEDIN, F.IMAGE): Cpm(15),
    (P.LINKEDIN, F.VIDEO): Cpm(15),
    (P.X, F.TEXT): Cpm(4),
    (P.X, F.IMAGE): Cpm(4),
    (P.X, F.VIDEO): Cpm(4),
    (P.FACEBOOK, F.IMAGE): Cpm(10, "cpm_assumed"),
    (P.FACEBOOK, F.REEL): Cpm(8, "cpm_assumed"),
    (P.FACEBOOK, F.VIDEO): Cpm(8, "cpm_assumed"),
    (P.FACEBOOK, F.TEXT): Cpm(10, "cpm_assumed"),
    (P.PINTEREST, F.IMAGE): Cpm(10, "cpm_assumed"),
    (P.PINTEREST, F.VIDEO): Cpm(8, "cpm_assumed"),
    (P.SNAPCHAT, F.STORY): Cpm(5, "cpm_assumed"),
    (P.SNAPCHAT, F.SHORT): Cpm(6, "cpm_assumed"),
    (P.THREADS, F.TEXT): Cpm(4, "cpm_assumed"),
    (P.THREADS, F.IMAGE): Cpm(4, "cpm_assumed"),
    (P.BLUESKY, F.TEXT): Cpm(4, "cpm_assumed"),
    (P.BLUESKY, F.IMAGE): Cpm(4, "cpm_assumed"),
    (P.MASTODON, F.TEXT): Cpm(4, "cpm_assumed"),
    (P.MASTODON, F.IMAGE): Cpm(4, "cpm_assumed"),
    (P.BLOG, F.ARTICLE): Cpm(15, "cpm_assumed"),
}
CPM_CURRENCY = "USD"
# Middle of each tier's range over the middle of micro's, Instagram and TikTok alike.
CPM_BY_TIER: Mapping[Tier | None, float] = {
    Tier.NANO: 0.55,
    Tier.MICRO: 1.0,
    Tier.MID: 1.2,
    Tier.MACRO: 1.45,
    Tier.MEGA: 2.3,
    None: 0.55,  # below the first tier
}
# Ends of the tiers' ranges over their middles; topics and regions differ by as much.
CPM_LOW, CPM_HIGH = 0.6, 1.4
LEAST_FEE = 25.0  # US dollars: nobody works for less, however few views are expected

# Formats in which a creator of a platform can be asked to publish, the usual one first.
FORMATS: Mapping[Platform, tuple[Format, ...]] = {
    platform: tuple(kind for where, kind in CPM if where is platform) for platform in Platform
}
USUAL_FORMAT = {**{p: kinds[0] for p, kinds in FORMATS.items()}, P.INSTAGRAM: F.REEL}

# Share of agreed posts that get published, as Beta parameters: mean 0.89, standard deviation 0.06.
DELIVERY = (26.7, 3.3)
# Common shock of a program on the log scale: sqrt(0.15**2 + 0.20**2).
SHOCK_SD = 0.25

# Least share of an audience that counts as "for" this audience (Modash's filter defaults).
LEAST_SHARE = {
    "country": 0.20,
    "city": 0.20,
    "language": 0.20,
    "gender": 0.50,
    "age": 0.30,
    "interest": 0.30,
}

# Millions of people online at the start of 2025: below a hundred to the nearest million, below ten
# to the nearest half.
INTERNET_USERS_WORLD = 5_560.0
INTERNET_USERS: Mapping[str, float] = {
    "CN": 1_110, "IN": 806, "US": 322, "ID": 212, "BR": 183, "RU": 133, "PK": 116, "MX": 110,
    "JP": 109, "NG": 107, "PH": 98, "EG": 96, "VN": 80, "DE": 78, "BD": 78, "TR": 77, "GB": 68,
    "TH": 65, "FR": 63, "IT": 53, "ZA": 51, "KR": 50, "ES": 46, "AR": 41, "CO": 41, "CA": 38,
    "DZ": 36, "MA": 35, "MY": 35, "PL": 34, "SA": 34, "UA": 31, "PE": 27, "KE": 27, "AU": 26,
    "CL": 19, "NL": 18, "RO": 17, "BE": 11, "AE": 11, "SE": 10, "CZ": 9.5, "PT": 9, "CH": 9,
    "HU": 9, "AT": 8.5, "GR": 8.5, "IL": 8.5, "DK": 6, "SG": 5.5, "NO": 5.5, "FI": 5.5, "IE": 5,
    "NZ": 5,
}  # fmt: skip
# Millions of people a month, in October 2024 and rounded; these figures flatter, as some people
# have several accounts.
PLATFORM_USERS: Mapping[Platform, float] = {
    P.FACEBOOK: 3_070,
    P.YOUTUBE: 2_530,
    P.INSTAGRAM: 2_000,
    P.TIKTOK: 1_690,
    P.LINKEDIN: 1_000,  # members
    P.SNAPCHAT: 850,
    P.X: 590,
    P.PINTEREST: 520,
    P.THREADS: 275,
    P.TWITCH: 240,
    P.BLUESKY: 30,  # accounts, January 2025
    P.MASTODON: 10,  # accounts
    P.BLOG: INTERNET_USERS_WORLD,
}
SMALLEST_COUNTRY = 2.0  # millions online, for a country that is not listed

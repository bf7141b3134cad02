"""Who lives in the synthetic world: creators, their accounts, and what is planted in them."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import laws
from groundswell.engine.synth.columns import drawn
from groundswell.engine.synth.lexicon import ENGLISH, Lexicon

_PLATFORM_SHARES = np.array([0.42, 0.25, 0.17, 0.10, 0.06])
_GAMING_PLATFORM_SHARES = np.array([0.08, 0.22, 0.30, 0.06, 0.34])
SECOND_ACCOUNTS = 0.10
OLD_ACCOUNTS = 0.006
DECOYS = 0.01
BUYERS = 0.05
VIRAL = 0.03
CONSTANT_LIKES = 0.01
RECYCLERS = 0.015
PODDED = 0.005
POD_SIZE = 10
POD_FOLLOWERS = 100_000  # larger accounts need none


@dataclass(frozen=True, slots=True)
class Cast:
    """The accounts of the world; arrays are (accounts,), the first accounts are the creators' own.

    Attributes:
        creators: Number of creators.
        creator: Who owns the account, in 0..creators-1.
        old: Whether it is a creator's abandoned account on the same platform.
        decoy_of: Another creator whose handle this account shares by chance, or -1.
        topic: Index of the topic.
        country: Index of the country.
        language: Index of the language.
        platform: Index in ``laws.PLATFORMS``.
        followers: Followers today, bought ones included.
        bought_share: Share of followers that were bought, 0 for the honest.
        viral: Whether the audience jumped because a post went viral.
        constant_likes: Whether likes are bought to a constant number per post.
        recycles: Whether captions are used again and again.
        pod: Number of the engagement pod, or -1.
        engagement_effect: Account's shift of the logarithm of engagement and views.
        sponsored_lift: Account's shift of the logarithm of engagement of a sponsored post.
        favorite: Favorite format, index in ``laws.FORMATS``.
    """

    creators: int
    creator: Ints
    old: Bools
    decoy_of: Ints
    topic: Ints
    country: Ints
    language: Ints
    platform: Ints
    followers: Ints
    bought_share: Floats
    viral: Bools
    constant_likes: Bools
    recycles: Bools
    pod: Ints
    engagement_effect: Floats
    sponsored_lift: Floats
    favorite: Ints

    @property
    def count(self) -> int:
        """Number of accounts."""
        return len(self.creator)

    @property
    def real_followers(self) -> Floats:
        """Followers who were not bought."""
        return np.asarray(self.followers * (1 - self.bought_share))


def assemble(creators: int, *, lexicon: Lexicon, rng: np.random.Generator) -> Cast:
    """Draw the creators and their accounts.

    Args:
        creators: Number of creators, at least 1.
        lexicon: Topics and places.
        rng: Source of randomness.
    """
    topic = rng.choice(len(lexicon.topics.names), creators, p=lexicon.topics.weight)
    country = rng.choice(len(lexicon.places.countries), creators, p=lexicon.places.weight)
    language = lexicon.places.language[country]
    language = np.where(rng.random(creators) < 0.08, ENGLISH, language)
    platform = _platforms(topic == lexicon.topics.names.index("gaming"), rng)
    followers = _followers(creators, rng)

    seconds = np.flatnonzero(rng.random(creators) < SECOND_ACCOUNTS)
    olds = np.flatnonzero(rng.random(creators) < OLD_ACCOUNTS)
    creator = np.concatenate([np.arange(creators), seconds, olds])
    old = np.arange(len(creator)) >= creators + len(seconds)
    platform = np.concatenate([platform, _elsewhere(platform[seconds], rng), platform[olds]])
    shrink = np.concatenate(
        [
            np.ones(creators),
            rng.lognormal(-0.7, 0.8, len(seconds)),
            rng.uniform(0.02, 0.2, len(olds)),
        ]
    )
    followers = np.maximum(np.round(followers[creator] * shrink), 40).astype(np.int64)
    honest = old | (creator != np.arange(len(creator)))
    effect = _effects(creators, creator, rng)
    count = len(creator)
    lift = laws.LAW.sponsored_lift[platform] + rng.normal(0, 0.15, count)
    buyer = ~honest & (rng.random(count) < BUYERS)
    return Cast(
        creators=creators,
        creator=creator,
        old=old,
        decoy_of=_decoys(creators, count, platform, rng),
        topic=topic[creator],
        country=country[creator],
        language=language[creator],
        platform=platform,
        followers=followers,
        bought_share=np.where(buyer, 0.08 + 0.6 * rng.beta(1.6, 3, count), 0.0),
        viral=~honest & ~buyer & (rng.random(count) < VIRAL),
        constant_likes=~honest & (platform != laws.TWITCH) & (rng.random(count) < CONSTANT_LIKES),
        recycles=~honest & (rng.random(count) < RECYCLERS),
        pod=_pods(
            ~honest & (platform == laws.INSTAGRAM) & (followers < POD_FOLLOWERS),
            language[creator],
            rng,
        ),
        engagement_effect=effect,
        sponsored_lift=lift,
        favorite=drawn(laws.LAW.format_mix, platform, rng),
    )


def _platforms(gaming: Bools, rng: np.random.Generator) -> Ints:
    shares = np.stack([_PLATFORM_SHARES, _GAMING_PLATFORM_SHARES])
    return drawn(shares, gaming.astype(np.int64), rng)


def _elsewhere(platform: Ints, rng: np.random.Generator) -> Ints:
    others = _PLATFORM_SHARES * (1 - np.eye(len(_PLATFORM_SHARES)))
    return drawn(others, platform, rng)


def _followers(count: int, rng: np.random.Generator) -> Floats:
    """Many small accounts and a Pareto tail of index .9, never above 12 million."""
    body = rng.lognormal(np.log(2_600), 1.5, count)
    tail = 8_000 * (1 - rng.random(count)) ** (-1 / 0.9)
    sizes = np.where(rng.random(count) < 0.12, tail, body)
    return np.clip(sizes, 80, 12_000_000)


def _effects(creators: int, creator: Ints, rng: np.random.Generator) -> Floats:
    """A creator's accounts resemble one another; in all they differ by ``SD_CREATOR``."""
    shared = rng.normal(0, np.sqrt(laws.SD_CREATOR**2 - laws.SD_ACCOUNT**2), creators)
    return np.asarray(shared[creator] + rng.normal(0, laws.SD_ACCOUNT, len(creator)))


def _decoys(creators: int, count: int, platform: Ints, rng: np.random.Generator) -> Ints:
    """Pick creators whose handle belongs to somebody else on another platform."""
    decoy_of = np.full(count, -1)
    chosen = rng.permutation(creators)[: 2 * int(creators * DECOYS)]
    mine, other = chosen[::2], chosen[1::2]
    apart = platform[mine] != platform[other]
    decoy_of[mine[apart]] = other[apart]
    return decoy_of


def _pods(eligible: Bools, language: Ints, rng: np.random.Generator) -> Ints:
    """Form pods of about ten accounts that share a language."""
    pod = np.full(len(eligible), -1)
    wanted = max(1, int(len(eligible) * PODDED / POD_SIZE))
    candidates = rng.permutation(np.flatnonzero(eligible))
    candidates = candidates[np.argsort(language[candidates], kind="stable")]
    groups = [candidates[start : start + POD_SIZE] for start in range(0, len(candidates), POD_SIZE)]
    whole = [group for group in groups if len(group) == POD_SIZE]
    for number, which in enumerate(rng.permutation(len(whole))[:wanted]):
        pod[whole[which]] = number
    return pod

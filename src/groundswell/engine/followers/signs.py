"""The signs of the follower scorecard: what published lists look at, and how much each counts.

The lists:

* ``camisani``: Camisani-Calzolari (2012), the scoring of 22 human traits; rules as printed in
  Cresci et al. (2015), "Fame for sale", arXiv:1509.04098.
* ``socialbakers``: Fake Follower Check (2012), as printed there.
* ``van_den_beld``: State of Search (2012), "How to recognize Twitter bots", as printed there.
* ``modash``: help page "Audience & likers credibility".
* ``hypeauditor``: help pages "What are suspicious accounts" and "mass followers"; blog "Now you can
  check influencer for fake followers and likes".
* ``infludata``: FAQ "What does the audience type mean" and "suspicious or inactive accounts".
* ``twitteraudit``: its own description of the score.
* ``gurajala``: Gurajala et al. (2015), profile characteristics of fake Twitter accounts.

How much a sign counts is the number of lists that name it: on its suspicious side, and apart from
that on its innocent side. Nothing here was fitted to a label.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.engine.followers.profiles import Profiles

MASS_FOLLOWING = 1_500
SOME_FOLLOWING = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that lists look at.

    Attributes:
        name: Stable name.
        rule: Where strength is 0, 1 and -1, in words.
        suspicious: Lists that name its suspicious side.
        innocent: Lists that give credit for its innocent side.
        strength: From profiles to -1 (as innocent as it gets) .. 1 (as suspicious as it gets) for
            each row; nan where what it needs is not known.
    """

    name: str
    rule: str
    suspicious: tuple[str, ...]
    innocent: tuple[str, ...]
    strength: Callable[[Profiles], Floats]

    @property
    def weight(self) -> int:
        """Mentions on both sides."""
        return len(self.suspicious) + len(self.innocent)

    def points(self, profiles: Profiles) -> Floats:
        """Mentions earned by each row, positive when suspicious; nan where nothing is known."""
        strength = self.strength(profiles)
        side = np.where(strength > 0, len(self.suspicious), len(self.innocent))
        return strength * side


def _ratio(profiles: Profiles) -> Floats:
    scale: Floats = np.log(profiles.following_per_follower / 2) / np.log(25)
    return np.clip(scale, -1, 1)


def _fewer_than(count: Floats, usual: int) -> Floats:
    missing: Floats = 1 - np.log1p(count) / np.log1p(usual)
    return np.clip(missing, -1, 1)


def _followers(profiles: Profiles) -> Floats:
    return _fewer_than(profiles["followers"], 30)


def _posts(profiles: Profiles) -> Floats:
    return _fewer_than(profiles["posts"], 50)


def _mass_following(profiles: Profiles) -> Floats:
    beyond: Floats = np.log(np.maximum(profiles["following"], 1) / SOME_FOLLOWING)
    strength: Floats = np.clip(beyond / np.log(MASS_FOLLOWING / SOME_FOLLOWING), 0, 1)
    return strength


def _picture(profiles: Profiles) -> Floats:
    missing: Floats = 1 - 2 * profiles["has_profile_picture"]
    return missing


def _biography(profiles: Profiles) -> Floats:
    missing = np.where(profiles["following"] >= SOME_FOLLOWING, 1.0, 0.5)
    said = np.where(profiles["biography_length"] > 0, -1.0, missing)
    return np.where(np.isnan(profiles["biography_length"]), np.nan, said)


def _digits(profiles: Profiles) -> Floats:
    return np.minimum(2 * profiles.digit_share, 1)


SIGNS = (
    Sign(
        "following_per_follower",
        "0 at 2 followed for each follower, 1 from 50 on, -1 below 2/25; logarithmic between",
        (
            "camisani", "socialbakers", "van_den_beld", "modash", "hypeauditor", "infludata",
            "twitteraudit",
        ),
        ("camisani", "twitteraudit"),
        _ratio,
    ),
    Sign(
        "posts",
        "1 without a post, 0 at 50, -1 from 2,600 on; logarithmic between",
        ("camisani", "socialbakers", "modash", "hypeauditor", "twitteraudit"),
        ("camisani", "twitteraudit"),
        _posts,
    ),
    Sign(
        "picture",
        "1 without a profile picture, -1 with one",
        ("camisani", "socialbakers", "modash", "hypeauditor", "infludata"),
        ("camisani",),
        _picture,
    ),
    Sign(
        "biography",
        "1 when it is empty and 100 accounts or more are followed, 0.5 when it is empty and fewer "
        "or an unknown number are, -1 when something is written",
        ("camisani", "socialbakers", "modash", "infludata"),
        ("camisani",),
        _biography,
    ),
    Sign(
        "followers",
        "1 without a follower, 0 at 30, -1 from 960 on; logarithmic between",
        ("camisani", "hypeauditor"),
        ("camisani",),
        _followers,
    ),
    Sign(
        "mass_following",
        "0 up to 100 followed, 1 from 1,500 on; logarithmic between",
        ("hypeauditor", "infludata"),
        (),
        _mass_following,
    ),
    Sign(
        "digits_in_name",
        "twice the share of digits in the user name, 1 at most",
        ("hypeauditor", "gurajala"),
        (),
        _digits,
    ),
)  # fmt: skip

"""The planted composition of audiences, and what is measured of it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.synth import columns, laws
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.lexicon import AGES, Lexicon
from groundswell.terms import tables

GENDERS = ("female", "male")
KNOWN_SHARES = 0.15
COUNTRIES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Audiences:
    """Planted composition of each audience; arrays have one row per account.

    Attributes:
        countries: (accounts, countries) shares.
        women: (accounts,) share of women.
        ages: (accounts, 7) shares of the age bands of ``lexicon.AGES``.
    """

    countries: Floats
    women: Floats
    ages: Floats


def compose(cast: Cast, *, lexicon: Lexicon, rng: np.random.Generator) -> Audiences:
    """Draw the composition of each audience around its topic's and country's.

    Args:
        cast: Who they are.
        lexicon: Topics and places.
        rng: Source of randomness.
    """
    topics, places = lexicon.topics, lexicon.places
    size = np.clip(np.log10(cast.followers / 1_000) / 4, 0, 1)
    home = rng.beta(7, 3, cast.count) * (1 - 0.35 * size)
    speaks = places.language[None, :] == cast.language[:, None]
    abroad = places.weight * np.where(speaks, 6.0, 1.0)
    abroad[np.arange(cast.count), cast.country] = 0
    countries = (1 - home)[:, None] * abroad / abroad.sum(axis=1, keepdims=True)
    countries[np.arange(cast.count), cast.country] += home
    logit = np.log(topics.women / (1 - topics.women))[cast.topic]
    women = 1 / (1 + np.exp(-(logit + rng.normal(0, 0.8, cast.count))))
    ages = rng.standard_gamma(18 * topics.ages[cast.topic] + 0.05)
    return Audiences(countries, women, ages / ages.sum(axis=1, keepdims=True))


def shares(
    cast: Cast,
    audiences: Audiences,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
    now: datetime,
    key: pa.Array,
) -> pa.Table:
    """Measure the audiences of some accounts on samples of their followers.

    Args:
        cast: Who they are.
        audiences: True composition of their audiences.
        lexicon: Places.
        rng: Source of randomness.
        now: The moment at which it was measured.
        key: (accounts,) how tables name an account.
    """
    account = np.flatnonzero(rng.random(cast.count) < KNOWN_SHARES)
    sample = np.minimum(cast.followers[account], rng.integers(300, 3_000, len(account)))
    home = np.argsort(-audiences.countries[account], axis=1)[:, :COUNTRIES_SHOWN]
    women = audiences.women[account]
    parts = [
        ("country", pa.array(lexicon.places.countries), home,
         np.take_along_axis(audiences.countries[account], home, axis=1)),
        ("gender", pa.array(GENDERS), _all(account, GENDERS), np.stack([women, 1 - women], axis=1)),
        ("age", pa.array(AGES), _all(account, AGES), audiences.ages[account]),
    ]  # fmt: skip
    measured = []
    for dimension, names, which, true in parts:
        counted = rng.binomial(sample[:, None], np.clip(true, 0, 1)) / sample[:, None]
        row = np.repeat(account, which.shape[1])
        measured.append(
            columns.table(
                tables.AUDIENCE_SHARES,
                {
                    "platform": pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[row])),
                    "account": key.take(pa.array(row)),
                    "dimension": dimension,
                    "value": names.take(pa.array(which.ravel())),
                    "observed_at": columns.moments(now, np.full(len(row), 3.0)),
                    "source": "creator_authorised",
                    "share": np.round(counted.ravel(), 4),
                    "sample_size": np.repeat(sample, which.shape[1]),
                },
            )
        )
    return pa.concat_tables(measured).combine_chunks()


def _all(account: Ints, names: tuple[str, ...]) -> Ints:
    return np.tile(np.arange(len(names)), (len(account), 1))

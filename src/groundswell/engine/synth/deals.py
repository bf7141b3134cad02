"""What creators ask for, how to reach them, and averages where a source gives no posts."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.synth import columns, engagement, laws, phrases
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.lexicon import Lexicon
from groundswell.engine.synth.profiles import Profiles
from groundswell.terms import tables

RATE_CARDS = 0.25
QUOTED_IN_DOLLARS = 0.85
LEAST_PRICE = 20.0
_CPM = np.array([16.0, 19.0, 13.0, 6.5, 9.6, 16.0, 6.4])
_CPM_FACTOR = np.array([1.0, 1.0, 3.0, 1.0, 1.3])
_DOLLARS = {"USD": 1.0, "GBP": 0.79, "CAD": 1.36, "AUD": 1.5, "EUR": 0.92, "CHF": 0.88,
            "MXN": 17.5, "COP": 4_000.0, "ARS": 950.0, "BRL": 5.1, "JPY": 150.0, "EGP": 48.0,
            "AED": 3.67}  # fmt: skip
_NO_CENTS = ("JPY",)


def rate_cards(
    cast: Cast,
    *,
    lexicon: Lexicon,
    rng: np.random.Generator,
    now: datetime,
    key: pa.Array,
) -> pa.Table:
    """Prices of some accounts for their favorite format, and of some for a second one.

    A price is a CPM by platform and format (about 1.6 times usual defaults: creators ask for
    more than is paid) times usual views, times a log-normal mood of .35. Bought followers raise it,
    as asked prices do.

    Args:
        cast: Who they are.
        lexicon: Topics and places.
        rng: Source of randomness.
        now: The moment at which the world is seen.
        key: (accounts,) how tables name an account.
    """
    first = np.flatnonzero(~cast.old & (rng.random(cast.count) < RATE_CARDS))
    second = first[rng.random(len(first)) < 0.3]
    other = np.argmax(
        laws.LAW.format_mix[cast.platform[second]]
        * (np.arange(len(laws.FORMATS)) != cast.favorite[second, None]),
        axis=1,
    )
    differs = laws.LAW.format_mix[cast.platform[second], other] > 0
    account = np.concatenate([first, second[differs]])
    format_ = np.concatenate([cast.favorite[first], other[differs]])
    dollars = _usual_price(cast, account, format_, lexicon) * rng.lognormal(0, 0.35, len(account))
    dollars = np.maximum(dollars, LEAST_PRICE)
    local = rng.random(len(account)) >= QUOTED_IN_DOLLARS
    home = pa.array(lexicon.places.currencies).take(pa.array(cast.country[account]))
    currency = pc.if_else(pa.array(local), home, "USD")
    rate = np.array([_DOLLARS[code] for code in lexicon.places.currencies])[cast.country[account]]
    amount = _rounded(dollars * np.where(local, rate, 1.0))
    cents = np.where(np.asarray(pc.is_in(currency, pa.array(_NO_CENTS))), 1, 100)
    days = rng.integers(10, 300, len(account)).astype(float)
    return columns.table(
        tables.RATE_CARDS,
        {
            "platform": pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[account])),
            "account": key.take(pa.array(account)),
            "format": pa.array(list(laws.FORMATS)).take(pa.array(format_)),
            "price": (amount * cents).astype(np.int64),
            "currency": currency,
            "source": "import",
            "valid_from": columns.moments(now, days).cast(pa.date32()),
        },
    )


def _usual_price(cast: Cast, account: Ints, format_: Ints, lexicon: Lexicon) -> Floats:
    _, seen = engagement.expected(cast, account, format_)
    views = np.exp(seen) * cast.followers[account]
    cpm = _CPM[format_] * _CPM_FACTOR[cast.platform[account]]
    small = 1 + 1.5 * np.exp(-cast.followers[account] / 20_000)
    return np.asarray(cpm * small * lexicon.topics.price[cast.topic[account]] * views / 1_000)


def _rounded(amounts: Floats) -> Floats:
    """Nobody asks for 1,237.41: two digits count, in steps of five from 100 on."""
    unit = 10.0 ** np.maximum(np.floor(np.log10(amounts)) - 1, 0)
    return np.asarray(np.maximum(np.round(amounts / unit), 1) * unit)


def contacts(
    cast: Cast, profiles: Profiles, *, lexicon: Lexicon, rng: np.random.Generator, now: datetime
) -> pa.Table:
    """E-mail addresses of some creators, a manager's for the larger, telephones of a few.

    Args:
        cast: Who they are.
        profiles: What their accounts show.
        lexicon: Places.
        rng: Source of randomness.
        now: The moment at which the world is seen.
    """
    luck = rng.random((3, cast.count))
    managed = np.clip(cast.followers / 400_000, 0.01, 0.8)
    handle = profiles.handle
    everyone = np.arange(cast.count)
    # Of every area's numbers 100 are nobody's: 555 0100 to 555 0199.
    area = phrases.numbered("+1 ", 201 + everyone // 100 % 799, width=3)
    phone = phrases.joined(area, phrases.numbered(" 555 01", everyone % 100, width=2))
    kinds = [
        ("email", luck[0] < 0.22, phrases.joined(handle, "@mail.example")),
        ("manager", luck[1] < managed, phrases.joined(handle, "@talent.example")),
        ("phone", luck[2] < 0.04, phone),
    ]
    consents = pa.array(["granted", "unknown", "refused"])
    found = []
    for channel, has, address in kinds:
        account = np.flatnonzero(has)
        town = pc.list_element(
            pc.split_pattern(lexicon.places.towns.draw(cast.country[account], rng), "/"), 0
        )
        days = rng.integers(5, 400, len(account)).astype(float)
        consent = rng.choice(3, len(account), p=[0.3, 0.66, 0.04])
        found.append(
            columns.table(
                tables.CONTACTS,
                {
                    "platform": pa.array(list(laws.PLATFORMS)).take(
                        pa.array(cast.platform[account])
                    ),
                    "account": profiles.key.take(pa.array(account)),
                    "channel": channel,
                    "address": address.take(pa.array(account)),
                    "city": columns.known(town, rng.random(len(account)) < 0.7),
                    "preferred": pa.array(rng.random(len(account)) < 0.5),
                    "source": "import",
                    "consent": consents.take(pa.array(consent)),
                    "last_verified": columns.moments(now, days).cast(pa.date32()),
                },
            )
        )
    return pa.concat_tables(found).combine_chunks()


def averages(
    cast: Cast, silent: Ints, *, rng: np.random.Generator, now: datetime, key: pa.Array
) -> pa.Table:
    """Monthly averages of accounts whose posts nobody brought.

    Args:
        cast: Who they are.
        silent: (rows,) index of accounts without posts.
        rng: Source of randomness.
        now: The moment at which the world is seen.
        key: (accounts,) how tables name an account.
    """
    engaged, seen = engagement.expected(cast, silent, cast.favorite[silent])
    luck = rng.normal(0, laws.SD_POST / 3, len(silent))
    total = cast.real_followers[silent] * np.exp(engaged + luck)
    parts = laws.LAW.parts[cast.platform[silent]]
    return columns.table(
        tables.ACCOUNT_AVERAGES,
        {
            "platform": pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform[silent])),
            "account": key.take(pa.array(silent)),
            "observed_at": columns.moments(now, np.full(len(silent), 1.0)),
            "source": "import",
            "window": "month",
            "engagement_average": np.round(total).astype(np.int64),
            "views_average": np.round(cast.real_followers[silent] * np.exp(seen + luck)).astype(
                np.int64
            ),
            "likes_average": columns.known(
                np.round(total * parts[:, 0]).astype(np.int64),
                cast.platform[silent] != laws.TWITCH,
            ),
            "comments_average": np.round(total * parts[:, 1]).astype(np.int64),
        },
    )

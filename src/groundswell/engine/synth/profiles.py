"""What accounts show of themselves: handles, names, bios, links. All addresses are ``.example``."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import columns, laws, phrases
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.lexicon import LANGUAGES, Lexicon
from groundswell.terms import tables

_ID_PREFIXES = ("ig-", "tt-", "yt-", "x-", "tw-")
_MARKS = {"á": "a", "ã": "a", "ç": "c", "é": "e", "É": "e", "í": "i", "ï": "i", "ó": "o", "ú": "u",
          "ü": "u", "Á": "a", "ñ": "n", "Í": "i", "ô": "o"}  # fmt: skip
NO_PLATFORM_ID = 0.03
NO_COUNTRY = 0.10
NO_CITY = 0.40
NO_LANGUAGE = 0.15
NO_CATEGORIES = 0.12
CROSS_LINKED = 0.60


@dataclass(frozen=True, slots=True)
class Profiles:
    """What is shown, as Arrow arrays of (accounts,).

    Attributes:
        accounts: The canonical table.
        key: How other tables name the account: its platform id where known, else its handle.
        handle: Handle of each account.
        age_days: (accounts,) days since the account was opened.
        cross_linked: (accounts,) whether the account links to its creator's first account.
    """

    accounts: pa.Table
    key: pa.Array
    handle: pa.Array
    age_days: Floats
    cross_linked: Bools


def compose(cast: Cast, *, lexicon: Lexicon, rng: np.random.Generator, now: datetime) -> Profiles:
    """Write the accounts' profiles.

    Args:
        cast: Who they are.
        lexicon: Names, topics and places.
        rng: Source of randomness.
        now: The moment at which the world is seen.
    """
    count = cast.count
    handle, display_name = _names(cast, lexicon, rng)
    platform = pa.array(list(laws.PLATFORMS)).take(pa.array(cast.platform))
    prefix = pa.array(_ID_PREFIXES).take(pa.array(cast.platform))
    has_id = rng.random(count) >= NO_PLATFORM_ID
    platform_id = phrases.joined(prefix, phrases.numbered("", np.arange(count)))
    key = pc.if_else(pa.array(has_id), platform_id, handle)
    url = phrases.joined("https://", platform, ".example/", handle)
    cross_linked = (cast.creator != np.arange(count)) & (rng.random(count) < CROSS_LINKED)
    site = phrases.joined("https://", handle.take(pa.array(cast.creator)), ".example")
    links = phrases.lists(
        columns.known(site, rng.random(count) < 0.5),
        columns.known(url.take(pa.array(cast.creator)), cross_linked),
    )
    age_days = rng.uniform(200, 4_500, count)
    town = lexicon.places.towns.draw(cast.country, rng)
    place = pc.split_pattern(town, "/")
    has_city = rng.random(count) >= NO_CITY
    knows_age = ~np.isin(cast.platform, (laws.INSTAGRAM, laws.TIKTOK))
    accounts = columns.table(
        tables.ACCOUNTS,
        {
            "platform": platform,
            "platform_id": columns.known(platform_id, has_id),
            "handle": handle,
            "display_name": display_name,
            "bio": _bios(cast, lexicon, handle, cross_linked, rng),
            "url": url,
            "avatar_url": phrases.joined(
                "https://img.example/", phrases.numbered("a", _avatars(cast, rng)), ".jpg"
            ),
            "links": links,
            "country": columns.known(
                pa.array(lexicon.places.countries).take(pa.array(cast.country)),
                rng.random(count) >= NO_COUNTRY,
            ),
            "region": columns.known(pc.list_element(place, 1), has_city),
            "city": columns.known(pc.list_element(place, 0), has_city),
            "language": columns.known(
                pa.array(LANGUAGES).take(pa.array(cast.language)),
                rng.random(count) >= NO_LANGUAGE,
            ),
            "categories": columns.known(
                pa.array([list(words) for words in lexicon.topics.categories]).take(
                    pa.array(cast.topic)
                ),
                rng.random(count) >= NO_CATEGORIES,
            ),
            "verified": pa.array(rng.random(count) < np.clip(cast.followers / 800_000, 0, 0.9)),
            "private": pa.array(np.zeros(count, bool)),
            "created_at": columns.known(columns.moments(now, age_days), knows_age),
        },
    )
    return Profiles(accounts, key, handle, age_days, cross_linked)


def _names(cast: Cast, lexicon: Lexicon, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """Handles, unique on each platform, and display names; a creator's accounts resemble."""
    first_of = np.arange(cast.creators)
    language, topic = cast.language[first_of], cast.topic[first_of]
    first, last = lexicon.names.draw(language, rng), lexicon.surnames.draw(language, rng)
    word = lexicon.topics.handle_words.draw(topic, rng)
    separator = pa.array(["", ".", "_"]).take(pa.array(rng.integers(0, 3, cast.creators)))
    style = pa.array(rng.integers(0, 3, cast.creators))
    base = pc.choose(
        style,
        phrases.joined(first, separator, word),
        phrases.joined(word, separator, first),
        phrases.joined(first, separator, last),
    )
    base = _numbered_apart(pc.utf8_lower(_plain(base)))
    subject = lexicon.subjects.draw(lexicon.subject_group(language, topic), rng)
    name = pc.choose(
        pa.array(rng.integers(0, 3, cast.creators)),
        phrases.joined(first, last, separator=" "),
        phrases.joined(first, subject, separator=" | "),
        phrases.joined(first, " ", pc.utf8_slice_codeunits(last, 0, 1), "."),
    )
    owner = np.where(cast.decoy_of >= 0, cast.decoy_of, cast.creator)
    suffix = np.where(rng.random(cast.count) < 0.7, "", "." + np.array(["hq", "tv", "daily"])[
        rng.integers(0, 3, cast.count)])  # fmt: skip
    suffix = np.where(cast.creator == np.arange(cast.count), "", suffix)
    suffix = np.where(cast.old, ".old", suffix)
    handle = phrases.joined(base.take(pa.array(owner)), pa.array(suffix))
    return handle, name.take(pa.array(cast.creator))


def _plain(texts: pa.Array) -> pa.Array:
    """Letters without marks, and nothing that a handle can't hold."""
    for marked, plain in _MARKS.items():
        texts = pc.replace_substring(texts, marked, plain)
    return pc.replace_substring_regex(texts, "[^A-Za-z0-9._]", "")


def _numbered_apart(names: pa.Array) -> pa.Array:
    """The second who wants a name gets it with a 2 behind it, and so on."""
    codes = np.asarray(names.dictionary_encode().indices)
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    rank = np.empty(len(codes), np.int64)
    rank[order] = np.arange(len(codes)) - np.repeat(starts, np.diff(starts, append=len(codes)))
    number = pc.cast(pa.array(rank + 1), pa.string())
    return pc.if_else(pa.array(rank == 0), names, phrases.joined(names, number))


def _avatars(cast: Cast, rng: np.random.Generator) -> Ints:
    """Number of each account's picture: most creators use one picture everywhere."""
    own = np.arange(cast.count)
    return np.where(rng.random(cast.count) < 0.7, cast.creator, own)


def _bios(
    cast: Cast,
    lexicon: Lexicon,
    handle: pa.Array,
    cross_linked: Bools,
    rng: np.random.Generator,
) -> pa.Array:
    group = lexicon.subject_group(cast.language, cast.topic)
    first, second = lexicon.subjects.draw_two(group, rng)
    text = lexicon.sentences["bios"].fill(cast.language, rng, a=first, b=second)
    mail = phrases.joined(" ", handle.take(pa.array(cast.creator)), "@mail.example")
    mail = pc.if_else(pa.array(rng.random(cast.count) < 0.3), mail, "")
    home = pa.array(cast.creator)
    platform = pa.array([name.capitalize() for name in laws.PLATFORMS]).take(
        pa.array(cast.platform).take(home)
    )
    also = phrases.joined(
        " ", lexicon.also.draw(cast.language, rng), " ", platform, " @", handle.take(home)
    )
    also = pc.if_else(pa.array(cross_linked), also, "")
    return phrases.joined(text, mail, also)

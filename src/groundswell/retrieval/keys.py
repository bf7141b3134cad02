"""What creators can be filtered, sorted and counted by: every key, declared once."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from groundswell.retrieval.words import fold_name
from groundswell.terms import audiences, places
from groundswell.terms.errors import Refusal
from groundswell.terms.factors import FactorName
from groundswell.terms.safety import SafetyCategory

MOST_SEEDS = 20  # accounts that others can be asked to be like at a time


class Kind(StrEnum):
    """What the values of a key are, which decides how they are read and compared."""

    PLATFORM = "platform"
    COUNTRY = "country"
    LANGUAGE = "language"
    NAME = "name"  # any words, compared without case and accents
    TIER = "tier"
    FLAG = "flag"
    COUNT = "count"  # 10000, 10,000 or 10K
    RATE = "rate"  # 0.03 or 3%
    NUMBER = "number"
    DAY = "day"  # 2026-01-31
    SHARE = "share"  # part of an audience, in [0, 1]
    MONEY = "money"  # 250 or 1.5K, in major units
    SINCE = "since"  # 2026-01-31: nothing happened on that day or later
    SEVERITY = "severity"  # clear, low, medium or high; it has an order, and no numbers


ORDERED = frozenset({Kind.COUNT, Kind.RATE, Kind.NUMBER, Kind.DAY, Kind.SHARE, Kind.MONEY})


@dataclass(frozen=True, slots=True)
class Key:
    """Something that is known of creators.

    Attributes:
        name: How people write it.
        kind: What its values are.
        column: Column of the documents that holds it.
        description: One line for people.
        is_facet: Whether hits can be counted by its values.
    """

    name: str
    kind: Kind
    column: str
    description: str
    is_facet: bool = False

    @property
    def is_ordered(self) -> bool:
        """Whether more and less mean something, so that it can be bounded and sorted by."""
        return self.kind in ORDERED

    @property
    def is_part(self) -> bool:
        """Whether it is one of several numbers that its column holds by name."""
        return self.name.startswith((AUDIENCE, PRICE))

    @property
    def is_comparable(self) -> bool:
        """Whether it can be bounded."""
        return self.is_ordered or self.kind is Kind.SEVERITY


AUDIENCE = "audience."
AUDIENCE_DIMENSIONS = ("country", "city", "language", "gender", "age", "interest")
PRICE = "price."
SAFETY = "brand_safety."
_SUBJECTS = tuple(str(subject) for subject in SafetyCategory)
EXCLUDED = "excluded"

KEYS: Mapping[str, Key] = {
    key.name: key
    for key in (
        Key("platform", Kind.PLATFORM, "platform", "where the account is", is_facet=True),
        Key("country", Kind.COUNTRY, "country", "where the creator is", is_facet=True),
        Key("region", Kind.NAME, "region", "state or province"),
        Key("city", Kind.NAME, "city", "town"),
        Key("language", Kind.LANGUAGE, "language", "language of the content", is_facet=True),
        Key("category", Kind.NAME, "categories", "one of the topics", is_facet=True),
        Key("handle", Kind.NAME, "handle", "the name in the account's address"),
        Key(
            "tier", Kind.TIER, "followers", "by followers, as the workspace sets it", is_facet=True
        ),
        Key("verified", Kind.FLAG, "verified", "the platform vouches for it", is_facet=True),
        Key("followers", Kind.COUNT, "followers", "followers or subscribers"),
        Key("following", Kind.COUNT, "following", "accounts that it follows"),
        Key("posts", Kind.COUNT, "posts", "posts ever published"),
        Key(
            "engagement_rate_by_followers",
            Kind.RATE,
            "engagement_rate_by_followers",
            "engagements of a post per follower; engagement for short",
        ),
        Key(
            "engagement_rate_by_reach",
            Kind.RATE,
            "engagement_rate_by_reach",
            "engagements per person reached",
        ),
        Key(
            "engagement_rate_by_views",
            Kind.RATE,
            "engagement_rate_by_views",
            "engagements per view",
        ),
        Key("growth", Kind.RATE, "growth", "change of followers in 30 days, as a share"),
        Key("last_post", Kind.DAY, "last_post_at", "day of the newest post (UTC)"),
        *(
            Key(f"factor.{name}", Kind.NUMBER, f"factor_{name}", "score, 0 to 100; 50 is usual")
            for name in FactorName
        ),
        Key("overall", Kind.NUMBER, "overall", "overall score by the workspace's weights"),
        Key("verdict", Kind.NAME, "verdict", "such as needs_review, cleared, confirmed_concern"),
        Key("saturation", Kind.RATE, "saturation", "share of sponsored posts in 90 days"),
        Key(
            "price",
            Kind.MONEY,
            "price",
            "cheapest piece by the rate card, in the workspace's currency; price.EUR in another",
        ),
        Key(
            "brand_safety",
            Kind.SEVERITY,
            "brand_safety",
            "strongest words found: clear, low, medium or high; "
            f"brand_safety.SUBJECT for one of {', '.join(_SUBJECTS)}",
            is_facet=True,
        ),
        Key(
            "brand_safety_subject",
            Kind.NAME,
            "subjects",
            "what posts speak of, such as alcohol or competitor",
            is_facet=True,
        ),
        Key("last_competitor", Kind.DAY, "last_competitor_at", "newest post with a competitor"),
        Key("tag", Kind.NAME, "tags", "a tag of the workspace", is_facet=True),
        Key("list", Kind.NAME, "lists", "a list that the creator is on", is_facet=True),
        Key(
            EXCLUDED,
            Kind.FLAG,
            "excluded",
            "on an exclusion list; such are left out unless asked for by this key or their list",
        ),
        Key("last_contact", Kind.DAY, "last_contact_at", "day of the last contact"),
        Key(
            "not_contacted_since",
            Kind.SINCE,
            "last_contact_at",
            "never contacted, or not on that day or later",
        ),
    )
}

# People say "engagement" and mean the rate that every platform can give.
SPOKEN: Mapping[str, str] = {
    "engagement": "engagement_rate_by_followers",
    "categories": "category",
    "topic": "category",
    "last_post_at": "last_post",
    "tags": "tag",
    "authenticity": "verdict",
    "sponsored": "saturation",
}
RELEVANCE = "relevance"
COUNTABLE = tuple(key.name for key in KEYS.values() if key.is_facet)
_ON_REQUEST = frozenset({"brand_safety", "brand_safety_subject", "tag", "list"})
# Counted unless somebody says which.
FACETS = tuple(name for name in COUNTABLE if name not in _ON_REQUEST)
SORTS = (RELEVANCE, *(key.name for key in KEYS.values() if key.is_ordered))


class UnknownKey(Refusal, ValueError):
    """A word that creators can't be filtered, sorted or counted by."""

    code = "unknown_key"

    def __init__(self, what: str, written: str, known: tuple[str, ...]) -> None:
        near = get_close_matches(written.lower(), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}"
        super().__init__(f"no {what} is called {written!r}; {hint}")


def facet(written: str) -> Key:
    """The key to count by.

    Raises:
        UnknownKey: When nothing is counted by that name.
    """
    name = _plain(written)
    if name not in COUNTABLE:
        raise UnknownKey("facet", written, COUNTABLE)
    return KEYS[name]


def sort(written: str) -> Key | None:
    """The key to sort by, None for relevance.

    Raises:
        UnknownKey: When nothing is sorted by that name.
    """
    name = _plain(written)
    if name not in SORTS:
        raise UnknownKey("sort key", written, (*SORTS, "engagement"))
    return KEYS.get(name)


def filterable(written: str) -> Key:
    """The key to filter by; audience shares are named by dimension and value.

    Raises:
        UnknownKey: When no filter goes by that name.
        UnknownPlace: When an audience's country is unknown; the same for its language.
        UnknownPart: When no audience has such a gender or age.
    """
    name = _plain(written)
    if name.startswith(AUDIENCE):
        return _audience(written)
    if name.startswith(PRICE):
        return _price(written)
    if name.startswith(SAFETY):
        return _safety(written)
    if name not in KEYS:
        raise UnknownKey("filter", written, (*KEYS, *SPOKEN, "audience.country.US", "price.EUR"))
    return KEYS[name]


def _price(written: str) -> Key:
    currency = written.strip()[len(PRICE) :].strip().upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise UnknownKey("price", written, (f"{PRICE}USD", f"{PRICE}EUR"))
    return Key(PRICE + currency, Kind.MONEY, "prices", f"cheapest piece asked for in {currency}")


def _safety(written: str) -> Key:
    name = _plain(written)
    known = tuple(SAFETY + subject for subject in _SUBJECTS)
    if name not in known:
        raise UnknownKey("subject of brand safety", written, known)
    subject = name.removeprefix(SAFETY)
    return Key(name, Kind.SEVERITY, "safety", f"how strongly posts speak of {subject}")


def _audience(written: str) -> Key:
    _, _, rest = written.strip().partition(".")
    dimension, _, value = rest.partition(".")
    dimension = dimension.strip().lower()
    if dimension not in AUDIENCE_DIMENSIONS or not value.strip():
        known = tuple(f"{AUDIENCE}{each}.VALUE" for each in AUDIENCE_DIMENSIONS)
        raise UnknownKey("audience share", written, known)
    if dimension == "gender":
        value = audiences.gender(value)
    elif dimension == "age":
        value = audiences.age(value)
    name = AUDIENCE + share_of(dimension, value)
    return Key(name, Kind.SHARE, "audience", f"share of the audience by {dimension}")


def share_of(dimension: str, value: str) -> str:
    """The one way in which a part of an audience is named, such as ``country.US``.

    Raises:
        UnknownPlace: When the dimension is country and no country goes by that name.
        UnknownLanguage: When it is language and no language does.
    """
    if dimension == "country":
        return f"country.{places.country(value)}"
    if dimension == "language":
        return f"language.{places.language(value)}"
    return f"{dimension}.{fold_name(value)}"


def _plain(written: str) -> str:
    name = written.strip().lower().replace("-", "_")
    return SPOKEN.get(name, name)

"""Headers compared as people mean them: case, accents, punctuation and filling words aside."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

from groundswell.connectors.adapters.targets import Target, resolved
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LOOSELY = 1_000  # rank of what is found without filling words
_FILLING = frozenset(
    [
        *["count", "counts", "number", "no", "nr", "num", "nb", "of", "total", "the", "de", "des"],
        *["der", "statistics", "stats", "metrics", "public", "snippet", "latest", "current", "n"],
        *["anzahl", "nombre", "numero", "qty", "d", "l", "your", "vid", "all", "sum"],
    ]
)
# Sections of the vocabulary that each kind understands, the nearest first.
_SECTIONS = {
    "accounts": "account account_alone every",
    "account_observations": "account account_alone every",
    "account_averages": "account account_alone every",
    "audience_shares": "share account every",
    "contacts": "contact account account_alone every",
    "rate_cards": "rate account account_alone every",
    "records": "record account account_alone every",
    "posts": "post account every",
    "post_observations": "post account every",
    "comments": "comment every",
    "memberships": "membership every",
    "overlaps": "overlap every",
}
_PLATFORM_WORDS = {
    "instagram": Platform.INSTAGRAM,
    "insta": Platform.INSTAGRAM,
    "ig": Platform.INSTAGRAM,
    "tiktok": Platform.TIKTOK,
    "tik tok": Platform.TIKTOK,
    "youtube": Platform.YOUTUBE,
    "you tube": Platform.YOUTUBE,
    "yt": Platform.YOUTUBE,
    "twitter": Platform.X,
    "x": Platform.X,
    "twitch": Platform.TWITCH,
    "facebook": Platform.FACEBOOK,
    "fb": Platform.FACEBOOK,
    "pinterest": Platform.PINTEREST,
    "snapchat": Platform.SNAPCHAT,
    "linkedin": Platform.LINKEDIN,
    "linked in": Platform.LINKEDIN,
    "threads": Platform.THREADS,
    "bluesky": Platform.BLUESKY,
    "mastodon": Platform.MASTODON,
    "blog": Platform.BLOG,
}
_OWNERS = frozenset(["account", "user", "author", "owner", "channel", "creator", "profile"])
_ACCOUNT_WORDS = frozenset(
    ["handle", "username", "user", "name", "url", "link", "profile", "account", "channel", "page"]
)
_FOLLOWER_WORDS = frozenset(["follower", "subscriber", "fan", "abonnenten", "abonne", "seguidore"])
# Words of the three sets below stand without the plural's s, as "bare" leaves them.
_FORMAT_WORDS = {
    "post": Format.IMAGE,
    "photo": Format.IMAGE,
    "static": Format.IMAGE,
    "image": Format.IMAGE,
    "carousel": Format.CAROUSEL,
    "reel": Format.REEL,
    "story": Format.STORY,
    "storie": Format.STORY,
    "short": Format.SHORT,
    "video": Format.VIDEO,
    "live": Format.LIVE,
    "article": Format.ARTICLE,
    "blog": Format.ARTICLE,
}
_PRICE_WORDS = frozenset(["price", "rate", "fee", "cost", "prei", "tarif", "precio", "preco"])
_NO_PRICE = frozenset(["engagement", "er", "rating", "growth", "completion", "view", "response"])
_CURRENCY = re.compile(r"\b(usd|eur|gbp|inr|brl|jpy|cad|aud|chf|sek|pln|mxn)\b|([$€£₹¥])")
_AGE = re.compile(r"(\d{2})\s*(?:to|bis|a|-|–)?\s*(\d{2})|(\d{2})\s*(?:\+|plus)")
_TIMES = {
    "milliseconds": (0.001, {"ms", "msec", "millis", "milliseconds"}),
    "minutes": (60.0, {"min", "mins", "minute", "minutes", "minuten", "minutos"}),
    "hours": (3600.0, {"h", "hr", "hrs", "hour", "hours", "stunden", "heures", "horas"}),
}
# Names of platforms' interfaces that count milliseconds and don't say so.
_IN_MILLISECONDS = frozenset(
    [
        *("ig reels avg watch time", "ig reels video view total time"),
        *("video avg watch time", "video v50 watch time"),
    ]
)
_GENDERS = {
    "female": "female",
    "women": "female",
    "woman": "female",
    "male": "male",
    "men": "male",
    "man": "male",
}


def plain(header: str) -> str:
    """The header's words, lower case, without accents and punctuation."""
    spaced = _CAMEL.sub(" ", header)
    letters = unicodedata.normalize("NFKD", spaced.casefold())
    kept = (c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def bare(header: str) -> str:
    """The plain header without filling words and plurals."""
    words = plain(header).split()
    kept = [word for word in words if word not in _FILLING] or words
    return " ".join(_singular(word) for word in kept)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def meanings(kind: str, header: str) -> list[tuple[Target, int]]:
    """Targets that a header may mean in an import of a kind, the likeliest first.

    Returns:
        Each target with how well the header names it: the lower the better.
    """
    found = _looked_up(kind, _SECTIONS[kind], header)
    if not found and (spread := _spread(kind, header, bare(header))):
        found[spread] = 0
    if not found:
        owner, _, rest = plain(header).partition(" ")
        if owner in _OWNERS and rest:
            found = _looked_up(kind, "account account_alone", rest)
    return list(found.items())


def _looked_up(kind: str, sections: str, header: str) -> dict[Target, int]:
    found: dict[Target, int] = {}
    words, core = plain(header), f"~{bare(header)}"
    for target, phrases in _vocabulary(kind, sections):
        if words in phrases:
            found.setdefault(target, phrases[words])
        elif core in phrases:
            found.setdefault(target, phrases[core] + _LOOSELY)
    return found


@cache
def _vocabulary(kind: str, names: str) -> list[tuple[Target, dict[str, int]]]:
    """Targets of some sections with the rank of each phrase; bare phrases begin with a tilde."""
    text = resources.files("groundswell.connectors.adapters").joinpath("headers.toml").read_text()
    sections = tomllib.loads(text)
    found = []
    for section in names.split():
        for name, phrases in sections[section].items():
            target = resolved(kind, name)
            if target is None:
                continue
            ranks: dict[str, int] = {}
            for rank, phrase in enumerate(phrases):
                ranks.setdefault(plain(phrase), rank)
                if not phrase.startswith("="):
                    ranks.setdefault(f"~{bare(phrase)}", rank)
            found.append((target, ranks))
    return found


def _spread(kind: str, header: str, core: str) -> Target | None:
    """What headers such as "Instagram followers", "Reel rate (USD)", "Audience US %" mean."""
    if "account_alone" not in _SECTIONS[kind].split():
        return None
    words = core.split()
    if "audience" in words:
        name = _audience(header, [word for word in words if word != "audience"])
    elif _PRICE_WORDS.intersection(words) and not _NO_PRICE.intersection(words):
        formats = [_FORMAT_WORDS[word] for word in words if word in _FORMAT_WORDS]
        name = f"rate_cards.{formats[-1]}" if formats else None
    else:
        name = _on_platform(words)
    return resolved(kind, name) if name else None


def _on_platform(words: list[str]) -> str | None:
    text = " ".join(words)
    for word, platform in _PLATFORM_WORDS.items():
        if text == word or text.startswith(f"{word} "):
            rest = set(text.removeprefix(word).split())
            if rest <= _ACCOUNT_WORDS:
                return f"accounts.{platform}"
            if rest & _FOLLOWER_WORDS and rest <= _FOLLOWER_WORDS:
                return f"followers.{platform}"
    return None


def _audience(header: str, words: list[str]) -> str | None:
    for word in words:
        if gender := _GENDERS.get(word):
            return f"audience_shares.gender.{gender}"
    if shape := _AGE.search(header):
        band = f"{shape[3]}+" if shape[3] else f"{shape[1]}-{shape[2]}"
        return f"audience_shares.age.{band}"
    codes = re.findall(r"\b[A-Z]{2}\b", header)
    return f"audience_shares.country.{codes[-1]}" if codes else None


def unit_of_time(header: str) -> tuple[float, str]:
    """Seconds in one of what a header such as "Watch time (hours)" counts, and its name."""
    words = plain(header)
    if words in _IN_MILLISECONDS:
        return 0.001, "milliseconds"
    for word in words.split():
        for name, (seconds, written) in _TIMES.items():
            if word in written:
                return seconds, name
    return 1.0, "seconds"


def currency_of(header: str) -> str | None:
    """The currency that a header such as "Price (EUR)" names."""
    shape = _CURRENCY.search(header.lower())
    if shape is None:
        return None
    signs = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}
    return shape[1].upper() if shape[1] else signs[shape[2]]

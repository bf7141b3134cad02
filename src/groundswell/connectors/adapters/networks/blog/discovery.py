"""Where a site's feed is: what its page says, else where feeds usually are."""

import html
import re
from dataclasses import dataclass, field

from groundswell.connectors.adapters.networks.blog import addresses
from groundswell.terms.exchange import Reply

USUAL = ("/feed", "/rss.xml", "/atom.xml", "/feed.json")
_KINDS = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"]
)
_LARGEST = 2_000_000  # bytes of a page in which its links to feeds are looked for
_MOST = 5
_TAG = re.compile(r"<(link|meta)(?=[\s/])([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z0-9_:-]{0,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""",
    re.IGNORECASE,
)
_FORBIDDING = frozenset({"noindex", "none"})


@dataclass(slots=True)
class Found:
    """What a page says of itself.

    Attributes:
        feeds: Addresses of its feeds, those of comments last.
        is_closed: Whether it doesn't want to be found.
    """

    feeds: list[str] = field(default_factory=list)
    is_closed: bool = False


def look(reply: Reply) -> Found:
    """What a page for people says of its feeds and of being found."""
    found = Found(is_closed=_forbids(reply.headers.get("x-robots-tag", "")))
    text = reply.body[:_LARGEST].decode(errors="replace")
    feeds: dict[str, bool] = {}
    for match in _TAG.finditer(text):
        said = {a[1].lower(): html.unescape(a[2] or a[3] or a[4] or "") for a in _said(match[2])}
        if match[1].lower() == "meta":
            is_ours = said.get("name", "").strip().lower() in {"robots", "groundswell"}
            found.is_closed = found.is_closed or (is_ours and _forbids(said.get("content", "")))
        elif _is_feed(said) and (address := addresses.joined(reply.url, said.get("href", ""))):
            feeds.setdefault(address, "comment" in f"{said.get('title', '')} {address}".lower())
    found.feeds = sorted(feeds, key=lambda address: feeds[address])[:_MOST]
    return found


def usual(page: str) -> list[str]:
    """Where a feed may be that a page doesn't tell of: below the page, then below the host."""
    bases = dict.fromkeys([addresses.site_of(page), addresses.origin(page)])
    return [f"{base}{path}" for base in bases for path in USUAL]


def _said(attributes: str) -> list[re.Match[str]]:
    return list(_ATTRIBUTE.finditer(attributes))[:20]


def _is_feed(said: dict[str, str]) -> bool:
    kind = said.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in said.get("rel", "").lower().split() and kind in _KINDS


def _forbids(text: str) -> bool:
    """Whether words for robots forbid finding: ``noindex``, also after ``googlebot:`` and more."""
    general = [word for word in text.lower().split(",") if ":" not in word]
    return any(word.strip() in _FORBIDDING for word in general)

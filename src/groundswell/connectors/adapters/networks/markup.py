"""HTML of strangers as text: its words in paragraphs, and where its links lead.

One pass over the tags, whatever stands between them: the time grows with the length alone.
"""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from groundswell.connectors.adapters.values.texts import MAX_ADDRESS

_LONGEST = 1_000_000
_MOST_LINKS = 500
# Neither part crosses the next "<", so that no character is looked at more than a few times.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]*)>|<[!?/][^<>]*>")
_HREF = re.compile(
    r"""(?<![\w-])href\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_CLASS = re.compile(r"""(?<![\w-])class\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_PARAGRAPHS = frozenset(
    [
        *["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "dl"],
        *["table", "section", "article", "figure", "header", "footer", "hr"],
    ]
)
_LINES = frozenset(["br", "li", "tr", "dt", "dd", "figcaption"])
_UNSEEN = frozenset(
    [
        *["script", "style", "template", "noscript", "iframe", "object", "svg", "math"],
        *["head", "title"],
    ]
)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, and the classes that its writer gave it."""

    url: str
    classes: frozenset[str]


@dataclass(slots=True)
class Marked:
    """What a piece of HTML says."""

    text: str = ""
    links: list[Link] = field(default_factory=list)


def read(source: str, *, base: str = "") -> Marked:
    """The words of a piece of HTML, and its links.

    Args:
        source: The HTML; what is beyond a million characters is left.
        base: Address against which relative links are resolved; without it they are left out.
    """
    found, parts, unseen, at = Marked(), [], "", 0
    source = _without_comments(source[:_LONGEST])
    for match in _TAG.finditer(source):
        if not unseen:
            parts.append(_SPACES.sub(" ", html.unescape(source[at : match.start()])))
        at = match.end()
        name = (match[2] or "").lower()
        if unseen:
            unseen = "" if match[1] and name == unseen else unseen
        elif name in _UNSEEN and not match[1] and not match[3].endswith("/"):
            unseen = name
        elif name in _PARAGRAPHS:
            parts.append("\n\n")
        elif name in _LINES and not (match[1] and name != "br"):
            parts.append("\n")
        elif name == "a" and not match[1]:
            _note_link(found.links, match[3], base)
    if not unseen:
        parts.append(_SPACES.sub(" ", html.unescape(source[at:])))
    found.text = _tidied("".join(parts))
    return found


def is_address(text: str) -> bool:
    """Whether a text is an address that may be shown as a link."""
    start = text[:8].lower()
    return start.startswith(("http://", "https://")) and len(text) <= MAX_ADDRESS


def _note_link(links: list[Link], attributes: str, base: str) -> None:
    match = _HREF.search(attributes)
    if match is None or len(links) >= _MOST_LINKS:
        return
    url = html.unescape(match[1] or match[2] or match[3] or "").strip()
    if base:
        try:
            url = urljoin(base, url)
        except ValueError:
            return
    if not is_address(url) or any(letter.isspace() for letter in url):
        return
    classes = _CLASS.search(attributes)
    names = (classes[1] or classes[2] or "").lower().split() if classes else []
    links.append(Link(url, frozenset(names)))


def _without_comments(source: str) -> str:
    parts = []
    for number, part in enumerate(source.split("<!--")):
        if number == 0:
            parts.append(part)
        else:
            parts.append(part.partition("-->")[2])
    return "".join(parts)


def _tidied(text: str) -> str:
    """Without spaces at the ends of lines, and with one empty line between paragraphs."""
    lines: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)

"""Replies that no network should send: good ones, with something of them spoiled."""

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from groundswell.terms.exchange import Reply

_DEEP = "(deep)"
_NUMBERS: list[Any] = [0, -1, 1.5, 2**31, 2**63, 10**13 + 1, 10**400, 1e308]
_NUMBERS += [float("inf"), float("nan"), -(10**18), 253402300800, 1e20]
_DATES = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30",
    "12:00",
    "99999999999999999999",
]
_IDS = ["UC", "UC" + "x" * 22, "did:plc:?", "at://", "../../etc/passwd", "@", "a b", "x" * 300]
_TEXTS = [
    *["", " ", "none", "12", "１２", "-5", "1_000", "1e5", "NaN", "PT1H", "P9999999999999D"],
    *["\ud800", "\udc00\ud800", "\0", "a\0b", "\u202egpj.exe", "\ufeff", "\x1b[2J", "é" * 70_000],
    *["javascript:alert(1)", "http://[", "http://169.254.169.254/", "https://a\\@b/", "//", "?"],
    *["<p>" * 3_000, "&#x110000;", "&#55296;", "#" * 2_000, "@" * 2_000, "=1+1", "%00"],
]
_SHAPES: list[Any] = [[], {}, [[]], [{}], [None], {"": None}, {"\ud800\0": "\udfff"}, _DEEP]
WRONG: list[Any] = [None, True, False, *_NUMBERS, *_DATES, *_IDS, *_TEXTS, *_SHAPES]

_STATUSES = [200, 204, 206, 304, 400, 401, 403, 404, 410, 418, 422, 429, 500, 502, 503, 599]
_HEADERS = ["retry-after", "link", "content-type", "x-ratelimit-reset", "ratelimit-reset"]
_SAID = [
    *["", "-1", "1e9", "9" * 400, "soon", "Mon, 99 Jan 2026 00:00:00 GMT", "\ud800", "\0"],
    *['<https://[>; rel="next"', '<>; rel="next"', "<?page_info=%ff>; rel=next", "text/html"],
]


@dataclass(frozen=True)
class Spoiling:
    """What is done to a reply.

    Attributes:
        steps: Changes of its JSON: a verb, which place of all, and a value for it.
        cut: Which part of its bytes is cut off, in thousandths; none when 0.
        junk: Bytes that are put where it is cut.
        status: Its status.
        header: A header, and what it says; None leaves them as they are.
    """

    steps: list[tuple[str, int, int]]
    cut: int
    junk: bytes
    status: int
    header: tuple[str, str] | None


spoilings = st.builds(
    Spoiling,
    steps=st.lists(
        st.tuples(
            st.sampled_from(["delete", "double", "put", "put", "put", "add", "swap", "rename"]),
            st.integers(0, 9_999),
            st.integers(0, len(WRONG) - 1),
        ),
        max_size=5,
    ),
    cut=st.one_of(st.just(0), st.just(0), st.just(0), st.integers(1, 1_000)),
    junk=st.sampled_from(
        [b"", b"", b"\xff\xfe", b"\xed\xa0\x80", b"<html>", b"\0", b"}", b"[" * 9]
    ),
    status=st.one_of(st.just(200), st.just(200), st.sampled_from(_STATUSES)),
    header=st.one_of(
        st.none(), st.none(), st.tuples(st.sampled_from(_HEADERS), st.sampled_from(_SAID))
    ),
)


def spoiled(reply: Reply, spoiling: Spoiling) -> Reply:
    """The reply, changed so."""
    body = reply.body
    if spoiling.steps:
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        for verb, place, value in spoiling.steps:
            found = _changed(found, verb, place, deepcopy(WRONG[value]))
        deep = b"[" * 100_000 + b"]" * 100_000
        body = json.dumps(found).encode().replace(f'"{_DEEP}"'.encode(), deep)
    if spoiling.cut:
        body = body[: len(body) * spoiling.cut // 1_000] + spoiling.junk
    headers = dict(reply.headers)
    if spoiling.header:
        headers[spoiling.header[0]] = spoiling.header[1]
    # Most replies are spoiled in what they say, not in whether they worked.
    status = reply.status if spoiling.status == 200 else spoiling.status
    return replace(reply, status=status, headers=headers, body=body)


def _changed(found: Any, verb: str, place: int, value: Any) -> Any:
    """A document with one of its places changed; anything but a tree is the value itself."""
    places = _places(found)
    if not places:
        return value
    inside, key = places[place % len(places)]
    if verb == "delete":
        del inside[key]
    elif verb == "double" and isinstance(inside, list):
        inside.insert(key, deepcopy(inside[key]))
    elif verb == "swap":
        other, its = places[(place * 31 + 7) % len(places)]
        inside[key], other[its] = json.loads(json.dumps([other[its], inside[key]]))
    elif verb == "rename" and isinstance(inside, dict):
        inside[str(value)[:2_000]] = inside.pop(key)
    elif verb == "add" and isinstance(inside, dict):
        inside["somethingNew"] = value
    else:
        inside[key] = value
    return found


def _places(found: Any) -> list[tuple[Any, Any]]:
    """Every place in a tree that holds a value, as its container and key."""
    places: list[tuple[Any, Any]] = []
    waiting = [found]
    while waiting:
        inside = waiting.pop()
        if isinstance(inside, dict):
            keys: list[Any] = list(inside)
        elif isinstance(inside, list):
            keys = list(range(len(inside)))
        else:
            continue
        places += [(inside, key) for key in keys]
        waiting += [inside[key] for key in keys]
    return places

"""Recorded replies: files in folders that are named for the network, ``youtube_data_v3``."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundswell.terms.exchange import Reply
from groundswell.terms.networks import Network

OWN = Path(__file__).parent / "replies"
_HERE = "https://recorded.example/"


@dataclass(frozen=True)
class Recorded:
    """One reply, and in which file it was found."""

    file: str
    reply: Reply


def folder() -> Path:
    """The recordings to read: those of GROUNDSWELL_FIXTURES, else our own."""
    return Path(os.environ.get("GROUNDSWELL_FIXTURES") or OWN)


def network_of(folder: Path) -> Network | None:
    """The network that a folder is named for: all of its name, or what stands before ``_``."""
    word = folder.name.partition("_")[0]
    return Network(word) if word in set(Network) else None


def recorded(network: Network, within: Path) -> list[Recorded]:
    """All replies of a network, those of its folders' folders too."""
    return [
        Recorded(f"{path.relative_to(within)}{place}", reply)
        for home in sorted(within.iterdir())
        if home.is_dir() and network_of(home) is network
        for path in sorted(home.rglob("*.json"))
        for place, reply in _replies(path)
    ]


def _replies(path: Path) -> Iterator[tuple[str, Reply]]:
    content = path.read_bytes()
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not _is_exchange(found):
        yield "", Reply(200, {"content-type": "application/json"}, content, _HERE)
        return
    for number, each in enumerate(found):
        yield f"[{number}]", _answered(each)


def _is_exchange(found: Any) -> bool:
    """Whether a file is a list of requests with their responses, not a reply's body itself."""
    return (
        isinstance(found, list)
        and bool(found)
        and all(isinstance(each, dict) and isinstance(each.get("response"), dict) for each in found)
    )


def _answered(exchange: dict[str, Any]) -> Reply:
    response = exchange["response"]
    body = response.get("body")
    named = {
        name.lower(): ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in (response.get("headers") or {}).items()
    }
    status = response.get("status", 200)
    return Reply(
        int(status["code"] if isinstance(status, dict) else status),
        named,
        (body if isinstance(body, str) else json.dumps(body)).encode(errors="surrogatepass"),
        str((exchange.get("request") or {}).get("uri", _HERE)),
    )

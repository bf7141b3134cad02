"""The reference's examples run, and answer as it shows.

``GROUNDSWELL_RECORD=1`` writes them anew, for `make docs` to put into the reference.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from groundswell.interfaces import rest
from tests.support.requests import FILES, prepare, requests, send

FILE = Path(rest.__file__).parent / "examples.json"
RECORDING = os.environ.get("GROUNDSWELL_RECORD") == "1"
REQUESTS = {request.name: request for request in requests()}
_PLAIN = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)"), "2026-11-01T12:00:00+00:00"),
    (re.compile(r"(gsw(?:invite|reply)?)_[0-9A-Za-z]+(~[\w-]+)?"), r"\1_EXAMPLE"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), None),
    (re.compile(r'"next": "[^"]+"'), '"next": "eyJhbGciOi"'),
)
_LONGEST, _MOST = 160, 1


def plain(text: str) -> str:
    """The same without what differs each time: ids are numbered as they come."""
    seen: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"01980000-0000-7000-8000-{len(seen) + 1:012d}")

    for pattern, instead in _PLAIN:
        text = pattern.sub(numbered if instead is None else instead, text)
    return text


def short(value: Any) -> Any:
    """Lists by their first item, texts by their beginning."""
    if isinstance(value, dict):
        return {key: short(each) for key, each in list(value.items())[:40]}
    if isinstance(value, list):
        return [short(each) for each in value[:_MOST]]
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]}..."
    return value


def shape(value: Any) -> Any:
    """Keys and kinds of values."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def example(request, scene) -> dict[str, Any]:
    """The request, and what was answered, as the reference shows them."""
    request = prepare(request, scene)
    answer = send(request, scene)
    said = answer.content.decode() if "json" in answer.headers.get("Content-Type", "") else ""
    shown = {
        "method": request.method,
        "path": request.path.format(**scene.names),
        "query": request.query,
        "body": request.body,
        "file": FILES[request.name].decode() if request.name in FILES else None,
        "status": answer.status_code,
        "answer": short(json.loads(said)) if said else None,
    }
    return json.loads(plain(json.dumps(shown)))


@pytest.fixture(scope="module")
def recorded():
    """The examples of the reference; written when the module is done, when that is wanted."""
    found = json.loads(FILE.read_text("utf-8")) if FILE.is_file() and not RECORDING else {}
    yield found
    if RECORDING:
        FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


@pytest.mark.parametrize("name", REQUESTS)
def test_the_example_answers_as_the_reference_shows(name, scene, recorded):
    fresh = example(REQUESTS[name], scene)
    if RECORDING:
        recorded[name] = fresh

    assert fresh["status"] < 300
    assert shape(fresh) == shape(recorded[name])
    asked = ("method", "path", "query", "body", "file", "status")
    assert [fresh[each] for each in asked] == [recorded[name][each] for each in asked]


def test_the_reference_has_an_example_of_every_operation(recorded):
    assert list(recorded) == list(REQUESTS)

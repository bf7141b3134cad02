"""Other servers are asked through egress, and through nothing else."""

import ast
from functools import cache
from pathlib import Path

_SOURCE = Path(__file__).parents[2] / "src" / "groundswell"
_CARRIERS = {
    *("aiohttp", "atproto", "facebook_business", "ftplib", "googleapiclient", "http.client"),
    *("httpcore", "httpx", "mastodon", "pycurl", "requests", "ssrfguard", "telnetlib"),
    *("urllib.request", "urllib3", "websocket", "websockets", "xmlrpc.client"),
}
_CALLS = {"create_connection", "getaddrinfo", "gethostbyname", "urlopen", "open_connection"}
# The supervisor asks the web server that it has started itself, on this machine.
_OWN = {"project/supervisor.py": {"http.client"}}


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(_SOURCE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(_SOURCE.rglob("*.py"))
        if _SOURCE / "egress" not in path.parents
    ]


def _carriers(module: ast.Module) -> set[str]:
    """Names in imports that can carry a request."""
    named: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {
        carrier
        for carrier in _CARRIERS
        if any(name == carrier or name.startswith(f"{carrier}.") for name in named)
    }


def test_nothing_but_the_door_imports_what_carries_requests() -> None:
    found = {name: carriers for name, module in _modules() if (carriers := _carriers(module))}
    assert found == _OWN


def test_nothing_but_the_door_connects_or_looks_names_up() -> None:
    found = {
        name: node.attr
        for name, module in _modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in _CALLS
    }
    assert found == {}


def test_feeds_are_parsed_from_what_was_fetched() -> None:
    """feedparser fetches an address by itself when it is given one; bytes it takes as they are."""
    calls = [
        (name, ast.unparse(node.args[0]))
        for name, module in _modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "feedparser.parse"
    ]
    assert [call for call in calls if "BytesIO(" not in call[1] and "body" not in call[1]] == []

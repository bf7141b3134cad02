"""Every page that the console has, from the URL configuration: a new one is visited untold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.console import EMPTY, FULL, Console

_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
# What a path's placeholder stands for when it is no row's id.
TEXTS = {
    "kind": "csv",
    "measure": "originality",
    "what": "lines",
    "key": "abc-123",
    "network": "bluesky",
    "door": "bluesky",
    "uidb36": "1",
}
# Where no row is behind a well-formed address, the page says so.
GONE = {
    "account_confirm_email",
    "account_reset_password_from_key",
    "console:connect_callback",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_view_recovery_codes",
}
# What a page must be asked to show all that it can.
ASKED = {
    "console:compare": "?account={accounts[0]}&account={accounts[1]}&account={accounts[2]}",
    "console:discover": "?q=trail&f=country%3DUS",
    "console:plans_compare": "?plan={plan_id}&plan={plan_id}",
    "console:list_add": "?account={accounts[0]}&account={accounts[1]}",
}
# Addresses that answer to programs, or that end what the visitor is at.
NOT_PAGES = re.compile(
    r"^(api/|metrics|health/|static/)|passkey|webauthn/(login|reauth|signup|keys)"
)


@dataclass(frozen=True)
class Address:
    """A route: its name, and its path with placeholders."""

    name: str
    where: str

    @property
    def is_of_a_workspace(self) -> bool:
        """Whether it lies in a workspace."""
        return "<slug:slug>" in self.where

    def path(self, workspace: str, ids: Mapping[str, Any]) -> str:
        """The path, each placeholder filled; fails for one that nothing stands for."""
        known = {**TEXTS, **ids, "slug": workspace}
        missing = {name for name in _NAMED.findall(self.where) if name not in known}
        assert not missing, f"{self.where}: nothing in {workspace} stands for {missing}"
        return "/" + _NAMED.sub(lambda match: str(known[match[1]]), self.where)


def every() -> list[Address]:
    """All routes that could be pages, those of a workspace first."""
    found = [route for route in _routes(get_resolver()) if not NOT_PAGES.search(route.where)]
    return sorted(found, key=lambda route: (not route.is_of_a_workspace, route.where))


def pages(console: Console, request: Any, workspace: str | None) -> Iterator[tuple[str, str]]:
    """The name and path of each page there is for somebody, who asks for it once.

    What takes no GET, leads elsewhere, or answers with a file or a part of a page is none.

    Args:
        console: Where.
        request: Of a browser that is signed in, or not.
        workspace: Whose pages; None for those outside workspaces.
    """
    ids = console.ids[workspace or FULL]
    for route in every():
        if route.is_of_a_workspace != (workspace is not None):
            continue
        if workspace == EMPTY and re.search("_id>|:ref>", route.where):
            continue  # of what isn't there yet
        path = route.path(workspace or "", ids)
        answer = request.get(console.address + path, max_redirects=0)
        if answer.status in (301, 302, 303, 405) or not _is_page(answer):
            continue
        yield route.name, path
        if workspace == FULL and route.name in ASKED:
            yield f"{route.name} asked", path + ASKED[route.name].format(**ids)


def _is_page(answer: Any) -> bool:
    kind = answer.headers.get("content-type", "")
    return kind.startswith("text/html") and "<html" in answer.text()


def _routes(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        where = prefix + re.sub(r"[\^$]|\\Z", "", str(pattern.pattern))
        where = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", where)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            yield from _routes(pattern, where, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name}", where)

"""No way in from one workspace to another: every route, method and role, with another's ids.

The routes come from the URL configuration, so a new one is probed from the day it exists; one whose
path names something that this probe has no row for fails it.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from groundswell.people.policy import Role
from groundswell.workspaces import access, tenancy
from tests.support import planting
from tests.support.cast import Cast

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OWNED = [model for model in apps.get_models() if issubclass(model, tenancy.WorkspaceModel)]
_NAMED = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")

# What a path's placeholder stands for: the model whose planted id fills it, or a fitting text.
MODELS = {
    "member_id": "people.Member",
    "invitation_id": "people.Invitation",
    "token_id": "people.ApiToken",
    "creator_id": "creators.Creator",
    "account_id": "creators.Account",
    "list_id": "creators.CreatorList",
    "search_id": "discovery.SavedSearch",
    "plan_id": "planning.Plan",
    "draft_id": "planning.Draft",
    "promise_id": "planning.Promise",
    "other_id": "planning.Plan",
    "note_id": "creators.Note",
    "contact_id": "creators.Contact",
    "outreach_id": "creators.Outreach",
    "term_id": "vetting.WatchedTerm",
    "file_id": "creators.Attachment",
    "absorbed_id": "creators.Creator",
    "run_id": "connectors.ImportRun",
    "connection_id": "connectors.Connection",
    "watch_id": "connectors.Watch",
    "sync_id": "connectors.Sync",
    "upload_id": "connectors.Upload",
    "account": "an account by its handle",
    "ref": "an account by its handle",
}
TEXTS = {"kind": "csv", "what": "lines", "measure": "originality", "network": "bluesky"}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, where)
        elif isinstance(pattern, URLPattern):
            yield where


OF_WORKSPACES = sorted({where for where in routes(get_resolver()) if "slug>" in where})


@pytest.fixture
def theirs(stranger):
    """A row of every model in the stranger's workspace, and its id by the model's label."""
    with access.inside(stranger):
        planted = {model._meta.label: planting.plant(model, stranger) for model in OWNED}
    account = planted["creators.Account"]
    ids = {label: row.pk for label, row in planted.items()}
    return ids | {"an account by its handle": f"{account.platform}:{account.handle}"}


def filled(where: str, slug: str, ids: dict[str, Any]) -> str:
    """The route's address in a workspace, with those ids."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name == "slug":
            return slug
        return TEXTS[name] if name in TEXTS else str(ids[MODELS[name]])

    return "/" + _NAMED.sub(value, where)


def body(ids: dict[str, Any]) -> dict[str, Any]:
    """A form that names the other's rows wherever a field could take one."""
    named = {name: str(ids[label]) for name, label in MODELS.items()}
    short = {name.removesuffix("_id"): value for name, value in named.items()}
    plural = {f"{name}s": [value] for name, value in short.items()}
    rest = {"name": "probe", "q": "", "role": "viewer", "ids": list(named.values())}
    return {**named, **short, **plural, **rest}


def digest(workspace_id: Any) -> str:
    """A hash of every row that a workspace has."""
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for model in OWNED:
            table = model._meta.db_table
            cursor.execute(
                f'SELECT t::text FROM "{table}" t WHERE workspace_id = %s ORDER BY 1',
                [workspace_id],
            )
            found.update(repr(cursor.fetchall()).encode())
    return found.hexdigest()


def ask(client: Client, method: str, path: str, form: dict[str, Any]) -> Any:
    if method in ("GET", "HEAD"):
        return client.generic(method, path)
    if path.startswith("/api/"):
        return client.generic(method, path, json.dumps(form), content_type="application/json")
    if method == "POST":
        return client.post(path, form)
    return client.generic(method, path)


def test_every_placeholder_of_a_route_has_a_row_to_probe_with():
    names = {a or b for where in OF_WORKSPACES for a, b in _NAMED.findall(where)}

    assert names - {"slug"} - set(MODELS) - set(TEXTS) == set()


@pytest.mark.parametrize("role", list(Role))
def test_another_workspaces_address_does_not_exist(role, cast, stranger, theirs):
    with access.inside(stranger):
        before = digest(stranger.id)

    answers = _probe(cast, role, "stranger", theirs)

    opened = {key: status for key, status in answers.items() if not _says_nothing(key[1], status)}
    assert opened == {}
    with access.inside(stranger):
        assert digest(stranger.id) == before


@pytest.mark.parametrize("role", list(Role))
def test_another_workspaces_ids_open_nothing_in_ones_own(role, cast, stranger, theirs):
    with access.inside(stranger):
        before = digest(stranger.id)

    answers = _probe(cast, role, "anna", theirs)

    with_ids = {key: status for key, status in answers.items() if _names_a_row(key[1])}
    allowed = (400, 403, 404, 405, 410, 415, 422, 428)
    assert {key: status for key, status in with_ids.items() if status not in allowed} == {}
    with access.inside(stranger):
        assert digest(stranger.id) == before


def _says_nothing(where: str, status: int) -> bool:
    """Not there; or a question that REST refuses before it looks where it was sent."""
    return status in (404, 405) or (status == 422 and where.startswith("api/"))


def _names_a_row(where: str) -> bool:
    return any((a or b) in MODELS for a, b in _NAMED.findall(where))


def _probe(cast: Cast, role: Role, slug: str, ids: dict[str, Any]) -> dict[tuple[str, str], int]:
    """The status of every route and method; fails where a planted text is seen."""
    browser = cast.browser(role)
    form = body(ids)
    found: dict[tuple[str, str], int] = {}
    for number, (where, method) in enumerate(itertools.product(OF_WORKSPACES, METHODS)):
        if number % 100 == 0:  # a token may not ask as often as this probe does
            program = cast.program(role)
        client = program if where.startswith("api/") else browser
        answer = ask(client, method, filled(where, slug, ids), form)
        found[method, where] = answer.status_code
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert planting.MARK.encode() not in content, f"{role} {method} {where} shows another's row"
    return found

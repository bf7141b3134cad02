"""How often each page asks the database: seldom, and no more often when there is more."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from groundswell.creators.actions import contacts, revisions
from groundswell.interfaces.console.urls import of_workspace
from groundswell.workspaces import access, tenancy
from tests.interfaces.rest.conftest import standing_scene
from tests.support.scene import Scene

__all__ = ["standing_scene"]
pytestmark = pytest.mark.django_db

MOST = 40
# A workspace has one of each, or they stand for a file.
KEPT_ONCE = {"Member", "RevisionCounter", "Segment", "SegmentWithdrawal", "Vetting", "VettingTurn",
             "WatchScan"}  # fmt: skip
ASKED = {
    "compare": "?account={one}&account={other}",
    "compare_seen": "?account={one}&account={other}",
    "creator_merge": "?other={same}",
    "discover": "?q=trail&f=country%3DUS",
    "list_add": "?account={one}&account={other}",
    "plans_compare": "?plan={plan_id}&plan={other_id}",
}
VARIED = (models.CharField, models.TextField, models.BinaryField, models.IntegerField)


@pytest.fixture(scope="module")
def counted(standing_scene, django_db_blocker) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Queries by page, of a workspace and of the same with three times the rows."""
    scene = standing_scene
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    with (
        django_db_blocker.unblock(),
        override_settings(STORAGES=storages),
        transaction.atomic(),
    ):
        scene.names |= _further_names(scene)
        before = _queries(scene)
        with access.inside(scene.cast.workspace):
            _triple(scene)
        yield before, _queries(scene)
        transaction.set_rollback(True)


@pytest.mark.parametrize("page", sorted({pattern.name for pattern in of_workspace}))
def test_a_page_asks_seldom_and_no_more_often_when_there_is_more(counted, page):
    before, after = counted
    if page not in before:
        return  # takes no GET
    assert before[page] <= MOST
    assert after[page] <= before[page]


def test_most_pages_were_asked(counted):
    assert len(counted[0]) >= 30


def _further_names(scene: Scene) -> dict[str, Any]:
    found = apps.get_model("creators.Account").objects
    with access.inside(scene.cast.workspace):
        one, other = found.filter(platform="instagram").order_by("handle")[:2]
        watched = apps.get_model("vetting.WatchedTerm").objects.first()
        same = found.get(platform="tiktok", handle="anna").creator_id
        reviewed = apps.get_model("vetting.Review").objects.get().account_id
    return {
        "ref": "instagram:anna", "one": one.id, "other": other.id, "kind": "csv",
        "account_id": reviewed, "same": same, "term_id": watched.id, "network": "bluesky",
    }  # fmt: skip


def _queries(scene: Scene) -> dict[str, int]:
    """How many queries each page takes that can be got; the first visit warms it."""
    browser, found = scene.cast.browser("owner"), {}
    for pattern in of_workspace:
        asked = "?" + ASKED.get(pattern.name, "").removeprefix("?").format(**scene.names)
        path = scene.cast.path(_filled(str(pattern.pattern), scene.names)) + asked
        status = _read(browser, path)
        if status == 405:
            continue
        assert status in {200, 302}, f"{path}: {status}"
        with CaptureQueriesContext(connection) as captured:
            _read(browser, path)
        found[pattern.name] = len(captured)
    return found


def _read(browser: Client, path: str) -> int:
    answer = browser.get(path)
    b"".join(answer)  # a file is closed when it was read
    return answer.status_code


def _filled(route: str, names: dict[str, Any]) -> str:
    for name, value in names.items():
        for kind in ("uuid", "str", "slug"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    return route.replace("<uuid:absorbed_id>", str(names["creator_id"]))


def _triple(scene: Scene) -> None:
    """Two copies of each row, those first to which others point."""
    revision = revisions.begin(scene.cast.workspace)
    copies: dict[Any, list[Any]] = {}
    owned = [m for m in apps.get_models() if issubclass(m, tenancy.WorkspaceModel)]
    for model in sorted(owned, key=_rank):
        if model.__name__ in KEPT_ONCE | {"Contact"}:
            continue
        for row in list(model.objects.all()):
            copies[row.pk] = [_copied(row, turn, copies, revision) for turn in (1, 2)]
    for row in list(apps.get_model("creators.Contact").objects.select_related("creator")):
        for turn in (1, 2):  # sealed for their row: a copy could not be opened
            mail: dict[str, Any] = {
                "channel": "email",
                "address": f"copy-{turn}@example.com",
                "details": {},
            }
            contacts.add(creator=row.creator, **mail, by="test", now=scene.cast.now)


def _rank(model: Any) -> int:
    """Its place among those to which others point; behind them where nothing does."""
    first = ("Creator", "Account", "Tag", "CreatorList", "Plan", "Connection", "Watch")
    return first.index(model.__name__) if model.__name__ in first else len(first)


def _copied(row: Any, turn: int, copies: dict[Any, list[Any]], revision: int) -> Any:
    """The id of a copy that differs in what must be unique and in as little else as can be."""
    model = type(row)
    unique = _unique(model)
    values = {
        field.attname: getattr(row, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    }
    if "revision" in values:
        values["revision"] = revision
    changes: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        value = values.get(field.attname)
        if field.name in unique and value in copies:
            changes[field.attname] = copies[value][turn - 1]
        elif field.name in unique and value and isinstance(field, VARIED) and not field.choices:
            changes[field.attname] = _varied(value, turn)
    # The first copy is moved to another list, say, and the second has another creator in this one.
    single = [{name: new} for name, new in changes.items()][:: 1 if turn == 1 else -1]
    for change in [{}, *single, changes]:
        try:
            with transaction.atomic():
                return model.objects.create(**values | change).pk
        except DatabaseError:
            continue
    raise AssertionError(f"no way to copy {row!r}: name it in KEPT_ONCE, or say how it differs")


def _varied(value: Any, turn: int) -> Any:
    if isinstance(value, str):
        return f"{value[:30]}-{turn}"
    return value + 100 * turn if isinstance(value, int) else bytes([turn]) + bytes(value)[1:]


def _unique(model: Any) -> set[str]:
    """The fields that a copy may have to differ in."""
    names = {field.name for field in model._meta.concrete_fields if field.unique}
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint):
            names |= {*rule.fields, *_named(rule.expressions)}
    for field in model._meta.concrete_fields:
        if field.name in names and field.generated:
            names |= set(_named([field.expression]))
    return names - {"workspace"}


def _named(expressions: Sequence[Any]) -> Iterator[str]:
    for expression in expressions:
        if isinstance(expression, models.F):
            yield str(expression.name)
        else:
            yield from _named(expression.get_source_expressions())

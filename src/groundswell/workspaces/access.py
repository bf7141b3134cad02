"""The only ways into a workspace."""

from collections.abc import Iterator
from contextlib import contextmanager

import django_scopes
from django.db import connection, transaction

from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import Workspace
from groundswell.workspaces.tenancy import APP_ROLE


class UnknownWorkspace(Refusal):
    """No workspace goes by that name."""

    code = "unknown_workspace"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"there is no workspace {slug!r}: `groundswell workspaces list` shows those that exist"
        )


class AlreadyInside(Refusal):
    """One transaction belongs to one workspace."""

    code = "already_inside_workspace"


@contextmanager
def inside(workspace: Workspace) -> Iterator[None]:
    """One transaction in one workspace, under the application's role.

    Everything read or written in it is held to the workspace by scope and by row-level security.
    Entering the same workspace again makes a savepoint.

    Raises:
        AlreadyInside: When the transaction belongs to another workspace.
    """
    current = django_scopes.get_scope().get("workspace")
    if current is not None and current.id != workspace.id:
        raise AlreadyInside(
            f"cannot enter workspace {workspace.slug!r} inside {current.slug!r}: leave it first"
        )
    with transaction.atomic():
        before = _become(APP_ROLE, str(workspace.id))
        with django_scopes.scope(workspace=workspace):
            yield
        _become(*before)


@contextmanager
def as_owner() -> Iterator[None]:
    """Within a transaction, what only the tables' owner may do, such as deferring a job."""
    # What fails in here is undone up to here, and the role with it.
    with transaction.atomic():
        before = _become("none")
        yield
        _become(*before)


def workspace_named(slug: str) -> Workspace:
    """The workspace of that slug, found as the tables' owner.

    Raises:
        UnknownWorkspace: When there is none.
    """
    try:
        return Workspace.objects.get(slug=slug)
    except Workspace.DoesNotExist:
        raise UnknownWorkspace(slug) from None


def _become(role: str, workspace: str | None = None) -> tuple[str, str]:
    """Take a role, and a workspace unless None; returns what was before, for going back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'), current_setting('groundswell.workspace', true)"
        )
        before_role, before_workspace = cursor.fetchone()
        cursor.execute(
            "SELECT set_config('groundswell.workspace', %s, true), set_config('role', %s, true)",
            [before_workspace or "" if workspace is None else workspace, role],
        )
    return before_role, before_workspace or ""

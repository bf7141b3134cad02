"""Three lines of defence between workspaces.

1. *Scoped access*: the manager of every workspace-owned model refuses to answer outside
   ``access.inside(workspace)``, and inside it adds the filter that nobody can forget.
2. *Composite foreign keys*: ``SameWorkspace`` makes the database refuse a row that would join two
   workspaces, whatever wrote it.
3. *Row-level security*: under the application's role, another workspace's rows do not exist.

Each line catches what the others let through: scopes miss raw SQL, policies let a plain foreign
key point across, and a foreign key hides nothing.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

import uuid_utils
from django.db import models
from django_scopes import ScopedManager

APP_ROLE = "groundswell_app"


def new_id() -> UUID:
    """A fresh UUIDv7: unique everywhere, and sorted by the time it was made."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


class _TableRule(models.BaseConstraint):
    """A constraint that is one SQL script to make and one to drop."""

    def _create_script(self, model: type[models.Model], quote: Any) -> str:
        raise NotImplementedError

    def _drop_script(self, model: type[models.Model], quote: Any) -> str:
        raise NotImplementedError

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # The tables that it refers to may not exist yet; deferred statements run last.
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._create_script(model, schema_editor.quote_name)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._drop_script(model, schema_editor.quote_name)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do in Python: the database enforces it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TableRule) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class SameWorkspace(_TableRule):
    """A composite foreign key ``(workspace_id, FIELD_id)`` to the target's ``(workspace_id, id)``.

    Declare the field itself with ``db_constraint=False``: this key covers it.
    """

    def __init__(self, field: str, *, name: str | None = None) -> None:
        super().__init__(name=name or f"%(app_label)s_%(class)s_{field}_fk")
        self.field = field

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (self.field,), kwargs

    def _create_script(self, model: type[models.Model], quote: Any) -> str:
        field: Any = model._meta.get_field(self.field)
        target = field.related_model._meta
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (workspace_id, {quote(field.column)}) "
            f"REFERENCES {quote(target.db_table)} (workspace_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def _drop_script(self, model: type[models.Model], quote: Any) -> str:
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"


class RowLevelSecurity(_TableRule):
    """A policy that shows the application's role the rows of the current workspace only.

    Args:
        column: The column that holds the workspace's id.
        grants: What the application's role may do with the rows that it sees.
        force: Whether the table's owner is held to the policy too.
    """

    def __init__(
        self,
        *,
        name: str = "%(app_label)s_%(class)s_rls",
        column: str = "workspace_id",
        grants: Iterable[str] = ("SELECT", "INSERT", "UPDATE", "DELETE"),
        force: bool = True,
    ) -> None:
        super().__init__(name=name)
        self.column = column
        self.grants = tuple(grants)
        self.force = force

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        kwargs |= {"column": self.column, "grants": self.grants, "force": self.force}
        return path, (), kwargs

    def _create_script(self, model: type[models.Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        mine = f"{quote(self.column)} = groundswell_workspace()"
        force = f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;" if self.force else ""
        return f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            {force}
            CREATE POLICY {quote(self.name)} ON {table} USING ({mine}) WITH CHECK ({mine});
            GRANT {", ".join(self.grants)} ON {table} TO {APP_ROLE};
        """

    def _drop_script(self, model: type[models.Model], quote: Any) -> str:
        table = quote(model._meta.db_table)
        return f"""
            REVOKE ALL ON {table} FROM {APP_ROLE};
            DROP POLICY {quote(self.name)} ON {table};
            ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """


class WorkspaceModel(models.Model):
    """Base of every table whose rows belong to a workspace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("workspaces.Workspace", models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager[Self]] = ScopedManager(workspace="workspace")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "id"], name="%(app_label)s_%(class)s_workspace_id"
            ),
            RowLevelSecurity(),
        ]

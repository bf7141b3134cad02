"""No workspace sees or touches another's rows: every model and every foreign key is covered."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.utils import IntegrityError
from django_scopes import ScopeError

from groundswell.workspaces import access, tenancy
from tests.support import planting

# Tables that belong to no workspace, each with the reason.
WITHOUT_WORKSPACE = {
    "workspaces_workspace": "the workspaces themselves",
    "django_migrations": "which shape the database has",
    "procrastinate_jobs": "jobs name their workspace; only the owner's role reads them",
    "procrastinate_events": "history of those jobs",
    "procrastinate_periodic_defers": "history of those jobs",
    "procrastinate_workers": "signs of life",
    "procrastinate_version": "which shape the queue has",
    "people_person": "a login is the installation's; a workspace sees its members' names alone",
    "people_ratecount": "counts of hashes",
    "auth_permission": "Django's own permissions, which nobody has",
    "auth_group": "Django's own permissions, which nobody has",
    "auth_group_permissions": "Django's own permissions, which nobody has",
    "django_content_type": "names of models",
    "django_session": "signed-in browsers",
    "account_emailaddress": "addresses of logins",
    "account_emailconfirmation": "addresses of logins",
    "mfa_authenticator": "second factors of logins",
    "usersessions_usersession": "signed-in browsers, as their people see them",
}
# Read by the tables' owner before a workspace is known: who belongs where, and which link or token
# opens what. The application's role is held to the policy on them as on all others.
FOUND_BEFORE_ENTERING = {
    "connectors_creatorlink",
    "connectors_departure",
    "connectors_withdrawal",
    "people_member",
    "people_invitation",
    "people_apitoken",
    "vetting_replylink",
}

OWNED = [model for model in apps.get_models() if issubclass(model, tenancy.WorkspaceModel)]
LINKS = [
    (model, field)
    for model in OWNED
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey)
    and issubclass(field.related_model, tenancy.WorkspaceModel)
]


def rows(statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_has_a_workspace_or_a_reason_for_none():
    tables = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname='public'")}
    owned = {model._meta.db_table for model in OWNED}

    assert tables - owned - set(WITHOUT_WORKSPACE) == set()


@pytest.mark.django_db
def test_the_application_role_has_no_right_to_tables_without_a_workspace():
    granted = rows(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = %s AND table_name = ANY(%s)",
        tenancy.APP_ROLE,
        list(WITHOUT_WORKSPACE),
    )

    assert sorted(granted) == [
        ("workspaces_workspace", "SELECT"),
        ("workspaces_workspace", "UPDATE"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_every_table_is_under_forced_row_level_security(model):
    [(enabled, forced)] = rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        model._meta.db_table,
    )
    [(policies,)] = rows(
        "SELECT count(*) FROM pg_policies WHERE tablename = %s AND cmd = 'ALL' "
        "AND qual LIKE '%%groundswell_workspace()%%' "
        "AND with_check LIKE '%%groundswell_workspace()%%'",
        model._meta.db_table,
    )

    held = model._meta.db_table not in FOUND_BEFORE_ENTERING
    assert (enabled, forced, policies) == (True, held, 1)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_every_model_refuses_to_be_read_outside_a_workspace(model):
    with pytest.raises(ScopeError):
        model.objects.count()


@pytest.mark.parametrize(
    ("model", "field"), LINKS, ids=[f"{model._meta.label}.{field.name}" for model, field in LINKS]
)
def test_every_foreign_key_is_covered_by_a_composite_one(model, field):
    covered = {
        rule.field for rule in model._meta.constraints if isinstance(rule, tenancy.SameWorkspace)
    }

    assert field.name in covered
    assert field.db_constraint is False


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_rows_of_another_workspace_cannot_be_seen_under_the_applications_role(
    model, workspace, stranger
):
    with access.inside(stranger):
        theirs = planting.plant(model, stranger)
        assert model.objects.filter(pk=theirs.pk).count() == 1

    with access.inside(workspace):
        assert model.objects.filter(pk=theirs.pk).count() == 0
        [(seen,)] = rows(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE id = %s', theirs.pk)
    assert seen == 0


@pytest.mark.parametrize(
    ("model", "field"), LINKS, ids=[f"{model._meta.label}.{field.name}" for model, field in LINKS]
)
def test_a_row_that_would_join_two_workspaces_is_refused_by_the_database(
    model, field, workspace, stranger
):
    with access.inside(stranger):
        theirs = planting.plant(field.related_model, stranger)

    def join() -> None:
        with access.inside(workspace):
            planting.plant(model, workspace, **{field.name: theirs})
            rows_checked_now()

    with pytest.raises(IntegrityError, match="foreign key"):
        join()
    with access.inside(workspace):
        assert model.objects.filter(**{field.name: theirs.pk}).count() == 0


def rows_checked_now() -> None:
    """Have the database check deferred constraints at this point instead of at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_probe_covers_models_at_all():
    assert len(OWNED) >= 1

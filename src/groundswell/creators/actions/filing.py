"""Telling search whose tags, lists, contacts or prices changed."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Max

from groundswell.creators.models import Filing
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


def changed(creators: Iterable[UUID], *, workspace: Workspace) -> None:
    """Note that what the workspace keeps about these creators changed.

    Whoever else notes something waits for our commit, so that numbers become visible in order.
    """
    wanted = list(dict.fromkeys(creators))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"filing:{workspace.id}"]
        )
        latest = Filing.objects.aggregate(latest=Max("number"))["latest"] or 0
        cursor.execute(
            "INSERT INTO creators_filing (id, workspace_id, creator_id, number) "
            "SELECT gen_random_uuid(), %s, creator, %s FROM unnest(%s::uuid[]) creator "
            "ON CONFLICT (workspace_id, creator_id) DO UPDATE SET number = excluded.number",
            [workspace.id, latest + 1, wanted],
        )
    jobs.defer("discovery.refresh_index", workspace=workspace)

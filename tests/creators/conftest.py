"""Imports into Anna's workspace, staged row by row."""

import itertools
from datetime import UTC, datetime

import pytest

from groundswell.creators.actions import publishing
from groundswell.creators.models import Account
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from tests.support.staged import stage


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


class Desk:
    """Publishes rows as one import each, in a transaction of its own."""

    def __init__(self, workspace, folder, now):
        self.workspace = workspace
        self.folder = folder
        self.now = now
        self.imports = itertools.count(1)

    def publish(self, *, taken_at=None, **rows_by_table):
        staged = stage(self.folder / f"staged{next(self.imports)}", **rows_by_table)
        with access.inside(self.workspace):
            return publishing.publish(
                publishing.Staged(staged, taken_at or self.now),
                workspace=self.workspace,
                by="test",
                now=self.now,
                progress=silent,
            )

    def accounts(self, *columns):
        """The workspace's accounts, merged ones left out, of those columns."""
        with access.inside(self.workspace):
            found = Account.objects.filter(merged_into=None).order_by("platform", "handle", "id")
            return list(found.values_list(*columns, flat=len(columns) == 1))


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


def account(handle=None, platform_id=None, platform="instagram", **rest):
    return {"platform": platform, "handle": handle, "platform_id": platform_id, **rest}


def counted(handle, followers, at=None, **rest):
    return {
        "platform": "instagram",
        "account_handle": handle,
        "observed_at": at,
        "source": "import",
        "followers": followers,
        **rest,
    }

"""Imports into a workspace, and searches of it."""

import itertools

import pytest

from groundswell.creators.actions import publishing
from groundswell.discovery import queries
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from tests.support.staged import stage


class Desk:
    """Publishes rows as one import each, and searches what is there then."""

    def __init__(self, workspace, folder, now):
        self.workspace = workspace
        self.folder = folder
        self.now = now
        self.imports = itertools.count(1)

    def publish(self, **rows_by_table):
        staged = stage(self.folder / f"staged{next(self.imports)}", **rows_by_table)
        with access.inside(self.workspace):
            publishing.publish(
                publishing.Staged(staged, self.now),
                workspace=self.workspace,
                by="test",
                now=self.now,
                progress=silent,
            )

    def search(self, text="", *filters, **more):
        with access.inside(self.workspace):
            return queries.search(text, filters=filters, **more)

    def handles(self, text="", *filters, **more):
        return [hit.values["handle"] for hit in self.search(text, *filters, **more).hits]


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


def account(handle, **values):
    return {"platform": "instagram", "handle": handle, **values}


def of(handle, **values):
    """A row about an account that is known by its handle."""
    return {"platform": "instagram", "account_handle": handle, "source": "import", **values}

"""Brand safety with its evidence, out of the workspace: of a creator, a list, a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.creators import lists
from groundswell.creators import queries as creators
from groundswell.creators.models import Creator, CreatorList
from groundswell.discovery import queries
from groundswell.discovery.actions.exporting import Table
from groundswell.discovery.questions import Question
from groundswell.vetting import safety
from groundswell.vetting.safety import Judged
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

MOST_ACCOUNTS = 10_000


@dataclass(frozen=True, slots=True)
class Report:
    """What accounts' posts speak of.

    Attributes:
        name: Of whom it is, for the file's name.
        accounts: In order.
        total: How many accounts there would be without the bound ``MOST_ACCOUNTS``.
    """

    name: str
    accounts: list[Judged]
    total: int

    @property
    def table(self) -> Table:
        """A row for each post that shows something."""
        rows = [row for each in self.accounts for row in safety.as_rows(each)]
        return Table(f"brand safety {self.name}", safety.COLUMNS, rows, len(rows))

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {"total": self.total, "accounts": [safety.as_json(each) for each in self.accounts]}


def of_creator(*, creator: Creator, workspace: Workspace, by: str, now: datetime) -> Report:
    """All accounts of a creator."""
    accounts = list(creators.accounts_of(creator).values_list("id", flat=True))
    return _report(creator.name, accounts, len(accounts), workspace=workspace, by=by, now=now)


def of_list(*, kept: CreatorList, workspace: Workspace, by: str, now: datetime) -> Report:
    """The largest account of everybody on a list."""
    entries = lists.entries(kept)
    accounts = [each.account for each in entries[:MOST_ACCOUNTS] if each.account]
    return _report(kept.name, accounts, entries.count(), workspace=workspace, by=by, now=now)


def of_search(*, question: Question, workspace: Workspace, by: str, now: datetime) -> Report:
    """The answer to a question.

    Raises:
        Refusal: When the question can't be read; see ``discovery.queries.answer``.
    """
    found = queries.answer(question.checked(), limit=MOST_ACCOUNTS, facets=())
    accounts = [hit.uuid for hit in found.hits]
    return _report("search", accounts, found.total, workspace=workspace, by=by, now=now)


def _report(
    name: str, accounts: Sequence[UUID], total: int, *, workspace: Workspace, by: str, now: datetime
) -> Report:
    made = Report(name, safety.judged(accounts), total)
    journal.record(
        "safety.exported",
        workspace=workspace,
        by=by,
        now=now,
        subject=name,
        rows=len(made.accounts),
    )
    return made

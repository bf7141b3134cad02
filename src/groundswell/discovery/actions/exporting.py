"""Tables of creators that leave the workspace, each noted in the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundswell.creators import lists
from groundswell.creators.models import CreatorList
from groundswell.discovery import queries
from groundswell.discovery.questions import Question
from groundswell.terms.factors import FactorName
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

MOST_ROWS = 50_000
# The names that an import knows, so that what leaves could come in again.
_KNOWN = (
    "platform", "handle", "platform_id", "display_name", "bio", "country", "region", "city",
    "language", "categories", "verified", "followers", "following", "posts",
)  # fmt: skip
_MEASURED = (
    "engagement_rate_by_followers",
    "engagement_rate_by_reach",
    "engagement_rate_by_views",
    "growth",
    "last_post_at",
    *(f"factor_{name}" for name in FactorName),
    "overall",
    "verdict",
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their names.

    Attributes:
        name: What it is of, for the file's name.
        columns: The names.
        rows: A value for each column; None when it is not known.
        total: How many rows there would be without the bound ``MOST_ROWS``.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    total: int


def search(
    *, question: Question, name: str = "search", workspace: Workspace, by: str, now: datetime
) -> Table:
    """The answer to a question, at most ``MOST_ROWS`` of it.

    Raises:
        Refusal: When the question can't be read; see ``discovery.queries.search``.
    """
    question.checked()
    found = queries.answer(question, limit=MOST_ROWS, facets=())
    columns = ("rank", *_KNOWN, "tier", *_MEASURED)
    rows = [(hit.rank, *_row(hit.values, workspace)) for hit in found.hits]
    journal.record(
        "search.exported",
        workspace=workspace,
        by=by,
        now=now,
        subject=question.text or name,
        rows=len(rows),
        details={
            "text": question.text,
            "filters": list(question.filters),
            "sort": question.sort,
            "like": list(question.like),
        },
    )
    return Table(name, columns, rows, found.total)


def of_list(*, kept: CreatorList, workspace: Workspace, by: str, now: datetime) -> Table:
    """Everybody on a list, each with the figures of their largest account."""
    entries = list(lists.entries(kept)[:MOST_ROWS])
    known = queries.known([entry.account for entry in entries if entry.account])
    rows = [
        (
            entry.creator.name,
            *_row(known.get(entry.account, {}), workspace),
            entry.note,
            entry.added_by,
            entry.added_at,
        )
        for entry in entries
    ]
    columns = ("creator", *_KNOWN, "tier", *_MEASURED, "note", "added_by", "added_at")
    journal.record(
        "list.exported",
        workspace=workspace,
        by=by,
        now=now,
        subject=kept.name,
        rows=len(rows),
        details={"list": str(kept.id)},
    )
    return Table(kept.name, columns, rows, len(rows))


def _row(values: Mapping[str, Any], workspace: Workspace) -> tuple[Any, ...]:
    known = {**values, "categories": "; ".join(values.get("categories", ())) or None}
    tier = workspace.tiers.tier_of(values.get("followers"))
    return (
        *map(known.get, _KNOWN),
        None if tier is None else str(tier),
        *map(known.get, _MEASURED),
    )

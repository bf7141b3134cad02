"""Reads: searches, those that were saved, and what can be searched by."""

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from groundswell.creators import queries as creators
from groundswell.discovery import asking, resembling
from groundswell.discovery.actions import indexing
from groundswell.discovery.models import SavedSearch
from groundswell.discovery.questions import Question
from groundswell.retrieval import keys, searching, suggesting
from groundswell.retrieval.answers import Found
from groundswell.retrieval.keys import Key
from groundswell.retrieval.searching import Request
from groundswell.retrieval.storage import IndexBusy, NoIndex
from groundswell.retrieval.suggesting import Suggestion
from groundswell.terms.errors import Refusal
from groundswell.terms.progress import Progress, silent

FACETS = keys.FACETS  # what all hits are counted by unless said otherwise


class UnknownSearch(Refusal):
    """No saved search of the workspace goes by that name."""

    code = "unknown_search"


def search(
    text: str = "",
    *,
    filters: Sequence[str] = (),
    sort: str = "",
    limit: int = 20,
    offset: int = 0,
    facets: Sequence[str] = FACETS,
    progress: Progress = silent,
) -> Found:
    """Creators' accounts of the workspace that match: ``answer`` for who has no question at hand.

    Args:
        text: Words, ``"phrases"``, ``prefix*`` and ``-exclusions``; blank for anybody.
        filters: Expressions such as ``country=US`` or ``followers>=10K``.
        sort: A key, with ``:asc`` or ``:desc`` behind it; blank for the usual order.
        limit: Most hits to return.
        offset: Hits to skip.
        facets: Keys to count all hits by.
        progress: Told how far the index is, when it must catch up.

    Raises:
        Refusal: When the request can't be read; see ``retrieval.searching.search``.
    """
    question = Question(text, tuple(filters), sort)
    return answer(question, limit=limit, offset=offset, facets=facets, progress=progress)


def answer(
    question: Question,
    *,
    limit: int = 20,
    offset: int = 0,
    facets: Sequence[str] = FACETS,
    progress: Progress = silent,
) -> Found:
    """Who answers a question; the index is brought up to date first.

    Args:
        question: What is looked for; with accounts to be like, the most alike come first.
        limit: Most hits to return.
        offset: Hits to skip.
        facets: Keys to count all hits by.
        progress: Told how far the index is, when it must catch up.

    Raises:
        Refusal: When the question can't be read; see ``retrieval.searching.search``,
            ``resembling.read`` and ``retrieval.lookalikes.search``.
    """
    workspace = creators.here()
    seeds = resembling.read(question.like)
    request = Request(
        *(question.text, question.filters, question.sort, limit, offset, facets, workspace.tiers),
        with_excluded=asking.shows_excluded(asking.read(question.filters)),
    )
    indexing.catch_up(workspace=workspace, progress=progress)
    return resembling.ask(indexing.folder_of(workspace), request, seeds)


def suggestions(text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
    """Accounts whose handle or name begins with what is being typed, the largest first.

    Who types asks several times a second, so nothing is brought up to date here: whoever changes
    something leaves a job that does, and so does the next search. Without an index one is made.
    """
    workspace = creators.here()
    folder = indexing.folder_of(workspace)
    with contextlib.suppress(NoIndex):
        return suggesting.suggest(folder, text, limit=limit)
    try:
        indexing.catch_up(workspace=workspace, wait=False)
        return suggesting.suggest(folder, text, limit=limit)
    except (IndexBusy, NoIndex):
        return ()


def known(accounts: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What search shows of some accounts; those that are not indexed yet are left out.

    Never waits for the index: while somebody else brings it up to date, the old one answers.
    """
    workspace = creators.here()
    with contextlib.suppress(IndexBusy):
        indexing.catch_up(workspace=workspace, wait=False)
    try:
        found = searching.known(
            indexing.folder_of(workspace), [str(account) for account in accounts]
        )
    except NoIndex:
        return {}
    return {UUID(account): values for account, values in found.items()}


def saved_searches() -> QuerySet[SavedSearch]:
    """The saved searches, by name."""
    return SavedSearch.objects.filter(deleted_at=None).order_by("name", "id")


def deleted_searches() -> QuerySet[SavedSearch]:
    """Saved searches that could be brought back, the last deleted first."""
    return SavedSearch.objects.exclude(deleted_at=None).order_by("-deleted_at", "id")


def saved_search(search_id: UUID, *, is_deleted: bool = False) -> SavedSearch:
    """The saved search of that id.

    Raises:
        UnknownSearch: When there is none in the workspace.
    """
    found = (deleted_searches() if is_deleted else saved_searches()).filter(id=search_id).first()
    if found is None:
        raise UnknownSearch(f"there is no saved search {str(search_id)!r}: it may be deleted")
    return found


def search_named(name: str, *, is_deleted: bool = False) -> SavedSearch:
    """The saved search of that name, without regard to case; of deleted ones the last.

    Raises:
        UnknownSearch: When there is none.
    """
    kept = deleted_searches() if is_deleted else saved_searches()
    found = kept.filter(name__iexact=name.strip()).first()
    if found is None:
        raise UnknownSearch(
            f"there is no saved search {name!r}: `groundswell searches list` shows those that exist"
        )
    return found


def filter_keys() -> list[Key]:
    """Every key that creators can be filtered by."""
    return list(keys.KEYS.values())

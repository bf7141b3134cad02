"""Reads: searches, and what can be searched by."""

from collections.abc import Sequence

from groundswell.creators import queries as creators
from groundswell.discovery.actions import indexing
from groundswell.retrieval import keys, searching
from groundswell.retrieval.answers import Found
from groundswell.retrieval.keys import Key
from groundswell.retrieval.searching import Request
from groundswell.terms.progress import Progress, silent


def search(
    text: str = "",
    *,
    filters: Sequence[str] = (),
    sort: str = "",
    limit: int = 20,
    offset: int = 0,
    facets: Sequence[str] = keys.FACETS,
    progress: Progress = silent,
) -> Found:
    """Creators' accounts of the workspace that match; the index is brought up to date first.

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
    workspace = creators.here()
    request = Request(text, filters, sort, limit, offset, facets, workspace.tiers)
    indexing.catch_up(workspace=workspace, progress=progress)
    return searching.search(indexing.folder_of(workspace), request)


def filter_keys() -> list[Key]:
    """Every key that creators can be filtered by."""
    return list(keys.KEYS.values())

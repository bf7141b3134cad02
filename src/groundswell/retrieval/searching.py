"""Answering a search: hits with reasons, the exact total, exact facets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Order, Query

from groundswell.retrieval import documents, facets, filters, keys, reasons, storage, words
from groundswell.retrieval.answers import Found, Hit
from groundswell.retrieval.keys import FACETS, RELEVANCE, Key
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.words import Clause
from groundswell.terms.errors import Refusal
from groundswell.terms.tiers import ACTIVATE, TierSet


class BadPage(Refusal, ValueError):
    """A page that can't be shown."""

    code = "bad_page"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody looks for.

    Attributes:
        text: Words, ``"phrases"``, ``prefix*`` and ``-exclusions``; all must hold. Blank: anybody.
        filters: Expressions such as ``country=US``, as ``filters.read`` understands them.
        sort: A key, with ``:asc`` or ``:desc`` behind it; most first unless said. Blank: relevance
            when there are words to find, followers otherwise. Accounts without the value come last.
        limit: Most hits to return.
        offset: Hits to skip.
        facets: Keys to count all hits by.
        tiers: What the tiers mean.
    """

    text: str = ""
    filters: Sequence[str] = ()
    sort: str = ""
    limit: int = 20
    offset: int = 0
    facets: Sequence[str] = FACETS
    tiers: TierSet = ACTIVATE

    def __post_init__(self) -> None:
        if self.limit < 0 or self.offset < 0:
            raise BadPage(f"limit and offset must be 0 or more, got {self.limit}, {self.offset}")


@dataclass(frozen=True, slots=True)
class Ordering:
    """In which order hits are shown."""

    key: Key | None  # None for relevance
    is_ascending: bool


def search(folder: Path, request: Request) -> Found:
    """Search the index in a folder.

    Raises:
        NoIndex: When there is no index.
        UnknownKey: When nothing is filtered, sorted or counted by a name.
        UnreadableFilter: When a filter is no key, sign and value.
        UnreadableValue: When a filter's key can't have its value; see ``values.read`` for more.
        PrefixTooShort: When a phrase ends in a prefix with too many endings.
    """
    clauses = words.clauses(request.text)
    wanted = filters.read(request.filters)
    ordered = ordering(request.sort, clauses)
    counted = [keys.facet(name) for name in request.facets]
    compiler = Compiler(storage.open_current(folder), request.tiers)
    # A text of signs alone asks for something that nobody has, not for everybody.
    is_impossible = not clauses and request.text.strip() != ""
    query = Query.empty_query() if is_impossible else compiler.everything(clauses, wanted)
    total, page = _page(compiler, query, request, ordered)
    asked = reasons.Asked(clauses, wanted, ordered.key, request.sort.strip(), request.tiers)
    return Found(
        total,
        _hits(compiler, asked, page, request.offset, is_scored=ordered.key is None),
        facets.count(compiler, query, counted, total),
    )


def known(folder: Path, accounts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the index knows of some accounts, by their UUIDs; those that it lacks are left out.

    Raises:
        NoIndex: When there is no index.
    """
    index = storage.open_current(folder)
    if not accounts:
        return {}
    searcher = index.searcher()
    query = Query.term_set_query(index.schema, "account", list(accounts))
    hits = searcher.search(query, limit=len(accounts), count=False).hits
    found = [searcher.doc(address) for _, address in hits]
    return {str(each["account"][0]): documents.shown(each) for each in found}


def ordering(written: str, clauses: Sequence[Clause]) -> Ordering:
    """The order that somebody asked for, or the usual one.

    Raises:
        UnknownKey: When nothing is sorted by that name or in that direction.
    """
    name, _, direction = written.strip().partition(":")
    if not name:
        has_words = any(not clause.is_excluded for clause in clauses)
        return Ordering(None if has_words else keys.KEYS["followers"], is_ascending=False)
    if direction not in {"", "asc", "desc"} or (name == RELEVANCE and direction == "asc"):
        raise keys.UnknownKey("sort order", written, (f"{name}:desc", f"{name}:asc"))
    return Ordering(keys.sort(name), direction == "asc")


def _page(
    compiler: Compiler, query: Query, request: Request, ordered: Ordering
) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
    searcher = compiler.searcher
    limit = min(request.limit, searcher.num_docs)
    result = searcher.search(
        query,
        limit=max(limit, 1),  # the library refuses to collect nothing
        offset=request.offset,
        order_by_field=ordered.key.column if ordered.key else None,
        order=Order.Asc if ordered.is_ascending else Order.Desc,
    )
    total: int = result.count  # type: ignore[attr-defined]  # the library's stubs forgot it
    return total, result.hits[:limit]


def _hits(
    compiler: Compiler,
    asked: reasons.Asked,
    page: Sequence[tuple[float, tantivy.DocAddress]],
    offset: int,
    *,
    is_scored: bool,
) -> tuple[Hit, ...]:
    found = [compiler.searcher.doc(address) for _, address in page]
    accounts = [str(each["account"][0]) for each in found]
    places = {(address.segment_ord, address.doc): place for place, (_, address) in enumerate(page)}
    matches = reasons.Matches(compiler, accounts, places)
    scores = [score for score, _ in page] if is_scored else matches.scores(asked.clauses)
    where = matches.fields(asked.clauses)
    hits = []
    for place, account in enumerate(accounts):
        values = documents.shown(found[place])
        why = reasons.why(asked, values, where[place])
        hits.append(Hit(account, offset + place + 1, scores[place], values, why))
    return tuple(hits)

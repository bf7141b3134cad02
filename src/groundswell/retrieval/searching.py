"""Answering a search: hits with reasons, the exact total, exact facets."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import tantivy
from tantivy import Order, Query

from groundswell.retrieval import (
    documents,
    facets,
    filters,
    fitness,
    keys,
    ranking,
    reasons,
    storage,
    typos,
    words,
)
from groundswell.retrieval.answers import Found, Hit
from groundswell.retrieval.keys import FACETS, RELEVANCE, Key
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.words import Clause
from groundswell.terms.errors import Refusal
from groundswell.terms.tiers import ACTIVATE, TierSet

Place: TypeAlias = tuple[tantivy.DocAddress, float]  # of a hit, with its BM25

Counted: TypeAlias = tuple[Query, int]  # what finds hits, and how many

_MANY = 2  # times as many hits as are wanted are worth asking for the best of them only


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
        is_tolerant: Whether a word that nobody writes stands for the nearest that somebody does,
            and some of the words suffice when nobody has all.
        with_excluded: Whether those on an exclusion list can be hits; they can too when a filter
            asks for ``excluded``.
    """

    text: str = ""
    filters: Sequence[str] = ()
    sort: str = ""
    limit: int = 20
    offset: int = 0
    facets: Sequence[str] = FACETS
    tiers: TierSet = ACTIVATE
    is_tolerant: bool = True
    with_excluded: bool = False

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
    clauses: Sequence[Clause] = words.clauses(request.text)
    wanted = filters.read(request.filters)
    ordered = ordering(request.sort, clauses)
    counted = [keys.facet(name) for name in request.facets]
    compiler = Compiler(storage.open_current(folder), request.tiers)
    corrected = ""
    if request.is_tolerant:
        clauses, corrected = typos.corrected(compiler, clauses, request.text)
    # A text of signs alone asks for something that nobody has, not for everybody.
    is_impossible = not clauses and request.text.strip() != ""
    passing = wanted if request.with_excluded else compiler.visible(wanted)
    query = Query.empty_query() if is_impossible else compiler.everything(clauses, passing)
    steps = _steps(ordered)
    counts = facets.count(compiler, query, counted, steps=steps)
    least = _reachable(compiler, clauses) if request.is_tolerant and not counts.total else 0
    if least:
        query = compiler.everything(clauses, passing, least=least)
        counts = facets.count(compiler, query, counted, steps=steps)
    has_words = _has_words(clauses)
    enough = _enough(request, ordered, has_words=has_words)
    parts = [(query, counts.total)]
    if steps and counts.total > _MANY * enough:
        parts = compiler.highest_first(query, steps, counts.steps, enough)
    page = _page(compiler, parts, request, ordered, has_words=has_words)
    asked = reasons.Asked(clauses, least, wanted, ordered.key, request.sort.strip(), request.tiers)
    return Found(
        counts.total,
        _hits(compiler, asked, page, request.offset),
        counts.facets,
        corrected,
        least,
    )


def _steps(ordered: Ordering) -> str:
    """The column of steps that rises as the hits are ordered; blank when there is none."""
    if ordered.key is None:
        return documents.FIT
    is_by_size = ordered.key.name == "followers" and not ordered.is_ascending
    return documents.SIZE if is_by_size else ""


def _enough(request: Request, ordered: Ordering, *, has_words: bool) -> int:
    """How many hits at the highest steps hold the best."""
    if ordered.key is None and has_words:
        return max(ranking.FITTEST, ranking.CONSIDERED)  # on every page, so that they continue
    wanted = request.offset + request.limit
    return max(wanted, ranking.CONSIDERED) if ordered.key is None else wanted


def _reachable(compiler: Compiler, clauses: Sequence[Clause]) -> int:
    """How many of the plain words somebody has together; 0 when that is all, or none."""
    plain = sum(each.is_plain for each in clauses)
    if plain < 2 or compiler.is_found(compiler.everything(clauses, ())):
        return 0

    def is_out_of_reach(least: int) -> bool:
        return not compiler.is_found(compiler.everything(clauses, (), least=least))

    return bisect_left(range(1, plain), True, key=is_out_of_reach)  # noqa: FBT003


def known(folder: Path, accounts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the index knows of some accounts, by their UUIDs; those that it lacks are left out.

    Raises:
        NoIndex: When there is no index.
    """
    snapshot = storage.open_current(folder)
    if not accounts:
        return {}
    searcher = snapshot.searcher
    query = Query.term_set_query(snapshot.index.schema, "account", list(accounts))
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
        return Ordering(None if _has_words(clauses) else keys.KEYS["followers"], is_ascending=False)
    if direction not in {"", "asc", "desc"} or (name == RELEVANCE and direction == "asc"):
        raise keys.UnknownKey("sort order", written, (f"{name}:desc", f"{name}:asc"))
    return Ordering(keys.sort(name), direction == "asc")


def _page(
    compiler: Compiler,
    parts: Sequence[Counted],
    request: Request,
    ordered: Ordering,
    *,
    has_words: bool,
) -> list[Place]:
    """The hits of the page with their BM25 where relevance orders them."""
    if ordered.key is not None:
        column = ordered.key.column
        found = _collect(compiler, parts, request.limit, request.offset, column, ordered)
        return [(address, 0.0) for _, address in found]
    column = "" if has_words else fitness.BOOST
    # The best by the sum are among the best of the first pass; whoever pages on goes on in that.
    is_early = request.offset < ranking.CONSIDERED
    furthest = max(ranking.CONSIDERED, request.offset + request.limit)
    limit, offset = (furthest, 0) if is_early else (request.limit, request.offset)
    found = _collect(compiler, parts, limit, offset, column, ordered)
    addresses = [address for _, address in found]
    scores = [score for score, _ in found] if has_words else [0.0] * len(found)
    page = list(
        zip(addresses, ranking.relevance(compiler.snapshot, addresses, scores), strict=True)
    )
    if is_early:
        page = _blended(compiler, page)[request.offset : request.offset + request.limit]
    return page


def _blended(compiler: Compiler, found: list[Place]) -> list[Place]:
    first, rest = found[: ranking.CONSIDERED], found[ranking.CONSIDERED :]
    if not first:
        return found
    scores = ranking.blend(compiler.snapshot, *zip(*first, strict=True)).scores
    return [first[place] for place in np.argsort(-scores, kind="stable")] + rest


def _collect(
    compiler: Compiler,
    parts: Sequence[Counted],
    limit: int,
    offset: int,
    column: str,
    ordered: Ordering,
) -> list[tuple[float, tantivy.DocAddress]]:
    found: list[tuple[float, tantivy.DocAddress]] = []
    for query, total in parts:
        most = min(limit - len(found), total - offset)
        if most > 0:
            found += compiler.searcher.search(
                query,
                limit=most,
                count=False,
                offset=offset,
                order_by_field=column or None,
                order=Order.Asc if ordered.is_ascending else Order.Desc,
                weight_by_field=None if column else fitness.BOOST,
            ).hits
        offset = max(offset - total, 0)
    return found


def _hits(
    compiler: Compiler, asked: reasons.Asked, page: Sequence[Place], offset: int
) -> tuple[Hit, ...]:
    if not page:
        return ()
    found = [compiler.searcher.doc(address) for address, _ in page]
    accounts = [str(each["account"][0]) for each in found]
    places = {(address.segment_ord, address.doc): place for place, (address, _) in enumerate(page)}
    matches = reasons.Matches(compiler, accounts, places)
    values = [documents.shown(each) for each in found]
    has_plain = any(clause.is_plain for clause in asked.clauses)
    stems = [documents.stems_in(each) for each in values if has_plain]
    where = matches.fields(asked.clauses, stems, least=asked.least)
    is_scored = asked.sorted_by is None or _has_words(asked.clauses)
    relevance = [bm25 for _, bm25 in page]
    if asked.sorted_by is not None and is_scored:
        relevance = matches.relevance(asked.clauses)
    points: list[ranking.Points | None] = [None] * len(page)
    if is_scored:
        addresses = [address for address, _ in page]
        points = [*ranking.blend(compiler.snapshot, addresses, relevance).points]
    hits = []
    for place, (account, given) in enumerate(zip(accounts, points, strict=True)):
        why = reasons.why(asked, values[place], where[place], given)
        score = given.score if given else 1.0
        hits.append(Hit(account, offset + place + 1, score, values[place], why))
    return tuple(hits)


def _has_words(clauses: Sequence[Clause]) -> bool:
    return any(not clause.is_excluded for clause in clauses)

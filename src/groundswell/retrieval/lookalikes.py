"""Lookalikes: accounts like some others, most alike first, with what they have in common.

An account's likeness to several is the mean of its cosines with each, which is its product with
the mean of their vectors. Few candidates are compared one by one, which is exact. Of many the bits
of the vectors choose those worth comparing; what the filters leave of those is asked of the index,
and where that is not enough, all are compared after all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from groundswell.retrieval import (
    alike,
    documents,
    facets,
    filters,
    keys,
    likenesses,
    nearest,
    storage,
    vectors,
    words,
)
from groundswell.retrieval.alike import Seed
from groundswell.retrieval.answers import Found, Hit
from groundswell.retrieval.filters import Filter
from groundswell.retrieval.likenesses import SLOT, Kept
from groundswell.retrieval.nearest import Floats, Rows
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.searching import Request
from groundswell.terms.errors import Refusal

LISTED = 60_000  # accounts up to which all that pass are compared; of more the bits choose
COMPARED = 20_000  # at least, of those that the bits choose
_DEEPER = 20  # more for each place that is expected to be looked at
MOST_SEEDS = 20
_FURTHEST = 1_000  # places that the bits are trusted with; who pages on makes us compare all
_TRIED = 4_000  # of the best by their bits that the index is asked about
_KNOWN = Query.const_score_query(Query.exists_query(SLOT), 0.0)


class NothingToCompare(Refusal):
    """An account of which nothing is known that another could be like."""

    code = "nothing_to_compare"


class TooManySeeds(Refusal, ValueError):
    """More accounts to be like than a search takes."""

    code = "too_many_seeds"


class OrderedByLikeness(Refusal, ValueError):
    """Lookalikes have an order already."""

    code = "ordered_by_likeness"


@dataclass(frozen=True, slots=True)
class _Place:
    address: tantivy.DocAddress
    slot: int
    likeness: float


def search(
    folder: Path, like: Sequence[str], request: Request, *, without: Iterable[str] = ()
) -> Found:
    """Accounts like some others that also answer a request, the most alike first.

    The accounts themselves are no hits, nor are those of which nothing is known to compare: these
    are counted apart. A hit's score is its likeness.

    Args:
        folder: Where the index is.
        like: UUIDs of the accounts to be like.
        request: What else must hold; its order is likeness.
        without: UUIDs of more accounts that are no hits, such as others of the same creators.

    Raises:
        NoIndex: When there is no index.
        NothingToCompare: When nothing is known of one of the accounts, or it is not indexed yet.
        TooManySeeds: When there are more than twenty.
        OrderedByLikeness: When another order is asked for.
        Refusal: When the request can't be read; see ``searching.search``.
    """
    _check(like, request)
    compiler = Compiler(storage.open_current(folder), request.tiers)
    counted = [keys.facet(name) for name in request.facets]
    others = Query.term_set_query(compiler.schema, "account", [*like, *without])
    anybody = _answering(compiler, request, others)
    query = Query.boolean_query([(Occur.Must, anybody), (Occur.Must, _KNOWN)])
    seeds = _seeds(compiler, list(dict.fromkeys(like)))
    found = facets.count(compiler, query, counted).facets if counted else {}
    total, incomparable = _totals(compiler, request, anybody, others)
    page = _page(compiler, query, _mean(compiler, seeds), request, total)
    hits = _hits(compiler, page, seeds, request.offset)
    return Found(total, hits, found, incomparable=incomparable)


def _check(like: Sequence[str], request: Request) -> None:
    if len(set(like)) > MOST_SEEDS:
        raise TooManySeeds(
            f"can't be like {len(set(like))} accounts at a time: name {MOST_SEEDS} at most"
        )
    if request.sort.strip() not in {"", keys.RELEVANCE}:
        raise OrderedByLikeness(
            f"lookalikes can't be sorted by {request.sort.strip()!r}: the most alike come first; "
            "leave the order out, or filter"
        )


def _answering(compiler: Compiler, request: Request, others: Query) -> Query:
    """Everybody who answers a request, but the others."""
    clauses, passing = words.clauses(request.text), _passing(compiler, request)
    if request.text.strip() and not clauses:
        return Query.empty_query()  # a text of signs alone asks for something that nobody has
    everything = Query.const_score_query(compiler.everything(clauses, passing), 0.0)
    return Query.boolean_query([(Occur.Must, everything), (Occur.MustNot, others)])


def _passing(compiler: Compiler, request: Request) -> Sequence[Filter]:
    wanted = filters.read(request.filters)
    return wanted if request.with_excluded else compiler.visible(wanted)


def _totals(compiler: Compiler, request: Request, anybody: Query, others: Query) -> tuple[int, int]:
    """How many can be compared, and of how many more nothing is known."""

    def comparable(query: Query) -> int:
        return _count(compiler, Query.boolean_query([(Occur.Must, query), (Occur.Must, _KNOWN)]))

    facts, size = compiler.snapshot.facts, compiler.searcher.num_docs
    if "comparable" not in facts:
        facts["comparable"] = comparable(Query.all_query())
    known: int = facts["comparable"]
    if not request.text.strip() and not _passing(compiler, request):
        out = comparable(others)
        return known - out, size - known - (_count(compiler, others) - out)
    total = comparable(anybody) if known < size else _count(compiler, anybody)
    return total, 0 if known == size else _count(compiler, anybody) - total


def _seeds(compiler: Compiler, like: Sequence[str]) -> list[Seed]:
    query = Query.term_set_query(compiler.schema, "account", like)
    addresses = [
        address for _, address in compiler.searcher.search(query, limit=max(len(like), 1)).hits
    ]
    slots = compiler.searcher.fast_field_values(SLOT, addresses)
    found = {}
    for address, slot in zip(addresses, slots, strict=True):
        document = compiler.searcher.doc(address)
        account, values = str(document["account"][0]), documents.shown(document)
        if slot is None:
            name = f"{values['platform']}:{values.get('handle') or values.get('platform_id')}"
            raise NothingToCompare(
                f"can't look for accounts like {name}: neither its words nor its categories nor "
                "its audience are known; import its posts, or an account file with a bio"
            )
        strongest = document[likenesses.STRONGEST][0].decode().split()
        topics = vectors.categories(values)
        audience = vectors.audience(values.get("audience") or {})
        found[account] = Seed(account, int(slot), values, strongest, topics, audience)
    missing = [account for account in like if account not in found]
    if missing:
        raise NothingToCompare(
            f"can't look for accounts like {missing[0]}: it is not in the search index yet; "
            "search again in a moment"
        )
    return [found[account] for account in like]


def _kept(compiler: Compiler) -> Kept:
    facts = compiler.snapshot.facts
    if "likenesses" not in facts:
        facts["likenesses"] = likenesses.kept(compiler.snapshot.generation)
    kept: Kept = facts["likenesses"]
    return kept


def _mean(compiler: Compiler, seeds: Sequence[Seed]) -> Floats:
    """The mean of the seeds' vectors of length one."""
    each = _kept(compiler).codes[[seed.slot for seed in seeds]].astype(np.float32)
    mean: Floats = (each / np.linalg.norm(each, axis=1, keepdims=True)).mean(axis=0)
    return mean


def _count(compiler: Compiler, query: Query) -> int:
    count: int = compiler.searcher.search(query, limit=1).count  # type: ignore[attr-defined]
    return count


def _page(
    compiler: Compiler, query: Query, mean: Floats, request: Request, total: int
) -> list[_Place]:
    """The asked page of those that pass the query."""
    upto = min(request.offset + request.limit, total)
    if request.limit == 0 or upto <= request.offset:
        return []
    if total > LISTED and upto <= _FURTHEST:
        found = _promising(compiler, query, mean, upto, total)
        if found is not None:
            return found[request.offset : upto]
    hits = compiler.searcher.search(query, limit=total, order_by_field=SLOT).hits
    slots = np.fromiter((slot for slot, _ in hits), np.int64, len(hits))
    likeness = nearest.cosines(_kept(compiler).codes, slots, mean)
    best = _best(slots, likeness, upto)[request.offset :]
    return [_Place(hits[at][1], int(slots[at]), float(likeness[at])) for at in best]


def _promising(
    compiler: Compiler, query: Query, mean: Floats, upto: int, total: int
) -> list[_Place] | None:
    """The best of those whose bits promise most; None when too few of these pass the query."""
    kept = _kept(compiler)
    depth = upto * len(kept.codes) // total
    slots = nearest.promising(kept.signs, mean, COMPARED + _DEEPER * depth)
    likeness = nearest.cosines(kept.codes, slots, mean)
    # More than would do on the average: seeds and filters may be of different kinds, and some
    # rows are named by no document.
    tried = min(4 * depth + 50, _TRIED)
    best = _best(slots, likeness, tried)
    by_slot = dict(zip(slots[best].tolist(), likeness[best].tolist(), strict=True))
    passing = Query.boolean_query(
        [
            (Occur.Must, Query.term_set_query(compiler.schema, SLOT, list(by_slot))),
            (Occur.Must, query),
        ]
    )
    hits = compiler.searcher.search(passing, limit=tried, order_by_field=SLOT).hits
    if len(hits) < upto:
        return None
    found = [_Place(address, slot, by_slot[slot]) for slot, address in hits]
    return sorted(found, key=lambda place: (-place.likeness, place.slot))


def _best(slots: Rows, likeness: Floats, most: int) -> Rows:
    """Where the most alike are, in order; of equals the row that was kept first."""
    if most < len(slots):
        top = np.argpartition(-likeness, most - 1)[:most]
        top = np.flatnonzero(likeness >= likeness[top].min())
    else:
        top = np.arange(len(slots))
    order: Rows = top[np.lexsort((slots[top], -likeness[top]))][:most]
    return order


def _hits(
    compiler: Compiler, page: Sequence[_Place], seeds: Sequence[Seed], offset: int
) -> tuple[Hit, ...]:
    found = [compiler.searcher.doc(place.address) for place in page]
    values = [documents.shown(each) for each in found]
    shared = alike.words(compiler, seeds, [place.slot for place in page])
    hits = []
    for rank, (place, document, mine) in enumerate(zip(page, found, values, strict=True), 1):
        score = min(max(place.likeness, 0.0), 1.0)
        why = alike.why(seeds, score, mine, shared.get(place.slot, ()))
        hits.append(Hit(str(document["account"][0]), offset + rank, score, mine, why))
    return tuple(hits)

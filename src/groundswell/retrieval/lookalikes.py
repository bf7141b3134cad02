"""Lookalikes: accounts like some others, most alike first, with what they have in common.

An account's likeness to several is the mean of its cosines with each, which is its product with
the mean of their vectors. Few candidates are compared one by one, which is exact. Of many the
columns say who may pass the filters, and of those the bits of the vectors choose whom to compare.
Who of the best passes is asked of the index; where that leaves too few, all who pass are compared
after all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from groundswell.retrieval import (
    alike,
    columns,
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

LISTED = 20_000  # accounts up to which all that pass are compared; of more the bits choose
COMPARED = 10_000  # at least, of those that the bits choose
_PART = 25  # or one of so many that may pass
_DEEPER = 20  # more for each place that is expected to be looked at
_FURTHEST = 1_000  # places that the bits are trusted with; who pages on makes us compare all
_TRIED = (1.25, 5.0)  # times as many of the best as should do that the index is asked about
_MARGIN = 30  # and so many more: some rows are named by no document
_MOST_TRIED = 4_000
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


@dataclass(frozen=True, slots=True)
class _Asked:
    upto: int  # how many of the best
    total: int  # of how many


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
    others = compiler.among("account", [*like, *without])
    passing = _passing(compiler, request)
    anybody = _answering(compiler, request, passing, others)
    query = Query.boolean_query([(Occur.Must, anybody), (Occur.Must, _KNOWN)])
    seeds = _seeds(compiler, list(dict.fromkeys(like)))
    found = facets.count(compiler, query, counted).facets if counted else {}
    is_all = not request.text.strip() and not passing
    total, incomparable = _totals(compiler, anybody, others if is_all else None)
    upto = min(request.offset + request.limit, total)
    best = _nearest(compiler, query, _mean(compiler, seeds), passing, _Asked(upto, total))
    hits = _hits(compiler, best[request.offset :], seeds, request.offset)
    return Found(total, hits, found, incomparable=incomparable)


def _check(like: Sequence[str], request: Request) -> None:
    if len(set(like)) > keys.MOST_SEEDS:
        raise TooManySeeds(
            f"can't be like {len(set(like))} accounts at a time: name {keys.MOST_SEEDS} at most"
        )
    if request.sort.strip() not in {"", keys.RELEVANCE}:
        raise OrderedByLikeness(
            f"lookalikes can't be sorted by {request.sort.strip()!r}: the most alike come first; "
            "leave the order out, or filter"
        )


def _answering(
    compiler: Compiler, request: Request, passing: Sequence[Filter], others: Query
) -> Query:
    """Everybody who answers a request, but the others."""
    clauses = words.clauses(request.text)
    if request.text.strip() and not clauses:
        return Query.empty_query()  # a text of signs alone asks for something that nobody has
    everything = Query.const_score_query(compiler.everything(clauses, passing), 0.0)
    return Query.boolean_query([(Occur.Must, everything), (Occur.MustNot, others)])


def _passing(compiler: Compiler, request: Request) -> Sequence[Filter]:
    wanted = filters.read(request.filters)
    return wanted if request.with_excluded else compiler.visible(wanted)


def _totals(compiler: Compiler, anybody: Query, others: Query | None) -> tuple[int, int]:
    """How many can be compared, and of how many more nothing is known.

    Args:
        compiler: Of the index.
        anybody: Everybody who answers.
        others: Who is left out, where everybody else answers: these are counted faster.
    """
    facts = compiler.snapshot.facts
    if others is None:
        return _counted(compiler, anybody)
    if "comparable" not in facts:
        facts["comparable"] = _counted(compiler, Query.all_query())
    out = _counted(compiler, others)
    return facts["comparable"][0] - out[0], facts["comparable"][1] - out[1]


def _counted(compiler: Compiler, query: Query) -> tuple[int, int]:
    """How many have a vector, and how many have none."""
    plan = {
        "all": {"value_count": {"field": "platform"}},
        "known": {"value_count": {"field": SLOT}},
    }
    found = compiler.searcher.aggregate(query, plan)
    known = int(found["known"]["value"])
    return known, int(found["all"]["value"]) - known


def _seeds(compiler: Compiler, like: Sequence[str]) -> list[Seed]:
    query = compiler.among("account", like)
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


def _nearest(
    compiler: Compiler, query: Query, mean: Floats, passing: Sequence[Filter], asked: _Asked
) -> list[_Place]:
    """The best of those that pass the query, in order."""
    if not asked.upto:
        return []
    if asked.total > LISTED and asked.upto <= _FURTHEST:
        found = _promising(compiler, query, mean, passing, asked)
        if found is not None:
            return found
    hits = compiler.searcher.search(query, limit=asked.total, order_by_field=SLOT).hits
    slots = np.fromiter((slot for slot, _ in hits), np.int64, len(hits))
    likeness = nearest.cosines(_kept(compiler).codes, slots, mean)
    best = _best(slots, likeness, asked.upto)
    return [_Place(hits[at][1], int(slots[at]), float(likeness[at])) for at in best]


def _promising(
    compiler: Compiler, query: Query, mean: Floats, passing: Sequence[Filter], asked: _Asked
) -> list[_Place] | None:
    """The best of those whose bits promise most; None when too few of these pass the query."""
    kept = _kept(compiler)
    may = columns.passing(kept.columns, passing, compiler.numbers)
    may = np.ones(len(kept.codes), np.bool_) if may is None else may[: len(kept.codes)]
    left = int(np.count_nonzero(may))
    depth = asked.upto * left / asked.total
    most = max(COMPARED, left // _PART) + int(_DEEPER * depth)
    slots = nearest.promising(kept.signs, mean, most, may)
    likeness = nearest.cosines(kept.codes, slots, mean)
    for times in _TRIED:
        tried = min(int(times * depth) + _MARGIN, _MOST_TRIED)
        best = _best(slots, likeness, tried)
        by_slot = dict(zip(slots[best].tolist(), likeness[best].tolist(), strict=True))
        among = compiler.among(SLOT, list(by_slot))
        both = Query.boolean_query([(Occur.Must, among), (Occur.Must, query)])
        hits = compiler.searcher.search(both, limit=tried, order_by_field=SLOT).hits
        if len(hits) >= asked.upto:
            found = [_Place(address, slot, by_slot[slot]) for slot, address in hits]
            return sorted(found, key=lambda place: (-place.likeness, place.slot))[: asked.upto]
    return None


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
    together = alike.Together.of(seeds)
    hits = []
    for rank, (place, document, mine) in enumerate(zip(page, found, values, strict=True), 1):
        score = min(max(place.likeness, 0.0), 1.0)
        why = alike.why(together, score, mine, shared.get(place.slot, ()))
        hits.append(Hit(str(document["account"][0]), offset + rank, score, mine, why))
    return tuple(hits)

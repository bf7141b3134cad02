"""What a lookalike has in common with the accounts that it is like."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tantivy import Occur, Query

from groundswell.retrieval import documents, stems, vectors
from groundswell.retrieval.answers import Reason
from groundswell.retrieval.likenesses import SLOT
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.vectors import Features
from groundswell.retrieval.words import fold_name

# Each word is a bit of a hit's score, which the index keeps in 24 exact bits.
_MOST_WORDS = 20
_SHOWN = 5
_SHOWN_PARTS = 3
_CLOSE = 0.7  # overlap from which two audiences are called alike
_NEAR = 3.0  # so many times as large is still the same size


@dataclass(frozen=True, slots=True)
class Seed:
    """An account that others shall be like.

    Attributes:
        account: Its UUID.
        slot: The row of its vector.
        values: What the index shows of it.
        strongest: The words that tell most about it.
        categories: Its topics by their folded names.
        audience: Roots of the shares of its audience.
    """

    account: str
    slot: int
    values: Mapping[str, Any]
    strongest: Sequence[str]
    categories: Features
    audience: Features


def words(compiler: Compiler, seeds: Sequence[Seed], slots: Sequence[int]) -> dict[int, list[str]]:
    """The seeds' strongest words that are found on a page of hits, by slot.

    One query for all: each word gives a hit another power of two, and the sum says which.
    """
    asked = _asked(seeds)
    if not slots or not asked:
        return {}
    page = Query.const_score_query(Query.term_set_query(compiler.schema, SLOT, list(slots)), 0.0)
    parts = [(Occur.Must, page)]
    for bit, among in enumerate(asked.values()):
        terms = [
            Query.term_query(compiler.schema, documents.WORDS, stem, index_option="basic")
            for stem in among
        ]
        either = Query.boolean_query([(Occur.Should, term) for term in terms])
        parts.append((Occur.Should, Query.const_score_query(either, float(2**bit))))
    hits = compiler.searcher.search(Query.boolean_query(parts), limit=len(slots), count=False).hits
    names = list(asked)
    found = compiler.searcher.fast_field_values(SLOT, [address for _, address in hits])
    return {
        int(slot): [name for bit, name in enumerate(names) if int(score) >> bit & 1]
        for (score, _), slot in zip(hits, found, strict=True)
        if slot is not None
    }


def why(
    seeds: Sequence[Seed], likeness: float, values: Mapping[str, Any], shared: Sequence[str]
) -> tuple[Reason, ...]:
    """How alike an account is, and in which parts; those in which it is not are left out."""
    reasons = [Reason("like", "likeness", "", round(likeness, 4))]
    if shared:
        reasons.append(Reason("like", "words", "", list(shared[:_SHOWN])))
    topics = values.get("categories") or ()
    common = [name for name in topics if _is_shared(fold_name(name), seeds)]
    if common:
        reasons.append(Reason("like", "categories", "", common))
    audience = vectors.audience(values.get("audience") or {})
    overlap = _overlap(audience, seeds)
    if overlap >= _CLOSE:
        both = _strongest(audience, seeds)
        reasons.append(Reason("like", "audience", both, round(overlap, 4)))
    for key in ("language", "country"):
        if values.get(key) and any(values[key] == seed.values.get(key) for seed in seeds):
            reasons.append(Reason("like", key, "", values[key]))
    usual = _usual_size(seeds)
    followers = values.get("followers")
    if followers and usual and max(followers / usual, usual / followers) <= _NEAR:
        reasons.append(Reason("like", "followers", f"{round(usual):,}", followers))
    return tuple(reasons)


def _usual_size(seeds: Sequence[Seed]) -> float | None:
    """The geometric mean of the seeds' followers."""
    known = [seed.values["followers"] for seed in seeds if seed.values.get("followers")]
    return math.exp(sum(map(math.log, known)) / len(known)) if known else None


def _asked(seeds: Sequence[Seed]) -> dict[str, list[str]]:
    """The strongest words of the seeds in turn, each with the stems that it is known by."""
    found: dict[str, list[str]] = {}
    for rank in range(vectors.STRONGEST):
        for seed in seeds:
            if rank < len(seed.strongest) and len(found) < _MOST_WORDS:
                stem_of = stems.of(stems.stemmer_of(seed.values.get("language")))
                found.setdefault(seed.strongest[rank], [stem_of[seed.strongest[rank]]])
    return found


def _is_shared(topic: str, seeds: Sequence[Seed]) -> bool:
    return any(topic in seed.categories for seed in seeds)


def _overlap(mine: Features, seeds: Sequence[Seed]) -> float:
    """The mean cosine with the audiences that are known; 0 when none is."""
    known = [seed.audience for seed in seeds if seed.audience]
    if not mine or not known:
        return 0.0
    return sum(_cosine(mine, each) for each in known) / len(known)


def _cosine(one: Features, other: Features) -> float:
    product = sum(weight * other.get(name, 0.0) for name, weight in one.items())
    squares = [sum(weight**2 for weight in each.values()) for each in (one, other)]
    return product / math.sqrt(squares[0] * squares[1])


def _strongest(mine: Features, seeds: Sequence[Seed]) -> str:
    """The parts of the audience that both have most of."""
    both = {
        name: weight * sum(seed.audience.get(name, 0.0) for seed in seeds)
        for name, weight in mine.items()
    }
    best = sorted((name for name in both if both[name] > 0), key=lambda name: (-both[name], name))
    return ", ".join(best[:_SHOWN_PARTS])

"""What a lookalike has in common with the accounts that it is like."""

import math
from collections import defaultdict
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
_PLACES = ("language", "country")
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
    page = Query.const_score_query(compiler.among(SLOT, slots), 0.0)
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


@dataclass(frozen=True, slots=True)
class Together:
    """What several seeds are together: worked out once for all hits.

    Attributes:
        categories: Topics of any of them, by folded names.
        places: Languages and countries of any of them, by key.
        followers: The geometric mean; None when not known of any.
        audience: The mean direction of the audiences that are known.
    """

    categories: frozenset[str]
    places: Mapping[str, frozenset[str]]
    followers: float | None
    audience: Features

    @classmethod
    def of(cls, seeds: Sequence[Seed]) -> "Together":
        """Of some seeds."""
        sizes = [seed.values["followers"] for seed in seeds if seed.values.get("followers")]
        known = [seed.audience for seed in seeds if seed.audience]
        audience: Features = defaultdict(float)
        for each in known:
            length = _length(each) * len(known)
            for name, weight in each.items():
                audience[name] += weight / length
        return cls(
            frozenset(topic for seed in seeds for topic in seed.categories),
            {key: frozenset(seed.values.get(key) or "" for seed in seeds) for key in _PLACES},
            math.exp(sum(map(math.log, sizes)) / len(sizes)) if sizes else None,
            dict(audience),
        )


def why(
    seeds: Together, likeness: float, values: Mapping[str, Any], shared: Sequence[str]
) -> tuple[Reason, ...]:
    """How alike an account is, and in which parts; those in which it is not are left out."""
    reasons = [Reason("like", "likeness", "", round(likeness, 4))]
    if shared:
        reasons.append(Reason("like", "words", "", list(shared[:_SHOWN])))
    topics = values.get("categories") or ()
    common = [name for name in topics if fold_name(name) in seeds.categories]
    if common:
        reasons.append(Reason("like", "categories", "", common))
    audience = vectors.audience(values.get("audience") or {}) if seeds.audience else {}
    if audience:
        usual = seeds.audience.get
        both = {name: weight * usual(name, 0.0) for name, weight in audience.items()}
        overlap = sum(both.values()) / _length(audience)
        if overlap >= _CLOSE:
            reasons.append(Reason("like", "audience", _strongest(both), round(overlap, 4)))
    for key in _PLACES:
        if values.get(key) and values[key] in seeds.places[key]:
            reasons.append(Reason("like", key, "", values[key]))
    size, followers = seeds.followers, values.get("followers")
    if followers and size and max(followers / size, size / followers) <= _NEAR:
        reasons.append(Reason("like", "followers", f"{round(size):,}", followers))
    return tuple(reasons)


def _asked(seeds: Sequence[Seed]) -> dict[str, list[str]]:
    """The strongest words of the seeds in turn, each with the stems that it is known by."""
    found: dict[str, list[str]] = {}
    for rank in range(vectors.STRONGEST):
        for seed in seeds:
            if rank < len(seed.strongest) and len(found) < _MOST_WORDS:
                stem_of = stems.of(stems.stemmer_of(seed.values.get("language")))
                found.setdefault(seed.strongest[rank], [stem_of[seed.strongest[rank]]])
    return found


def _length(audience: Features) -> float:
    return math.sqrt(sum(weight * weight for weight in audience.values()))


def _strongest(both: Features) -> str:
    """The parts of the audience that both have most of."""
    best = sorted((name for name in both if both[name] > 0), key=lambda name: (-both[name], name))
    return ", ".join(best[:_SHOWN_PARTS])

"""Reasons: why an account is a hit, in terms of what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tantivy import Occur, Query

from groundswell.retrieval import keys, safety, words
from groundswell.retrieval.answers import Reason
from groundswell.retrieval.documents import CAPTIONS, SEVERAL, USUAL_SAFETY, WORD_FIELDS
from groundswell.retrieval.filters import Filter
from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.ranking import Points
from groundswell.retrieval.values import CLEAR
from groundswell.retrieval.words import Clause
from groundswell.terms.safety import SafetyCategory
from groundswell.terms.tiers import TierSet


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was understood."""

    clauses: Sequence[Clause]
    least: int  # so many of the plain words suffice; 0 for all
    filters: Sequence[Filter]
    sorted_by: Key | None
    sort_written: str
    tiers: TierSet


class Matches:
    """Asks the index itself where on a page of hits the words are."""

    def __init__(
        self, compiler: Compiler, accounts: Sequence[str], places: Mapping[tuple[int, int], int]
    ) -> None:
        self.compiler = compiler
        self.places = places
        self.page = Query.const_score_query(compiler.among("account", accounts), 0.0)

    def fields(
        self,
        clauses: Sequence[Clause],
        stems: Sequence[Mapping[str, frozenset[str]]],
        *,
        least: int,
    ) -> list[list[tuple[str, Clause]]]:
        """For each hit, whose stems are given, the fields in which the wanted clauses are."""
        where: list[list[tuple[str, Clause]]] = [[] for _ in self.places]
        for clause in clauses:
            if clause.is_plain:
                for place, fields in enumerate(self._plain(clause, stems, least=least)):
                    where[place] += [(field, clause) for field in fields]
                continue
            for field in () if clause.is_excluded else WORD_FIELDS:
                for place, _ in self._scored([self.compiler.words_in(field, clause)]):
                    where[place].append((field, clause))
        return where

    def _plain(
        self, clause: Clause, stems: Sequence[Mapping[str, frozenset[str]]], *, least: int
    ) -> list[list[str]]:
        forms = self.compiler.forms(clause)
        found = [
            [field for field, known in by_field.items() if not known.isdisjoint(forms)]
            for by_field in stems
        ]
        as_written = {
            place for place, _ in self._scored([self.compiler.words_in(CAPTIONS, clause)])
        }
        # A hit has the word in a caption when nowhere else, unless some of the words sufficed.
        has = {place for place, _ in self._scored([self.compiler.words(clause)])} if least else None
        for place, fields in enumerate(found):
            if place in as_written or (not fields and (has is None or place in has)):
                fields.append(CAPTIONS)
        return found

    def relevance(self, clauses: Sequence[Clause]) -> list[float]:
        """BM25 of each hit; 0 for all when there are no words to find."""
        scores = [0.0] * len(self.places)
        wanted = [self.compiler.words(each) for each in clauses if not each.is_excluded]
        if wanted:
            for place, score in self._scored(wanted):
                scores[place] = score
        return scores

    def _scored(self, queries: Sequence[Query]) -> list[tuple[int, float]]:
        if not self.places:
            return []
        query = Query.boolean_query([(Occur.Must, each) for each in (self.page, *queries)])
        found = self.compiler.searcher.search(query, limit=len(self.places), count=False)
        return [(self.places[at.segment_ord, at.doc], score) for score, at in found.hits]


def why(
    asked: Asked,
    values: Mapping[str, Any],
    where: Sequence[tuple[str, Clause]],
    points: Points | None,
) -> tuple[Reason, ...]:
    """Every reason for one hit: its words and where they are, its filters, its place."""
    found = [Reason("words", field, clause.written, None) for field, clause in where]
    for each in asked.filters:
        value = _value(each.key, values, asked)
        found.append(Reason("filter", each.key.name, ", ".join(each.written), value))
    if asked.sorted_by is not None:
        value = _value(asked.sorted_by, values, asked)
        found.append(
            Reason("sort", asked.sorted_by.name, asked.sort_written or "the usual order", value)
        )
    elif points is not None:
        for part, given in points.given.items():
            known = "not known, taken as usual" if part in points.unknown else ""
            found.append(Reason("rank", part, known, round(given, 4)))
    return tuple(found)


def _value(key: Key, values: Mapping[str, Any], asked: Asked) -> Any:
    if key.kind is Kind.TIER:
        tier = asked.tiers.tier_of(values.get("followers"))
        return None if tier is None else str(tier)
    if key.is_part:
        return values.get(key.column, {}).get(key.name.partition(".")[2])
    if key.column == "safety":
        return _severity(key, values)
    value = values.get(key.column)
    if key.name == keys.EXCLUDED:
        return bool(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if key.name in SEVERAL:
        return _matching(key, value or [], asked) or None
    return value


def _severity(key: Key, values: Mapping[str, Any]) -> str | None:
    """How strongly posts speak of a subject; None where they were not scanned for it."""
    if "brand_safety" not in values and "safety" not in values:
        return None
    wanted = SafetyCategory(key.name.removeprefix(keys.SAFETY))
    written = values.get("safety", USUAL_SAFETY)
    for subject, severity in (level for each in written for level in safety.found(each)):
        if subject is wanted:
            return severity.name.lower()
    return CLEAR if safety.scanned(wanted) in written else None


def _matching(key: Key, has: Sequence[str], asked: Asked) -> list[str]:
    wanted = {value for each in asked.filters if each.key == key for value in each.any_of}
    matching = [name for name in has if words.fold_name(name) in wanted]
    return matching or list(has)

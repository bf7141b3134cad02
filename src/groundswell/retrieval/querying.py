"""From clauses and filters to queries of the index.

Queries are built piece by piece and never as text: the library's own query language silently
finds nothing for a prefix. Its one use here is the range over an audience share, of which it has
no other form; there the text is a number and a name in hexadecimal.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from tantivy import FieldType, Occur, Query

from groundswell.retrieval import documents, filters, keys, safety, statistics, stems
from groundswell.retrieval.documents import WORD_FIELDS
from groundswell.retrieval.filters import Filter, Interval
from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.storage import Snapshot
from groundswell.retrieval.values import Value
from groundswell.retrieval.words import Clause
from groundswell.terms.errors import Refusal
from groundswell.terms.safety import SafetyCategory, Severity
from groundswell.terms.tiers import Tier, TierSet

Part: TypeAlias = tuple[Occur, Query]

_INTEGER_COLUMNS = {Kind.COUNT, Kind.DAY, Kind.SINCE, Kind.TIER}
# The library refuses to follow a prefix inside a phrase into more words than this.
_MOST_ENDINGS = 16_384
_FEW = 300


class PrefixTooShort(Refusal):
    """So many words begin like this that a phrase can't be followed into all of them."""

    code = "prefix_too_short"


class Compiler:
    """Makes queries for one opened index."""

    def __init__(self, snapshot: Snapshot, tiers: TierSet) -> None:
        self.snapshot = snapshot
        self.index = snapshot.index
        self.searcher = snapshot.searcher
        self.schema = snapshot.index.schema
        self.tiers = tiers

    def everything(
        self, clauses: Sequence[Clause], wanted: Sequence[Filter], *, least: int = 0
    ) -> Query:
        """Hits must contain each clause but the excluded ones, and pass each filter.

        With ``least``, so many of the plain words suffice.
        """
        in_all = [each for each in clauses if not (each.is_excluded or (least and each.is_plain))]
        parts = [(Occur.Must, self.words(each)) for each in in_all]
        if least:
            some = [(Occur.Should, self.words(each)) for each in clauses if each.is_plain]
            parts.append((Occur.Must, Query.boolean_query(some, least)))
        for each in wanted:
            parts += self.filter(each)
        parts += [(Occur.MustNot, each) for each in self._excluded(clauses)]
        if not any(occur is Occur.Must for occur, _ in parts):
            parts.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(parts)

    def visible(self, wanted: Sequence[Filter]) -> tuple[Filter, ...]:
        """The filters, and that nobody on an exclusion list is a hit where none asks for them."""
        is_asked = any(each.key.name == keys.EXCLUDED for each in wanted)
        if is_asked or not self.searcher.doc_freq(keys.EXCLUDED, "yes"):
            return tuple(wanted)
        return (*wanted, filters.NOT_EXCLUDED)

    def words(self, clause: Clause) -> Query:
        """Documents with the clause in any field, the better the weightier the field."""
        if clause.is_plain:
            forms = [self._term(documents.WORDS, each) for each in self.forms(clause)]
            return Query.boolean_query([(Occur.Should, each) for each in forms])
        return Query.boolean_query(
            [
                (Occur.Should, Query.boost_query(self.words_in(field, clause), weight))
                for field, weight in WORD_FIELDS.items()
            ]
        )

    def forms(self, clause: Clause) -> list[str]:
        """The stems by which a plain word is looked for.

        One for each language that the index holds, and those of the word written together with
        its neighbors, where somebody writes it so.
        """
        languages = statistics.languages(self.snapshot)
        joined = {stem for word in clause.joined for stem in stems.stems(word, languages)}
        own = stems.stems(clause.tokens[0], languages)
        return own + sorted(filter(self._is_stem, joined.difference(own)))

    def is_written(self, clause: Clause) -> bool:
        """Whether anybody writes a plain word in any form."""
        return any(map(self._is_stem, self.forms(clause)))

    def is_found(self, query: Query) -> bool:
        """Whether the query has any hit."""
        return bool(self.searcher.search(query, limit=1, count=False).hits)

    def _is_stem(self, stem: str) -> bool:
        return bool(self.searcher.doc_freq(documents.WORDS, stem))

    def words_in(self, field: str, clause: Clause) -> Query:
        """Documents with the clause in one field."""
        *first, last = clause.tokens
        if not first:
            if clause.is_prefix:
                return Query.regex_query(self.schema, field, f"{last}.*")
            return self._term(field, last)
        if not clause.is_prefix:
            return Query.phrase_query(self.schema, field, list(clause.tokens))
        endings = self.searcher.terms_with_prefix(field, last, limit=_MOST_ENDINGS + 1)
        if len(endings) > _MOST_ENDINGS:
            raise PrefixTooShort(
                f"too many words begin with {last!r} to look for {clause.written!r}; "
                "write more of its last word"
            )
        return Query.regex_phrase_query(self.schema, field, [*first, f"{last}.*"])

    def filter(self, wanted: Filter) -> list[Part]:
        """What to ask for and to leave out so that documents pass the filter.

        As parts of the whole query, for left out of a part of it costs several times as much.
        """
        key = wanted.key
        without = [(Occur.MustNot, self._equal(key, value)) for value in wanted.none_of]
        if wanted.is_only_without:
            return without
        asked = [(value, self.numbers(key, value)) for value in wanted.any_of]
        numbers = [interval for _, interval in asked if interval is not None]
        if wanted.within is not None:
            numbers.append(wanted.within)
        ranges = self._any_between(key, numbers) if numbers else []
        if numbers and key.column == "followers":
            ranges = self._by_size(numbers, ranges)
        names = [value for value, interval in asked if interval is None]
        named = self._equal_any(key, names)
        if named and ranges:
            named.append(Query.boolean_query(ranges))
        some = [(Occur.Must, _any(named))] if named else ranges
        return [*((occur, Query.const_score_query(each, 0.0)) for occur, each in some), *without]

    def highest_first(
        self, query: Query, column: str, steps: Mapping[str, int], enough: int
    ) -> list[tuple[Query, int]]:
        """The hits in two parts, those at the highest steps of a column first, with their numbers.

        Args:
            query: What finds the hits.
            column: The column of steps.
            steps: All hits by their steps.
            enough: How many the first part has at least.
        """
        highest: list[str] = []
        size, rest = 0, sum(steps.values())
        for step in sorted(steps, reverse=True):
            if size < enough:
                highest.append(step)
                size += steps[step]
        first = self._among(column, highest)
        return [
            (Query.boolean_query([(Occur.Must, query), (Occur.Must, first)]), size),
            (Query.boolean_query([(Occur.Must, query), (Occur.MustNot, first)]), rest - size),
        ]

    def among(self, field: str, values: Sequence[int] | Sequence[str]) -> Query:
        """Documents with any of the values: a few are found five times as fast one by one."""
        if len(values) > _FEW:
            return Query.term_set_query(self.schema, field, values)
        terms = (
            Query.term_query(self.schema, field, each, index_option="basic") for each in values
        )
        return _any(list(terms))

    def _among(self, field: str, names: Sequence[str]) -> Query:
        return Query.const_score_query(Query.term_set_query(self.schema, field, names), 0.0)

    def _by_size(self, several: Sequence[Interval], ranges: list[Part]) -> list[Part]:
        """Steps of followers instead of ranges, or before them where that leaves few to compare."""
        steps = _touched(several)
        among = (Occur.Must, self._among(documents.SIZE, steps))
        if sizes(several) is not None:
            return [among]
        left = sum(self.searcher.doc_freq(documents.SIZE, step) for step in steps)
        return [among, *ranges] if 2 * left < self.searcher.num_docs else ranges

    @cached_property
    def tier_sizes(self) -> dict[Tier, list[str]] | None:
        """The steps of followers in each tier; None when one is cut in two."""
        found = {tier: sizes([self.tier_interval(tier)]) for tier in Tier}
        whole = {tier: steps for tier, steps in found.items() if steps is not None}
        return whole if len(whole) == len(found) else None

    def tier_interval(self, tier: Tier) -> Interval:
        """Followers of the accounts in a tier."""
        tiers = list(Tier)
        above = [
            bound
            for each, bound in self.tiers.lower_bounds.items()
            if tiers.index(each) > tiers.index(tier)
        ]
        low = self.tiers.lower_bounds[tier]
        return Interval(low, min(above, default=math.inf), is_high_open=True)

    def numbers(self, key: Key, value: Value | None) -> Interval | None:
        """The interval that a value stands for; None when it is a name, a flag or not known."""
        if isinstance(value, Tier):
            return self.tier_interval(value)
        if value is None or isinstance(value, bool | str) or key.kind is Kind.SINCE:
            return None
        return filters.interval(key, "=", value)

    def _any_between(self, key: Key, several: Sequence[Interval]) -> list[Part]:
        """Within any of the intervals: within all that they span, and in no gap.

        A union of ranges is read through whole, however few documents the words leave; a range
        and what is left out of it are only looked up for those.
        """
        first, *others = sorted(several, key=lambda each: (each.low, each.is_low_open))
        span, gaps = first, []
        for each in others:
            is_apart = each.low > span.high or (
                each.low == span.high and each.is_low_open and span.is_high_open
            )
            if is_apart:
                gaps.append(
                    Interval(span.high, each.low, not span.is_high_open, not each.is_low_open)
                )
            if (each.high, not each.is_high_open) > (span.high, not span.is_high_open):
                span = Interval(span.low, each.high, span.is_low_open, each.is_high_open)
        without = [(Occur.MustNot, self._between(key, gap)) for gap in gaps]
        return [(Occur.Must, self._between(key, span)), *without]

    def _equal_any(self, key: Key, values: Sequence[Value | None]) -> list[Query]:
        """Documents with one of the values; several names of few are a set, not a union.

        A set is read through once, where a union is advanced document by document.
        """
        if len(values) < 2 or key.name not in documents.OF_FEW or None in values:
            return [self._equal(key, value) for value in values]
        return [
            self._among(key.name, [name for value in values for name in self._names(key, value)])
        ]

    def _names(self, key: Key, value: Value | None) -> list[str]:
        """The names that a value stands for: of a language also those of its regions."""
        name = str(value)
        if key.kind is not Kind.LANGUAGE or "-" in name:
            return [name]
        known = statistics.tags(self.snapshot)
        return [name, *(each for each in known if each.startswith(f"{name}-"))]

    def _equal(self, key: Key, value: Value | None) -> Query:
        if value is None:
            return self._absent(key)
        numbers = self.numbers(key, value)
        if numbers is not None:
            return self._between(key, numbers)
        if key.kind is Kind.SINCE:
            before = self._between(key, filters.interval(key, "<", value))
            return _any([self._absent(key), before])
        if key.column == "safety":
            return self._speaking(key, str(value))
        if isinstance(value, bool):
            left_out = key.name == keys.EXCLUDED and not value
            named = self._named(key.name, "yes" if value or left_out else "no")
            return _all_but(named) if left_out else named
        return _any([self._named(key.name, each) for each in self._names(key, value)])

    def _speaking(self, key: Key, level: str) -> Query:
        """Documents whose posts speak of a subject so strongly at most, or are clear of it."""
        subject = SafetyCategory(key.name.removeprefix(keys.SAFETY))
        levels = {
            severity.name.lower(): self._named("safety", safety.level(subject, severity))
            for severity in Severity
        }
        if level in levels:
            return levels[level]
        some = [(Occur.MustNot, each) for each in levels.values()]
        return Query.boolean_query([(Occur.Must, self._scanned(subject)), *some])

    def _scanned(self, subject: SafetyCategory) -> Query:
        return self._named("safety", safety.scanned(subject))

    def _absent(self, key: Key) -> Query:
        if key.is_part:
            return _all_but(Query.exists_query(documents.part_field(key)))
        if key.column == "safety":
            return _all_but(self._scanned(SafetyCategory(key.name.removeprefix(keys.SAFETY))))
        if key.kind is Kind.SINCE:
            return self._named(documents.ABSENT, "last_contact")
        if key.kind is Kind.TIER:
            below = Interval(high=min(self.tiers.lower_bounds.values()), is_high_open=True)
            return _any([self._named(documents.ABSENT, key.column), self._between(key, below)])
        return self._named(documents.ABSENT, key.name)

    def _term(self, field: str, word: str) -> Query:
        return Query.term_query(self.schema, field, word, index_option="freq")

    def _named(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value, index_option="basic")

    def _between(self, key: Key, within: Interval) -> Query:
        if key.is_part:
            return self._part_between(key, within)
        is_integer = key.kind in _INTEGER_COLUMNS
        low, high = (
            None if math.isinf(bound) else int(bound) if is_integer else float(bound)
            for bound in (within.low, within.high)
        )
        return Query.range_query(
            self.schema,
            key.column,
            FieldType.Integer if is_integer else FieldType.Float,
            low,
            high,
            include_lower=low is None or not within.is_low_open,
            include_upper=high is None or not within.is_high_open,
        )

    def _part_between(self, key: Key, within: Interval) -> Query:
        bounds = [self.index.parse_query(each) for each in _part_ranges(key, within)]
        return Query.boolean_query([(Occur.Must, each) for each in bounds])

    def _excluded(self, clauses: Sequence[Clause]) -> list[Query]:
        plain = [each.tokens[0] for each in clauses if _is_plain_exclusion(each)]
        others = [each for each in clauses if each.is_excluded and not _is_plain_exclusion(each)]
        sets = [Query.term_set_query(self.schema, field, plain) for field in WORD_FIELDS if plain]
        return sets + [self.words(each) for each in others]


def sizes(several: Sequence[Interval]) -> list[str] | None:
    """The steps of followers that the intervals consist of; None when one cuts a step in two."""
    return _touched(several) if all(map(_is_of_steps, several)) else None


def _touched(several: Sequence[Interval]) -> list[str]:
    """The steps of followers that an interval reaches into."""
    steps: set[int] = set()
    for each in several:
        first = max(bisect_right(documents.SIZE_STEPS, each.low) - 1, 0)
        last = (bisect_left if each.is_high_open else bisect_right)(documents.SIZE_STEPS, each.high)
        steps.update(documents.SIZE_STEPS[first:last])
    return [documents.size_of(step) for step in sorted(steps)]


def _is_of_steps(within: Interval) -> bool:
    low, high = max(within.low, 0), within.high
    is_from = low in documents.SIZE_STEPS and not within.is_low_open
    return is_from and (math.isinf(high) or (high in documents.SIZE_STEPS and within.is_high_open))


def _is_plain_exclusion(clause: Clause) -> bool:
    return clause.is_excluded and len(clause.tokens) == 1 and not clause.is_prefix


def _any(queries: Sequence[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, each) for each in queries])


def _all_but(left_out: Query) -> Query:
    return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, left_out)])


def _part_ranges(key: Key, within: Interval) -> list[str]:
    """Each bound as a range of its own: the engine breaks down on 0 and 0.5 in one range."""
    path, ranges = documents.part_field(key), []
    if not math.isinf(within.low):
        opening = "{" if within.is_low_open else "["
        ranges.append(f"{path}:{opening}{float(within.low)!r} TO *]")
    if not math.isinf(within.high):
        closing = "}" if within.is_high_open else "]"
        ranges.append(f"{path}:[* TO {float(within.high)!r}{closing}")
    return ranges

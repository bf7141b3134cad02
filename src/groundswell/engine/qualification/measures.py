"""A measure: one quantity of many accounts, in columns.

Inside the engine nan means "cannot be said"; each measure keeps the reason beside it. At the border
a row of a measure becomes an ``Estimate``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import intervals
from groundswell.engine.qualification.growth import forecast
from groundswell.terms.estimate import Estimate

NEVER = np.iinfo(np.int64).min  # numpy's NaT: no moment is known
LEVELS = {"followers_in_30_days": forecast.LEVEL}  # of intervals that are not at 95 %


def level(name: str) -> float:
    """Probability with which the intervals of a measure hold what it measures."""
    return LEVELS.get(name, intervals.LEVEL)


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity of ``A`` accounts.

    Attributes:
        name: What is measured, as the methods page calls it.
        value: Shape (A,); nan where it cannot be said.
        low: Lower end at ``level(name)``, shape (A,); nan where no interval is known.
        high: Upper end at ``level(name)``, shape (A,); nan where no interval is known.
        n: Independent observations behind each value, shape (A,).
        reason: Index into ``reasons``, shape (A,): why a value cannot be said, or what a reader
            must know to use it. 0 stands for nothing to add.
        reasons: The sentences; the first is empty.
        seen_at: Newest observation behind each value in microseconds, shape (A,); ``NEVER`` if
            unknown.
        references: Ids of rows that show it, by account.
    """

    name: str
    value: Floats
    low: Floats
    high: Floats
    n: Ints
    reason: Ints
    reasons: tuple[str, ...]
    seen_at: Ints
    references: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        value: Floats,
        *,
        n: Ints,
        seen_at: Ints,
        interval: tuple[Floats, Floats] | None = None,
        why_not: Sequence[tuple[Bools, str]] = (),
        caveats: Sequence[tuple[Bools, str]] = (),
    ) -> Self:
        """A measure whose values are withheld where a ``why_not`` applies; the first one counts."""
        reasons = ("", *(words for _, words in (*why_not, *caveats)))
        reason = np.zeros(value.shape, dtype=np.int64)
        value = value.copy()
        for index, (applies, _) in enumerate((*why_not, *caveats), start=1):
            if index <= len(why_not):
                value[applies] = np.nan
            reason[(reason == 0) & applies] = index
        if np.any(np.isnan(value) & (reason == 0)):
            raise ValueError(f"measure {name!r} withholds a value without saying why")
        low, high = interval or (np.full(value.shape, np.nan), np.full(value.shape, np.nan))
        bounded = np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
        return cls(
            name,
            value,
            np.where(bounded, np.minimum(low, value), np.nan),
            np.where(bounded, np.maximum(high, value), np.nan),
            n,
            reason,
            reasons,
            seen_at,
        )

    @classmethod
    def unknown(cls, name: str, size: int, reason: str) -> Self:
        """A measure of which nothing can be said for any account."""
        nothing = np.full(size, np.nan)
        everyone = np.ones(size, dtype=bool)
        return cls.of(
            name,
            nothing,
            n=np.zeros(size, dtype=np.int64),
            seen_at=np.full(size, NEVER),
            why_not=[(everyone, reason)],
        )

    def shown_by(self, references: Mapping[int, tuple[str, ...]]) -> "Measure":
        """The same measure with ids of rows that show it, by account."""
        return replace(self, references=references)

    def with_caveats(self, words: Mapping[int, str]) -> "Measure":
        """The same measure with what a reader must know of some accounts, in words of their own."""
        reasons = (*self.reasons, *dict.fromkeys(words.values()))
        index = {each: code for code, each in enumerate(reasons)}
        reason = self.reason.copy()
        for row, each in words.items():
            reason[row] = index[each]
        return replace(self, reason=reason, reasons=reasons)

    def of_rows(self, rows: Ints) -> "Measure":
        """The same measure of some of the accounts."""
        references = {
            place: self.references[row]
            for place, row in enumerate(rows.tolist())
            if row in self.references
        }
        return Measure(
            self.name,
            self.value[rows],
            self.low[rows],
            self.high[rows],
            self.n[rows],
            self.reason[rows],
            self.reasons,
            self.seen_at[rows],
            references,
        )

    @property
    def known(self) -> Bools:
        """Which accounts have a value."""
        return np.isfinite(self.value)

    def estimate(self, row: int) -> Estimate:
        """The value of one account."""
        reason = self.reasons[self.reason[row]] or None
        if not self.known[row]:
            return Estimate.cannot_say(
                reason or "nothing is known", method=self.name, n=int(self.n[row])
            )
        bounded = bool(np.isfinite(self.low[row]))
        return Estimate(
            float(self.value[row]),
            float(self.low[row]) if bounded else None,
            float(self.high[row]) if bounded else None,
            level(self.name) if bounded else None,
            self.name,
            int(self.n[row]),
            reason,
        )


def joined(parts: Sequence[Measure]) -> Measure:
    """One measure of all the accounts of several batches, in order.

    Raises:
        ValueError: When the parts are of different measures.
    """
    names = {part.name for part in parts}
    if len(names) != 1:
        raise ValueError(f"only parts of one measure can be joined, got {sorted(names)}")
    reasons = ("", *dict.fromkeys(words for part in parts for words in part.reasons[1:]))
    index = {words: code for code, words in enumerate(reasons)}
    references: dict[int, tuple[str, ...]] = {}
    recoded, offset = [], 0
    for part in parts:
        table = np.array([index[words] for words in part.reasons])
        recoded.append(table[part.reason])
        references |= {offset + row: ids for row, ids in part.references.items()}
        offset += part.value.size
    return Measure(
        parts[0].name,
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.high for part in parts]),
        np.concatenate([part.n for part in parts]),
        np.concatenate(recoded),
        reasons,
        np.concatenate([part.seen_at for part in parts]),
        references,
    )

"""Engagement rates by followers, by reach and by views.

Counts are pooled before dividing, over the posts for which the numerator and the denominator are
both known. The numerator is made of the parts (likes, comments, shares, saves) that are known for
at least half of the posts; a post that lacks one of them is left out, since missing is not zero.
Where there are no posts, the averages that a source reports are pooled over its windows instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped, intervals, peers
from groundswell.engine.qualification.batch import Batch, Rows
from groundswell.engine.qualification.peers import Standing
from groundswell.terms.formats import Format

DENOMINATORS = ("followers", "reach", "views")
PARTS = ("likes", "comments", "shares", "saves")
ALL_FORMATS = "all"
FORMATS = (ALL_FORMATS, *Format)
AS_REPORTED = 1 << len(PARTS)  # stands for a sum that the source made, in place of parts


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates in long form, one row per account, format and denominator that is known.

    Attributes:
        account: Row number of the account.
        format: Index into ``FORMATS``; 0 pools all formats.
        denominator: Index into ``DENOMINATORS``.
        parts: Bit ``i`` says that ``PARTS[i]`` is in the numerator; ``AS_REPORTED`` that the
            source averaged.
        value: Engagements per follower, person reached, or view.
        low: Lower end at 95 %; nan where no interval is known.
        high: Upper end at 95 %; nan where no interval is known.
        n: Posts pooled, or windows of averages.
        seen_at: Newest publication pooled, in microseconds.
    """

    account: Ints
    format: Ints
    denominator: Ints
    parts: Ints
    value: Floats
    low: Floats
    high: Floats
    n: Ints
    seen_at: Ints

    def standing(self, followers: Floats, platform: Ints) -> Standing:
        """Each rate's place among accounts of similar size, counted in the same way.

        Args:
            followers: Size of each account, shape (A,); nan where unknown.
            platform: Code of each account's platform, shape (A,).
        """
        kind = (self.parts * len(FORMATS) + self.format) * len(DENOMINATORS) + self.denominator
        group = platform[self.account] * (2 * AS_REPORTED * len(FORMATS) * len(DENOMINATORS)) + kind
        return peers.standing(
            self.value, self.low, self.high, followers=followers[self.account], group=group
        )


def engagement_rates(batch: Batch) -> Rates:
    """Rates of each account: all formats together, and each format alone."""
    posts = batch.post_rows
    formats = _format_codes(posts)
    known = {name: posts.numbers(name) for name in (*PARTS, *DENOMINATORS)}
    found = []
    for denominator in DENOMINATORS:
        pooled = _pooled(posts, np.zeros_like(formats), known, denominator, batch.size)
        by_format = _pooled(posts, formats, known, denominator, batch.size)
        reported = _reported(batch, denominator, without=pooled.account)
        found += [pooled, by_format, *reported]
    return joined(found)


def joined(several: list[Rates]) -> Rates:
    """Rates of several tables in one, account numbers unchanged."""
    columns = zip(*(_columns(rates) for rates in several), strict=True)
    return Rates(*(np.concatenate(column) for column in columns))


def shifted(rates: Rates, offset: int) -> Rates:
    """The same rates with account numbers that begin at ``offset``."""
    account, *others = _columns(rates)
    return Rates(account + offset, *others)  # type: ignore[arg-type]


def parts_in_words(parts: int) -> str:
    """What was counted, such as ``likes + comments``."""
    if parts == AS_REPORTED:
        return "engagements as the source averages them"
    words = " + ".join(name for bit, name in enumerate(PARTS) if parts >> bit & 1)
    return f"{words} as the source averages them" if parts & AS_REPORTED else words


def _columns(rates: Rates) -> tuple[Floats | Ints, ...]:
    return tuple(getattr(rates, column.name) for column in fields(rates))


def _format_codes(posts: Rows) -> Ints:
    """Index into ``FORMATS`` of each post; -1 where the format is unknown."""
    named = grouped.codes_of(posts.table["format"], pa.array(FORMATS[1:]))
    return np.where(named >= 0, named + 1, -1)


def _pooled(
    rows: Rows, formats: Ints, known: Mapping[str, Floats], denominator: str, size: int
) -> Rates:
    bottom = known[denominator]
    groups = rows.codes * len(FORMATS) + formats
    count = size * len(FORMATS)
    used, complete, top = _numerator(groups, (formats >= 0) & (bottom > 0), known, count)
    value, low, high, n = intervals.ratio_of_totals(
        groups[complete], top[complete], bottom[complete], count
    )
    latest = grouped.largest(groups[complete], rows.at[complete], count)
    found = np.flatnonzero(n > 0)
    return Rates(
        found // len(FORMATS),
        found % len(FORMATS),
        np.full(found.size, DENOMINATORS.index(denominator)),
        used[found],
        value[found],
        low[found],
        high[found],
        n[found],
        latest[found],
    )


def _numerator(
    groups: Ints, usable: Bools, known: Mapping[str, Floats], count: int
) -> tuple[Ints, Bools, Floats]:
    """Parts used by each group, which rows have them all, and the sum of each row."""
    rows = np.flatnonzero(usable)
    present = grouped.counts(groups[rows], count)
    used = np.zeros(count, dtype=np.int64)
    complete, top = usable.copy(), np.zeros(groups.size)
    for bit, name in enumerate(PARTS):
        has = np.isfinite(known[name])
        counted = grouped.sums(groups[rows], has[rows], count)
        mostly = (counted > 0) & (2 * counted >= present)
        used |= mostly.astype(np.int64) << bit
        needed = np.zeros_like(usable)
        needed[rows] = mostly[groups[rows]]
        complete &= has | ~needed
        top += np.where(needed & has, known[name], 0.0)
    complete[rows] &= used[groups[rows]] > 0
    return used, complete, top


def _reported(batch: Batch, denominator: str, *, without: Ints) -> list[Rates]:
    """Rates of accounts of which a source gives averages and no posts: its sum, else its parts."""
    if denominator == "reach":
        return []
    rows = Rows(batch.averages, batch.accounts["account"], "observed_at")
    unknown = np.full(len(rows), np.nan)
    parts = {name: rows.numbers(f"{name}_average") for name in ("likes", "comments", "shares")}
    parts |= {
        "saves": unknown,
        "followers": rows.numbers("followers"),
        "views": rows.numbers("views_average"),
    }
    summed = parts | dict.fromkeys(PARTS, unknown) | {"likes": rows.numbers("engagement_average")}
    found: list[Rates] = []
    for known in (summed, parts):
        taken = np.isin(rows.codes, np.concatenate([without, *(rates.account for rates in found)]))
        formats = np.where(taken, -1, 0)
        rates = _pooled(rows, formats, known, denominator, batch.size)
        kept = rates.parts if known is parts else np.zeros_like(rates.parts)
        found.append(replace(rates, parts=kept | AS_REPORTED))
    return found

"""One account's scorecard, and the compact form in which it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import measures, rates, sentences
from groundswell.engine.qualification.factors.authenticity import asks_for_review
from groundswell.engine.qualification.measures import NEVER, Measure
from groundswell.engine.qualification.peers import FEWEST, Standing
from groundswell.engine.qualification.scorecard import PARTS, Scorecards
from groundswell.engine.qualification.verdict import Verdict
from groundswell.engine.safety import concerns
from groundswell.engine.safety.concerns import Concern
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName

METHOD = "mean_peer_percentile"
_UNREAD = (0, 0, ())  # of a card from before posts were read for safety

# What is kept of an account: plain lists and numbers that JSON can hold.
Compact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands among accounts of similar size on the same platform.

    Attributes:
        percentile: Share of peers with less, in [0, 100]; None when it can't be compared.
        peers: How many accounts it was compared with.
        smallest: Followers of the smallest peer; None when sizes are unknown.
        largest: Followers of the largest peer; None when sizes are unknown.
    """

    percentile: float | None
    peers: int
    smallest: int | None
    largest: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that is known, or not, and what it was seen on."""

    factor: FactorName
    kind: str
    sentence: str
    estimate: Estimate
    place: Place | None
    observed_at: datetime | None
    references: tuple[str, ...]

    @property
    def in_full(self) -> str:
        """The sentence with its place among peers and the rows that show it."""
        words = self.sentence
        if self.place is not None and self.place.percentile is not None:
            words += f" Higher than {self.place.percentile:.0f} of 100"
            words += f" among {self.place.peers} similar accounts."
        return f"{words} Such as {', '.join(self.references)}." if self.references else words


@dataclass(frozen=True, slots=True)
class Factor:
    """One of the six questions: a score from 0 to 100, where 50 is usual for the size."""

    name: FactorName
    score: Estimate
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    n: int
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rate:
    """An engagement rate, with its numerator and its place among similar accounts."""

    denominator: str
    format: str
    counted: str
    estimate: Estimate
    place: Place
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Safety:
    """What an account's posts speak of that a brand may not want to stand beside.

    Attributes:
        posts_read: Posts that were judged; without any, nothing can be said.
        posts_unread: Posts without a text, or in a language whose words are not known.
        concerns: The strongest first.
    """

    posts_read: int
    posts_unread: int
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that qualification says of one account."""

    factors: tuple[Factor, ...]
    rates: tuple[Rate, ...]
    safety: Safety
    verdict: Verdict
    verdict_reasons: tuple[str, ...]


def compacted(cards: Scorecards, part: slice) -> list[Compact]:
    """The scorecards of some accounts in compact form, in their order.

    Args:
        cards: All scorecards.
        part: Which rows, from start to stop.
    """
    found: list[dict[str, Any]] = [
        {"verdict": str(verdict), "factors": {}, "measures": {}, "rates": []}
        for verdict in cards.verdict[part]
    ]
    for factor, scored in cards.factors.items():
        columns = (
            *(_numbers(column[part]) for column in (scored.value, scored.low, scored.high)),
            scored.n[part].tolist(),
            _seconds(scored.seen_at[part]),
        )
        for card, row in zip(found, zip(*columns, strict=True), strict=True):
            card["factors"][factor.value] = row
    for measure in cards.measures.values():
        _add_measure(found, measure, cards.standing.get(measure.name), part)
    _add_rates(found, cards, part)
    _add_safety(found, cards, part)
    return list(found)


def opened(compact: Compact) -> Card:
    """The scorecard that a compact form stands for."""
    factors = tuple(_factor(name, compact) for name in FactorName)
    signals = tuple(
        evidence.sentence
        for factor in factors
        for evidence in factor.evidence
        if asks_for_review(evidence.kind, evidence.estimate.value or 0.0)
    )
    return Card(
        factors,
        opened_rates(compact["rates"]),
        _safety(compact.get("safety", _UNREAD)),
        Verdict(compact["verdict"]),
        signals,
    )


def opened_rates(compact: Sequence[Sequence[Any]]) -> tuple[Rate, ...]:
    """The rates that the ``rates`` of a compact form stand for."""
    return tuple(map(_rate, compact))


def _numbers(column: Floats) -> list[float | None]:
    """Six significant digits, None for nan."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (5 - np.floor(np.log10(np.abs(column))))
        rounded = np.where(column == 0, 0.0, np.round(column * scale) / scale)
    listed = rounded.astype(object)
    listed[np.isnan(column)] = None
    return list(listed.tolist())


def _seconds(moments: Ints) -> list[int | None]:
    listed = (moments // 1_000_000).astype(object)
    listed[moments == NEVER] = None
    return list(listed.tolist())


def _sizes(column: Floats) -> list[int | None]:
    listed = np.nan_to_num(column).round().astype(np.int64).astype(object)
    listed[np.isnan(column)] = None
    return list(listed.tolist())


def _placed(placed: Standing, rows: slice | Ints) -> tuple[list[Any], ...]:
    return (
        _numbers(placed.value[rows]),
        placed.peers[rows].tolist(),
        _sizes(placed.smallest[rows]),
        _sizes(placed.largest[rows]),
    )


def _add_measure(
    found: list[dict[str, Any]], measure: Measure, placed: Standing | None, part: slice
) -> None:
    reasons = [words or None for words in measure.reasons]
    columns = (
        *(_numbers(column[part]) for column in (measure.value, measure.low, measure.high)),
        measure.n[part].tolist(),
        [reasons[code] for code in measure.reason[part].tolist()],
        _seconds(measure.seen_at[part]),
        *(_placed(placed, part) if placed else ()),
    )
    known = measure.known[part].tolist()
    for number, row in enumerate(zip(*columns, strict=True)):
        card = found[number]
        card["measures"][measure.name] = row if known[number] else (row[3], row[4])
        ids = measure.references.get(part.start + number)
        if ids:
            card.setdefault("references", {})[measure.name] = ids


def _add_rates(found: list[dict[str, Any]], cards: Scorecards, part: slice) -> None:
    table = cards.rates
    rows = np.flatnonzero((table.account >= part.start) & (table.account < part.stop))
    columns = (
        table.denominator[rows].tolist(),
        table.format[rows].tolist(),
        table.parts[rows].tolist(),
        *(_numbers(column[rows]) for column in (table.value, table.low, table.high)),
        table.n[rows].tolist(),
        _seconds(table.seen_at[rows]),
        *_placed(cards.rate_standing, rows),
    )
    owners = (table.account[rows] - part.start).tolist()
    for number, row in zip(owners, zip(*columns, strict=True), strict=True):
        found[number]["rates"].append(row)


def _add_safety(found: list[dict[str, Any]], cards: Scorecards, part: slice) -> None:
    said = cards.concerns
    read, unread = said.read[part].tolist(), said.unread[part].tolist()
    for number, card in enumerate(found):
        mine = said.of.get(part.start + number, ())
        card["safety"] = (read[number], unread[number], [concerns.compacted(c) for c in mine])


def _safety(compact: Sequence[Any]) -> Safety:
    read, unread, found = compact
    return Safety(read, unread, tuple(map(concerns.opened, found)))


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)


def _estimate(method: str, values: Sequence[float | None], n: int, reason: str | None) -> Estimate:
    value, low, high = values
    level = None if low is None else measures.level(method)
    return Estimate(value, low, high, level, method, n, reason)


def _factor(name: FactorName, compact: Compact) -> Factor:
    evidence = tuple(
        _evidence(name, part.measure, compact)
        for part in PARTS[name]
        if part.measure in compact["measures"]
    )
    *values, n, seen = compact["factors"][name.value]
    if values[0] is None:
        score = Estimate.cannot_say(_why_not(name, evidence), method=METHOD, n=n)
    else:
        score = _estimate(METHOD, values, n, None)
    reasons = tuple(item.sentence for item in evidence)
    return Factor(name, score, evidence, reasons, n, _moment(seen))


def _why_not(name: FactorName, evidence: Sequence[Evidence]) -> str:
    """Why a factor has no score: nothing is known, or too little, or nobody to compare with."""
    scored = {part.measure for part in PARTS[name] if part.weight > 0}
    known = [e for e in evidence if e.kind in scored and e.estimate.is_known]
    if not known:
        return "; ".join(e.estimate.reason or "" for e in evidence if e.kind in scored)
    if any(e.place is None or e.place.percentile is None for e in known):
        return f"fewer than {FEWEST} accounts of similar size to compare with on the platform"
    found = ", ".join(sentences.TITLES[e.kind].lower() for e in known)
    return f"too little is known: {found} alone"


def _evidence(factor: FactorName, kind: str, compact: Compact) -> Evidence:
    row = compact["measures"][kind]
    ids = tuple(compact.get("references", {}).get(kind, ()))
    if len(row) == 2:
        found = Estimate.cannot_say(row[1] or "nothing is known", method=kind, n=row[0])
        return Evidence(factor, kind, sentences.sentence(kind, found), found, None, None, ids)
    found = _estimate(kind, row[:3], row[3], row[4])
    place = Place(*row[6:10]) if len(row) > 6 else None
    words = sentences.sentence(kind, found)
    return Evidence(factor, kind, words, found, place, _moment(row[5]), ids)


def _rate(row: Sequence[Any]) -> Rate:
    denominator, kind, parts, value, low, high, n, seen = row[:8]
    reason = None if low is not None else "no interval: a spread takes two posts with engagement"
    return Rate(
        f"engagement_rate_by_{rates.DENOMINATORS[denominator]}",
        str(rates.FORMATS[kind]),
        rates.parts_in_words(parts),
        _estimate(_rate_method(parts), (value, low, high), n, reason),
        Place(*row[8:12]),
        _moment(seen),
    )


def _rate_method(parts: int) -> str:
    return "pooled_averages_as_reported" if parts & rates.AS_REPORTED else "pooled_over_posts"

"""A comparison line by line: every measure of all accounts, and whose is best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundswell.engine.qualification import rates
from groundswell.engine.qualification.rates import ALL_FORMATS
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName
from groundswell.terms.money import Money
from groundswell.vetting import showing
from groundswell.vetting.comparing import Seen, Side

_UNVETTED = Estimate.cannot_say("not vetted yet")


@dataclass(frozen=True, slots=True)
class Best:
    """Whose value is the best of a line.

    Attributes:
        place: Of the account, from 0.
        is_clear: Whether its interval keeps clear of everybody else's value and interval; where it
            does not, the difference may be chance.
    """

    place: int
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of every account.

    Attributes:
        name: How programs and files call it.
        title: How people do.
        unit: percent, or count for a score from 0 to 100.
        things: What the sample sizes count.
        estimates: One for each account, in their order.
        best: The highest; None where fewer than two are known, two are equal, or they can't be
            compared.
    """

    name: str
    title: str
    unit: str
    things: str
    estimates: tuple[Estimate, ...]
    best: Best | None


def lines(sides: Sequence[Side]) -> list[Line]:
    """Growth, engagement, the overall score and the six factors, in the order of the table."""
    growth = tuple(side.growth for side in sides)
    made = [Line("growth_a_day", "Growth a day", "percent", "counts", growth, best(growth))]
    made += [_rate_line(sides, name) for name in rates.DENOMINATORS]
    answers = [side.answer for side in sides]
    overall = tuple(each.overall.score if each else _UNVETTED for each in answers)
    made.append(Line("overall", "Overall", "count", "factors", overall, best(overall)))
    for name in FactorName:
        scores = tuple(_factor(side, name) for side in sides)
        title = name.value.replace("_", " ").capitalize()
        made.append(Line(name.value, title, "count", "observations", scores, best(scores)))
    return made


def in_target(
    sides: Sequence[Side], found: Seen, wanted: Mapping[str, Sequence[str]]
) -> list[Line]:
    """For each dimension of an audience, the part that lies in the target."""
    made = []
    for name, values in wanted.items():
        row = tuple(found.in_target(side.account, name, values) for side in sides)
        line = f"audience_{name}_{'_'.join(values)}"
        made.append(
            Line(line, f"In target: {', '.join(values)}", "percent", "people", row, best(row))
        )
    return made


def best(row: Sequence[Estimate]) -> Best | None:
    """Whose value is the highest."""
    known = [(each.value, place) for place, each in enumerate(row) if each.value is not None]
    known.sort(reverse=True)
    if len(known) < 2 or known[0][0] == known[1][0]:
        return None
    place = known[0][1]
    low = row[place].low
    ends = [_end(row[other]) for _, other in known[1:]]
    return Best(place, is_clear=low is not None and low > max(ends))


def cheapest(prices: Sequence[Money | None]) -> int | None:
    """The place of the lowest price; None where two are equal, alone, or in several currencies."""
    known = sorted((price.minor, place) for place, price in enumerate(prices) if price)
    currencies = {price.currency for price in prices if price}
    if len(known) < 2 or len(currencies) > 1 or known[0][0] == known[1][0]:
        return None
    return known[0][1]


def price_lines(sides: Sequence[Side]) -> list[tuple[str, list[Money | None]]]:
    """What a piece of each format costs, by format."""
    formats = sorted({kind for side in sides for kind in side.prices})
    return [(kind, [side.prices.get(kind) for side in sides]) for kind in formats]


def as_json(sides: Sequence[Side], found: Seen | None) -> dict[str, Any]:
    """The comparison as every interface gives it to programs."""
    names = [str(side.account) for side in sides]
    return {
        "sides": [
            {
                "account": str(side.account),
                "tier": side.tier,
                "growth": side.growth.as_json(),
                "prices": {
                    str(kind): {"price": str(price.major), "currency": price.currency}
                    for kind, price in side.prices.items()
                },
                "scorecard": side.answer and showing.as_json(side.answer),
            }
            for side in sides
        ],
        "best": {
            line.name: {"account": names[line.best.place], "is_clear": line.best.is_clear}
            for line in lines(sides)
            if line.best
        },
        "overlaps": [
            {
                "one": str(each.one),
                "other": str(each.other),
                "share": each.share.as_json(),
                "shared": each.shared,
            }
            for each in (found.overlaps if found else ())
        ],
    }


def table(
    sides: Sequence[Side], found: Seen | None, wanted: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[list[Any]]]:
    """The columns of the comparison's file, and a row for each account."""
    measured = [*lines(sides), *(in_target(sides, found, wanted) if found else ())]
    prices = price_lines(sides)
    columns = ["account", "followers", "tier", "country", "verdict"]
    columns += [f"{line.name}{end}" for line in measured for end in ("", "_low", "_high", "_n")]
    columns += ["sponsored_at", *(f"price_{kind}" for kind, _ in prices), "currency"]
    rows = []
    for place, side in enumerate(sides):
        account = side.account
        verdict = str(side.answer.standing) if side.answer else None
        cells: list[Any] = [str(account), account.followers, side.tier, account.country, verdict]
        for line in measured:
            said = line.estimates[place]
            cells += [said.value, said.low, said.high, said.n]
        cells.append(found.sponsored_at[str(account.id)] if found else None)
        asked = [row[place] for _, row in prices]
        cells += [float(price.major) if price else None for price in asked]
        cells.append(", ".join(sorted({price.currency for price in asked if price})) or None)
        rows.append(cells)
    return columns, rows


def _rate_line(sides: Sequence[Side], denominator: str) -> Line:
    name = f"engagement_rate_by_{denominator}"
    row, counted = [], set()
    for side in sides:
        mine = [
            rate
            for rate in (side.answer.card.rates if side.answer else ())
            if (rate.denominator, rate.format) == (name, ALL_FORMATS)
        ]
        counted |= {rate.counted for rate in mine}
        why = f"no post with known engagement and known {denominator}"
        unsaid = Estimate.cannot_say(why) if side.answer else _UNVETTED
        row.append(mine[0].estimate if mine else unsaid)
    # Likes alone are never compared with likes and comments together.
    highest = best(row) if len(counted) == 1 else None
    return Line(name, f"Engagement by {denominator}", "percent", "posts", tuple(row), highest)


def _factor(side: Side, name: FactorName) -> Estimate:
    factors = side.answer.card.factors if side.answer else ()
    return next((factor.score for factor in factors if factor.name == name), _UNVETTED)


def _end(estimate: Estimate) -> float:
    value = estimate.value if estimate.high is None else estimate.high
    return value if value is not None else 0.0

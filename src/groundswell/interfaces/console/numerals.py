"""Numbers as the console writes them. What is missing is a dash, never a zero."""

from groundswell.terms.money import Money

MISSING = "–"
_STEPS = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))


def count(value: float | None) -> str:
    """A whole number with its thousands apart: 12,345."""
    return MISSING if value is None else _signed(f"{round(value):,}")


def short(value: float | None) -> str:
    """A large number in three figures, as printed plans have it: 950, 12.3K, 1.24M."""
    if value is None:
        return MISSING
    for size, letter in _STEPS:
        # 999,500 would be written 1,000K: what rounds up to the next step is written in it.
        if abs(value) >= size * 0.9995:
            return _signed(_in_three_figures(value / size) + letter)
    return _signed(f"{value:.1f}".removesuffix(".0"))


def percent(share: float | None) -> str:
    """A share as a percentage. Only certainty is written as 0% or 100%."""
    if share is None:
        return MISSING
    value = share * 100
    if 0 < abs(value) < 0.01:
        return "<0.01%" if value > 0 else ">−0.01%"
    if 99.95 <= value < 100:
        return ">99.9%"
    return _signed(f"{value:.2f}%" if 0 < abs(value) < 1 else f"{value:.1f}%")


def money(minor: float | None, currency: str) -> str:
    """An amount of minor units in its currency: 1,234.50 USD."""
    return MISSING if minor is None else _signed(str(Money(round(minor), currency)))


def number(value: float | None) -> str:
    """Any other number, in about three figures: 0.42, 3.14, 1,240."""
    if value is None:
        return MISSING
    size = abs(value)
    decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
    return _signed(f"{value:,.{decimals}f}")


def shown(value: float | None, unit: str) -> str:
    """A value in a unit: ``count``, ``short``, ``percent``, ``number`` or ``money:USD``."""
    kind, _, currency = unit.partition(":")
    if kind == "money":
        return money(value, currency)
    return _KINDS[kind](value)


_KINDS = {"count": count, "short": short, "percent": percent, "number": number}


def _in_three_figures(value: float) -> str:
    size = abs(value)
    decimals = 2 if size < 9.995 else 1 if size < 99.95 else 0
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def _signed(text: str) -> str:
    return text.replace("-", "−")

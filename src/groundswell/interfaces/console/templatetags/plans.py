"""What templates of plans need besides: amounts in major units, and accounts in their parts."""

from collections.abc import Mapping
from typing import Any

from django import template

from groundswell.interfaces.console import numerals
from groundswell.terms.money import Money

register = template.Library()


@register.filter
def major(amount: float | None, currency: str) -> str:
    """An amount in major units as the currency is written, without its name: 1,234.50."""
    if amount is None:
        return numerals.MISSING
    return f"{Money.rounded(amount, currency).major:,}"


@register.filter
def listed(value: Any) -> str:
    """What a key of a brief says: a list with commas between, anything else as it is."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def part(share: float) -> str:
    """A share in whole percent, for narrow cells: 12%, <1%, 0%."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


@register.filter
def account(written: str) -> tuple[str, str]:
    """An account's platform and name: instagram:anna."""
    platform, _, name = written.partition(":")
    return platform, name


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key, or None."""
    return values.get(key)

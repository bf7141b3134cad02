"""Money: integer minor units with a currency, never a float."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from babel.numbers import list_currencies

# Codes of ISO 4217 in which nobody is paid: metals, units of account of banks and funds, one for
# tests, and one for no currency.
_NO_MONEY = """
XAG XAU XBA XBB XBC XBD XDR XFO XFU XPD XPT XRE XSU XTS XUA XXX
"""
CURRENCIES: frozenset[str] = frozenset(list_currencies()) - frozenset(_NO_MONEY.split())
# ISO 4217: every currency not named here has two decimals.
_WHOLE = """
BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
"""
_THOUSANDTHS = """
BHD IQD JOD KWD LYD OMR TND
"""
_DECIMALS = {**dict.fromkeys(_WHOLE.split(), 0), **dict.fromkeys(_THOUSANDTHS.split(), 3)}
_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.currency, re.ASCII):
            raise ValueError(f"a currency is three capital letters, got {self.currency!r}")

    @classmethod
    def of(cls, amount: str | int | float | Decimal, currency: str) -> Self:
        """Read an amount in major units, such as ``"99.90"`` or ``1500``.

        A float is taken at its shortest decimal form, so 0.1 means ten cents.

        Raises:
            ValueError: When the amount is no plain decimal number (NaN, 1e9 and full-width digits
                are refused), or has more decimals than the currency.
        """
        text = str(amount).strip()
        if not _PLAIN.fullmatch(text):
            raise ValueError(f"an amount of money is a plain number such as 99.90, got {text!r}")
        scaled = Decimal(text).scaleb(_DECIMALS.get(currency, 2))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{currency} has no such fraction: got {text!r}")
        return cls(int(scaled), currency)

    @classmethod
    def rounded(cls, amount: float, currency: str) -> Self:
        """The nearest amount to a computed price in major units; halves go to the even unit."""
        scaled = Decimal(repr(float(amount))).scaleb(_DECIMALS.get(currency, 2))
        return cls(int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, with the currency's decimals."""
        return Decimal(self.minor).scaleb(-_DECIMALS.get(self.currency, 2))

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}: convert one first")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.major:,} {self.currency}"

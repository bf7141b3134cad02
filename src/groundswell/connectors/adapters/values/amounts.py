"""Money, shares and flags."""

import re

from groundswell.connectors.adapters.values import counts
from groundswell.connectors.adapters.values.counts import Marks
from groundswell.connectors.adapters.values.missing import (
    MISSING,
    MISSING_NUMBER,
    Unreadable,
)
from groundswell.terms.money import CURRENCIES, Money

_SYMBOLS = {
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₫": "VND",
    "฿": "THB",
    "₴": "UAH",
    "zł": "PLN",
    "r$": "BRL",
    "rs": "INR",
    "rp": "IDR",
    "kč": "CZK",
    "a$": "AUD",
    "c$": "CAD",
    "s$": "SGD",
    "hk$": "HKD",
    "mx$": "MXN",
    "nz$": "NZD",
}
_MONEY = re.compile(
    r"(?P<before>[^\d\s.,+-]{0,4})\s*(?P<sign>[+-]?)(?P<digits>\d[\d.,\s\u00a0\u202f'’]*)(?P<after>.*)",
    re.ASCII | re.DOTALL,
)
_YES = "true t yes y 1 1.0 ja oui si sí sim да verified private ✓ ✔ x on"
_NO = "false f no n 0 0.0 nein non não nao нет public ✗ off"
_TRUE, _FALSE = frozenset(_YES.split()), frozenset(_NO.split())
_SHARE = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,40})?)\s*(%?)(?:[eE]-([0-9]{1,2}))?", re.ASCII)


def read_flag(cell: str) -> bool | None:
    """Yes or no in the usual words, or None when the cell says neither.

    Raises:
        Unreadable: When the cell holds something else.
    """
    text = cell.strip()
    if text in MISSING or text.lower() in {"unknown", "?"}:
        return None
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable("is neither yes nor no")


def read_share(cell: str, *, percent: bool) -> float | None:
    """A number in [0, 1], or None when the cell says that there is none.

    Args:
        cell: The cell's text, such as ``45%``, ``0.45`` or, in a column of percents, ``45``.
        percent: Whether bare numbers are percents.

    Raises:
        Unreadable: When the cell holds no such number.
    """
    text = cell.strip()
    if text in MISSING_NUMBER:
        return None
    shape = _SHARE.fullmatch(text)
    if shape is None:
        raise Unreadable("is no share")
    value = float(shape[1].replace(",", ".")) * 10.0 ** -int(shape[3] or 0)
    if shape[2] or percent:
        value /= 100
    if not 0 <= value <= 1:
        raise Unreadable("is no share: it lies outside 0 to 1")
    return value


def read_currency(cell: str) -> str | None:
    """ISO 4217 code of a currency, or None when the cell says that there is none.

    Raises:
        Unreadable: When the cell holds no currency.
    """
    text = cell.strip()
    if text in MISSING:
        return None
    if text.upper() in CURRENCIES:
        return text.upper()
    found = _SYMBOLS.get(text.lower())
    if found is None:
        raise Unreadable("is no currency: use its three letters, such as USD")
    return found


def read_money(cell: str, marks: Marks, currency: str | None) -> Money | None:
    """A price in major units, or None when the cell says that there is none.

    Args:
        cell: The cell's text, such as ``1,250.00``, ``$99`` or ``1.250 EUR``.
        marks: How its column writes numbers.
        currency: What prices without a currency are in.

    Raises:
        Unreadable: When the cell holds no plain, positive amount with a known currency.
    """
    text = cell.strip()
    # "NaN" is no way to say that there is no price: a program failed to work one out.
    if text in MISSING_NUMBER and text.lower() != "nan":
        return None
    shape = _MONEY.fullmatch(text)
    if shape is None:
        raise Unreadable("is no plain amount of money, such as 99.90")
    if shape["sign"] == "-":
        raise Unreadable("is negative")
    written = shape["before"].strip() or shape["after"].strip()
    if shape["before"].strip() and shape["after"].strip():
        raise Unreadable("is no plain amount of money, such as 99.90")
    if any(character.isdigit() or character == "_" for character in written):
        raise Unreadable("is no plain amount of money, such as 99.90")
    own = read_currency(written) if written else currency
    if own is None:
        raise Unreadable(
            'has no currency: give currency = "USD", or which it is, under [defaults] in a map'
        )
    try:
        whole, decimals = counts.split(shape["digits"].strip().rstrip(".,"), marks, short=False)
        return Money.of(f"{whole}.{decimals}" if decimals else whole, own)
    except ValueError:
        raise Unreadable("is no plain amount of money, such as 99.90") from None

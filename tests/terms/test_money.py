from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.terms.money import CURRENCIES, Money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("99.90", "USD", 9990), ("1500", "JPY", 1500), ("1.234", "KWD", 1234), (0.1, "EUR", 10)],
)
def test_amounts_are_kept_in_the_currencys_minor_units(text, currency, minor):
    assert Money.of(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e999999", "1e3", "１２", "1_000", "", "12,50", "9" * 16]
)
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match="plain number"):
        Money.of(text, "USD")


def test_nobody_is_paid_in_metals_test_codes_or_no_currency():
    assert not {"XXX", "XTS", "XAU", "XDR", "XBA"} & CURRENCIES
    assert {"USD", "EUR", "XOF", "XAF", "XPF", "XCD"} <= CURRENCIES


def test_a_fraction_that_the_currency_lacks_is_refused():
    with pytest.raises(ValueError, match="JPY has no such fraction"):
        Money.of("1.5", "JPY")


@pytest.mark.parametrize("currency", ["usd", "US", "USDX", "ＵＳＤ"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, currency)


def test_a_computed_price_is_rounded_to_the_nearest_unit():
    assert Money.rounded(2.345, "USD") == Money(234, "USD")
    assert Money.rounded(2.355, "USD") == Money(236, "USD")


def test_amounts_of_two_currencies_are_not_added():
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        Money(1, "USD") + Money(1, "EUR")


@given(st.integers(1 - 10**15, 10**15 - 1), st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_is_written_in_major_units_reads_back_the_same(minor, currency):
    money = Money(minor, currency)

    assert Money.of(str(money.major), currency) == money
    assert isinstance(money.major, Decimal)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.values.amounts import (
    read_currency,
    read_flag,
    read_money,
    read_share,
)
from groundswell.connectors.adapters.values.counts import Marks, marks_of
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.money import Money


@pytest.mark.parametrize(
    ("cell", "money"),
    [
        ("99.90", Money(9_990, "USD")),
        ("$1,250.00", Money(125_000, "USD")),
        ("1.250,50 €", Money(125_050, "EUR")),
        ("1'250.00", Money(125_000, "USD")),
        ("R$ 200", Money(20_000, "BRL")),
        ("¥12000", Money(12_000, "JPY")),
        ("1,250", Money(125_000, "USD")),
    ],
)
def test_prices_become_minor_units(cell, money):
    assert read_money(cell, Marks(), "USD") == money


@pytest.mark.parametrize(
    "cell", ["NaN", "nan", "Infinity", "1e999999", "１２３", "1_000", "-5", "free", "1.2.3,4"]
)
def test_what_is_no_plain_amount_is_refused(cell):
    with pytest.raises(Unreadable):
        read_money(cell, Marks(), "USD")


def test_a_price_needs_a_currency():
    with pytest.raises(Unreadable, match="no currency"):
        read_money("99", Marks(), None)


def test_a_price_can_be_absent():
    assert read_money("N/A", Marks(), "USD") is None


def test_a_column_with_decimals_decides_what_three_digits_are():
    assert read_money("1.250", marks_of(["99.5"]), "KWD") == Money(1_250, "KWD")
    assert read_money("1.250", Marks(), "KWD") == Money(1_250_000, "KWD")


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("45%", 0.45),
        ("0.45", 0.45),
        ("0,45", 0.45),
        ("", None),
        ("5e-2", 0.05),
        ("0.0032679738562091504", 0.0032679738562091504),
    ],
)
def test_shares_are_read(cell, share):
    found = read_share(cell, percent=False)

    assert found == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize("cell", ["145%", "-1", "much"])
def test_what_is_no_share_is_refused(cell):
    with pytest.raises(Unreadable):
        read_share(cell, percent=False)


def test_percents_are_read_in_a_column_of_them():
    assert read_share("45", percent=True) == pytest.approx(0.45)


def test_flags_and_currencies_are_read_in_the_usual_words():
    assert [read_flag(cell) for cell in ("yes", "0", "TRUE", "nein", "")] == [
        True, False, True, False, None,
    ]  # fmt: skip
    assert [read_currency(cell) for cell in ("eur", "$", "zł", "")] == ["EUR", "USD", "PLN", None]
    with pytest.raises(Unreadable):
        read_flag("perhaps")
    for unknown in ("doubloons", "ZZZ", "XXX", "XTS", "XAU"):
        with pytest.raises(Unreadable):
            read_currency(unknown)


@given(st.text(max_size=15))
def test_any_text_is_an_amount_a_share_a_flag_or_refused(text):
    readers = (
        lambda cell: read_money(cell, marks_of([cell]), "USD"),
        lambda cell: read_share(cell, percent=False),
        read_flag,
        read_currency,
    )
    for read in readers:
        try:
            read(text)
        except Unreadable:
            continue

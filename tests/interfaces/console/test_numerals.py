import pytest

from groundswell.interfaces.console import numerals


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0"), (12_345, "12,345"), (12_345.6, "12,346"), (-1_200, "−1,200")],
)
def test_a_count_keeps_its_thousands_apart(value, text):
    assert numerals.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (950, "950"),
        (3.25, "3.2"),
        (12_345, "12.3K"),
        (9_996, "10K"),
        (217_564, "218K"),
        (200_400, "200K"),
        (999_499, "999K"),
        (999_500, "1M"),
        (1_240_000, "1.24M"),
        (1_016_769, "1.02M"),
        (2_000_000_000, "2B"),
        (-12_345, "−12.3K"),
    ],
)
def test_a_large_number_is_shortened_to_three_figures(value, text):
    assert numerals.short(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (0, "0.0%"),
        (0.00001, "<0.01%"),
        (0.00423, "0.42%"),
        (0.0423, "4.2%"),
        (0.9996, ">99.9%"),
        (1, "100.0%"),
        (-0.031, "−3.1%"),
    ],
)
def test_only_certainty_is_written_as_none_or_all(share, text):
    assert numerals.percent(share) == text


def test_money_has_the_decimals_of_its_currency():
    assert numerals.money(123_450, "USD") == "1,234.50 USD"
    assert numerals.money(123_450, "JPY") == "123,450 JPY"
    assert numerals.money(-50, "EUR") == "−0.50 EUR"
    assert numerals.money(None, "EUR") == "–"


def test_another_number_has_about_three_figures():
    assert [numerals.number(value) for value in (0.423, 3, 3.14159, 31.4159, 1240.4, None)] == [
        "0.42",
        "3",
        "3.14",
        "31.4",
        "1,240",
        "–",
    ]


def test_a_unit_chooses_how_a_value_is_shown():
    assert numerals.shown(0.05, "percent") == "5.0%"
    assert numerals.shown(4_500, "money:USD") == "45.00 USD"
    with pytest.raises(KeyError):
        numerals.shown(1, "apples")

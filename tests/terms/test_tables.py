import datetime

import pytest

from groundswell.terms import tables
from groundswell.terms.period import Period


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=lambda table: table.name)
def test_only_the_key_of_a_table_must_be_there(table):
    required = {field.name for field in table.schema if not field.nullable}

    assert required == set(table.key)


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=lambda table: table.name)
def test_every_column_says_what_it_holds(table):
    assert [column.name for column in table.columns if not column.description] == []
    assert len({column.name for column in table.columns}) == len(table.columns)


def test_observations_say_when_and_from_where():
    counted = [tables.ACCOUNT_OBSERVATIONS, tables.POST_OBSERVATIONS, tables.AUDIENCE_SHARES]

    assert all({"observed_at", "source"} <= set(table.schema.names) for table in counted)


def test_an_unknown_column_is_named():
    with pytest.raises(KeyError, match="'posts' has no column 'veiws'"):
        tables.POSTS.column("veiws")


def test_a_key_of_columns_that_do_not_exist_is_refused():
    with pytest.raises(ValueError, match="unknown columns"):
        tables.Table("odd", ("nothing",), (), "")


def test_a_period_includes_both_ends():
    week = Period(datetime.date(2026, 3, 2), datetime.date(2026, 3, 8))

    assert week.days == 7
    assert datetime.date(2026, 3, 8) in week
    assert week.shifted(7).start == datetime.date(2026, 3, 9)


def test_a_period_does_not_end_before_it_starts():
    with pytest.raises(ValueError, match="2026-03-08 to 2026-03-02"):
        Period(datetime.date(2026, 3, 8), datetime.date(2026, 3, 2))

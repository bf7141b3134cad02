"""Rows come out of the database as they are in it."""

from datetime import UTC

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.creators import queries
from groundswell.creators.models import Account, Creator
from groundswell.workspaces import access
from tests.creators.conftest import account, counted, day

# What the database's text type takes: no NUL, no halves of surrogate pairs.
texts = st.text(st.characters(exclude_characters="\0\x1f", exclude_categories=["Cs"]), max_size=8)


@settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    bio=st.none() | texts,
    categories=st.none() | st.lists(texts.filter(bool), min_size=1, max_size=3),
    verified=st.none() | st.booleans(),
    followers=st.none() | st.integers(0, 2**62),
    created_at=st.none() | st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1900),
)
def test_an_account_is_read_as_it_was_written(workspace, **known):
    with access.inside(workspace):
        creator = Creator.objects.create(workspace=workspace, name="Anna")
        written = Account.objects.create(
            workspace=workspace,
            creator=creator,
            origin=creator,
            platform="x",
            platform_id=str(creator.id),
            revision=1,
            **known,
        )

        (row,) = queries.accounts_table([written.id]).to_pylist()

    assert row["account"] == str(written.id)
    assert {name: row[name] for name in known} == known


def test_no_accounts_are_an_empty_table_of_the_same_schema(inside):
    assert queries.accounts_table() == pa.Table.from_pylist([], schema=queries.ACCOUNTS)


def test_accounts_are_those_of_one_workspace(desk, stranger):
    desk.publish(accounts=[account("anna")], account_observations=[counted("anna", 1, day(1))])

    with access.inside(stranger):
        assert queries.accounts_table().num_rows == 0
        assert queries.latest_revision() == 0
        with queries.observations() as observations:
            assert observations.ask("latest_counts").num_rows == 0

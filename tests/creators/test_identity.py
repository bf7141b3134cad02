"""Who is meant by a name: ids before handles, handles in any case, ids learnt later."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.creators import queries
from groundswell.creators.models import Account, Contact, Creator
from groundswell.creators.queries import UnknownAccount
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces
from tests.creators.conftest import Desk, account, counted, day


def found(desk, name):
    with access.inside(desk.workspace):
        return queries.find_account(AccountRef.parse(name)).id


def test_handles_are_one_in_any_case_of_letters(desk):
    desk.publish(accounts=[account("Anna")])

    desk.publish(account_observations=[counted("aNNa", 10, day(1))])

    assert desk.accounts("handle", "followers") == [("Anna", 10)]


def test_one_handle_on_two_platforms_is_two_accounts_of_two_creators(desk):
    desk.publish(accounts=[account("anna"), account("anna", platform="tiktok")])

    assert len(set(desk.accounts("creator"))) == 2


def test_an_id_learnt_later_is_given_to_the_account_known_by_its_handle(desk):
    desk.publish(accounts=[account("anna", bio="hello")])
    before = found(desk, "instagram:anna")

    published = desk.publish(accounts=[account("ANNA", "17")])

    assert published.changed == {"accounts": 1}
    assert desk.accounts("platform_id", "bio") == [("17", "hello")]
    assert found(desk, "instagram:17") == before


def test_an_id_that_nobody_could_tell_from_a_handle_becomes_the_id(desk):
    desk.publish(account_observations=[counted("UC17", 10, day(1), platform="youtube")])

    desk.publish(accounts=[account("anna", "UC17", platform="youtube")])

    assert desk.accounts("platform_id", "handle", "followers") == [("UC17", "anna", 10)]


def test_a_handle_that_nobody_has_may_be_an_id(desk):
    desk.publish(accounts=[account("anna", "UC17", platform="youtube")])

    desk.publish(account_observations=[counted("UC17", 10, day(1), platform="youtube")])

    assert desk.accounts("handle", "followers") == [("anna", 10)]


def test_two_accounts_that_turn_out_to_be_one_are_merged_with_all_they_have(desk):
    desk.publish(
        accounts=[account("anna", city="Bonn")],
        account_observations=[counted("anna", 10, day(1))],
        contacts=[
            {
                "platform": "instagram",
                "account_handle": "anna",
                "channel": "email",
                "address": "a@example.org",
                "source": "import",
            }
        ],
    )
    desk.publish(accounts=[account(None, "17", bio="hello")])
    assert len(desk.accounts("id")) == 2

    desk.publish(accounts=[account("anna", "17")])

    assert desk.accounts("platform_id", "handle", "bio", "city", "followers") == [
        ("17", "anna", "hello", "Bonn", 10)
    ]
    with access.inside(desk.workspace):
        survivor = Account.objects.get(merged_into=None)
        with queries.observations() as observations:
            series = observations.ask("follower_series", accounts=[str(survivor.id)])
        assert series["followers"].to_pylist() == [10]
        assert Contact.objects.get().creator_id == survivor.creator_id
        assert Creator.objects.filter(merged_into=None).count() == 1
        (merged,) = queries.merged_accounts()
        assert queries.accounts_table()["account"].to_pylist() == [str(survivor.id)]
        assert merged != survivor.id


def test_the_handle_of_a_merged_account_still_finds_the_survivor(desk):
    desk.publish(accounts=[account("anna"), account(None, "17")])
    desk.publish(accounts=[account("anna", "17")])
    desk.publish(accounts=[account("anna_new", "17")])
    survivor = found(desk, "instagram:17")

    desk.publish(account_observations=[counted("anna", 5, day(1))])

    assert found(desk, "instagram:anna") == survivor
    assert desk.accounts("handle", "followers") == [("anna_new", 5)]


def test_a_handle_taken_over_by_another_id_makes_another_account(desk):
    desk.publish(accounts=[account("anna", "17")])

    desk.publish(accounts=[account("anna", "18")])

    assert sorted(desk.accounts("platform_id")) == ["17", "18"]


def test_a_name_shown_by_two_accounts_means_neither(desk):
    desk.publish(accounts=[account("a", display_name="Zoe"), account("b", display_name="Zoe")])

    desk.publish(posts=[{"platform": "instagram", "post_id": "p", "account_display_name": "Zoe"}])

    assert desk.accounts("handle") == ["a", "b", None]


def test_a_name_shown_by_one_account_means_it(desk):
    desk.publish(accounts=[account("a", display_name="Zoe")])

    desk.publish(posts=[{"platform": "instagram", "post_id": "p", "account_display_name": "Zoe"}])

    assert desk.accounts("handle") == ["a"]


def test_a_reference_fills_an_empty_name_and_replaces_none(desk):
    desk.publish(accounts=[account(None, "17"), account("bea", "18", display_name="Bea")])
    names = {"platform": "instagram", "account_handle": "new", "account_display_name": "New"}

    desk.publish(posts=[{"post_id": n, **names, "account_platform_id": n} for n in ("17", "18")])

    assert desk.accounts("handle", "display_name") == [("bea", "Bea"), ("new", "New")]


def test_an_account_nobody_knows_is_refused_by_name(desk):
    with access.inside(desk.workspace), pytest.raises(UnknownAccount, match="instagram:nobody"):
        queries.find_account(AccountRef.parse("instagram:nobody"))


names = st.sampled_from(["anna", "bea"])
rows = st.lists(
    st.one_of(
        st.builds(account, names, st.none()),
        st.builds(account, st.none(), st.sampled_from(["1", "2"])),
        st.builds(lambda pair: account(*pair), st.sampled_from([("anna", "1"), ("bea", "2")])),
    ),
    min_size=1,
    max_size=3,
)


examples = itertools.count()


@settings(
    deadline=None,
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(rows, min_size=1, max_size=3))
def test_in_whatever_order_names_and_ids_come_two_people_end_as_two_accounts(
    db, home, tmp_path_factory, now, imports
):
    fresh = workspaces.create(slug=f"fresh-{next(examples)}", name="Fresh", by="test", now=now)
    desk = Desk(fresh, tmp_path_factory.mktemp("desk"), now)
    for accounts in imports:
        desk.publish(accounts=accounts)
    desk.publish(accounts=[account("anna", "1"), account("bea", "2")])

    assert desk.accounts("handle", "platform_id") == [("anna", "1"), ("bea", "2")]
    again = desk.publish(accounts=[account("anna", "1"), account("bea", "2")])
    assert again.unchanged == 2

"""Merging keeps everything, and unmerging gives it back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.creators import queries
from groundswell.creators.actions import contacts, duplicates
from groundswell.creators.actions.duplicates import CannotMerge, CannotUnmerge
from groundswell.creators.models import Account, Contact, Creator, DuplicateProposal
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.creators.conftest import account


@pytest.fixture
def people(desk):
    """Four creators with an account and a contact each."""
    desk.publish(
        accounts=[
            account(name, display_name=name.title()) for name in ("anna", "bea", "cleo", "dora")
        ],
        contacts=[
            {
                "platform": "instagram",
                "account_handle": name,
                "channel": "email",
                "address": f"{name}@example.org",
                "source": "import",
            }
            for name in ("anna", "bea", "cleo", "dora")
        ],
    )
    with access.inside(desk.workspace):
        yield {creator.name.lower(): creator for creator in Creator.objects.all()}


def belongings():
    """Every account and contact with its creator, and every creator with its survivor."""
    return (
        list(Account.objects.order_by("id").values_list("id", "creator", "origin")),
        list(Contact.objects.order_by("id").values_list("id", "creator", "origin")),
        list(Creator.objects.order_by("id").values_list("id", "merged_into", "name")),
    )


def merge(creator, into, now):
    duplicates.merge(
        creator=Creator.objects.get(id=creator.id),
        into=Creator.objects.get(id=into.id),
        by="test",
        now=now,
    )


def unmerge(creator, now):
    duplicates.unmerge(creator=Creator.objects.get(id=creator.id), by="test", now=now)


def test_a_merged_creators_accounts_and_contacts_are_the_survivors(people, now):
    merge(people["bea"], people["anna"], now)

    handles = [a.handle for a in queries.accounts_of(people["anna"])]
    addresses = [address for _, address in queries.contacts_of(people["anna"])]
    assert sorted(handles) == ["anna", "bea"]
    assert sorted(addresses) == ["anna@example.org", "bea@example.org"]
    assert not queries.accounts_of(people["bea"]).exists()
    assert queries.accounts_table(changed_since=1)["handle"].to_pylist() == ["bea"]
    assert JournalEntry.objects.filter(event="creator.merged").count() == 1


def test_a_merge_undone_gives_the_same_rows(people, now):
    before = belongings()

    merge(people["bea"], people["anna"], now)
    unmerge(people["bea"], now)

    assert belongings() == before


def test_what_came_after_the_merge_stays_with_whom_it_was_given_to(people, now):
    merge(people["bea"], people["anna"], now)
    contacts.add(
        creator=people["anna"], channel="phone", address="+12025550123", details={}, by="t", now=now
    )

    unmerge(people["bea"], now)

    assert [c.channel for c, _ in queries.contacts_of(people["anna"])] == ["email", "phone"]
    assert [c.channel for c, _ in queries.contacts_of(people["bea"])] == ["email"]


def test_an_inner_merge_can_be_undone_before_the_outer(people, now):
    merge(people["bea"], people["anna"], now)
    merge(people["anna"], people["cleo"], now)

    unmerge(people["bea"], now)

    assert [a.handle for a in queries.accounts_of(people["bea"])] == ["bea"]
    assert sorted(a.handle for a in queries.accounts_of(people["cleo"])) == ["anna", "cleo"]


names = st.sampled_from(["anna", "bea", "cleo", "dora"])


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(names, names), max_size=5), st.randoms(use_true_random=False))
def test_any_merges_undone_in_any_order_give_the_same_rows(people, now, pairs, shuffler):
    before = belongings()
    merged = []
    for name, other in pairs:
        creator, into = (Creator.objects.get(id=people[n].id) for n in (name, other))
        if name != other and creator.merged_into_id is None and into.merged_into_id is None:
            merge(creator, into, now)
            merged.append(creator)
    shuffler.shuffle(merged)

    for creator in merged:
        unmerge(creator, now)

    assert belongings() == before


def test_a_creator_merged_before_cannot_be_merged_again(people, now):
    merge(people["bea"], people["anna"], now)
    before = belongings()

    with pytest.raises(CannotMerge, match="'Bea' was merged"):
        merge(people["bea"], people["cleo"], now)
    with pytest.raises(CannotMerge, match="into itself"):
        merge(people["cleo"], people["cleo"], now)

    assert belongings() == before


def test_a_creator_that_was_not_merged_cannot_be_unmerged(people, now):
    with pytest.raises(CannotUnmerge, match="'Anna'"):
        unmerge(people["anna"], now)


def propose(desk):
    return duplicates.propose(workspace=desk.workspace, by="test", now=desk.now)


@pytest.fixture
def pair(desk):
    """Anna on two platforms, not known to be one."""
    desk.publish(accounts=[account("anna", display_name="Anna K")])
    desk.publish(accounts=[account("anna", platform="tiktok", display_name="Anna K")])


def test_proposals_come_with_reasons_and_the_same_search_again_adds_none(desk, pair):
    with access.inside(desk.workspace):
        assert propose(desk) == 1
        assert propose(desk) == 0

        (proposal,) = queries.proposals()
        assert [piece["kind"] for piece in proposal.evidence] == ["handle", "name"]


def test_a_merge_decides_its_proposal(desk, pair, now):
    with access.inside(desk.workspace):
        propose(desk)
        (proposal,) = queries.proposals()
        merge(proposal.first, proposal.second, now)

        assert not queries.proposals().exists()
        assert propose(desk) == 0
        assert DuplicateProposal.objects.get().state == "merged"


def test_a_dismissed_pair_comes_back_only_with_new_evidence(desk, pair, now):
    with access.inside(desk.workspace):
        propose(desk)
        duplicates.dismiss(proposal=queries.proposals().get(), by="test", now=now)
        propose(desk)
        assert not queries.proposals().exists()

    desk.publish(accounts=[account("anna", links=["https://tiktok.com/@anna"])])
    with access.inside(desk.workspace):
        propose(desk)
        assert queries.proposals().count() == 1


def test_an_unmerged_pair_is_not_proposed_again(desk, pair, now):
    with access.inside(desk.workspace):
        propose(desk)
        proposal = queries.proposals().get()
        merge(proposal.first, proposal.second, now)
        unmerge(proposal.first, now)
        propose(desk)

        assert not queries.proposals().exists()


def test_a_proposal_whose_evidence_is_gone_goes(desk, pair):
    with access.inside(desk.workspace):
        propose(desk)
    desk.publish(accounts=[account("anna", display_name="Somebody else")])

    with access.inside(desk.workspace):
        propose(desk)
        assert not DuplicateProposal.objects.exists()

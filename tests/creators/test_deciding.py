"""Deciding on duplicates: many at once, and back again."""

import pytest

from groundswell.creators import proposals
from groundswell.creators.actions import deciding
from groundswell.creators.choices import ProposalState
from groundswell.creators.models import Account, Creator, DuplicateProposal

BY = "anna@example.org"


@pytest.fixture
def pair(inside, now):
    """Makes a proposal about two creators, each with an account of so many followers."""

    def creator(name, followers):
        made = Creator.objects.create(workspace=inside, name=name)
        Account.objects.create(
            workspace=inside, creator=made, origin=made, platform="tiktok", handle=name,
            followers=followers, revision=1,
        )  # fmt: skip
        return made

    def made(one, other, score=0.9, **known):
        first = known.get("first") or creator(one, 10)
        return DuplicateProposal.objects.create(
            workspace=inside, first=first, second=creator(other, 99), score=score,
            evidence=[{"kind": "site", "reason": "both link there", "weight": 0.6}],
            proposed_at=now,
        )  # fmt: skip

    return made


def state(proposal):
    return DuplicateProposal.objects.get(id=proposal.id).state


def test_who_has_more_followers_stays(inside, pair, now):
    proposal = pair("anna", "anna_k")

    done = deciding.merge(workspace=inside, pairs=[proposal.id], by=BY, now=now)

    assert (done.done, done.skipped) == ((proposal.id,), 0)
    assert Creator.objects.get(name="anna").merged_into_id == proposal.second_id


def test_who_is_named_stays(inside, pair, now):
    proposal = pair("anna", "anna_k")
    keep = {proposal.id: proposal.first_id}

    deciding.merge(workspace=inside, pairs=[proposal.id], by=BY, now=now, keep=keep)

    assert Creator.objects.get(name="anna_k").merged_into_id == proposal.first_id


def test_pairs_that_share_somebody_are_not_merged_at_once(inside, pair, now):
    surer = pair("anna", "anna_k", 0.95)
    other = pair("", "anna_z", 0.7, first=surer.first)

    done = deciding.merge(workspace=inside, pairs=[other.id, surer.id], by=BY, now=now)

    assert (done.done, done.skipped) == ((surer.id,), 1)
    assert state(other) == ProposalState.PROPOSED


def test_what_was_decided_is_not_decided_again(inside, pair, now):
    proposal = pair("anna", "anna_k")

    deciding.dismiss(workspace=inside, pairs=[proposal.id], by=BY, now=now)
    again = deciding.merge(workspace=inside, pairs=[proposal.id], by=BY, now=now)

    assert (again.done, again.skipped) == ((), 1)
    assert state(proposal) == ProposalState.DISMISSED


@pytest.mark.parametrize("act", ["merge", "dismiss"])
def test_everything_can_be_taken_back(inside, pair, now, act):
    pairs = [pair("anna", "anna_k").id, pair("ben", "ben_k").id]
    if act == "merge":
        deciding.merge(workspace=inside, pairs=pairs, by=BY, now=now)
    else:
        deciding.dismiss(workspace=inside, pairs=pairs, by=BY, now=now)

    done = deciding.take_back(workspace=inside, pairs=pairs, by=BY, now=now)

    assert sorted(done.done) == sorted(pairs)
    assert not Creator.objects.filter(merged_into__isnull=False).exists()
    assert proposals.counts()["all"] == 2
    assert all(account.creator_id == account.origin_id for account in Account.objects.all())


def test_too_many_at_once_are_refused(inside, now):
    with pytest.raises(deciding.TooManyPairs, match="501 pairs"):
        deciding.dismiss(workspace=inside, pairs=range(501), by=BY, now=now)


def test_open_pairs_are_the_surest_first_and_leave_out_who_was_merged(inside, pair, now):
    sure, unsure = pair("anna", "anna_k", 0.95), pair("ben", "ben_k", 0.4)
    gone = pair("", "anna_z", 0.99, first=sure.first)
    Creator.objects.filter(id=gone.second_id).update(merged_into=unsure.first)

    assert list(proposals.open_ones()) == [sure, unsure]
    assert list(proposals.open_ones(at_least=0.6)) == [sure]
    assert list(proposals.open_ones(text="BEN")) == [unsure]
    assert proposals.counts() == {"all": 2, "very_likely": 1, "likely": 1, "decided": 0}

"""Right of reply: a link that opens one account's page, and the answers by it."""

from datetime import timedelta

import pytest

from groundswell.vetting import reviews
from groundswell.vetting.actions import replies
from groundswell.vetting.models import Reply, ReplyLink, Review
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry


@pytest.fixture
def vetted(crowd):
    crowd.vet()
    return crowd


def invite(desk, handle="runner07", days=14):
    account = desk.account(handle)
    with access.inside(desk.workspace):
        return replies.invite(
            workspace=desk.workspace, account=account, by="ben", now=desk.now, days=days
        )[1]


def answer(desk, secret, text="It was a giveaway.", *, days_later=0):
    return replies.answer(secret, text=text, now=desk.now + timedelta(days_later))


def count(desk, model):
    with access.inside(desk.workspace):
        return model.objects.count()


def test_the_secret_is_kept_only_as_a_hash(vetted):
    secret = invite(vetted)
    with access.inside(vetted.workspace):
        kept = ReplyLink.objects.get()

    assert secret.startswith("gswreply_")
    assert secret.split("~")[0].encode() not in bytes(kept.secret_hash)
    assert replies.find(secret, now=vetted.now).id == kept.id


def test_an_answer_is_kept_with_what_the_creator_was_shown(vetted):
    secret = invite(vetted)
    answer(vetted, secret, "It was a giveaway.\r\nSee my post.\0")
    with access.inside(vetted.workspace):
        [reply] = reviews.replies(vetted.account("runner07"))
        entry = JournalEntry.objects.get(event="creator.answered")

    assert reply.text == "It was a giveaway.\nSee my post."
    assert reply.evidence[0] == {
        "factor": None,
        "sentence": "nothing_unusual",
        "observed_at": None,
    }
    assert {each["factor"] for each in reply.evidence[1:]} >= {"credibility", "growth"}
    assert (entry.by, entry.subject) == ("the creator", "instagram:runner07")


def test_the_queue_says_that_the_creator_answered(vetted):
    account = vetted.account("runner07")
    with access.inside(vetted.workspace):
        Review.objects.create(
            workspace=vetted.workspace,
            account=account,
            opened_at=vetted.now,
            changed_at=vetted.now,
        )
    answer(vetted, invite(vetted))
    with access.inside(vetted.workspace):
        assert reviews.review(account).answered_at == vetted.now
        assert reviews.counts() == {"open": 1, "decided": 0, "answered": 1}


def test_several_answers_are_kept_until_the_link_is_over(vetted):
    secret = invite(vetted, days=3)
    answer(vetted, secret)
    answer(vetted, secret, "And another thing.", days_later=2)

    with pytest.raises(replies.ReplyOver):
        answer(vetted, secret, "Too late.", days_later=3)
    assert count(vetted, Reply) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [(" \n\0 ", "nothing was written"), ("x" * 4_001, "4,000 characters at most")],
)
def test_an_empty_or_endless_answer_is_refused(vetted, text, message):
    with pytest.raises(replies.BadReply, match=message):
        answer(vetted, invite(vetted), text)
    assert count(vetted, Reply) == 0


def test_no_more_than_twenty_answers_are_kept(vetted):
    secret = invite(vetted)
    for _ in range(replies.MOST):
        answer(vetted, secret)

    with pytest.raises(replies.BadReply, match="20 answers"):
        answer(vetted, secret)


def test_a_new_link_ends_the_one_before(vetted):
    first, second = invite(vetted), invite(vetted)

    with pytest.raises(replies.ReplyOver):
        replies.find(first, now=vetted.now)
    assert replies.find(second, now=vetted.now).revoked_at is None


def test_a_withdrawn_link_opens_nothing(vetted):
    secret = invite(vetted)
    account = vetted.account("runner07")
    with access.inside(vetted.workspace):
        replies.withdraw(workspace=vetted.workspace, account=account, by="ben", now=vetted.now)

    with pytest.raises(replies.ReplyOver):
        answer(vetted, secret)


def test_a_secret_without_its_signature_opens_nothing(vetted):
    secret = invite(vetted)
    bare, _, signature = secret.partition("~")

    for wrong in (bare, f"{bare}~{signature[:-1]}", f"{bare[:-1]}x~{signature}", ""):
        with pytest.raises(replies.ReplyOver):
            replies.find(wrong, now=vetted.now)


@pytest.mark.parametrize("days", [0, 91])
def test_a_link_is_open_for_days_and_not_for_ever(vetted, days):
    with pytest.raises(replies.BadDays, match="1 to 90 days"):
        invite(vetted, days=days)
    assert count(vetted, ReplyLink) == 0

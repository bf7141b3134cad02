"""Right of reply: a link by which a creator reads what is said of an account, and answers."""

from datetime import datetime, timedelta
from typing import Any

from django_scopes import scopes_disabled

from groundswell.creators.models import Account
from groundswell.people.links import Links
from groundswell.terms.errors import Refusal
from groundswell.vetting import queries
from groundswell.vetting.models import Reply, ReplyLink, Review
from groundswell.vetting.queries import Answer
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

DAYS = 14
MOST_DAYS = 90
LONGEST = 4_000  # characters of an answer
MOST = 20  # answers by one link
CREATOR = "the creator"  # as the journal names who answers
_LINKS = Links("gswreply", "replies")


class ReplyOver(Refusal):
    """The link is unknown, withdrawn or too old."""

    code = "reply_over"

    def __init__(self) -> None:
        super().__init__(
            "this link opens nothing: it is mistyped, was withdrawn or replaced, or is too old; "
            "ask those who sent it for a new one"
        )


class BadReply(Refusal, ValueError):
    """An answer that can't be kept."""

    code = "bad_reply"


class BadDays(Refusal, ValueError):
    """A time for which no link can be open."""

    code = "bad_days"


def invite(
    *, workspace: Workspace, account: Account, by: str, now: datetime, days: int = DAYS
) -> tuple[ReplyLink, str]:
    """Make the link for an account's creator; one that was made before ends.

    Returns:
        The link, and its signed secret, which is kept nowhere.

    Raises:
        BadDays: When it should be open for less than a day, or too long.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadDays(f"a link is open for 1 to {MOST_DAYS} days, got {days}")
    # Two at once: one waits here for the other, and replaces its link.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    ReplyLink.objects.filter(account=account, revoked_at=None).update(revoked_at=now)
    secret_hash, signed = _LINKS.make()
    link = ReplyLink.objects.create(
        workspace=workspace,
        account=account,
        secret_hash=secret_hash,
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    journal.record(
        "reply.invited",
        workspace=workspace,
        by=by,
        now=now,
        subject=str(account),
        details={"expires_at": link.expires_at.isoformat()},
    )
    return link, signed


def withdraw(*, workspace: Workspace, account: Account, by: str, now: datetime) -> None:
    """End an account's link; what was answered stays."""
    if ReplyLink.objects.filter(account=account, revoked_at=None).update(revoked_at=now):
        journal.record("reply.withdrawn", workspace=workspace, by=by, now=now, subject=str(account))


def find(signed: str, *, now: datetime) -> ReplyLink:
    """The link that an address names; asked before any workspace is entered.

    Raises:
        ReplyOver: When it opens nothing.
    """
    secret_hash = _LINKS.hash_of(signed)
    if secret_hash is None:
        raise ReplyOver
    with scopes_disabled():
        found = (
            ReplyLink.objects.select_related("workspace")
            .filter(secret_hash=secret_hash, revoked_at=None, expires_at__gt=now)
            .first()
        )
    if found is None:
        raise ReplyOver
    return found


def opened(link: ReplyLink, *, now: datetime) -> Answer:
    """What the creator is shown; the first time is kept. Called inside the link's workspace.

    Raises:
        ReplyOver: When the account is not there any more.
    """
    account = Account.objects.filter(id=link.account_id, merged_into=None).first()
    if account is None:
        raise ReplyOver
    ReplyLink.objects.filter(id=link.id, opened_at=None).update(opened_at=now)
    kept = queries.kept([account]).get(account.id)
    return kept or queries.worked_out(account, now=now)


def answer(signed: str, *, text: str, now: datetime) -> Reply:
    """Keep what a creator answers, with what the creator was shown.

    Raises:
        ReplyOver: When the link opens nothing.
        BadReply: When there is no text, it is too long, or too many were sent.
    """
    words = _words(text)
    link = find(signed, now=now)
    with access.inside(link.workspace):
        held = ReplyLink.objects.select_for_update(of=("self",)).get(id=link.id)
        if held.revoked_at is not None:
            raise ReplyOver
        if Reply.objects.filter(link=link).count() >= MOST:
            raise BadReply(f"{MOST} answers were sent by this link, and no more are kept")
        shown = opened(link, now=now)
        reply = Reply.objects.create(
            workspace=link.workspace,
            account=shown.account,
            link=link,
            text=words,
            evidence=_shown(shown),
            replied_at=now,
        )
        Review.objects.filter(account=shown.account).update(answered_at=now)
        journal.record(
            "creator.answered",
            workspace=link.workspace,
            by=CREATOR,
            now=now,
            subject=str(shown.account),
            details={"characters": len(words)},
        )
    return reply


def _words(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    words = "".join(sign for sign in words if sign in "\n\t" or sign.isprintable())
    if not words:
        raise BadReply("nothing was written: say in your own words what should be known")
    if len(words) > LONGEST:
        raise BadReply(f"an answer has {LONGEST:,} characters at most, and this has {len(words):,}")
    return words


def _shown(answer: Answer) -> list[dict[str, Any]]:
    """What the creator saw: the verdict, then each piece of evidence with its date."""
    verdict = {"factor": None, "sentence": answer.standing.value, "observed_at": None}
    pieces = [
        {
            "factor": item.factor.value,
            "sentence": item.sentence,
            "observed_at": item.observed_at.isoformat() if item.observed_at else None,
        }
        for factor in answer.card.factors
        for item in factor.evidence
    ]
    return [verdict, *pieces]

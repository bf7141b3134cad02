"""Reads: the review queue, what was decided, and what an account's verdict is after that."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Sum

from groundswell.creators.models import Account
from groundswell.engine.qualification.verdict import Verdict
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform
from groundswell.vetting import evidence
from groundswell.vetting.choices import ReviewState, Ruling
from groundswell.vetting.evidence import Signal
from groundswell.vetting.models import Decision, Reply, ReplyLink, Review

_SLOWEST = timedelta(hours=1)  # of transactions: one that began earlier may commit later
WAITING = (ReviewState.OPEN, ReviewState.ASKED)


class Standing(StrEnum):
    """The verdict as people left it."""

    NOTHING_UNUSUAL = Verdict.NOTHING_UNUSUAL.value
    NEEDS_REVIEW = Verdict.NEEDS_REVIEW.value
    CANNOT_SAY = Verdict.CANNOT_SAY.value
    CLEARED = Ruling.CLEARED.value
    CONFIRMED = Ruling.CONFIRMED.value


class UnknownReview(Refusal):
    """Nothing about the account asks for a decision."""

    code = "unknown_review"


class UnknownEvidence(Refusal, ValueError):
    """The queue can't be filtered by that."""

    code = "unknown_evidence"


def standing(verdict: Verdict, review: Review | None) -> Standing:
    """A verdict, after what a person decided on the same evidence.

    ``discovery.documents`` says the same in SQL.
    """
    if review is not None and review.state in WAITING:
        return Standing.NEEDS_REVIEW
    ruling = review.ruling if review and review.state == ReviewState.DECIDED else ""
    if ruling == Ruling.CONFIRMED or (ruling and verdict is Verdict.NEEDS_REVIEW):
        return Standing(ruling)
    return Standing(verdict.value)


def doubted() -> list[UUID]:
    """Accounts that wait for a review, or of which a concern was confirmed."""
    decided = Q(state=ReviewState.DECIDED, ruling=Ruling.CONFIRMED)
    found = Review.objects.filter(Q(state__in=WAITING) | decided)
    return list(found.values_list("account_id", flat=True))


def queue(
    *, is_decided: bool = False, platform: str = "", kind: str = ""
) -> QuerySet[Review, Review]:
    """Accounts that wait, or that were decided; the strongest evidence and the largest first.

    Raises:
        UnknownEvidence: When there is no such platform or kind of evidence.
    """
    states = [ReviewState.DECIDED] if is_decided else list(WAITING)
    found: QuerySet[Review, Review] = Review.objects.filter(
        state__in=states, account__merged_into=None
    )
    if platform:
        found = found.filter(account__platform=Platform.parse(platform))
    if kind:
        if kind not in evidence.KINDS:
            known = ", ".join(evidence.KINDS)
            raise UnknownEvidence(f"no evidence is of the kind {kind[:60]!r}: use one of {known}")
        found = found.filter(kinds__contains=[kind])
    largest = F("account__followers").desc(nulls_last=True)
    return found.select_related("account__creator").order_by("-strength", largest, "id")


def counts() -> dict[str, int]:
    """How many wait, how many were decided, and to how many the creator answered."""
    alive = Review.objects.filter(account__merged_into=None)
    waiting = Q(state__in=WAITING)
    return {
        "open": alive.filter(waiting).count(),
        "decided": alive.filter(state=ReviewState.DECIDED).count(),
        "answered": alive.filter(waiting).exclude(answered_at=None).count(),
    }


def platforms() -> list[str]:
    """Platforms of the accounts in the queue, decided or not."""
    found = Review.objects.filter(account__merged_into=None).exclude(state=ReviewState.OVER)
    return sorted(set(found.values_list("account__platform", flat=True)))


def of(accounts: Iterable[UUID]) -> dict[UUID, Review]:
    """The reviews of accounts, by the accounts' ids; those without one are left out."""
    return {each.account_id: each for each in Review.objects.filter(account__in=list(accounts))}


def account(account_id: UUID) -> Account:
    """The account of that id; one that was merged leads to the survivor.

    Raises:
        UnknownReview: When the workspace has none.
    """
    found = Account.objects.select_related("merged_into").filter(id=account_id).first()
    if found is None:
        raise UnknownReview(f"there is no account {str(account_id)!r}: it may have been removed")
    return found.merged_into or found


def review(account: Account) -> Review:
    """The review of an account.

    Raises:
        UnknownReview: When nothing about it ever asked for a look.
    """
    found = Review.objects.filter(account=account).first()
    if found is None:
        raise UnknownReview(
            f"nothing about {account} asks for a decision: `groundswell review list` shows whose "
            "evidence does"
        )
    return found


def present(kept: Review) -> tuple[Signal, ...]:
    """The evidence of a review, as last vetted."""
    return tuple(map(Signal.of_json, kept.evidence))


def mark() -> str:
    """Changes whenever a review does: how many decisions there are, and the last change."""
    found = Review.objects.aggregate(decided=Sum("decisions"), at=Max("changed_at"))
    return f"{found['decided'] or 0} {found['at'].isoformat() if found['at'] else ''}"


def changed_since(mark: str) -> set[UUID]:
    """Accounts whose review changed after a mark, and perhaps some from shortly before."""
    _, _, at = mark.partition(" ")
    found = Review.objects.filter(account__merged_into=None)
    if at:
        found = found.filter(changed_at__gt=datetime.fromisoformat(at) - _SLOWEST)
    return set(found.values_list("account_id", flat=True))


def decisions(account: Account) -> list[Decision]:
    """What was decided about an account, the last first."""
    return list(Decision.objects.filter(review__account=account).order_by("-number"))


def replies(account: Account) -> list[Reply]:
    """What the creator answered, the last first."""
    return list(Reply.objects.filter(account=account).order_by("-replied_at", "-id"))


def link(account: Account) -> ReplyLink | None:
    """The last link that was made for the creator and not taken back; it may be over."""
    return ReplyLink.objects.filter(account=account, revoked_at=None).first()

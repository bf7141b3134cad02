"""The review queue: accounts come in with a vetting, and a person decides."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from groundswell.creators.models import Account
from groundswell.engine.qualification import card
from groundswell.engine.qualification.verdict import Verdict
from groundswell.terms.errors import Refusal
from groundswell.vetting import evidence, reviews
from groundswell.vetting.choices import ReviewState, Ruling
from groundswell.vetting.evidence import Signal
from groundswell.vetting.models import Decision, Review, Scorecard
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

LONGEST_REASON = 2_000
_AT_ONCE = 1_000
_GONE = "what was decided on is no longer measured: the account looks usual for its size now"
_CHANGED = (
    "state", "opened_at", "changed_at", "evidence", "kinds", "strength", "reopened_because",
)  # fmt: skip


class DecidedMeanwhile(Refusal):
    """Somebody decided after the caller looked."""

    code = "decided_meanwhile"


class BadDecision(Refusal, ValueError):
    """A decision that can't be kept."""

    code = "bad_decision"


def bring_in(*, workspace: Workspace, by: str, now: datetime) -> int:
    """Let the queue follow the scorecards: fresh evidence opens a review, none closes it.

    An account that was cleared stays so while its evidence is the same. Must be called inside the
    workspace, in the transaction that writes the scorecards.

    Returns:
        How many reviews were opened, those that were opened again among them.
    """
    known = {each.account_id: each for each in Review.objects.select_for_update(of=("self",))}
    seen = _seen()
    fresh = [
        _with(Review(workspace=workspace, account_id=id_, opened_at=now), found, now=now)
        for id_, found in seen.items()
        if id_ not in known
    ]
    changed, again = [], 0
    for id_, review in known.items():
        before = (review.state, review.evidence)
        again += _follow(review, seen.get(id_, ()), now=now)
        if (review.state, review.evidence) != before:
            changed.append(review)
    Review.objects.bulk_create(fresh, batch_size=_AT_ONCE)
    Review.objects.bulk_update(changed, _CHANGED, batch_size=_AT_ONCE)
    if fresh or again:
        journal.record(
            "reviews.opened",
            workspace=workspace,
            by=by,
            now=now,
            rows=len(fresh) + again,
            details={"new": len(fresh), "again": again},
        )
    return len(fresh) + again


def decide(
    *, account: Account, ruling: str, reason: str, seen: int | None, by: str, now: datetime
) -> Decision:
    """Decide about an account, or revise what was decided.

    Args:
        account: Which.
        ruling: ``cleared``, ``confirmed_concern`` or ``ask_the_creator``.
        reason: Why, in words; the creator can read it.
        seen: How many decisions the caller saw; None to decide whatever was decided before.
        by: Who decides.
        now: When.

    Raises:
        UnknownReview: When nothing about the account asks for a decision.
        BadDecision: When there is no such ruling, or no reason.
        DecidedMeanwhile: When somebody decided since the caller looked.
    """
    words = _reason(reason)
    if ruling not in Ruling.values:
        known = ", ".join(Ruling.values)
        raise BadDecision(f"cannot decide {ruling[:60]!r}: use one of {known}")
    review = Review.objects.select_for_update(of=("self",)).filter(account=account).first()
    review = review or reviews.review(account)
    if seen is not None and seen != review.decisions:
        raise DecidedMeanwhile(_meanwhile(review))
    review.decisions += 1
    decision = Decision.objects.create(
        workspace_id=review.workspace_id,
        review=review,
        number=review.decisions,
        ruling=ruling,
        reason=words,
        evidence=review.evidence,
        decided_by=by,
        decided_at=now,
    )
    review.ruling = ruling
    review.state = ReviewState.ASKED if ruling == Ruling.ASK else ReviewState.DECIDED
    review.decided_on, review.reopened_because = review.evidence, []
    review.changed_at = now
    review.save()
    journal.record(
        "review.decided",
        workspace=review.workspace,
        by=by,
        now=now,
        subject=str(account),
        details={"ruling": str(ruling), "reason": words, "number": decision.number},
    )
    jobs.defer("discovery.refresh_index", workspace=review.workspace)
    return decision


def _reason(reason: str) -> str:
    words = reason.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        raise BadDecision("a decision needs a reason: say in a sentence what it rests on")
    if len(words) > LONGEST_REASON:
        raise BadDecision(
            f"a reason has {LONGEST_REASON:,} characters at most, got {len(words):,}: shorten it"
        )
    return words


def _meanwhile(review: Review) -> str:
    last = Decision.objects.get(review=review, number=review.decisions)
    return (
        f"{last.decided_by} decided {Ruling(last.ruling).label!r} meanwhile, at "
        f"{last.decided_at:%Y-%m-%d %H:%M} UTC, and nothing was changed: read why, and revise it "
        "if you still see it differently"
    )


def _seen() -> Mapping[UUID, tuple[Signal, ...]]:
    """The evidence of every account that needs review now."""
    found = Scorecard.objects.filter(verdict=Verdict.NEEDS_REVIEW, account__merged_into=None)
    rows = found.values_list("account_id", "details").iterator(chunk_size=_AT_ONCE)
    return {id_: evidence.signals(card.opened(details)) for id_, details in rows}


def _with(review: Review, found: tuple[Signal, ...], *, now: datetime) -> Review:
    review.evidence = [signal.as_json() for signal in found]
    review.kinds = [signal.kind for signal in found]
    review.strength = max((signal.strength for signal in found), default=0.0)
    review.changed_at = now
    return review


def _follow(review: Review, found: tuple[Signal, ...], *, now: datetime) -> bool:
    """Let a review follow its evidence; says whether that opened it again."""
    was = review.state
    if [signal.as_json() for signal in found] != review.evidence:
        _with(review, found, now=now)
    because = _because(review, found)
    if because:
        review.state, review.opened_at = ReviewState.OPEN, now
        review.reopened_because, review.changed_at = because, now
    elif found and was == ReviewState.OVER:
        review.state, review.opened_at, review.changed_at = ReviewState.OPEN, now, now
    elif not found and was in reviews.WAITING and not review.reopened_because:
        review.state, review.changed_at = ReviewState.OVER, now
    return review.state == ReviewState.OPEN and was != ReviewState.OPEN


def _because(review: Review, found: tuple[Signal, ...]) -> list[str]:
    """Why a decision does not hold any more; blank while it does."""
    if review.state != ReviewState.DECIDED:
        return []
    if not found:
        return [_GONE] if review.ruling == Ruling.CONFIRMED else []
    return evidence.news(tuple(map(Signal.of_json, review.decided_on)), found)

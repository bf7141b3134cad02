"""Deciding on proposed duplicates, one or many at once, and taking it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from groundswell.creators import proposals
from groundswell.creators.actions import duplicates
from groundswell.creators.choices import ProposalState
from groundswell.creators.models import Creator, DuplicateProposal
from groundswell.terms.errors import Refusal
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

MOST = 500  # at once: each is a few statements


class TooManyPairs(Refusal):
    """More pairs than are decided at once."""

    code = "too_many_pairs"

    def __init__(self, number: int) -> None:
        super().__init__(f"can't decide {number:,} pairs at once: choose at most {MOST}")


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of some pairs.

    Attributes:
        done: The pairs that were decided.
        skipped: How many were not: decided before, or one of the two was merged meanwhile.
    """

    done: tuple[UUID, ...]
    skipped: int


def merge(
    *,
    workspace: Workspace,
    pairs: Collection[UUID],
    by: str,
    now: datetime,
    keep: Mapping[UUID, UUID] | None = None,
) -> Decided:
    """Make one creator of each pair; the one with more followers stays, unless named.

    Args:
        workspace: Whose creators.
        pairs: Proposals. One of whose creators an earlier one of these has merged is skipped.
        by: Who decides.
        now: When.
        keep: The creator that stays, by proposal.

    Raises:
        TooManyPairs: When it is more than is done at once.
    """
    waiting = _open(pairs)
    followers = proposals.followers_of({c for p in waiting for c in (p.first_id, p.second_id)})
    wanted = keep or {}
    gone: set[UUID] = set()
    done = []
    for pair in waiting:
        if gone & {pair.first_id, pair.second_id}:
            continue
        into, other = pair.first, pair.second
        stays = wanted.get(pair.id) or max((into, other), key=lambda c: followers.get(c.id, -1)).id
        if stays == other.id:
            into, other = other, into
        duplicates.merge(creator=other, into=into, by=by, now=now)
        gone.add(other.id)
        done.append(pair.id)
    if done:
        jobs.defer("creators.find_duplicates", workspace=workspace)
        journal.record("duplicates.merged", workspace=workspace, by=by, now=now, rows=len(done))
    return Decided(tuple(done), len(set(pairs)) - len(done))


def dismiss(*, workspace: Workspace, pairs: Collection[UUID], by: str, now: datetime) -> Decided:
    """Say of each pair that the two are not one.

    Raises:
        TooManyPairs: When it is more than is done at once.
    """
    waiting = _open(pairs)
    for pair in waiting:
        duplicates.dismiss(proposal=pair, by=by, now=now)
    if waiting:
        rows = len(waiting)
        journal.record("duplicates.kept_apart", workspace=workspace, by=by, now=now, rows=rows)
    return Decided(tuple(pair.id for pair in waiting), len(set(pairs)) - len(waiting))


def take_back(*, workspace: Workspace, pairs: Collection[UUID], by: str, now: datetime) -> Decided:
    """Undo what was decided: who was merged is two again, and the pairs are open again.

    Raises:
        TooManyPairs: When it is more than is done at once.
    """
    done, parted = [], False
    for pair in reversed(_of(pairs)):
        if pair.state == ProposalState.PROPOSED:
            continue
        if pair.state == ProposalState.MERGED:
            absorbed = _absorbed(pair)
            if absorbed is None:
                continue
            duplicates.unmerge(creator=absorbed, by=by, now=now)
            parted = True
        DuplicateProposal.objects.filter(id=pair.id).update(
            state=ProposalState.PROPOSED, decided_at=None, decided_by=""
        )
        done.append(pair.id)
    if done:
        journal.record("duplicates.reopened", workspace=workspace, by=by, now=now, rows=len(done))
    if parted:
        jobs.defer("creators.find_duplicates", workspace=workspace)
    return Decided(tuple(done), len(set(pairs)) - len(done))


def _absorbed(pair: DuplicateProposal) -> Creator | None:
    """The one that was merged into the other; None when somebody has parted them since."""
    if pair.first.merged_into_id == pair.second_id:
        return pair.first
    return pair.second if pair.second.merged_into_id == pair.first_id else None


def _open(pairs: Collection[UUID]) -> list[DuplicateProposal]:
    return [
        pair
        for pair in _of(pairs)
        if pair.state == ProposalState.PROPOSED
        and pair.first.merged_into_id is None
        and pair.second.merged_into_id is None
    ]


def _of(pairs: Collection[UUID]) -> list[DuplicateProposal]:
    """The proposals, the surest first, held until the transaction ends."""
    if len(pairs) > MOST:
        raise TooManyPairs(len(pairs))
    found = DuplicateProposal.objects.filter(id__in=list(pairs)).select_for_update(of=("self",))
    return list(found.select_related("first__workspace", "second").order_by("-score", "id"))

"""Duplicates: creators who may be one, proposed with reasons, merged, unmerged and dismissed."""

from datetime import datetime
from uuid import UUID

import pyarrow as pa
from django.db import connection
from django.db.models import Q

from groundswell.creators import copying, likeness
from groundswell.creators.actions import filing, revisions
from groundswell.creators.choices import Channel, ProposalState
from groundswell.creators.likeness import Likeness, Presence
from groundswell.creators.models import (
    Account,
    Attachment,
    Contact,
    Creator,
    DuplicateProposal,
    ListEntry,
    Note,
    Outreach,
    TagUse,
)
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_SHOWN = pa.schema(
    [
        ("creator", pa.string()),
        ("platform", pa.string()),
        ("platform_id", pa.string()),
        ("handle", pa.string()),
        ("display_name", pa.string()),
        ("bio", pa.string()),
        ("avatar_url", pa.string()),
        ("links", pa.list_(pa.string())),
    ]
)
# Whatever else belongs to a creator goes with it, and comes back with it.
_FOLLOWING = (Contact, ListEntry, Note, Outreach, TagUse, Attachment)


class CannotMerge(Refusal):
    """Two creators that can't become one."""

    code = "cannot_merge_creators"


class CannotUnmerge(Refusal):
    """A creator that was not merged."""

    code = "cannot_unmerge_creator"


def propose(*, workspace: Workspace, by: str, now: datetime) -> int:
    """Look for duplicates among all creators; returns how many proposals are new.

    Open proposals follow the evidence of today. A dismissed pair is proposed again only when there
    is a kind of evidence that was not there when it was dismissed.
    """
    found = {(like.first, like.second): like for like in _likenesses()}
    known = {
        (min(p.first_id, p.second_id), max(p.first_id, p.second_id)): p
        for p in DuplicateProposal.objects.all()
    }
    new = [_proposal(like, workspace, now) for pair, like in found.items() if pair not in known]
    renewed, gone = [], []
    for pair, proposal in known.items():
        like = found.get(pair)
        if like is not None and _renew(proposal, like, now):
            renewed.append(proposal)
        elif like is None and proposal.state == ProposalState.PROPOSED:
            gone.append(proposal.id)
    DuplicateProposal.objects.filter(id__in=gone).delete()
    DuplicateProposal.objects.bulk_update(
        renewed, ["score", "evidence", "state", "proposed_at"], batch_size=1000
    )
    DuplicateProposal.objects.bulk_create(new, batch_size=2000)
    if new or renewed or gone:
        journal.record(
            "duplicates.proposed",
            workspace=workspace,
            by=by,
            now=now,
            rows=len(new) + len(renewed) + len(gone),
            details={"new": len(new), "renewed": len(renewed), "gone": len(gone)},
        )
    return len(new)


def merge(*, creator: Creator, into: Creator, by: str, now: datetime) -> None:
    """Make one creator of two; the accounts and contacts of the first become the second's.

    Raises:
        CannotMerge: When they are one already, or one of them was merged before.
    """
    if creator.id == into.id:
        raise CannotMerge(
            f"cannot merge {creator.name!r} into itself: these accounts belong to one creator"
        )
    revision = revisions.begin(into.workspace)
    merged = Creator.objects.filter(id__in=[creator.id, into.id], merged_into__isnull=False).first()
    if merged is not None:
        raise CannotMerge(
            f"cannot merge {creator.name!r} into {into.name!r}: {merged.name!r} was merged into "
            "another creator before; name one of that creator's accounts instead"
        )
    creator.merged_into = into
    creator.save(update_fields=["merged_into"])
    Account.objects.filter(creator=creator).update(creator=into, revision=revision)
    for kept in _FOLLOWING:
        kept.objects.filter(creator=creator).update(creator=into)
    filing.changed([creator.id, into.id], workspace=into.workspace)
    _decide(creator, into, state=ProposalState.MERGED, by=by, now=now)
    journal.record(
        "creator.merged",
        workspace=into.workspace,
        by=by,
        now=now,
        subject=into.name,
        details={"creator": str(creator.id), "into": str(into.id)},
    )


def unmerge(*, creator: Creator, by: str, now: datetime) -> None:
    """Undo a merge: what came with the creator, or with those merged into it, is its own again.

    Raises:
        CannotUnmerge: When the creator was not merged.
    """
    revision = revisions.begin(creator.workspace)
    creator.refresh_from_db()
    into = creator.merged_into
    if into is None:
        raise CannotUnmerge(
            f"cannot unmerge {creator.name!r}: it was not merged into another creator; "
            "`groundswell creators show` lists the merged ones"
        )
    creator.merged_into = None
    creator.save(update_fields=["merged_into"])
    own = _with_absorbed(creator)
    Account.objects.filter(origin__in=own).update(creator=creator, revision=revision)
    for kept in _FOLLOWING:
        kept.objects.filter(origin__in=own).update(creator=creator)
    filing.changed([creator.id, into.id], workspace=creator.workspace)
    _decide(creator, into, state=ProposalState.DISMISSED, by=by, now=now)
    journal.record(
        "creator.unmerged",
        workspace=creator.workspace,
        by=by,
        now=now,
        subject=creator.name,
        details={"creator": str(creator.id), "from": str(into.id)},
    )


def dismiss(*, proposal: DuplicateProposal, by: str, now: datetime) -> None:
    """Say that two creators are not one."""
    _decide(proposal.first, proposal.second, state=ProposalState.DISMISSED, by=by, now=now)
    journal.record(
        "duplicates.dismissed",
        workspace=proposal.workspace,
        by=by,
        now=now,
        subject=f"{proposal.first.name} and {proposal.second.name}",
        details={"first": str(proposal.first_id), "second": str(proposal.second_id)},
    )


def _decide(one: Creator, other: Creator, *, state: ProposalState, by: str, now: datetime) -> None:
    pair = Q(first=one, second=other) | Q(first=other, second=one)
    DuplicateProposal.objects.filter(pair).update(state=state, decided_at=now, decided_by=by)


def _with_absorbed(creator: Creator) -> list[UUID]:
    """The creator and all that were merged into it, directly or over others."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE own AS (
                SELECT id FROM creators_creator WHERE id = %s
                UNION ALL
                SELECT c.id FROM creators_creator c JOIN own ON c.merged_into_id = own.id
            )
            SELECT id FROM own
            """,
            [creator.id],
        )
        return [found for (found,) in cursor.fetchall()]


def _likenesses() -> list[Likeness]:
    shown = copying.fetch(
        "SELECT creator_id, platform, platform_id, handle, display_name, left(bio, 4000), "
        "avatar_url, array_to_string(links, E'\\x1f') "
        "FROM creators_account WHERE merged_into_id IS NULL ORDER BY id",
        [],
        _SHOWN,
    )
    presences = (
        Presence(UUID(creator), Platform(platform), id_, handle, name, bio, avatar, links or ())
        for creator, platform, id_, handle, name, bio, avatar, links in copying.tuples(shown)
    )
    direct = Contact.objects.exclude(channel__in=[Channel.AGENT, Channel.MANAGER])
    contacts = (
        (creator, bytes(fingerprint))
        for creator, fingerprint in direct.values_list("creator", "fingerprint").iterator(5000)
    )
    return likeness.find(presences, contacts)


def _proposal(like: Likeness, workspace: Workspace, now: datetime) -> DuplicateProposal:
    return DuplicateProposal(
        workspace=workspace,
        first_id=like.first,
        second_id=like.second,
        score=like.score,
        evidence=_evidence(like),
        proposed_at=now,
    )


def _evidence(like: Likeness) -> list[dict[str, object]]:
    return [
        {"kind": kind, "reason": reason, "weight": likeness.WEIGHTS[kind]}
        for kind, reason in like.reasons.items()
    ]


def _renew(proposal: DuplicateProposal, like: Likeness, now: datetime) -> bool:
    """Bring a proposal up to date; says whether anything changed."""
    evidence = _evidence(like)
    if evidence == proposal.evidence:
        return False
    if proposal.state != ProposalState.PROPOSED:
        if like.reasons.keys() <= {piece["kind"] for piece in proposal.evidence}:
            return False
        proposal.state = ProposalState.PROPOSED.value
        proposal.proposed_at = now
    proposal.score, proposal.evidence = like.score, evidence
    return True

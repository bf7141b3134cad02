"""Reads: the words that a workspace watches, and what posts say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from groundswell.engine.qualification import sentences
from groundswell.engine.qualification.card import Card, Evidence
from groundswell.engine.safety import concerns
from groundswell.engine.safety.concerns import Concern
from groundswell.engine.safety.watching import Watched
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName
from groundswell.terms.safety import SafetyCategory, Severity
from groundswell.vetting.models import Scorecard, WatchedTerm, WatchScan

SINCE_COMPETITOR = "days_since_competitor"
SUBJECTS = (SafetyCategory.OWN_WORDS, SafetyCategory.COMPETITOR)


class UnknownWatchedTerm(Refusal):
    """Nothing is watched by that name."""

    code = "unknown_watched_term"


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched, and how far the scan is.

    Attributes:
        words: The workspace's own words, by name.
        competitors: Its competitors, by name.
        scanned_at: When all posts were scanned last; None when they never were.
        is_current: Whether that scan looked for what is watched now.
    """

    words: list[WatchedTerm]
    competitors: list[WatchedTerm]
    scanned_at: datetime | None
    is_current: bool


def watch() -> Watch:
    """Everything that the workspace watches."""
    kept = {subject: list(terms(subject)) for subject in SUBJECTS}
    scan = WatchScan.objects.first()
    return Watch(
        kept[SafetyCategory.OWN_WORDS],
        kept[SafetyCategory.COMPETITOR],
        scan.scanned_at if scan else None,
        scan is None or scan.scanned_terms == scan.changed_at,
    )


def terms(subject: SafetyCategory) -> QuerySet[WatchedTerm]:
    """What is watched of a subject, by name."""
    return WatchedTerm.objects.filter(subject=subject).order_by("name_key", "id")


def term(subject: SafetyCategory, name: str) -> WatchedTerm:
    """The watched term of that name, however it is spelled.

    Raises:
        UnknownWatchedTerm: When there is none.
    """
    found = terms(subject).filter(name_key=key_of(name)).first()
    if found is None:
        what = "own words" if subject is SafetyCategory.OWN_WORDS else "competitors"
        raise UnknownWatchedTerm(
            f"{name[:60]!r} is not among the {what}: `groundswell safety words` shows those kept"
        )
    return found


def by_id(term_id: UUID) -> WatchedTerm:
    """The watched term of that id.

    Raises:
        UnknownWatchedTerm: When there is none in the workspace.
    """
    found = WatchedTerm.objects.filter(id=term_id).first()
    if found is None:
        raise UnknownWatchedTerm(f"nothing watched has the id {str(term_id)!r}: it may be gone")
    return found


def key_of(name: str) -> str:
    """A name as it is found again."""
    return " ".join(name.casefold().split())


def looked_for() -> list[Watched]:
    """What a scan looks for."""
    return [
        Watched(
            SafetyCategory(each.subject),
            each.name,
            tuple(dict.fromkeys((each.name, *_joined(each), *each.forms))),
            Severity(each.severity or Severity.LOW),
        )
        for each in WatchedTerm.objects.order_by("subject", "name_key", "id")
    ]


def _joined(kept: WatchedTerm) -> list[str]:
    """A competitor of several words is also named in one, with a sign."""
    joined = "".join(kept.name.split())
    is_one = kept.subject != SafetyCategory.COMPETITOR or joined == kept.name
    return [] if is_one else [f"#{joined}", f"@{joined}"]


def beside(said: Card, watched: Sequence[Any] | None, watch: Watch) -> Card:
    """A scorecard with what the posts say of what is watched.

    Args:
        said: The scorecard.
        watched: What the last scan found, in compact form; None for nothing.
        watch: What it looked for.
    """
    found = tuple(map(concerns.opened, watched or ()))
    safety = replace(said.safety, concerns=(*said.safety.concerns, *found))
    if watch.scanned_at is None or not watch.competitors:
        return replace(said, safety=safety)
    rivals = [each for each in found if each.category is SafetyCategory.COMPETITOR]
    evidence = _since_competitor(rivals[0] if rivals else None, watch.scanned_at)
    factors = tuple(
        replace(
            factor,
            evidence=(*factor.evidence, evidence),
            reasons=(*factor.reasons, evidence.sentence),
        )
        if factor.name is FactorName.BRANDED
        else factor
        for factor in said.factors
    )
    return replace(said, safety=safety, factors=factors)


def _since_competitor(rival: Concern | None, scanned_at: datetime) -> Evidence:
    """Days from the newest post with a competitor to the scan."""
    if rival is None or rival.newest_at is None:
        reason = "no dated post names one of the competitors"
        found = Estimate.cannot_say(reason, method=SINCE_COMPETITOR)
    else:
        days = (scanned_at - rival.newest_at) / timedelta(days=1)
        reason = "counted on the days of posts, which leaves no interval"
        found = Estimate.exact(
            max(0.0, days), method=SINCE_COMPETITOR, n=rival.posts, reason=reason
        )
    return Evidence(
        FactorName.BRANDED,
        SINCE_COMPETITOR,
        sentences.sentence(SINCE_COMPETITOR, found),
        found,
        None,
        rival.newest_at if rival else None,
        rival.post_ids if rival else (),
    )


def mark() -> str:
    """Changes whenever a scan did: the moment of the last."""
    scan = WatchScan.objects.first()
    return scan.scanned_at.isoformat() if scan and scan.scanned_at else ""


def changed_since(mark: str) -> set[UUID]:
    """Accounts of which a scan after a mark said something else."""
    changed = Scorecard.objects.filter(account__merged_into=None, watched_since__isnull=False)
    if mark:
        changed = changed.filter(watched_since__gt=datetime.fromisoformat(mark))
    return set(changed.values_list("account_id", flat=True))


def term_as_json(kept: WatchedTerm) -> dict[str, Any]:
    """A watched term as every interface shows it."""
    shown = {"name": kept.name, "added_by": kept.added_by, "added_at": kept.added_at.isoformat()}
    if kept.subject == SafetyCategory.COMPETITOR:
        return {**shown, "forms": kept.forms}
    return {**shown, "severity": Severity(kept.severity or Severity.LOW).name.lower()}


def as_json(kept: Watch) -> dict[str, Any]:
    """Everything that is watched, and how far the scan is."""
    return {
        "words": list(map(term_as_json, kept.words)),
        "competitors": list(map(term_as_json, kept.competitors)),
        "scanned_at": kept.scanned_at and kept.scanned_at.isoformat(),
        "is_current": kept.is_current,
    }

"""What was promised of plans, what became of it, and how good the stated probabilities were."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np

from groundswell.engine.guarantee import scoring
from groundswell.planning import chain
from groundswell.planning.models import Plan, Promise, Settlement
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.workspaces.models import JournalEntry

MADE, SETTLED = "promise.made", "promise.settled"  # events of the journal
ENOUGH = 10  # settled promises from which their probabilities are scored
_METHOD = "Brier score"


class UnknownPromise(Refusal):
    """No promise of the workspace has that id, or belongs to that plan."""

    code = "unknown_promise"


class Status(StrEnum):
    """Where a promise stands."""

    OPEN = "open"  # its program has not ended
    DUE = "due"  # it has, and nothing was counted yet
    KEPT = "kept"
    MISSED = "missed"
    CALLED_OFF = "called_off"  # before its program began
    REPLACED = "replaced"  # by another promise of the plan, before its program began


@dataclass(frozen=True, slots=True)
class Told:
    """A promise with what became of it.

    Attributes:
        promise: The row.
        said: Its record, read.
        settlements: What was counted, and corrections of it, in their order.
        status: Where it stands.
    """

    promise: Promise
    said: dict[str, Any]
    settlements: tuple[Settlement, ...]
    status: Status

    @property
    def observed(self) -> dict[str, float]:
        """What was counted of each KPI, by the newest settlement."""
        if not self.settlements:
            return {}
        found: dict[str, float] = json.loads(self.settlements[-1].record)["observed"]
        return found

    def as_json(self) -> dict[str, Any]:
        """What every interface shows of it."""
        observed = self.observed
        return {
            "promise": str(self.promise.id),
            "place": self.promise.place,
            "plan": self.said["plan"],
            "version": self.said["version"],
            "name": self.promise.name,
            "start": self.promise.starts_on.isoformat(),
            "end": self.promise.ends_on.isoformat(),
            "probability": self.promise.probability,
            "wanted": self.said["wanted"],
            "kpis": {
                kpi: {
                    "level": found["level"],
                    "probability": found["probability"],
                    "observed": observed.get(kpi),
                    "met": None if kpi not in observed else observed[kpi] >= found["level"],
                }
                for kpi, found in self.said["kpis"].items()
            },
            "status": str(self.status),
            "settlements": [settlement_json(each) for each in self.settlements],
            "made_at": self.promise.made_at.isoformat(),
            "made_by": self.promise.made_by,
            "digest": self.promise.digest,
            "before": self.said["before"],
        }


def settlement_json(settlement: Settlement) -> dict[str, Any]:
    """One settlement or correction."""
    said = json.loads(settlement.record)
    return {
        "turn": settlement.turn,
        "outcome": settlement.outcome,
        "observed": said["observed"],
        "source": said["source"],
        "note": said["note"],
        "settled_at": settlement.settled_at.isoformat(),
        "settled_by": settlement.settled_by,
        "digest": settlement.digest,
    }


_LARGE = ("plan__document", "plan__brief_text")


def every(*, today: date) -> list[Told]:
    """All promises of the workspace, the newest first."""
    rows = list(Promise.objects.select_related("plan").defer(*_LARGE).order_by("place"))
    counted = _settlements(Settlement.objects.all())
    replaced = _replaced(rows)
    found = [_told(row, counted[row.id], replaced, today) for row in rows]
    return found[::-1]


def of_plan(plan: Plan, *, today: date) -> Told | None:
    """The promise of a version of a plan; None where nothing was promised."""
    mine = [told for told in of_series(plan, today=today) if told.promise.plan_id == plan.id]
    return mine[0] if mine else None


def of_series(plan: Plan, *, today: date) -> list[Told]:
    """Promises of all versions of a plan, the newest first."""
    rows = _of_series(plan)
    counted = _settlements(Settlement.objects.filter(promise__in=[row.id for row in rows]))
    replaced = _replaced(rows)
    return [_told(row, counted[row.id], replaced, today) for row in rows][::-1]


def find(promise_id: UUID) -> Promise:
    """One promise.

    Raises:
        UnknownPromise: When there is none.
    """
    found = Promise.objects.select_related("plan").defer(*_LARGE).filter(id=promise_id).first()
    if found is None:
        raise UnknownPromise(f"there is no promise {promise_id} in this workspace")
    return found


def told(promise: Promise, *, today: date) -> Told:
    """One promise with what became of it."""
    return next(
        each for each in of_series(promise.plan, today=today) if each.promise.id == promise.id
    )


def _of_series(plan: Plan) -> Sequence[Promise]:
    first = plan.series
    same = Promise.objects.filter(plan__first_id=first) | Promise.objects.filter(plan_id=first)
    return list(same.select_related("plan").defer(*_LARGE).order_by("place"))


def _settlements(rows: Any) -> Mapping[UUID, list[Settlement]]:
    found: dict[UUID, list[Settlement]] = defaultdict(list)
    for row in rows.order_by("turn"):
        found[row.promise_id].append(row)
    return found


def _replaced(rows: Sequence[Promise]) -> set[UUID]:
    """Promises after which the plan promised otherwise, before they began."""
    found, newest = set(), dict[UUID, Promise]()
    for row in rows:
        before = newest.get(row.plan.series)
        if before is not None and row.made_at.date() <= before.starts_on:
            found.add(before.id)
        newest[row.plan.series] = row
    return found


def _told(
    row: Promise, settlements: Sequence[Settlement], replaced: set[UUID], today: date
) -> Told:
    if settlements:
        status = Status(settlements[-1].outcome)
    elif row.id in replaced:
        status = Status.REPLACED
    else:
        status = Status.DUE if today > row.ends_on else Status.OPEN
    return Told(row, json.loads(row.record), tuple(settlements), status)


@dataclass(frozen=True, slots=True)
class Record:
    """A workspace's promises, scored.

    Attributes:
        promises: All of them, the newest first.
        brier: Mean squared difference of probability and outcome, 0 the best.
        base: That of the share kept overall, said of every promise.
        skill: 1 - brier / base.
        kept: Share of settled promises that were kept.
        promised: Their mean probability; None where none was settled.
        diagram: Promised beside kept, by probability.
    """

    promises: list[Told]
    brier: Estimate
    base: float | None
    skill: Estimate
    kept: Estimate
    promised: float | None
    diagram: list[scoring.Bin]

    def counts(self) -> dict[str, int]:
        """How many promises have each status."""
        found = dict.fromkeys(map(str, Status), 0)
        for told_ in self.promises:
            found[str(told_.status)] += 1
        return found

    def as_json(self) -> dict[str, Any]:
        """The score and every promise."""
        return {
            "score": {
                "settled": self.kept.n,
                "counts": self.counts(),
                "promised": self.promised,
                "kept": self.kept.as_json(),
                "brier": self.brier.as_json(),
                "base": self.base,
                "skill": self.skill.as_json(),
                "reliability": [
                    {"promised": each.promised, "kept": each.kept.as_json()}
                    for each in self.diagram
                ],
            },
            "promises": [told_.as_json() for told_ in self.promises],
        }


def record(*, today: date) -> Record:
    """All promises of the workspace, and how they were kept."""
    found = every(today=today)
    settled = [each for each in found if each.status in (Status.KEPT, Status.MISSED)]
    said = np.array([each.promise.probability for each in settled], np.float64)
    kept = np.array([each.status == Status.KEPT for each in settled], np.bool_)
    if not settled:
        nothing = Estimate.cannot_say("no promise was settled yet", method=_METHOD)
        return Record(found, nothing, None, nothing, nothing, None, [])
    scored = scoring.score(said, kept)
    share = scoring.share_kept(kept)
    if len(settled) < ENOUGH:
        few = Estimate.cannot_say(
            f"{len(settled):,} promises were settled: {ENOUGH:,} are needed to judge probabilities",
            method=_METHOD,
            n=len(settled),
        )
        return Record(found, few, None, few, share, float(said.mean()), scored.diagram)
    return Record(
        found, scored.mean, scored.base, scored.skill, share, float(said.mean()), scored.diagram
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether what was promised is still there as it was promised."""

    promises: int
    settlements: int
    head: str
    broken: list[str]

    def as_json(self) -> dict[str, Any]:
        """As interfaces show it."""
        return {
            "ok": not self.broken,
            "promises": self.promises,
            "settlements": self.settlements,
            "head": self.head,
            "broken": self.broken,
        }


def verified() -> Verified:
    """Work out every hash again, follow the chain, and hold it against the journal."""
    rows = list(Promise.objects.order_by("place"))
    counted = _settlements(Settlement.objects.all())
    found = [f"promises: {said}" for said in chain.broken(map(_link, rows))]
    for row in rows:
        links = map(_settled_link, counted[row.id])
        found += [
            f"settlements of promise {row.place}: {said}"
            for said in chain.broken(links, start=row.digest)
        ]
    found += _not_in_journal(rows, [each for some in counted.values() for each in some])
    return Verified(
        promises=len(rows),
        settlements=sum(map(len, counted.values())),
        head=rows[-1].digest if rows else chain.START,
        broken=found,
    )


def _link(row: Promise) -> chain.Link:
    return chain.Link(
        row.place,
        row.record,
        row.digest,
        {
            "plan": str(row.plan_id),
            "workspace": str(row.workspace_id),
            "name": row.name,
            "start": row.starts_on.isoformat(),
            "end": row.ends_on.isoformat(),
            "made_at": moment(row.made_at),
            "made_by": row.made_by,
            "probability": row.probability,
        },
    )


def _settled_link(row: Settlement) -> chain.Link:
    said = {
        "promise": str(row.promise_id),
        "outcome": row.outcome,
        "settled_at": moment(row.settled_at),
        "settled_by": row.settled_by,
    }
    return chain.Link(row.turn, row.record, row.digest, said)


def moment(at: datetime) -> str:
    """A moment as records write it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _not_in_journal(
    promises: Sequence[Promise], settlements: Sequence[Settlement]
) -> Iterator[str]:
    """The end of a chain can be cut off; the journal, which only grows, still knows of it."""
    for event, what, rows in (
        (MADE, "promise", promises),
        (SETTLED, "settlement", settlements),
    ):
        entries = JournalEntry.objects.filter(event=event).values_list("details", flat=True)
        told_, there = {entry["digest"] for entry in entries}, {row.digest for row in rows}
        for digest in sorted(told_ - there):
            yield f"the journal knows of a {what} {digest[:12]} that is gone"
        for digest in sorted(there - told_):
            yield f"the journal does not know of the {what} {digest[:12]}"

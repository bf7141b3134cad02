"""Making promises and settling them: rows that are added, hashed, and never changed."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from groundswell.planning import chain, deliveries, promises, queries
from groundswell.planning.models import Outcome, Plan, Promise, Settlement
from groundswell.terms.errors import Refusal
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_FORMAT = 1
_MOST = 1e15
_LONGEST_NOTE = 500


class Withheld(Refusal):
    """The plan offers no promise."""

    code = "promise_withheld"


class NotSettled(Refusal):
    """A promise that can't be settled like this."""

    code = "not_settled"


def withheld(plan: Plan, now: datetime) -> str | None:
    """Why taking a plan now promises nothing; None where it does.

    Args:
        plan: With its document.
        now: When it would be taken.
    """
    offer = plan.document["certificates"].get("promise", {}).get("offer")
    if offer is None:
        return "it was planned before plans offered promises: plan its brief again"
    if now.date() > plan.starts_on:
        return f"it began on {plan.starts_on}, and what is promised later is no promise"
    reason: str | None = offer["withheld"]
    return reason


def make(*, workspace: Workspace, plan_id: UUID, by: str, now: datetime) -> Promise:
    """Keep what a version of a plan promises; made before, it is the same promise.

    Raises:
        UnknownPlan: When there is no such plan.
        Withheld: When the plan offers no promise, with the reason.
    """
    _locked(f"promises:{workspace.id}")
    before = Promise.objects.filter(plan_id=plan_id).first()
    if before is not None:
        return before
    plan = queries.plan(plan_id, with_document=True)
    reason = withheld(plan, now)
    if reason is not None:
        raise Withheld(f"nothing is promised of {plan.name!r}: {reason}")
    made = _promise(workspace, plan, by, now)
    made.save(force_insert=True)
    journal.record(
        promises.MADE,
        workspace=workspace,
        by=by,
        now=now,
        subject=plan.name,
        details={
            "plan": str(plan.id),
            "version": plan.version,
            "place": made.place,
            "digest": made.digest,
        },
    )
    return made


def _promise(workspace: Workspace, plan: Plan, by: str, now: datetime) -> Promise:
    last = Promise.objects.order_by("-place").first()
    found = plan.document["certificates"]["promise"]
    offer = found["offer"]
    said = {
        "format": _FORMAT,
        "place": last.place + 1 if last else 1,
        "before": last.digest if last else chain.START,
        "workspace": str(workspace.id),
        "plan": str(plan.id),
        "version": plan.version,
        "name": plan.name,
        "start": plan.starts_on.isoformat(),
        "end": plan.ends_on.isoformat(),
        "wanted": found["probability"],
        "probability": offer["hit_probability"]["value"],
        "hit_probability": offer["hit_probability"],
        "kpis": {
            kpi: {
                "level": level,
                "probability": offer["each"][kpi],
                "quantiles": found["quantiles"].get(kpi, {}),
            }
            for kpi, level in offer["goals"].items()
        },
        "inputs": {
            "brief": plan.brief_text,
            "data_revision": plan.data_revision,
            "seed": plan.seed,
            "engine": plan.engine_version,
            "document": chain.digest(chain.canonical(plan.document)),
        },
        "made_at": promises.moment(now),
        "made_by": by,
    }
    record = chain.canonical(said)
    return Promise(
        workspace=workspace,
        plan=plan,
        place=said["place"],
        record=record,
        digest=chain.digest(record),
        name=plan.name,
        probability=said["probability"],
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        made_at=now,
        made_by=by,
    )


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted in the end.

    Attributes:
        observed: Each promised KPI's count.
        source: Who or what counted: ``entered`` by a person, or ``posts`` that were imported.
        note: Where the figures come from; what was wrong before, when it corrects.
    """

    observed: Mapping[str, float]
    source: str = "entered"
    note: str = ""


def settle(
    *, workspace: Workspace, promise_id: UUID, count: Count, by: str, now: datetime
) -> Settlement:
    """Hold what was counted against a promise, once.

    Raises:
        UnknownPromise: When there is none.
        NotSettled: When it was settled before, its program still runs, or a count is missing.
    """
    promise = _locked_promise(promise_id)
    told = promises.told(promise, today=now.date())
    _check_not_called_off(told)
    if told.settlements:
        raise NotSettled(
            f"the promise of {promise.name!r} was settled as {told.status} before: correct it "
            "with a note that says what was wrong"
        )
    _check_ended(promise, now)
    return _settled(workspace, promise, told, count, by, now)


def counted_on_posts(promise_id: UUID, *, now: datetime) -> Count:
    """What the imported posts of the plan's lines come to, to settle a promise with.

    Raises:
        UnknownPromise: When there is none.
        Uncounted: When posts can't say whether it was kept.
    """
    promise = promises.find(promise_id)
    levels = {kpi: found["level"] for kpi, found in json.loads(promise.record)["kpis"].items()}
    plan = queries.plan(promise.plan_id, with_document=True)
    observed, note = deliveries.counted(plan, levels, as_of=now.date())
    return Count(observed, "posts", note)


def correct(
    *, workspace: Workspace, promise_id: UUID, count: Count, by: str, now: datetime
) -> Settlement:
    """Correct what was counted: a further row, with what was wrong; the first one stays.

    Raises:
        UnknownPromise: When there is none.
        NotSettled: When it was not settled before, or the note is missing.
    """
    promise = _locked_promise(promise_id)
    told = promises.told(promise, today=now.date())
    _check_not_called_off(told)
    if told.status not in (promises.Status.KEPT, promises.Status.MISSED):
        raise NotSettled(
            f"there is nothing to correct: the promise of {promise.name!r} is {told.status}"
        )
    if not count.note.strip():
        raise NotSettled("a correction needs a note that says what was wrong, got none")
    return _settled(workspace, promise, told, count, by, now)


def call_off(
    *, workspace: Workspace, promise_id: UUID, note: str, by: str, now: datetime
) -> Settlement:
    """Call a promise off, because its program will not run; only before it begins.

    Raises:
        UnknownPromise: When there is none.
        NotSettled: When its program has begun, it was settled, or the note is missing.
    """
    promise = _locked_promise(promise_id)
    told = promises.told(promise, today=now.date())
    _check_not_called_off(told)
    if now.date() >= promise.starts_on:
        raise NotSettled(
            f"the promise of {promise.name!r} can't be called off: its program began on "
            f"{promise.starts_on}, so it counts; settle it when it is over"
        )
    if not note.strip():
        raise NotSettled("calling a promise off needs a note that says why, got none")
    return _settled(workspace, promise, told, Count({}, "called_off", note), by, now)


def _settled(
    workspace: Workspace,
    promise: Promise,
    told: promises.Told,
    count: Count,
    by: str,
    now: datetime,
) -> Settlement:
    levels = {kpi: found["level"] for kpi, found in told.said["kpis"].items()}
    outcome = Outcome.CALLED_OFF
    if count.source != Outcome.CALLED_OFF:
        _check_counts(levels, count.observed)
        met = all(count.observed[kpi] >= level for kpi, level in levels.items())
        outcome = Outcome.KEPT if met else Outcome.MISSED
    turn = len(told.settlements) + 1
    said = {
        "format": _FORMAT,
        "place": turn,
        "before": told.settlements[-1].digest if told.settlements else promise.digest,
        "promise": str(promise.id),
        "outcome": str(outcome),
        "observed": {kpi: float(value) for kpi, value in count.observed.items()},
        "source": count.source,
        "note": count.note.strip()[:_LONGEST_NOTE],
        "settled_at": promises.moment(now),
        "settled_by": by,
    }
    record = chain.canonical(said)
    settlement = Settlement.objects.create(
        workspace=workspace,
        promise=promise,
        turn=turn,
        outcome=outcome,
        record=record,
        digest=chain.digest(record),
        settled_at=now,
        settled_by=by,
    )
    journal.record(
        promises.SETTLED,
        workspace=workspace,
        by=by,
        now=now,
        subject=promise.name,
        details=_journalled(promise, settlement),
    )
    return settlement


def _journalled(promise: Promise, settlement: Settlement) -> dict[str, Any]:
    return {
        "promise": str(promise.id),
        "outcome": str(settlement.outcome),
        "turn": settlement.turn,
        "digest": settlement.digest,
    }


def _check_not_called_off(told: promises.Told) -> None:
    if told.status is promises.Status.CALLED_OFF:
        last = told.settlements[-1]
        raise NotSettled(
            f"the promise of {told.promise.name!r} was called off on {last.settled_at:%Y-%m-%d} "
            f"by {last.settled_by}, and stays so: plan the brief again to promise anew"
        )


def _check_ended(promise: Promise, now: datetime) -> None:
    if now.date() <= promise.ends_on:
        raise NotSettled(
            f"the promise of {promise.name!r} can't be settled yet: its program ends on "
            f"{promise.ends_on}"
        )


def _check_counts(levels: Mapping[str, float], observed: Mapping[str, float]) -> None:
    missing, unknown = sorted(set(levels) - set(observed)), sorted(set(observed) - set(levels))
    if missing or unknown:
        raise NotSettled(
            f"a settlement needs a count of each promised result ({', '.join(sorted(levels))}) "
            f"and of no other: missing {', '.join(missing) or 'none'}, "
            f"not promised {', '.join(unknown) or 'none'}"
        )
    for kpi, value in observed.items():
        if not math.isfinite(value) or not 0 <= value <= _MOST:
            raise NotSettled(f"{kpi} must be a count that is not negative, got {value!r}")


def _locked_promise(promise_id: UUID) -> Promise:
    promise = promises.find(promise_id)
    _locked(f"promise:{promise_id}")
    return promise


def _locked(name: str) -> None:
    """Others who would write here wait for our commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

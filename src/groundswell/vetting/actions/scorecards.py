"""Vetting the workspace's accounts."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection

from groundswell.creators import copying
from groundswell.creators import queries as creators
from groundswell.engine.qualification import card
from groundswell.engine.qualification.scorecard import Scorecards
from groundswell.engine.qualification.verdict import Verdict
from groundswell.retrieval import safety
from groundswell.terms.factors import FactorName
from groundswell.terms.progress import Progress, silent
from groundswell.vetting import gathering
from groundswell.vetting.actions import reviews, watch_scans
from groundswell.vetting.models import Vetting
from groundswell.workspaces import access, jobs, tenancy
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

ENOUGH_FACTORS = 4
_CHUNK = 5_000
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_SCORES = tuple(name.value for name in FactorName)


@dataclass(frozen=True, slots=True)
class Vetted:
    """What a run over all accounts could say.

    Attributes:
        accounts: Accounts of the workspace.
        scored: Accounts of which at least one factor can be said.
        needs_review: Accounts with something that a person should look at.
        coverage: Share of accounts of which each factor can be said, and of which at least
            ``ENOUGH_FACTORS`` can (key ``at_least_four``); None in an empty workspace.
    """

    accounts: int
    scored: int
    needs_review: int
    coverage: dict[str, float | None]

    @property
    def cannot_say(self) -> int:
        """Accounts of which no factor can be said."""
        return self.accounts - self.scored


def vet(*, workspace: Workspace, by: str, now: datetime, progress: Progress = silent) -> Vetted:
    """Score all accounts of the workspace on all that is known of them.

    It enters the workspace itself: once to read and measure, once to write everything at once.

    Args:
        workspace: Whose accounts.
        by: Who asked for it.
        now: The moment of the vetting.
        progress: Told how many accounts are measured and saved.
    """
    with access.inside(workspace):
        accounts = creators.accounts_table()
        revision = creators.latest_revision()
        cards = None
        if accounts.num_rows:
            with creators.observations() as observations:
                cards = gathering.everyone(observations, accounts, now=now, progress=progress)
    found = _summed(accounts.num_rows, cards)
    with access.inside(workspace):
        if cards is not None:
            _save(cards, accounts["account"], now=now, progress=progress)
        reviews.bring_in(workspace=workspace, by=by, now=now)
        Vetting.objects.create(
            workspace=workspace,
            vetted_at=now,
            revision=revision,
            accounts=found.accounts,
            scored=found.scored,
            needs_review=found.needs_review,
            coverage=found.coverage,
        )
        journal.record(
            "accounts.vetted",
            workspace=workspace,
            by=by,
            now=now,
            rows=found.accounts,
            details={"scored": found.scored, "needs_review": found.needs_review},
        )
        jobs.defer("discovery.refresh_index", workspace=workspace)
    watch_scans.scan(workspace=workspace, now=now, progress=progress)
    return found


def _summed(accounts: int, cards: Scorecards | None) -> Vetted:
    if cards is None:
        return Vetted(accounts, 0, 0, dict.fromkeys(("at_least_four", *_SCORES)))
    said = cards.factors_said
    coverage = {"at_least_four": round(float((said >= ENOUGH_FACTORS).mean()), 4)}
    coverage |= {name.value: round(cards.coverage(name), 4) for name in FactorName}
    review = sum(verdict is Verdict.NEEDS_REVIEW for verdict in cards.verdict)
    return Vetted(accounts, int((said > 0).sum()), review, dict(coverage))


def _save(
    cards: Scorecards, accounts: pa.ChunkedArray, *, now: datetime, progress: Progress
) -> None:
    """Put the scorecards in place of the former ones, and keep what they said where it changed.

    While the server writes some, a thread puts down the next.
    """
    known = accounts.to_pylist()
    scores = [_or_none(cards.factors[name].value) for name in FactorName]
    parts = [slice(at, min(at + _CHUNK, len(known))) for at in range(0, len(known), _CHUNK)]
    columns = ("id", "account", "verdict", *_SCORES, *_TAKEN_OUT, "details")
    with ThreadPoolExecutor(max_workers=1) as thread, connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.execute(_FORGET, {"accounts": known})
        coming = thread.submit(_rows, cards, known, scores, parts[0])
        for part, following in itertools.zip_longest(parts, parts[1:]):
            progress("save scorecards", part.start, len(known))
            rows = coming.result()
            if following is not None:
                coming = thread.submit(_rows, cards, known, scores, following)
            copying.fill("fresh_scorecard", columns, rows)
            for statement in (_REMEMBER, _REPLACE):
                cursor.execute(statement, {"now": now})
            cursor.execute("TRUNCATE fresh_scorecard")
    progress("save scorecards", len(known), len(known))


def _rows(
    cards: Scorecards, accounts: list[str], scores: list[list[float | None]], part: slice
) -> list[tuple[Any, ...]]:
    kept = map(_ENCODER.encode, card.compacted(cards, part))
    ids = [tenancy.new_id() for _ in accounts[part]]
    verdicts = map(str, cards.verdict[part])
    six = (column[part] for column in scores)
    saturation = _or_none(cards.measures["sponsored_share"].value[part])
    levels = [_levels(cards, place) for place in range(part.start, part.stop)]
    return list(zip(ids, accounts[part], verdicts, *six, saturation, levels, kept, strict=True))


def _levels(cards: Scorecards, place: int) -> list[str] | None:
    """What an account's posts speak of, as search has it; None when none could be read."""
    if not cards.concerns.read[place]:
        return None
    found = cards.concerns.of.get(place, ())
    return [safety.SCANNED, *(safety.level(each.category, each.severity) for each in found)]


def _or_none(column: np.ndarray) -> list[float | None]:
    listed = column.astype(object)
    listed[np.isnan(column)] = None
    return list(listed.tolist())


_TAKEN_OUT = ("saturation", "levels")
_NAMES = ", ".join((*_SCORES, *_TAKEN_OUT))
_STAGE = f"""
    DROP TABLE IF EXISTS fresh_scorecard;
    CREATE TEMP TABLE fresh_scorecard (
        id uuid, account uuid, verdict text,
        {", ".join(f"{name} float8" for name in _SCORES)},
        saturation float8, levels text[], details jsonb
    ) ON COMMIT DROP
"""
_FORGET = "DELETE FROM vetting_scorecard WHERE account_id <> ALL(%(accounts)s::uuid[])"
# A point more or less is worth remembering; a digit behind it is not.
_MOVED = " OR ".join(f"round(s.{name}) IS DISTINCT FROM round(f.{name})" for name in _SCORES)
_REMEMBER = f"""
    INSERT INTO vetting_pastscores
        (id, workspace_id, account_id, said_since, said_until, verdict, {", ".join(_SCORES)})
    SELECT f.id, s.workspace_id, s.account_id, s.said_since, %(now)s, s.verdict,
        {", ".join(f"s.{name}" for name in _SCORES)}
    FROM vetting_scorecard s JOIN fresh_scorecard f ON f.account = s.account_id
    WHERE s.verdict <> f.verdict OR {_MOVED}
"""  # noqa: S608 - names of factors
_REPLACE = f"""
    INSERT INTO vetting_scorecard AS s
        (id, workspace_id, account_id, said_since, verdict, {_NAMES}, details)
    SELECT id, groundswell_workspace(), account, %(now)s, verdict, {_NAMES}, details
    FROM fresh_scorecard
    ON CONFLICT (workspace_id, account_id) DO UPDATE SET
        said_since = excluded.said_since, verdict = excluded.verdict, details = excluded.details,
        {", ".join(f"{name} = excluded.{name}" for name in (*_SCORES, *_TAKEN_OUT))}
    WHERE s.details IS DISTINCT FROM excluded.details
        OR s.saturation IS DISTINCT FROM excluded.saturation
        OR s.levels IS DISTINCT FROM excluded.levels::varchar[]
"""  # noqa: S608 - names of factors

"""Scanning all posts for what a workspace watches, beside the scorecards that are there."""

import json
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import connection

from groundswell.creators import copying
from groundswell.creators import queries as creators
from groundswell.engine.arrays import Bools
from groundswell.engine.qualification import grouped
from groundswell.engine.qualification.text import sponsorship
from groundswell.engine.safety import concerns, watching
from groundswell.engine.safety.concerns import Concern, Concerns
from groundswell.engine.safety.watching import Watched
from groundswell.retrieval import safety
from groundswell.terms.progress import Progress, silent
from groundswell.terms.safety import SafetyCategory
from groundswell.vetting import watching as reads
from groundswell.vetting.models import WatchScan
from groundswell.warehouse.observations import Observations
from groundswell.workspaces import access, jobs
from groundswell.workspaces.models import Workspace

_AT_ONCE = 10_000  # accounts whose posts are in memory at one time
_COLUMNS = ("account", "watched", "levels", "competitor_at")
_STAGE = """
    DROP TABLE IF EXISTS fresh_watch;
    CREATE TEMP TABLE fresh_watch (
        account uuid, watched jsonb, levels text[], competitor_at timestamptz
    ) ON COMMIT DROP
"""
_REPLACE = """
    UPDATE vetting_scorecard s
    SET watched = f.watched, watched_levels = f.levels, competitor_at = f.competitor_at,
        watched_since = %(now)s
    FROM (
        SELECT s.id, f.watched, f.levels, f.competitor_at
        FROM vetting_scorecard s LEFT JOIN fresh_watch f ON f.account = s.account_id
        WHERE s.watched IS DISTINCT FROM f.watched
    ) f
    WHERE f.id = s.id
"""


def scan(*, workspace: Workspace, now: datetime, progress: Progress = silent) -> int:
    """Look through all posts for what is watched now; other parts of scorecards stay as they are.

    It enters the workspace itself: once to read, once to write everything at once.

    Returns:
        How many accounts' posts say something that is watched.
    """
    with access.inside(workspace):
        kept = WatchScan.objects.first()
        if kept is None:
            return 0
        watched = reads.looked_for()
        rows: list[tuple[Any, ...]] = []
        if watched:
            with creators.observations(tables=["posts"]) as observations:
                rows = _rows(observations, watched, progress)
    with access.inside(workspace), connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copying.fill("fresh_watch", _COLUMNS, rows)
        cursor.execute(_REPLACE, {"now": now})
        WatchScan.objects.update(scanned_at=now, scanned_terms=kept.changed_at)
        jobs.defer("discovery.refresh_index", workspace=workspace)
    return len(rows)


def _rows(
    observations: Observations, watched: list[Watched], progress: Progress
) -> list[tuple[Any, ...]]:
    """A row for each account whose posts say something."""
    accounts = creators.accounts_table().column("account")
    rows: list[tuple[Any, ...]] = []
    for at in range(0, len(accounts), _AT_ONCE):
        progress("scan posts", at, len(accounts))
        part = accounts.slice(at, _AT_ONCE).combine_chunks()
        posts = observations.ask("vetting_said", wanted=pa.table({"account": part}))
        found = Concerns.summed(
            watching.scan(posts, watched, _paid),
            accounts=len(part),
            codes=grouped.codes_of(posts["account"], pa.chunked_array([part])),
            post_ids=posts["post_id"].to_pylist(),
            at=grouped.moments(posts["published_at"]),
        )
        rows += [_row(part[place].as_py(), several) for place, several in found.of.items()]
    progress("scan posts", len(accounts), len(accounts))
    return rows


def _paid(posts: pa.Table) -> Bools:
    signs = sponsorship.signs(posts["text"], posts["links"], posts["paid_partnership"])
    return signs.astype(bool)


def _row(account: str, several: tuple[Concern, ...]) -> tuple[Any, ...]:
    rivals = [each for each in several if each.category is SafetyCategory.COMPETITOR]
    return (
        account,
        json.dumps([concerns.compacted(each) for each in several]),
        [safety.level(each.category, each.severity) for each in several],
        rivals[0].newest_at if rivals else None,
    )

"""Small batches of accounts for qualification, written as rows."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from groundswell.engine.qualification import batch
from groundswell.engine.qualification.batch import Batch

TODAY = datetime(2026, 6, 30, tzinfo=UTC)


def ago(days: float) -> datetime:
    return TODAY - timedelta(days)


def table(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of a schema; a column that a row doesn't name is null there."""
    listed = list(rows)
    return pa.table({f.name: pa.array([r.get(f.name) for r in listed], f.type) for f in schema})


def account(name: str, **known: Any) -> dict[str, Any]:
    return {"account": name, "platform": "instagram", "followers": 1_000, **known}


def post(owner: str, days_ago: float, **known: Any) -> dict[str, Any]:
    number = known.pop("number", round(days_ago * 1_000))
    found = {"account": owner, "post_id": f"{owner}-{number}", "format": "image"}
    return {**found, "published_at": ago(days_ago), "followers": 1_000, **known}


def batch_of(
    accounts: Iterable[Mapping[str, Any]],
    *,
    posts: Iterable[Mapping[str, Any]] = (),
    ends_at: datetime = TODAY,
    **others: Iterable[Mapping[str, Any]],
) -> Batch:
    """A batch whose data ends on one day on every platform."""
    schemas = {
        "comments": batch.COMMENTS,
        "counts": batch.COUNTS,
        "averages": batch.AVERAGES,
        "audience_shares": batch.AUDIENCE_SHARES,
    }
    listed = list(accounts)
    end = int(ends_at.timestamp() * 1_000_000)
    return Batch(
        table(batch.ACCOUNTS, listed),
        table(batch.POSTS, posts),
        **{name: table(schema, others.get(name, ())) for name, schema in schemas.items()},
        ends_at={str(known["platform"]): end for known in listed},
    )

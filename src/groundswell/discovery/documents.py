"""What the index takes of each account: put together from records, observations and scorecards."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.creators import copying
from groundswell.discovery import filed
from groundswell.engine.qualification import overall, rates
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.factors import growth
from groundswell.engine.qualification.growth import series
from groundswell.retrieval import keys, safety
from groundswell.retrieval.documents import DOCUMENTS
from groundswell.terms.errors import Refusal
from groundswell.terms.factors import FactorName
from groundswell.terms.progress import Progress
from groundswell.vetting import weighing
from groundswell.warehouse.observations import Observations

RECIPE = 3  # raise when a change here asks for rebuilt indexes
AT_ONCE = 25_000  # accounts whose posts are in memory at one time
_BATCH = 2_000
MOST_CAPTIONS = 30
LONGEST_CAPTION = 1_000  # characters
GROWTH_DAYS = 30
Columns: TypeAlias = Mapping[str, pa.Array | pa.ChunkedArray]
_SCORES = pa.schema(
    [
        ("account", pa.string()),
        *((f"factor_{name}", pa.float64()) for name in FactorName),
        ("verdict", pa.string()),
        ("saturation", pa.float64()),
        ("scanned", DOCUMENTS.field("safety").type),
        ("watched", DOCUMENTS.field("safety").type),
        ("last_competitor_at", DOCUMENTS.field("last_competitor_at").type),
    ]
)
# As ``vetting.reviews.standing`` has it.
_JUDGED = f"""
    SELECT s.account_id, {", ".join(f"s.{name}" for name in FactorName)},
        CASE
            WHEN r.state IN ('open', 'asked') THEN 'needs_review'
            WHEN r.state = 'decided'
                AND (r.ruling = 'confirmed_concern' OR s.verdict = 'needs_review') THEN r.ruling
            ELSE s.verdict
        END,
        s.saturation, {copying.joined("s.levels")},
        coalesce({copying.joined("s.watched_levels")}, ''), {copying.moment("s.competitor_at")}
    FROM vetting_scorecard s LEFT JOIN vetting_review r ON r.account_id = s.account_id
    WHERE s.account_id = ANY(%s::uuid[])
"""  # noqa: S608 - names of factors


def batches(
    observations: Observations, accounts: pa.Table, *, progress: Progress
) -> Iterator[pa.RecordBatch]:
    """Documents of some accounts, the largest first.

    Equal hits are shown in the order in which they were indexed, hence the largest first.

    Args:
        observations: The workspace's observations.
        accounts: As ``creators.queries.accounts_table`` gives them.
        progress: Told how many accounts have gone into the index.
    """
    ordered = accounts.sort_by([("followers", "descending"), ("account", "ascending")])
    size = ordered.num_rows
    parts = [ordered.slice(at, AT_ONCE).combine_chunks() for at in range(0, size, AT_ONCE)]
    # While some are being indexed, a thread asks the warehouse for the next.
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = [thread.submit(_observed, observations, part) for part in parts[:1]]
        for number, part in enumerate(parts):
            progress("index accounts", number * AT_ONCE, size)
            observed = coming.pop().result()
            coming = [thread.submit(_observed, observations, p) for p in parts[number + 1 :][:1]]
            yield from _documents(part, observed).to_batches(max_chunksize=_BATCH)
    progress("index accounts", size, size)


def _documents(accounts: pa.Table, observed: Columns) -> pa.Table:
    known: Columns = {
        name: accounts[name] for name in DOCUMENTS.names if name in accounts.column_names
    }
    known = {**known, **observed, **_scores(accounts), **filed.kept(accounts)}
    known = {**known, "safety": _safety(known)}
    return pa.table([known[name] for name in DOCUMENTS.names], schema=DOCUMENTS)


def _observed(observations: Observations, accounts: pa.Table) -> Columns:
    return {
        **_words(observations, accounts),
        **_measured(observations, accounts),
        "audience": _audiences(observations, accounts),
    }


def _words(observations: Observations, accounts: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Captions of the newest posts, and the moment of the last, in the order of the accounts."""
    found = observations.ask(
        "discovery_captions",
        wanted=accounts.select(["account"]),
        most=MOST_CAPTIONS,
        longest=LONGEST_CAPTION,
    )
    rows = pc.index_in(accounts["account"], found["account"])
    return {name: found[name].take(rows) for name in ("captions", "last_post_at")}


def _measured(observations: Observations, accounts: pa.Table) -> dict[str, pa.Array]:
    """Engagement rates over all formats, and growth: the figures of the scorecard, made now."""
    wanted = accounts.select(["account", "followers"])
    empty = Batch.empty(accounts)
    batch = Batch(
        accounts,
        observations.ask("vetting_posts", wanted=wanted),
        empty.comments,
        observations.ask("vetting_counts", wanted=wanted),
        observations.ask("vetting_averages", wanted=wanted),
        empty.audience_shares,
        {},
    )
    found = rates.engagement_rates(batch)
    columns = {}
    for code, denominator in enumerate(rates.DENOMINATORS):
        mine = (found.format == 0) & (found.denominator == code)
        values = np.full(batch.size, np.nan)
        values[found.account[mine]] = found.value[mine]
        columns[f"engagement_rate_by_{denominator}"] = _finite(values)
    daily, _ = growth.trends(series.daily(batch), batch.size)
    with np.errstate(over="ignore"):
        columns["growth"] = _finite((1 + daily.value) ** GROWTH_DAYS - 1)
    return columns


def _finite(values: np.ndarray) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))


def _scores(accounts: pa.Table) -> Columns:
    """The six factors as last vetted, the overall score, and the verdict as people left it."""
    found = copying.fetch(_JUDGED, [accounts["account"].to_pylist()], _SCORES)
    rows = pc.index_in(accounts["account"], found["account"])
    columns: Columns = {name: found[name].take(rows) for name in _SCORES.names[1:]}
    return {**columns, "overall": _overall(columns)}


def _safety(known: Columns) -> pa.Array:
    """What posts speak of; null for accounts that were not vetted, or whose posts say nothing."""
    rows = zip(
        *(known[name].to_pylist() for name in ("scanned", "watched", "captions")), strict=True
    )
    found = [
        None if watched is None else [*(scanned or ()), *([safety.READ] if said else ()), *watched]
        for scanned, watched, said in rows
    ]
    return pa.array([each or None for each in found], DOCUMENTS.field("safety").type)


def _overall(columns: Columns) -> pa.Array:
    factors = {
        name: np.asarray(
            pc.fill_null(columns[f"factor_{name}"], np.nan).to_numpy(), dtype=np.float64
        )
        for name in FactorName
    }
    return _finite(overall.scores(factors, weighing.weights()))


def _audiences(observations: Observations, accounts: pa.Table) -> pa.Array:
    found = observations.ask("discovery_audience", wanted=accounts.select(["account"]))
    shares: Mapping[str, dict[str, float]] = defaultdict(dict)
    columns = (column.to_pylist() for column in found.columns)
    for account, dimension, value, share in zip(*columns, strict=True):
        name = _share_name(dimension, value)
        if name is not None:
            shares[account].setdefault(name, share)
    per_account: list[Any] = [shares.get(each) for each in accounts["account"].to_pylist()]
    named = [list(each.items()) if each else None for each in per_account]
    return pa.array(named, DOCUMENTS.field("audience").type)


@cache
def _share_name(dimension: str, value: str) -> str | None:
    """How search names a part of an audience; None for what it can't ask for."""
    if dimension not in keys.AUDIENCE_DIMENSIONS:
        return None
    try:
        return keys.share_of(dimension, value)
    except Refusal:
        return None

"""Jumps: followers who came at once, while nothing that the account shows explains it."""

from datetime import UTC, datetime

import numpy as np

from groundswell.engine.arrays import Bools, Ints
from groundswell.engine.qualification import grouped
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.growth import bursts
from groundswell.engine.qualification.growth.bursts import Activity, Bursts
from groundswell.engine.qualification.growth.series import FEWEST, Series
from groundswell.engine.qualification.measures import NEVER, Measure

NAME = "unexplained_jump"
_COUNTED = ("views", "likes", "comments")  # the first that is known of enough posts is used


def unexplained(series: Series, batch: Batch) -> Measure:
    """Followers of the strongest unexplained jump, as a share of those before; 0 where none is.

    Args:
        series: Follower counts of the batch's accounts.
        batch: The accounts and their posts.
    """
    n = grouped.counts(series.codes, batch.size)
    last = grouped.largest(series.codes, series.at, batch.size)
    found = bursts.find(series, activity(batch), batch.size)
    value = np.where(found.found, found.gained / found.before, 0.0)
    return Measure.of(
        NAME,
        value,
        n=n,
        seen_at=np.where(n > 0, last, NEVER),
        why_not=[(n < FEWEST, f"fewer than {FEWEST} follower counts are known")],
    ).with_caveats({row: words(found, row) for row in np.flatnonzero(found.found).tolist()})


def activity(batch: Batch) -> Activity:
    """For each post what it got: views, or where too few are known likes, or comments."""
    posts = batch.post_rows
    chosen = np.full(len(posts), np.nan)
    open_: Bools = np.ones(batch.size, dtype=bool)
    for name in _COUNTED:
        amount = posts.numbers(name)
        known = np.isfinite(amount)
        enough = grouped.counts(posts.codes[known], batch.size) >= bursts.FEWEST_AMOUNTS
        here = (open_ & enough)[posts.codes]
        chosen[here] = amount[here]
        open_ &= ~enough
    usable = np.isfinite(chosen) & (posts.at != NEVER)
    return Activity(posts.codes[usable], posts.at[usable], chosen[usable])


def words(found: Bursts, row: int) -> str:
    """What happened, when, and what did not happen with it."""
    start, end = _day(found.start[row]), _day(found.end[row])
    days = (found.end[row] - found.start[row]) / 86_400e6
    when = f"on {end}" if days < 1.5 else f"between {start} and {end}"
    said = [f"{found.gained[row]:,.0f} followers more than usual came {when}"]
    if found.usual[row] >= 1:
        said[0] += f", {found.gained[row] / days / found.usual[row]:,.0f} times the usual day"
    if found.activity[row] == bursts.FLAT:
        said.append("posts and engagement did not move")
    else:
        said.append("no posts are known that would explain it")
    if found.lost[row] >= 0.05:
        said.append(f"{found.lost[row]:.0%} of them left within two weeks")
    return "; ".join(said)


def _day(moment: Ints) -> str:
    day = datetime.fromtimestamp(int(moment) / 1e6, tz=UTC)
    return f"{day.day} {day:%B %Y}"

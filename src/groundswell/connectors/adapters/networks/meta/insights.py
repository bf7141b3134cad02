"""Insights: rows of what Meta counted of posts and accounts, by what its metrics mean here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.meta.contexts import Context, of
from groundswell.connectors.adapters.networks.meta.metrics import (
    DEMOGRAPHICS,
    Metric,
    Span,
    metrics,
)
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

_MOST_LISTED = 45  # Meta lists the largest groups of a demographic and no more
_WINDOWS = {"day": "day", "week": "week", "days_28": "28 days", "month": "month"}


@dataclass(frozen=True, slots=True)
class Meanings:
    """Which of a network's metrics are which of our counts.

    Attributes:
        platform: Whose they are.
        of_posts: Metrics by column, the newest name first: a post that has several keeps the first.
        shares: Ways to pass a post on, each counted apart, so that they add up.
        of_accounts: Columns by metric of an account.
        followers: The metric that counts them; empty where none does.
        of_no_use: Metrics that are known, and kept nowhere.
    """

    platform: Platform
    of_posts: Mapping[str, tuple[str, ...]]
    shares: tuple[str, ...]
    of_accounts: Mapping[str, str]
    followers: str = ""
    of_no_use: frozenset[str] = field(default_factory=frozenset)

    @property
    def known(self) -> frozenset[str]:
        """All metrics that somebody has looked at."""
        named = {name for names in self.of_posts.values() for name in names}
        more = {*self.shares, *self.of_accounts, self.followers}
        return frozenset(named | more | self.of_no_use | DEMOGRAPHICS)


def take(
    entries: Iterable[Fields],
    page: Page,
    context: Context,
    meanings: Meanings,
    span: Span | None = None,
) -> int:
    """Rows of a list of metrics, whatever they are of.

    Args:
        entries: The list.
        page: Where the rows go.
        context: Of which post or account they are, where the entries don't say it.
        meanings: What the metrics are.
        span: The time that totals speak of; the day until now, when it is left out.

    Returns:
        How many rows there are.
    """
    before = len(page.lines)
    told, known = metrics(entries), meanings.known
    for metric in told:
        if metric.name not in known:
            page.set_aside(f"insights.{metric.name}", [value for _, value in metric.values])
    of_posts = [metric for metric in told if context.post_id or _is_of_post(metric)]
    of_accounts = [metric for metric in told if metric not in of_posts]
    for post_id in dict.fromkeys(context.post_id or metric.of for metric in of_posts):
        if post_id:
            here = [one for one in of_posts if context.post_id or one.of == post_id]
            _add_post(here, post_id, page, context, meanings)
    _add_accounts(of_accounts, page, context, meanings, span or Span("day", context.now))
    return len(page.lines) - before


def _is_of_post(metric: Metric) -> bool:
    """Posts are counted over their lifetime, accounts over days; only who is there isn't."""
    return metric.period in {"lifetime", ""} and metric.name not in DEMOGRAPHICS


def _add_post(
    told: Sequence[Metric], post_id: str, page: Page, context: Context, meanings: Meanings
) -> None:
    by_name = {metric.name: metric.values[-1][1] for metric in told if metric.values}
    counts = {}
    for column, names in meanings.of_posts.items():
        known = [by_name[name] for name in names if name in by_name]
        if known:
            counts[column] = known[0]
    passed_on = [by_name[name] for name in meanings.shares if name in by_name]
    if passed_on:
        counts["shares"] = sum(passed_on)
    if not counts:
        return
    with page.item("insights") as item:
        item.add(
            "post_observations",
            platform=meanings.platform,
            post_id=post_id,
            **of(context.account),
            observed_at=context.now,
            source=Source.CREATOR_AUTHORISED,
            **counts,
        )


def _add_accounts(
    told: Sequence[Metric], page: Page, context: Context, meanings: Meanings, span: Span
) -> None:
    by_account: dict[str | None, list[Metric]] = {}
    for metric in told:
        by_account.setdefault(None if context.account else metric.of, []).append(metric)
    for own_id, found in by_account.items():
        account = context.account or (
            Reference(meanings.platform, platform_id=own_id) if own_id else None
        )
        if account is None:
            page.refuse("insights", found[0].name, "does not say of which account it is")
            continue
        with page.item("insights") as item:
            _add_averages(item, found, account, meanings.of_accounts, span)
            for metric in found:
                _add_shares(item, metric, account, context.now)
                if metric.name == meanings.followers and metric.values:
                    item.add(
                        "account_observations",
                        platform=meanings.platform,
                        account=account,
                        observed_at=context.now,
                        source=Source.CREATOR_AUTHORISED,
                        followers=metric.values[-1][1],
                    )


def _add_shares(item: Item, metric: Metric, account: Reference, at: datetime) -> None:
    """Add rows of audience shares, pooled over the counts."""
    for dimension, counts in metric.shares.items():
        people = sum(counts.values())
        if people <= 0:
            continue
        if len(counts) >= _MOST_LISTED:
            item.page.notes.append(
                f"Meta lists {_MOST_LISTED} values of {dimension} at most: the shares are of the "
                f"{people:,} people who are in one of them"
            )
        for value, count in counts.items():
            item.add(
                "audience_shares",
                platform=account.platform,
                account=account,
                dimension=dimension,
                value=value,
                observed_at=at,
                source=Source.CREATOR_AUTHORISED,
                share=count / people,
                sample_size=people,
            )


def _add_averages(
    item: Item,
    told: Sequence[Metric],
    account: Reference,
    columns: Mapping[str, str],
    span: Span,
) -> None:
    """Add rows of what an account gained, one for each window and its end.

    Args:
        item: Where they go.
        told: The account's metrics.
        account: Whose.
        columns: Canonical columns by metric; others are left out.
        span: The time that totals without an end of their own speak of.
    """
    rows: dict[tuple[datetime, str], dict[str, float]] = {}
    for metric in told:
        column = columns.get(metric.name)
        for end, value in metric.values if column else ():
            if end is not None and end > span.until:
                continue  # the window isn't over: a part would pass for the whole
            window = _WINDOWS.get(metric.period)
            key = (end, window) if end and window else (end or span.until, span.window)
            rows.setdefault(key, {})[str(column)] = value
    for (at, window), counts in rows.items():
        item.add(
            "account_averages",
            platform=account.platform,
            account=account,
            observed_at=at,
            source=Source.CREATOR_AUTHORISED,
            window=window,
            **counts,
        )

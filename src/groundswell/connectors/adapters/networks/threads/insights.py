"""Insights of Threads: which of its metrics are which of our counts."""

from collections.abc import Iterable, Sequence

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.meta import insights
from groundswell.connectors.adapters.networks.meta.insights import Metric, Span
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.threads.posts import Context, of
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

_OF_POSTS = {"views": "views", "likes": "likes", "replies": "comments"}
_SHARED = ("reposts", "quotes", "shares")  # three ways to pass a post on, each counted apart
_OF_ACCOUNTS = {"views": "views_gained"}
_OF_NO_USE = frozenset({"clicks", "likes", "replies", *_SHARED})
_KNOWN = {*_OF_POSTS, *_OF_NO_USE, *insights.DEMOGRAPHICS, "followers_count"}


def take(entries: Iterable[Fields], page: Page, context: Context) -> int:
    """Rows of a list of metrics, whatever they are of.

    Returns:
        How many rows there are.
    """
    before = len(page.lines)
    told = insights.metrics(entries)
    for metric in told:
        if metric.name not in _KNOWN:
            page.set_aside(f"insights.{metric.name}", [value for _, value in metric.values])
    of_posts = [metric for metric in told if context.post_id or _is_of_post(metric)]
    of_accounts = [metric for metric in told if metric not in of_posts]
    for post_id in dict.fromkeys(context.post_id or metric.of for metric in of_posts):
        if post_id:
            here = [one for one in of_posts if context.post_id or one.of == post_id]
            _add_post(here, post_id, page, context)
    _add_accounts(of_accounts, page, context)
    return len(page.lines) - before


def _is_of_post(metric: Metric) -> bool:
    """Posts are counted over their lifetime, accounts over days; only who is there isn't."""
    return metric.period == "lifetime" and metric.name not in insights.DEMOGRAPHICS


def _add_post(told: Sequence[Metric], post_id: str, page: Page, context: Context) -> None:
    by_name = {metric.name: metric.values[-1][1] for metric in told if metric.values}
    counts = {column: by_name[name] for name, column in _OF_POSTS.items() if name in by_name}
    passed_on = [by_name[name] for name in _SHARED if name in by_name]
    if passed_on:
        counts["shares"] = sum(passed_on)
    if not counts:
        return
    with page.item("insights") as item:
        item.add(
            "post_observations",
            platform=Platform.THREADS,
            post_id=post_id,
            **of(context.account),
            observed_at=context.now,
            source=Source.CREATOR_AUTHORISED,
            **counts,
        )


def _add_accounts(told: Sequence[Metric], page: Page, context: Context) -> None:
    by_account: dict[str | None, list[Metric]] = {}
    for metric in told:
        by_account.setdefault(None if context.account else metric.of, []).append(metric)
    for metrics in by_account.values():
        account = insights.known_as(Platform.THREADS, metrics[0], context.account)
        if account is None:
            page.refuse("insights", metrics[0].name, "does not say of which account it is")
            continue
        _add_account(metrics, account, page, context)


def _add_account(
    metrics: Sequence[Metric], account: Reference, page: Page, context: Context
) -> None:
    with page.item("insights") as item:
        insights.add_averages(item, metrics, account, _OF_ACCOUNTS, Span("day", context.now))
        for metric in metrics:
            insights.add_shares(item, metric, account, context.now)
            if metric.name == "followers_count" and metric.values:
                item.add(
                    "account_observations",
                    platform=Platform.THREADS,
                    account=account,
                    observed_at=context.now,
                    source=Source.CREATOR_AUTHORISED,
                    followers=metric.values[-1][1],
                )

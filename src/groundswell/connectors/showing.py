"""Imports and connections as every interface shows them."""

from datetime import datetime
from typing import Any

from groundswell.connectors.actions.erasing import Gone
from groundswell.connectors.actions.live import Live
from groundswell.connectors.actions.spending import Standing
from groundswell.connectors.models import Connection, ImportRun, Sync, Watch
from groundswell.creators.models import Account


def run(shown: ImportRun) -> dict[str, Any]:
    """One import with what became of its rows."""
    return {
        "import": str(shown.id),
        "file": shown.file_name,
        "kind": shown.kind,
        "state": str(shown.state),
        "rows_read": shown.rows_read,
        "accepted": shown.accepted,
        "rejected": shown.rejected,
        "unchanged": shown.unchanged,
        "by": shown.by,
        "started_at": shown.started_at.isoformat(timespec="seconds"),
    }


def report(shown: ImportRun) -> dict[str, Any]:
    """All that is known of one import."""
    return {
        **run(shown),
        "finished_at": shown.finished_at and shown.finished_at.isoformat(timespec="seconds"),
        "changed": shown.changed,
        "guesses": shown.guesses,
        "error": shown.refusal,
    }


def connection(shown: Connection) -> dict[str, Any]:
    """One connection to a network; nothing of what it shows to it."""
    return {
        "connection": str(shown.id),
        "network": shown.network,
        "server": shown.server,
        "name": shown.name,
        "state": str(shown.state),
        "connected_by": shown.connected_by,
        "connected_at": _moment(shown.connected_at),
        "stale_since": _moment(shown.stale_since),
        "closed_until": _moment(shown.closed_until),
        "erase_at": _moment(shown.erase_at),
        "scopes": shown.scopes,
        "refusal": shown.refusal,
    }


def watch(shown: Watch) -> dict[str, Any]:
    """One question that a connection asks."""
    return {
        "watch": str(shown.id),
        "way": shown.way,
        "text": shown.text,
        "accounts": shown.accounts,
        "posts": shown.posts,
        "comments": shown.comments,
        "members": shown.members,
        "last_synced_at": _moment(shown.last_synced_at),
        "next_at": _moment(shown.next_at),
        "stale_since": _moment(shown.stale_since),
        "refusal": shown.refusal,
    }


def live(shown: Live) -> dict[str, Any]:
    """How listening to a connection's accounts goes."""
    return {
        "state": shown.state,
        "since": _moment(shown.since),
        "by": shown.by,
        "news_at": _moment(shown.news_at),
        "stale_since": _moment(shown.stale_since),
        "next_at": _moment(shown.next_at),
        "stream": shown.stream,
        "refusal": shown.refusal,
    }


def sync(shown: Sync) -> dict[str, Any]:
    """One sync: what came, what became of it, and what it took."""
    return {
        "sync": str(shown.id),
        "state": str(shown.state),
        "begun_at": _moment(shown.begun_at),
        "finished_at": _moment(shown.finished_at),
        "pages": shown.pages,
        "items": shown.items,
        "taken": shown.taken,
        "bad": shown.bad,
        "unchanged": shown.unchanged,
        "changed": shown.changed,
        "gone": shown.gone,
        "requests": shown.requests,
        "spent": shown.spent,
        "aside": shown.aside,
        "bad_items": shown.bad_items,
        "notes": shown.notes,
        "refusal": shown.refusal,
    }


def standing(shown: Standing) -> dict[str, Any]:
    """How much of a quota is spent."""
    return {
        "quota": shown.quota.name,
        "unit": shown.quota.unit,
        "units": shown.quota.units,
        "used": shown.used,
        "left": shown.left,
        "is_money": shown.quota.is_money,
        "frees_at": _moment(shown.frees_at),
    }


# Rows of observations as people call them: one, and several.
_ROWS = {
    "posts": ("post", "posts"),
    "comments": ("comment", "comments"),
    "memberships": ("person of an audience", "people of audiences"),
    "audience_shares": ("audience share", "audience shares"),
    "account_observations": ("count of an account", "counts of accounts"),
    "account_averages": ("average of an account", "averages of accounts"),
    "post_observations": ("count of a post", "counts of posts"),
    "overlaps": ("overlap of audiences", "overlaps of audiences"),
}


def gone(shown: Gone) -> dict[str, Any]:
    """What goes with a connection."""
    return {
        "accounts_removed": shown.erased.removed,
        "accounts_emptied": shown.erased.emptied,
        "rows": dict(shown.erased.rows),
        "orders": shown.orders,
    }


def gone_in_words(shown: Gone) -> list[str]:
    """The same for people: one line of each kind, none of what is not there."""
    counted = [
        (
            shown.erased.removed,
            ("account that nobody else names", "accounts that nobody else names"),
        ),
        *((shown.erased.rows.get(name, 0), words) for name, words in _ROWS.items()),
        (shown.orders, ("order", "orders")),
    ]
    said = [f"{count:,} {one if count == 1 else many}" for count, (one, many) in counted if count]
    if emptied := shown.erased.emptied:
        stays = "account that stays" if emptied == 1 else "accounts that stay"
        said.append(f"what the network said of {emptied:,} {stays} with what you have of your own")
    return said


def account(shown: Account) -> dict[str, Any]:
    """An account as a network told it."""
    return {
        "account": str(shown),
        "platform_id": shown.platform_id,
        "handle": shown.handle,
        "name": shown.display_name,
        "followers": shown.followers,
        "following": shown.following,
        "posts": shown.posts,
        "url": shown.url,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")

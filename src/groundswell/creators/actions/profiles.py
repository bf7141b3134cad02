"""Profiles: what is newly known of accounts, and their latest counts.

Both work on whole sets, in temporary tables of the current transaction.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection

from groundswell.creators import copying

_PROFILE = (
    "handle", "display_name", "bio", "url", "avatar_url", "links", "country", "region", "city",
    "language", "categories", "verified", "private", "created_at",
)  # fmt: skip


def each(template: str, between: str = ", ") -> str:
    """A template filled for each column of a profile."""
    return between.join(template.format(name) for name in _PROFILE)


# What a profile said of a column before and after, as JSON.
Filled = dict[str, list[Any]]


def describe(
    profiles: Iterable[pa.RecordBatch], *, revision: int, remembers: bool = False
) -> tuple[dict[UUID, int], dict[UUID, Filled]]:
    """Write what is newly known of accounts: null erases nothing, and old news fills gaps only.

    Args:
        profiles: As ``Staging.profiles`` gives them.
        revision: Under which changes become visible.
        remembers: Whether to say what became of each column.

    Returns:
        The accounts that changed, each with the newest source row that describes it; and what
        they said before and after, where that is to be remembered.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PROFILE_SCRATCH)
    columns = ("account", "row", "described_at", "seen_at", *_PROFILE)
    copying.fill("profile", columns, copying.tuples(profiles))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE profile")
        cursor.execute(_APPLY_PROFILES, {"revision": revision, "remembers": remembers})
        rows = cursor.fetchall()
        cursor.execute(
            "UPDATE creators_account a SET described_at = p.seen_at FROM profile p "
            "WHERE a.id = p.account AND p.seen_at > a.described_at"
        )
    filled = {account: json.loads(said) for account, _, said in rows if said is not None}
    return {account: row for account, row, _ in rows}, filled


def over(earlier: Filled, later: Filled) -> Filled:
    """What became of columns in both, one after the other; a third's word between them counts."""
    said = dict(earlier)
    for name, (before, after) in later.items():
        first = said[name][0] if name in said and said[name][1] == before else before
        said[name] = [first, after]
    return said


def count(counts: pa.Table, *, revision: int) -> set[UUID]:
    """Write the newest known counts; returns the accounts that changed.

    Args:
        counts: Columns account, followers, following, posts, counts_observed_at.
        revision: Under which changes become visible.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS counted;"
            "CREATE TEMP TABLE counted (account uuid, followers bigint, following bigint,"
            " posts bigint, counts_observed_at timestamptz) ON COMMIT DROP"
        )
    copying.fill("counted", counts.schema.names, copying.tuples(counts))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE counted")
        cursor.execute(_APPLY_COUNTS, {"revision": revision})
        return {account for (account,) in cursor.fetchall()}


_PROFILE_SCRATCH = """
DROP TABLE IF EXISTS profile;
CREATE TEMP TABLE profile (
    account uuid, row bigint, described_at timestamptz, seen_at timestamptz, handle text,
    display_name text, bio text, url text, avatar_url text, links text[], country text,
    region text, city text, language text, categories text[], verified boolean, private boolean,
    created_at timestamptz
) ON COMMIT DROP
"""

_NEWER = "a.described_at IS NULL OR p.described_at >= a.described_at"
_APPLY_PROFILES = f"""
UPDATE creators_account a
SET {each("{0} = m.{0}")}, described_at = greatest(a.described_at, m.described_at),
    revision = %(revision)s
FROM (
    SELECT a.id, p.row, p.described_at, {each("a.{0} AS was_{0}")},
        {
    each(
        f"CASE WHEN {_NEWER} THEN coalesce(p.{{0}}, a.{{0}}) "
        "ELSE coalesce(a.{0}, p.{0}) END AS {0}"
    )
}
    FROM profile p JOIN creators_account a ON a.id = p.account
) m
WHERE a.id = m.id AND ({each("a.{0}")}) IS DISTINCT FROM ({each("m.{0}")})
RETURNING a.id, m.row, CASE WHEN %(remembers)s THEN jsonb_strip_nulls(jsonb_build_object({
    each(
        "'{0}', CASE WHEN m.was_{0} IS DISTINCT FROM m.{0} "
        "THEN jsonb_build_array(m.was_{0}, m.{0}) END"
    )
}))::text END
"""  # noqa: S608 - the columns are ours

_APPLY_COUNTS = """
UPDATE creators_account a
SET followers = coalesce(c.followers, a.followers), following = coalesce(c.following, a.following),
    posts = coalesce(c.posts, a.posts), counts_observed_at = c.counts_observed_at,
    revision = %(revision)s
FROM counted c
WHERE a.id = c.account AND (a.followers, a.following, a.posts, a.counts_observed_at)
    IS DISTINCT FROM (coalesce(c.followers, a.followers), coalesce(c.following, a.following),
        coalesce(c.posts, a.posts), c.counts_observed_at)
RETURNING a.id
"""

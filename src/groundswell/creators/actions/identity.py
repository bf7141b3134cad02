"""Identity: which account a name means, and what happens when two turn out to be one.

A reference names an account by platform_id, handle and the name shown, of which any may be missing:

1. The platform_id decides where there is one. An account that was known by the handle alone learns
   its id; where an account of that id exists as well, the two are one, and the one without an id is
   merged into the other.
2. Without an id the handle decides, in any case of letters; people also write ids where a handle
   is asked for, so a handle that nobody has is looked for among the ids.
3. Without both, the name shown decides while only one account of the platform has it.

What nobody is known by becomes a new account. All of it works on whole sets, in temporary tables
of the current transaction, under the revision that the caller began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from django.db import connection

from groundswell.creators import copying
from groundswell.creators.actions import profiles
from groundswell.workspaces import access


@dataclass(frozen=True, slots=True)
class Resolved:
    """Which account each reference means.

    Attributes:
        accounts: Columns ref and account.
        created: Accounts that were made, each with the source row that last names it.
        altered: Accounts that learned an id or a name, or that they are another one; likewise.
        shown: Those of them whose name to be shown nobody had known.
    """

    accounts: pa.Table
    created: Mapping[UUID, int]
    altered: Mapping[UUID, int]
    shown: frozenset[UUID]


def resolve(references: pa.Table, *, revision: int, now: datetime) -> Resolved:
    """Find or make the account that each reference means.

    Args:
        references: Columns ref, platform, platform_id, handle, display_name, last_row.
        revision: Under which changes become visible.
        now: The moment that goes into the ids of new accounts.
    """
    settings = {"revision": revision, "ms": int(now.timestamp() * 1000)}
    with connection.cursor() as cursor:
        cursor.execute(_SCRATCH)
    copying.fill("reference", references.schema.names, copying.tuples(references))
    altered: dict[UUID, int] = {}
    with connection.cursor() as cursor:

        def run(*statements: str) -> None:
            for statement in statements:
                cursor.execute(statement, settings)

        run("ANALYZE reference", _FIND_BY_ID, _FIND_LEARNERS, _LEARN_ID)
        altered |= dict(cursor.fetchall())
        run(_MERGE)
        altered |= dict(cursor.fetchall())
        run(_FILL_SURVIVORS, _POINT_TO_SURVIVORS, *_MERGE_CREATORS)
        run(_FIND_BY_ID, _MAKE_BY_ID, _FIND_BY_ID)
        run(_FIND_BY_HANDLE, _FIND_HANDLE_AMONG_IDS, _MAKE_BY_HANDLE, _FIND_BY_HANDLE)
        run(_FIND_BY_NAME, _MAKE_BY_NAME, _FIND_BY_NAME)
        run("SELECT account, last_row FROM newcomer")
        created = dict(cursor.fetchall())
        # The server would plan for tables as they were: for references that name nobody, and for
        # a workspace whose accounts nobody has counted beside those of a large one.
        run("ANALYZE reference")
        if created:
            with access.as_owner():
                cursor.execute("ANALYZE creators_account")
        run(_LEARN_NAMES)
        learned = cursor.fetchall()
        altered |= {account: row for account, row, _ in learned}
    accounts = copying.fetch(
        "SELECT ref, account FROM reference ORDER BY ref",
        [],
        pa.schema([("ref", pa.int64()), ("account", pa.string())]),
    )
    altered = {account: row for account, row in altered.items() if account not in created}
    shown = frozenset(account for account, _, is_shown in learned if is_shown)
    return Resolved(accounts, created, altered, shown - created.keys())


def join_creators(companions: pa.Table, *, created: Mapping[UUID, int]) -> None:
    """Give new accounts the creator of the accounts that stand on the same source row.

    Args:
        companions: Columns row and account, by row: accounts that one source row names together.
        created: The new accounts; each came with an id for a creator of its own.
    """
    accounts = [UUID(account) for account in companions["account"].to_pylist()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, creator_id, origin_id FROM creators_account WHERE id = ANY(%s)",
            [list(set(accounts))],
        )
        belongs = {account: (creator, origin) for account, creator, origin in cursor.fetchall()}
        settled = {account for account in belongs if account not in created}
        for together in _by_row(companions["row"].to_pylist(), accounts):
            leader = next((account for account in together if account in settled), together[0])
            for account in together:
                if account not in settled and account != leader:
                    belongs[account] = belongs[leader]
                    cursor.execute(
                        "UPDATE creators_account SET creator_id = %s, origin_id = %s WHERE id = %s",
                        [*belongs[leader], account],
                    )
                settled.add(account)


def _by_row(rows: Iterable[int], accounts: Iterable[UUID]) -> Iterable[list[UUID]]:
    together: dict[int, list[UUID]] = {}
    for row, account in zip(rows, accounts, strict=True):
        together.setdefault(row, []).append(account)
    return together.values()


def make_creators() -> None:
    """Make the creators that new accounts came with, each called as its accounts are."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_CREATORS)


_SCRATCH = """
DROP TABLE IF EXISTS reference, learner, newcomer;
CREATE TEMP TABLE reference (
    ref bigint, platform text, platform_id text, handle text, display_name text, last_row bigint,
    account uuid
) ON COMMIT DROP;
CREATE TEMP TABLE newcomer (account uuid, last_row bigint, first_ref bigint) ON COMMIT DROP
"""

_FIND_BY_ID = """
UPDATE reference r SET account = a.id
FROM creators_account a
WHERE r.account IS NULL AND a.platform = r.platform AND a.platform_id = r.platform_id
"""

# Accounts without an id that a reference with an id speaks of; a name that is spelled like the id
# itself counts, since it was an id that nobody could tell from a handle.
_FIND_LEARNERS = """
CREATE TEMP TABLE learner ON COMMIT DROP AS
SELECT DISTINCT ON (a.id) a.id AS account, r.platform, r.platform_id, r.last_row, r.by_handle
FROM (
    SELECT platform, platform_id, lower(handle) AS name, last_row, true AS by_handle
    FROM reference WHERE platform_id IS NOT NULL AND handle IS NOT NULL
    UNION ALL
    SELECT platform, platform_id, lower(platform_id), last_row, false
    FROM reference WHERE platform_id IS NOT NULL
) r
JOIN creators_account a ON a.platform = r.platform AND a.handle_key = r.name
WHERE a.platform_id IS NULL AND a.merged_into_id IS NULL
    AND (r.by_handle OR a.handle = r.platform_id)
ORDER BY a.id, r.by_handle DESC, r.last_row DESC, r.platform_id
"""

_LEARN_ID = """
UPDATE creators_account a
SET platform_id = l.platform_id, revision = %(revision)s,
    handle = nullif(a.handle, l.platform_id)
FROM (
    SELECT DISTINCT ON (platform, platform_id) * FROM learner l
    WHERE NOT EXISTS (
        SELECT FROM creators_account x
        WHERE x.platform = l.platform AND x.platform_id = l.platform_id
    )
    ORDER BY platform, platform_id, by_handle DESC, account
) l
WHERE a.id = l.account
RETURNING a.id, l.last_row
"""

_MERGE = """
UPDATE creators_account y SET merged_into_id = x.id, revision = %(revision)s
FROM learner l
JOIN creators_account x ON x.platform = l.platform AND x.platform_id = l.platform_id
WHERE y.id = l.account AND y.platform_id IS NULL
RETURNING x.id, l.last_row
"""

_FILL_SURVIVORS = f"""
UPDATE creators_account x
SET {profiles.each("{0} = coalesce(x.{0}, y.{0})")}, revision = %(revision)s,
    described_at = coalesce(x.described_at, y.described_at)
FROM (
    SELECT DISTINCT ON (merged_into_id) * FROM creators_account
    WHERE merged_into_id IS NOT NULL AND revision = %(revision)s
    ORDER BY merged_into_id, described_at DESC NULLS LAST, id
) y
WHERE x.id = y.merged_into_id
"""  # noqa: S608 - the columns are ours

_POINT_TO_SURVIVORS = """
UPDATE creators_account z SET merged_into_id = y.merged_into_id
FROM creators_account y
WHERE z.merged_into_id = y.id AND y.merged_into_id IS NOT NULL
"""

# A creator all of whose accounts turned out to be another creator's is that creator. One with an
# account of its own is left to the duplicate finder.
_MERGE_CREATORS = (
    """
    UPDATE creators_creator c SET merged_into_id = x.creator_id
    FROM creators_account y JOIN creators_account x ON x.id = y.merged_into_id
    WHERE y.creator_id = c.id AND y.revision = %(revision)s AND x.creator_id <> c.id
        AND NOT EXISTS (
            SELECT FROM creators_account o WHERE o.creator_id = c.id AND o.merged_into_id IS NULL
        )
    """,
    """
    UPDATE creators_account a SET creator_id = c.merged_into_id
    FROM creators_creator c WHERE a.creator_id = c.id AND c.merged_into_id IS NOT NULL
    """,
    """
    UPDATE creators_contact t SET creator_id = c.merged_into_id
    FROM creators_creator c WHERE t.creator_id = c.id AND c.merged_into_id IS NOT NULL
    """,
)


def _make(known_by: str, condition: str) -> str:
    """Make an account for each name of a kind that means nobody yet."""
    return f"""
    WITH fresh AS (
        SELECT platform, {known_by} AS name,
            (array_agg(platform_id))[1] AS platform_id,
            (array_agg(handle ORDER BY last_row DESC, ref)
                FILTER (WHERE handle IS NOT NULL))[1] AS handle,
            (array_agg(display_name ORDER BY last_row DESC, ref)
                FILTER (WHERE display_name IS NOT NULL))[1] AS display_name,
            max(last_row) AS last_row, min(ref) AS first_ref
        FROM reference WHERE account IS NULL AND {condition}
        GROUP BY platform, {known_by}
    ),
    numbered AS MATERIALIZED (
        SELECT *, {copying.FRESH_ID} AS account, {copying.FRESH_ID} AS creator
        FROM fresh ORDER BY first_ref
    ),
    made AS (
        INSERT INTO creators_account (id, workspace_id, creator_id, origin_id, platform,
            platform_id, handle, display_name, revision)
        SELECT account, groundswell_workspace(), creator, creator, platform,
            platform_id, handle, display_name, %(revision)s
        FROM numbered
    )
    INSERT INTO newcomer SELECT account, last_row, first_ref FROM numbered
    """  # noqa: S608 - the names are ours


_MAKE_BY_ID = _make("platform_id", "platform_id IS NOT NULL")
_MAKE_BY_HANDLE = _make("lower(handle)", "platform_id IS NULL AND handle IS NOT NULL")
_MAKE_BY_NAME = _make("display_name", "platform_id IS NULL AND handle IS NULL")

# A merged account's handle still means its survivor, unless somebody else has it now.
_FIND_BY_HANDLE = """
UPDATE reference r SET account = found.account
FROM (
    SELECT DISTINCT ON (r.ref) r.ref, coalesce(a.merged_into_id, a.id) AS account
    FROM reference r
    JOIN creators_account a ON a.platform = r.platform AND a.handle_key = lower(r.handle)
    WHERE r.account IS NULL AND r.platform_id IS NULL
    ORDER BY r.ref, a.merged_into_id NULLS FIRST, a.described_at DESC NULLS LAST, a.id
) found
WHERE found.ref = r.ref
"""

_FIND_HANDLE_AMONG_IDS = """
UPDATE reference r SET account = a.id
FROM creators_account a
WHERE r.account IS NULL AND r.platform_id IS NULL
    AND a.platform = r.platform AND a.platform_id = r.handle
"""

_FIND_BY_NAME = """
UPDATE reference r SET account = found.account
FROM (
    SELECT r.ref, CASE WHEN count(*) = 1 THEN (array_agg(a.id))[1] ELSE (
        array_agg(a.id) FILTER (WHERE a.platform_id IS NULL AND a.handle IS NULL))[1]
        END AS account
    FROM reference r
    JOIN creators_account a ON a.platform = r.platform AND a.display_name = r.display_name
    WHERE r.account IS NULL AND r.platform_id IS NULL AND r.handle IS NULL
        AND a.merged_into_id IS NULL
    GROUP BY r.ref
) found
WHERE found.ref = r.ref
"""

_LEARN_NAMES = """
UPDATE creators_account a
SET handle = coalesce(a.handle, nullif(f.handle, a.platform_id)),
    display_name = coalesce(a.display_name, f.display_name), revision = %(revision)s
FROM (
    SELECT account, max(last_row) AS last_row,
        (array_agg(handle ORDER BY last_row DESC, ref)
            FILTER (WHERE handle IS NOT NULL))[1] AS handle,
        (array_agg(display_name ORDER BY last_row DESC, ref)
            FILTER (WHERE display_name IS NOT NULL))[1] AS display_name
    FROM reference GROUP BY account
) f JOIN creators_account b ON b.id = f.account
WHERE a.id = f.account AND (
    (a.handle IS NULL AND f.handle <> a.platform_id)
    OR (a.display_name IS NULL AND f.display_name IS NOT NULL)
)
RETURNING a.id, f.last_row, b.display_name IS NULL AND a.display_name IS NOT NULL
"""

_MAKE_CREATORS = """
INSERT INTO creators_creator (id, workspace_id, name)
SELECT DISTINCT ON (a.origin_id) a.origin_id, groundswell_workspace(),
    coalesce(a.display_name, a.handle, a.platform_id)
FROM creators_account a JOIN newcomer n ON n.account = a.id
WHERE NOT EXISTS (SELECT FROM creators_creator c WHERE c.id = a.origin_id)
ORDER BY a.origin_id, a.display_name IS NULL, n.first_ref
"""

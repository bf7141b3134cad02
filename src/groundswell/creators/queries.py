"""Reads: accounts, prices, contacts and observations of the workspace that one is inside."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import django_scopes
import pyarrow as pa
from django.db.models import F, Max, Q, QuerySet, Value
from django.db.models.functions import Lower

from groundswell.creators import copying, folders
from groundswell.creators.choices import ProposalState
from groundswell.creators.copying import joined, moment
from groundswell.creators.models import (
    Account,
    Contact,
    Creator,
    DuplicateProposal,
    Filing,
    RevisionCounter,
    Segment,
)
from groundswell.creators.sealing import Seal
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef
from groundswell.warehouse import observations as warehouse
from groundswell.workspaces.models import Workspace

_MOMENT = pa.timestamp("us", tz="UTC")
ACCOUNTS = pa.schema(
    [
        ("account", pa.string()),
        ("creator", pa.string()),
        ("platform", pa.string()),
        ("platform_id", pa.string()),
        ("handle", pa.string()),
        ("display_name", pa.string()),
        ("bio", pa.string()),
        ("url", pa.string()),
        ("country", pa.string()),
        ("region", pa.string()),
        ("city", pa.string()),
        ("language", pa.string()),
        ("categories", pa.list_(pa.string())),
        ("verified", pa.bool_()),
        ("private", pa.bool_()),
        ("created_at", _MOMENT),
        ("followers", pa.int64()),
        ("following", pa.int64()),
        ("posts", pa.int64()),
        ("counts_observed_at", _MOMENT),
        ("revision", pa.int64()),
    ]
)
RATES = pa.schema(
    [
        ("account", pa.string()),
        ("format", pa.string()),
        ("price", pa.int64()),
        ("currency", pa.string()),
        ("valid_from", pa.date32()),
        ("source", pa.string()),
    ]
)
_SELECTED = {
    "account": "id",
    "creator": "creator_id",
    "categories": joined("categories"),
    "created_at": moment("created_at"),
    "counts_observed_at": moment("counts_observed_at"),
}


class UnknownAccount(Refusal):
    """No account of the workspace goes by that name."""

    code = "unknown_account"

    def __init__(self, ref: AccountRef) -> None:
        super().__init__(
            f"there is no account {ref} in this workspace: import it first, "
            "or look for it with `groundswell search`"
        )


class UnknownProposal(Refusal):
    """Two creators that nobody proposed to merge."""

    code = "unknown_proposal"


def here() -> Workspace:
    """The workspace that one is inside."""
    workspace: Workspace = django_scopes.get_scope()["workspace"]
    return workspace


@contextmanager
def observations(
    *,
    tables: Collection[str] | None = None,
    memory_limit: str = "256MB",
    threads: int = 2,
    readable: Iterable[Path] = (),
) -> Iterator[warehouse.Observations]:
    """The workspace's observations, open for questions.

    Args:
        tables: Open only these, which is faster; the others look empty.
        memory_limit: As ``Observations`` has it.
        threads: As ``Observations`` has it.
        readable: As ``Observations`` has it.
    """
    workspace = here()
    segments = live_segments() if tables is None else live_segments().filter(table__in=tables)
    aliases = copying.fetch(
        "SELECT id, merged_into_id FROM creators_account WHERE merged_into_id IS NOT NULL",
        [],
        warehouse.NO_ALIASES.schema,
    )
    with (
        tempfile.TemporaryDirectory(dir=folders.spill_of(workspace)) as spill,
        warehouse.Observations(
            folders.warehouse_of(workspace),
            [segment.described() for segment in segments],
            aliases=aliases,
            spill=Path(spill),
            memory_limit=memory_limit,
            threads=threads,
            readable=readable,
        ) as opened,
    ):
        yield opened


def live_segments() -> QuerySet[Segment]:
    """The segments that new readers get."""
    return Segment.objects.filter(retired_at=None).order_by("publication", "path")


def accounts_table(
    ids: Sequence[UUID] | None = None, *, changed_since: int | None = None
) -> pa.Table:
    """The workspace's accounts, merged ones left out, by id.

    Args:
        ids: Only these accounts.
        changed_since: Only accounts whose revision is higher.
    """
    columns = ", ".join(_SELECTED.get(name, f'"{name}"') for name in ACCOUNTS.names)
    wanted, parameters = ["merged_into_id IS NULL"], list[Any]()
    if ids is not None:
        wanted.append("id = ANY(%s)")
        parameters.append(list(ids))
    if changed_since is not None:
        wanted.append("revision > %s")
        parameters.append(changed_since)
    return copying.fetch(
        f"SELECT {columns} FROM creators_account WHERE {' AND '.join(wanted)} ORDER BY id",  # noqa: S608
        parameters,
        ACCOUNTS,
    )


def merged_accounts(*, changed_since: int | None = None) -> list[UUID]:
    """Accounts that turned out to be another one, and that derived data should forget."""
    merged = Account.objects.filter(merged_into__isnull=False)
    if changed_since is not None:
        merged = merged.filter(revision__gt=changed_since)
    return list(merged.order_by("id").values_list("id", flat=True))


def find_account(ref: AccountRef) -> Account:
    """The account that people mean by ``platform:handle`` or ``platform:platform_id``.

    Raises:
        UnknownAccount: When there is none.
    """
    named = Account.objects.filter(platform=ref.platform).select_related("merged_into")
    by_handle = named.filter(handle_key=Lower(Value(ref.name))).order_by(
        F("merged_into_id").asc(nulls_first=True), F("described_at").desc(nulls_last=True), "id"
    )
    for candidates in (by_handle, named.filter(platform_id=ref.name)):
        account = candidates.first()
        if account is not None:
            return account.merged_into or account
    raise UnknownAccount(ref)


def creator_of(ref: AccountRef) -> Creator:
    """The creator, after all merges, whose account this is.

    Raises:
        UnknownAccount: When there is no such account.
    """
    return Creator.objects.get(id=find_account(ref).creator_id)


def origin_of(ref: AccountRef) -> Creator:
    """The creator whom this account came with, merged since or not.

    Raises:
        UnknownAccount: When there is no such account.
    """
    return Creator.objects.get(id=find_account(ref).origin_id)


def accounts_of(creator: Creator) -> QuerySet[Account]:
    """The creator's accounts, those of creators merged into this one included."""
    return Account.objects.filter(creator=creator, merged_into=None).order_by("platform", "id")


def absorbed_by(creator: Creator) -> QuerySet[Creator]:
    """Creators merged straight into this one."""
    return Creator.objects.filter(merged_into=creator).order_by("id")


def contacts_of(creator: Creator) -> list[tuple[Contact, str]]:
    """The creator's contacts, each with its address opened."""
    seal = Seal(here(), table="creators_contact", column="address")
    found = Contact.objects.filter(creator=creator).order_by("channel", "id")
    return [(contact, seal.open(bytes(contact.address), row=contact.id)) for contact in found]


def rate_cards(ids: Sequence[UUID] | None = None, *, on: date | None = None) -> pa.Table:
    """The price of each account and format that is valid on a day; without one, the latest.

    Args:
        ids: Only these accounts.
        on: Prices that start later do not count.
    """
    return copying.fetch(
        """
        SELECT DISTINCT ON (account, format) account, format, price_minor, currency,
            valid_from, source
        FROM (
            SELECT coalesce(a.merged_into_id, a.id) AS account, a.merged_into_id, r.*
            FROM creators_ratecard r JOIN creators_account a ON a.id = r.account_id
            WHERE %(ids)s::uuid[] IS NULL OR r.account_id = ANY(ARRAY(
                SELECT id FROM creators_account WHERE id = ANY(%(ids)s::uuid[])
                UNION ALL
                SELECT id FROM creators_account WHERE merged_into_id = ANY(%(ids)s::uuid[])
            ))
        ) r
        WHERE (%(ids)s::uuid[] IS NULL OR account = ANY(%(ids)s::uuid[]))
            AND (%(on)s::date IS NULL OR valid_from <= %(on)s::date)
        ORDER BY account, format, valid_from DESC, merged_into_id NULLS FIRST
        """,
        {"ids": None if ids is None else list(ids), "on": on},
        RATES,
    )


def latest_revision() -> int:
    """The newest revision of the workspace's accounts and segments; 0 before the first."""
    counter = RevisionCounter.objects.first()
    return counter.latest if counter else 0


def latest_filing() -> int:
    """The newest change of what the workspace keeps about creators; 0 before the first."""
    return Filing.objects.aggregate(latest=Max("number"))["latest"] or 0


def filed_since(number: int) -> set[UUID]:
    """Accounts of creators whose tags, lists, contacts or prices changed after a filing."""
    creators = Filing.objects.filter(number__gt=number).values("creator")
    found = Account.objects.filter(creator__in=creators, merged_into=None)
    return set(found.values_list("id", flat=True))


def proposal_of(one: Creator, other: Creator) -> DuplicateProposal:
    """The proposal to merge these two.

    Raises:
        UnknownProposal: When there is none.
    """
    pair = Q(first=one, second=other) | Q(first=other, second=one)
    found = DuplicateProposal.objects.filter(pair).select_related("first", "second").first()
    if found is None:
        raise UnknownProposal(
            f"nobody proposed to merge {one.name!r} and {other.name!r}: "
            "`groundswell creators duplicates` lists the proposals"
        )
    return found


def proposals() -> QuerySet[DuplicateProposal]:
    """Open proposals to merge creators, the surest first."""
    return (
        DuplicateProposal.objects.filter(state=ProposalState.PROPOSED)
        .select_related("first", "second")
        .order_by("-score", "id")
    )

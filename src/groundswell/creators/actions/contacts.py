"""Contacts: how to reach a creator, sealed to the workspace."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection

from groundswell.creators.choices import Channel, Consent
from groundswell.creators.models import Contact, Creator
from groundswell.creators.sealing import Seal
from groundswell.terms.errors import Refusal
from groundswell.terms.sources import Source
from groundswell.workspaces import tenancy
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_FEWEST_DIGITS = 5  # of a phone number, as files are read
_DETAILS = ("city", "preferred", "consent", "last_verified")


class UnknownContact(Refusal):
    """A contact that the creator does not have."""

    code = "unknown_contact"


class BadContact(Refusal):
    """A contact that can't be kept as it was given."""

    code = "bad_contact"


def add(
    *,
    creator: Creator,
    channel: str,
    address: str,
    details: Mapping[str, Any],
    by: str,
    now: datetime,
) -> Contact:
    """Add a contact by hand, or change what is known of it.

    Args:
        creator: Whose.
        channel: email, phone, agent, manager, postal or other.
        address: E-mail address, number or name.
        details: Any of city, preferred, consent and last_verified.
        by: Who adds it.
        now: When.

    Raises:
        BadContact: When the channel or the consent is none of the words, the address is empty or
            none of that channel, or the day when it last worked is still to come.
    """
    _check(channel, address, details, now.date())
    # Two at once: one waits here for the other, and changes what it added.
    Creator.objects.select_for_update().get(pk=creator.pk)
    shelf = _Shelf(creator.workspace)
    shelf.load([creator.id])
    given = {**dict.fromkeys(_DETAILS), **details, "source": Source.MANUAL.value}
    contact, _ = shelf.put(creator.id, creator.id, channel, address.strip(), given)
    shelf.save()
    journal.record(
        "contact.saved",
        workspace=creator.workspace,
        by=by,
        now=now,
        subject=creator.name,
        details={"creator": str(creator.id), "contact": str(contact.id), "channel": channel},
    )
    return contact


def remove(*, creator: Creator, channel: str, address: str, by: str, now: datetime) -> None:
    """Forget a contact.

    Raises:
        UnknownContact: When the creator has none like that.
    """
    shelf = _Shelf(creator.workspace)
    found = Contact.objects.filter(
        creator=creator, channel=channel, fingerprint=shelf.fingerprint(channel, address)
    )
    removed = [str(contact.id) for contact in found]
    if not removed:
        raise UnknownContact(
            f"{creator.name!r} has no such {channel}: "
            "`groundswell contacts list` shows what there is"
        )
    found.delete()
    journal.record(
        "contact.removed",
        workspace=creator.workspace,
        by=by,
        now=now,
        subject=creator.name,
        rows=len(removed),
        details={"creator": str(creator.id), "contacts": removed, "channel": channel},
    )


def take(batches: Iterable[pa.RecordBatch], *, workspace: Workspace) -> list[int]:
    """Write staged contacts; returns the source rows that said something new, one per contact.

    Args:
        batches: Resolved rows of the contacts table, with ``row`` and the account's UUID.
        workspace: Whose.
    """
    shelf = _Shelf(workspace)
    changed = []
    for batch in batches:
        rows = batch.to_pylist()
        found = owners({UUID(row["account"]) for row in rows})
        shelf.load(origin for _, origin in found.values())
        for row in rows:
            creator, origin = found[UUID(row["account"])]
            _, is_news = shelf.put(creator, origin, row["channel"], row["address"], row)
            if is_news:
                changed.append(row["row"])
        shelf.save()
    return changed


def _check(channel: str, address: str, details: Mapping[str, Any], today: date) -> None:
    if channel not in Channel.values:
        raise BadContact(f"cannot keep a contact of kind {channel!r}: use {_or(Channel.values)}")
    if not address.strip():
        raise BadContact("cannot keep a contact without an address, got an empty one: give one")
    if channel == Channel.EMAIL and not _EMAIL.fullmatch(address.strip()):
        raise BadContact(
            f"cannot keep {address[:60]!r}: it is no e-mail address, such as anna@example.com"
        )
    if channel == Channel.PHONE and sum(map(str.isdigit, address)) < _FEWEST_DIGITS:
        raise BadContact(
            f"cannot keep {address[:60]!r}: a phone number has {_FEWEST_DIGITS} digits or more"
        )
    verified = details.get("last_verified")
    if verified is not None and verified > today + timedelta(days=1):  # where it is tomorrow
        raise BadContact(f"cannot note that it last worked on {verified}: that day is to come")
    consent = details.get("consent")
    if consent is not None and consent not in Consent.values:
        raise BadContact(f"cannot note the consent {consent!r}: use {_or(Consent.values)}")


def _or(words: Iterable[str]) -> str:
    return ", ".join(words)


def owners(accounts: set[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """The creator, after all merges, and the origin of each account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, creator_id, origin_id FROM creators_account WHERE id = ANY(%s)",
            [list(accounts)],
        )
        return {account: (creator, origin) for account, creator, origin in cursor.fetchall()}


class _Shelf:
    """The contacts of some creators, changed in memory and saved at once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seal = Seal(workspace, table="creators_contact", column="address")
        self._known: dict[tuple[UUID, str, bytes], Contact] = {}
        self._new: dict[UUID, Contact] = {}
        self._changed: dict[UUID, Contact] = {}

    def fingerprint(self, channel: str, address: str) -> bytes:
        """The keyed hash by which a contact is found again."""
        return self._seal.fingerprint(f"{channel}|{_normal(channel, address)}")

    def load(self, origins: Iterable[UUID]) -> None:
        """Fetch the contacts that came with these creators."""
        found = Contact.objects.filter(origin__in=set(origins)).defer("address")
        self._known = {(c.origin_id, c.channel, bytes(c.fingerprint)): c for c in found}

    def put(
        self, creator: UUID, origin: UUID, channel: str, address: str, row: Mapping[str, Any]
    ) -> tuple[Contact, bool]:
        """Add a contact or what is new of it; says whether anything was."""
        fingerprint = self.fingerprint(channel, address)
        key = (origin, channel, fingerprint)
        contact = self._known.get(key)
        if contact is not None:
            return contact, self._learn(contact, row)
        row_id = tenancy.new_id()
        contact = Contact(
            id=row_id,
            workspace=self._workspace,
            creator_id=creator,
            origin_id=origin,
            channel=channel,
            address=self._seal.close(address, row=row_id),
            fingerprint=fingerprint,
            city=row["city"],
            preferred=row["preferred"],
            source=row["source"],
            consent=row["consent"] or Consent.UNKNOWN.value,
            last_verified=row["last_verified"],
        )
        self._known[key] = self._new[row_id] = contact
        return contact, True

    def _learn(self, contact: Contact, row: Mapping[str, Any]) -> bool:
        news = {
            name: row[name]
            for name in _DETAILS
            if row[name] is not None and row[name] != getattr(contact, name)
        }
        verified: date | None = news.get("last_verified")
        if verified and contact.last_verified and verified < contact.last_verified:
            del news["last_verified"]
        if not news:
            return False
        for name, value in {**news, "source": row["source"]}.items():
            setattr(contact, name, value)
        if contact.id not in self._new:
            self._changed[contact.id] = contact
        return True

    def save(self) -> None:
        """Write what was put."""
        Contact.objects.bulk_create(self._new.values(), batch_size=2000)
        Contact.objects.bulk_update(self._changed.values(), [*_DETAILS, "source"], batch_size=1000)
        self._new, self._changed = {}, {}


def _normal(channel: str, address: str) -> str:
    """Spellings of one address that should be found as one."""
    text = " ".join(address.split())
    if channel == Channel.PHONE:
        return "".join(c for c in text if c.isdigit() or c == "+") or text
    return text.casefold()

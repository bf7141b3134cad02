"""Addresses are readable in their own row with the workspace's key, and nowhere else."""

from datetime import date

import pytest
from django.db import connection

from groundswell.creators import queries
from groundswell.creators.actions import contacts
from groundswell.creators.actions.contacts import BadContact, UnknownContact
from groundswell.creators.models import Contact, Creator
from groundswell.creators.sealing import CannotOpen, Seal
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.creators.conftest import account

CANARY = "canary.4711@example.org"


def contact(address=CANARY, **rest):
    return {
        "platform": "instagram",
        "account_handle": "anna",
        "channel": "email",
        "address": address,
        "source": "import",
        **rest,
    }


def opened(desk):
    with access.inside(desk.workspace):
        return [
            (found.channel, address)
            for creator in Creator.objects.all()
            for found, address in queries.contacts_of(creator)
        ]


def test_an_address_is_read_as_it_was_given(desk):
    desk.publish(contacts=[contact(), contact("+49 170 1", channel="phone")])

    assert opened(desk) == [("email", CANARY), ("phone", "+49 170 1")]


def test_no_column_of_any_table_holds_the_address(desk):
    desk.publish(accounts=[account("anna")], contacts=[contact()])
    with access.inside(desk.workspace):
        contacts.add(
            creator=Creator.objects.get(),
            channel="agent",
            address=CANARY,
            details={"city": "Bonn"},
            by="test",
            now=desk.now,
        )

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM creators_contact c WHERE c::text ILIKE %s OR "
            "encode(c.address, 'escape') ILIKE %s",
            ["%canary%", "%canary%"],
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM workspaces_journalentry j WHERE j::text ILIKE '%canary%'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("place", ["row", "column", "table", "workspace"])
def test_a_sealed_text_opens_only_where_it_was_put(workspace, stranger, place):
    one, other = workspace.id, stranger.id
    seal = Seal(workspace, table="creators_contact", column="address")
    sealed = seal.close(CANARY, row=one)
    elsewhere = {
        "row": (seal, other),
        "column": (Seal(workspace, table="creators_contact", column="city"), one),
        "table": (Seal(workspace, table="creators_creator", column="address"), one),
        "workspace": (Seal(stranger, table="creators_contact", column="address"), one),
    }

    assert seal.open(sealed, row=one) == CANARY
    reader, row = elsewhere[place]
    with pytest.raises(CannotOpen, match="does not open"):
        reader.open(sealed, row=row)


def test_an_altered_sealed_text_does_not_open(workspace):
    seal = Seal(workspace, table="creators_contact", column="address")
    sealed = seal.close(CANARY, row=workspace.id)

    with pytest.raises(CannotOpen):
        seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), row=workspace.id)


def test_an_address_moved_to_another_row_does_not_open(desk):
    desk.publish(contacts=[contact(), contact("bea@example.org", account_handle="bea")])
    with access.inside(desk.workspace):
        first, second = Contact.objects.order_by("id")
        Contact.objects.filter(id=second.id).update(address=first.address)

        with pytest.raises(CannotOpen):
            queries.contacts_of(second.creator)


def test_one_address_spelled_differently_is_one_contact(desk):
    desk.publish(contacts=[contact("Anna@Example.org"), contact("+49 (170) 1", channel="phone")])

    again = desk.publish(
        contacts=[contact("anna@example.org"), contact("+49 170-1", channel="phone")]
    )

    assert again.unchanged == 2
    assert opened(desk) == [("email", "Anna@Example.org"), ("phone", "+49 (170) 1")]


def test_later_knowledge_of_a_contact_replaces_and_null_erases_nothing(desk):
    desk.publish(contacts=[contact(city="Bonn", consent="granted", preferred=True)])

    published = desk.publish(contacts=[contact(consent="refused")])

    assert published.changed == {"contacts": 1}
    with access.inside(desk.workspace):
        assert Contact.objects.values_list("city", "consent", "preferred").get() == (
            "Bonn",
            "refused",
            True,
        )


def test_a_contact_is_added_and_removed_by_hand_and_the_journal_says_so(desk):
    desk.publish(accounts=[account("anna")])
    with access.inside(desk.workspace):
        anna = Creator.objects.get()
        manual = {"creator": anna, "channel": "email", "by": "test", "now": desk.now}
        contacts.add(address=CANARY, details={"consent": "granted"}, **manual)
        with pytest.raises(UnknownContact, match="no such email"):
            contacts.remove(address="other@example.org", **manual)
        contacts.remove(address=CANARY.upper(), **manual)

        assert not Contact.objects.exists()
        events = JournalEntry.objects.order_by("id").values_list("event", flat=True)
        assert list(events)[-2:] == ["contact.saved", "contact.removed"]


@pytest.mark.parametrize(
    ("channel", "address", "details", "said"),
    [
        ("pigeon", "x", {}, "'pigeon'"),
        ("email", "  ", {}, "without an address"),
        ("email", "x@y.org", {"consent": "maybe"}, "'maybe'"),
        ("email", "anna", {}, "'anna': it is no e-mail address"),
        ("phone", "12", {}, "5 digits or more"),
        ("email", "x@y.org", {"last_verified": date(2026, 11, 3)}, "that day is to come"),
    ],
)
def test_a_contact_that_says_nothing_is_refused_and_nothing_is_kept(
    desk, channel, address, details, said
):
    desk.publish(accounts=[account("anna")])
    with access.inside(desk.workspace):
        with pytest.raises(BadContact, match=said):
            contacts.add(
                creator=Creator.objects.get(),
                channel=channel,
                address=address,
                details=details,
                by="test",
                now=desk.now,
            )
        assert not Contact.objects.exists()

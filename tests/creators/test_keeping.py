"""Tags and dates of last contact out of imports: kept once, and told to search."""

from datetime import date

import pytest

from groundswell.creators.actions import duplicates, outreach, tags
from groundswell.creators.models import Account, Creator, Filing, Outreach, Tag, TagUse
from groundswell.workspaces import access

SPRING = date(2026, 3, 1)


def record(handle, row=1, tags=None, last_contact=None):
    return {
        "platform": "instagram",
        "account_handle": handle,
        "row": row,
        "tags": tags,
        "last_contact": last_contact,
    }


@pytest.fixture
def kept(desk):
    """What is on each creator: tags by handle of an account, and days of contact."""

    def of(handle):
        with access.inside(desk.workspace):
            creator = Account.objects.get(handle=handle).creator_id
            named = TagUse.objects.filter(creator=creator).values_list("tag__name", flat=True)
            days = Outreach.objects.filter(creator=creator, removed_at=None)
            return sorted(named), sorted(days.values_list("day", flat=True))

    return of


def creator_of(handle):
    return Creator.objects.get(id=Account.objects.get(handle=handle).creator_id)


def test_tags_and_the_last_contact_come_in_and_search_is_told(desk, kept):
    published = desk.publish(records=[record("anna", tags=["Ultra", "vip"], last_contact=SPRING)])

    assert kept("anna") == (["Ultra", "vip"], [SPRING])
    assert published.changed == {"records": 1, "accounts": 1}
    with access.inside(desk.workspace):
        [told] = Filing.objects.values_list("creator", flat=True)
        assert told == creator_of("anna").id


def test_the_same_rows_again_change_nothing(desk, kept):
    rows = [record("anna", tags=["Ultra"], last_contact=SPRING), record("ben", 2, tags=["ultra"])]
    desk.publish(records=rows)

    again = desk.publish(records=rows)

    assert (again.changed, again.unchanged) == ({}, 2)
    # Spelling follows who was first, by alphabet within one import.
    assert (kept("anna"), kept("ben")) == ((["Ultra"], [SPRING]), (["Ultra"], []))
    with access.inside(desk.workspace):
        assert Tag.objects.count() == 1


def test_what_is_there_by_hand_stays_and_what_was_removed_stays_away(desk, kept, now):
    desk.publish(accounts=[{"platform": "instagram", "handle": "anna"}])
    hand = {"by": "test", "now": now}
    with access.inside(desk.workspace):
        anna = creator_of("anna")
        tags.add(creator=anna, name="mine", **hand)
        noted = outreach.record(creator=anna, day=SPRING, medium="phone", **hand)
        outreach.remove(outreach=noted, **hand)

    published = desk.publish(records=[record("anna", tags=["MINE", "new"], last_contact=SPRING)])

    assert kept("anna") == (["mine", "new"], [])
    assert published.changed == {"records": 1}


def test_records_of_an_account_of_a_merged_creator_are_the_survivors_and_part_again(
    desk, kept, now
):
    desk.publish(accounts=[{"platform": "instagram", "handle": h} for h in ("anna", "ann")])
    with access.inside(desk.workspace):
        anna, ann = creator_of("anna"), creator_of("ann")
        duplicates.merge(creator=ann, into=anna, by="test", now=now)
    desk.publish(records=[record("ann", tags=["Ultra"], last_contact=SPRING)])

    assert kept("anna") == (["Ultra"], [SPRING])
    with access.inside(desk.workspace):
        duplicates.unmerge(creator=Creator.objects.get(id=ann.id), by="test", now=now)
    assert (kept("anna"), kept("ann")) == (([], []), (["Ultra"], [SPRING]))


def test_rows_of_one_creator_add_up(desk, kept):
    later = date(2026, 4, 1)
    desk.publish(
        records=[
            record("anna", 1, tags=["a"], last_contact=SPRING),
            record("anna", 2, tags=["A", "b"], last_contact=later),
            record("anna", 3, last_contact=later),
        ]
    )

    names, days = kept("anna")
    assert ([name.lower() for name in names], days) == (["a", "b"], [SPRING, later])

"""Search follows what a workspace keeps itself: tags, lists, contacts, prices, watched words."""

from datetime import date, timedelta

import pytest

from groundswell.creators import queries as creators
from groundswell.creators.actions import duplicates, lists, outreach, rates, tags
from groundswell.creators.models import Account, Creator, Filing
from groundswell.discovery.asking import NothingWatched
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.vetting.actions import scorecards, watch_scans, watching
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces
from tests.discovery.conftest import account, of

BY = {"by": "anna@acme.example"}


@pytest.fixture
def hand(desk):
    return {**BY, "now": desk.now}


@pytest.fixture
def three(desk):
    desk.publish(accounts=[account(name) for name in ("ann", "ben", "cem")])
    desk.search()
    return desk


def creator(handle):
    return Creator.objects.get(id=Account.objects.get(handle=handle).creator_id)


def found(desk, *filters):
    return set(desk.handles("", *filters))


def test_a_tag_is_found_at_once_and_gone_at_once(three, hand):
    with access.inside(three.workspace):
        tags.add(creator=creator("ann"), name="Vegan", **hand)
    assert found(three, "tag=vegan") == {"ann"}
    with access.inside(three.workspace):
        tags.remove(creator=creator("ann"), name="vegan", **hand)
    assert found(three, "tag=vegan") == set()
    assert found(three, "tag=none") == {"ann", "ben", "cem"}


def test_tags_and_lists_change_nothing_that_vetting_reads(three, hand):
    with access.inside(three.workspace):
        before = creators.latest_revision()
        tags.add(creator=creator("ann"), name="Vegan", **hand)
        assert creators.latest_revision() == before
        assert Filing.objects.get().number == 1


def test_members_of_an_exclusion_list_are_found_only_when_asked_for(three, hand):
    with access.inside(three.workspace):
        kept = lists.create(name="Never", workspace=three.workspace, is_exclusion=True, **hand)
        lists.add(kept=kept, creators=[creator("ann").id], **hand)
    assert found(three) == {"ben", "cem"}
    assert found(three, "excluded=yes") == {"ann"}
    assert found(three, "list=never") == {"ann"}
    with access.inside(three.workspace):
        lists.exclude(kept=kept, is_exclusion=False, **hand)
    assert found(three) == {"ann", "ben", "cem"}
    assert found(three, "list=never") == {"ann"}


def test_a_deleted_list_excludes_nobody(three, hand):
    with access.inside(three.workspace):
        kept = lists.create(name="Never", workspace=three.workspace, is_exclusion=True, **hand)
        lists.add(kept=kept, creators=[creator("ann").id], **hand)
        lists.delete(kept=kept, **hand)
    assert found(three) == {"ann", "ben", "cem"}
    with access.inside(three.workspace):
        lists.restore(kept=kept, **hand)
        lists.rename(kept=kept, name="Nope", **hand)
    assert found(three) == {"ben", "cem"}
    assert found(three, "list=nope") == {"ann"}


def test_who_was_contacted_since_is_left_out(three, hand):
    with access.inside(three.workspace):
        ann, ben = creator("ann"), creator("ben")
        noted = outreach.record(creator=ann, day=date(2026, 1, 5), medium="email", **hand)
        outreach.record(creator=ann, day=date(2025, 1, 5), medium="phone", **hand)
        outreach.record(creator=ben, day=date(2025, 6, 1), medium="phone", **hand)
    assert found(three, "not_contacted_since=2026-01-01") == {"ben", "cem"}
    assert found(three, "last_contact=none") == {"cem"}
    with access.inside(three.workspace):
        outreach.remove(outreach=noted, **hand)
    assert found(three, "not_contacted_since=2026-01-01") == {"ann", "ben", "cem"}
    assert found(three, "last_contact<2025-02-01") == {"ann"}


def test_prices_are_found_in_the_workspaces_currency_and_in_others(three, hand):
    def ask(handle, kind, amount, currency):
        rates.set_price(
            account=Account.objects.get(handle=handle),
            kind=kind,
            price=Money.of(amount, currency),
            valid_from=date(2026, 1, 1),
            **hand,
        )

    with access.inside(three.workspace):
        ask("ann", Format.REEL, 300, "USD")
        ask("ann", Format.STORY, 80, "USD")
        ask("ben", Format.REEL, 90, "EUR")
    assert found(three, "price<=100") == {"ann"}
    assert found(three, "price=none") == {"ben", "cem"}
    assert found(three, "price.EUR<=100") == {"ben"}
    with access.inside(three.workspace):
        workspaces.change(
            workspace=three.workspace, name="Acme", currency="EUR", time_zone="UTC", **hand
        )
    assert found(three, "price<=100") == {"ben"}


def test_imported_prices_are_found(three):
    three.publish(rate_cards=[of("cem", format="reel", price=12_000, currency="USD")])
    assert found(three, "price=120") == {"cem"}


def test_merged_creators_share_their_tags_in_search(three, hand):
    with access.inside(three.workspace):
        ann, ben = creator("ann"), creator("ben")
        tags.add(creator=ann, name="Vegan", **hand)
        duplicates.merge(creator=ann, into=ben, **hand)
    assert found(three, "tag=vegan") == {"ann", "ben"}
    with access.inside(three.workspace):
        duplicates.unmerge(creator=Creator.objects.get(id=ann.id), **hand)
    assert found(three, "tag=vegan") == {"ann"}


@pytest.fixture
def said(desk):
    def post(handle, text):
        return of(handle, post_id=f"p-{handle}", text=text, language="en", published_at=desk.now)

    desk.publish(
        accounts=[account(name) for name in ("ann", "ben", "cem")],
        posts=[post("ann", "A glass of wine with Acme #ad"), post("ben", "Palm oil, no thanks")],
    )
    scorecards.vet(workspace=desk.workspace, now=desk.now, **BY)
    return desk


def test_brand_safety_is_searched_by_subject_and_severity(said):
    assert found(said, "brand_safety=none") == {"cem"}
    assert found(said, "brand_safety=clear") == {"ben"}
    assert found(said, "brand_safety.alcohol!=clear", "brand_safety!=none") == {"ann"}


def test_watched_words_are_scanned_without_vetting_again(said, hand):
    with access.inside(said.workspace):
        hand["workspace"] = said.workspace
        watching.keep_word(text="palm oil", severity="medium", **hand)
        rival = watching.keep_competitor(name="Acme", **hand)
    assert watch_scans.scan(workspace=said.workspace, now=said.now) == 2
    assert found(said, "brand_safety.own_words=medium") == {"ben"}
    assert found(said, "brand_safety.competitor=high") == {"ann"}
    assert found(said, "last_competitor<=2030-01-01") == {"ann"}
    assert found(said, "brand_safety.own_words=clear") == {"ann"}
    with access.inside(said.workspace):
        watching.forget(kept=rival, **BY, now=said.now)
    watch_scans.scan(workspace=said.workspace, now=said.now + timedelta(1))
    assert found(said, "last_competitor!=none") == set()
    assert found(said, "brand_safety_subject=own_words") == {"ben"}


@pytest.mark.parametrize("subject", ["own_words", "competitor"])
def test_nobody_is_clear_of_words_that_nobody_named(said, subject):
    with pytest.raises(NothingWatched, match="none are kept"):
        said.search("", f"brand_safety.{subject}=clear")

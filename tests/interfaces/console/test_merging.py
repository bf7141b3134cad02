"""Making one creator of two from the creator's page: found, looked at, merged, taken back."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from groundswell.creators.actions import lists, notes, tags
from groundswell.creators.models import Account, Creator, DuplicateProposal, Note
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry


def made(workspace, name, handle, followers=None):
    creator = Creator.objects.create(workspace=workspace, name=name)
    Account.objects.create(
        workspace=workspace, creator=creator, origin=creator, platform="tiktok", handle=handle,
        followers=followers, revision=1,
    )  # fmt: skip
    return creator


@pytest.fixture
def two(workspace, now):
    """Anna, of whom something is kept, and Ann, who is followed by more."""
    hand = {"by": "test", "now": now}
    with access.inside(workspace):
        anna = made(workspace, "Anna", "anna", 5)
        ann = made(workspace, "<b>Ann</b>", "ann.runs", 9)
        notes.write(creator=ann, text="Answers fast.", author=None, **hand)
        tags.add(creator=ann, name="ultra", **hand)
    return SimpleNamespace(anna=anna, ann=ann, hand=hand)


@pytest.fixture
def page(cast, two):
    return lambda part="": cast.path(f"creators/{two.anna.id}{part}")


def text(answer):
    return answer.content.decode()


def survivors(workspace):
    with access.inside(workspace):
        return set(Creator.objects.filter(merged_into=None).values_list("name", flat=True))


def test_the_page_leads_to_merging_for_those_who_may_decide(cast, page):
    link = page("/merge")

    assert link in text(cast.browser("editor").get(page()))
    assert link not in text(cast.browser("viewer").get(page()))


def test_the_other_is_found_by_an_account_and_never_the_same_creator(cast, page, two):
    browser = cast.browser("editor")

    found = text(browser.get(page("/merge?find=tiktok:ann.runs")))
    itself = text(browser.get(page("/merge?find=tiktok:anna")))

    assert f"?other={two.ann.id}" in found
    assert f"?other={two.anna.id}" not in itself


def test_what_will_be_joined_is_shown_before_and_nothing_is_done(cast, page, two, workspace):
    shown = text(cast.browser("editor").get(page(f"/merge?other={two.ann.id}")))

    assert "&lt;b&gt;Ann" in shown
    assert "<b>Ann" not in shown
    assert "ultra" in shown
    assert "can be taken back" in shown
    # More follow Ann: without a choice that name stays.
    assert f'value="{two.ann.id}" checked' in shown
    assert survivors(workspace) == {"Anna", "<b>Ann</b>"}


def test_an_exclusion_list_of_either_is_said_before(cast, page, two, workspace):
    with access.inside(workspace):
        kept = lists.create(name="Never again", workspace=workspace, is_exclusion=True, **two.hand)
        lists.add(kept=kept, creators=[two.ann.id], **two.hand)

    shown = text(cast.browser("editor").get(page(f"/merge?other={two.ann.id}")))

    assert "on “Never again”: both together will be left out of plans" in shown


def test_a_proposed_pair_is_offered_with_its_reasons(cast, page, two, workspace, now):
    with access.inside(workspace):
        DuplicateProposal.objects.create(
            workspace=workspace, first=two.ann, second=two.anna, score=0.7, proposed_at=now,
            evidence=[{"kind": "site", "reason": "same page", "weight": 0.6}],
        )  # fmt: skip

    shown = text(cast.browser("editor").get(page("/merge")))

    assert f"?other={two.ann.id}" in shown
    assert "same page" in shown


@pytest.mark.parametrize(("keeps", "stays"), [("anna", "Anna"), ("ann", "<b>Ann</b>")])
def test_two_become_one_and_are_parted_again(cast, page, two, workspace, keeps, stays):
    browser = cast.browser("editor")
    kept = getattr(two, keeps)
    gone = two.ann if kept is two.anna else two.anna

    merged = browser.post(page("/merged"), {"other": str(two.ann.id), "keep": str(kept.id)})

    assert (merged.status_code, survivors(workspace)) == (303, {stays})
    with access.inside(workspace):
        assert Note.objects.get().creator_id == kept.id
        assert JournalEntry.objects.filter(event="creator.merged").count() == 1
    told = text(browser.get(merged.url))
    undo = cast.path(f"creators/{kept.id}/unmerge/{gone.id}")
    assert "is part of this creator now" in told
    assert undo in told

    browser.post(undo)

    assert survivors(workspace) == {"Anna", "<b>Ann</b>"}
    with access.inside(workspace):
        assert Note.objects.get().creator_id == two.ann.id


def test_who_is_the_same_or_nobody_is_not_merged(cast, page, two, workspace):
    browser = cast.browser("editor")

    same = browser.get(page(f"/merge?other={two.anna.id}"))
    nobody = browser.get(page(f"/merge?other={uuid4()}"))
    sent = [
        browser.post(page("/merged"), {"other": other})
        for other in (str(two.anna.id), str(uuid4()), "x", "")
    ]

    assert (same.status_code, nobody.status_code) == (422, 422)
    assert "choose another creator" in text(same)
    assert [(each.status_code, each.url) for each in sent] == [(302, page("/merge"))] * 4
    assert survivors(workspace) == {"Anna", "<b>Ann</b>"}


def test_only_who_may_decide_merges(cast, page, two, workspace):
    viewer = cast.browser("viewer")

    assert viewer.get(page("/merge")).status_code == 403
    assert viewer.post(page("/merged"), {"other": str(two.ann.id)}).status_code == 403
    assert cast.browser("editor").get(page("/merged")).status_code == 405
    assert len(survivors(workspace)) == 2

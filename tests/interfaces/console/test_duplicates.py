"""Duplicates in the console: side by side, decided, taken back."""

import pytest

from groundswell.creators.models import Account, Creator, DuplicateProposal
from groundswell.workspaces.access import inside


def made(workspace, now, number, name="<b>Anna</b>"):
    def creator(handle, followers):
        one = Creator.objects.create(workspace=workspace, name=name)
        Account.objects.create(
            workspace=workspace, creator=one, origin=one, platform="tiktok", handle=handle,
            followers=followers, revision=1,
        )  # fmt: skip
        return one

    with inside(workspace):
        return DuplicateProposal.objects.create(
            workspace=workspace, first=creator(f"a{number}", 5), second=creator(f"b{number}", 7),
            score=0.8, evidence=[{"kind": "site", "reason": "<i>same</i> page", "weight": 0.6}],
            proposed_at=now,
        )  # fmt: skip


@pytest.fixture
def pairs(workspace, now):
    return [made(workspace, now, number) for number in range(3)]


def states(workspace):
    with inside(workspace):
        return list(DuplicateProposal.objects.order_by("id").values_list("state", flat=True))


def test_pairs_show_both_and_why_and_html_is_only_text(cast, pairs):
    page = cast.browser("viewer").get(cast.path("duplicates")).content.decode()

    assert "&lt;i&gt;same&lt;/i&gt; page" in page
    assert "<b>Anna" not in page
    assert "Not the same" not in page


def test_queries_do_not_grow_with_pairs(cast, workspace, now, pairs, django_assert_num_queries):
    browser, path = cast.browser("editor"), cast.path("duplicates")
    with django_assert_num_queries(16):
        browser.get(path)
    for number in range(10, 20):
        made(workspace, now, number)

    with django_assert_num_queries(16):
        browser.get(path)


@pytest.mark.parametrize(("act", "state"), [("merge", "merged"), ("dismiss", "dismissed")])
def test_many_are_previewed_decided_and_taken_back(cast, workspace, pairs, act, state):
    browser = cast.browser("editor")
    chosen = [str(pair.id) for pair in pairs[:2]]

    preview = browser.post(cast.path("duplicates/preview"), {"act": act, "pair": chosen})
    assert len(preview.context["pairs"]) == 2
    assert states(workspace) == ["proposed"] * 3

    browser.post(cast.path("duplicates/decide"), {"act": act, "pair": chosen})
    assert states(workspace) == [state, state, "proposed"]
    undo = browser.get(cast.path("duplicates")).context["undo"]
    assert undo["said"].startswith("2 pairs")

    browser.post(cast.path("duplicates/decide"), {"act": "undo", "pair": undo["pairs"]})
    assert states(workspace) == ["proposed"] * 3


def test_decided_twice_says_so_and_changes_nothing(cast, workspace, pairs):
    browser = cast.browser("editor")
    form = {"act": "merge", "pair": str(pairs[0].id)}

    for _ in range(2):
        browser.post(cast.path("duplicates/decide"), form)

    assert "1 left as they are" in browser.get(cast.path("duplicates")).context["undo"]["said"]
    with inside(workspace):
        assert Creator.objects.filter(merged_into__isnull=False).count() == 1


@pytest.mark.parametrize("pair", [[], ["=1+1"], ["<b>"], ["a\0b"]])
def test_no_pair_and_nonsense_change_nothing(cast, workspace, pairs, pair):
    browser = cast.browser("editor")

    for act in ("preview", "decide"):
        answer = browser.post(cast.path(f"duplicates/{act}"), {"act": "merge", "pair": pair})
        assert answer.status_code == 302
    assert states(workspace) == ["proposed"] * 3


def test_too_many_say_so(cast, workspace, pairs):
    numbers = [f"00000000-0000-7000-8000-{number:012}" for number in range(501)]
    browser = cast.browser("editor")

    browser.post(cast.path("duplicates/decide"), {"act": "dismiss", "pair": numbers})

    assert "at most 500" in browser.get(cast.path("duplicates")).context["undo"]["said"]


def test_pairs_of_another_workspace_stay_as_they_are(cast, stranger, now):
    theirs = made(stranger, now, 1)

    for act in ("merge", "dismiss", "undo"):
        cast.browser("owner").post(
            cast.path("duplicates/decide"), {"act": act, "pair": str(theirs.id)}
        )

    assert states(stranger) == ["proposed"]


def test_viewers_decide_nothing(cast, workspace, pairs):
    answer = cast.browser("viewer").post(
        cast.path("duplicates/decide"), {"act": "merge", "pair": str(pairs[0].id)}
    )

    assert (answer.status_code, states(workspace)) == (403, ["proposed"] * 3)


def test_where_the_form_was_is_where_it_leads_and_nowhere_else(cast, pairs):
    browser = cast.browser("editor")

    def leads(back):
        form = {"act": "undo", "back": back}
        return browser.post(cast.path("duplicates/decide"), form).headers["Location"]

    assert leads("?page=2") == cast.path("duplicates") + "?page=2"
    assert leads("//evil.example") == cast.path("duplicates")

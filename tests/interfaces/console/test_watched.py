"""Settings: words and competitors are kept by admins, and seen by everybody."""

import pytest

from groundswell.vetting.models import WatchedTerm
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry

PAGE = "settings/words"


def kept(workspace):
    with access.inside(workspace):
        return sorted((each.subject, each.name) for each in WatchedTerm.objects.all())


def test_words_and_competitors_come_and_go(cast, workspace):
    admin = cast.browser("admin")
    word = {"text": "palm  oil", "severity": "high"}
    rival = {"name": "Acme Shoes", "forms_text": "@acme\n\n#acmeshoes"}

    assert admin.post(cast.path(f"{PAGE}/add"), word).status_code == 302
    assert admin.post(cast.path(f"{PAGE}/competitor"), rival).status_code == 302

    assert kept(workspace) == [("competitor", "Acme Shoes"), ("own_words", "palm oil")]
    shown = cast.browser("viewer").get(cast.path(PAGE)).content.decode()
    assert all(each in shown for each in ("palm oil", "high", "@acme, #acmeshoes"))
    with access.inside(workspace):
        term = WatchedTerm.objects.get(name="palm oil")
    assert admin.post(cast.path(f"{PAGE}/{term.id}/forget")).status_code == 302
    assert kept(workspace) == [("competitor", "Acme Shoes")]
    with access.inside(workspace):
        events = JournalEntry.objects.order_by("at", "id").values_list("event", "subject")
        assert [each for each in events if each[0].partition(".")[0] in {"word", "competitor"}] == [
            ("word.added", "palm oil"),
            ("competitor.added", "Acme Shoes"),
            ("word.forgotten", "palm oil"),
        ]


def test_the_same_word_again_changes_its_severity(cast, workspace):
    admin = cast.browser("admin")
    for text, severity in (("Palm oil", "high"), ("palm OIL", "low")):
        admin.post(cast.path(f"{PAGE}/add"), {"text": text, "severity": severity})

    with access.inside(workspace):
        assert [(each.name, each.severity) for each in WatchedTerm.objects.all()] == [
            ("Palm oil", 1)
        ]


@pytest.mark.parametrize(
    ("part", "form"),
    [
        ("add", {"text": "", "severity": "high"}),
        ("add", {"text": "!!!", "severity": "high"}),
        ("add", {"text": "fur", "severity": "huge"}),
        ("add", {"text": "f" * 101, "severity": "low"}),
        ("competitor", {"name": "@"}),
        ("competitor", {"name": "Acme", "forms_text": "#"}),
        ("competitor", {"name": "Acme", "forms_text": "\n".join(map(str, range(31)))}),
    ],
)
def test_what_cannot_be_looked_for_is_refused(cast, workspace, part, form):
    answer = cast.browser("owner").post(cast.path(f"{PAGE}/{part}"), form)

    says_why = b'role="alert"' in answer.content or b"field-error" in answer.content
    assert (answer.status_code, says_why) == (422, True)
    assert kept(workspace) == []


def test_an_editor_does_not_change_what_is_watched(cast, workspace):
    form = {"text": "fur", "severity": "high"}

    assert cast.browser("editor").post(cast.path(f"{PAGE}/add"), form).status_code == 403
    assert kept(workspace) == []

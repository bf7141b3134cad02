"""What the creator page writes: only by who may, shown again when it can't be, and undone."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from groundswell.creators import records
from groundswell.creators.models import (
    Account,
    Attachment,
    Contact,
    Creator,
    Note,
    Outreach,
    RateCard,
)
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.creators.test_attachments import PDF


@pytest.fixture
def anna(workspace):
    """A creator with one account, of which nothing else is known."""
    with access.inside(workspace):
        creator = Creator.objects.create(workspace=workspace, name="Anna Runs")
        account = Account.objects.create(
            workspace=workspace,
            creator=creator,
            origin=creator,
            platform="instagram",
            handle="anna",
            revision=1,
        )
    return SimpleNamespace(creator=creator, account=account.id)


@pytest.fixture
def page(cast, anna):
    """The address of the page, or of a part of it."""
    return lambda part="": cast.path(f"creators/{anna.creator.id}{part}")


def text(answer):
    return answer.content.decode()


def note_of(workspace):
    with access.inside(workspace):
        return Note.objects.select_related("creator").get()


def test_a_note_is_written_changed_removed_and_undone(cast, page, workspace):
    browser = cast.browser("editor")

    written = browser.post(page("/notes"), {"text": "Answers fast."})
    note = note_of(workspace)
    changed = browser.post(page(f"/notes/{note.id}/change"), {"text": "Answers slowly."})
    removed = browser.post(page(f"/notes/{note.id}/remove"))
    offered = text(browser.get(removed.url))
    undone = browser.post(page(f"/notes/{note.id}/put-back"))

    assert [a.status_code for a in (written, changed, removed, undone)] == [303] * 4
    assert "Undo" in offered
    assert "Answers slowly." not in offered
    assert "Answers slowly." in text(browser.get(page()))
    with access.inside(workspace):
        entry = JournalEntry.objects.get(event="note.removed")
    assert entry.by == "editor@anna.example"


@pytest.mark.parametrize("wrong", ["", "   ", "x" * 5001, "a\x00b"])
def test_a_note_that_cannot_be_is_shown_again_beside_its_error(cast, page, workspace, wrong):
    answer = cast.browser("editor").post(page("/notes"), {"text": wrong})

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    with access.inside(workspace):
        assert not Note.objects.exists()


def test_nobody_changes_anothers_note(cast, page, workspace):
    cast.browser("editor").post(page("/notes"), {"text": "Mine."})
    note, other = note_of(workspace), cast.browser("admin")

    changed = other.post(page(f"/notes/{note.id}/change"), {"text": "Yours."})
    other.post(page(f"/notes/{note.id}/remove"))

    assert changed.status_code == 422
    kept = note_of(workspace)
    assert (kept.text, kept.removed_at) == ("Mine.", None)


def test_tags_come_and_go(cast, page, workspace, anna):
    browser = cast.browser("editor")

    for name in ("trail", "Trail", "vegan"):
        assert browser.post(page("/tags/add"), {"name": name}).status_code == 303
    refused = browser.post(page("/tags/add"), {"name": "x" * 51})
    browser.post(page("/tags/remove"), {"name": "vegan"})

    assert refused.status_code == 422
    with access.inside(workspace):
        assert records.tags_of(anna.creator) == ["trail"]


def test_a_contact_is_added_preferred_and_forgotten_and_is_in_no_address(cast, page, workspace):
    browser = cast.browser("editor")
    form = {"channel": "phone", "address": "+49 170 1", "consent": "granted"}

    added = browser.post(page("/contacts"), form)
    with access.inside(workspace):
        contact = Contact.objects.get(channel="phone")
    browser.post(page(f"/contacts/{contact.id}/prefer"))
    with access.inside(workspace):
        is_preferred = Contact.objects.get(channel="phone").preferred
        said = str(list(JournalEntry.objects.values_list("subject", "details")))
    browser.post(page(f"/contacts/{contact.id}/remove"))

    assert (added.status_code, is_preferred) == (303, True)
    assert "170" not in added.url + said
    with access.inside(workspace):
        assert not Contact.objects.filter(channel="phone").exists()


@pytest.mark.parametrize("wrong", [{"address": ""}, {"channel": "moon"}, {"address": "a\x00"}])
def test_a_contact_that_cannot_be_is_refused(cast, page, workspace, wrong):
    form = {"channel": "phone", "address": "+49 170 1", "consent": "unknown"} | wrong

    assert cast.browser("editor").post(page("/contacts"), form).status_code == 422
    with access.inside(workspace):
        assert not Contact.objects.exists()


@pytest.fixture
def price(anna):
    return {
        "account": str(anna.account),
        "format": "story",
        "amount": "120.50",
        "currency": "eur",
        "valid_from": "2026-11-01",
    }


def test_a_price_is_set(cast, page, workspace, price):
    answer = cast.browser("editor").post(page("/prices"), price)

    with access.inside(workspace):
        card = RateCard.objects.get(format="story")
    assert answer.status_code == 303
    assert (card.price_minor, card.currency, card.source) == (12_050, "EUR", "manual")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "-1"},
        {"amount": "1e3"},
        {"amount": "1.005"},
        {"amount": "NaN"},
        {"amount": "=1+1"},
        {"currency": "12$"},
        {"currency": "XXX"},
        {"valid_from": "0001-01-01"},
        {"valid_from": "soon"},
        {"account": str(uuid4())},
        {"format": "moon"},
    ],
)
def test_a_price_that_cannot_be_is_refused(cast, page, workspace, price, wrong):
    assert cast.browser("editor").post(page("/prices"), price | wrong).status_code == 422
    with access.inside(workspace):
        assert not RateCard.objects.filter(format="story").exists()


def upload(browser, page, name="kit.pdf", content=PDF, purpose="media_kit"):
    file = SimpleUploadedFile(name, content)
    return browser.post(page("/files"), {"purpose": purpose, "file": file})


def read(answer):
    content = b"".join(answer.streaming_content)
    answer.close()
    return content


def kept_file(workspace):
    with access.inside(workspace):
        return Attachment.objects.get()


def test_a_file_is_saved_and_never_shown(cast, page, workspace):
    answer = upload(cast.browser("editor"), page)
    kept = kept_file(workspace)

    got = cast.browser("viewer").get(page(f"/files/{kept.id}"))

    assert answer.status_code == 303
    assert read(got) == PDF
    assert got["Content-Disposition"] == 'attachment; filename="kit.pdf"'
    assert got["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content"),
    [("kit.pdf", b"<script>"), ("kit.html", b"<p>"), ("kit.pdf", b""), ("k.svg", b"<svg/>")],
)
def test_a_file_that_lies_is_refused_beside_the_field(cast, page, workspace, name, content):
    answer = upload(cast.browser("editor"), page, name, content)

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    with access.inside(workspace):
        assert not Attachment.objects.exists()


def test_a_removed_file_is_gone_until_it_is_put_back(cast, page, workspace):
    browser = cast.browser("editor")
    upload(browser, page)
    kept = kept_file(workspace)

    removed = browser.post(page(f"/files/{kept.id}/remove"))
    gone = browser.get(page(f"/files/{kept.id}"))
    browser.post(page(f"/files/{kept.id}/put-back"))

    assert (removed.status_code, gone.status_code) == (303, 404)
    assert read(browser.get(page(f"/files/{kept.id}"))) == PDF


def test_another_creators_file_is_not_found_here(cast, page, workspace):
    upload(cast.browser("editor"), page)
    kept = kept_file(workspace)
    with access.inside(workspace):
        other = Creator.objects.create(workspace=workspace, name="Ben")

    answer = cast.browser("editor").get(cast.path(f"creators/{other.id}/files/{kept.id}"))

    assert answer.status_code == 404


NOBODY = UUID("0198f000-0000-7000-8000-000000000000")

WRITES = [
    "/notes", "/tags/add", "/tags/remove", "/contacts", "/prices", "/files",
    f"/notes/{NOBODY}/change", f"/notes/{NOBODY}/remove", f"/notes/{NOBODY}/put-back",
    f"/contacts/{NOBODY}/prefer", f"/contacts/{NOBODY}/remove",
    f"/files/{NOBODY}/remove", f"/files/{NOBODY}/put-back", f"/unmerge/{NOBODY}",
]  # fmt: skip


@pytest.mark.parametrize("part", WRITES)
def test_a_viewer_writes_nothing_and_nobody_writes_by_following_a_link(cast, page, part):
    assert cast.browser("viewer").post(page(part)).status_code == 403
    assert cast.browser("editor").get(page(part)).status_code == 405


def test_writing_to_what_is_not_there_is_no_error_of_ours(cast, page):
    browser = cast.browser("editor")

    statuses = {browser.post(page(part)).status_code for part in WRITES}

    assert statuses == {303, 404, 422}


def test_a_contact_made_is_noted_removed_and_undone(cast, page, workspace):
    editor = cast.browser("editor")
    form = {"day": "2026-10-01", "medium": "phone", "contacted_by": "", "note": "Likes it."}

    assert editor.post(page("/outreach"), form).status_code == 303
    with access.inside(workspace):
        kept = Outreach.objects.get()
    assert (kept.medium, kept.contacted_by, kept.note) == ("phone", kept.recorded_by, "Likes it.")
    assert "Likes it." in text(editor.get(page()))

    removed = editor.post(page(f"/outreach/{kept.id}/remove"))
    assert removed.url.endswith(f"?removed=contact:{kept.id}#outreach")
    assert "The contact was removed" in text(editor.get(removed.url))
    assert "Likes it." not in text(editor.get(page()))
    editor.post(page(f"/outreach/{kept.id}/put-back"))
    assert "Likes it." in text(editor.get(page()))


@pytest.mark.parametrize(
    "wrong", [{"day": "2036-01-01"}, {"day": "soon"}, {"medium": "pigeon"}, {"note": "n" * 501}]
)
def test_a_contact_made_that_cannot_be_is_refused(cast, page, workspace, wrong):
    form = {"day": "2026-10-01", "medium": "phone"} | wrong

    assert cast.browser("editor").post(page("/outreach"), form).status_code == 422
    assert cast.browser("viewer").post(page("/outreach"), form).status_code == 403
    with access.inside(workspace):
        assert Outreach.objects.count() == 0

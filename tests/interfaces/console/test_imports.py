"""The import wizard: four steps, each safe to repeat, to leave and to come back to."""

import gzip
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from groundswell.connectors import landing
from groundswell.connectors.actions import uploads
from groundswell.connectors.choices import UploadState
from groundswell.connectors.models import ImportRun, Upload
from groundswell.creators import queries as creators
from groundswell.vetting.models import Vetting
from groundswell.workspaces import telling
from groundswell.workspaces.access import inside

ACCOUNTS = b"handle,followers,note\nanna,1200,x\nben,-5,y\ncleo,300,=1+1\n"


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """The thread that tells how far it is would not see what the test has not committed."""
    monkeypatch.setattr(telling, "_EVERY_SECONDS", 3_600)


@pytest.fixture
def browser(cast):
    return cast.browser("editor")


@pytest.fixture
def hand_in(cast, browser):
    """Hands a file in and gives the answer."""

    def handed(content=ACCOUNTS, name="list.csv", kind="accounts", by=browser, **more):
        form = {"kind": kind, "file": SimpleUploadedFile(name, content)}
        return by.post(cast.path("imports/receive"), form, **more)

    return handed


def number_of(answer):
    return UUID(answer.headers["Location"].rsplit("/", 1)[1])


def file_of(workspace, upload_id):
    with inside(workspace):
        return Upload.objects.get(id=upload_id)


def left(workspace):
    return sorted(path.name for path in landing.folder_of(workspace).iterdir())


def imported(cast, browser, workspace, now, hand_in, content=ACCOUNTS):
    """The report's address, after all four steps."""
    path = hand_in(content).headers["Location"]
    browser.post(f"{path}/look", {"act": "import", "kind": "accounts", "platform": "instagram"})
    uploads.work(workspace=workspace, upload_id=UUID(path.rsplit("/", 1)[1]), now=now)
    return browser.get(path).headers["Location"]


def test_a_file_is_looked_at_and_nothing_is_imported(browser, workspace, hand_in):
    page = browser.get(hand_in().headers["Location"])

    assert page.status_code == 200
    assert "Choose it under Platform" in page.content.decode()
    with inside(workspace):
        assert creators.accounts_table().num_rows == ImportRun.objects.count() == 0


def test_the_kind_is_told_when_nobody_says_it(workspace, hand_in):
    answer = hand_in(b"comment_id,post_id,author,text\nc1,p1,ben,wow\n", kind="")

    assert file_of(workspace, number_of(answer)).kind == "comments"


def test_a_changed_column_is_looked_at_again_and_back_at_the_same_address(
    browser, workspace, hand_in
):
    path = hand_in().headers["Location"]
    form = {"act": "look", "kind": "accounts", "platform": "tiktok", "column-2": "following"}

    answer = browser.post(f"{path}/look", form)

    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    said = file_of(workspace, number_of(answer)).wishes
    assert (said["columns"], said["platform"]) == ({"note": "following"}, "tiktok")


def test_all_four_steps_end_with_the_report(cast, browser, workspace, now, hand_in):
    report = imported(cast, browser, workspace, now, hand_in)
    page = browser.get(report)
    figures = page.context["run"]

    assert (figures.rows_read, figures.accepted, figures.rejected) == (3, 2, 1)
    assert "is negative" in page.content.decode()
    csv = b"".join(browser.get(f"{report}/rejected.csv").streaming_content).decode()
    assert csv.splitlines()[1] == "2,3,followers,'-5,is negative"


def test_the_same_file_dropped_again_says_so_and_changes_nothing(
    cast, browser, workspace, now, hand_in
):
    imported(cast, browser, workspace, now, hand_in)
    with inside(workspace):
        before = creators.accounts_table().to_pylist()
        read = creators.latest_revision()
        Vetting.objects.create(
            workspace=workspace, vetted_at=now, revision=read, accounts=2, scored=0,
            needs_review=0, coverage={},
        )  # fmt: skip

    again = hand_in()
    assert "This very file was" in browser.get(again.headers["Location"]).content.decode()
    report = imported(cast, browser, workspace, now, hand_in)

    page = browser.get(report).content.decode()
    assert "This file changed nothing" in page
    assert "The scores are as new as the data" in page
    with inside(workspace):
        assert creators.accounts_table().to_pylist() == before


def test_dropped_twice_at_once_it_waits_once(hand_in):
    assert hand_in().headers["Location"] == hand_in(name="other.csv").headers["Location"]


def test_progress_is_asked_for_and_leads_to_the_report(browser, workspace, now, hand_in):
    path = hand_in().headers["Location"]
    browser.post(f"{path}/look", {"act": "import", "kind": "accounts", "platform": "instagram"})
    hx = {"HX-Request": "true"}

    waiting = browser.get(path, headers=hx)
    assert "Waiting for its turn" in waiting.content.decode()
    with inside(workspace):
        Upload.objects.update(
            state=UploadState.IMPORTING, step="reading", done=20_000, total=60_000
        )
    assert "20,000 of about 60,000 rows" in browser.get(path, headers=hx).content.decode()
    uploads.work(workspace=workspace, upload_id=UUID(path.rsplit("/", 1)[1]), now=now)

    assert "/imports/" in browser.get(path, headers=hx).headers["HX-Redirect"]


def test_a_cancelled_import_waits_again_and_says_so(browser, workspace, hand_in):
    path = hand_in().headers["Location"]
    browser.post(f"{path}/look", {"act": "import", "kind": "accounts", "platform": "instagram"})

    browser.post(f"{path}/cancel")

    assert "The import was cancelled" in browser.get(path).content.decode()


def test_nothing_and_an_empty_file_are_refused_beside_the_field(cast, browser, hand_in, workspace):
    for answer in (browser.post(cast.path("imports/receive"), {"kind": ""}), hand_in(b"")):
        assert (answer.status_code, b"no file arrived whole" in answer.content) == (422, True)
    assert left(workspace) == []


@pytest.mark.parametrize("claims", [False, True])
def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    hand_in, workspace, settings, claims
):
    settings.LARGEST_IMPORT = 20
    more = {"CONTENT_LENGTH": str(9 << 20)} if claims else {}

    answer = hand_in(**more)

    assert (answer.status_code, b"larger than 20 bytes" in answer.content) == (413, True)
    assert left(workspace) == []


def test_half_a_form_leaves_nothing(cast, browser, workspace):
    whole = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\naccounts\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        "Content-Type: text/csv\r\n\r\nhandle,followers\r\nanna,1\r\nben,"
    ).encode()

    answer = browser.generic(
        "POST", cast.path("imports/receive"), whole, content_type=MULTIPART_CONTENT
    )

    assert answer.status_code == 422
    assert left(workspace) == []
    with inside(workspace):
        assert Upload.objects.count() == 0


def _half(content):
    return content[: len(content) // 2]


def _parquet(tmp_path):
    pq.write_table(pa.table({"handle": ["anna"] * 999}), tmp_path / "a.parquet")
    return (tmp_path / "a.parquet").read_bytes()


@pytest.mark.parametrize("kind", ["gzip", "parquet", "zip", "nul"])
def test_a_file_that_can_not_be_read_says_why_and_can_be_thrown_away(
    browser, workspace, hand_in, tmp_path, kind
):
    content, name = {
        "gzip": (_half(gzip.compress(b"handle\nanna\n" * 99)), "a.csv.gz"),
        "parquet": (_half(_parquet(tmp_path)), "a.parquet"),
        "zip": (b"PK\x03\x04" + b"x" * 99, "a.xlsx"),
        "nul": (b"\x01\x02\x03\x04" * 999, "a.csv"),
    }[kind]
    path = hand_in(content, name).headers["Location"]

    page = browser.get(path)
    started = browser.post(f"{path}/look", {"act": "import", "kind": "accounts"})
    browser.post(f"{path}/throw")

    assert "This file can" in page.content.decode()
    assert started.status_code == 422
    assert left(workspace) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "accounts; DROP"},
        {"platform": "myspace"},
        {"currency": "<b>"},
        {"delimiter": "x" * 99},
        {"column-0": "=1+1"},
        {"column-0": "contacts.nothing"},
        {"column-0": "a\0b"},
    ],
)
def test_a_wish_that_nobody_can_fulfil_is_refused_and_changes_nothing(
    browser, workspace, hand_in, wrong
):
    path = hand_in().headers["Location"]

    answer = browser.post(f"{path}/look", {"act": "look", "kind": "accounts"} | wrong)

    assert answer.status_code == 422
    assert file_of(workspace, UUID(path.rsplit("/", 1)[1])).wishes["columns"] == {}


def test_html_in_names_and_cells_is_only_text(browser, hand_in):
    path = hand_in(b"handle,<script>x</script>\nanna,<img src=x onerror=y>\n", "<b>a.csv").headers[
        "Location"
    ]

    page = browser.get(path).content.decode()

    assert "<script>x" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;a.csv" in page


def test_after_signing_out_everything_leads_to_the_door(cast, workspace, hand_in):
    path = hand_in().headers["Location"]
    nobody = Client()

    for answer in (
        nobody.get(path), nobody.post(f"{path}/look"), nobody.get(cast.path("imports")),
        hand_in(b"handle\nzoe\n", by=nobody),
    ):  # fmt: skip
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")
    assert len(left(workspace)) == 2


def test_a_file_of_another_workspace_is_not_there(cast, browser, stranger, now):
    landed = landing.Landing(stranger, largest=99)
    landed.take(b"handle\nzoe\n")
    theirs = uploads.receive(workspace=stranger, landed=landed, file_name="a.csv", by="z", now=now)
    path = cast.path(f"imports/files/{theirs.id}")

    answers = [browser.get(path)]
    answers += [browser.post(f"{path}/{act}") for act in ("look", "cancel", "throw")]
    answers.append(browser.get(cast.path(f"imports/{theirs.id}")))

    assert [answer.status_code for answer in answers] == [404] * 5
    assert left(stranger) == [str(theirs.id)]


def test_a_form_without_its_token_is_refused_and_leaves_nothing(cast, workspace):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.person("editor"))

    answer = strict.post(
        cast.path("imports/receive"), {"file": SimpleUploadedFile("a.csv", ACCOUNTS)}
    )

    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()
    assert left(workspace) == []


def test_a_viewer_reads_reports_without_values_and_imports_nothing(
    cast, browser, workspace, now, hand_in
):
    report = imported(cast, browser, workspace, now, hand_in)
    viewer = cast.browser("viewer")

    page = viewer.get(report).content.decode()

    assert "is negative" in page
    assert "-5" not in page
    assert viewer.get(f"{report}/rejected.csv").status_code == 403
    assert viewer.get(cast.path("imports/new")).status_code == 403
    assert hand_in(b"handle\nzoe\n", by=viewer).status_code == 403
    assert left(workspace) == []


def test_the_list_is_filtered_paged_and_asks_no_more_for_more_runs(
    cast, browser, workspace, now, django_assert_num_queries
):
    def run(number, **more):
        return ImportRun(
            workspace=workspace, kind="posts", file_name=f"p{number}.csv", sha256=str(number),
            fingerprint="", by="anna", started_at=now, **({"state": "published"} | more),
        )  # fmt: skip

    path = cast.path("imports")
    with inside(workspace):
        ImportRun.objects.bulk_create([run(1)])
    browser.get(path)
    with inside(workspace):
        ImportRun.objects.bulk_create([run(number) for number in range(2, 40)])
        ImportRun.objects.bulk_create([run(99, state="failed", refusal={"code": "x"})])

    with django_assert_num_queries(13):
        page = browser.get(path)

    assert len(page.context["page"]) == 25
    assert len(browser.get(f"{path}?state=failed").context["page"]) == 1
    assert b"No import fits" in browser.get(f"{path}?text=%00<b>nothing").content


def test_vetting_is_asked_for_once_shows_its_progress_and_is_cancelled(cast, browser, workspace):
    for _ in range(2):
        answer = browser.post(cast.path("vetting/ask"), {"next": cast.path("")})
    part = browser.get(cast.path("vetting"), headers={"HX-Request": "true"})
    browser.post(cast.path("vetting/cancel"))
    after = browser.get(cast.path("vetting"))

    assert answer.headers["Location"] == cast.path("")
    assert "Waiting to vet" in part.content.decode()
    assert "the vetting was cancelled" in after.content.decode()


def test_where_a_form_came_from_leads_nowhere_else(cast, browser):
    answer = browser.post(cast.path("vetting/ask"), {"next": "https://evil.example/"})

    assert answer.headers["Location"] == cast.path("vetting")

"""Files about creators: only what they say they are, nothing but the picture, and gone in time."""

import io
import stat
import zipfile
from datetime import timedelta

import pytest
from PIL import Image

from groundswell.creators import documents, folders
from groundswell.creators.actions import attachments
from groundswell.creators.documents import BadFile
from groundswell.creators.models import Attachment, Creator

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(kind="PNG", size=(4, 3), **more):
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, kind, **more)
    return file.getvalue()


def office(*parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return file.getvalue()


XLSX, DOCX = office("xl/workbook.xml"), office("word/document.xml")
SOUND = {
    "kit.pdf": PDF,
    "face.PNG": picture(),
    "face.jpg": picture("JPEG"),
    "face.webp": picture("WEBP"),
    "prices.csv": "format,preis\nreel,1.200 €\n".encode(),
    "prices.xlsx": XLSX,
    "brief.docx": DOCX,
    "brief.txt": b"Hello,\r\nwe run.",
}


@pytest.mark.parametrize("name", SOUND)
def test_a_file_that_is_what_it_says_is_kept(name):
    kept = documents.checked(name, SOUND[name])

    kind = name.rpartition(".")[2].lower().replace("jpg", "jpeg")
    assert (kept.name, kept.media_type) == (name, documents.TYPES[kind])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kit.pdf", b"MZ\x90\x00"),
        ("kit.pdf", PDF[:30]),
        ("kit.pdf", b""),
        ("kit.exe", PDF),
        ("kit", PDF),
        ("kit.html", b"<script>alert(1)</script>"),
        ("kit.svg", b"<svg/>"),
        ("face.png", picture("JPEG")),
        ("face.png", picture()[:40]),
        ("prices.csv", XLSX),
        ("prices.xlsx", DOCX),
        ("prices.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin")),
        ("prices.xlsx", XLSX[:-20]),
        ("brief.txt", b"a\0b"),
        ("brief.txt", PDF),
        ("kit.pdf", PDF + b"x" * documents.MOST_BYTES),
        ("face.png", picture(size=(10_000, 5_001))),
    ],
)
def test_a_file_that_is_something_else_is_refused(name, content):
    with pytest.raises(BadFile):
        documents.checked(name, content)


def test_a_picture_tells_nothing_but_itself():
    exif = Image.Exif()
    exif[0x010F] = "Acme Cam 4711"
    exif[0x0112] = 6  # turned by 90 degrees
    told = picture("JPEG", exif=exif)

    kept = documents.checked("face.jpg", told).content

    with Image.open(io.BytesIO(kept)) as shown:
        assert (b"4711" in told, b"4711" in kept, shown.size) == (True, False, (3, 4))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\anna\\kit.txt", "kit.txt"),
        ('a"\r\nX-Evil: 1.txt', "aX-Evil 1.txt"),
        ("x" * 300 + ".txt", "x" * 140 + ".txt"),
        ("Größe 尺寸.txt", "Größe 尺寸.txt"),
    ],
)
def test_a_name_is_no_path_and_no_header(name, plain):
    assert documents.checked(name, b"hello").name == plain


@pytest.fixture
def anna(inside):
    return Creator.objects.create(workspace=inside, name="Anna Runs")


def keep(creator, now, name="kit.pdf", content=PDF):
    return attachments.add(
        creator=creator, purpose="media_kit", name=name, content=content, by="test", now=now
    )


def test_a_file_lies_under_its_rows_id_for_its_owner_alone(anna, now):
    kept = keep(anna, now)

    path = attachments.path_of(kept)
    assert (path.name, path.read_bytes()) == (str(kept.id), PDF)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_file_twice_is_kept_once(anna, now):
    assert keep(anna, now) == keep(anna, now)
    assert len(list(folders.attachments_of(anna.workspace).iterdir())) == 1


def test_a_refused_file_leaves_nothing(anna, now):
    with pytest.raises(BadFile):
        keep(anna, now, content=b"MZ")
    with pytest.raises(BadFile, match="no file is for 'fun'"):
        attachments.add(creator=anna, purpose="fun", name="a.pdf", content=PDF, by="test", now=now)

    assert not Attachment.objects.exists()
    assert list(folders.attachments_of(anna.workspace).iterdir()) == []


def test_a_removed_file_can_be_put_back_for_thirty_days_and_is_erased_then(anna, now):
    kept = keep(anna, now)
    attachments.remove(attachment=kept, by="test", now=now)
    attachments.put_back(attachment=kept, by="test", now=now)
    attachments.remove(attachment=kept, by="test", now=now)
    sweep = {"workspace": anna.workspace, "by": "job"}

    early = attachments.sweep(**sweep, now=now + timedelta(days=30))
    late = attachments.sweep(**sweep, now=now + timedelta(days=30, seconds=1))

    assert (early, late) == (0, 1)
    assert not attachments.path_of(kept).exists()
    assert not Attachment.objects.exists()


def test_what_a_lost_upload_left_is_swept_and_what_is_kept_stays(anna, now):
    kept = keep(anna, now)
    folder = folders.attachments_of(anna.workspace)
    (folder / "tmp4711").write_bytes(b"half")

    attachments.sweep(workspace=anna.workspace, by="job", now=now + timedelta(days=3650))

    assert list(folder.iterdir()) == [attachments.path_of(kept)]

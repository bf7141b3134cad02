"""Files that people bring: what they really are, and what is left of them when they are kept.

The content decides, not the name; both must agree. Pictures are drawn anew, which leaves out the
place and the camera that they tell of. Documents that carry programs are refused.
"""

import io
import re
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps

from groundswell.terms.errors import Refusal

MOST_BYTES = 20_000_000
_MOST_PIXELS = 50_000_000
_LONGEST_NAME = 150
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "csv": "text/csv",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "txt": "text/plain",
}
_PICTURES = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
_MAIN_PART = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_NOT_TEXT = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class BadFile(Refusal, ValueError):
    """A file that can't be kept."""

    code = "bad_file"


@dataclass(frozen=True, slots=True)
class Document:
    """A file that may be kept: its plain name, its media type, and its content."""

    name: str
    media_type: str
    content: bytes


def checked(name: str, content: bytes) -> Document:
    """The file as it may be kept.

    Args:
        name: What its owner calls it; folders in it are left out.
        content: What is in it, ``MOST_BYTES`` at most.

    Raises:
        BadFile: When it is empty, too large, of no kind that is kept, or not what it says.
    """
    plain = _plain(name)
    kind = plain.rpartition(".")[2].lower().replace("jpg", "jpeg")
    if kind not in TYPES:
        raise BadFile(f"can't keep {plain!r}: bring one of {', '.join(TYPES)}")
    if not content:
        raise BadFile(f"can't keep {plain!r}: it is empty")
    if len(content) > MOST_BYTES:
        raise BadFile(
            f"can't keep {plain!r} of {len(content) / 1e6:.1f} MB: {MOST_BYTES // 10**6} MB at most"
        )
    if kind in _PICTURES:
        return Document(plain, TYPES[kind], _redrawn(plain, content, _PICTURES[kind]))
    if not _is(kind, content):
        raise BadFile(f"can't keep {plain!r}: what is in it is no {kind}; save it as one again")
    return Document(plain, TYPES[kind], content)


def _plain(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(c for c in last if c.isprintable() and c not in '"<>|:*?').strip(" .")
    stem, dot, end = shown.rpartition(".")
    return f"{stem[: _LONGEST_NAME - 10]}{dot}{end[:9]}" if dot else shown[:_LONGEST_NAME] or "file"


def _redrawn(name: str, content: bytes, kind: str) -> bytes:
    """The picture alone, upright, without what else its file told."""
    refusal = BadFile(f"can't keep {name!r}: what is in it is no {kind} picture; save it again")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise BadFile(
                    f"can't keep {name!r} of {picture.width} x {picture.height} pixels: "
                    f"{_MOST_PIXELS // 10**6} million pixels at most"
                )
            upright = ImageOps.exif_transpose(picture)
            upright.info.clear()
            drawn = io.BytesIO()
            upright.save(drawn, kind, **({} if kind == "PNG" else {"quality": 90}))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise refusal from error
    return drawn.getvalue()


def _is(kind: str, content: bytes) -> bool:
    if kind in _MAIN_PART:
        return _is_office(content, _MAIN_PART[kind])
    return _is_pdf(content) if kind == "pdf" else _is_text(content)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024] and b"%%EOF" in content[-2048:]


def _is_text(content: bytes) -> bool:
    return not _BINARY.search(content) and not content.startswith(_NOT_TEXT)


def _is_office(content: bytes, main_part: str) -> bool:
    """Whether it is an office document with that main part, and carries no programs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    programs = any(name.lower().endswith("vbaproject.bin") for name in names)
    return {"[Content_Types].xml", main_part} <= names and not programs

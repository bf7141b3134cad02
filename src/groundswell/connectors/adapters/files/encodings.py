"""Which encoding a text is in, judged by all of it."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import charset_normalizer

_MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SCRIPTS = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949"]
_WESTERN = "äöüÄÖÜßéèêëàâçñáíóúãõøåæœÉÈÀÇÑØÅÆÁÍÓÚÂÊÔÕÃìòùïîôûÏÎÛ€’‘“”„–—…°«»ªº·¡¿´"
# Latin alphabets look alike to statistics of bytes; each is told by letters that only it has. The
# first of those that fit best is taken.
_LATIN = {
    "cp1252": _WESTERN,
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰöüÖÜăâîşţŞŢäßđĐ€’“”„–…",
    "cp1254": "çğıöşüÇĞİÖŞÜâîûÂÎÛ€’“”–…",
    "cp1257": "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽąęėįųĄĘĖĮŲõäöüÕÄÖÜ€’“”„–…",
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp437": _WESTERN,
}
_SAMPLE = 1 << 16
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


@dataclass(slots=True)
class _Lines:
    """Lines with anything beyond ASCII in them: how many are UTF-8, and some that are not."""

    good: int = 0
    bad: int = 0
    sample: list[bytes] = field(default_factory=list)
    sampled: int = 0

    def see(self, block: bytes) -> None:
        for line in block.splitlines(keepends=True):
            if line.isascii():
                continue
            try:
                line.decode()
            except UnicodeDecodeError:
                self.bad += 1
                if self.sampled < _SAMPLE:
                    self.sample.append(line[:4096])
                    self.sampled += len(self.sample[-1])
            else:
                self.good += 1


def marked(head: bytes) -> str | None:
    """The encoding that the first bytes of a file declare, or show by their zeros."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = min(len(head), 4096) / 2
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def judged(blocks: Iterable[bytes]) -> tuple[str, int]:
    """The encoding of a text without a mark, and how many of its lines break it.

    UTF-8 with a few broken lines stays UTF-8: those lines are bad, not the file. A text most of
    whose accented lines are no UTF-8 is in an older encoding.
    """
    lines = _Lines()
    rest = b""
    for block in blocks:
        if block.isascii() and (not rest or rest.isascii()):
            rest = b""
            continue
        whole = rest + block
        cut = whole.rfind(b"\n") + 1 or len(whole)
        lines.see(whole[:cut])
        rest = whole[cut:]
    lines.see(rest)
    if lines.bad <= lines.good / 10:
        return "utf-8", lines.bad
    return _before_unicode(b"".join(lines.sample)), 0


def _before_unicode(sample: bytes) -> str:
    latin = max(_LATIN, key=lambda name: _fit(sample, name))
    runs = _BEYOND_ASCII.findall(sample)
    alone = sum(len(run) == 1 for run in runs) / len(runs)
    if alone > 0.5 and _fit(sample, latin) > 0.9:
        return latin  # single accented letters among plain ones are no other script
    found = charset_normalizer.from_bytes(sample, cp_isolation=[*_SCRIPTS, *_LATIN]).best()
    return found.encoding if found is not None and found.encoding in _SCRIPTS else latin


def _fit(sample: bytes, encoding: str) -> float:
    """Share of the characters beyond ASCII that its languages use."""
    text = sample.decode(encoding, errors="replace")
    beyond = [character for character in text if not character.isascii()]
    home = _LATIN[encoding]
    return sum(character in home for character in beyond) / len(beyond)

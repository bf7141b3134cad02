"""Which posts say the words that a workspace watches: its own, and its competitors' names.

Words are found whole, in any language, without regard to case and accents; several are found as
they follow one another. A form that begins with @ or # is found with its sign only. A post that
names a competitor and was paid for is the strongest sign.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools
from groundswell.engine.safety.scanning import Mention, Scan
from groundswell.terms.safety import SafetyCategory, Severity

NAMED, PAID = Severity.LOW, Severity.HIGH  # of a post with a competitor
# Scripts that put no spaces between words: there a form is found inside a text of signs.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
)


@dataclass(frozen=True, slots=True)
class Watched:
    """Something to look for.

    Attributes:
        subject: ``own_words`` or ``competitor``.
        name: How it is shown.
        forms: What is looked for: words, phrases, @handles, #hashtags.
        severity: How strong own words are; not asked of a competitor.
    """

    subject: SafetyCategory
    name: str
    forms: tuple[str, ...]
    severity: Severity = NAMED


def folded(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Each text as words in lower case without accents, between single spaces, @ and # apart."""
    plain = pc.utf8_lower(pc.utf8_normalize(pc.fill_null(texts, ""), form="NFKD"))
    for pattern, replacement in (
        ("[\\x{0300}-\\x{036f}]", ""),
        (r"([\pL\pN\pM_])@", r"\1 "),  # in an e-mail address it names nobody
        ("([@#])", r" \1 "),
        (r"[^\pL\pN\pM_@#]+", " "),
    ):
        plain = pc.replace_substring_regex(plain, pattern=pattern, replacement=replacement)
    return pc.binary_join_element_wise(" ", pc.utf8_trim_whitespace(plain), " ", "")


def scan(posts: pa.Table, watched: Sequence[Watched], paid: Callable[[pa.Table], Bools]) -> Scan:
    """Look for what is watched.

    Args:
        posts: With a column words; null where unknown.
        watched: What to look for.
        paid: Which of some posts were paid for; asked of those few that say something.
    """
    said = folded(posts["words"])
    read = np.asarray(pc.not_equal(pc.utf8_trim_whitespace(said), ""))
    patterns = [_pattern(each) for each in watched]
    wanted = "|".join(pattern for pattern in patterns if pattern)
    if not wanted or not len(said):
        return Scan(read, [])
    caught = np.flatnonzero(np.asarray(pc.match_substring_regex(said, pattern=wanted)))
    rows = pa.array(caught)
    said, is_paid = said.take(rows), paid(posts.take(rows))
    found = []
    for each, pattern in zip(watched, patterns, strict=True):
        if not pattern:
            continue
        for place in np.flatnonzero(np.asarray(pc.match_substring_regex(said, pattern=pattern))):
            severity = each.severity
            if each.subject is SafetyCategory.COMPETITOR:
                severity = PAID if is_paid[place] else NAMED
            found.append(Mention(int(caught[place]), each.subject, severity, each.name))
    return Scan(read, _strongest(found))


def _strongest(found: list[Mention]) -> list[Mention]:
    """One mention for each post and subject, by post: the strongest, of several the first."""
    kept: dict[tuple[int, SafetyCategory], Mention] = {}
    for each in found:
        key = each.row, each.category
        if key not in kept or each.severity > kept[key].severity:
            kept[key] = each
    return [kept[key] for key in sorted(kept)]


def _pattern(watched: Watched) -> str:
    forms = folded(pa.array(watched.forms, pa.string())).to_pylist()
    return "|".join(_form(form.strip()) for form in forms if form.strip("@# "))


def _form(form: str) -> str:
    escaped = re.escape(form)
    return escaped if _UNSPACED.search(form) else f" {escaped} "

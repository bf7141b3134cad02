"""Words that a workspace watches: found whole, folded, in any language."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.engine.safety.watching import Watched, scan
from groundswell.terms.safety import SafetyCategory, Severity

OWN, RIVAL = SafetyCategory.OWN_WORDS, SafetyCategory.COMPETITOR


def scanned(texts, *watched):
    posts = pa.table({"words": pa.array(texts, pa.string())})
    return scan(
        posts,
        watched,
        lambda few: np.array([text[-3:] == "#ad" for text in few["words"].to_pylist()]),
    )


def rows(watched, *texts):
    return [mention.row for mention in scanned(texts, watched).mentions]


@pytest.mark.parametrize(
    ("form", "texts", "found"),
    [
        ("palm oil", ["No PALM-OIL here", "palm and oil", "palm oils", None], [0]),
        ("café", ["At the Cafe.", "CAFÉ!", "cafeteria"], [0, 1]),
        ("مرحبا", ["قال مرحبا لنا", "مرحباً"], [0]),
        ("広告", ["これは広告です", "これは"], [0]),
        ("@on", ["Shoes by @on today", "Come on", "mail me@on.example", "@on_running"], [0]),
        ("#acme", ["So #Acme!", "acme", "#acmeshoes"], [0]),
        ("acme", ["So #Acme!", "@acme", "acmeshoes"], [0, 1]),
        ("c++ (new)", ["c new", "c++ (new)", "[c"], [0, 1]),
    ],
)
def test_finds_whole_words(form, texts, found):
    assert rows(Watched(OWN, form, (form,)), *texts) == found


def test_a_form_without_letters_finds_nothing():
    assert rows(Watched(OWN, "@", ("@", " ")), "@ @", "a") == []


def test_a_paid_post_with_a_competitor_is_the_strongest():
    acme = Watched(RIVAL, "Acme", ("Acme", "@acme"))
    found = scanned(["Hello", "With Acme", "With @acme #ad"], acme).mentions
    assert [(each.row, each.severity) for each in found] == [(1, Severity.LOW), (2, Severity.HIGH)]


def test_the_strongest_own_word_of_a_post_counts():
    mild, strong = (
        Watched(OWN, name, (name,), severity)
        for name, severity in (("sugar", Severity.LOW), ("fur", Severity.HIGH))
    )
    [found] = scanned(["Sugar and fur"], mild, strong).mentions
    assert (found.term, found.severity) == ("fur", Severity.HIGH)


def test_posts_without_words_are_not_read():
    assert scanned(["a", "", None, "😀"]).read.tolist() == [True, False, False, False]

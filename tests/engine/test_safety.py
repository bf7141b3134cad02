"""Brand safety: the words that are found, and those that only look like them."""

import re
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from groundswell.engine.safety import concerns, lexicon, scanning
from groundswell.engine.safety.concerns import Concern, Concerns
from groundswell.terms.safety import SafetyCategory, Severity

LOW, MEDIUM, HIGH = Severity


def scanned(*texts, language="en"):
    return scanning.scan(pa.array(texts, pa.string()), pa.array([language] * len(texts)))


def found_in(text, language="en"):
    return [
        (each.category.value, each.severity, each.term)
        for each in scanned(text, language=language).mentions
    ]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("A glass of wine tonight", "en", [("alcohol", LOW, "wine")]),
        ("#vodka, anyone?", "en", [("alcohol", MEDIUM, "vodka")]),
        ("Ｖｏｄｋａ!", "en", [("alcohol", MEDIUM, "vodka")]),
        ("Casinos and guns", "en", [("gambling", MEDIUM, "casinos"), ("weapons", MEDIUM, "guns")]),
        ("porn about wine", "en", [("adult", HIGH, "porn"), ("alcohol", LOW, "wine")]),
        ("sex tape", "en", [("adult", HIGH, "sex tape")]),
        ("Diese Pistole", "de-AT", [("weapons", MEDIUM, "pistole")]),
        ("Cerveza fría", None, [("alcohol", LOW, "cerveza")]),
        ("slot\nmachine", "en", [("gambling", MEDIUM, "slot machine")]),
    ],
)
def test_words_are_found_in_any_spelling(text, language, found):
    assert found_in(text, language) == found


@pytest.mark.parametrize(
    "text",
    [
        "hot glue gun and a bath bomb",
        "a non-alcoholic beer, then alcohol-free wine",
        "naked palette, nude lipstick",
        "killing it at the gym with a killer workout",
        "drugstore finds with hyaluronic acid",
        "the gunner beside a vineyard",
        "#beginagain #winewood",
        "",
        "🍷🍺",
    ],
)
def test_words_that_mean_something_else_are_not(text):
    assert found_in(text) == []


def test_beside_words_of_help_a_mention_counts_less():
    assert found_in("suicide") == [("self_harm", MEDIUM, "suicide")]
    assert found_in("suicide prevention hotline") == [("self_harm", LOW, "suicide")]
    assert found_in("wine for charity") == []


def test_a_language_whose_words_are_not_known_is_not_judged():
    found = scanned("vodka", None, "   ", language="fi")
    assert (found.read.tolist(), found.mentions) == ([False] * 3, [])


def test_a_word_of_another_language_is_not_taken_for_one_of_this():
    assert found_in("rum um den See", "de") == []


def test_ten_megabytes_are_read():
    assert [each.term for each in scanned("nothing here " * 800_000 + "vodka").mentions] == [
        "vodka"
    ]


@pytest.mark.parametrize("language", [None, *sorted(lexicon.languages())])
def test_what_a_pattern_finds_its_net_has_caught(language):
    patterns = lexicon.patterns(language)
    for levels in patterns.of.values():
        for _, pattern in levels:
            first = re.split(r"[|)]", pattern.removeprefix(" (?P<term>"))[0]
            text = pa.array([f" {first.replace('[^ ]*', '').replace(chr(92), '')} ", " zebra "])
            assert pc.match_substring_regex(text, pattern).to_pylist() == [True, False]
            assert pc.match_substring_regex(text, patterns.net).to_pylist() == [True, False]


def summed(*texts):
    at = np.array([1_000_000 * n for n in range(len(texts))])
    ids = [f"p{n}" for n in range(len(texts))]
    codes = np.array([0] * (len(texts) - 1) + [2])
    return Concerns.summed(scanned(*texts), accounts=3, codes=codes, post_ids=ids, at=at)


def test_mentions_are_summed_by_account_the_strongest_first():
    found = summed("wine", "vodka", "beer", "guns", None)

    assert (found.read.tolist(), found.unread.tolist()) == ([4, 0, 0], [0, 0, 1])
    assert found.of == {
        0: (
            Concern(
                SafetyCategory.ALCOHOL, MEDIUM, 3, datetime.fromtimestamp(2, tz=UTC),
                ("vodka", "beer", "wine"), ("p1", "p2", "p0"),
            ),
            Concern(
                SafetyCategory.WEAPONS, MEDIUM, 1, datetime.fromtimestamp(3, tz=UTC),
                ("guns",), ("p3",),
            ),
        )
    }  # fmt: skip
    assert all(concerns.opened(concerns.compacted(each)) == each for each in found.of[0])


def test_batches_are_joined_in_their_order():
    one, other = summed("wine", None), summed("guns", "beer")
    both = concerns.joined([one, other])
    assert both.of == {0: one.of[0], 3: other.of[0], 5: other.of[2]}
    assert both.read.tolist() == [1, 0, 0, 1, 0, 1]

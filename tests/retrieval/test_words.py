import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.retrieval import words
from groundswell.retrieval.words import Clause


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Trail-Running #5K!", ["trail", "running", "5k"]),
        ("Zürich İstanbul straße ØSTERGÅRD", ["zurich", "istanbul", "strasse", "ostergard"]),
        ("ｆｕｌｌ ｗｉｄｔｈ", ["full", "width"]),
        ("مُحَمَّد أحمد", ["محمد", "احمد"]),
        ("٢٠٢٦ ۲۰۲۶", ["2026", "2026"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("東京カフェ", ["東", "京", "カ", "フ", "ェ"]),
        ("서울", ["서", "울"]),
        ("👩🏽‍🍳❤️ chef", ["👩", "🍳", "❤", "chef"]),
        ("_under_score_", ["under", "score"]),
        ("", []),
    ],
)
def test_texts_become_folded_tokens(written, expected):
    assert words.tokens(written) == expected


def test_composed_and_decomposed_accents_are_the_same():
    assert words.fold("Ame\u0301lie") == words.fold("Amélie") == "amelie"


def test_names_are_compared_without_case_accents_and_extra_spaces():
    assert words.fold_name("  São   PAULO ") == "sao paulo"


def test_a_token_never_grows_beyond_what_the_index_takes():
    assert [len(token) for token in words.tokens("x" * 70_000)] == [words.LONGEST_TOKEN]


def test_a_query_is_read_as_words_phrases_prefixes_and_exclusions():
    read = words.clauses('trail "mountain bike" veg* -spam -"buy now" "hot dog*"')
    assert read == (
        Clause(("trail",)),
        Clause(("mountain", "bike")),
        Clause(("veg",), is_prefix=True),
        Clause(("spam",), is_excluded=True),
        Clause(("buy", "now"), is_excluded=True),
        Clause(("hot", "dog"), is_prefix=True),
    )


def test_a_word_of_several_tokens_is_a_phrase():
    assert words.clauses("anna.runs 東京") == (Clause(("anna", "runs")), Clause(("東", "京")))


@pytest.mark.parametrize("odd", ['"', "-", "*", "--", '""', '-"', "!!!", "* -* -", "\x00", "“„"])
def test_signs_without_words_are_no_clauses(odd):
    assert words.clauses(odd) == ()


def test_a_quote_that_is_never_closed_counts_for_nothing():
    assert words.clauses('"trail running') == (Clause(("trail",)), Clause(("running",)))
    assert words.clauses('"trail running" "coach') == (
        Clause(("trail", "running")),
        Clause(("coach",)),
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("*", "There is no word in '*'"),
        ('"', "There is no word in"),
        ("  ", ""),
        ("trail*", ""),
        ('"trail running', "A quote is opened and not closed"),
        ('"trail running"', ""),
    ],
)
def test_a_text_that_says_less_than_was_meant_has_a_hint(text, hint):
    assert words.hint(text)[: len(hint) or None] == hint


def test_the_same_clause_twice_is_one():
    assert words.clauses("Trail trail TRAIL") == (Clause(("trail",)),)


@given(st.text())
def test_folding_twice_changes_nothing_that_is_compared(text):
    assert words.tokens(" ".join(words.tokens(text))) == words.tokens(text)


@given(st.text())
def test_every_text_can_be_typed(text):
    for clause in words.clauses(text):
        assert clause.tokens
        assert not any(character.isspace() for token in clause.tokens for character in token)

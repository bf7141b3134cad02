import pytest

from groundswell.retrieval import stems


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["runner", "runners", "running", "runs", "run"]),
        ("en", ["swimmer", "swimming"]),
        ("en", ["speedrunner", "speedruns", "speedrunning"]),
        ("pt", ["corredora", "corredores"]),
        ("de", ["laufen", "laufe"]),
    ],
)
def test_forms_of_a_word_have_one_stem(language, words):
    assert len({stems.of(language)[word] for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("butter", "but"), ("summer", "sum"), ("dinner", "din")]
)
def test_what_only_looks_like_a_doer_keeps_its_ending(one, other):
    assert stems.of("en")[one] != stems.of("en")[other]


def test_languages_without_rules_take_those_of_english():
    assert [stems.stemmer_of(each) for each in ("pt-BR", "hi", None)] == ["pt", "en", "en"]


def test_numbers_and_short_words_stay():
    assert [stems.of("en")[each] for each in ("5ks", "yes", "東")] == ["5ks", "yes", "東"]


def test_a_word_is_looked_for_in_every_language():
    assert stems.stems("running", ["en", "de"]) == ["run", "running"]

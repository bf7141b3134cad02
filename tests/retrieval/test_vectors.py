"""Vectors of accounts: what makes two alike, and how much."""

import numpy as np
import pytest

from groundswell.retrieval import documents, nearest, vectors
from groundswell.retrieval.vectors import WEIGHTS, Describer, Vocabulary
from tests.retrieval.by_hand import row

RUNNER = {"bio": "Trail running in the alps", "categories": ["Running"], "language": "en"}
BAKER = {"bio": "Sourdough bread and cakes", "categories": ["Food"], "language": "en"}


def describe(rows):
    return Describer(Vocabulary.of(rows)).describe(rows, list(map(documents.said, rows)))


def described(*rows):
    return describe(rows)[0]


def likeness(one, other):
    """Of two accounts among others who write as they do, so that no word is theirs alone."""
    found = described(one, other, one, other)
    return float(found[0] @ found[1])


def test_the_blocks_weights_add_up_to_one():
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_an_account_is_wholly_like_its_copy():
    assert likeness(row("anna", **RUNNER), row("ben", **RUNNER)) == pytest.approx(1, abs=1e-6)


def test_a_runner_is_like_a_runner_and_not_like_a_baker():
    runner, baker = row("anna", **RUNNER), row("ben", **BAKER)
    other = row("cleo", bio="Trails and runs", categories=["running"], language="en")

    assert likeness(runner, other) > 0.4
    assert likeness(runner, baker) < 0.3


def test_half_of_the_topics_in_common_is_the_cosine_of_the_topics():
    one, other = row("anna", categories=["a", "b"]), row("ben", categories=["B", "c"])

    assert likeness(one, other) == pytest.approx(0.5, abs=0.2)  # directions are nearly upright


def test_case_and_accents_make_no_difference():
    assert likeness(row("a", categories=["Café"]), row("b", categories=["cafe"])) == pytest.approx(
        1
    )


def test_a_place_and_a_size_alone_make_no_likeness():
    found = described(row("anna", country="US", language="en", followers=5_000))

    assert not found.any()


def test_words_of_one_account_alone_tell_nothing():
    known = Vocabulary.of([row("anna", bio="running zyzzy"), row("ben", bio="runs")])

    assert list(known.places) == ["run"]
    assert known.rarity == pytest.approx([np.log(3 / 2)])


def test_a_vocabulary_comes_back_as_it_was_written():
    known = Vocabulary.of([row("anna", **RUNNER), row("ben", **RUNNER)])
    again = Vocabulary.read(known.written())

    assert again.places == known.places
    assert again.rarity == pytest.approx(known.rarity, abs=1e-4)


def test_the_strongest_words_are_the_rare_ones_as_they_are_written():
    rows = [row(name, bio="we like Trails") for name in "abc"]
    rows += [row(name, bio="we like bread") for name in "defghij"]

    _, strongest = describe(rows)

    assert strongest[0] == ["trails", "like"]


def test_mail_addresses_and_short_words_and_numbers_are_no_words():
    rows = [row(name, bio="me@mail.example 2024 ab https://a.example/run") for name in "ab"]

    assert not Vocabulary.of(rows).places


def test_the_product_of_two_audiences_is_their_overlap_in_each_dimension():
    one = vectors.audience({"country.US": 0.5, "country.GB": 0.5, "gender.female": 1.0})
    other = vectors.audience({"country.US": 1.0, "gender.female": 0.4})

    assert sum(one.get(name, 0) * weight for name, weight in other.items()) == pytest.approx(
        np.sqrt(0.5) + 1
    )
    assert vectors.audience({"country.US": 0.0}) == {}


@pytest.mark.parametrize(
    ("followers", "made"),
    [(None, {}), (0, {"0": 1, "1": 0}), (1_000, {"6": 1, "7": 0}), (100, {"4": 1, "5": 0})],
)
def test_a_size_lies_between_two_steps(followers, made):
    assert vectors.size(followers) == pytest.approx(made)


def test_bytes_keep_the_direction():
    found = np.random.default_rng(1).normal(size=(50, 128)).astype(np.float32)
    codes = vectors.codes(found)
    rows = np.arange(50)
    lengths = np.linalg.norm(found, axis=1)

    for at in range(50):
        cosine = nearest.cosines(codes, rows[at : at + 1], found[at] / lengths[at])
        assert cosine == pytest.approx([1], abs=1e-4)
    assert np.abs(codes).max(axis=1).tolist() == [127] * 50
    assert vectors.codes(np.zeros((1, 128), np.float32)).tolist() == [[0] * 128]


def test_nobody_and_those_without_texts_are_described_too():
    assert described().shape == (0, 128)
    assert described(row("anna")).tolist() == [[0.0] * 128]

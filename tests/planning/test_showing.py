"""Sentences about a plan say its figures, and say so when there are none."""

from datetime import date

import pytest

from groundswell.planning import showing


def estimate(value, reason=None):
    return {"value": value, "reason": reason}


def document(bench=0.91, withheld=None):
    chances = {
        "if_all_sign": estimate(0.97),
        "before_signing": estimate(0.7),
        "with_bench": estimate(bench, "answers as published"),
    }
    offer = {
        "goals": {"views": 1_200_000, "engagements": 90_000},
        "hit_probability": estimate(0.91),
        "withheld": withheld,
    }
    promise = {"probability": 0.9, "offer": offer}
    return {"certificates": {"hit_probability": chances, "promise": promise}}


def test_the_chance_is_that_with_the_bench_beside_the_other_two():
    said, how = showing.chances(document())

    assert said == "91%"
    assert how == "With the bench; 70% without it, 97% if all sign: answers as published"


def test_a_chance_that_cannot_be_said_gives_its_reason():
    assert showing.chances(document(bench=None)) == ("Cannot say", "answers as published")


def test_a_promise_names_its_levels_or_why_there_is_none():
    assert showing.promise(document()) == (
        "1,200,000 views, 90,000 engagements",
        "Met with a probability of 91%, where 90% is wanted",
    )
    assert showing.promise(document(withheld="too unlikely")) == ("Nothing", "too unlikely")


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2027, 3, 1), None),
        (date(2027, 3, 2), "the program began on 2027-03-01, before it was planned on 2027-03-02"),
        (date(2027, 4, 11), "the program began on 2027-03-01"),
        (date(2027, 4, 12), "the program was over on 2027-04-11"),
    ],
)
def test_a_program_that_is_planned_after_it_began_is_noted(today, said):
    notes = showing.begun(date(2027, 3, 1), date(2027, 4, 11), today)

    assert [note.startswith(said or "") for note in notes] == ([True] if said else [])

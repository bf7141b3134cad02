"""Groups that comment together are found; fans, crowds and small fields are left alone."""

import numpy as np

from groundswell.engine.qualification.factors import cliques
from groundswell.engine.qualification.factors.cliques import Cliques, Comments

FIELDS = 4


def world(people: int, *, accounts: int = 200, places: int = 6, seed: int = 3) -> Comments:
    """People of four fields who each comment on some accounts of their own field, at random."""
    rng = np.random.default_rng(seed)
    field = np.arange(people) % FIELDS
    mine = [rng.choice(accounts // FIELDS, places, replace=False) for _ in range(people)]
    account = (np.array(mine) * FIELDS + field[:, None]).ravel()
    return commented(account, np.repeat(np.arange(people), places))


def commented(account: np.ndarray, author: np.ndarray) -> Comments:
    return Comments(account, author, [f"p{each}" for each in account.tolist()])


def added(comments: Comments, accounts: list[int], authors: list[int]) -> Comments:
    """The same comments, and everybody of some people under each of some accounts."""
    account, author = np.meshgrid(accounts, authors)
    return commented(
        np.concatenate([comments.account, account.ravel()]),
        np.concatenate([comments.author, author.ravel()]),
    )


def found(comments: Comments, *, accounts: int = 200) -> Cliques:
    commenters = np.array(
        [np.unique(comments.author[comments.account == row]).size for row in range(accounts)]
    )
    field = np.arange(accounts) % FIELDS
    return cliques.find(
        comments,
        commenters=commenters,
        platform=np.zeros(accounts, dtype=np.int64),
        language=np.zeros(accounts, dtype=np.int64),
        topic=field,
    )


POD = [3, 18, 45, 62, 77, 120, 151, 196]  # accounts of all fields
PEOPLE = list(range(900, 908))


def test_a_group_under_accounts_of_different_fields_is_found_whole_and_alone():
    of = found(added(world(300), POD, PEOPLE)).of

    assert np.flatnonzero(of >= 0).tolist() == POD
    assert set(of[POD]) == {0}


def test_people_of_one_field_who_meet_by_chance_make_no_group():
    for seed in range(20):
        assert (found(world(300, seed=seed)).of == -1).all()


def test_fans_of_one_account_make_no_group_however_often_they_come():
    comments = added(world(300), [7] * 30, PEOPLE)

    assert (found(comments).of == -1).all()


def test_three_friends_make_no_group():
    comments = added(world(300), [3, 7, 11], [900, 901, 902])

    assert (found(comments).of == -1).all()


def test_who_is_everywhere_makes_no_group():
    whole_fields = added(world(300), list(range(0, 200, 2)), list(range(900, 912)))
    bots = range(cliques.MOST_ACCOUNTS + 1)
    spam = added(world(600, accounts=800), list(bots), PEOPLE)

    assert (found(whole_fields).of == -1).all()
    assert (found(spam, accounts=800).of == -1).all()


def test_a_field_that_is_as_small_as_the_group_says_nothing():
    account, author = np.meshgrid(np.arange(10), np.arange(10))
    comments = commented(account.ravel(), author.ravel())

    assert (found(comments, accounts=10).of == -1).all()


def test_two_groups_are_told_apart():
    other = [each + 1 for each in POD]
    of = found(added(added(world(300), POD, PEOPLE), other, list(range(950, 958)))).of

    assert len(set(of[POD])) == len(set(of[other])) == 1
    assert of[POD[0]] != of[other[0]]


def test_other_platforms_are_other_worlds():
    comments = added(world(300), POD, PEOPLE)
    halves = cliques.find(
        comments,
        commenters=np.full(200, 10),
        platform=np.arange(200) % 2,
        language=np.full(200, -1),
        topic=np.full(200, -1),
    )
    assert (halves.of >= 0).sum() == 8  # four of each: enough, but two groups
    assert np.unique(halves.of[POD]).size == 2


def test_evidence_names_the_others_the_people_and_the_posts():
    comments = added(world(300), POD, PEOPLE)
    size = 200
    measure = cliques.measure(
        comments,
        found(comments),
        [f"a{row}" for row in range(size)],
        said=np.bincount(comments.account, minlength=size),
        commenters=np.full(size, 9),
        seen_at=np.full(size, 5),
    )
    known = np.bincount(comments.account, minlength=size)[3]
    assert measure.value[3] == 8 / known
    assert measure.value[4] == 0.0
    assert measure.estimate(3).reason == (
        "the same 8 people comment under a18, a45, a62, a77, a120 and 2 more"
    )
    assert measure.references[3] == ("p3",)


def test_without_people_who_comment_nothing_is_said():
    nobody = Comments(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), [])
    said = cliques.measure(
        nobody,
        found(nobody, accounts=2),
        ["a", "b"],
        said=np.array([0, 9]),
        commenters=np.array([0, 3]),
        seen_at=np.array([0, 5]),
    )
    assert said.estimate(0).reason == "no comments are known with who wrote them"
    assert said.estimate(1).reason == "fewer than 5 people are known who comment"

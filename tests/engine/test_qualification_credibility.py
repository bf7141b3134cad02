"""Credibility: topical focus, tenure, comments about the topic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification import similarity
from groundswell.engine.qualification.factors import credibility
from groundswell.engine.qualification.measures import Measure
from tests.support.batches import account, ago, batch_of, post

BASE = {"instagram": (100, {"run": 10, "trail": 10, "bread": 10, "fyp": 100})}


def measured(name: str, posts=(), comments=(), **known) -> Measure:
    batch = batch_of([account("anna", **known)], posts=posts, comments=comments)
    return next(m for m in credibility.measures(batch, BASE) if m.name == name)


def tagged(*tags: list[str]) -> list[dict]:
    return [post("anna", day, hashtags=words) for day, words in enumerate(tags, start=1)]


def test_posts_on_one_topic_are_wholly_alike():
    assert measured("topical_focus", tagged(["run"], ["run"], ["Run"])).value[0] == 1.0


def test_posts_on_different_topics_are_not_alike():
    assert measured("topical_focus", tagged(["run"], ["bread"], ["trail"])).value[0] == 0.0


def test_similarity_is_the_cosine_averaged_over_pairs():
    # run+trail against run is 1/sqrt(2), twice; run against run is 1.
    found = measured("topical_focus", tagged(["run", "trail"], ["run"], ["run"]))
    assert found.value[0] == pytest.approx((1 + np.sqrt(2)) / 3)
    assert found.n[0] == 3


def test_topics_that_everybody_uses_weigh_little():
    shared = measured("topical_focus", tagged(["run", "fyp"], ["bread", "fyp"], ["trail", "fyp"]))
    weight = np.log1p(1) ** 2 / (np.log1p(1) ** 2 + np.log1p(10) ** 2)
    assert shared.value[0] == pytest.approx(weight)


def test_categories_of_the_platform_come_before_hashtags():
    posts = [post("anna", day, categories=["run"], hashtags=[f"x{day}"]) for day in (1, 2, 3)]
    assert measured("topical_focus", posts).value[0] == 1.0


def test_two_labelled_posts_are_too_few():
    found = measured("topical_focus", [*tagged(["run"], ["run"]), post("anna", 9)])
    assert not found.known[0]
    assert found.estimate(0).reason == "fewer than 3 posts have a category or hashtags"


def test_tenure_counts_from_the_opening():
    found = measured("tenure_years", created_at=ago(3 * 365.25))
    assert found.value[0] == pytest.approx(3.0)
    assert found.estimate(0).reason is None


def test_tenure_without_an_opening_counts_from_the_oldest_post_and_says_so():
    found = measured("tenure_years", [post("anna", 365.25), post("anna", 2)])
    assert found.value[0] == pytest.approx(1.0)
    assert found.estimate(0).reason == "at least so long: counted from the oldest post known"


def test_tenure_of_an_account_without_dates_cannot_be_said():
    assert not measured("tenure_years").known[0]


def said(*texts: str) -> list[dict]:
    return [
        {"account": "anna", "post_id": "anna-1000", "published_at": ago(1), "text": text}
        for text in texts
    ]


def test_comments_with_a_word_of_the_topic_are_about_it():
    posts = [post("anna", 1, hashtags=["trailrunning"], text="Finally a waterproof jacket")]
    comments = said("love trailrunning too", "which jacket is it?", "nice!", "🔥🔥", "so cool")
    found = measured("topical_comments", posts, comments)
    assert (found.value[0], found.n[0]) == (0.4, 5)
    assert found.references[0] == ("anna-1000", "anna-1000")


def test_four_comments_are_too_few():
    posts = [post("anna", 1, hashtags=["trailrunning"])]
    assert not measured("topical_comments", posts, said("a", "b", "c", "d")).known[0]


def test_comments_under_unknown_posts_are_not_judged():
    found = measured("topical_comments", [], said("a", "b", "c", "d", "e"))
    assert found.estimate(0).reason == "no comments are known"


@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=3, max_size=9))
def test_mean_similarity_equals_the_mean_over_all_pairs(items: list[set[int]]):
    vectors = np.array([[float(t in item) for t in range(6)] for item in items])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows, columns = np.nonzero(vectors)
    group = np.zeros(len(items), dtype=np.int64)
    value, low, high, n = similarity.mean_similarity(
        rows, columns, vectors[rows, columns], group=group, size=1
    )
    above = np.triu_indices(len(items), k=1)
    assert value[0] == pytest.approx((vectors @ vectors.T)[above].mean())
    assert low[0] <= value[0] <= high[0] + 1e-12
    assert n[0] == len(items)


def test_three_posts_of_one_topic_do_not_make_the_next_one_certain():
    three, forty = (
        measured("topical_focus", tagged(*[["run"]] * count)).estimate(0) for count in (3, 40)
    )
    assert three.value == forty.value == 1.0
    assert three.low < 0.7 < 0.95 < forty.low


def test_depth_counts_the_posts_about_the_main_topic_and_names_it():
    found = measured("topical_depth", tagged(["run"], ["run", "run"], ["bread"], ["run", "trail"]))
    assert found.estimate(0).value == 3
    assert (found.n[0], found.estimate(0).reason) == (4, "it is 'run'")


def test_depth_of_two_posts_cannot_be_said():
    assert measured("topical_depth", tagged(["run"], ["run"])).estimate(0).value is None

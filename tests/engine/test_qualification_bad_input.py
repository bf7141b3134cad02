"""Whatever the data holds, qualification answers or says why it can't."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine.qualification import card, scorecard
from groundswell.terms.factors import FactorName
from tests.support.batches import account, ago, batch_of, post

names = st.sampled_from([f"a{i}" for i in range(25)])
counts = st.none() | st.sampled_from([0, 1, 2, 10**15]) | st.integers(0, 5_000)
days = st.none() | st.floats(-400, 4_000)
texts = st.none() | st.sampled_from(
    ["", "🏃🏃🏃", "#ad", "مرحبا بكم في القناة", "日本語" * 30, "\u0000 x"]
)
tags = st.none() | st.lists(st.sampled_from(["run", "fyp", "", "İ"]), max_size=3)


def moment(day: float | None) -> Any:
    return None if day is None else ago(day)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    posts = [
        post(draw(names), 0, number=number, text=draw(texts), hashtags=draw(tags))
        | {
            "published_at": moment(draw(days)),
            "observed_at": moment(draw(days)),
            "format": draw(st.sampled_from([None, "image", "reel", "hologram"])),
            "paid_partnership": draw(st.none() | st.booleans()),
            **{part: draw(counts) for part in ("likes", "comments", "views", "followers")},
        }
        for number in range(draw(st.integers(0, 25)))
    ]
    followers = [
        {"account": draw(names), "observed_at": ago(draw(st.floats(0, 400)))}
        | {"followers": draw(counts)}
        for _ in range(draw(st.integers(0, 25)))
    ]
    averages = [
        {"account": draw(names), "observed_at": ago(draw(st.floats(0, 400)))}
        | {"window": draw(st.sampled_from([None, "week", "month", "aeon"]))}
        | {"followers_gained": draw(st.none() | st.integers(-(10**6), 10**6))}
        | {name: draw(counts) for name in ("engagement_average", "views_average", "followers")}
        for _ in range(draw(st.integers(0, 10)))
    ]
    accounts = [account(f"a{i}", followers=draw(counts)) for i in range(25)]
    return {"accounts": accounts, "posts": posts, "counts": followers, "averages": averages}


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_any_data_gets_an_answer_that_json_can_hold(rows: dict[str, list[dict[str, Any]]]):
    measured = scorecard.measure(batch_of(**rows), {})
    cards = scorecard.score(measured, ["instagram"] * 25)
    compact = card.compacted(cards, slice(0, 25))
    json.dumps(compact, allow_nan=False)
    for kept in compact:
        for factor in card.opened(kept).factors:
            assert factor.score.value is None or 0 <= factor.score.value <= 100
            assert factor.score.is_known or factor.score.reason
            assert len(factor.reasons) == len(factor.evidence) > 0


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_an_account_of_which_nothing_is_known_never_gets_a_number(
    rows: dict[str, list[dict[str, Any]]],
):
    rows["accounts"].append(account("nobody"))
    cards = scorecard.score(scorecard.measure(batch_of(**rows), {}), ["instagram"] * 26)
    assert not any(np.isfinite(cards.factors[name].value[25]) for name in FactorName)
    assert not any(measure.known[25] for measure in cards.measures.values())
    assert 25 not in cards.rates.account


def test_posts_without_a_date_have_no_place_in_time():
    posts = [post("anna", 0, number=n, text="x") | {"published_at": None} for n in range(9)]
    found = {
        m.name: m for m in scorecard.measure(batch_of([account("anna")], posts=posts), {}).measures
    }
    for name in ("steadiness", "tenure_years", "sponsored_share"):
        assert not found[name].known[0]


def test_a_megabyte_in_one_caption_is_read():
    posts = [post("anna", day, text="ridge " * 170_000) for day in range(1, 4)]
    found = scorecard.measure(batch_of([account("anna")], posts=posts), {})
    originality = next(m for m in found.measures if m.name == "originality")
    assert originality.value[0] == pytest.approx(1 / 3)
    assert math.isfinite(originality.low[0])

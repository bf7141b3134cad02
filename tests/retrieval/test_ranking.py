from datetime import UTC, datetime
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest

from groundswell.retrieval import documents, fitness, indexing, ranking, searching
from groundswell.retrieval.searching import Request
from tests.retrieval.by_hand import row


def build(folder, rows):
    with indexing.writing(folder) as writer:
        writer.rebuild([pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)], marks={})


def points(hit):
    return {reason.key: reason.value for reason in hit.reasons if reason.kind == "rank"}


def test_each_part_is_weighed_and_shown(tmp_path):
    newest = datetime(2026, 7, 1, tzinfo=UTC)
    older = datetime(2026, 4, 2, tzinfo=UTC)  # ninety days before
    rows = [
        row("anna", bio="trail", factor_credibility=80, factor_quality=60.0, last_post_at=older),
        row("ben", last_post_at=newest),
    ]
    build(tmp_path, rows)
    (hit,) = searching.search(tmp_path, Request("trail")).hits
    text = points(hit).pop("text")
    assert {**points(hit), "text": 0} == pytest.approx(
        {"text": 0, "credibility": 0.12, "engagement": 0.075, "quality": 0.06, "recency": 0.05}
    )
    assert 0 < text < 0.5
    assert hit.score == pytest.approx(sum(points(hit).values()), abs=1e-3)
    unknown = [reason.key for reason in hit.reasons if reason.asked.startswith("not known")]
    assert unknown == ["engagement"]


def test_weights_are_shares():
    assert sum(fitness.WEIGHTS.values()) == pytest.approx(1)


def test_without_words_relevance_is_fitness(tmp_path):
    rows = [row("anna", factor_quality=20.0), row("ben", factor_quality=90.0)]
    build(tmp_path, rows)
    hits = searching.search(tmp_path, Request(sort="relevance")).hits
    assert [hit.account for hit in hits] == ["ben", "anna"]
    assert points(hits[0])["text"] == 0


def test_the_first_pass_holds_nearly_all_of_the_best(tmp_path):
    rng = np.random.default_rng(3)
    rows = [
        row(
            f"account-{place}",
            bio=" ".join(["trail"] * int(rng.integers(1, 5)) + ["rest"] * int(rng.integers(0, 20))),
            factor_credibility=float(rng.uniform(0, 100)),
            engagement_rate_by_followers=float(rng.beta(2, 60)),
        )
        for place in range(2_000)
    ]
    build(tmp_path, [*rows, *(row(f"other-{place}") for place in range(2_000))])
    ours = [hit.account for hit in searching.search(tmp_path, Request("trail", limit=50)).hits]
    with patch.object(ranking, "CONSIDERED", len(rows)):
        every = [hit.account for hit in searching.search(tmp_path, Request("trail", limit=50)).hits]
    assert len(set(ours) & set(every)) >= 45


@pytest.mark.parametrize("fittest", [10, 100])
def test_pages_continue_each_other_beyond_the_considered(tmp_path, fittest):
    rows = [row(f"account-{at}", bio="trail", factor_quality=float(at)) for at in range(30)]
    build(tmp_path, rows)
    considered = patch.object(ranking, "CONSIDERED", 10)
    with considered, patch.object(ranking, "FITTEST", fittest):
        pages = [
            searching.search(tmp_path, Request("trail", limit=7, offset=at)).hits
            for at in range(0, 30, 7)
        ]
    assert len({hit.account for page in pages for hit in page}) == 30

import pytest

from groundswell.discovery import showing
from groundswell.retrieval.answers import Reason


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason("words", "bio", "trail*", None), "trail* in bio"),
        (Reason("filter", "country", "country=BR", "BR"), "country: BR"),
        (Reason("filter", "country", "country=none", None), "country: unknown"),
        (Reason("filter", "verified", "verified=yes", True), "verified: yes"),
        (Reason("filter", "category", "category=music", ["Music"]), "category: Music"),
        (Reason("filter", "factor.quality", "factor.quality>=50", 61.53), "factor.quality: 61.5"),
        (
            Reason("filter", "audience.country.US", "audience.country.US>=0.2", 0.25),
            "audience.country.US: 25.0%",
        ),
        (Reason("sort", "followers", "followers", 12_000), "sorted by followers: 12,000"),
        (
            Reason("sort", "engagement_rate_by_views", "engagement_rate_by_views", 0.0349),
            "sorted by engagement rate by views: 3.5%",
        ),
    ],
)
def test_reasons_are_sentences_with_units(reason, expected):
    assert showing.in_words(reason) == expected

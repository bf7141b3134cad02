"""Insights of Threads: which of its metrics are which of our counts."""

from groundswell.connectors.adapters.networks.meta.insights import Meanings
from groundswell.terms.platforms import Platform

MEANINGS = Meanings(
    Platform.THREADS,
    of_posts={"views": ("views",), "likes": ("likes",), "comments": ("replies",)},
    shares=("reposts", "quotes", "shares"),
    of_accounts={"views": "views_gained"},
    followers="followers_count",
    of_no_use=frozenset({"clicks"}),
)

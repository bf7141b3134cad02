"""A workspace with six creators on Instagram, each with ten reels, as an import brings them."""

from datetime import UTC, datetime, timedelta

import pytest

from groundswell.creators.actions import publishing
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from tests.support.staged import stage

SEEN = datetime(2026, 10, 1, tzinfo=UTC)
NAMES = ("anna", "ben", "cleo", "dora", "emil", "fay")


def published(name, turn, **rest):
    moment = SEEN - timedelta(days=5 * turn + 3)
    return {
        "platform": "instagram",
        "post_id": f"{name}-{turn}",
        "account_handle": name,
        "format": "reel",
        "published_at": moment,
        **rest,
    }


def observed(name, turn, views):
    return {
        "platform": "instagram",
        "post_id": f"{name}-{turn}",
        "account_handle": name,
        "observed_at": SEEN,
        "source": "import",
        "views": views,
        "likes": views // 20,
    }


@pytest.fixture
def bring(workspace, tmp_path, now):
    """Publish rows as one import."""

    def brought(**rows):
        folder = tmp_path / f"staged{len(list(tmp_path.glob('staged*')))}"
        with access.inside(workspace):
            publishing.publish(
                publishing.Staged(stage(folder, **rows), now),
                workspace=workspace,
                by="test",
                now=now,
                progress=silent,
            )

    return brought


@pytest.fixture
def market(workspace, bring):
    """Anna has 2,000 followers and 1,000 views a reel, Ben twice as many of both, and so on."""
    bring(
        accounts=[{"platform": "instagram", "handle": name, "country": "US"} for name in NAMES],
        account_observations=[
            {
                "platform": "instagram",
                "account_handle": name,
                "observed_at": SEEN,
                "source": "import",
                "followers": 2_000 * (place + 1),
            }
            for place, name in enumerate(NAMES)
        ],
        posts=[published(name, turn) for name in NAMES for turn in range(10)],
        post_observations=[
            observed(name, turn, 1_000 * (place + 1) + turn)
            for place, name in enumerate(NAMES)
            for turn in range(10)
        ],
    )
    return workspace

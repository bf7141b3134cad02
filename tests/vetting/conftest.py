"""A workspace with twenty-five runners, all a bit different."""

import itertools
from datetime import timedelta

import numpy as np
import pytest

from groundswell.creators.actions import publishing
from groundswell.creators.models import Account
from groundswell.terms.progress import silent
from groundswell.vetting.actions import scorecards
from groundswell.workspaces import access
from tests.support.staged import stage

RUNNERS = [f"runner{number:02}" for number in range(25)]
CAPTIONS = ("Up the ridge before sunrise", "New shoes after the long winter", "Rest day at home")


class Desk:
    """Publishes rows as one import each, and vets."""

    def __init__(self, workspace, folder, now):
        self.workspace, self.folder, self.now = workspace, folder, now
        self.imports = itertools.count(1)

    def publish(self, **rows_by_table):
        folder = stage(self.folder / f"staged{next(self.imports)}", **rows_by_table)
        with access.inside(self.workspace):
            publishing.publish(
                publishing.Staged(folder, self.now),
                workspace=self.workspace,
                by="test",
                now=self.now,
                progress=silent,
            )

    def vet(self, *, days_later=0):
        at = self.now + timedelta(days_later)
        return scorecards.vet(workspace=self.workspace, by="anna@acme.example", now=at)

    def account(self, handle):
        with access.inside(self.workspace):
            return Account.objects.get(handle=handle)


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


@pytest.fixture
def crowd(desk):
    """The desk after an import of the runners."""
    desk.publish(**runners(desk.now))
    return desk


def runners(now):
    rng = np.random.default_rng(8)
    tables = {name: [] for name in ("accounts", "account_observations", "posts")}
    tables["post_observations"] = []
    for number, handle in enumerate(RUNNERS):
        named = {"platform": "instagram", "account_handle": handle}
        opened = now - timedelta(100 * (number + 1))
        tables["accounts"].append(
            {
                "platform": "instagram",
                "handle": handle,
                "categories": ["running"],
                "created_at": opened,
            }
        )
        for step in range(4):
            tables["account_observations"].append(
                counted(handle, 1_000 + 10 * number - step * number, now - timedelta(10 * step))
            )
        for day in range(1, 7):
            post = {"platform": "instagram", "post_id": f"{handle}-{day}"}
            posted = now - timedelta(7 * day + number / 10)
            tables["posts"].append(
                named
                | post
                | {
                    "format": "image",
                    "published_at": posted,
                    "text": f"{CAPTIONS[day % 3]} {handle} {day}",
                    "language": "en",
                    "hashtags": ["running" if rng.random() < number / 25 else "bread"],
                    "paid_partnership": bool(rng.random() < 0.2),
                }
            )
            tables["post_observations"].append(
                named
                | post
                | {
                    "observed_at": now,
                    "source": "import",
                    "likes": int(50 * rng.lognormal(0, 0.4)),
                    "comments": int(rng.poisson(4)),
                    "views": 1_000,
                }
            )
    return tables


def counted(handle, followers, at):
    return {
        "platform": "instagram",
        "account_handle": handle,
        "observed_at": at,
        "source": "import",
        "followers": followers,
    }

"""Keys that several need for the first time at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from groundswell.workspaces import keys

THREADS = 8


def test_threads_that_need_the_master_key_first_get_one_and_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attempt in range(20):
        monkeypatch.setattr(settings, "GROUNDSWELL_HOME", tmp_path / str(attempt))
        with ThreadPoolExecutor(THREADS) as threads:
            found = set(threads.map(keys.installation_key, ["tests"] * THREADS))
        assert len(found) == 1
        assert [file.name for file in keys.path().parent.iterdir()] == ["master.key"]

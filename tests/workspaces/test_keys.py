"""Keys that several need for the first time at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from groundswell.workspaces import keys

THREADS = 8


def test_threads_that_need_the_master_key_first_get_one_and_the_same(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / str(attempt) / "master.key"
        with ThreadPoolExecutor(THREADS) as threads:
            found = set(threads.map(keys._master_key, [path] * THREADS))
        assert found == {path.read_bytes()}
        assert [file.name for file in path.parent.iterdir()] == ["master.key"]

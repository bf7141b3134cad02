"""Files staged in the test's own process, and read back."""

import csv
import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundswell.connectors.adapters import maps
from groundswell.connectors.adapters.guessing import Asked
from groundswell.connectors.adapters.readers import Settings
from groundswell.connectors.adapters.staging import chunks
from groundswell.terms.platforms import Platform


@dataclass(frozen=True)
class Staged:
    """A staged folder, read back."""

    folder: Path
    checkpoint: chunks.Checkpoint

    def table(self, name: str) -> list[dict[str, Any]]:
        """Rows of a staged table without their nulls."""
        files = sorted(self.folder.glob(f"{name}-*.parquet"))
        if not files:
            return []
        rows = pa.concat_tables([pq.read_table(file) for file in files]).to_pylist()
        return [{key: value for key, value in row.items() if value is not None} for row in rows]

    @property
    def rejected(self) -> list[dict[str, str]]:
        with (self.folder / chunks.REJECTED).open(newline="") as file:
            return list(csv.DictReader(file))

    @property
    def guesses(self) -> str:
        return "\n".join(self.checkpoint.guesses)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Rows read, accepted and rejected."""
        found = self.checkpoint
        return found.rows_read, found.accepted, found.rejected


Stage = Callable[..., Staged]


@pytest.fixture
def stage(tmp_path: Path, now: datetime) -> Stage:
    """Stages some content under a name: ``stage("accounts", "handle\\nanna\\n")``."""
    numbers = itertools.count()

    def staged(
        kind: str,
        content: str | bytes,
        *,
        name: str = "file.csv",
        map_: str = "",
        platform: str | None = None,
    ) -> Staged:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        asked = Asked(
            kind,
            name,
            maps.parsed(map_, kind=kind) if map_ else None,
            Platform(platform) if platform else None,
        )
        folder = tmp_path / f"staged-{next(numbers)}"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        order = chunks.Order(path, digest, folder, "as ordered")
        settings = Settings(now, lambda member: f"hash of {member}")
        checkpoint = chunks.stage(order, asked, settings, lambda done, total: None)
        return Staged(folder, checkpoint)

    return staged

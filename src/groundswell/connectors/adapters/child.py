"""The process that reads files: ``python -m groundswell.connectors.adapters.child``.

It gets one order as JSON on stdin, keys included, and says on stdout how far it is and how it
ended, a JSON document a line. It can neither use much memory nor run for long, and it ends when
whoever started it ends.
"""

import fcntl
import json
import os
import resource
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.connectors.adapters import lean, maps, previewing
from groundswell.connectors.adapters.guessing import Asked
from groundswell.connectors.adapters.readers import Settings
from groundswell.connectors.adapters.staging import chunks
from groundswell.connectors.adapters.staging.members import anonymous_with
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform

_LARGEST_FILE = 2 << 30
_OPEN_FILES = 64


def main() -> None:
    """Do the one order that stdin holds."""
    order = json.loads(sys.stdin.readline())
    _limit(memory=order["memory"], seconds=order["seconds"])
    threading.Thread(target=_die_with_parent, daemon=True).start()
    lean.without_pandas()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    try:
        _say({"done": _previewed(order) if order.get("is_preview") else _staged(order)})
    except Refusal as refusal:
        _say({"refused": {"code": refusal.code, "message": str(refusal)}})
    except MemoryError:
        _say({"out_of_memory": True})


def _limit(*, memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    if sys.platform != "darwin":  # where the kernel refuses it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _die_with_parent() -> None:
    """Stdin stays open as long as the parent lives."""
    while sys.stdin.readline():
        continue
    os._exit(1)


def _staged(order: dict[str, Any]) -> dict[str, Any]:
    folder = Path(order["folder"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    anonymous = anonymous_with(bytes.fromhex(order["members_key"]))
    with (folder / "lock").open("w") as lock:
        # An orphan of a killed parent may still be writing its last chunk.
        fcntl.flock(lock, fcntl.LOCK_EX)
        checkpoint = chunks.stage(
            chunks.Order(Path(order["path"]), order["sha256"], folder, order["fingerprint"]),
            _asked(order),
            Settings(datetime.fromisoformat(order["now"]), anonymous),
            lambda done, total: _say({"progress": [done, total]}),
        )
    return {
        "rows_read": checkpoint.rows_read,
        "accepted": checkpoint.accepted,
        "rejected": checkpoint.rejected,
        "guesses": checkpoint.guesses,
    }


def _previewed(order: dict[str, Any]) -> dict[str, Any]:
    settings = Settings(datetime.fromisoformat(order["now"]), str)
    return previewing.preview(Path(order["path"]), _asked(order), settings).as_json()


def _asked(order: dict[str, Any]) -> Asked:
    said = order["map"]
    return Asked(
        order["kind"],
        order["file_name"],
        None if said is None else maps.Map(**said),
        Platform(order["platform"]) if order["platform"] else None,
    )


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

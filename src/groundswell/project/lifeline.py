"""A child that ends with its parent, however the parent ended.

Watching the parent's number works on every system that we run on; nothing has to be handed down,
and a server's own children can do the same.
"""

import os
import signal
import threading
import time

_GLANCE = 0.5  # seconds


def hang_on(parent: int, *, patience: float = 30.0) -> None:
    """End this process when ``parent`` is gone: politely, and after ``patience`` seconds surely."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_GLANCE)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()

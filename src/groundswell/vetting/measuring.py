"""Measuring batches of accounts beside the questions to the warehouse, on a second core too."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import connection

PROCESSES = 2
WORTH_PROCESSES = 3  # batches; below that, starting processes costs more than it saves


def executor(batches: int) -> Executor:
    """What measures so many batches: processes where that is worth it, else a thread."""
    if batches < WORTH_PROCESSES or (os.cpu_count() or 1) < PROCESSES:
        return ThreadPoolExecutor(max_workers=1)
    # Started afresh: a fork of a process that has threads may stand still.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=_begin)


def _begin() -> None:
    """An interrupt is the parent's to answer, and a worker whose parent is gone ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)

"""Work done side by side in threads, and given in the order in which it was asked for."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connection

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_AHEAD = 4  # results a thread may be ahead of whoever takes them


class Abreast(Generic[_Item, _Result]):
    """Threads that each have a database connection of their own, closed when they end.

    Args:
        work: What is done with each item; what it raises is raised to whoever takes the result.
        items: In the order in which the results are given.
        threads: How many at a time.
    """

    def __init__(
        self, work: Callable[[_Item], _Result], items: Sequence[_Item], *, threads: int
    ) -> None:
        self._work, self._items = work, items
        self._next = iter(range(len(items)))
        self._lock = threading.Lock()
        self._room = threading.Semaphore(threads * _AHEAD)
        self._results: list[Future[_Result]] = [Future() for _ in items]
        self._is_over = False
        self._threads = [
            threading.Thread(target=self._run, daemon=True) for _ in range(min(threads, len(items)))
        ]

    def __enter__(self) -> "Abreast[_Item, _Result]":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._room.release(max(1, len(self._threads)))
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[tuple[_Item, _Result]]:
        for place, item in enumerate(self._items):
            found = self._results[place].result()
            self._results[place] = Future()  # taken: memory holds those that wait
            self._room.release()
            yield item, found

    def _run(self) -> None:
        try:
            while True:
                self._room.acquire()
                with self._lock:
                    place = next(self._next, None)
                if place is None or self._is_over:
                    return
                self._do(place)
        finally:
            connection.close()

    def _do(self, place: int) -> None:
        try:
            self._results[place].set_result(self._work(self._items[place]))
        except BaseException as error:  # noqa: BLE001 - raised again where the result is taken
            self._results[place].set_exception(error)

"""How long work tells what it is doing."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then by long work; cheap to call often."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Say that ``done`` of ``total`` (None when unknown) rows of ``step`` are done."""


def silent(step: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""

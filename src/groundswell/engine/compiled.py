"""Compiling inner loops with numba, and keeping the machine code between processes.

Machine code is kept beside the source, else in the user's cache folder. Where neither can be
written (a read-only installation run by a user without a home) numba refuses to decorate; then
each process compiles for itself, which costs seconds but never fails.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile a function of arrays to machine code at its first call."""
    try:
        return cast("Kernel", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba: "cannot cache function: no locator available"
        return cast("Kernel", numba.njit(nogil=True)(function))

"""How Groundswell says no."""

from typing import ClassVar


class Refusal(Exception):
    """Something that was asked for could not be done, and it is the asker's to mend.

    The message says what could not be done, the value received and what to do next. Each subclass
    stands beside the function that raises it and carries a stable ``code`` for programs. One that
    ``is_passing`` has nothing to be mended: the same can be done later.
    """

    code: ClassVar[str] = "refused"
    is_passing: ClassVar[bool] = False

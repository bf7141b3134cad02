"""What the signals of authenticity ask of a person."""

from enum import StrEnum


class Verdict(StrEnum):
    """A reason to look, or none. It is never said that somebody cheats."""

    NOTHING_UNUSUAL = "nothing_unusual"
    NEEDS_REVIEW = "needs_review"
    CANNOT_SAY = "cannot_say"

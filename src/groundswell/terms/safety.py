"""Brand safety: what a post may speak of, and how strongly."""

from enum import IntEnum, StrEnum


class SafetyCategory(StrEnum):
    """What a brand may not want to stand beside."""

    ADULT = "adult"
    VIOLENCE = "violence"
    HATE = "hate"
    DRUGS = "drugs"
    ALCOHOL = "alcohol"
    GAMBLING = "gambling"
    POLITICS = "politics"
    WEAPONS = "weapons"
    SELF_HARM = "self_harm"


class Severity(IntEnum):
    """How strong the words are; the strongest of a post counts."""

    LOW = 1  # mild, or often harmless
    MEDIUM = 2  # the thing itself
    HIGH = 3  # explicit, or praise of harm

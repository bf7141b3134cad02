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
    OWN_WORDS = "own_words"  # of the workspace
    COMPETITOR = "competitor"  # of the workspace's brand


# What is looked for in the words of each language; the others are the workspace's to name.
GENERAL = tuple(SafetyCategory)[:-2]


class Severity(IntEnum):
    """How strong the words are; the strongest of a post counts."""

    LOW = 1  # mild, or often harmless
    MEDIUM = 2  # the thing itself
    HIGH = 3  # explicit, or praise of harm

"""Texts of one line, such as a name that somebody gives to a thing."""

LONGEST_TAG = 50
MOST_TAGS = 50  # on one creator

# They join letters of Persian and of Indian scripts, and the parts of an emoji.
_JOINERS = str.maketrans("", "", "\u200c\u200d")


def is_line(text: str) -> bool:
    """Whether a text can be shown in one line as it was written: no breaks, no hidden signs."""
    shown = text.translate(_JOINERS)
    return shown.isprintable() and bool(shown or not text)

"""What people write where there is nothing. Missing is never zero."""

_WORDS = "- -- – — n/a #n/a n.a. [none] none null nan nil (null) \\n undefined <na> #null! (blank)"
_IN_NUMBERS = "na unknown hidden private ? k.a. nd n.d. s.o. #value! #div/0! #ref!"


def _cased(words: str) -> frozenset[str]:
    forms = {""}
    for word in words.split(" "):
        forms |= {word, word.upper(), word.capitalize(), word.title()}
    return frozenset(forms | {"NaN", "NaT", "[None]", "\\N"})


MISSING = _cased(_WORDS)
MISSING_NUMBER = _cased(f"{_WORDS} {_IN_NUMBERS}")
MISSING_TEXT = frozenset({"", "[none]"})  # captions and bios may well say "none" or "-"


class Unreadable(ValueError):
    """A cell that does not hold what its column holds; says why, without the value."""

"""Texts that a spreadsheet would take for a formula, marked on the way out, restored on the way in.

A leading apostrophe tells a spreadsheet that a cell is text. It is put before a text whose first
character that counts would start a formula, and before a text that has the mark already, so that
``restored(escaped(text)) == text`` for every text.
"""

import re

# Full-width twins of = + - @ | count too: spreadsheets normalise them.
_STARTS = "=+\\-@\t\r\n\0|\uff1d\uff0b\uff0d\uff20\uff5c"
_UNSEEN = "\\s\ufeff\u200b-\u200f\u2060-\u2064\u00ad\u180e\u202a-\u202e\u2066-\u2069"
_FORMULA = re.compile(f"'*[{_UNSEEN}]*[{_STARTS}]|'*[\t\r\n\0]")
_MARKED = re.compile(f"'(?='*[{_UNSEEN}]*[{_STARTS}]|'*[\t\r\n\0])")


def escaped(text: str) -> str:
    """The text as it may stand in an exported table."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text that an exported table means."""
    return text[1:] if text.startswith("'") and _MARKED.match(text) else text

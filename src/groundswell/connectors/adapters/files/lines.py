"""Physical lines of a text, decoded one by one, with the bad ones marked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from groundswell.connectors.adapters.files.batches import MAX_RECORD

TOO_LONG = f"the line is longer than {MAX_RECORD:,} bytes"
NUL = "holds a NUL character"


@dataclass(slots=True)
class Lines:
    """Some lines in a row.

    Attributes:
        first: Number of the first one, from 1.
        text: The lines with their ends; what could not be decoded stands as U+FFFD.
        bad: What is wrong with the lines that are bad, by position in ``text``.
    """

    first: int
    text: list[str]
    bad: dict[int, str] = field(default_factory=dict)


def decoded(blocks: Iterable[bytes], encoding: str) -> Iterator[Lines]:
    """All lines of a text in UTF-8, block by block.

    A line longer than a record may be is skipped while it is read, however long it is; it stands
    as an empty line that is bad.

    Args:
        blocks: The text's bytes.
        encoding: What the text was in before, for the messages.
    """
    first = 1
    rest = b""
    skipping = False
    for block in blocks:
        whole = rest + block
        pieces = whole.splitlines(keepends=True)
        # A last piece without a line feed may go on; one that ends in CR may be half of CR LF.
        rest = pieces.pop() if pieces and not pieces[-1].endswith(b"\n") else b""
        if skipping and pieces:
            pieces[0] = b"\n"
        lines = _checked(first, pieces, encoding)
        if skipping and pieces:
            lines.bad[0] = TOO_LONG
            skipping = False
        if skipping or len(rest) > MAX_RECORD:
            skipping, rest = True, rest[-1:] if rest.endswith(b"\r") else b""
        first += len(pieces)
        if pieces:
            yield lines
    if rest or skipping:
        last = _checked(first, [b"" if skipping else rest], encoding)
        if skipping:
            last.bad[0] = TOO_LONG
        yield last


def _checked(first: int, pieces: list[bytes], encoding: str) -> Lines:
    lines = Lines(first, [])
    for position, piece in enumerate(pieces):
        if len(piece) > MAX_RECORD:
            lines.bad[position] = TOO_LONG
            lines.text.append("\n")
            continue
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            text = piece.decode(errors="replace")
            lines.bad[position] = f"is not valid {encoding.upper()}"
        if "\0" in text:
            text = text.replace("\0", "\ufffd")
            lines.bad[position] = NUL
        lines.text.append(text)
    return lines

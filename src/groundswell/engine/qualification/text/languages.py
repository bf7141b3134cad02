"""The language of captions: as the source gives it, else as py3langid reads it."""

import numpy as np
import numpy.typing as npt
import py3langid
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Ints

SHORTEST = 20  # letters; under this the reader guesses
ENOUGH_GIVEN = 3  # posts with a language from the source, beyond which nothing is read
READ_PER_ACCOUNT = 8  # newest captions that are read of an account with fewer
_NOT_LANGUAGE = r"(https?://\S+|[#@][\pL\pN_.]+|[^\pL#@]+|[#@])"


def languages(
    codes: Ints, given: pa.ChunkedArray | pa.Array, captions: pa.ChunkedArray | pa.Array
) -> npt.NDArray[np.object_]:
    """Language of each post without its region, such as ``pt``; None where it isn't known.

    Args:
        codes: Account of each post, shape (posts,); rows sorted by account, then by time.
        given: BCP 47 tag as the source gives it; null where unknown.
        captions: Text of each post; null where unknown.
    """
    primary = pc.list_element(pc.split_pattern(pc.utf8_lower(pc.fill_null(given, "")), "-"), 0)
    found = np.array(primary.to_pylist(), dtype=object)
    unknown = found == ""
    found[unknown] = None
    given_often = np.bincount(codes, weights=~unknown) >= ENOUGH_GIVEN
    open_rows = np.flatnonzero(unknown & ~given_often[codes])
    words = pc.utf8_trim_whitespace(
        pc.replace_substring_regex(
            pc.fill_null(pc.take(captions, pa.array(open_rows)), ""), _NOT_LANGUAGE, " "
        )
    )
    readable = np.flatnonzero(np.asarray(pc.utf8_length(words)) >= SHORTEST)
    chosen = readable[_are_newest(codes[open_rows[readable]])]
    rows, words = open_rows[chosen], words.take(pa.array(chosen))
    for row, text in zip(rows.tolist(), words.to_pylist(), strict=True):
        found[row] = py3langid.classify(text)[0]
    return found


def _are_newest(owner: Ints) -> Bools:
    """Whether a row is one of the last few of its account."""
    ends = np.searchsorted(owner, owner, side="right")
    return np.asarray(ends - np.arange(owner.size) <= READ_PER_ACCOUNT)

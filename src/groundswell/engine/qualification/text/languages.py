"""The language of captions: as the source gives it, else as py3langid reads it."""

import numpy as np
import numpy.typing as npt
import py3langid
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Ints

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
    words = pc.utf8_trim_whitespace(
        pc.replace_substring_regex(pc.fill_null(captions, ""), _NOT_LANGUAGE, " ")
    )
    given_often = np.bincount(codes, weights=~unknown) >= ENOUGH_GIVEN
    readable = unknown & ~given_often[codes] & (np.asarray(pc.utf8_length(words)) >= SHORTEST)
    rows = _newest(codes, np.flatnonzero(readable))
    for row, text in zip(rows.tolist(), pc.take(words, pa.array(rows)).to_pylist(), strict=True):
        found[row] = py3langid.classify(text)[0]
    return found


def _newest(codes: Ints, rows: Ints) -> Ints:
    """The last few of the rows of each account."""
    owner = codes[rows]
    ends = np.searchsorted(owner, owner, side="right")
    return rows[ends - np.arange(rows.size) <= READ_PER_ACCOUNT]

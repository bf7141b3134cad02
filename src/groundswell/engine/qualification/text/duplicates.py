"""Near-duplicate captions of one account.

A caption without hashtags, mentions and links is cut into windows of six bytes, so that it works
in any script. One-permutation hashing (Li, Owen and Zhang 2012) sketches the set of windows in 64
bins; two captions are near-duplicates when the estimated Jaccard similarity reaches ``SIMILAR``.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Ints
from groundswell.engine.compiled import compiled

SIMILAR = 0.7
SHORTEST = 20  # bytes; shorter captions ("Happy Friday") repeat without meaning anything
LOOK_BACK = 20  # earlier posts that a caption is compared with
_WINDOW = 6
_BINS = 64
_EMPTY = np.uint32(0xFFFFFFFF)
_NOT_WORDS = r"(https?://\S+|[#@][\pL\pN_.]+|\s+)"


def near_duplicates(codes: Ints, captions: pa.ChunkedArray | pa.Array) -> tuple[Bools, Bools]:
    """Which captions repeat an earlier one of the same account.

    Args:
        codes: Account of each post, shape (posts,); rows sorted by account, then by time.
        captions: Text of each post; null where unknown.

    Returns:
        Which captions repeat one of the ``LOOK_BACK`` posts before, and which could be judged.
    """
    plain = pc.utf8_trim_whitespace(
        pc.replace_substring_regex(pc.utf8_lower(captions), pattern=_NOT_WORDS, replacement=" ")
    )
    sketch, length = _sketches(plain)
    judged = length >= SHORTEST
    return _repeats(np.ascontiguousarray(codes, dtype=np.int64), judged, sketch), judged


def _sketches(texts: pa.ChunkedArray | pa.Array) -> tuple[npt.NDArray[np.uint32], Ints]:
    """Sketch and length in bytes of each text; nulls are empty."""
    column = pc.cast(pc.fill_null(texts, ""), pa.large_string())
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    _, offsets_buffer, data = whole.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[: whole.offset + len(whole) + 1]
    offsets = offsets[whole.offset :]
    sketch = np.full((len(whole), _BINS), _EMPTY)
    if data is not None:
        _fill(np.frombuffer(data, dtype=np.uint8), offsets, sketch)
    return sketch, np.diff(offsets)


@compiled
def _fill(
    data: npt.NDArray[np.uint8], offsets: Ints, sketch: npt.NDArray[np.uint32]
) -> None:  # pragma: no cover - compiled
    """The smallest hash of each text's windows in each bin (finalizer of MurmurHash3).

    Half of the windows, the same in every text, say as much of the similarity.
    """
    whole = np.uint64((1 << 8 * _WINDOW) - 1)
    for text in range(offsets.size - 1):
        window = np.uint64(0)
        for at in range(offsets[text], offsets[text + 1]):
            window = ((window << np.uint64(8)) | np.uint64(data[at])) & whole
            if at - offsets[text] < _WINDOW - 1:
                continue
            hashed = window ^ (window >> np.uint64(33))
            hashed *= np.uint64(0xFF51AFD7ED558CCD)
            hashed ^= hashed >> np.uint64(33)
            hashed *= np.uint64(0xC4CEB9FE1A85EC53)
            hashed ^= hashed >> np.uint64(33)
            if hashed & np.uint64(_BINS):
                continue
            place = np.int64(hashed & np.uint64(_BINS - 1))
            sketch[text, place] = min(sketch[text, place], np.uint32(hashed >> np.uint64(33)))


@compiled
def _repeats(
    codes: Ints, judged: Bools, sketch: npt.NDArray[np.uint32]
) -> Bools:  # pragma: no cover - compiled
    """Which texts are like one of the ``LOOK_BACK`` before them with the same code."""
    found = np.zeros(codes.size, dtype=np.bool_)
    for row in range(codes.size):
        if not judged[row]:
            continue
        for earlier in range(row - 1, max(row - LOOK_BACK, 0) - 1, -1):
            if codes[earlier] != codes[row]:
                break
            if not judged[earlier]:
                continue
            equal, filled = 0, 0
            for place in range(_BINS):
                mine, other = sketch[row, place], sketch[earlier, place]
                some = mine != _EMPTY or other != _EMPTY
                filled += some
                equal += some and mine == other
            if equal >= SIMILAR * filled:
                found[row] = True
                break
    return found

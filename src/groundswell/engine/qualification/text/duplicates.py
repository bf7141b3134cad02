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
    repeats = np.zeros(codes.size, dtype=bool)
    for lag in range(1, min(LOOK_BACK, codes.size - 1) + 1):
        pairs = np.flatnonzero((codes[lag:] == codes[:-lag]) & judged[lag:] & judged[:-lag])
        if pairs.size == 0:
            continue
        later, earlier = sketch[pairs + lag], sketch[pairs]
        filled = (later != _EMPTY) | (earlier != _EMPTY)
        equal = ((later == earlier) & filled).sum(axis=1)
        repeats[pairs[equal >= SIMILAR * filled.sum(axis=1)] + lag] = True
    return repeats, judged


def _sketches(texts: pa.ChunkedArray | pa.Array) -> tuple[npt.NDArray[np.uint32], Ints]:
    """Sketch and length in bytes of each text; nulls are empty."""
    column = pc.cast(pc.fill_null(texts, ""), pa.large_string())
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    _, offsets_buffer, data = whole.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[: whole.offset + len(whole) + 1]
    offsets = offsets[whole.offset :]
    length = np.diff(offsets)
    sketch = np.full((len(whole), _BINS), _EMPTY)
    if length.max(initial=0) < _WINDOW:
        return sketch, length
    hashed = _hashes(np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]])
    # Half of the windows, the same in every text, say as much of the similarity.
    taken = np.flatnonzero(hashed & np.uint64(_BINS) == 0)
    owner = np.searchsorted(offsets - offsets[0], taken, side="right") - 1
    inside = taken <= (offsets[owner + 1] - offsets[0]) - _WINDOW
    picked, owner = hashed[taken[inside]], owner[inside]
    bins = owner * _BINS + (picked & np.uint64(_BINS - 1)).astype(np.int64)
    np.minimum.at(sketch.reshape(-1), bins, (picked >> np.uint64(33)).astype(np.uint32))
    return sketch, length


def _hashes(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """A well-mixed hash of the window that begins at each byte (finalizer of MurmurHash3)."""
    hashed = np.zeros(max(data.size - _WINDOW + 1, 0), dtype=np.uint64)
    for step in range(_WINDOW):
        hashed <<= np.uint64(8)
        hashed |= data[step : step + hashed.size]
    hashed ^= hashed >> np.uint64(33)
    hashed *= np.uint64(0xFF51AFD7ED558CCD)
    hashed ^= hashed >> np.uint64(33)
    hashed *= np.uint64(0xC4CEB9FE1A85EC53)
    hashed ^= hashed >> np.uint64(33)
    return hashed

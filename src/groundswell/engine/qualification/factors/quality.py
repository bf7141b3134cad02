"""Content quality: steady posting, captions of its own, craft, one language."""

import numpy as np
import pyarrow.compute as pc

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import grouped, intervals
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.measures import NEVER, Measure
from groundswell.engine.qualification.text import duplicates, languages

FEWEST_POSTS = 3
FEWEST_GAPS = 4
WORDS_LETTERS = 15  # a caption says something from here on, without hashtags and links
MOST_HASHTAGS = 15  # half of what Instagram allows; beyond that captions are stuffed
_NOT_WORDS = r"(https?://\S+|[#@][\pL\pN_.]+|[^\pL\pN#@]+|[#@])"


def measures(batch: Batch) -> list[Measure]:
    """Steadiness, originality, craft and language consistency."""
    return [_steadiness(batch), _originality(batch), _craft(batch), _one_language(batch)]


def _steadiness(batch: Batch) -> Measure:
    """How even the gaps between posts are: 1 like a clock, 0 like chance, -1 in bursts.

    It is the negative of the burstiness of Goh and Barabasi (2008) with the correction of Kim and
    Jo (2016) for few gaps. The interval is a jackknife over gaps.
    """
    posts = batch.post_rows
    follows = (posts.codes[1:] == posts.codes[:-1]) & (posts.at[:-1] != NEVER)
    codes = posts.codes[1:][follows]
    gaps = (posts.at[1:] - posts.at[:-1])[follows] / 86_400e6
    n = grouped.counts(codes, batch.size)
    total, squares = grouped.sums(codes, gaps, batch.size), grouped.sums(codes, gaps**2, batch.size)
    value = -_burstiness(total, squares, n)
    without = -_burstiness(total[codes] - gaps, squares[codes] - gaps**2, n[codes] - 1)
    centred = without - grouped.means(codes, without, batch.size)[codes]
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt((n - 1) / n * grouped.sums(codes, centred**2, batch.size))
    half = intervals.t_quantile(n - 1) * error
    return Measure.of(
        "steadiness",
        value,
        n=n,
        seen_at=grouped.largest(posts.codes, posts.at, batch.size),
        interval=(np.maximum(value - half, -1.0), np.minimum(value + half, 1.0)),
        why_not=[
            (n < FEWEST_GAPS, f"fewer than {FEWEST_GAPS + 1} dated posts are known"),
            (total <= 0, "all known posts were published at one moment"),
        ],
    )


def _burstiness(total: Floats, squares: Floats, n: Ints) -> Floats:
    """Burstiness of ``n`` gaps from their sum and sum of squares; nan where it isn't defined."""
    count = np.maximum(n, 1)
    mean = total / count
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt(np.maximum(squares / count - mean**2, 0.0)) / mean
        more, fewer = np.sqrt(n + 1.0), np.sqrt(np.maximum(n - 1.0, 0.0))
        found: Floats = (more * ratio - fewer) / ((more - 2) * ratio + fewer)
    return found


def _originality(batch: Batch) -> Measure:
    """Share of captions that do not repeat an earlier caption of the account."""
    posts = batch.post_rows
    repeats, judged = duplicates.near_duplicates(posts.codes, posts.table["text"])
    n = grouped.counts(posts.codes[judged], batch.size)
    fresh = grouped.sums(posts.codes[judged], ~repeats[judged], batch.size)
    value, low, high = intervals.wilson(fresh, n)
    return Measure.of(
        "originality",
        value,
        n=n,
        seen_at=grouped.largest(posts.codes[judged], posts.at[judged], batch.size),
        interval=(low, high),
        why_not=_too_few(n, "captions long enough to compare"),
    ).shown_by(grouped.first_references(posts.codes, repeats, posts.ids))


def _craft(batch: Batch) -> Measure:
    """Share of captions that say something and are not stuffed with hashtags."""
    posts = batch.post_rows
    captions = posts.table["text"]
    words = pc.replace_substring_regex(captions, pattern=_NOT_WORDS, replacement="")
    letters = np.asarray(pc.fill_null(pc.utf8_length(words), -1))
    tags = np.asarray(pc.fill_null(pc.list_value_length(posts.table["hashtags"]), 0))
    judged = letters >= 0
    good = (letters >= WORDS_LETTERS) & (tags <= MOST_HASHTAGS)
    n = grouped.counts(posts.codes[judged], batch.size)
    value, low, high = intervals.wilson(
        grouped.sums(posts.codes[judged], good[judged], batch.size), n
    )
    return Measure.of(
        "caption_craft",
        value,
        n=n,
        seen_at=grouped.largest(posts.codes[judged], posts.at[judged], batch.size),
        interval=(low, high),
        why_not=_too_few(n, "captions"),
    )


def _one_language(batch: Batch) -> Measure:
    """Share of posts in the language that the account uses most."""
    posts = batch.post_rows
    spoken = languages.languages(posts.codes, posts.table["language"], posts.table["text"])
    known = spoken != None  # noqa: E711 - element by element
    names, language = np.unique(spoken[known].astype(str), return_inverse=True)
    codes = posts.codes[known]
    width = max(names.size, 1)
    by_language = grouped.counts(codes * width + language, batch.size * width)
    by_language = by_language.reshape(batch.size, width)
    n = by_language.sum(axis=1)
    value, low, high = intervals.wilson(by_language.max(axis=1).astype(np.float64), n)
    return Measure.of(
        "language_consistency",
        value,
        n=n,
        seen_at=grouped.largest(codes, posts.at[known], batch.size),
        interval=(low, high),
        why_not=_too_few(n, "posts with a known language"),
    )


def _too_few(n: Ints, what: str) -> list[tuple[np.ndarray, str]]:
    return [
        (n == 0, f"no {what} are known"),
        (n < FEWEST_POSTS, f"fewer than {FEWEST_POSTS} {what} are known"),
    ]

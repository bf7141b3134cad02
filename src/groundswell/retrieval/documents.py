"""Documents: what the index takes of each account, and how it lies in the index.

One document for each account. Absent is not zero: a column that is null is listed under
``absent``, so that it can be asked for, and takes no part in any comparison.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import pyarrow as pa
import tantivy

from groundswell.retrieval import fitness, stems, words
from groundswell.retrieval.keys import KEYS, Kind
from groundswell.terms import places
from groundswell.terms.factors import FactorName

_TEXT = pa.list_(pa.string())

DOCUMENTS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),  # the account's UUID
        pa.field("platform", pa.string(), nullable=False),
        ("platform_id", pa.string()),
        ("handle", pa.string()),
        ("display_name", pa.string()),
        ("bio", pa.string()),
        ("captions", _TEXT),  # words and hashtags of recent posts, one text for each
        ("categories", _TEXT),
        ("country", pa.string()),
        ("region", pa.string()),
        ("city", pa.string()),
        ("language", pa.string()),
        ("verified", pa.bool_()),
        ("followers", pa.int64()),
        ("following", pa.int64()),
        ("posts", pa.int64()),
        ("engagement_rate_by_followers", pa.float64()),
        ("engagement_rate_by_reach", pa.float64()),
        ("engagement_rate_by_views", pa.float64()),
        ("growth", pa.float64()),
        ("last_post_at", pa.timestamp("us", tz="UTC")),
        *((f"factor_{name}", pa.float64()) for name in FactorName),
        ("overall", pa.float64()),
        ("verdict", pa.string()),
        ("audience", pa.map_(pa.string(), pa.float64())),  # by keys.share_of(dimension, value)
    ]
)

# Fields of words with their weight: a word in the name says more than one in a caption.
WORD_FIELDS = {"name": 4.0, "categories": 3.0, "bio": 2.0, "captions": 1.0}
LAYOUT = 3  # raise when the fields below, or what goes into them, change
CAPTIONS = "captions"
WORDS = "words"  # stems of all texts, as often as their field weighs
BEGINS = "begins"  # beginnings of the words of handle and name
LONGEST_BEGINNING = 12
_NAMES = ("platform", "country", "region", "city", "language", "handle", "category", "verdict")
_INTEGERS = ("followers", "following", "posts", "last_post_at")
_FLOATS = (
    "engagement_rate_by_followers",
    "engagement_rate_by_reach",
    "engagement_rate_by_views",
    "growth",
    *(f"factor_{name}" for name in FactorName),
    "overall",
)
_FACETED = ("platform", "country", "language", "verified")
CATEGORY_FACET = "category_as_written"
ABSENT = "absent"
_MAY_BE_ABSENT = [(key.name, key.column) for key in KEYS.values() if key.kind is not Kind.TIER]
_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def schema() -> tantivy.Schema:
    """Fields of the index.

    Everything that is filtered by words is kept folded and whole; numbers are columns. The words
    themselves come ready made from ``words.tokens``, so the index splits at spaces only.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("account", stored=True, tokenizer_name="raw", index_option="basic")
    for field in WORD_FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(WORDS, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(BEGINS, tokenizer_name="whitespace", index_option="basic")
    for field in (*_NAMES, "verified"):
        builder.add_text_field(
            field, fast=field in _FACETED, tokenizer_name="raw", index_option="basic"
        )
    builder.add_text_field(CATEGORY_FACET, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(ABSENT, tokenizer_name="whitespace", index_option="basic")
    for field in _INTEGERS:
        builder.add_integer_field(field, fast=True)
    for field in (*_FLOATS, fitness.BOOST):
        builder.add_float_field(field, fast=True)
    builder.add_json_field("audience", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("values", stored=True)
    return builder.build()


@cache
def fingerprint() -> str:
    """Changes whenever an index built before would answer otherwise."""
    shape = f"{DOCUMENTS}{WORD_FIELDS}{LAYOUT}{words.TOKENIZER}{version('tantivy')}"
    return hashlib.sha256(shape.encode()).hexdigest()[:16]


def share_field(name: str) -> str:
    """Path of an audience share in the index, free of signs that mean something there."""
    return "audience.k" + name.encode().hex()


def rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """The documents of a batch, one dictionary each."""
    columns = [batch.column(name).to_pylist() for name in DOCUMENTS.names]
    for values in zip(*columns, strict=True):
        yield dict(zip(DOCUMENTS.names, values, strict=True))


def document(row: dict[str, Any]) -> tantivy.Document:
    """What the index keeps of one account."""
    made = tantivy.Document()
    made.add_text("account", row["account"])
    _add_words(made, row)
    _add_names(made, row)
    _add_numbers(made, row)
    absent = [name for name, column in _MAY_BE_ABSENT if not _is_known(row[column])]
    if absent:
        made.add_text(ABSENT, " ".join(absent))
    made.add_float(fitness.BOOST, fitness.boost(row))
    made.add_bytes("values", _shown(row))
    return made


def _is_known(value: Any) -> bool:
    return value is not None and value != []


def _add_words(made: tantivy.Document, row: dict[str, Any]) -> None:
    stem_of = stems.of(stems.stemmer_of(row["language"]))
    weighed: list[str] = []
    for field, weight in WORD_FIELDS.items():
        found: list[str] = []
        for text in texts_of(row, field):
            tokens = words.tokens(text)
            made.add_text(field, " ".join(tokens))
            found += [stem_of[token] for token in tokens]
        weighed += found * int(weight)
    made.add_text(WORDS, " ".join(weighed))
    made.add_text(BEGINS, " ".join(_beginnings(row)))


def texts_of(row: Mapping[str, Any], field: str) -> list[str]:
    """The texts of one of the fields of words."""
    columns = ("handle", "display_name") if field == "name" else (field,)
    found: list[str] = []
    for value in map(row.get, columns):
        found += value if isinstance(value, list) else [value] if value else []
    return list(filter(None, found))


def _beginnings(row: dict[str, Any]) -> set[str]:
    """What may be typed of a handle or name: also a handle without signs between its words."""
    handle = words.tokens(row["handle"] or "")
    known = {*handle, "".join(handle), *words.tokens(row["display_name"] or "")} - {""}
    return known | {word[:size] for word in known for size in range(1, LONGEST_BEGINNING + 1)}


def _add_names(made: tantivy.Document, row: dict[str, Any]) -> None:
    for field in ("platform", "country"):
        if row[field] is not None:
            made.add_text(field, row[field])
    if row["language"] is not None:
        made.add_text("language", places.tag(row["language"]))
    for field in ("region", "city", "handle", "verdict"):
        if row[field] is not None:
            made.add_text(field, words.fold_name(row[field]))
    if row["verified"] is not None:
        made.add_text("verified", "yes" if row["verified"] else "no")
    written = {words.fold_name(each): each for each in row["categories"] or ()}
    for folded, as_written in written.items():
        made.add_text("category", folded)
        made.add_text(CATEGORY_FACET, as_written.strip()[: words.LONGEST_NAME])


def _add_numbers(made: tantivy.Document, row: dict[str, Any]) -> None:
    for field in ("followers", "following", "posts"):
        if row[field] is not None:
            made.add_integer(field, row[field])
    if row["last_post_at"] is not None:
        made.add_integer("last_post_at", math.floor(row["last_post_at"].timestamp()))
    for field in _FLOATS:
        if row[field] is not None:
            made.add_float(field, row[field])
    if row["audience"]:
        shares = {share_field(name).partition(".")[2]: share for name, share in row["audience"]}
        made.add_json("audience", shares)


def _shown(row: dict[str, Any]) -> bytes:
    values = {name: row[name] for name in DOCUMENTS.names if row[name] is not None}
    values.pop("captions", None)
    if "last_post_at" in values:
        values["last_post_at"] = values["last_post_at"].astimezone(UTC).isoformat()
    if "audience" in values:
        values["audience"] = dict(values["audience"])
    return _AS_JSON(values).encode()


def stems_in(values: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The stems of a hit by field, but those of its captions, which are not kept."""
    stem_of = stems.of(stems.stemmer_of(values.get("language")))
    return {
        field: frozenset(
            stem_of[token] for text in texts_of(values, field) for token in words.tokens(text)
        )
        for field in WORD_FIELDS
        if field != CAPTIONS
    }


def shown(found: tantivy.Document) -> dict[str, Any]:
    """The values of a document that is a hit, without those that are not known."""
    values: dict[str, Any] = json.loads(found["values"][0])
    if "last_post_at" in values:
        values["last_post_at"] = datetime.fromisoformat(values["last_post_at"])
    return values

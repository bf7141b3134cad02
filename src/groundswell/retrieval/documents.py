"""Documents: what the index takes of each account, and how it lies in the index.

One document for each account. Absent is not zero: a column that is null is listed under
``absent``, so that it can be asked for, and takes no part in any comparison.
"""

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import chain
from typing import Any

import pyarrow as pa
import tantivy

from groundswell.retrieval import fitness, keys, likenesses, safety, stems, vectors, words
from groundswell.retrieval.keys import KEYS, Key, Kind
from groundswell.retrieval.values import CLEAR
from groundswell.retrieval.vectors import Said
from groundswell.terms import places
from groundswell.terms.factors import FactorName
from groundswell.terms.safety import SafetyCategory

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
        ("saturation", pa.float64()),
        ("safety", _TEXT),  # subjects scanned and what was found, as safety.levels writes them
        ("last_competitor_at", pa.timestamp("us", tz="UTC")),
        ("price", pa.float64()),  # of the cheapest piece, in the workspace's currency
        ("prices", pa.map_(pa.string(), pa.float64())),  # the same, by other currencies
        ("tags", _TEXT),
        ("lists", _TEXT),
        ("excluded", pa.bool_()),
        ("last_contact_at", pa.timestamp("us", tz="UTC")),
    ]
)

_COLUMNS = tuple(DOCUMENTS.names)

# Fields of words with their weight: a word in the name says more than one in a caption.
WORD_FIELDS = {"name": 4.0, "categories": 3.0, "bio": 2.0, "captions": 1.0}
LAYOUT = 5  # raise when the fields below, or what goes into them, change
CAPTIONS = "captions"
WORDS = "words"  # stems of all texts, as often as their field weighs
BEGINS = "begins"  # beginnings of the words of handle and name
LONGEST_BEGINNING = 8  # whoever types more than that has few left
_SHORT = range(1, LONGEST_BEGINNING + 1)
SEVERAL = {"category": "categories", "tag": "tags", "list": "lists"}  # names by their columns
_NAMES = (
    *("platform", "country", "region", "city", "language", "handle", "verdict"),
    *("brand_safety", "brand_safety_subject", "safety", "excluded"),
    *SEVERAL,
)
_COUNTS = ("followers", "following", "posts")
_MOMENTS = ("last_post_at", "last_competitor_at", "last_contact_at")
_INTEGERS = (*_COUNTS, *_MOMENTS)
_FLOATS = (
    "engagement_rate_by_followers",
    "engagement_rate_by_reach",
    "engagement_rate_by_views",
    "growth",
    *(f"factor_{name}" for name in FactorName),
    "overall",
    "saturation",
    "price",
)
# Columns of which every document has one value are counted several times as fast as others. So
# what is not known is a value of theirs, and the first categories have a column each.
UNKNOWN = ""
_FACETED = ("platform", "country", "language", "verified", "brand_safety")
_LISTED = (*SEVERAL, "brand_safety_subject")
OF_FEW = frozenset({"platform", "country", "language", "category"})  # have few different names
_PLACES = {"category": 3}
# Steps that rise with a column: whoever wants the best of many asks only for the highest steps.
SIZE = "size"  # of followers
FIT = "fit"  # of fitness
SIZE_STEPS = [0, *(digit * 10**zeros for zeros in range(10) for digit in (1, 2, 5))]
_MAPS = {"audience": keys.AUDIENCE, "prices": keys.PRICE}
USUAL_SAFETY = [safety.SCANNED, safety.READ]
ABSENT = "absent"
_MAY_BE_ABSENT = [
    (key.name, key.column)
    for key in KEYS.values()
    if key.kind not in {Kind.TIER, Kind.SINCE} and key.name != keys.EXCLUDED
]

_MOST_NAMES = 2**12  # of languages and parts, whose forms are remembered
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
    for field in (SIZE, FIT, *(each for listed in _LISTED for each in counted_in(listed))):
        builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(ABSENT, tokenizer_name="whitespace", index_option="basic")
    for field in _INTEGERS:
        builder.add_integer_field(field, fast=True)
    for field in (*_FLOATS, fitness.BOOST):
        builder.add_float_field(field, fast=True)
    for field in _MAPS:
        builder.add_json_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("values", stored=True)
    likenesses.fields(builder)
    return _without_what_nobody_asks(builder.build())


def _without_what_nobody_asks(made: tantivy.Schema) -> tantivy.Schema:
    """The fields without terms that are never looked up and lengths by which nothing is ranked.

    The library's builder gives every text both, but takes them back in a schema that was kept:
    a tenth of the index, and of the time that building takes.
    """
    counted = {each for listed in _LISTED for each in counted_in(listed)}
    as_kept: Any = made.__reduce__()
    make, (kept,) = as_kept
    for field in kept["inner"]:
        options = field["options"]
        if field["name"] in counted or field["name"] in _MAPS:
            options["indexing"] = None
        elif field["type"] == "text" and field["name"] not in {*WORD_FIELDS, WORDS}:
            options["indexing"]["fieldnorms"] = False
    restored: tantivy.Schema = make(kept)
    return restored


@cache
def fingerprint() -> str:
    """Changes whenever an index built before would answer otherwise."""
    shape = f"{DOCUMENTS}{WORD_FIELDS}{LAYOUT}{words.TOKENIZER}{vectors.RECIPE}{version('tantivy')}"
    return hashlib.sha256(shape.encode()).hexdigest()[:16]


def size_of(followers: float) -> str:
    """The step that followers have reached; a higher one comes later in the alphabet."""
    return f"{bisect_right(SIZE_STEPS, followers):02}"


@cache
def counted_in(name: str) -> list[str]:
    """The columns in which the values of a key are counted."""
    if name not in _LISTED:
        return [name]
    return [f"{name}_{place}" for place in range(_PLACES.get(name, 0) + 1)]


def part_field(key: Key) -> str:
    """Path of an audience share or price in the index, free of signs that mean something there."""
    return f"{key.column}.{_part(key.name.removeprefix(_MAPS[key.column]))}"


@lru_cache(_MOST_NAMES)
def _part(name: str) -> str:
    return f"k{name.encode().hex()}"


_tag = lru_cache(_MOST_NAMES)(places.tag)


def rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """The documents of a batch, one dictionary each."""
    columns = [
        [None] * batch.num_rows if column.null_count == batch.num_rows else column.to_pylist()
        for column in map(batch.column, _COLUMNS)
    ]
    for values in zip(*columns, strict=True):
        yield dict(zip(_COLUMNS, values, strict=True))


def said(row: Mapping[str, Any]) -> Said:
    """The words of each text, by the field that it belongs to."""
    return {field: list(map(words.tokens, texts_of(row, field))) for field in WORD_FIELDS}


def document(row: dict[str, Any], said: Said) -> tantivy.Document:
    """What the index keeps of one account, whose words are those that ``said`` gave."""
    made = tantivy.Document()
    row = row | _judged(row["safety"])
    made.add_text("account", row["account"])
    _add_words(made, row, said)
    _add_names(made, row)
    _add_several(made, row)
    _add_safety(made, row)
    _add_numbers(made, row)
    absent = [
        name for name, column in _MAY_BE_ABSENT if (value := row[column]) is None or value == []
    ]
    if absent:
        made.add_text(ABSENT, " ".join(absent))
    fit = fitness.share(row)
    made.add_text(FIT, f"{int(100 * fit):03}")
    made.add_float(fitness.BOOST, fitness.boost(fit))
    made.add_bytes("values", _shown(row))
    return made


def _add_words(made: tantivy.Document, row: dict[str, Any], said: Said) -> None:
    stem_of = stems.of(stems.stemmer_of(row["language"])).__getitem__
    weighed: list[str] = []
    for field, weight in WORD_FIELDS.items():
        for tokens in said[field]:
            made.add_text(field, " ".join(tokens))
            weighed += [" ".join(map(stem_of, tokens))] * int(weight)
    made.add_text(WORDS, " ".join(weighed))
    made.add_text(BEGINS, " ".join(_beginnings(row, said["name"])))


def texts_of(row: Mapping[str, Any], field: str) -> list[str]:
    """The texts of one of the fields of words."""
    if field == "name":
        found = [row.get("handle"), row.get("display_name")]
    else:
        value = row.get(field)
        found = value if isinstance(value, list) else [value]
    return list(filter(None, found))


def _beginnings(row: dict[str, Any], names: Sequence[list[str]]) -> set[str]:
    """What may be typed of a handle or name: also a handle without signs between its words."""
    known = set(chain.from_iterable(names))
    if row["handle"]:
        known.add("".join(names[0]))
    return known | {word[:size] for word in known for size in _SHORT}


def _add_names(made: tantivy.Document, row: dict[str, Any]) -> None:
    language, verified = row["language"], row["verified"]
    made.add_text("platform", row["platform"])
    made.add_text("country", row["country"] or UNKNOWN)
    made.add_text("language", UNKNOWN if language is None else _tag(language))
    made.add_text("verified", UNKNOWN if verified is None else "yes" if verified else "no")
    for field in ("region", "city", "handle", "verdict"):
        if row[field] is not None:
            made.add_text(field, words.fold_name(row[field]))
    if row["excluded"]:
        made.add_text("excluded", "yes")


def _add_several(made: tantivy.Document, row: dict[str, Any]) -> None:
    for field, column in SEVERAL.items():
        written = {words.fold_name(each): each for each in row[column] or ()}
        for folded in written:
            made.add_text(field, folded)
        _add_counted(made, field, [each.strip()[: words.LONGEST_NAME] for each in written.values()])


def _add_counted(made: tantivy.Document, name: str, values: Sequence[str]) -> None:
    *columns, last = counted_in(name)
    for place, column in enumerate(columns):
        made.add_text(column, values[place] if place < len(values) else UNKNOWN)
    for value in values[len(columns) :]:
        made.add_text(last, value)


def _add_safety(made: tantivy.Document, row: dict[str, Any]) -> None:
    made.add_text("brand_safety", row["brand_safety"] or UNKNOWN)
    _add_counted(made, "brand_safety_subject", row["subjects"] or ())
    for field, column in (("safety", "safety"), ("brand_safety_subject", "subjects")):
        for each in row[column] or ():
            made.add_text(field, each)


def _add_numbers(made: tantivy.Document, row: dict[str, Any]) -> None:
    followers = row["followers"]
    made.add_text(SIZE, UNKNOWN if followers is None else size_of(followers))
    for field in _COUNTS:
        if row[field] is not None:
            made.add_integer(field, row[field])
    for field in _MOMENTS:
        if row[field] is not None:
            made.add_integer(field, math.floor(row[field].timestamp()))
    for field in _FLOATS:
        if row[field] is not None:
            made.add_float(field, row[field])
    for field in _MAPS:
        if row[field]:
            made.add_json(field, {_part(name): part for name, part in row[field]})


def _judged(found: Sequence[str] | None) -> dict[str, Any]:
    """What was found in an account's posts: how strong at most, and of what they speak."""
    if found is None:
        return {"brand_safety": None, "subjects": None}
    levels = [level for each in found for level in safety.found(each)]
    serious = [severity for subject, severity in levels if subject is not SafetyCategory.COMPETITOR]
    if not serious and safety.SCANNED not in found:
        strongest = None
    else:
        strongest = max(serious).name.lower() if serious else CLEAR
    return {"brand_safety": strongest, "subjects": [str(subject) for subject, _ in levels]}


def _shown(row: dict[str, Any]) -> bytes:
    values = {name: value for name, value in row.items() if value is not None and value != []}
    values.pop("captions", None)
    if values.get("safety") == USUAL_SAFETY:
        del values["safety"]  # of most accounts
    for field in _MOMENTS:
        if field in values:
            values[field] = values[field].astimezone(UTC).isoformat()
    for field in _MAPS:
        if field in values:
            values[field] = dict(values[field])
    return _AS_JSON(values).encode()


def stems_in(values: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The stems of a hit by field, but those of its captions, which are not kept."""
    stem_of = stems.of(stems.stemmer_of(values.get("language"))).__getitem__
    return {
        field: frozenset(map(stem_of, words.tokens(" ".join(texts_of(values, field)))))
        for field in WORD_FIELDS
        if field != CAPTIONS
    }


def shown(found: tantivy.Document) -> dict[str, Any]:
    """The values of a document that is a hit, without those that are not known."""
    values: dict[str, Any] = json.loads(found["values"][0])
    for field in values.keys() & set(_MOMENTS):
        values[field] = datetime.fromisoformat(values[field])
    return values

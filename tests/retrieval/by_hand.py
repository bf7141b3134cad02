"""The same answers as the index, the slow and certain way: one row after the other."""

from collections import Counter
from datetime import date
from typing import Any

from groundswell.retrieval import documents, stems, words
from groundswell.terms.tiers import ACTIVATE

NAME_KEYS = {"platform", "country", "region", "city", "handle"}


def row(account: str, **values: Any) -> dict[str, Any]:
    """A document that knows nothing but what is given."""
    unknown = dict.fromkeys(documents.DOCUMENTS.names)
    return unknown | {"account": account, "platform": "instagram"} | values


def answer(
    rows: list[dict[str, Any]], text: list[tuple[str, str]], filters: list[tuple[str, str, Any]]
) -> tuple[set[str], dict[str, dict[str, int]]]:
    """Accounts that match, and the facets.

    Args:
        rows: Documents.
        text: Pairs of kind (word, phrase, prefix, without) and what is written.
        filters: Triples of key, sign and value; None for not known.
    """
    text = once_each(text)
    text = [
        (kind, written if says_any(rows, forms) else meant(rows, kind, written))
        for (kind, written), forms in zip(text, wanted(rows, text), strict=True)
    ]
    forms = wanted(rows, text)
    counts = [how_many(each, text, forms) for each in rows]
    plain = sum(each is not None for each in forms)
    least = plain if plain < 2 else max(counts, default=plain)
    least = least if least > 0 else plain
    hits = [
        each
        for each, count in zip(rows, counts, strict=True)
        if count >= least and passes(each, filters)
    ]
    return {each["account"] for each in hits}, {
        facet: dict(Counter(value for each in hits for value in facet_values(each, facet)))
        for facet in ("platform", "country", "language", "category", "tier", "verified")
    }


def meant(rows: list[dict[str, Any]], kind: str, written: str) -> str:
    """A word that nobody writes stands for the nearest that somebody does, of several the usual."""
    most = 0 if len(written) < 4 else 1 if len(written) < 8 else 2
    if kind != "word" or len(words.tokens(written)) > 1:
        return written
    counts: Counter[str] = Counter()
    for each in rows:
        for texts in fields(each):
            counts.update({token for text in texts for token in words.tokens(text)})
    word = words.tokens(written)[0]
    near = [
        (distance(word, other), -counts[other], other)
        for other in counts
        if other[0] in word[:2] and distance(word, other) <= most
    ]
    return min(near)[2] if near else written


def once_each(text: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kept: dict[Any, tuple[str, str]] = {}
    for kind, written in text:
        tokens = words.tokens(written)
        same = "phrase" if kind == "word" and len(tokens) > 1 else kind
        kept.setdefault((same, *tokens), (kind, written))
    return list(kept.values())


def wanted(rows: list[dict[str, Any]], text: list[tuple[str, str]]) -> list[set[str] | None]:
    """Stems of each plain word, and of what it makes with the plain word beside it."""
    tokens = [words.tokens(written) if kind == "word" else [] for kind, written in text]
    plain = [each[0] if len(each) == 1 else "" for each in tokens]
    found: list[set[str] | None] = []
    for at, word in enumerate(plain):
        before, after = (plain[at - 1] if at else ""), "".join(plain[at + 1 : at + 2])
        together = [before + word] * bool(before) + [word + after] * bool(after)
        made = [forms_of(rows, each) for each in (word, *together) if word]
        found.append(set().union(*made) if word else None)
    return found


def says_any(rows: list[dict[str, Any]], forms: set[str] | None) -> bool:
    return forms is not None and any(says(each, forms) for each in rows)


def forms_of(rows: list[dict[str, Any]], token: str) -> set[str]:
    """Stems of a word in each language that somebody writes in."""
    return {stems.of(stems.stemmer_of(each["language"]))[token] for each in rows}


def says(each: dict[str, Any], forms: set[str]) -> bool:
    stem_of = stems.of(stems.stemmer_of(each["language"]))
    return any(stem_of[token] in forms for part in parts(each) for token in words.tokens(part))


def distance(one: str, other: str) -> int:
    """Letters added, left out, changed or swapped, straight from the definition."""
    if not one or not other:
        return len(one) + len(other)
    best = min(
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
        distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if one[:2] == other[1::-1] and len(one) > 1:
        best = min(best, distance(one[2:], other[2:]) + 1)
    return best


def how_many(
    each: dict[str, Any], text: list[tuple[str, str]], forms: list[set[str] | None]
) -> int:
    """How many of the plain words the account has; -1 when anything else is not as wanted."""
    others = [one for one, form in zip(text, forms, strict=True) if form is None]
    if any(contains(each, *one) == (one[0] == "without") for one in others):
        return -1
    return sum(says(each, form) for form in forms if form is not None)


def contains(each: dict[str, Any], kind: str, written: str) -> bool:
    wanted = words.tokens(written)
    for part in parts(each):
        found = words.tokens(part)
        for at in range(len(found) - len(wanted) + 1):
            *first, last = found[at : at + len(wanted)]
            is_last = last.startswith(wanted[-1]) if kind == "prefix" else last == wanted[-1]
            if is_last and first == wanted[:-1]:
                return True
    return False


def parts(each: dict[str, Any]) -> list[str]:
    return [text for texts in fields(each) for text in texts]


def fields(each: dict[str, Any]) -> list[list[str]]:
    single = [[each["handle"], each["display_name"]], [each["bio"]]]
    several = [each["captions"] or [], each["categories"] or []]
    return [list(filter(None, texts)) for texts in single + several]


def passes(each: dict[str, Any], filters: list[tuple[str, str, Any]]) -> bool:
    by_key: dict[str, list[tuple[str, Any]]] = {}
    for key, sign, value in filters:
        by_key.setdefault(key, []).append((sign, value))
    return all(passes_key(each, key, asked) for key, asked in by_key.items())


def passes_key(each: dict[str, Any], key: str, asked: list[tuple[str, Any]]) -> bool:
    has_values = key_values(each, key)
    equal = [value for sign, value in asked if sign == "="]
    unequal = [value for sign, value in asked if sign == "!="]
    lows = [value for sign, value in asked if sign == ">="]
    highs = [value for sign, value in asked if sign == "<="]
    if any(is_it(has_values, key, value) for value in unequal):
        return False
    if any(is_it(has_values, key, value) for value in equal):
        return True
    if lows or highs:
        number = has_values[0] if has_values else None
        return (
            number is not None
            and (not lows or number >= min(lows))
            and (not highs or number <= max(highs))
        )
    return not equal


def is_it(has_values: list[Any], key: str, value: Any) -> bool:
    if value is None:
        return not has_values
    if key == "language" and "-" not in value:
        return any(each.partition("-")[0] == value for each in has_values)
    if key == "category":
        return words.fold_name(value) in {words.fold_name(each) for each in has_values}
    return value in has_values


def key_values(each: dict[str, Any], key: str) -> list[Any]:
    if key.startswith("audience."):
        found = dict(each["audience"] or []).get(key.removeprefix("audience."))
    elif key == "tier":
        found = ACTIVATE.tier_of(each["followers"])
    elif key == "category":
        return each["categories"] or []
    elif key == "last_post":
        found = each["last_post_at"] and each["last_post_at"].date()
    else:
        found = each[key]
    return [] if found is None else [str(found) if key == "tier" else found]


def facet_values(each: dict[str, Any], facet: str) -> list[str]:
    found = key_values(each, facet)
    if facet == "verified" and found:
        return ["yes" if found[0] else "no"]
    return found or ["none"]


def written(key: str, sign: str, value: Any) -> str:
    """The filter as a person writes it."""
    shown = (
        {None: "none", True: "yes", False: "no"}.get(value, value)
        if not is_number(value)
        else value
    )
    if isinstance(value, date):
        shown = value.isoformat()
    return f"{key}{sign}{shown}"


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""What is different between two plans: lines, forecasts, promises, brief and data."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundswell.planning import brief as briefs
from groundswell.planning.showing import KPIS, Document, Line, change_of

_OF_A_LINE = ("format", "quantity", "price", "currency")  # what may change of a line that stays
_AMOUNTS = ("budget", "spend", "fees", "handling", "reserve")
_CERTIFICATES = {
    "optimality.panel": ("optimality", "panel"),
    "optimality.population": ("optimality", "population"),
    "regret.lost": ("optimality", "regret", "lost"),
    "hit_probability.if_all_sign": ("hit_probability", "if_all_sign", "value"),
    "hit_probability.before_signing": ("hit_probability", "before_signing", "value"),
    "hit_probability.with_bench": ("hit_probability", "with_bench", "value"),
}
_PROVENANCE = ("engine", "seed", "data_revision")


@dataclass(frozen=True, slots=True)
class Said:
    """One plan: what it says, and the brief that it was made for.

    Attributes:
        name: How the answer calls it: its id, or a name.
        document: What it says.
        brief_text: The brief as TOML.
    """

    name: str
    document: Document
    brief_text: str


def between(a: Said, b: Said) -> dict[str, Any]:
    """What is different between two plans, from the first to the second.

    Estimates are given whole; ``change`` is the second over the first less one, None where that
    can't be said.
    """
    lines = _lines(a.document["lines"], b.document["lines"])
    found = {
        "before": _head(a),
        "after": _head(b),
        "lines": lines,
        "amounts": _altered(_AMOUNTS, a.document, b.document),
        "kpis": _kpis(a.document["forecast"], b.document["forecast"]),
        "certificates": _certificates(a.document, b.document),
        "brief": _brief(a.brief_text, b.brief_text),
        "provenance": _altered(_PROVENANCE, a.document["provenance"], b.document["provenance"]),
    }
    return {"is_same": canonical(a.document) == canonical(b.document), **found}


def canonical(document: Mapping[str, Any]) -> str:
    """A document as text that is the same whenever it says the same, also back from the database.

    Keys are sorted, and numbers without a fraction are whole numbers.
    """
    return json.dumps(_whole(document), sort_keys=True, ensure_ascii=False, allow_nan=False)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _whole(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _head(said: Said) -> dict[str, Any]:
    document = said.document
    return {
        "plan": said.name,
        "name": document["name"],
        "objective": document["objective"],
        "currency": document["currency"],
        "creators": len(document["lines"]),
    }


def _lines(before: Sequence[Line], after: Sequence[Line]) -> dict[str, Any]:
    """Lines by account: those that only one has, and those of both that are not the same."""
    of_a, of_b = _by_account(before), _by_account(after)
    added, removed, changed, unchanged = [], [], [], 0
    for account in [*of_a, *(account for account in of_b if account not in of_a)]:
        pairs, gone, new = _paired(of_a.get(account, []), of_b.get(account, []))
        removed += gone
        added += new
        for one, other in pairs:
            what = _altered(_OF_A_LINE, one, other)
            unchanged += not what
            if what:
                changed.append({"account": one["account"], "layer": one["layer"], "what": what})
    return {"added": added, "removed": removed, "changed": changed, "unchanged": unchanged}


def _by_account(lines: Sequence[Line]) -> dict[tuple[str, str | None], list[Line]]:
    found: dict[tuple[str, str | None], list[Line]] = {}
    for line in lines:
        found.setdefault((line["layer"], line["account"]), []).append(line)
    return found


def _paired(
    before: list[Line], after: list[Line]
) -> tuple[list[tuple[Line, Line]], list[Line], list[Line]]:
    """Lines of one account: the same formats held against each other first, then the others."""
    gone, new, pairs = list(before), list(after), []
    for one in before:
        same = next((other for other in new if other["format"] == one["format"]), None)
        if same is not None:
            pairs.append((one, same))
            gone.remove(one)
            new.remove(same)
    both = min(len(gone), len(new))
    return pairs + list(zip(gone, new, strict=False)), gone[both:], new[both:]


def _altered(
    keys: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        {"key": key, "before": before.get(key), "after": after.get(key)}
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _kpis(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Forecasts that moved, in the usual order."""
    found = []
    for kpi in KPIS:
        one, other = before.get(kpi), after.get(kpi)
        if one == other:
            continue
        values = [each and each["value"] for each in (one, other)]
        found.append({"kpi": str(kpi), "before": one, "after": other, "change": change_of(*values)})
    return found


def _certificates(before: Document, after: Document) -> list[dict[str, Any]]:
    found = []
    for name, path in _CERTIFICATES.items():
        one, other = (_at(document["certificates"], path) for document in (before, after))
        if one != other:
            found.append({"key": name, "before": one, "after": other})
    goals = [
        (document["certificates"].get("promise") or {}).get("goals", {})
        for document in (before, after)
    ]
    for kpi in sorted({*goals[0], *goals[1]}):
        found += [{**each, "key": f"promise.{kpi}"} for each in _altered([kpi], goals[0], goals[1])]
    return found


def _at(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _brief(before: str, after: str) -> list[dict[str, Any]]:
    """Keys of the briefs with different values; None where a brief doesn't have the key."""
    one, other = (dict(_flat(briefs.tables(text))) for text in (before, after))
    return _altered(sorted({*one, *other}), one, other)


def _flat(tables: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tables.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value if isinstance(value, str | int | float | list) else str(value)

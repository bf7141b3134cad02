"""The brief as a form: every key explained, and what is wrong beside the key it concerns."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from groundswell.interfaces.console import brief_fields
from groundswell.interfaces.console.brief_fields import Kind, Spec
from groundswell.planning import brief as briefs
from groundswell.planning.brief import BadBrief, Brief, Problem
from groundswell.terms.money import CURRENCIES
from groundswell.terms.platforms import Platform, UnknownPlatform

_GROUPED = re.compile(r"[+-]?\d{1,3}([ ,_'\u00a0\u202f]\d{3})+(\.\d+)?")
_BETWEEN = re.compile(r"[\n,;]+")
_LONGEST = {Kind.TEXT: 200, Kind.LIST: 200_000, Kind.RATES: 10_000, Kind.QUOTAS: 10_000}
# What a refusal of the planner calls a limit, as a key of the brief.
_LIMITS = {
    "must_have": "creators.must_have",
    "max_share_per_creator": "creators.max_share_per_creator",
    "count.min": "creators.count.min",
    "count.max": "creators.count.max",
}
_BY_CODE = {
    "cannot_take_must_have": "creators.must_have",
    "unknown_account": "creators.must_have",
    "bad_exchange_rate": "exchange_rates",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, and what they are about."""

    name: str
    title: str
    about: str
    fields: list[forms.BoundField]

    @property
    def is_needed(self) -> bool:
        """Whether the group is open: most briefs need it, it holds something, or it is wrong."""
        return self.name in ("audience", "creators") or any(
            field.errors or field.value() for field in self.fields
        )

    @property
    def holds(self) -> int:
        """How many of its fields are filled in."""
        return sum(bool(field.value()) for field in self.fields)


class BriefForm(forms.Form):
    """All keys of a brief that can be planned, under their dotted names."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any], *, is_new: bool = False) -> None:
        super().__init__(None if is_new else data, initial=dict(data) if is_new else None)
        for spec in brief_fields.SPECS:
            self.fields[spec.key] = _field(spec)
        self.problems: list[str] = []
        self.is_sent = hasattr(data, "getlist")

    def groups(self) -> list[Group]:
        """The fields by what they are about."""
        return [
            Group(name, title, about, [self[s.key] for s in brief_fields.SPECS if s.group == name])
            for name, title, about in brief_fields.GROUPS
        ]

    def tables(self) -> dict[str, Any]:
        """The brief that the form says, values that can't be read left as they were written."""
        tables: dict[str, Any] = {"creators": {}}
        for spec in brief_fields.SPECS:
            value = _read(spec, self.data)
            if value in ("", [], {}, None):
                continue
            *sections, key = spec.key.split(".")
            table = tables
            for section in sections:
                table = table.setdefault(section, {})
            table[key] = value
        return tables

    def brief(self) -> Brief | None:
        """The brief, or None when something is wrong: the form then says what, and where."""
        is_whole = self.is_valid()
        try:
            brief = briefs.checked(self.tables())
        except BadBrief as bad:
            self.blame(bad.found)
            return None
        return brief if is_whole else None

    def blame(self, found: Iterable[Problem]) -> None:
        """Put each problem beside the field that it is about, or above them all."""
        for problem in found:
            key = _place(problem)
            entry = "" if problem.entry is None else f"entry {problem.entry}: "
            if key is None:
                self.problems.append(str(problem).removeprefix("the brief: "))
            elif key not in self.errors:
                self.add_error(key, _sentence(f"{entry}{problem.says}"))

    def blame_refusal(self, refusal: Mapping[str, str]) -> None:
        """Put what the planner said beside the limit that it is about."""
        constraint = refusal.get("constraint", "")
        key = _LIMITS.get(constraint) or _BY_CODE.get(refusal["code"])
        key = key or (f"creators.{constraint}" if constraint.startswith("tiers.") else None)
        if key in self.fields and key not in self.errors:
            self.add_error(key, "The plan is impossible with this: see above.")


def filled(tables: Mapping[str, Any]) -> BriefForm:
    """The form with a brief's values, whether or not they are right."""
    values: dict[str, Any] = {}
    for spec in brief_fields.SPECS:
        found: Any = tables
        for key in spec.key.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        if found is not None:
            values[spec.key] = _shown(spec, found)
    if "creators" not in tables and {"sharers", "seeding"} & set(tables):
        values["creators.count.max"] = "0"  # the form always has creators: none are wanted
    return BriefForm(values)


def _field(spec: Spec) -> forms.Field:
    rest: dict[str, Any] = {
        "label": spec.label,
        "help_text": spec.help,
        "required": spec.is_needed,
        "error_messages": {"required": "Is missing."},
    }
    attrs: dict[str, Any] = {"placeholder": spec.example} if spec.example else {}
    if spec.kind is Kind.MANY:
        return forms.Field(widget=forms.CheckboxSelectMultiple(choices=spec.choices), **rest)
    return forms.CharField(
        widget=_widget(spec, attrs), max_length=_LONGEST.get(spec.kind, 40), **rest
    )


def _widget(spec: Spec, attrs: dict[str, Any]) -> forms.Widget:
    match spec.kind:
        case Kind.OBJECTIVE:
            return forms.RadioSelect(choices=spec.choices)
        case Kind.CURRENCY:
            return forms.Select(choices=[(code, code) for code in sorted(CURRENCIES)])
        case Kind.LIST | Kind.RATES | Kind.QUOTAS:
            return forms.Textarea(attrs={**attrs, "rows": spec.rows})
        case Kind.DAY:
            return forms.TextInput(attrs={"type": "date"})
        case Kind.NUMBER | Kind.WHOLE:
            attrs["inputmode"] = "numeric" if spec.kind is Kind.WHOLE else "decimal"
    return forms.TextInput(attrs=attrs)


def _read(spec: Spec, data: Any) -> Any:
    if spec.kind is Kind.MANY:
        listed = data.getlist(spec.key) if hasattr(data, "getlist") else data.get(spec.key)
        return list(listed or ())
    text = str(data.get(spec.key) or "").strip()
    match spec.kind:
        case Kind.NUMBER | Kind.WHOLE:
            return _number(text)
        case Kind.DAY:
            return _day(text)
        case Kind.LIST:
            return [item.strip() for item in _BETWEEN.split(text) if item.strip()]
        case Kind.RATES:
            return _rates(text)
        case Kind.QUOTAS:
            return _quotas(text)
    return text


def _number(text: str) -> Any:
    plain = re.sub(r"[ ,_'\u00a0\u202f]", "", text) if _GROUPED.fullmatch(text) else text
    if re.fullmatch(r"[+-]?\d{1,300}", plain, re.ASCII):
        return int(plain)
    if re.fullmatch(r"[+-]?\d{1,300}\.\d{1,300}", plain, re.ASCII):
        return float(plain)
    return text


def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _rates(text: str) -> dict[str, Any]:
    found = {}
    for item in filter(str.strip, _BETWEEN.split(text)):
        code, _, rate = re.sub(r"[:=]|\s+", "=", item.strip(), count=1).partition("=")
        found[code.strip().upper()] = _number(rate.strip(" =:"))
    return found


def _quotas(text: str) -> dict[str, Any]:
    """Groups, one a line, each with its limits."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        name, _, limits = line.partition(":")
        pairs = (pair.partition("=") for pair in limits.split(",") if pair.strip())
        found[name.strip()] = {key.strip(): _number(value.strip()) for key, _, value in pairs}
    return found


def _shown(spec: Spec, value: Any) -> Any:
    if spec.kind is Kind.MANY:
        values = value if isinstance(value, list) else [value]
        return [_chosen(spec, str(each)) for each in values]
    if isinstance(value, list):
        between = "\n" if spec.rows > 2 else ", "
        return between.join(str(each) for each in value)
    if spec.kind is Kind.QUOTAS and isinstance(value, dict):
        return "\n".join(f"{name}: {_pairs(limits)}" for name, limits in value.items())
    if isinstance(value, dict):
        return "\n".join(f"{code} = {rate}" for code, rate in value.items())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}" if spec.kind in (Kind.NUMBER, Kind.WHOLE) else str(value)
    return str(value)


def _pairs(limits: Any) -> str:
    if not isinstance(limits, dict):
        return str(limits)
    return ", ".join(f"{key} = {value}" for key, value in limits.items())


def _chosen(spec: Spec, value: str) -> str:
    """A platform by its own name, where a brief has one that people use."""
    try:
        return str(Platform.parse(value)) if spec.key == "creators.platforms" else value
    except UnknownPlatform:
        return value


def _place(problem: Problem) -> str | None:
    """The key of the field that a problem is about; None when no field is."""
    known = {spec.key for spec in brief_fields.SPECS}
    first = problem.says.split(" ", 1)[0].strip(",:")
    near = (
        problem.key,
        f"{problem.key}.{first}",  # "min must not exceed max", of creators.count
        first,  # "end must not lie before start", of the brief
        problem.key.rpartition(".")[0],  # a rate of exchange_rates
        ".".join(problem.key.split(".")[:3]),  # a group of creators.quotas.platform
        f"{problem.key}.amount",
    )
    return next((key for key in near if key in known), None)


def _sentence(says: str) -> str:
    return f"{says[:1].upper()}{says[1:]}{'' if says.endswith(('.', '?')) else '.'}"

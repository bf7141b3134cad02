"""How a file is to be read, as a form: what was guessed stands in it, what is changed is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel.numbers import get_currency_name
from django import forms

from groundswell.connectors.actions import wishes
from groundswell.connectors.actions.wishes import Wishes
from groundswell.connectors.adapters import maps, targets
from groundswell.interfaces.console.templatetags import console as tags
from groundswell.terms.formats import Format
from groundswell.terms.money import CURRENCIES
from groundswell.terms.platforms import Platform
from groundswell.terms.tables import TABLES

KINDS = {
    "accounts": ("Accounts", "who there is: names, followers, topics, contacts, prices"),
    "contacts": ("Contacts", "how to reach creators"),
    "account_observations": ("Counts of accounts", "followers and the like on some days"),
    "account_averages": ("Averages of accounts", "average likes, views, engagement"),
    "posts": ("Posts", "what creators published, with its counts"),
    "post_observations": ("Counts of posts", "likes, views, comments on some days"),
    "comments": ("Comments", "what people wrote under posts"),
    "memberships": ("Audience members", "who follows, likes or watches whom"),
    "overlaps": ("Shared audiences", "how many people two accounts share"),
    "audience_shares": ("Audience shares", "where an audience lives, how old it is"),
    "rate_cards": ("Prices", "what creators ask for a post"),
    "records": ("Your own records", "tags, and when you last contacted whom"),
}
_ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows, Western Europe (cp1252)",
    "cp1250": "Windows, Central Europe (cp1250)", "cp1251": "Windows, Cyrillic (cp1251)",
    "cp1254": "Windows, Turkish (cp1254)", "iso-8859-15": "ISO 8859-15",
    "shift_jis": "Japanese (Shift JIS)", "gb18030": "Chinese (GB 18030)", "euc_kr": "Korean (EUC)",
}  # fmt: skip
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
TABLE_LABELS = {"": "The row", **{name: label for name, (label, _) in KINDS.items()}}
_SHARES = ("gender.female", "gender.male", "age.18-24", "age.25-34", "country.US", "country.GB")


class WishesForm(forms.Form):
    """What holds for the whole file; its columns are read by ``columns_of``."""

    kind = forms.ChoiceField(label="It holds", required=False)
    map = forms.ChoiceField(label="Ready map", required=False)
    platform = forms.ChoiceField(
        label="Platform", required=False, help_text="Of rows that name none."
    )
    currency = forms.ChoiceField(
        label="Currency", required=False, help_text="Of prices that name none."
    )
    encoding = forms.ChoiceField(label="Encoding", required=False)
    delimiter = forms.ChoiceField(label="Between cells", required=False)
    date_order = forms.ChoiceField(label="Dates", required=False)
    decimal = forms.ChoiceField(label="Decimal sign", required=False)

    def __init__(self, *args: Any, is_text: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = [(name, tags.words(name)) for name in maps.ready()]
        named = [(code, f"{code}: {name}") for code, name in _currencies()]
        self._offer("kind", "work it out", [(name, label) for name, (label, _) in KINDS.items()])
        self._offer("map", "none", ready)
        self._offer(
            "platform", "as the rows say", [(p, tags.PLATFORMS.get(p, p)) for p in Platform]
        )
        self._offer("currency", "as the rows say", named)
        self._offer("encoding", "find out", list(_ENCODINGS.items()))
        self._offer("delimiter", "find out", list(DELIMITERS.items()))
        self._offer("date_order", "find out", [("dmy", "day before month"), ("mdy", "month first")])
        self._offer("decimal", "find out", [(".", "point: 1,234.5"), (",", "comma: 1.234,5")])
        self.fields["delimiter"].strip = False  # type: ignore[attr-defined]
        if not is_text:
            for name in ("encoding", "delimiter"):
                del self.fields[name]

    def _offer(self, name: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]

    def format_fields(self) -> list[forms.BoundField]:
        """How the file is written."""
        names = ("encoding", "delimiter", "date_order", "decimal")
        return [self[name] for name in names if name in self.fields]


@cache
def _currencies() -> list[tuple[str, str]]:
    return [(code, get_currency_name(code, locale="en")) for code in sorted(CURRENCIES)]


def shown(said: Wishes, look: Mapping[str, Any]) -> dict[str, Any]:
    """What the form holds: what was said, else what was guessed."""
    return {
        "kind": look.get("kind") or said.kind,
        "map": said.map if said.map is not None else look.get("map", ""),
        "platform": said.platform or look.get("platform") or "",
        "currency": said.currency,
        **said.format,
    }


def read(form: WishesForm, post: Any, before: Wishes, look: Mapping[str, Any]) -> Wishes:
    """What is said now; a column that still stands as it was guessed stays guessed."""
    given = form.cleaned_data
    was_shown = shown(before, look)
    same_file_kind = given["kind"] == was_shown["kind"] and given["map"] == was_shown["map"]
    platform = given["platform"]
    is_guessed = not before.platform and platform == was_shown["platform"]
    return Wishes(
        kind=given["kind"],
        map=given["map"] if given["map"] or was_shown["map"] or before.map is not None else None,
        columns=_columns(post, before, look) if same_file_kind else {},
        platform="" if is_guessed else platform,
        currency=given["currency"],
        format=wishes.format_of(given),
    )


def _columns(post: Any, before: Wishes, look: Mapping[str, Any]) -> dict[str, str]:
    columns = dict(before.columns)
    for position, column in enumerate(look.get("columns", [])):
        target = post.get(f"column-{position}")
        if target is not None and target != column["target"]:
            columns[column["header"]] = target
    return columns


@dataclass(frozen=True, slots=True)
class Row:
    """A column of the file, with what it may be."""

    name: str
    header: str
    target: str
    why: str
    surety: str
    fit: int
    seen: int
    samples: list[list[Any]]
    is_offered: bool


def rows(look: Mapping[str, Any]) -> list[Row]:
    """The columns of a file as the form lists them."""
    cells = [row["cells"] for row in look["rows"]]
    offered = {value for _, entries in options(look["kind"]) for value, _ in entries}
    return [
        Row(
            name=f"column-{position}",
            header=column["header"],
            target=column["target"],
            why=column["why"],
            surety=_surety(column),
            fit=column["fit"],
            seen=column["seen"],
            samples=[row[position] for row in cells if position < len(row)],
            is_offered=column["target"] in offered,
        )
        for position, column in enumerate(look["columns"])
    ]


def question(problem: str) -> str:
    """What must be answered, as the page asks it: its answers are beside it, not in a map."""
    said = problem.partition("; the first line")[0].partition(": say ")[0]
    if "which platform" in said:
        advice = "Choose it under Platform"
    elif "both look like" in said:
        advice = "Leave one of them out, or choose what else it is"
    else:
        advice = "Choose it for one of the columns below, or say that the file holds something else"
    return f"{said[:1].upper()}{said[1:]}. {advice}."


def _surety(column: Mapping[str, Any]) -> str:
    if not column["target"]:
        return "left"
    share = column["fit"] / column["seen"] if column["seen"] else 1.0
    if share < 0.9:
        return "unsure"
    return "sure" if column["why"] != "its cells look like it" else "likely"


@cache
def options(kind: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may feed in an import of a kind, by tables."""
    names = [name for name, _ in targets.described(kind)]
    if "rate_cards" in targets.FEEDS[kind].split():
        names += [f"contacts.{channel}" for channel in targets.CHANNELS]
        names += [f"rate_cards.{format_}" for format_ in Format]
        names += [f"accounts.{platform}" for platform in Platform]
        names += [f"followers.{platform}" for platform in Platform]
        names += [f"audience_shares.{share}" for share in _SHARES]
    found: dict[str, dict[str, str]] = {}
    for name in names:
        target = targets.resolved(kind, name)
        if target is not None:
            first = str(target).split(".")[0] if target.table else ""
            label = str(target).removeprefix(f"{first}.")
            found.setdefault(first, {})[str(target)] = tags.words(label.replace(".", " "))
    return [
        (TABLE_LABELS.get(table, tags.words(table)), list(entries.items()))
        for table, entries in sorted(found.items(), key=lambda entry: _rank(kind, entry[0]))
    ]


def _rank(kind: str, table: str) -> int:
    order = ["", *targets.FEEDS[kind].split()]
    return order.index(table) if table in order else len(order) + (table not in TABLES)

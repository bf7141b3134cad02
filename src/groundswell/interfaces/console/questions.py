"""A search in the address bar: what a form or a link asks for, and the one address that says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from groundswell.discovery import queries
from groundswell.discovery.questions import Question

PAGE_SIZE = 25
_PERCENT = {"rate", "share"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the page of its answer, and the columns to show.

    Attributes:
        question: What is looked for.
        page: From 1.
        columns: Names of columns that the address names; empty for the person's own choice.
    """

    question: Question
    page: int = 1
    columns: tuple[str, ...] = ()

    def query(self) -> QueryDict:
        """What stands behind the question mark of the address."""
        made = QueryDict(mutable=True)
        if self.question.text:
            made["q"] = self.question.text
        made.setlist("f", list(self.question.filters))
        made.setlist("like", list(self.question.like))
        if self.question.sort:
            made["sort"] = self.question.sort
        if self.columns:
            made["columns"] = ",".join(self.columns)
        if self.page > 1:
            made["page"] = str(self.page)
        return made

    def address(self, path: str = "") -> str:
        """The address itself."""
        query = self.query().urlencode(safe=":,=")
        return f"{path}?{query}" if query else path or "?"

    def without(self, *expressions: str) -> "Asked":
        """The same, some filters taken out."""
        left = tuple(each for each in self.question.filters if each not in expressions)
        return replace(self, question=replace(self.question, filters=left), page=1)

    def like(self, account: str) -> "Asked":
        """Creators like an account who pass the same filters."""
        question = Question(filters=self.question.filters, like=(account,))
        return replace(self, question=question, page=1)

    def unlike(self, account: str) -> "Asked":
        """The same, without one of the accounts to be like."""
        left = tuple(each for each in self.question.like if each != account)
        return replace(self, question=replace(self.question, like=left), page=1)

    def sorted_by(self, sort: str) -> "Asked":
        """The same in another order."""
        return replace(self, question=replace(self.question, sort=sort), page=1)

    def anybody(self) -> "Asked":
        """The same columns, nothing asked for."""
        return Asked(Question(), columns=self.columns)


def read(given: QueryDict) -> Asked:
    """What an address or the filter form asks for, bounds and builders put into expressions."""
    text = given.get("q", "").strip()
    found = {each.strip() for each in given.getlist("f")} - {""}
    found.update(_bounds(given), _audience(given))
    order = {key.name: at for at, key in enumerate(queries.filter_keys())}
    page = given.get("page", "")
    return Asked(
        Question(
            text,
            # One order whatever was chosen first: the same question has the same address.
            tuple(sorted(found, key=lambda each: (order.get(_key(each), len(order)), each))),
            given.get("sort", "").strip(),
            tuple(dict.fromkeys(filter(None, map(str.strip, given.getlist("like"))))),
        ),
        int(page) if page.isdecimal() and len(page) < 7 and int(page) > 0 else 1,
        () if "c" in given else tuple(filter(None, given.get("columns", "").split(","))),
    )


def _key(expression: str) -> str:
    return re.split("[<>=!]", expression, maxsplit=1)[0]


def _bounds(given: QueryDict) -> Iterable[str]:
    for key in queries.filter_keys():
        if key.is_ordered:
            for field, sign in (("min", ">="), ("max", "<=")):
                if bound := given.get(f"{field}.{key.name}", "").strip():
                    yield f"{key.name}{sign}{_in_unit(str(key.kind), bound)}"
        elif wanted := given.get(f"is.{key.name}", "").strip():
            yield f"{key.name}={wanted}"


def _audience(given: QueryDict) -> list[str]:
    """The audience builder's three fields, once its button was pressed."""
    value = given.get("audience.value", "").strip()
    if not value or "add" not in given:
        return []
    least = _in_unit("share", given.get("audience.least", "").strip() or "1")
    return [f"audience.{given.get('audience.dimension', 'country')}.{value}>={least}"]


def _in_unit(kind: str, bound: str) -> str:
    """A bound as filters read it: people write 3 and mean 3%."""
    return f"{bound}%" if kind in _PERCENT and not bound.endswith("%") else bound


def bare(kind: Any, value: str) -> str:
    """A filter's value as its field shows it, the unit standing beside."""
    if str(kind) not in _PERCENT:
        return value
    if value.endswith("%"):
        return value.removesuffix("%")
    try:
        return f"{float(value) * 100:g}"
    except ValueError:
        return value

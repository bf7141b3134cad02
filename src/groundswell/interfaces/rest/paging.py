"""Pages of lists: where one ends, the cursor says where the next begins."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core import signing
from django.db.models import F, OrderBy, Q, QuerySet
from pydantic import BaseModel, Field

from groundswell.terms.errors import Refusal

T = TypeVar("T")
_SALT = "groundswell.rest.cursor"
LONGEST_CURSOR = 4_000


class BadCursor(Refusal, ValueError):
    """A cursor that is none of ours, or belongs to another question."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__(
            "the cursor belongs to another list or other filters: leave it out to begin anew"
        )


class Paging(BaseModel):
    """Which page."""

    cursor: Annotated[
        str | None,
        Field(max_length=LONGEST_CURSOR, description="`next` of the page before."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="Most items of a page.")] = 50


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: Annotated[str | None, Field(description="Cursor of the next page; null on the last one.")]


def of_rows(
    request: Any,
    rows: QuerySet[Any],
    order: Sequence[str],
    paging: Paging,
    show: Callable[[list[Any]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """A page of rows, which stays in its place when rows come and go before it.

    Args:
        request: Whose question the cursor belongs to.
        rows: All rows; their order is set here.
        order: Columns as ``order_by`` has them, of which the last is unique. A ``?`` behind one
            says that it may be null; such rows come last.
        paging: Which page.
        show: What is told of the page's rows.
    """
    columns = [each.strip("-?") for each in order]
    found = rows.order_by(*(_ordered(each) for each in order))
    if paging.cursor is not None:
        found = found.filter(_behind(order, _opened(request, paging.cursor, len(columns))))
    page = list(found[: paging.limit + 1])
    more = len(page) > paging.limit
    page = page[: paging.limit]
    last = [_plain(_value(page[-1], column)) for column in columns] if more else None
    return {"items": show(page), "next": last and _closed(request, last)}


def of_list(request: Any, items: Sequence[Any], paging: Paging) -> dict[str, Any]:
    """A page of a list that is at hand."""
    start = offset(request, paging)
    end = start + paging.limit
    return {"items": list(items[start:end]), "next": following(request, end, len(items))}


def offset(request: Any, paging: Paging) -> int:
    """How many items come before the page, in a list whose items have no place of their own."""
    if paging.cursor is None:
        return 0
    [start] = _opened(request, paging.cursor, 1)
    if not isinstance(start, int):
        raise BadCursor
    return start


def following(request: Any, end: int, total: int) -> str | None:
    """The cursor behind an item; None behind the last one."""
    return _closed(request, [end]) if end < total else None


def _ordered(column: str) -> Any:
    return OrderBy(F(column.strip("-?")), descending=column.startswith("-"), nulls_last=True)


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after one with those values."""
    behind, same = Q(pk__in=[]), Q()
    for each, value in zip(order, values, strict=True):
        column = each.strip("-?")
        if value is None:
            same &= Q(**{f"{column}__isnull": True})
            continue
        beyond = Q(**{f"{column}__{'lt' if each.startswith('-') else 'gt'}": value})
        if each.endswith("?"):
            beyond |= Q(**{f"{column}__isnull": True})
        behind |= same & beyond
        same &= Q(**{column: value})
    return behind


def _value(row: Any, column: str) -> Any:
    for name in column.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _closed(request: Any, values: Sequence[Any]) -> str:
    return signing.dumps([_question(request), *values], salt=_SALT)


def _opened(request: Any, cursor: str, count: int) -> list[Any]:
    try:
        question, *values = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor from error
    if question != _question(request) or len(values) != count:
        raise BadCursor
    return list(values)


def _question(request: Any) -> str:
    """What was asked, the page aside."""
    asked = sorted(
        (name, each)
        for name, values in request.GET.lists()
        if name not in {"cursor", "limit"}
        for each in values
    )
    return hashlib.sha256(f"{request.path}|{asked}".encode()).hexdigest()[:16]

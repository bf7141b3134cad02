"""Telling what became of the lines of a running plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from groundswell.planning import queries
from groundswell.planning.models import LineNews, LineState, Plan
from groundswell.terms.errors import Refusal
from groundswell.terms.money import Money
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_MOST = 10_000
_LARGEST = 2**62
# Where the day is furthest ahead of UTC, and furthest behind it.
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)


class BadNews(Refusal):
    """News of a line that can't be."""

    code = "bad_news"


@dataclass(frozen=True, slots=True)
class News:
    """What became known of one line.

    Attributes:
        line: Its place in the plan, from 1; the reserves of the bench follow the lines.
        state: What it is now.
        day: Since when.
        price: Signed at, in major units of the plan's currency; None: as planned.
        due: Day by which it is to be published; None: nobody said.
        post_id: Of its post, as imports name it.
    """

    line: int
    state: LineState
    day: date
    price: float | None = None
    due: date | None = None
    post_id: str = ""


def tell(
    *, workspace: Workspace, plan_id: UUID, news: Sequence[News], by: str, now: datetime
) -> list[LineNews]:
    """Note what became of lines: all of the news or none.

    Raises:
        UnknownPlan: When there is no such plan.
        BadNews: When a line isn't there, a price is none, or a day is to come or before the plan.
    """
    plan = queries.plan(plan_id, with_document=True)
    if not 0 < len(news) <= _MOST:
        raise BadNews(f"tell 1 to {_MOST:,} news at once, got {len(news):,}")
    _check_days(plan, news, now)
    count = len(plan.document["lines"]) + len(plan.document["bench"])
    rows = [_row(workspace, plan, each, count, by, now) for each in news]
    LineNews.objects.bulk_create(rows)
    journal.record(
        "plan.lines_told",
        workspace=workspace,
        by=by,
        now=now,
        subject=plan.name,
        rows=len(rows),
        details={"plan": str(plan.id), "version": plan.version},
    )
    return rows


def _check_days(plan: Plan, news: Sequence[News], now: datetime) -> None:
    """Of a plan with several versions, lines can have been told of since the first."""
    made, today = queries.versions(plan)[0].proposed_at, (now + _EAST).date()
    for told in news:
        if told.day > today:
            raise BadNews(
                f"line {told.line}: the day {told.day} is still to come, and news are of what "
                "happened: tell them on that day, and until then when it is due"
            )
        early = min(told.day, told.due or told.day)
        if early < (made - _WEST).date():
            raise BadNews(
                f"line {told.line}: the day {early} is before {plan.name!r} was made, on "
                f"{made:%Y-%m-%d}: name that day, or a later one"
            )


def _row(
    workspace: Workspace, plan: Plan, told: News, count: int, by: str, now: datetime
) -> LineNews:
    if not 1 <= told.line <= count:
        raise BadNews(
            f"{plan.name!r} has no line {told.line}: its lines and bench are 1 to {count}"
        )
    return LineNews(
        workspace=workspace,
        plan=plan,
        position=told.line - 1,
        state=told.state,
        day=told.day,
        price_minor=None if told.price is None else _minor(told, plan.currency),
        due=told.due,
        post_id=told.post_id[:200],
        told_at=now,
        told_by=by,
    )


def _minor(told: News, currency: str) -> int:
    try:
        minor = Money.of(str(told.price), currency).minor
    except ValueError as error:
        raise BadNews(f"line {told.line}: {error}") from None
    if not 0 <= minor <= _LARGEST:
        raise BadNews(f"line {told.line} needs a price that is not negative, got {told.price}")
    return minor

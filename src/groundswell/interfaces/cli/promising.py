"""Commands of promises: make, settle, score and verify them, and forecast plans that run."""

import csv
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Group
from rich.text import Text

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.planning import flights, promises, queries
from groundswell.planning.actions import decisions, news
from groundswell.planning.actions import promises as making
from groundswell.planning.actions.news import News
from groundswell.planning.actions.promises import Count
from groundswell.planning.models import LineState
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
PlanArgument = Annotated[str, typer.Argument(help="The plan, by its id.")]
_LARGEST_FILE = 10_000_000
_Cell = TypeVar("_Cell")
_COLUMNS = ("line", "state", "day")


class BadCount(Refusal):
    """An option or a row that can't be read."""

    code = "bad_count"


@app.command("promise")
def promise(
    plan: PlanArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Take a plan, and keep what it promises: hashed, and never changed.

    A plan whose goals are met too seldom offers no promise; then nothing is taken.
    """
    with frame.session(workspace) as session, access.inside(session.workspace):
        made = decisions.promise(
            workspace=session.workspace,
            plan_id=queries.identity(plan),
            by=session.by,
            now=session.now,
        )
        said = promises.told(made, today=session.now.date()).as_json()
    frame.show(said, as_json=as_json, people=lambda: _promised(said))


@app.command("promises")
def list_promises(
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Work out every hash again, and follow the chain instead."),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was promised and what became of it, and score the probabilities.

    With --verify the exit status is 1 when a promise was changed or taken out.
    """
    with frame.session(workspace) as session, access.inside(session.workspace):
        if verify:
            checked = promises.verified()
            frame.show(checked.as_json(), as_json=as_json, people=lambda: _verified(checked))
            if checked.broken:
                raise SystemExit(1)
            return
        found = promises.record(today=session.now.date())
        said = found.as_json()
    frame.show(said, as_json=as_json, people=lambda: _record(said))


@app.command("settle")
def settle(  # noqa: PLR0913 - each is an option of the command
    plan: PlanArgument,
    observed: Annotated[
        list[str] | None,
        typer.Option("--observed", help="What was counted, as views=12000; one for each result."),
    ] = None,
    from_posts: Annotated[
        bool, typer.Option("--from-posts", help="Count the imported posts of the plan's lines.")
    ] = False,
    note: Annotated[
        str, typer.Option(help="Where the figures come from, or what was wrong before.")
    ] = "",
    correct: Annotated[
        bool, typer.Option("--correct", help="Correct what was settled before; needs --note.")
    ] = False,
    call_off: Annotated[
        bool,
        typer.Option("--call-off", help="The program will not run; only before it begins."),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold what was counted against a plan's promise, once its program is over."""
    if bool(observed) + from_posts + call_off != 1:
        raise BadCount("settle needs one of --observed KPI=COUNT, --from-posts and --call-off")
    entered = Count(_counts(observed or ()), note=note)
    with frame.session(workspace) as session, access.inside(session.workspace):
        hand: dict[str, Any] = {
            "workspace": session.workspace, "by": session.by, "now": session.now,
        }  # fmt: skip
        wanted = queries.plan(queries.identity(plan))
        told = promises.of_plan(wanted, today=session.now.date())
        if told is None:
            raise promises.UnknownPromise(f"nothing was promised of the plan {plan}")
        hand["promise_id"] = told.promise.id
        if call_off:
            settled = making.call_off(note=note, **hand)
        else:
            count = (
                making.counted_on_posts(told.promise.id, now=session.now) if from_posts else entered
            )
            settled = (making.correct if correct else making.settle)(count=count, **hand)
        said = promises.settlement_json(settled)
    frame.show(said, as_json=as_json, people=lambda: _settled(said))


def _counts(written: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in written:
        kpi, count = _count(text)
        if kpi in found:
            raise BadCount(f"{kpi} is counted twice, got {', '.join(map(repr, written))}")
        found[kpi] = count
    return found


def _count(text: str) -> tuple[str, float]:
    kpi, _, number = text.partition("=")
    try:
        count = float(number.replace("_", ""))
    except ValueError:
        count = math.nan
    if not kpi.strip() or not math.isfinite(count):
        raise BadCount(f"a count is written as views=12000, got {text!r}")
    return kpi.strip(), count


@app.command("forecast")
def forecast(
    plan: PlanArgument,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="By what was known at the end of that day."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forecast a plan that runs: how likely its goals still are, and which reserves would help.

    By what was told of its lines, and by imported posts of theirs.
    """
    with frame.session(workspace) as session, access.inside(session.workspace):
        day = as_of.date() if as_of else session.now.date()
        said = flights.forecast(queries.identity(plan), as_of=day)
    frame.show(said, as_json=as_json, people=lambda: _forecast(said))


@app.command("news")
def tell(
    plan: PlanArgument,
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns line, state (signed, declined, published or dropped) and "
            "day; price, due and post_id may stand beside."
        ),
    ],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what became of a plan's lines: who signed, declined, published or never will.

    Lines are numbered from 1 as the plan lists them; reserves of the bench follow them.
    """
    told = _read(file)
    with frame.session(workspace) as session, access.inside(session.workspace):
        rows = news.tell(
            workspace=session.workspace,
            plan_id=queries.identity(plan),
            news=told,
            by=session.by,
            now=session.now,
        )
    said = {"told": len(rows)}
    frame.show(said, as_json=as_json, people=lambda: Text(f"News told: {len(rows):,}"))


def _read(path: Path) -> list[News]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(_LARGEST_FILE)
    except OSError as error:
        raise news.BadNews(f"the file {path} can't be opened: {error.strerror}") from error
    except UnicodeDecodeError:
        raise news.BadNews(f"{path} is no UTF-8 text: save it as UTF-8") from None
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise news.BadNews(
            f"{path} has no column {' and no column '.join(missing)}: its first row names "
            f"{', '.join(_COLUMNS)}, and may name price, due and post_id"
        )
    twice = [name for name in rows.fieldnames or () if (rows.fieldnames or []).count(name) > 1]
    if twice:
        raise news.BadNews(f"{path} has two columns called {twice[0]}: leave one of them")
    return [_news(number, row) for number, row in enumerate(rows, 1)]


def _news(number: int, row: dict[str | None, str | None]) -> News:
    if None in row:
        raise news.BadNews(f"row {number} can't be read: it has more cells than the first row")

    def read(name: str, kind: Callable[[str], _Cell], form: str) -> _Cell:
        text = (row.get(name) or "").strip()
        try:
            return kind(text)
        except ValueError:
            raise news.BadNews(
                f"row {number} can't be read: {name} must be {form}, got {text[:60]!r}"
            ) from None

    day = "a day such as 2027-03-01"
    return News(
        line=read("line", _place, "a line's number, from 1"),
        state=read("state", _state, f"one of {', '.join(LineState.values)}"),
        day=read("day", date.fromisoformat, day),
        price=read("price", _price, "a plain number such as 99.90, or empty"),
        due=read(
            "due", lambda text: date.fromisoformat(text) if text else None, f"{day}, or empty"
        ),
        post_id=read("post_id", str, "text"),
    )


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _state(text: str) -> LineState:
    return LineState(text.lower())


def _price(text: str) -> float | None:
    return float(text) if text else None


def _promised(said: dict[str, Any]) -> Text:
    levels = ", ".join(f"{found['level']:,.0f} {kpi}" for kpi, found in said["kpis"].items())
    return Text(
        f"Promised of {said['name']!r}: {levels} with a probability of "
        f"{said['probability']:.1%}, until {said['end']}\n"
        f"{said['place']}  {said['digest']}"
    )


def _settled(said: dict[str, Any]) -> Text:
    counted = ", ".join(f"{value:,.0f} {kpi}" for kpi, value in said["observed"].items())
    return Text(f"{said['outcome'].replace('_', ' ')}: {counted or said['note']}")


def _verified(found: promises.Verified) -> Group:
    if not found.broken:
        head = Text(
            f"{found.promises:,} promises and {found.settlements:,} settlements are as they were "
            f"made; the last promise is {found.head}"
        )
        return Group(head)
    return Group(Text("what was promised is not as it was made:"), frame.bullets(found.broken))


def _record(said: dict[str, Any]) -> Group:
    score = said["score"]
    rows = [
        {
            "place": each["place"],
            "plan": f"{each['name']} v{each['version']}",
            "promised": ", ".join(f"{k['level']:,.0f} {kpi}" for kpi, k in each["kpis"].items()),
            "probability": f"{each['probability']:.0%}",
            "until": each["end"],
            "status": each["status"].replace("_", " "),
            "digest": each["digest"][:12],
        }
        for each in said["promises"]
    ]
    bins = [
        {
            "promised": f"{each['promised']:.0%}",
            "kept": f"{each['kept']['value']:.0%}",
            "8 of 10 times between": f"{each['kept']['low']:.0%} and {each['kept']['high']:.0%}",
            "promises": each["kept"]["n"],
        }
        for each in score["reliability"]
    ]
    parts = [frame.table("Promises", rows), Text()]
    parts += [frame.table("Promised beside kept", bins), _score(score)]
    return Group(*parts)


def _score(score: dict[str, Any]) -> Text:
    brier, skill = score["brier"], score["skill"]
    if brier["value"] is None:
        return Text(f"How good the probabilities are: cannot say, because {brier['reason']}.")
    beside = (
        f"cannot say, because {skill['reason']}"
        if skill["value"] is None
        else f"{skill['value']:.2f}"
    )
    return Text(f"Brier score {brier['value']:.3f}, skill against the share kept: {beside}.")


def _forecast(said: dict[str, Any]) -> Group:
    hit = said["hit_probability"]
    chance = (
        f"cannot say, because {hit['reason']}"
        if hit["value"] is None
        else f"{hit['value']:.0%} ({hit['low']:.0%} to {hit['high']:.0%})"
    )
    kpis = [
        {
            "": kpi,
            "goal": "" if found["goal"] is None else f"{found['goal']:,.0f}",
            "so far": "" if found["so_far"] is None else f"{found['so_far']:,.0f}",
            "expected": f"{found['expected']['value']:,.0f}",
            "8 of 10 times between": f"{found['expected']['low']:,.0f} and "
            f"{found['expected']['high']:,.0f}",
        }
        for kpi, found in said["kpis"].items()
    ]
    goods = [
        {
            "account": each["account"],
            "format": each["format"],
            "price": f"{each['price']:,.0f} {each['currency']}",
            "restores": f"{each['restores']:.1%}",
        }
        for each in said["make_goods"][:10]
    ]
    unknown = len(said["unknown"])
    known = (
        f"nothing is known of {unknown:,} lines" if unknown else "something is known of every line"
    )
    return Group(
        Text(f"{said['name']}, {said['as_of']}: all goals met with {chance}; {known}\n"),
        frame.table("What to expect", kpis),
        frame.table("Reserves that would help most for their money", goods),
    )

"""Commands of discovery: search, and the index behind it."""

from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from groundswell.discovery import queries, showing
from groundswell.discovery.actions import indexing
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
index_app = typer.Typer(
    rich_markup_mode=frame.MARKUP, no_args_is_help=True, help="The index behind search."
)
app.add_typer(index_app, name="index")

_COLUMNS = {"platform", "followers", "tier", "country", "category"}
_WIDEST_ACCOUNT = 34
MOST = 1_000_000_000  # more than there are people with accounts to sell
_MOST_COUNTS = 12  # of one facet, for people; --json has them all


@app.command("search")
def search(  # noqa: PLR0913 - each is an option of the command
    text: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words, '\"a phrase\"', prefix*, -without. All must hold. "
            "Put -- before a text that begins with a dash.",
        ),
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            "-f",
            help="key=value, also !=, >=, <=, >, <, such as country=US, followers>=10K or "
            "audience.country.US>=0.2. The same key again means or; different keys mean and; "
            "key=none finds those of whom it is not known.",
        ),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(help="Key to sort by, such as followers or engagement:asc."),
    ] = "",
    limit: Annotated[int, typer.Option(min=0, max=MOST, help="Most creators to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, max=MOST, help="Creators to skip.")] = 0,
    facets: Annotated[
        list[str] | None,
        typer.Option("--facet", help="Key to count all hits by; may be given again."),
    ] = None,
    list_filters: Annotated[
        bool, typer.Option("--filters", help="Print the keys of filters, and nothing else.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find creators by words and filters, with exact totals and the reasons for each."""
    if list_filters:
        known = [showing.key_as_json(key) for key in queries.filter_keys()]
        frame.show({"filters": known}, as_json=as_json, people=lambda: _keys(known))
        return
    with (
        frame.session(workspace) as session,
        access.inside(session.workspace),
        frame.progress() as progress,
    ):
        found = queries.search(
            " ".join(text or []),
            filters=filters or (),
            sort=sort,
            limit=limit,
            offset=offset,
            **({"facets": facets} if facets else {}),
            progress=progress,
        )
    answer = showing.found_as_json(found, session.workspace.tiers)
    shown = facets or ()
    frame.show(answer, as_json=as_json, people=lambda: drawn(answer, has_facets=bool(shown)))


@index_app.command("rebuild")
def rebuild(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Build the index of a workspace anew; searches meanwhile use the old one."""
    with (
        frame.session(workspace) as session,
        access.inside(session.workspace),
        frame.progress() as progress,
    ):
        done = indexing.rebuild(
            workspace=session.workspace, by=session.by, now=session.now, progress=progress
        )
    frame.show(
        {"accounts": done.accounts},
        as_json=as_json,
        people=lambda: f"The index holds {done.accounts:,} accounts.",
    )


def drawn(answer: dict[str, Any], *, has_facets: bool) -> Group:
    """A search's answer as a person reads it."""
    shown = answer["creators"]
    count = f"{answer['total']:,} creators" if answer["total"] != 1 else "1 creator"
    if shown and len(shown) < answer["total"]:
        count += f", {shown[0]['rank']:,} to {shown[-1]['rank']:,}"
    parts: list[Any] = [Text(count, style="bold")]
    if answer["corrected"]:
        parts.insert(0, Text(f"Nobody writes that. Showing results for: {answer['corrected']}"))
    if answer["least"]:
        some = f"These have {answer['least']} of them or more."
        parts.insert(0, Text(f"Nobody has all of these words. {some}"))
    if answer["hint"]:
        parts.append(Text(f"{answer['hint']}."))
    if shown:
        parts.append(_hits(shown))
    if has_facets:
        parts += [_facet(key, counts) for key, counts in answer["facets"].items()]
    return Group(*parts)


def _hits(shown: list[dict[str, Any]]) -> Table:
    table = Table()
    longest = max(len(hit["account"]) for hit in shown)
    # Whoever copies an account needs all of it, so its column does not give way.
    table.add_column("Account, name", overflow="fold", width=min(longest, _WIDEST_ACCOUNT))
    table.add_column("Followers", justify="right", no_wrap=True)
    table.add_column("Country", no_wrap=True)
    table.add_column("Topics")
    table.add_column("Why")
    for hit in shown:
        followers = "unknown" if hit["followers"] is None else f"{hit['followers']:,}"
        table.add_row(
            _two_lines(hit["account"], hit["display_name"]),
            _two_lines(followers, hit["tier"]),
            hit["country"] or "",
            Text("\n".join(hit["categories"] or [])),
            Text("\n".join(_why(hit["reasons"]))),
        )
    return table


def _two_lines(first: str, second: str | None) -> Text:
    return Text.assemble(first, (f"\n{second}" if second else "", "dim"))


def _why(reasons: list[dict[str, Any]]) -> list[str]:
    """Where the words are, and what was asked of that has no column of its own."""
    where: dict[str, list[str]] = {}
    audience: dict[str, str] = {}
    others: dict[str, str] = {}
    points: list[str] = []
    for reason in reasons:
        key = reason["key"]
        if reason["kind"] == "rank":
            points.append(f"{key} {reason['value']:.2f}")
        elif reason["kind"] == "words":
            where.setdefault(reason["asked"], []).append(key)
        elif key.startswith("audience."):
            audience[key] = reason["text"].replace(f"{key}:", f"{key.split('.')[-1]}")
        elif key not in _COLUMNS:
            others[key] = reason["text"]
    return [
        *(f"{asked} in {', '.join(fields)}" for asked, fields in where.items()),
        *(["audience " + ", ".join(audience.values())] if audience else []),
        *others.values(),
        *([", ".join(points)] if points else []),
    ]


def _facet(key: str, counts: dict[str, int]) -> Table:
    table = Table()
    table.add_column(key)
    table.add_column("creators", justify="right")
    for value, number in list(counts.items())[:_MOST_COUNTS]:
        table.add_row(Text(value), f"{number:,}")
    if len(counts) > _MOST_COUNTS:
        table.add_row(f"{len(counts) - _MOST_COUNTS} more: --json has them", "")
    return table


def _keys(known: list[dict[str, Any]]) -> Table:
    table = Table()
    for column in ("Key", "Value", "Signs", "Meaning"):
        table.add_column(column)
    for key in known:
        table.add_row(key["key"], key["kind"], " ".join(key["signs"]), key["description"])
    table.add_row(
        "audience.DIMENSION.VALUE",
        "share",
        "= != >= <= > <",
        "part of the audience, such as audience.country.US or audience.age.25-34",
    )
    return table

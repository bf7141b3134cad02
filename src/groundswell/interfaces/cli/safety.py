"""Commands of brand safety: what is watched, scanned for, and taken out as a file."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group

from groundswell.creators import lists, queries
from groundswell.discovery.actions import safety_exports
from groundswell.discovery.actions.safety_exports import Report
from groundswell.discovery.questions import Question
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, Session, WorkspaceOption
from groundswell.interfaces.http import exports
from groundswell.terms.platforms import AccountRef
from groundswell.terms.safety import SafetyCategory
from groundswell.vetting import watching as reads
from groundswell.vetting.actions import watch_scans, watching
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
safety_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Brand safety: words of your own, competitors, and what posts say of them.",
)
app.add_typer(safety_app, name="safety")

WordArgument = Annotated[str, typer.Argument(help="A word or a phrase.")]
CompetitorArgument = Annotated[str, typer.Argument(help="The competitor's name.")]


@safety_app.command("words")
def words(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the words and competitors that posts are scanned for."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        answer = reads.as_json(reads.watch())
    frame.show(
        answer,
        as_json=as_json,
        people=lambda: Group(
            frame.table("Own words", answer["words"]),
            frame.table("Competitors", [_flat(each) for each in answer["competitors"]]),
            "" if answer["is_current"] else "Not scanned yet: `groundswell safety scan` does it.",
        ),
    )


@safety_app.command("add-word")
def add_word(
    text: WordArgument,
    severity: Annotated[str, typer.Option(help="low, medium or high.")] = "medium",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Scan for words of your own; known ones get the severity that you give."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = watching.keep_word(
            text=text,
            severity=severity,
            workspace=session.workspace,
            by=session.by,
            now=session.now,
        )
        answer = reads.term_as_json(kept)
    frame.show(answer, as_json=as_json, people=lambda: _kept(kept.name))


@safety_app.command("remove-word")
def remove_word(
    text: WordArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Scan for words no more."""
    _forget(SafetyCategory.OWN_WORDS, text, workspace, as_json=as_json)


@safety_app.command("add-competitor")
def add_competitor(
    name: CompetitorArgument,
    forms: Annotated[
        list[str] | None,
        typer.Option("--form", help="Another name, an @handle or a #hashtag; may be given again."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Scan for a competitor; a known one gets the forms that you give."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = watching.keep_competitor(
            name=name,
            forms=forms or (),
            workspace=session.workspace,
            by=session.by,
            now=session.now,
        )
        answer = reads.term_as_json(kept)
    frame.show(answer, as_json=as_json, people=lambda: _kept(kept.name))


@safety_app.command("remove-competitor")
def remove_competitor(
    name: CompetitorArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Scan for a competitor no more."""
    _forget(SafetyCategory.COMPETITOR, name, workspace, as_json=as_json)


@safety_app.command("scan")
def scan(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Scan all posts for the words and competitors now; a worker does it too."""
    with frame.session(workspace) as session, frame.progress() as progress:
        found = watch_scans.scan(workspace=session.workspace, now=session.now, progress=progress)
    frame.show(
        {"accounts": found},
        as_json=as_json,
        people=lambda: f"Found in the posts of {found:,} account{'s' * (found != 1)}.",
    )


@safety_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="File to write; .csv, .xlsx or .json.")],
    account: Annotated[str | None, typer.Option(help="Of a creator: instagram:anna.")] = None,
    list_name: Annotated[str | None, typer.Option("--list", help="Of a list.")] = None,
    text: Annotated[str, typer.Option("--search", help="Of all whom these words find.")] = "",
    filters: Annotated[
        list[str] | None, typer.Option("--filter", "-f", help="As in `groundswell search`.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what posts speak of to a file, a row for each post that shows it.

    Of a creator, of a list, or of all whom a search finds.
    """
    question = Question(text, tuple(filters or ()))
    if (account is not None) + (list_name is not None) + bool(question) > 1:
        raise frame.BadCombination(
            "export takes one of --account, --list, and --search with --filter: leave the others "
            "out"
        )
    with frame.session(workspace) as session, access.inside(session.workspace):
        report = _report(session, account, list_name, question)
        kind = file.suffix.lstrip(".").lower()
        if kind == "json":
            content = json.dumps(report.as_json(), ensure_ascii=False, indent=1).encode()
        else:
            table = report.table
            content = exports.written(kind, table.columns, table.rows)
        frame.write(file, content)
    answer = {"file": str(file), "accounts": len(report.accounts), "total": report.total}
    some = f"{len(report.accounts):,} account{'s' * (len(report.accounts) != 1)}"
    frame.show(answer, as_json=as_json, people=lambda: f"{some} in {file}")


def _report(
    session: Session, account: str | None, list_name: str | None, question: Question
) -> Report:
    hand: dict[str, Any] = {"workspace": session.workspace, "by": session.by, "now": session.now}
    if account is not None:
        creator = queries.creator_of(AccountRef.parse(account))
        return safety_exports.of_creator(creator=creator, **hand)
    if list_name is not None:
        return safety_exports.of_list(kept=lists.named(list_name), **hand)
    return safety_exports.of_search(question=question, **hand)


def _forget(subject: SafetyCategory, name: str, workspace: str | None, *, as_json: bool) -> None:
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = reads.term(subject, name)
        watching.forget(kept=kept, by=session.by, now=session.now)
    frame.show(
        {"removed": kept.name}, as_json=as_json, people=lambda: f"{kept.name} is watched no more."
    )


def _kept(name: str) -> str:
    return f"{name} is watched; a worker scans all posts, or `groundswell safety scan` does."


def _flat(shown: dict[str, Any]) -> dict[str, Any]:
    return {**shown, "forms": ", ".join(shown["forms"])}

"""Commands about samples of followers: judge one, train a model. They need no server."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption
from groundswell.terms.estimate import Estimate
from groundswell.vetting import followers
from groundswell.vetting.followers import Judged

_SHOWN = 15
app = typer.Typer(rich_markup_mode=frame.MARKUP)


class _JudgeFirst(TyperGroup):
    """A group whose command ``judge`` need not be named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["judge", *args]
        rest: list[str] = super().parse_args(ctx, args)
        return rest


followers_app = typer.Typer(
    cls=_JudgeFirst,
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help=(
        "Judge a sample of followers: `groundswell followers FILE` is `followers judge FILE`. "
        "Works on files alone and starts nothing."
    ),
)
app.add_typer(followers_app, name="followers")

MapOption = Annotated[
    Path | None,
    typer.Option("--map", help="What the columns mean: TOML with [columns], source = canonical."),
]


@followers_app.command("judge")
def judge(
    file: Annotated[
        Path,
        typer.Argument(
            help="One follower a row, with any of the columns followers, following, posts, "
            "username_length, username_digits, biography_length, has_profile_picture and private."
        ),
    ],
    map_: MapOption = None,
    model: Annotated[
        Path | None, typer.Option(help="A model that `followers train` wrote.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which followers need review and why, and what share of all followers looks fake.

    Without a model the scorecard of published signs judges. A value that is absent is not taken
    for zero. The share is corrected for the judge's mistakes and holds for those that the file was
    drawn from at random.
    """
    found = followers.judged(file, mapping=map_, model=model)
    frame.show(found.as_json(), as_json=as_json, people=lambda: _drawn(found))


@followers_app.command("train")
def train(
    file: Annotated[Path, typer.Argument(help="As for `judge`, with a column of labels.")],
    label: Annotated[str, typer.Option(help="Column that says yes or 1 where a follower is fake.")],
    to: Annotated[Path, typer.Option(help="Where to write the model.")],
    map_: MapOption = None,
    scorecard: Annotated[
        bool, typer.Option("--scorecard", help="Only recalibrate the scorecard; for few labels.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Decides folds and draws.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Train a model on labelled followers that you have the right to use.

    Trees are boosted and calibrated. What is reported comes from five folds of which each was held
    out once. The model is a JSON file of numbers; nothing in it is executed.
    """
    with frame.progress() as progress:
        model, report, sample = followers.train(
            file,
            label=label,
            mapping=map_,
            boosted=not scorecard,
            rng=np.random.default_rng(seed),
            progress=progress,
        )
    to.write_text(model.written(), "utf-8")
    answer = {"model": str(to), **report.as_json(), "unreadable": len(sample.bad)}
    frame.show(answer, as_json=as_json, people=lambda: _report(answer))


def _drawn(found: Judged) -> RenderableType:
    table = Table()
    table.add_column("row", justify="right")
    table.add_column("probability", justify="right")
    table.add_column("points of the scorecard that speak against it")
    for row, chance, reasons in found.most_suspicious(_SHOWN):
        shown = "over 99%" if chance > 0.99 else f"{chance:.0%}"
        table.add_row(f"{row:,}", shown, ", ".join(reasons) or "none")
    parts: list[RenderableType] = [frame.titled("Rows that need review first", table)]
    if found.sample.bad:
        lines = [f"row {row:,}: {why}" for row, why in sorted(found.sample.bad.items())[:_SHOWN]]
        parts.append(Text(f"{len(found.sample.bad):,} rows could not be read:"))
        parts.append(frame.bullets(lines))
    return Group(*parts, *map(Text, found.sample.notes), Text(_share(found.share)))


def _share(share: Estimate) -> str:
    if share.value is None or share.low is None or share.high is None:
        return f"Share of fake followers: cannot say, because {share.reason}."
    note = f" Note: {share.reason}." if share.reason else ""
    return (
        f"Share of fake followers: {share.value:.1%}, 90 % range {share.low:.1%} to "
        f"{share.high:.1%}, from {share.n:,} rows.{note}"
    )


def _report(answer: dict[str, Any]) -> RenderableType:
    errors = answer["errors"]
    labelled = f"{answer['rows']:,} labelled rows, {answer['fakes']:,} of them fake"
    figures = f"AUC {answer['auc']:.3f}, F1 {answer['f1']:.3f}, Brier {answer['brier']:.4f}"
    found = f"{errors['found']:,} of {errors['fakes']:,} fakes found"
    cleared = f"{errors['cleared']:,} of {errors['reals']:,} others cleared"
    lines = [
        f"model written to {answer['model']}",
        f"{labelled}; {answer['unreadable']:,} rows could not be read",
        f"on rows held out: {figures}; {found}, {cleared}",
    ]
    return frame.bullets(lines)

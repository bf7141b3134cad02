"""Commands about vetting: score everybody, show one scorecard, choose the tiers."""

import time
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName
from groundswell.terms.platforms import AccountRef
from groundswell.terms.tiers import TIER_SETS, Tier, TierSet
from groundswell.vetting import queries, showing
from groundswell.vetting.actions import scorecards
from groundswell.vetting.actions.scorecards import Vetted
from groundswell.vetting.queries import Answer
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces

app = typer.Typer()
tiers_app = typer.Typer(no_args_is_help=True, help="Size classes of accounts by followers.")
app.add_typer(tiers_app, name="tiers")


@app.command("vet")
def vet(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Score every account on six factors, from all that is known of it."""
    began = time.monotonic()
    with frame.session(workspace) as session, frame.progress() as progress:
        found = scorecards.vet(
            workspace=session.workspace, by=session.by, now=session.now, progress=progress
        )
    seconds = round(time.monotonic() - began, 2)
    answer = {
        "accounts": found.accounts,
        "scored": found.scored,
        "cannot_say": found.cannot_say,
        "seconds": seconds,
        "needs_review": found.needs_review,
        "coverage": found.coverage,
    }
    frame.show(answer, as_json=as_json, people=lambda: drawn_run(found, seconds))


@app.command("scorecard")
def scorecard(
    account: Annotated[str, typer.Argument(help="Account, such as instagram:anna.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of an account: six factors, rates, and the evidence for each."""
    ref = _reference(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        answer = queries.scorecard(ref, now=session.now)
        found = showing.as_json(answer)
    frame.show(found, as_json=as_json, people=lambda: drawn(answer))


@tiers_app.command("show")
def show_tiers(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show the tier set of a workspace, and the sets that come with Groundswell."""
    with frame.session(workspace) as session:
        chosen = session.workspace.tiers
    frame.show(_tiers_json(chosen), as_json=as_json, people=lambda: _tiers_table(chosen))


@tiers_app.command("set")
def set_tiers(
    name: Annotated[str, typer.Argument(help="activate, common, or a name of your own.")],
    bounds: Annotated[
        str | None,
        typer.Option(
            help="Followers from which each tier starts, such as "
            "nano=1,micro=5000,mid=20000,macro=100000,mega=1000000."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose the followers from which each tier starts."""
    lower_bounds = _bounds(name, bounds)
    with frame.session(workspace) as session, access.inside(session.workspace):
        chosen = workspaces.set_tiers(
            workspace=session.workspace,
            name=name,
            lower_bounds=lower_bounds,
            by=session.by,
            now=session.now,
        )
    frame.show(_tiers_json(chosen), as_json=as_json, people=lambda: _tiers_table(chosen))


def _reference(text: str) -> AccountRef:
    try:
        return AccountRef.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _bounds(name: str, bounds: str | None) -> dict[str, int]:
    if bounds is None:
        if name not in TIER_SETS:
            raise typer.BadParameter(
                f"no tier set is called {name!r}: use {' or '.join(TIER_SETS)}, or give --bounds"
            )
        return {tier.value: low for tier, low in TIER_SETS[name].lower_bounds.items()}
    found = {}
    for pair in bounds.split(","):
        tier, _, followers = pair.partition("=")
        if not followers.strip().isdecimal():
            raise typer.BadParameter(f"a bound is written micro=5000, got {pair.strip()!r}")
        found[tier.strip()] = int(followers)
    return found


def _tiers_json(chosen: TierSet) -> dict[str, object]:
    return {
        "name": chosen.name,
        "lower_bounds": {tier.value: chosen.lower_bounds[tier] for tier in Tier},
    }


def _tiers_table(chosen: TierSet) -> RenderableType:
    table = Table(title=f"Tiers of this workspace: {chosen.name}", title_justify="left")
    table.add_column("tier")
    table.add_column("followers from", justify="right")
    for tier in Tier:
        table.add_row(tier.value, f"{chosen.lower_bounds[tier]:,}")
    return table


def drawn_run(found: Vetted, seconds: float) -> RenderableType:
    """What a run over all accounts could say."""
    if not found.accounts:
        return "There are no accounts yet: `groundswell import accounts FILE` brings them in."
    table = Table(title="Accounts of which each factor can be said", title_justify="left")
    table.add_column("factor")
    table.add_column("share of accounts", justify="right")
    for name, share in found.coverage.items():
        table.add_row(name.replace("_", " "), f"{share:.1%}" if share is not None else "")
    return Group(
        f"Scored {found.scored:,} of {found.accounts:,} accounts in {seconds:.1f} s; of "
        f"{found.cannot_say:,} nothing can be said, and {found.needs_review:,} need review.",
        table,
    )


def drawn(answer: Answer) -> RenderableType:
    """A scorecard as a person reads it."""
    followers = answer.account.followers
    size = "followers unknown" if followers is None else f"{followers:,} followers"
    tier = f", {answer.tier.value}" if answer.tier else ""
    return Group(
        Text(f"{answer.account}  ({size}{tier})", style="bold"),
        _status(answer),
        _factors(answer),
        _rates(answer),
        *_evidence(answer),
    )


def _status(answer: Answer) -> RenderableType:
    words = f"Verdict: {answer.card.verdict.value.replace('_', ' ')}."
    if answer.card.verdict_reasons:
        words += f" {' '.join(answer.card.verdict_reasons)}"
    if answer.vetted_at is None:
        words += " Worked out now, against accounts nearest in size; `groundswell vet` keeps it."
    else:
        words += f" Vetted {answer.vetted_at:%Y-%m-%d %H:%M} UTC."
        if not answer.is_current:
            words += " Data has come in since: `groundswell vet` takes it into account."
    return words


def _factors(answer: Answer) -> RenderableType:
    table = Table(
        title="Six factors, 0 to 100; 50 is usual for accounts of this size", title_justify="left"
    )
    table.add_column("factor")
    for heading in ("score", "95 % range"):
        table.add_column(heading, justify="right")
    table.add_column("why it can't be said", ratio=1)
    for factor in answer.card.factors:
        score = factor.score
        table.add_row(_title(factor.name), _number(score), _range(score), score.reason or "")
    return table


def _number(score: Estimate) -> str:
    return "cannot say" if score.value is None else f"{score.value:.0f}"


def _range(score: Estimate) -> str:
    return "" if score.low is None or score.high is None else f"{score.low:.0f} to {score.high:.0f}"


def _rates(answer: Answer) -> RenderableType:
    if not answer.card.rates:
        return "Engagement rates: cannot say, because no post has known engagement."
    table = Table(title="Engagement rates", title_justify="left")
    for heading in ("by", "format"):
        table.add_column(heading)
    for heading in ("rate", "95 % range", "n", "percentile", "among"):
        table.add_column(heading, justify="right")
    table.add_column("counted")
    for rate in answer.card.rates:
        found, place = rate.estimate, rate.place
        spread = "" if found.low is None else f"{found.low:.2%} to {found.high:.2%}"
        table.add_row(
            rate.denominator.removeprefix("engagement_rate_by_"),
            rate.format,
            f"{found.value:.2%}",
            spread,
            str(found.n),
            "" if place.percentile is None else f"{place.percentile:.0f}",
            f"{place.peers} similar",
            rate.counted,
        )
    return table


def _evidence(answer: Answer) -> list[RenderableType]:
    parts: list[RenderableType] = [Text("\nEvidence", style="bold")]
    for factor in answer.card.factors:
        parts.append(Text(_title(factor.name), style="underline"))
        lines = [item.in_full for item in factor.evidence if item.estimate.is_known]
        unknown = [item.sentence for item in factor.evidence if not item.estimate.is_known]
        parts += [Padding(Text(f"- {line}"), (0, 0, 0, 2)) for line in lines]
        parts += [Padding(Text(f"- {line}", style="dim"), (0, 0, 0, 2)) for line in unknown]
    return parts


def _title(name: FactorName) -> str:
    return name.value.replace("_", " ").capitalize()

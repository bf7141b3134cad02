"""Commands about vetting: score everybody, show one scorecard, choose the tiers."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.planning import brief as briefs
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName
from groundswell.terms.platforms import AccountRef
from groundswell.terms.tiers import TIER_SETS, Tier, TierSet
from groundswell.vetting import queries, reviews, showing, targets
from groundswell.vetting.actions import scorecards
from groundswell.vetting.actions.scorecards import Vetted
from groundswell.vetting.queries import Answer
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces

app = typer.Typer(rich_markup_mode=frame.MARKUP)
tiers_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Tiers of accounts by followers.",
)
app.add_typer(tiers_app, name="tiers")


@app.command("vet")
def vet(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Score every account on six factors, from all that is known of it."""
    began = time.monotonic()
    with frame.session(workspace) as session, frame.progress() as progress:
        found = scorecards.vet(
            workspace=session.workspace, by=session.by, now=session.now, progress=progress
        )
        with access.inside(session.workspace):
            queue = reviews.counts()
    seconds = round(time.monotonic() - began, 2)
    answer = {
        "accounts": found.accounts,
        "scored": found.scored,
        "cannot_say": found.cannot_say,
        "seconds": seconds,
        "needs_review": found.needs_review,
        "coverage": found.coverage,
        "reviews": queue,
    }
    frame.show(answer, as_json=as_json, people=lambda: drawn_run(found, seconds))


@app.command("scorecard")
def scorecard(
    account: Annotated[str, typer.Argument(help="Account, such as instagram:anna.")],
    brief: Annotated[
        Path | None,
        typer.Option(help="A brief, TOML: says how much of the audience it is for."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of an account: six factors, rates, and the evidence for each."""
    ref = AccountRef.parse(account)
    wanted = briefs.read(brief)[0].audience.by_dimension() if brief else None
    with frame.session(workspace) as session, access.inside(session.workspace):
        answer = queries.scorecard(ref, now=session.now)
        found = showing.as_json(answer)
        if wanted is not None:
            found["target"] = targets.as_json(targets.fit(answer.account, wanted))
    target = drawn_target(found.get("target"))
    frame.show(found, as_json=as_json, people=lambda: Group(drawn(answer), *target))


def drawn_target(target: dict[str, Any] | None) -> list[RenderableType]:
    """The audience beside a brief as a person reads it; nothing without a brief."""
    if target is None:
        return []
    table = Table("Audience in the brief's target", "share", "measured by", box=None)
    table.add_row("everything together", _share_in_words(target["share"]), "")
    for part in target["parts"]:
        name = f"{part['dimension']}: {', '.join(part['wanted'])}"
        table.add_row(name, _share_in_words(part["share"]), part["source"] or "")
    return [table]


def _share_in_words(share: dict[str, Any]) -> str:
    if share["value"] is None:
        return f"cannot say: {share['reason']}"
    if share["low"] is None:
        return f"{share['value']:.0%}"
    return f"{share['value']:.0%} ({share['low']:.0%} to {share['high']:.0%})"


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
            help="Followers from which each tier starts: nano=1,micro=5000 and so on, "
            "with mid, macro and mega."
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


def _bounds(name: str, bounds: str | None) -> dict[str, int]:
    if bounds is None:
        if name not in TIER_SETS:
            known = " or ".join(TIER_SETS)
            raise workspaces.BadTierSet(
                f"no tier set is called {name!r}: use {known}, or give --bounds"
            )
        return {tier.value: low for tier, low in TIER_SETS[name].lower_bounds.items()}
    found = {}
    for pair in bounds.split(","):
        tier, _, followers = pair.partition("=")
        if not followers.strip().isdecimal():
            raise workspaces.BadTierSet(f"a bound is written micro=5000, got {pair.strip()!r}")
        if tier.strip() in found:
            raise workspaces.BadTierSet(f"{tier.strip()} has two bounds: give one, got {bounds}")
        found[tier.strip()] = int(followers)
    return found


def _tiers_json(chosen: TierSet) -> dict[str, object]:
    return {
        "name": chosen.name,
        "lower_bounds": _lower_bounds(chosen),
        "ready": {name: _lower_bounds(ready) for name, ready in TIER_SETS.items()},
    }


def _lower_bounds(chosen: TierSet) -> dict[str, int]:
    return {tier.value: chosen.lower_bounds[tier] for tier in Tier}


def _tiers_table(chosen: TierSet) -> RenderableType:
    others = [ready for ready in TIER_SETS.values() if ready.name != chosen.name]
    table = Table()
    table.add_column("followers from")
    table.add_column(f"{chosen.name} (chosen)", justify="right")
    for ready in others:
        table.add_column(ready.name, justify="right")
    for tier in Tier:
        table.add_row(tier.value, *(f"{each.lower_bounds[tier]:,}" for each in (chosen, *others)))
    return frame.titled("Tiers of this workspace", table)


def drawn_run(found: Vetted, seconds: float) -> RenderableType:
    """What a run over all accounts could say."""
    if not found.accounts:
        return "There are no accounts yet: `groundswell import accounts FILE` brings them in."
    table = Table()
    table.add_column("factor")
    table.add_column("share of accounts", justify="right")
    for name, share in found.coverage.items():
        table.add_row(name.replace("_", " "), f"{share:.1%}" if share is not None else "")
    return Group(
        f"Scored {found.scored:,} of {found.accounts:,} accounts in {seconds:.1f} s; of "
        f"{found.cannot_say:,} nothing can be said, and {found.needs_review:,} need review.",
        frame.titled("Of how many accounts each factor can be said", table),
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
        _safety(answer),
        *_evidence(answer),
    )


def _status(answer: Answer) -> RenderableType:
    words = f"Verdict: {answer.standing.value.replace('_', ' ')}."
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
    table = Table()
    table.add_column("factor")
    for heading in ("score", "95 % range"):
        table.add_column(heading, justify="right")
    table.add_column("why it can't be said", ratio=1)
    for factor in answer.card.factors:
        score = factor.score
        table.add_row(_title(factor.name), _number(score), _range(score), score.reason or "")
    overall = answer.overall.score
    why = overall.reason or answer.overall.coverage
    table.add_row("Overall", _number(overall), _range(overall), why)
    return frame.titled("Six factors, 0 to 100; 50 is usual for accounts of this size", table)


def _safety(answer: Answer) -> RenderableType:
    found = answer.card.safety
    if not found.posts_read:
        return "Brand safety: cannot say, as no caption is in a language whose words are known.\n"
    if not found.concerns:
        return f"Brand safety: none of the words looked for in {found.posts_read:,} posts.\n"
    table = Table()
    for heading in ("category", "severity"):
        table.add_column(heading)
    table.add_column("posts", justify="right")
    table.add_column("last")
    table.add_column("words such as", ratio=1)
    for concern in found.concerns:
        last = f"{concern.newest_at:%Y-%m-%d}" if concern.newest_at else ""
        words = ", ".join(concern.terms)
        name = concern.category.replace("_", " ")
        table.add_row(name, concern.severity.name.lower(), f"{concern.posts:,}", last, words)
    return frame.titled(f"Brand safety: words found in {found.posts_read:,} posts", table)


def _number(score: Estimate) -> str:
    return "cannot say" if score.value is None else f"{score.value:.0f}"


def _range(score: Estimate) -> str:
    return "" if score.low is None or score.high is None else f"{score.low:.0f} to {score.high:.0f}"


def _rates(answer: Answer) -> RenderableType:
    if not answer.card.rates:
        return "Engagement rates: cannot say, because no post has known engagement."
    rates = answer.card.rates
    counted = {rate.counted for rate in rates}
    table = Table()
    for heading in ("by", "format"):
        table.add_column(heading, no_wrap=True)
    for heading in ("rate", "95 % range", "n", "percentile", "among"):
        table.add_column(heading, justify="right")
    if len(counted) > 1:
        table.add_column("counted")
    for rate in rates:
        found, place = rate.estimate, rate.place
        spread = "" if found.low is None else f"{found.low:.2%} to {found.high:.2%}"
        cells = (
            rate.denominator.removeprefix("engagement_rate_by_"),
            rate.format,
            f"{found.value:.2%}",
            spread,
            str(found.n),
            "" if place.percentile is None else f"{place.percentile:.0f}",
            str(place.peers),
        )
        table.add_row(*cells, *([rate.counted] if len(counted) > 1 else []))
    alike = f", of {rates[0].counted}" if len(counted) == 1 else ""
    return frame.titled(f"Engagement rates{alike}", table)


def _evidence(answer: Answer) -> list[RenderableType]:
    parts: list[RenderableType] = [Text("\nEvidence", style="bold")]
    for factor in answer.card.factors:
        parts.append(Text(_title(factor.name), style="underline"))
        lines = [item.in_full for item in factor.evidence if item.estimate.is_known]
        unknown = [item.sentence for item in factor.evidence if not item.estimate.is_known]
        parts.append(frame.bullets([*lines, *(Text(line, style="dim") for line in unknown)]))
    return parts


def _title(name: FactorName) -> str:
    return name.value.replace("_", " ").capitalize()

"""The command that shows it all: a synthetic world, and the main job walked on it."""

import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from groundswell.demo import actions, login, walk
from groundswell.demo.actions import Seeded
from groundswell.demo.walk import Walk
from groundswell.interfaces.cli import discovery, frame, imports, plan_tables, vetting
from groundswell.interfaces.cli.frame import JsonOption
from groundswell.vetting import showing
from groundswell.workspaces.models import Workspace

app = typer.Typer(rich_markup_mode=frame.MARKUP)

_SMALL = 500
_WAIT = (
    "Starting the database. The first time it is made and given its tables, and then the console "
    "its files: that takes a minute or two, and seconds from then on."
)


@app.command("demo")
def demo(
    small: Annotated[
        bool, typer.Option("--small", help="A world of 500 creators instead of 75,000.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Decides the whole world.")] = 1,
    workspace: Annotated[
        str | None,
        typer.Option("--workspace", "-w", help="Where to; else `demo`, or `demo-small`."),
    ] = None,
    up: Annotated[
        bool,
        typer.Option("--up", help="Run the console too, until Ctrl-C, and say how to sign in."),
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port of the console.")] = 8000,
    as_json: JsonOption = False,
) -> None:
    """Fill a workspace with a synthetic world and walk the main job on it.

    Creators, posts and audiences are invented and come in as files, through the same imports as
    anybody's. Then: a search, one scorecard, and a plan for 100,000 USD. The second time the world
    is there already. With --up the console runs from the start, and shows the world as it comes in.
    """
    slug = workspace or ("demo-small" if small else "demo")
    aside = frame.installation.get().serve_aside(port=port) if up else None
    if aside is not None:
        frame.messages.print(_WAIT)
    with frame.session(None) as session:
        place = actions.workspace_for(slug=slug, by=session.by, now=session.now)
        if aside is None:
            _walked(session, place, small=small, seed=seed, as_json=as_json)
            return
        known = login.ready(workspace=place, now=session.now)
        frame.messages.print("The database is up; starting the console.")
        with aside as console:
            frame.messages.print(_way_in(console, known, is_filling=True))
            _walked(session, place, small=small, seed=seed, as_json=as_json)
            frame.messages.print(_way_in(console, known, is_filling=False))
            console.wait()


def _way_in(console: frame.Aside, known: login.Login, *, is_filling: bool) -> Text:
    """Where to go, and what to type there."""
    last = (
        "The demo world is being made meanwhile; Home shows how far it is."
        if is_filling
        else f"Stop it with Ctrl-C. What happens is written to {console.log}."
    )
    return Text.assemble(
        "\n  Open      ",
        (console.address, "bold"),
        "\n  E-mail    ",
        (known.email, "bold"),
        "\n  Password  ",
        (known.password or "the one that you chose", "bold"),
        f"\n\n{last}\n",
    )


def _walked(
    session: frame.Session, place: Workspace, *, small: bool, seed: int, as_json: bool
) -> None:
    """Seed the world where it is not there yet, walk the main job, and show what it did."""
    began = time.perf_counter()
    with frame.progress() as progress:
        seeded = actions.seed(
            workspace=place,
            seed=seed,
            creators=_SMALL if small else actions.CREATORS,
            by=session.by,
            now=session.now,
            stopwatch=time.perf_counter,
            progress=progress,
        )
        taken = walk.take(
            workspace=place,
            seeded=seeded,
            by=session.by,
            now=session.now,
            stopwatch=time.perf_counter,
            progress=progress,
        )
    seconds = {"all": time.perf_counter() - began, **seeded.seconds, **taken.seconds}
    frame.show(
        _as_json(place, seeded, taken, seconds),
        as_json=as_json,
        people=lambda: _drawn(place, seeded, taken, seconds),
    )


def _as_json(
    place: Workspace, seeded: Seeded, taken: Walk, seconds: dict[str, float]
) -> dict[str, Any]:
    vetted = seeded.vetted
    return {
        "workspace": place.slug,
        "name": place.name,
        "synthetic": place.is_synthetic,
        "seed": seeded.seed,
        "creators": seeded.creators,
        "seen_at": seeded.seen_at.isoformat(),
        "warm": seeded.is_warm,
        "files": [
            {
                "kind": arrived.kind,
                **imports.document(Path(arrived.file), arrived.outcome),
            }
            for arrived in seeded.files
        ],
        "vet": {
            "accounts": vetted.accounts,
            "scored": vetted.scored,
            "cannot_say": vetted.cannot_say,
            "needs_review": vetted.needs_review,
            "coverage": vetted.coverage,
        },
        "indexed": seeded.indexed,
        "search": taken.found,
        "scorecard": showing.as_json(taken.scorecard),
        "brief": str(taken.brief),
        "plan": taken.plan,
        "seconds": {step: round(spent, 2) for step, spent in seconds.items()},
    }


def _drawn(
    place: Workspace, seeded: Seeded, taken: Walk, seconds: dict[str, float]
) -> RenderableType:
    asked = " ".join(f"--filter '{expression}'" for expression in taken.filters)
    card = taken.scorecard
    return Group(
        _heading(f"1  What came in: {place.name}"),
        f"{seeded.creators:,} invented creators, seed {seeded.seed}. Nobody in here exists; every "
        "address ends in .example.",
        imports.drawn([(Path(arrived.file), arrived.outcome) for arrived in seeded.files]),
        _spent(seeded),
        vetting.drawn_run(seeded.vetted, seeded.seconds["vet"]),
        _heading(f'2  A search: groundswell search "{walk.SEARCH}" {asked} -w {place.slug}'),
        discovery.drawn(taken.found, has_facets=False),
        f"Answered in {seconds['search']:.2f} s.",
        _heading(f"3  One scorecard: groundswell scorecard {card.account} -w {place.slug}"),
        vetting.drawn(card),
        _heading(f"4  A plan: groundswell plan {taken.brief} -w {place.slug}"),
        plan_tables.drawn(taken.plan),
        f"Planned in {seconds['plan']:.1f} s.",
        _heading("What to type next"),
        _next(place, taken),
    )


def _heading(words: str) -> Text:
    return Text(f"\n{words}\n", style="bold reverse")


def _spent(seeded: Seeded) -> str:
    steps = ", ".join(f"{step} {seeded.seconds[step]:.1f} s" for step in actions.STEPS)
    if seeded.is_warm:
        return f"All of this was here already. The first time it took: {steps}."
    return f"It took: {steps}."


def _next(place: Workspace, taken: Walk) -> str:
    slug = place.slug
    folder = Path(sys.executable).parent
    findable = [] if shutil.which("groundswell") else [f'export PATH="{folder}:$PATH"']
    return "\n".join(
        [
            *findable,
            f"groundswell search 'sourdough' --filter country=DE --facet tier -w {slug}",
            f"groundswell search --filters -w {slug}    # what can be filtered by",
            f"groundswell scorecard {taken.plan['lines'][0]['account']} -w {slug}",
            f"cp {taken.brief} .    # change it, then:",
            f"groundswell plan {taken.brief.name} -w {slug}",
            "groundswell import accounts YOUR-FILE.csv    # into your own workspace, `default`",
            f"groundswell journal -w {slug}    # everything that was done here",
        ]
    )

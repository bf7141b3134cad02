"""The main job, walked once on the demo's workspace: a search, one scorecard, a plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from groundswell.creators import queries as creators
from groundswell.demo.actions import Seeded, Stopwatch
from groundswell.discovery import queries as discovery
from groundswell.discovery import showing
from groundswell.planning import brief as briefs
from groundswell.planning import queries as planning
from groundswell.planning.actions import plans
from groundswell.planning.models import Plan
from groundswell.terms.platforms import AccountRef
from groundswell.terms.progress import Progress, silent
from groundswell.vetting import queries as vetting
from groundswell.vetting.queries import Answer
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

SEARCH = "trail running"
FILTERS = ("country=US", "audience.gender.female>=0.5", "audience.age.25-34>=0.3")
_SHOWN = 8
_PLAN_SEED = 1
_BRIEF = """\
name = "Trail shoe launch"
objective = "reach"
budget = {{ amount = 100000, currency = "USD" }}
start = {start}
end = {end}
handling_cost = 40

# Some creators ask for their own currency: what one unit of it is worth in US dollars, rounded.
[exchange_rates]
GBP = 1.27
EUR = 1.09
CAD = 0.74
AUD = 0.67
CHF = 1.14
MXN = 0.057
COP = 0.00025
ARS = 0.00105
BRL = 0.196
JPY = 0.0067
EGP = 0.021
AED = 0.272

[audience]
countries = ["US", "GB"]
genders = ["female"]
ages = ["25-34"]

[creators]
count = {{ min = {least}, max = 200 }}
platforms = ["instagram", "tiktok", "youtube"]
formats = ["reel", "short", "video", "carousel", "image"]
categories = ["running", "outdoor"]
max_share_per_creator = 0.10
"""
_LEAST = 20
_CREATORS_PER_PLANNED = 250


@dataclass(frozen=True, slots=True)
class Walk:
    """What each step showed.

    Attributes:
        filters: What the search asked for besides words.
        found: The search's answer, as every interface shows it.
        scorecard: Of the first creator that was found.
        brief: Where the brief is, for trying others.
        plan: What the plan says.
        seconds: How long each step took, by name.
    """

    filters: tuple[str, ...]
    found: dict[str, Any]
    scorecard: Answer
    brief: Path
    plan: dict[str, Any]
    seconds: dict[str, float]


def take(
    *,
    workspace: Workspace,
    seeded: Seeded,
    by: str,
    now: datetime,
    stopwatch: Stopwatch,
    progress: Progress = silent,
) -> Walk:
    """Search, open the first creator's scorecard, and plan 100,000 USD; opens its transactions.

    The same walk on the same data keeps the plan that was made before.
    """
    started = stopwatch()
    filters = FILTERS if seeded.creators > _LEAST * _CREATORS_PER_PLANNED else FILTERS[:1]
    with access.inside(workspace):
        hits = discovery.search(SEARCH, filters=filters, limit=_SHOWN, progress=progress)
        found = showing.found_as_json(hits, workspace.tiers)
    searched = stopwatch()
    with access.inside(workspace):
        first = AccountRef.parse(found["creators"][0]["account"])
        scorecard = vetting.scorecard(first, now=now)
    opened = stopwatch()
    brief = _brief(workspace, seeded)
    plan = _planned(workspace, brief, by, now, progress)
    seconds = {
        "search": searched - started,
        "scorecard": opened - searched,
        "plan": stopwatch() - opened,
    }
    return Walk(filters, found, scorecard, brief, plan, seconds)


def _brief(workspace: Workspace, seeded: Seeded) -> Path:
    """The brief as a file: six weeks from four weeks after the world was seen."""
    start = seeded.seen_at.date() + timedelta(weeks=4)
    least = min(_LEAST, 1 + seeded.creators // _CREATORS_PER_PLANNED)
    text = _BRIEF.format(start=start, end=start + timedelta(days=41), least=least)
    folder = Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id) / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "trail-shoe-launch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _planned(
    workspace: Workspace, path: Path, by: str, now: datetime, progress: Progress
) -> dict[str, Any]:
    brief, text = briefs.read(path)
    with access.inside(workspace):
        same = Plan.objects.filter(
            brief_text=text, seed=_PLAN_SEED, data_revision=creators.latest_revision()
        )
        kept = same.order_by("proposed_at").first()
    if kept is None:
        kept = plans.propose(
            workspace=workspace,
            brief=brief,
            text=text,
            by=by,
            now=now,
            seed=_PLAN_SEED,
            progress=progress,
        )
    with access.inside(workspace):
        return planning.said(kept.id)

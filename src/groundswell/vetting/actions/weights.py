"""Setting how much each factor counts in the overall score."""

import math
from collections.abc import Mapping
from datetime import datetime

from groundswell.terms.errors import Refusal
from groundswell.terms.factors import FactorName
from groundswell.vetting import weighing
from groundswell.vetting.models import FactorWeights
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

MOST = 1_000.0


class BadWeights(Refusal, ValueError):
    """Weights that make no score."""

    code = "bad_weights"


def set_weights(
    *, workspace: Workspace, weights: Mapping[str, float], by: str, now: datetime
) -> dict[FactorName, float]:
    """Say how much each factor counts, in any unit; they are kept so that they sum to 1.

    Raises:
        BadWeights: When a factor is missing or unknown, or a weight is no number from 0 up.
    """
    normalized = _normalized(weights)
    FactorWeights.objects.update_or_create(
        workspace=workspace,
        defaults={
            "weights": {name.value: weight for name, weight in normalized.items()},
            "set_by": by,
            "set_at": now,
        },
    )
    _tell(workspace, "weights.set", normalized, by=by, now=now)
    return normalized


def reset(*, workspace: Workspace, by: str, now: datetime) -> dict[FactorName, float]:
    """Let all factors count the same again."""
    if FactorWeights.objects.all().delete()[0]:
        _tell(workspace, "weights.reset", weighing.DEFAULT, by=by, now=now)
    return dict(weighing.DEFAULT)


def _tell(
    workspace: Workspace,
    event: str,
    weights: Mapping[FactorName, float],
    *,
    by: str,
    now: datetime,
) -> None:
    details = {name.value: round(weight, 4) for name, weight in weights.items()}
    journal.record(event, workspace=workspace, by=by, now=now, details=details)
    jobs.defer("discovery.refresh_index", workspace=workspace)


def _normalized(weights: Mapping[str, float]) -> dict[FactorName, float]:
    names = [name.value for name in FactorName]
    if set(weights) != set(names):
        odd = sorted(set(weights) ^ set(names))
        raise BadWeights(
            f"each factor needs one weight ({', '.join(names)}): {', '.join(odd)[:200]} is missing "
            "or unknown"
        )
    for name, weight in weights.items():
        if not math.isfinite(weight) or not 0 <= weight <= MOST:
            raise BadWeights(f"the weight of {name} is a number from 0 to {MOST:g}, got {weight!r}")
    total = sum(weights.values())
    if total <= 0:
        raise BadWeights("all weights are 0, which makes no score: give at least one factor more")
    return {name: weights[name.value] / total for name in FactorName}

"""Making and changing workspaces."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction

from groundswell.terms import tiers
from groundswell.terms.errors import Refusal
from groundswell.terms.lines import is_line
from groundswell.terms.money import CURRENCIES
from groundswell.workspaces import access, jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

FIRST = "default"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}", re.ASCII)


class WorkspaceExists(Refusal):
    """The name is taken."""

    code = "workspace_exists"


class BadWorkspace(Refusal):
    """A name, currency or time zone that can't be used."""

    code = "bad_workspace"


class BadTierSet(Refusal):
    """Bounds that make no tiers."""

    code = "bad_tier_set"


def create(
    *, slug: str, name: str, by: str, now: datetime, is_synthetic: bool = False
) -> Workspace:
    """Make a workspace.

    Raises:
        WorkspaceExists: When the slug is taken.
        BadWorkspace: When it can't be one.
    """
    if not _SLUG.fullmatch(slug):
        raise BadWorkspace(
            f"a workspace can't be called {slug[:60]!r}: use up to 50 small letters, digits and "
            "hyphens, such as acme-uk, and --name for what people read"
        )
    if not 0 < len(name) <= 200 or not is_line(name):
        raise BadWorkspace(f"a workspace's name needs 1 to 200 characters, got {name[:60]!r}")
    with transaction.atomic():
        workspace, made = Workspace.objects.get_or_create(
            slug=slug,
            defaults={"name": name, "created_at": now, "is_synthetic": is_synthetic},
        )
        if not made:
            raise WorkspaceExists(f"a workspace {slug!r} exists already: choose another name")
        with access.inside(workspace):
            journal.record("workspace.created", workspace=workspace, by=by, now=now, subject=slug)
    return workspace


def first(*, by: str, now: datetime) -> Workspace:
    """The workspace ``default``; whoever comes first makes it."""
    found = Workspace.objects.filter(slug=FIRST).first()
    return found or create(slug=FIRST, name="Default", by=by, now=now)


def change(
    *, workspace: Workspace, name: str, currency: str, time_zone: str, by: str, now: datetime
) -> None:
    """Give a workspace another name, currency or time zone; what was recorded keeps its own.

    Raises:
        BadWorkspace: When one of them can't be used.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 200 or "\x00" in name:
        raise BadWorkspace(f"a workspace's name needs 1 to 200 characters, got {len(name)}")
    if currency not in CURRENCIES:
        raise BadWorkspace(
            f"{currency[:10]!r} is no currency that somebody is paid in, such as USD or EUR"
        )
    if time_zone not in available_timezones():
        raise BadWorkspace(f"{time_zone[:60]!r} is no time zone, such as Europe/Paris or UTC")
    before = {name: getattr(workspace, name) for name in ("name", "currency", "time_zone")}
    workspace.name, workspace.currency, workspace.time_zone = name, currency, time_zone
    after = {name: getattr(workspace, name) for name in before}
    if after == before:
        return
    workspace.save(update_fields=list(after))
    if before["currency"] != currency:
        jobs.defer("discovery.refresh_index", workspace=workspace)
    journal.record(
        "workspace.changed",
        workspace=workspace,
        by=by,
        now=now,
        subject=workspace.slug,
        details={key: [before[key], after[key]] for key in after if before[key] != after[key]},
    )


def set_tiers(
    *, workspace: Workspace, name: str, lower_bounds: Mapping[str, int], by: str, now: datetime
) -> tiers.TierSet:
    """Choose the bounds, in followers, from which each tier starts.

    Raises:
        BadTierSet: When a tier is missing or the bounds do not rise.
    """
    try:
        tier_set = tiers.TierSet(name, {tiers.Tier(key): low for key, low in lower_bounds.items()})
    except ValueError as error:
        raise BadTierSet(f"cannot use these tiers: {error}") from error
    workspace.tier_set = {"name": name, "lower_bounds": dict(tier_set.lower_bounds)}
    workspace.save(update_fields=["tier_set"])
    journal.record(
        "workspace.tiers_set",
        workspace=workspace,
        by=by,
        now=now,
        subject=name,
        details=workspace.tier_set,
    )
    return tier_set

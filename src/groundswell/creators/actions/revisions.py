"""The number under which a change becomes visible."""

from django.db.models import F

from groundswell.creators.models import RevisionCounter
from groundswell.workspaces.models import Workspace


def hold(workspace: Workspace) -> None:
    """Make writers wait for our commit, without news: what readers are told stays the same."""
    RevisionCounter.objects.get_or_create(workspace=workspace)
    RevisionCounter.objects.select_for_update().get()


def begin(workspace: Workspace) -> int:
    """The next revision; whoever else wants to change accounts or segments waits for our commit."""
    RevisionCounter.objects.get_or_create(workspace=workspace)
    RevisionCounter.objects.update(latest=F("latest") + 1)
    return RevisionCounter.objects.values_list("latest", flat=True).get()

"""Searches that people keep."""

from django.db import models
from django.db.models.functions import Lower

from groundswell.discovery.questions import Question
from groundswell.workspaces import tenancy


class SavedSearch(tenancy.WorkspaceModel):
    """A question under a name, and how many answered it when somebody last looked.

    A deleted one is kept, so that deleting is undone by taking ``deleted_at`` away.
    """

    name = models.CharField(max_length=100)
    text = models.CharField(max_length=400, blank=True)
    filters = models.JSONField(default=list)  # expressions such as country=US
    sort = models.CharField(max_length=100, blank=True)
    like = models.JSONField(default=list)  # accounts such as instagram:anna
    saved_by = models.CharField(max_length=200)
    saved_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    looked_total = models.PositiveIntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                condition=models.Q(deleted_at=None),
                name="search_name_once",
            ),
        ]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        return self.name

    @property
    def question(self) -> Question:
        """What is asked."""
        return Question(self.text, tuple(self.filters), self.sort, tuple(self.like))

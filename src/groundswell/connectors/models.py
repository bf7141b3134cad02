"""Runs of imports."""

from django.db import models

from groundswell.connectors.choices import RunState
from groundswell.workspaces import tenancy


class ImportRun(tenancy.WorkspaceModel):
    """One file, brought in once: what became of its rows, and what was guessed."""

    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # of map, platform and all else that decides
    state = models.CharField(max_length=10, choices=RunState, default=RunState.BEGUN)
    rows_read = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    changed = models.JSONField(default=dict)  # rows written by table
    guesses = models.JSONField(default=list)
    refusal = models.JSONField(null=True)  # code and message of a failed run
    by = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "sha256", "kind", "fingerprint"],
                condition=models.Q(state=RunState.BEGUN),
                name="one_unfinished_run_of_a_file",
            ),
            models.CheckConstraint(
                condition=models.Q(rows_read=models.F("accepted") + models.F("rejected")),
                name="every_row_accounted_for",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "started_at"], name="import_run_by_start")]

    def __str__(self) -> str:
        return f"{self.kind} from {self.file_name}"

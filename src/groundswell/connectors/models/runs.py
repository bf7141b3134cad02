"""Runs of imports, and files that wait for theirs."""

from django.db import models

from groundswell.connectors.choices import RunState, UploadState
from groundswell.workspaces import telling, tenancy


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


class Upload(tenancy.WorkspaceModel, telling.Told):
    """A file that somebody handed in, how it is to be read, and how far its import is."""

    file_name = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    kind = models.CharField(max_length=40, blank=True, default="")  # empty: to be guessed
    wishes = models.JSONField(default=dict)  # see actions.wishes

    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.WAITING)
    asked_by = models.CharField(max_length=200, blank=True, default="")
    asked_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(null=True)  # code and message of the last import, when it failed
    run = models.ForeignKey(
        ImportRun, models.CASCADE, null=True, related_name="+", db_constraint=False
    )

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("run"),
            models.UniqueConstraint(
                fields=["workspace", "sha256"],
                condition=~models.Q(state=UploadState.DONE),
                name="one_open_upload_of_a_file",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "uploaded_at"], name="upload_by_time")]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"

"""Receiving a file from a browser: straight to where it stays, never through memory."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from groundswell.connectors.landing import Landing
from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import Workspace

_FIELD = "file"


class Handler(FileUploadHandler):
    """Lets the first file of a form land in the workspace's folder.

    A file counts as received when the form goes on or ends behind it: one that is cut off is never
    ``whole``.

    Attributes:
        whole: The file, when all of it has come.
        refusal: Why it was not taken.
    """

    chunk_size = 1 << 20

    def __init__(self, workspace: Workspace, *, largest: int) -> None:
        super().__init__()
        self._workspace, self._largest = workspace, largest
        self._landing: Landing | None = None
        self.whole: Landing | None = None
        self.name = ""
        self.refusal: Refusal | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        if self.field_name == _FIELD and self._landing is None:
            self.name = self.file_name or ""
            self._landing = Landing(self._workspace, largest=self._largest)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """It goes on."""
        del start
        if self.field_name != _FIELD or self._landing is None or self.whole is not None:
            return
        try:
            self._landing.take(raw_data)
        except Refusal as refusal:
            self.refusal = refusal
            raise StopUpload(connection_reset=True) from refusal

    def file_complete(self, file_size: int) -> None:
        """It has ended."""
        del file_size
        if self.field_name == _FIELD and self.whole is None:
            self.whole = self._landing

    def discard(self) -> None:
        """Leave nothing of what was not taken."""
        if self._landing is not None:
            self._landing.discard()

"""Files that programs send: as the body itself or as a part of a form, taken in block by block."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from django.http import HttpResponse

from groundswell.terms.errors import Refusal
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

_BLOCK = 1 << 20
_FORM = "multipart/form-data"
_EMPTY = "the file holds nothing, and nothing was kept: send one that is not empty"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself, or a form with the file in its part `file`.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


class CutOff(Refusal):
    """A file that did not arrive whole."""

    code = "upload_cut_off"


class Empty(Refusal):
    """A file without a byte."""

    code = "empty_file"


class Sink(Protocol):
    """Where the blocks of a file go."""

    def take(self, block: bytes) -> None:
        """Take what comes next."""

    def discard(self) -> None:
        """Leave nothing of it, unless it was kept."""

    @property
    def sha256(self) -> str:
        """Hash of what has come."""


Answering: TypeAlias = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come whole.

    Attributes:
        name: What the sender calls it.
        sink: Where it is.
    """

    name: str
    sink: Any


class Memory:
    """A small file, held in memory."""

    def __init__(self, workspace: Workspace) -> None:
        del workspace
        self.content = b""

    def take(self, block: bytes) -> None:
        """Take what comes next."""
        self.content += block

    def discard(self) -> None:
        """Nothing was written."""

    @property
    def sha256(self) -> str:
        """Hash of what has come."""
        return hashlib.sha256(self.content).hexdigest()


def receiving(view: Answering, sink: Callable[[Workspace], Sink]) -> Answering:
    """Take the file in first, however long that takes; only then the transaction begins.

    The view finds it as ``request.received``.
    """

    def received(request: Any, **kwargs: Any) -> HttpResponse:
        workspace = request.desk.workspace
        into = sink(workspace)
        try:
            request.received = _received(request, into)
            request.fingerprint = into.sha256.encode()
            with access.inside(workspace):
                return view(request, **kwargs)
        finally:
            into.discard()
            request.close()  # a form's files

    return received


def _received(request: Any, sink: Sink) -> Received:
    name = request.GET.get("file_name", "")
    if request.content_type == _FORM:
        file = request.FILES.get("file")
        if file is None:
            raise CutOff("the form has no part 'file', or it did not arrive whole: send it again")
        if not file.size:
            raise Empty(_EMPTY)
        for block in file.chunks(_BLOCK):
            sink.take(block)
        return Received(name or file.name or "unnamed", sink)
    promised, came = int(request.META.get("CONTENT_LENGTH") or 0), 0
    for block in _blocks(request):
        came += len(block)
        sink.take(block)
    if came == promised == 0:
        raise Empty(_EMPTY)
    if came < promised:
        raise CutOff(
            f"{came:,} of {promised:,} bytes arrived, and nothing was kept: send the whole file, "
            "with its Content-Length"
        )
    return Received(name or "unnamed", sink)


def _blocks(request: Any) -> Iterator[bytes]:
    while block := request.read(_BLOCK):
        yield block

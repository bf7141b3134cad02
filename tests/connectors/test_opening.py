import gzip

import pytest

from groundswell.connectors.adapters.files.batches import CannotRead
from groundswell.connectors.adapters.files.opening import OpenFile, Reading

ROWS = "handle,name\nanna,Änne\nben,Zoë\n"


def cells(path, reading=None):
    [batch] = OpenFile(path, reading).source.batches()
    return batch.columns


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_table_is_read_whatever_it_is_written_in(tmp_path, encoding, packed):
    data = ROWS.encode(encoding)
    (tmp_path / "file").write_bytes(gzip.compress(data) if packed else data)

    assert cells(tmp_path / "file") == [["anna", "ben"], ["Änne", "Zoë"]]


def test_the_encoding_can_be_given(tmp_path):
    (tmp_path / "file").write_bytes("handle,name\nanna,ş\n".encode("cp1254"))

    assert cells(tmp_path / "file", Reading(encoding="cp1254"))[1] == ["ş"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(256)) * 40, "no text"),
        (b'[{"a": 1}, {"b": 2}]', "one object a line"),
        (b"PAR1" + b"\0" * 40, "damaged or cut off"),
    ],
)
def test_other_files_are_refused_by_what_they_are(tmp_path, content, reason):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(CannotRead, match=reason):
        OpenFile(tmp_path / "file")


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(CannotRead, match="no regular file"):
        OpenFile(tmp_path)
    with pytest.raises(CannotRead, match="can't be opened"):
        OpenFile(tmp_path / "absent")

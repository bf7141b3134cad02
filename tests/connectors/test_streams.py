import gzip
import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.files.batches import CannotRead
from groundswell.connectors.adapters.files.streams import FileBytes, GzipBomb, in_utf8, unpacked


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.integers(1, 64))
def test_members_of_a_gzip_file_are_unpacked_one_after_the_other(members, block):
    packed = b"".join(gzip.compress(member) for member in members)
    blocks = [packed[start : start + block] for start in range(0, len(packed), block)]

    assert b"".join(unpacked(blocks)) == b"".join(members)


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_gzip_file_that_is_cut_off_is_refused(cut):
    with pytest.raises(CannotRead, match="cut off"):
        list(unpacked([gzip.compress(b"a,b\n" * 100)[:-cut]]))


def test_a_damaged_gzip_file_is_refused():
    with pytest.raises(CannotRead, match="damaged"):
        list(unpacked([gzip.compress(b"a,b\n")[:5] + b"\xff" * 40]))


def test_a_gzip_bomb_is_refused_while_it_unpacks():
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    sizes: list[int] = []

    with pytest.raises(GzipBomb):
        sizes.extend(map(len, unpacked([bomb])))

    assert sum(sizes) < 70 << 20


@given(st.text(max_size=50), st.sampled_from(["utf-16", "utf-16-le", "cp1252", "utf-8"]))
def test_other_encodings_become_utf8(text, encoding):
    data = text.encode(encoding, errors="ignore")
    blocks = [data[start : start + 3] for start in range(0, len(data), 3)]

    assert b"".join(in_utf8(blocks, encoding)).decode() == data.decode(encoding).removeprefix(
        "\ufeff" if encoding == "utf-8" else ""
    )


def test_what_an_encoding_does_not_know_becomes_a_broken_line():
    lines = b"".join(in_utf8([b"fine\nbro\x81ken\nfine\n"], "cp1252")).splitlines()

    assert lines[0] == lines[2] == b"fine"
    with pytest.raises(UnicodeDecodeError):
        lines[1].decode()


def test_a_file_is_hashed_as_it_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"anna" * 1_000_000)
    file = FileBytes(path)

    assert sum(map(len, file)) == file.passed == 4_000_000
    assert file.sha256 == hashlib.sha256(b"anna" * 1_000_000).hexdigest()

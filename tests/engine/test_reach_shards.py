"""Audiences in pieces give the same halves as memberships in one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine import reach
from groundswell.engine.reach.shards import UnreadableShard

PEOPLE = 12
AUDIENCES = st.lists(st.lists(st.integers(0, PEOPLE - 1), max_size=15), min_size=1, max_size=8)


def batch(audiences, kind=None, name="people"):
    lists = pa.array(audiences, kind or pa.list_(pa.int32()))
    return pa.record_batch([lists], names=[name])


def halves(*batches):
    return reach.shards.halves(iter(batches), people=PEOPLE, people_per_member=5.0, salt=3)


@settings(deadline=None)
@given(AUDIENCES, st.integers(0, 8))
def test_pieces_are_halved_like_the_whole(audiences, cut):
    account = np.repeat(np.arange(len(audiences)), [len(each) for each in audiences])
    person = np.concatenate([np.array(each, np.int32) for each in audiences])
    whole = reach.panel.of_members(
        account.astype(np.int32), person, accounts=len(audiences), people=PEOPLE,
        people_per_member=5.0,
    )  # fmt: skip

    found = halves(batch(audiences[:cut]), batch(audiences[cut:], pa.large_list(pa.int32())))

    for half, expected in zip(found, reach.panel.halves(whole, salt=3), strict=True):
        assert half.starts.tolist() == expected.starts.tolist()
        assert half.weight == pytest.approx(expected.weight)
        for row in range(whole.accounts):
            inside = slice(half.starts[row], half.starts[row + 1])
            assert set(half.people[inside]) == set(expected.people[inside])


def test_a_piece_cut_out_of_a_larger_one_and_nobody_at_all_are_read():
    audiences = batch([[1], [2, 3], None, [4]]).slice(1, 3)

    first, second = halves(audiences)

    assert (first.members + second.members).tolist() == [2, 0, 1]


def test_files_that_are_mapped_into_memory_are_read(tmp_path):
    path = tmp_path / "audiences.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch([[0]]).schema) as writer:
        writer.write_batch(batch([[0, 1], [2]]))
        writer.write_batch(batch([[2, 3, 4]]))
    with pa.memory_map(str(path)) as mapped:
        reader = pa.ipc.open_file(mapped)
        pieces = [reader.get_batch(number) for number in range(reader.num_record_batches)]

        first, second = halves(*pieces)

    assert (first.members + second.members).tolist() == [2, 1, 3]


@pytest.mark.parametrize(
    ("piece", "says"),
    [
        (batch([[PEOPLE]]), "batch 1 names people 12 to 12, but the panel has 12"),
        (batch([[-1]]), "names people -1 to -1"),
        (batch([[1]], name="members"), "has columns members; it needs one named people"),
        (batch([[1]], pa.list_(pa.int64())), "a list of 32-bit whole numbers"),
        (pa.record_batch([pa.array([1], pa.int32())], names=["people"]), "a list of 32-bit"),
    ],
)
def test_what_is_no_list_of_the_panels_people_is_refused(piece, says):
    with pytest.raises(UnreadableShard, match=says):
        halves(batch([[1]]), piece)

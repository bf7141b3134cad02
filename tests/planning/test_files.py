"""Reach from files: members are counted, overlaps bounded, and what is wrong is named."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.connectors.adapters.files.batches import CannotRead
from groundswell.planning import files
from groundswell.planning.columns import BadTable
from groundswell.planning.named import UnknownNames

MEMBERS = """account,member
anna,m1
anna,m2
anna,m2
ben,m2
ben,m3
cleo,
"""
AUDIENCES = "account,size\nanna,700\nben,400\ncleo,100\n"
PAIRS = "account_a,account_b,shared\nanna,ben,150\n"


@pytest.fixture
def write(tmp_path: Path):
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def test_each_member_is_counted_once_beside_the_sum(write):
    found = files.of_members(write("members.csv", MEMBERS), ["anna", "ben"])

    assert (found.reach.value, found.reach.low, found.reach.n) == (3, None, 3)
    assert found.sum_of_audiences == 4
    assert found.audiences == {"anna": 2, "ben": 2}
    assert found.source == "memberships"


def test_a_creator_whose_rows_hold_no_member_has_an_empty_audience(write):
    found = files.of_members(write("members.csv", MEMBERS), ["cleo"])

    assert (found.reach.value, found.sum_of_audiences) == (0, 0)


def test_an_unknown_creator_is_refused_with_the_nearest(write):
    with pytest.raises(UnknownNames, match="did you mean 'anna'"):
        files.of_members(write("members.csv", MEMBERS), ["annna"])


def test_gzip_parquet_and_tabs_give_the_same_count(tmp_path: Path, write):
    packed = tmp_path / "members.csv.gz"
    packed.write_bytes(gzip.compress(MEMBERS.encode()))
    table = pa.table({"account": ["anna", "ben", "ben"], "member": ["m1", "m1", "m2"]})
    pq.write_table(table, tmp_path / "members.parquet")

    tabs = write("members.tsv", MEMBERS.replace(",", "\t"))

    assert files.of_members(packed).reach.value == 3
    assert files.of_members(tabs).reach.value == 3
    assert files.of_members(tmp_path / "members.parquet").reach.value == 2


def test_the_same_handle_on_two_platforms_is_two_audiences(write):
    path = write("m.csv", "platform,account,member\ninstagram,anna,m1\ntiktok,anna,m2\n")

    assert files.of_members(path).audiences == {"instagram:anna": 1, "tiktok:anna": 1}
    assert files.of_members(path, ["tiktok:anna"]).reach.value == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1))
def test_the_count_is_that_of_a_set(tmp_path: Path, pairs):
    path = tmp_path / "members.csv"
    path.write_text("account,member\n" + "".join(f"{a},p{m}\n" for a, m in pairs))

    found = files.of_members(path)

    assert found.reach.value == len({member for _, member in pairs})
    assert found.sum_of_audiences == len(set(pairs))


def test_a_listed_pair_is_exact(write):
    found = files.of_overlaps(
        write("pairs.csv", PAIRS), write("sizes.csv", AUDIENCES), ["anna", "ben"]
    )

    assert (found.reach.value, found.reach.low) == (950, None)
    assert (found.sum_of_audiences, found.source) == (1_100, "overlaps")


def test_an_unlisted_pair_is_unknown_and_bounded(write):
    pairs, sizes = write("pairs.csv", PAIRS), write("sizes.csv", AUDIENCES)

    unknown = files.of_overlaps(pairs, sizes, ["anna", "cleo"]).reach
    below = files.of_overlaps(pairs, sizes, ["anna", "cleo"], threshold=30).reach

    assert (unknown.low, unknown.high) == (700, 800)
    assert (below.low, below.high) == (770, 800)


def test_a_threshold_may_stand_in_the_file(write):
    pairs = write("pairs.csv", "account_a,account_b,shared,threshold\nanna,ben,150,30\n")

    found = files.of_overlaps(pairs, write("sizes.csv", AUDIENCES), ["anna", "cleo"])

    assert found.reach.low == 770


@pytest.mark.parametrize(
    ("pairs", "sizes", "refusal", "says"),
    [
        (PAIRS, AUDIENCES.replace("400", "lots"), BadTable, "row 2 of .*: size must be a whole"),
        (PAIRS, AUDIENCES.replace("400", "-4"), BadTable, "got '-4'"),
        (PAIRS, AUDIENCES.replace("400", "nan"), BadTable, "got 'nan'"),
        (PAIRS, AUDIENCES.replace("400", "1e999999"), BadTable, "got '1e999999'"),
        (PAIRS, AUDIENCES + "anna,701\n", BadTable, "701 people here and 700 above"),
        (PAIRS.replace("150", ""), AUDIENCES, BadTable, "row 1 of .*: shared .* got None"),
        (
            PAIRS.replace("150", "401"),
            AUDIENCES,
            BadTable,
            r"row 1 of .*: anna and ben can't share 401 people, as one of them has 400",
        ),
        (PAIRS, AUDIENCES.replace("size", "people"), BadTable, "has no column size"),
        ("", AUDIENCES, CannotRead, "the file is empty"),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_row_and_value(write, pairs, sizes, refusal, says):
    with pytest.raises(refusal, match=says):
        files.of_overlaps(write("pairs.csv", pairs), write("sizes.csv", sizes), ["anna", "ben"])


@pytest.mark.parametrize("content", ["", "account\0,member\n"])
def test_a_file_that_cannot_be_read_is_named(write, content):
    with pytest.raises(CannotRead, match=r"members\.csv can't be read: "):
        files.of_members(write("members.csv", content))


def test_a_file_cut_off_in_the_middle_is_refused(tmp_path: Path):
    path = tmp_path / "members.csv.gz"
    path.write_bytes(gzip.compress(MEMBERS.encode() * 50)[:-20])

    with pytest.raises(CannotRead, match="cut off"):
        files.of_members(path)


def test_rows_left_out_are_said(write):
    found = files.of_members(write("members.csv", MEMBERS), ["anna"])

    assert found.notes[-1].endswith("members.csv as a cell in them is empty: 1")


def test_rows_of_another_length_are_counted_and_the_first_is_named(write):
    found = files.of_members(write("members.csv", "account,member\nanna,m1\nben,m2,m3\nben\n"))

    assert found.reach.value == 1
    assert found.notes[-1].endswith(
        "can't be read: 2; the first is row 2, line 3: the row has 3 cells, the header has 2"
    )


@pytest.mark.parametrize("header", ["account,account,member", "account,Account ,member"])
def test_a_column_that_stands_there_twice_is_refused_unless_it_is_said_which(write, header):
    path = write("members.csv", f"{header}\nanna,x,m1\nben,x,m2\n")
    second = header.split(",")[1].strip()

    with pytest.raises(BadTable, match="has 2 columns called account: leave one"):
        files.of_members(path)
    said = files.of_members(path, headers={"account": second, "member": None})
    assert len(said.audiences) in {1, 2}


def test_pairs_that_name_nobody_in_the_audiences_are_said(write):
    pairs = write("pairs.csv", "account_a,account_b,shared\nzoe,yan,150\n")

    found = files.of_overlaps(pairs, write("sizes.csv", AUDIENCES), ["anna", "ben"])

    assert "are they written alike" in found.notes[0]
    assert (found.reach.value, found.reach.low, found.reach.high) == (None, 700, 1_100)


@pytest.mark.parametrize("threshold", [-1.0, float("nan"), float("inf")])
def test_a_threshold_that_is_no_number_of_people_is_refused(write, threshold):
    with pytest.raises(BadTable, match="0 or more, got"):
        files.of_overlaps(
            write("pairs.csv", PAIRS), write("sizes.csv", AUDIENCES), threshold=threshold
        )


def test_a_pair_listed_with_two_numbers_is_unknown_and_said(write):
    pairs = write("pairs.csv", PAIRS + "ben,anna,151\n")

    found = files.of_overlaps(pairs, write("sizes.csv", AUDIENCES), ["anna", "ben"])

    assert found.notes[0].endswith("taken as unknown: 1")
    assert (found.reach.low, found.reach.high) == (700, 1_100)


def test_names_that_differ_in_case_alone_are_two_accounts_where_a_file_has_both(write):
    pairs = write("pairs.csv", "account_a,account_b,shared\nanna,Ben,150\nanna,ben,20\n")
    sizes = write("sizes.csv", "account,size\nanna,700\nben,400\nBen,300\n")

    assert files.of_overlaps(pairs, sizes, ["anna", "Ben"]).reach.value == 850
    assert files.of_overlaps(pairs, sizes, ["anna", "ben"]).reach.value == 1_080


def test_people_are_counted_by_how_often_they_are_reached(write):
    found = files.of_members(write("members.csv", MEMBERS), ["ben", "anna", "cleo"])

    assert found.frequency == (2, 1)
    assert [(step.creator, step.reach.value) for step in found.curve] == [
        ("ben", 2), ("anna", 3), ("cleo", 3),
    ]  # fmt: skip
    assert found.notes[0].endswith("counted once: 1")


def test_a_rate_says_what_is_expected(write):
    found = files.of_members(write("members.csv", MEMBERS), ["ben", "anna"], rate=0.5)

    assert found.frequency == pytest.approx((1.5, 0.25))  # m2 sees one by half, both by a quarter
    assert [step.reach.value for step in found.curve] == [1.0, 1.75]
    assert found.reach.method == "expected count of distinct members"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9)), min_size=1),
    st.sampled_from([0.3, 1.0]),
)
def test_curve_and_frequency_are_those_of_brute_force(tmp_path: Path, pairs, rate):
    path = tmp_path / "members.csv"
    path.write_text("account,member\n" + "".join(f"{a},p{m}\n" for a, m in pairs))
    inside = {member: len({a for a, m in pairs if m == member}) for _, member in pairs}

    found = files.of_members(path, rate=rate)

    unique = sum(1 - (1 - rate) ** times for times in inside.values())
    assert found.reach.value == pytest.approx(unique)
    assert sum(found.frequency) == pytest.approx(unique)
    seen = sum(times * people for times, people in enumerate(found.frequency, 1))
    assert seen == pytest.approx(found.sum_of_audiences * rate)


def test_headers_of_other_names_are_guessed_or_said(write):
    guessed = files.of_members(write("a.csv", "creator,follower\nanna,m1\nben,m1\n"))
    genres = write("b.csv", "genre,listener\nRock,m1\nPop,m1\n")
    said = files.of_members(genres, headers={"account": "Genre", "member": "listener"})

    assert guessed.reach.value == said.reach.value == 1
    assert "column 'creator'" in guessed.notes[0]
    with pytest.raises(BadTable, match="has no column account, member"):
        files.of_members(genres)
    with pytest.raises(BadTable, match="has no column 'fan' to take for member"):
        files.of_members(genres, headers={"account": "genre", "member": "fan"})
    with pytest.raises(BadTable, match="can't be two"):
        files.of_members(genres, headers={"account": "genre", "member": "genre"})


def test_an_arrow_file_is_counted(tmp_path: Path):
    table = pa.table({"account": ["anna", "ben", "ben"], "member": [1, 1, 2]})
    with pa.ipc.new_file(tmp_path / "m.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=2)

    assert files.of_members(tmp_path / "m.arrow").audiences == {"anna": 1, "ben": 2}


def test_a_damaged_arrow_file_is_refused(tmp_path: Path):
    table = pa.table({"account": ["anna"], "member": ["m1"]})
    with pa.ipc.new_file(tmp_path / "m.arrow", table.schema) as file:
        file.write_table(table)
    whole = (tmp_path / "m.arrow").read_bytes()
    (tmp_path / "m.arrow").write_bytes(whole[:-20])

    with pytest.raises(CannotRead, match="damaged or cut off"):
        files.of_members(tmp_path / "m.arrow")


def test_a_file_with_headers_alone_is_refused(write):
    header = write("m.csv", "account,member\n")
    sizes = write("sizes.csv", "account,size\n")

    for refused in (
        lambda: files.of_members(header),
        lambda: files.of_overlaps(write("pairs.csv", PAIRS), sizes),
    ):
        with pytest.raises(BadTable, match="nobody to count"):
            refused()


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.1, float("nan")])
def test_a_rate_that_is_no_chance_is_refused(write, rate):
    with pytest.raises(BadTable, match="above 0 and at most 1"):
        files.of_members(write("members.csv", MEMBERS), rate=rate)


SIZED = "account_a,size_a,account_b,size_b,shared\nanna,700,ben,400,150\nben,400,cleo,100,40\n"


def test_sizes_may_stand_beside_the_pairs(write):
    found = files.of_overlaps(write("pairs.csv", SIZED), creators=["anna", "ben"])

    assert (found.reach.value, found.frequency) == (950, (800, 150))
    assert files.of_overlaps(write("pairs.csv", SIZED), creators=["cleo"]).frequency == (100,)
    with pytest.raises(BadTable, match="'ben' has 401 people here and 400 above"):
        files.of_overlaps(write("pairs.csv", SIZED.replace("ben,400,cleo", "ben,401,cleo")))
    with pytest.raises(BadTable, match="no column size_a, size_b"):
        files.of_overlaps(write("pairs.csv", PAIRS))


def test_three_creators_have_bounds_a_curve_and_the_pair_that_is_missing(write):
    found = files.of_overlaps(write("pairs.csv", SIZED), threshold=30)

    assert (found.reach.low, found.reach.high) == (980, 1_010)  # 30 or none shared by the third
    assert found.frequency is None
    assert [step.reach.value for step in found.curve][:2] == [700, 950]
    assert found.unlisted.as_json() == {
        "pairs": 1, "of": 3, "first": [["anna", "cleo"]], "at_most": 30,
    }  # fmt: skip


def test_a_rate_thins_pairs_twice(write):
    found = files.of_overlaps(write("pairs.csv", SIZED), creators=["anna", "ben"], rate=0.5)

    assert found.reach.value == 350 + 200 - 37.5
    assert found.frequency == (475, 37.5)

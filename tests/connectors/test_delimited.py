import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.files.batches import MAX_CELL, MAX_RECORD, CannotRead
from groundswell.connectors.adapters.files.delimited import Delimited, sniffed
from groundswell.connectors.adapters.files.lines import decoded

CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\x1c\x1d\x1e\x85\u2028\u2029"), max_size=12
)


def opened(
    content: str | bytes, *, block: int = 1 << 20, delimiter: str | None = None
) -> Delimited:
    data = content.encode() if isinstance(content, str) else content
    pieces = [data[start : start + block] for start in range(0, len(data), block)]
    return Delimited(lambda: decoded(pieces, "utf-8"), delimiter=delimiter)


def rows(table: Delimited) -> tuple[list[list[str]], list[tuple[int, int | None, str]]]:
    """The good rows, and row, line and reason of the bad ones."""
    good: list[list[str]] = []
    bad: list[tuple[int, int | None, str]] = []
    for batch in table.batches():
        good += [list(row) for row in zip(*batch.columns, strict=True)]
        bad += [(row.row, row.line, row.reason) for row in batch.bad]
    return good, bad


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_guessed(delimiter):
    table = opened("name,count\na b,1\nc,2\n".replace(",", delimiter))

    assert table.names == ["name", "count"]
    assert rows(table) == ([["a b", "1"], ["c", "2"]], [])


def test_decimal_commas_do_not_pass_for_delimiters():
    assert sniffed(["handle;followers\n", "anna;1,2 Mio.\n", "ben;3,4 Tsd.\n"]).delimiter == ";"


def test_what_a_spreadsheet_says_of_its_delimiter_is_believed():
    assert opened("sep=;\na;b\n1;2\n").names == ["a", "b"]


def test_titles_above_the_header_are_skipped_and_said():
    table = opened("Export of today\n\na,b,c\n1,2,3\n4,5,6\n")

    assert table.names == ["a", "b", "c"]
    assert "line 3" in table.notes[0]
    assert [batch.lines for batch in table.batches()] == [[4, 5]]


def test_an_unclosed_quote_costs_its_own_row_only():
    good, bad = rows(opened('a,b\n1,x\n2,"oops\n3,y\n4,"fine, ""quoted"""\n5,z\n'))

    assert good == [["1", "x"], ["3", "y"], ["4", 'fine, "quoted"'], ["5", "z"]]
    assert bad == [(2, 3, "a quoted cell goes on after its closing quote")]


def test_a_quote_that_is_never_closed_costs_its_own_row_only():
    good, bad = rows(opened('a,b\n1,"oops\n' + "2,y\n" * 40_000, block=1 << 16))

    assert len(good) == 40_000
    assert bad == [(1, 2, "a quote is opened in this line and never closed")]


def test_quoted_line_ends_are_part_of_the_cell_and_lines_are_still_counted():
    table = opened('a,b\n1,"two\nlines"\n2,x\n', block=7)

    assert rows(table)[0] == [["1", "two\nlines"], ["2", "x"]]
    assert [line for batch in table.batches() for line in batch.lines or []] == [2, 4]


def test_rows_of_another_width_are_bad():
    good, bad = rows(opened("a,b\n1\n1,2,3\n1,2,\n\n,\n"))

    assert good == [["1", "2"], ["", ""]]
    assert bad == [
        (1, 2, "the row has 1 cells, the header has 2"),
        (2, 3, "the row has 3 cells, the header has 2"),
    ]


def test_bytes_that_are_no_text_cost_their_own_row():
    good, bad = rows(opened(b"a,b\n1,x\xff\n2,nul\0\n3,fine\n"))

    assert good == [["3", "fine"]]
    assert bad == [(1, 2, "is not valid UTF-8"), (2, 3, "holds a NUL character")]


def test_a_line_of_any_length_costs_its_own_row():
    huge = b"1," + b"x" * (5 * MAX_RECORD)
    good, bad = rows(opened(b"a,b\n" + huge + b"\n2,y\n", block=1 << 18))

    assert good == [["2", "y"]]
    assert bad == [(1, 2, f"the line is longer than {MAX_RECORD:,} bytes")]


def test_a_cell_too_long_costs_its_own_row():
    good, bad = rows(opened(f"a,b\n1,{'x' * (MAX_CELL + 1)}\n2,y\n"))

    assert good == [["2", "y"]]
    assert bad == [(1, 2, f"a cell is longer than {MAX_CELL:,} characters")]


def test_old_line_ends_are_line_ends():
    assert rows(opened("a,b\r1,x\r2,y\r"))[0] == [["1", "x"], ["2", "y"]]


def test_headers_are_made_unique():
    assert opened("a,a,,a\n1,2,3,4\n").names == ["a", "a (2)", "column 3", "a (3)"]


def test_quotes_escaped_with_a_backslash_are_understood():
    good, _ = rows(opened('a,b\n1,"she said \\"hi\\""\n'))

    assert good == [["1", 'she said "hi"']]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("\n\n", "no header"),
        (b"a,\xff\n1,2\n", "header can't be read"),
        ("c," * 3_000 + "c\n", "3,001 columns"),
        ("c," * 1_000_000 + "c\n", "longer than"),
    ],
)
def test_files_without_a_usable_header_are_refused(content, reason):
    with pytest.raises(CannotRead, match=reason):
        opened(content)


@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t"]),
    st.integers(5, 200),
)
def test_what_the_csv_module_writes_is_read_back(written, delimiter, block):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("one", "two", "three"), *written])

    good, bad = rows(opened(text.getvalue(), block=block, delimiter=delimiter))

    assert (good, bad) == ([list(row) for row in written], [])


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_are_rows_or_refused_and_every_row_has_one_fate(content, block):
    try:
        table = opened(b"a,b\n" + content, block=max(block, 8), delimiter=",")
    except CannotRead:
        return
    numbers = []
    for batch in table.batches():
        numbers += batch.rows + [bad.row for bad in batch.bad]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))

import json

import pytest

from groundswell.connectors.adapters.files.batches import CannotRead, TooManyColumns
from groundswell.connectors.adapters.files.jsonlines import JsonLines
from groundswell.connectors.adapters.files.lines import decoded


def opened(*lines: str) -> JsonLines:
    data = "\n".join(lines).encode()
    return JsonLines(lambda: decoded([data], "utf-8"))


def test_objects_are_flattened_and_numbers_stay_as_written():
    source = opened('{"id": 7390000000000000001, "snippet": {"title": "T"}, "n": 1e2, "ok": true}')
    [batch] = source.batches()

    assert source.names == ["id", "snippet.title", "n", "ok"]
    assert batch.columns == [["7390000000000000001"], ["T"], ["1e2"], ["true"]]


def test_lists_of_texts_are_lists_and_late_columns_are_null_before():
    source = opened('{"a": ["x", "y"]}', '{"b": "late"}')
    [batch] = source.batches()

    assert batch.columns == [[["x", "y"], None], [None, "late"]]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ('{"a": "\\ud800"}', "surrogate"),
        ('{"a": "b\\u0000"}', "NUL"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "too deep"),
        (json.dumps({f"k{n}": 1 for n in range(2_001)}), "2,001 keys"),
    ],
)
def test_bad_lines_cost_their_own_row(line, reason):
    [batch] = opened('{"a": 1}', line, "", '{"a": 2}').batches()

    assert batch.rows == [1, 3]
    assert [(bad.row, bad.line) for bad in batch.bad] == [(2, 2)]
    assert reason in batch.bad[0].reason


def test_ever_new_keys_are_refused():
    with pytest.raises(TooManyColumns):
        opened(*(json.dumps({f"k{n}": 1}) for n in range(2_100)))


def test_a_file_without_an_object_is_refused():
    with pytest.raises(CannotRead, match="one object a line"):
        opened("{broken", "{broken too")

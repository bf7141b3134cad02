import pytest

from groundswell.terms.lines import is_line


@pytest.mark.parametrize("text", ["", "Trail shoes", "می\u200cخواهم", "👩\u200d👧", "क्\u200dष"])
def test_what_is_written_in_one_line_is_one(text):
    assert is_line(text)


@pytest.mark.parametrize("text", ["a\nb", "a\0", "\u202eabc", "a\u200bb", "\u200d", "\ud800"])
def test_breaks_hidden_signs_and_joiners_of_nothing_are_none(text):
    assert not is_line(text)

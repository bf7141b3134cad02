import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.escaping import escaped, restored

DANGEROUS = "=+-@\t\r\n\0|\uff1d\uff0b\uff0d\uff20\uff5c"
UNSEEN = " \u00a0\ufeff\u200b\u2003"
TRICKY = st.one_of(st.sampled_from(DANGEROUS + UNSEEN + "'a1"), st.characters())


@given(st.text(TRICKY, max_size=12))
def test_what_was_escaped_comes_back_as_it_was(text):
    assert restored(escaped(text)) == text


@given(st.text(TRICKY, max_size=12))
def test_no_escaped_text_starts_a_formula(text):
    shown = escaped(text).lstrip(UNSEEN)

    assert not shown or shown[0] not in DANGEROUS


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+33 1 22", "@anna", "-5", "\uff1dSUM(1)", "\ufeff=1", " \t=1", "|x"]
)
def test_texts_that_would_be_formulas_get_an_apostrophe(text):
    assert escaped(text) == f"'{text}"


@pytest.mark.parametrize("text", ["anna", "a=b", "'quoted'", "", "5", "'tis the season"])
def test_ordinary_texts_stay_as_they_are(text):
    assert escaped(text) == text
    assert restored(text) == text

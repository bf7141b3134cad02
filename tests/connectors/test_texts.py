import pytest

from groundswell.connectors.adapters.values import texts
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.formats import Format


def test_words_are_kept_as_they_are():
    html = "<b onclick='x'>Hi</b>\n & bye "

    assert texts.read_text(html) == html
    assert texts.read_text("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert texts.read_text("-") == "-"


def test_the_mark_of_our_own_exports_is_taken_off():
    assert texts.read_text("'=1+1") == "=1+1"
    assert texts.read_name("'@anna") == "@anna"
    assert texts.read_text("'tis") == "'tis"


def test_ids_stay_text():
    assert texts.read_name("0012") == "0012"
    assert texts.read_name("12345.0") == "12345"
    assert texts.read_name("-") is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("7.39E+18", "rounded"), ("two\nlines", "several lines"), ("a" * 256, "longer")],
)
def test_what_can_be_no_id_is_refused(cell, reason):
    with pytest.raises(Unreadable, match=reason):
        texts.read_name(cell)


@pytest.mark.parametrize(
    ("cell", "mark", "items"),
    [
        ("a|b| c |a", "|", ["a", "b", "c"]),
        ("['a', 'b']", None, ["a", "b"]),
        ("alone", None, ["alone"]),
        ("[none]", "|", None),
        ("[]", None, None),
    ],
)
def test_lists_are_taken_apart(cell, mark, items):
    assert texts.read_list(cell, mark=mark) == items


def test_hashtags_and_mentions_lose_their_signs():
    assert texts.hashtags("#run#trail and #hill", mark=None) == ["run", "trail", "hill"]
    assert texts.hashtags("run, trail", mark=",") == ["run", "trail"]
    assert texts.handles("@anna @ben", mark=None) == ["anna", "ben"]


def test_formats_are_known_by_the_platforms_names():
    names = ("REELS", "CAROUSEL_ALBUM", "Short", "GraphImage", "video", "")

    assert [texts.read_format(name) for name in names] == [
        Format.REEL, Format.CAROUSEL, Format.SHORT, Format.IMAGE, Format.VIDEO, None,
    ]  # fmt: skip
    with pytest.raises(Unreadable):
        texts.read_format("hologram")

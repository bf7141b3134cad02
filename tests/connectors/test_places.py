import pytest

from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.connectors.adapters.values.places import read_country, read_language


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("US", "US"),
        ("gb", "GB"),
        ("UK", "GB"),
        ("NA", "NA"),
        ("DEU", "DE"),
        ("United States", "US"),
        ("Deutschland", "DE"),
        ("Estados Unidos", "US"),
        ("Vereinigtes Königreich", "GB"),
        ("Россия", "RU"),
        ("日本", "JP"),
        ("Turkey", "TR"),
        ("South Korea", "KR"),
        ("Bosnia and Herzegovina", "BA"),
        ("Côte d'Ivoire", "CI"),
    ],
)
def test_countries_are_known_by_code_and_by_name_in_several_languages(name, code):
    assert read_country(name) == code


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("en", "en"),
        ("pt-br", "pt-BR"),
        ("zh_Hans_CN", "zh-Hans-CN"),
        ("eng", "en"),
        ("English", "en"),
        ("français", "fr"),
        ("日本語", "ja"),
    ],
)
def test_languages_are_known_by_tag_and_by_name(name, tag):
    assert read_language(name) == tag


def test_what_says_nothing_is_missing():
    assert read_country("Worldwide") is None
    assert read_country("N/A") is None
    assert read_language("und") is None


@pytest.mark.parametrize("read", [read_country, read_language])
def test_what_nobody_knows_is_refused(read):
    with pytest.raises(Unreadable):
        read("Narnia")

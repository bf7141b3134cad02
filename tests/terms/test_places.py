import pytest

from groundswell.terms import places


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("US", "US"), ("gb", "GB"), ("UK", "GB"), ("EL", "GR"), ("DEU", "DE"), ("usa", "US"),
        ("Germany", "DE"), (" germany ", "DE"), ("Deutschland", "DE"), ("Estados Unidos", "US"),
        ("Россия", "RU"), ("日本", "JP"), ("Türkiye", "TR"), ("Côte d'Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"), ("England", "GB"), ("Kosovo", "XK"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_codes_and_by_its_names(name, code):
    assert places.country(name) == code


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("en", "en"), ("ENG", "en"), ("ger", "de"), ("iw", "he"), ("tl", "tl"), ("fil", "fil"),
        ("pt_br", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"), ("es-419", "es-419"),
        ("Portuguese", "pt"), ("français", "fr"), ("Mandarin", "zh"), ("Farsi", "fa"),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_tags_and_by_its_names(name, tag):
    assert places.language(name) == tag


@pytest.mark.parametrize("text", ["", "EU", "ZZ", "YUG", "CT", "world", "canary"])
def test_what_is_no_country_is_not_taken_for_one(text):
    assert places.find_country(text) is None


@pytest.mark.parametrize("text", ["", "und", "mul", "xx", "en-", "english-US"])
def test_what_is_no_language_is_not_taken_for_one(text):
    assert places.find_language(text) is None


def test_a_name_that_nobody_knows_is_refused_with_the_nearest():
    with pytest.raises(places.UnknownPlace, match="'Brazl': did you mean Brazil"):
        places.country("Brazl")
    with pytest.raises(places.UnknownLanguage, match="'Portugese': did you mean Portuguese"):
        places.language("Portugese")
    with pytest.raises(places.UnknownPlace, match="'Xyz': write a name"):
        places.country("Xyz")

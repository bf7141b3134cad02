import pytest

from groundswell.connectors.adapters.files.encodings import judged, marked


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Größe;Müller;Straße;Köln"),
        ("cp1252", "São Paulo;Não;João"),
        ("cp1252", "Prénom;François;5 €"),
        ("cp1250", "Łódź;źdźbło;ćma;ąę"),
        ("cp1251", "Привет мир;Москва;блогер о путешествиях"),
        ("cp932", "こんにちは世界;東京;料理チャンネル"),
        ("cp949", "안녕하세요;서울;여행 크리에이터"),
        ("cp1253", "Γειά σου Κόσμε;Αθήνα"),
    ],
)
def test_older_encodings_are_told_by_their_letters(encoding, text):
    assert judged([f"{text}\n".encode(encoding) * 5]) == (encoding, 0)


def test_utf8_that_breaks_late_stays_utf8():
    good, bad = "café\n".encode() * 50_000, b"caf\xe9\n"

    assert judged([good[:1000], good[1000:], bad]) == ("utf-8", 1)


def test_plain_ascii_is_utf8():
    assert judged([b"a,b\n1,2\n"]) == ("utf-8", 0)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_marks_and_zeros_tell_the_wide_encodings(encoding):
    found = marked("handle,followers\nanna,1\n".encode(encoding))

    assert found == encoding.removesuffix("-sig")


def test_nothing_marks_plain_text():
    assert marked(b"handle,followers\n") is None

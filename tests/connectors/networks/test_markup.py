import time

import pytest

from groundswell.connectors.adapters.networks import markup


def test_paragraphs_and_lines_stay_apart():
    read = markup.read("<p>One &amp; two<br>three</p><p>four  <b>five</b></p>\n<ul><li>six</ul>")

    assert read.text == "One & two\nthree\n\nfour five\n\nsix"


def test_what_nobody_sees_is_no_text():
    read = markup.read("a<script>var b = '<p>c</p>'</script><!-- d <p>e --><style>f</style>g")

    assert read.text == "ag"


def test_links_are_resolved_and_only_those_of_the_web_are_kept():
    source = (
        '<a href="/one" class="mention hashtag">1</a><a href=two>2</a>'
        "<a href='javascript:alert(1)'>3</a><a name=x>4</a><a href='https://b.example/a b'>5</a>"
    )
    links = markup.read(source, base="https://a.example/x/").links

    assert [link.url for link in links] == ["https://a.example/one", "https://a.example/x/two"]
    assert links[0].classes == {"mention", "hashtag"}
    assert markup.read('<a href="/one">1</a>').links == []


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "<a href=", "<a href='", "&", "<p>", "<script>", '<a href="x">', "</"],
)
def test_no_piece_repeated_without_end_takes_long(piece):
    began = time.perf_counter()
    markup.read(piece * (400_000 // len(piece)), base="https://a.example/")

    assert time.perf_counter() - began < 5

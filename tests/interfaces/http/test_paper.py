"""The paper that documents are drawn on."""

from groundswell.interfaces.http import paper


def test_a_letter_that_the_font_lacks_leaves_a_mark():
    paper.register_fonts()

    shown = paper.written("Zoë → 春 <b>").text

    assert shown == "Zoë → \ufffd &lt;b&gt;"

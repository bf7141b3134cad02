"""The plan as a document."""

from groundswell.interfaces.http import plan_pdf


def test_a_letter_that_the_font_lacks_leaves_a_mark():
    plan_pdf._register_fonts()

    shown = plan_pdf._p("Zoë → 春 <b>").text

    assert shown == "Zoë → \ufffd &lt;b&gt;"

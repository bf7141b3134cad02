"""Where links lead that commands print."""

from groundswell.project import origin
from groundswell.project.origin import Origin


def test_links_lead_to_the_origin_else_to_where_the_console_ran_last(tmp_path):
    assert origin.for_links(Origin(None), tmp_path) == "http://localhost:8000"

    origin.remember(tmp_path, "http://localhost:8123")

    assert origin.for_links(Origin(None), tmp_path) == "http://localhost:8123"
    assert origin.for_links(Origin("https://g.example"), tmp_path) == "https://g.example"

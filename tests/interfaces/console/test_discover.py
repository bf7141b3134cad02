"""Discover: search with filters in the address, its parts for htmx, and its files."""

import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.discovery.conftest import Desk, account, of

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


@pytest.fixture
def three(desk, cast):
    """Two runners and a cook, and a viewer's browser."""
    desk.publish(
        accounts=[
            account("anna", display_name="Anna", country="US", categories=["running"]),
            account("ben", display_name="Ben", country="GB", categories=["running"]),
            account("cleo", display_name="<b>Cleo</b>", country="US", bio="=1+1"),
        ],
        account_observations=[
            of("anna", followers=1),
            of("ben", followers=9),
            of("cleo", followers=5),
        ],
    )
    return cast.browser("viewer")


def shown(answer):
    """The names on a page, in its order."""
    return [row.name for row in answer.context["rows"]]


def test_everybody_is_there_the_largest_first(three, cast):
    answer = three.get(cast.path("discover"))

    assert (answer.status_code, shown(answer)) == (200, ["Ben", "<b>Cleo</b>", "Anna"])
    assert b"&lt;b&gt;Cleo" in answer.content
    assert b"<b>Cleo" not in answer.content


def test_signs_that_are_no_word_find_nobody_and_say_what_to_write(three, cast):
    starred = three.get(cast.path("discover?q=*")).content.decode()
    opened = three.get(cast.path('discover?q="nobody+here')).content.decode()

    assert "There is no word in &#x27;*&#x27;" in starred
    assert "A quote is opened and not closed" in opened
    assert "There is no word" not in three.get(cast.path("discover?q=running")).content.decode()


def test_words_filters_and_order_come_from_the_address(three, cast):
    path = cast.path("discover?q=running&f=country=US&f=country=GB&sort=followers:asc")

    answer = three.get(path)

    assert shown(answer) == ["Anna", "Ben"]
    assert [chip.label for chip in answer.context["chips"]] == [
        "Country: United Kingdom",
        "Country: United States",
    ]
    assert answer.context["rows"][0].why == ["\u201crunning\u201d in topics"]


def test_a_form_sent_without_a_script_becomes_the_address_of_its_question(three, cast):
    sent = "discover?q=&min.followers=2&max.followers=&is.city=&sort=&min.growth=3&f=country=US"

    answer = three.get(cast.path(sent))

    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer["Location"]).query) == {
        "f": ["country=US", "followers>=2", "growth>=3%"]
    }
    assert shown(three.get(answer["Location"])) == []


def test_the_audience_builder_counts_once_its_button_is_pressed(three, cast):
    fields = "audience.dimension=country&audience.value=US&audience.least=20"

    waiting = three.get(cast.path(f"discover?{fields}"), headers=PART)
    added = three.get(cast.path(f"discover?{fields}&add=1"), headers=PART)

    assert waiting.headers["HX-Replace-Url"] == cast.path("discover")
    assert added.headers["HX-Push-Url"] == cast.path("discover?f=audience.country.US%3E=20%25")


def test_htmx_gets_the_results_and_the_filters_alone(three, cast):
    answer = three.get(cast.path("discover?q=running"), headers=PART)

    assert b"<html" not in answer.content
    assert b'id="results"' in answer.content
    assert b'<hx-partial hx-target="#panel"' in answer.content


def test_going_back_gets_the_whole_page(three, cast):
    headers = {
        "HX-Request": "true",
        "HX-Request-Type": "full",
        "HX-History-Restore-Request": "true",
    }

    assert b"<html" in three.get(cast.path("discover?q=running"), headers=headers).content


def test_typing_replaces_the_address_and_choosing_adds_to_the_history(three, cast):
    here = {**PART, "HX-Current-URL": f"http://testserver{cast.path('discover?q=run')}"}

    typed = three.get(cast.path("discover?q=running"), headers=here)
    chosen = three.get(cast.path("discover?q=run&f=country=US"), headers=here)

    assert typed.headers["HX-Replace-Url"] == cast.path("discover?q=running")
    assert chosen.headers["HX-Push-Url"] == cast.path("discover?q=run&f=country=US")


def test_what_cannot_be_read_is_said_beside_it(three, cast):
    answer = three.get(cast.path("discover?f=coutry=GB&f=country=US&sort=fame"))

    assert (answer.status_code, shown(answer)) == (200, ["<b>Cleo</b>", "Anna"])
    assert b"did you mean country?" in answer.content
    assert b"No sort key is called" in answer.content


def test_a_text_of_ten_thousand_characters_is_refused_kindly(three, cast):
    answer = three.get(cast.path("discover"), {"q": "x" * 10_000})

    assert (answer.status_code, shown(answer)) == (422, [])
    assert b"This search has 10,000 characters, and at most 400 are read." in answer.content


@pytest.mark.parametrize("text", ["\0", "\x00anna", "=1+1", "<script>", '"', "-", "*", "a" * 401])
def test_no_text_breaks_the_page(three, cast, text):
    answer = three.get(cast.path("discover"), {"q": text, "f": f"city={text}"})

    assert answer.status_code in {200, 422}
    assert b"<script>alert" not in answer.content


def test_nothing_found_says_what_to_take_out(three, cast):
    answer = three.get(cast.path("discover?q=running&f=country=GB&f=followers>=100"))

    brings = {chip.label: chip.brings for chip in answer.context["chips"]}
    assert brings == {"Country: United Kingdom": 0, "Followers \u2265 100": 1}
    assert b"Nobody matches all of this" in answer.content


def test_an_empty_workspace_leads_to_the_import(cast):
    answer = cast.browser("editor").get(cast.path("discover"))

    assert (answer.status_code, b"No creators yet" in answer.content) == (200, True)


@pytest.mark.parametrize(("page", "on"), [("2", 1), ("0", 1), ("x", 1), ("9" * 30, 1)])
def test_a_page_that_is_not_there_is_the_last_or_the_first(three, cast, page, on):
    assert three.get(cast.path(f"discover?page={page}")).context["page"].number == on


def test_columns_are_remembered(three, cast):
    three.get(cast.path("discover?c=followers&c=topics"), headers=PART)

    answer = three.get(cast.path("discover"))

    assert [head["column"].name for head in answer.context["heads"]] == ["followers", "topics"]


def test_the_address_may_name_columns_of_its_own(three, cast):
    answer = three.get(cast.path("discover?columns=country,nonsense"))

    assert [head["column"].name for head in answer.context["heads"]] == ["country"]


def test_queries_do_not_grow_with_rows(desk, cast):
    browser = cast.browser("viewer")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(cast.path("discover?q=bread")).status_code == 200
        return len(queries)

    desk.publish(accounts=[account("one", bio="bread")])
    browser.get(cast.path("discover"))
    few = asked()
    desk.publish(accounts=[account(f"baker{number}", bio="bread") for number in range(40)])
    browser.get(cast.path("discover"))

    assert asked() == few <= 20


def test_all_that_match_can_be_taken_along(three, cast, workspace):
    answer = cast.browser("editor").get(cast.path("discover/export/csv?q=1&f=country=US"))
    everybody = cast.browser("editor").get(cast.path("discover/export/csv?f=country=US"))

    rows = list(csv.DictReader(io.StringIO(everybody.content.decode("utf-8-sig"))))
    assert answer.status_code == 200
    assert [(row["handle"], row["bio"], row["followers"]) for row in rows] == [
        ("cleo", "'=1+1", "5"),
        ("anna", "", "1"),
    ]
    with access.inside(workspace):
        entry = JournalEntry.objects.filter(event="search.exported").latest("at", "id")
        assert (entry.rows, entry.details["filters"]) == (2, ["country=US"])


def test_who_may_not_export_gets_no_file(three, cast):
    assert three.get(cast.path("discover/export/csv")).status_code == 403
    assert cast.browser("editor").get(cast.path("discover/export/exe")).status_code == 422


def test_another_workspace_is_not_searched(three, cast, stranger):
    assert three.get(f"/w/{stranger.slug}/discover").status_code == 404


def test_who_has_signed_out_is_asked_to_sign_in(client, cast):
    assert client.get(cast.path("discover")).status_code == 302
    assert "HX-Redirect" in client.get(cast.path("discover"), headers=PART).headers


def test_creators_like_others_are_shown_with_the_way_back(three, cast):
    answer = three.get(cast.path("discover?like=instagram:anna&f=country=GB"))

    (row,) = answer.context["rows"]
    assert (row.name, row.why[0][:8]) == ("Ben", "likeness")
    assert row.why[1:] == ["topics in common: running"]
    assert [(chip.label, chip.url.partition("?")[2]) for chip in answer.context["chips"]] == [
        ("Like @anna on Instagram", "f=country=GB"),
        ("Country: United Kingdom", "like=instagram:anna"),
    ]
    assert b"Most alike first" in answer.content
    assert b'id="sort"' not in answer.content


def test_every_hit_leads_to_creators_like_it_through_the_same_filters(three, cast):
    answer = three.get(cast.path("discover?q=running&f=country=US&sort=followers"))

    (row,) = answer.context["rows"]
    assert row.like_url.partition("?")[2] == "f=country=US&like=instagram:anna"
    assert three.get(row.like_url).status_code == 200


def test_an_account_to_be_like_that_is_not_there_takes_no_part_and_says_so(three, cast):
    answer = three.get(cast.path("discover?like=instagram:nobody&like=%22%3E%3Cb%3E"))

    assert answer.status_code == 200
    assert len(answer.context["rows"]) == 3
    problems = [chip.problem for chip in answer.context["chips"]]
    assert problems[0].startswith("There is no account instagram:nobody")
    assert problems[1].startswith("An account is written platform:handle")
    assert b'"><b>' not in answer.content


def test_nothing_to_compare_with_is_said_in_place_of_hits(desk, cast):
    desk.publish(accounts=[account("dan"), account("eve", bio="Bread")])

    answer = cast.browser("viewer").get(cast.path("discover?like=instagram:dan"))

    assert answer.status_code == 422
    assert b"neither its words nor its categories nor its audience are known" in answer.content


def test_those_of_whom_too_little_is_known_are_counted(desk, cast):
    desk.publish(
        accounts=[account("dan"), account("eve", bio="Bread"), account("fay", bio="Bread")]
    )

    answer = cast.browser("viewer").get(cast.path("discover?like=instagram:eve"))

    assert shown(answer) == ["fay"]
    assert b"1 more answers, but neither words nor topics nor audience" in answer.content


def test_a_file_has_the_lookalikes_alone(three, cast):
    answer = cast.browser("editor").get(cast.path("discover/export/csv?like=instagram:anna"))

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["handle"] for row in rows] == ["ben"]

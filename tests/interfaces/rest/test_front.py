"""What holds for every address of the API."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from groundswell.interfaces.rest import entrance
from groundswell.people.actions.limits import Limit
from groundswell.people.policy import Action

ME = "/api/v1/workspaces"


def said(response):
    """A problem's status and code; anything else than a problem fails."""
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["detail"]
    return response.status_code, problem["code"]


def path(cast, rest=""):
    return f"/api/v1/w/{cast.workspace.slug}{rest}"


@pytest.mark.django_db
def test_who_shows_nothing_is_told_how_to_sign_in(workspace):
    answer = Client().get(ME)

    assert said(answer) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="groundswell"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "code"),
    [("Bearer nonsense", "bad_token"), ("Basic YTpi", "not_signed_in"), ("", "not_signed_in")],
)
def test_a_wrong_token_opens_nothing(workspace, header, code):
    answer = Client(headers={"authorization": header}).get(ME)

    assert said(answer) == (401, code)


def test_a_token_knows_its_own_workspace_alone(cast):
    answer = cast.program("editor", [Action.CREATORS_READ]).get(ME).json()

    assert answer == {
        "items": [
            {
                "slug": "anna",
                "name": "Anna",
                "role": "editor",
                "rights": ["creators.read"],
                "synthetic": False,
            }
        ],
        "next": None,
    }


def test_a_browser_reads_and_writes_with_its_csrf_token_only(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.person("owner"))
    change = {"data": json.dumps({"name": "Anna & Co"}), "content_type": "application/json"}

    assert browser.get(path(cast)).json()["name"] == "Anna"
    assert said(browser.patch(path(cast), **change)) == (403, "stale_form")
    secret = "a" * 32
    browser.cookies["csrftoken"] = secret
    answer = browser.patch(path(cast), **change, headers={"x-csrftoken": secret})
    assert answer.json()["name"] == "Anna & Co"


def test_another_workspace_is_not_there(cast, stranger):
    for client in (cast.program(), cast.browser()):
        assert said(client.get("/api/v1/w/stranger")) == (404, "no_such_workspace")


def test_a_role_without_the_right_is_refused(cast):
    answer = cast.program("viewer").patch(path(cast), {"name": "x"}, "application/json")

    assert said(answer) == (403, "not_allowed")


def test_a_scope_that_a_token_lacks_is_refused(cast):
    answer = cast.program("owner", [Action.CREATORS_READ]).get(path(cast, "/journal"))

    assert said(answer) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("{", "application/json", (400, "bad_json")),
        ('{"name": NaN}', "application/json", (400, "bad_json")),
        (b"\xff\xfe", "application/json", (400, "bad_json")),
        ("[" * 100_000, "application/json", (422, "too_deep")),
        ("[" * 40 + "]" * 40, "application/json", (422, "too_deep")),
        ('{"name": "a\\u0000b"}', "application/json", (422, "unreadable_text")),
        ('{"name": "\\ud800"}', "application/json", (422, "unreadable_text")),
        ('{"a\\u0000": 1}', "application/json", (422, "unreadable_text")),
        ("name=x", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        ("<a/>", "text/xml", (415, "unsupported_media_type")),
        ("", "application/json", (422, "invalid_request")),
        ("[]", "application/json", (422, "invalid_request")),
        ('"x"', "application/json", (422, "invalid_request")),
        ('{"slug": "mine"}', "application/json", (422, "invalid_request")),
        ('{"name": "' + "x" * 1_000_001 + '"}', "application/json", (413, "too_large")),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(cast, body, kind, expected):
    answer = cast.program().generic("PATCH", path(cast), body, content_type=kind)

    assert said(answer) == expected


def test_every_mistake_of_a_body_is_named(cast):
    answer = cast.program().patch(
        path(cast), {"name": 5, "id": "x", "currency": "dollars"}, "application/json"
    )

    assert said(answer) == (422, "invalid_request")
    assert sorted(each["where"] for each in answer.json()["errors"]) == [
        "body.currency",
        "body.id",
        "body.name",
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=201", "invalid_request"),
        ("limit=0", "invalid_request"),
        ("limit=many", "invalid_request"),
        ("colour=red", "invalid_request"),
        ("by=a%00b", "unreadable_text"),
        ("cursor=abc", "bad_cursor"),
        ("since=yesterday", "invalid_request"),
    ],
)
def test_queries_that_mean_nothing_are_refused(cast, query, code):
    assert said(cast.program().get(path(cast, f"/journal?{query}"))) == (422, code)


def test_a_path_with_nul_characters_is_refused(cast):
    assert said(cast.program().get("/api/v1/w/an%00na")) == (422, "unreadable_text")


@pytest.mark.parametrize("address", ["/api/v1/nowhere", "/api/v1/w/anna/", "/api/v2/", "/api/x"])
def test_addresses_that_nobody_made_are_problems(cast, address):
    assert said(cast.program().get(address)) == (404, "not_found")


def test_methods_that_are_not_done_are_named(cast):
    answer = cast.program().delete(path(cast))

    assert said(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"


def test_options_says_what_can_be_done_and_nothing_of_other_origins(cast):
    answer = Client().options(path(cast), headers={"origin": "https://elsewhere.example"})

    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_head_is_get_without_its_body(cast):
    program = cast.program()

    whole, head = program.get(path(cast)), program.head(path(cast))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_who_has_the_answer_is_not_sent_it_again(cast):
    program = cast.program()
    tag = program.get(path(cast)).headers["ETag"]

    for known in (tag, f'"other", {tag}', "*", f"W/{tag}"):
        again = program.get(path(cast), headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert program.get(path(cast), headers={"if-none-match": '"other"'}).status_code == 200


def test_a_change_of_what_was_changed_meanwhile_is_refused(cast):
    program = cast.program()
    old = program.get(path(cast)).headers["ETag"]

    first = program.patch(
        path(cast), {"name": "First"}, "application/json", headers={"if-match": old}
    )
    second = program.patch(
        path(cast), {"name": "Second"}, "application/json", headers={"if-match": old}
    )

    assert first.json()["name"] == "First"
    assert said(second) == (412, "changed_meanwhile")
    assert program.get(path(cast)).json()["name"] == "First"
    third = program.patch(
        path(cast),
        {"name": "Third"},
        "application/json",
        headers={"if-match": first.headers["ETag"]},
    )
    assert third.json()["name"] == "Third"


def test_answers_say_what_is_left_of_the_limit(cast):
    program = cast.program()

    first, second = program.get(ME), program.get(ME)

    assert first.headers["RateLimit-Policy"] == '"caller";q=600;w=60'
    assert first.headers["RateLimit"].startswith('"caller";r=599;t=')
    assert second.headers["RateLimit"].startswith('"caller";r=598;t=')


def test_a_token_is_limited_exactly_and_told_when_to_come_back(cast, monkeypatch):
    monkeypatch.setattr(entrance, "PER_TOKEN", Limit("few requests", tries=3, seconds=60))
    program = cast.program()

    answers = [program.get(ME) for _ in range(5)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert said(answers[-1]) == (429, "too_often")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.django_db
def test_guesses_of_tokens_are_limited(workspace, monkeypatch):
    monkeypatch.setattr(entrance, "PER_STRANGER", Limit("few guesses", tries=2, seconds=60))

    answers = [Client(headers={"authorization": "Bearer x"}).get(ME) for _ in range(4)]

    assert [each.status_code for each in answers] == [401, 401, 429, 429]


@pytest.mark.django_db
def test_the_description_is_public_and_of_openapi_3_1(home):
    answer = Client().get("/api/v1/openapi.json")

    assert answer.json()["openapi"] == "3.1.0"
    assert Client().get("/api/v1/").json()["description"] == "/api/v1/openapi.json"


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_hold_everything_once(cast, limit):
    program = cast.program()
    for name in ("delta", "Alpha", "charlie", "bravo", "Echo"):
        program.post(path(cast, "/lists"), {"name": name}, "application/json")

    names, cursor = [], ""
    while cursor is not None:
        page = program.get(path(cast, f"/lists?limit={limit}{cursor}")).json()
        names += [each["name"] for each in page["items"]]
        cursor = page["next"] and f"&cursor={page['next']}"

    assert sorted(names) == ["Alpha", "Echo", "bravo", "charlie", "delta"]


def test_a_page_stays_in_its_place_when_rows_come(cast):
    program = cast.program()
    for name in ("b", "d", "f"):
        program.post(path(cast, "/lists"), {"name": name}, "application/json")
    first = program.get(path(cast, "/lists?limit=2")).json()
    program.post(path(cast, "/lists"), {"name": "a"}, "application/json")

    second = program.get(path(cast, f"/lists?limit=2&cursor={first['next']}")).json()

    assert [each["name"] for each in second["items"]] == ["f"]


def test_a_cursor_of_another_list_is_refused(cast):
    program = cast.program()
    for name in ("a", "b"):
        program.post(path(cast, "/lists"), {"name": name}, "application/json")
    cursor = program.get(path(cast, "/lists?limit=1")).json()["next"]

    for elsewhere in ("/searches?", "/lists?deleted=true&", "/members?"):
        answer = program.get(path(cast, f"{elsewhere}cursor={cursor}"))
        assert said(answer) == (422, "bad_cursor")


def test_filters_past_the_fortieth_are_refused(cast):
    query = "&".join(["filter=country=US"] * 41)

    assert said(cast.program().get(path(cast, f"/search?{query}"))) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("filter_", "code"),
    [
        ("country", "unreadable_filter"),
        ("colour=red", "unknown_key"),
        ("followers>=many", "unreadable_value"),
    ],
)
def test_filters_that_mean_nothing_are_refused(cast, filter_, code):
    answer = cast.program().get(path(cast, "/search"), {"filter": filter_})

    assert said(answer) == (422, code)


def test_a_token_makes_none_with_more_rights_than_its_own(cast):
    program = cast.program("owner", [Action.TOKENS_MANAGE])
    asked = {"name": "more", "scopes": ["members.manage"]}

    answer = program.post(path(cast, "/tokens"), asked, "application/json")

    assert said(answer) == (403, "not_allowed")


def test_an_empty_file_is_called_empty(cast):
    program, uploads = cast.program(), path(cast, "/uploads")

    bare = program.generic("POST", uploads, b"", content_type="text/csv")
    form = program.post(uploads, {"file": SimpleUploadedFile("a.csv", b"")})

    assert (said(bare), said(form)) == ((422, "empty_file"), (422, "empty_file"))


def test_a_body_in_pieces_is_not_taken_for_none(cast):
    pieces = {"transfer-encoding": "chunked"}

    answer = cast.program().post(path(cast, "/lists"), headers=pieces)

    assert said(answer) == (411, "length_required")

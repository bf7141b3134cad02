"""Every route has a mark, and the mark is kept."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from groundswell.interfaces.http import routes

# Pages of libraries, which check for themselves who asks.
OF_LIBRARIES = ("accounts/",)


def all_routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_routes(pattern, where)
        else:
            yield where, pattern


OURS = [
    (where, pattern)
    for where, pattern in all_routes(get_resolver())
    if not where.startswith((*OF_LIBRARIES, "api/"))
]


@pytest.mark.parametrize(("where", "pattern"), OURS, ids=[where for where, _ in OURS])
def test_every_page_is_in_the_policy(where, pattern):
    assert routes.mark_of(pattern.callback) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/w/anna/", "/w/no-such/"])
def test_who_is_not_signed_in_is_sent_to_the_door(workspace, path):
    answer = Client().get(path)

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/login/?next={path}",
    )


def test_another_workspace_is_not_there(cast, stranger):
    answer = cast.browser("owner").get("/w/stranger/")

    assert answer.status_code == 404
    assert b"there is no workspace" in answer.content


def test_signing_in_is_limited_exactly(cast):
    cast.person("owner")
    browser = Client()
    form = {"login": "owner@anna.example", "password": "not that one, no"}

    answers = [browser.post("/accounts/login/", form).status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2


def test_who_signs_in_arrives_at_the_workspace(cast):
    cast.person("owner")
    form = {"login": "owner@anna.example", "password": "a long enough sentence"}

    answer = Client().post("/accounts/login/", form, follow=True)

    assert answer.redirect_chain[-1] == ("/w/anna/", 302)


@pytest.mark.django_db
def test_the_first_visit_makes_the_owner_and_the_second_does_not(home):
    form = {"email": "me@example.com", "name": "Me", "password": "a long enough sentence"}
    first, second = Client(), Client()

    assert first.post("/welcome", form).headers["Location"] == "/w/default/"
    assert second.post("/welcome", form | {"email": "you@example.com"}).headers["Location"] == "/"
    assert first.get("/w/default/").status_code == 200


@pytest.mark.parametrize(
    "form",
    [{"name": "x" * 1_000_001}, {f"field{at}": "" for at in range(2_001)}],
    ids=["long", "many"],
)
def test_a_form_that_is_too_much_says_so(cast, form):
    answer = cast.browser("owner").post(cast.path("lists/create"), form)

    assert answer.status_code == 413
    assert b"shorten it" in answer.content


@pytest.mark.parametrize(
    ("peer", "said", "counted"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("172.18.0.2", "198.51.100.9, 2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "no address", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("8.8.8.8", "203.0.113.7", "8.8.8.8"),
    ],
)
def test_behind_a_proxy_each_network_is_counted_alone(settings, db, peer, said, counted):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    answer = Client().get("/health/live", REMOTE_ADDR=peer, headers={"x-forwarded-for": said})

    assert answer.wsgi_request.META["REMOTE_ADDR"] == counted


def test_without_a_proxy_nobody_says_for_themselves_where_they_come_from(db):
    answer = Client().get("/health/live", headers={"x-forwarded-for": "203.0.113.7"})

    assert answer.wsgi_request.META["REMOTE_ADDR"] == "127.0.0.1"

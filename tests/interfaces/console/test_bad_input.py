"""What the console does with input that nobody means well: every form that its pages show."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from groundswell.workspaces import access
from tests.contracts.test_tenant_probe import OWNED, digest
from tests.interfaces.rest.conftest import scene, standing_scene
from tests.support import forms, planting
from tests.support.forms import Form

__all__ = ["scene", "standing_scene"]

_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
HOSTILE = """"'><script>alert(1)</script>{{7*7}}"""
# What each free field is given; the answer may be a refusal, never a failure.
BAD: dict[str, str] = {
    "nothing": "",
    "blanks": " \t\n ",
    "too much": "x" * 10_000,
    "markup": HOSTILE,
    "a formula": "=HYPERLINK(A1)+cmd|' /C calc'!A0",
    "a NUL": "a\x00b",
    "half a surrogate's bytes": "\ud7ff\ufffe\U0010ffff",
    "a number beyond all": "9" * 400,
    "minus nothing": "-0",
    "no number": "NaN",
    "a day that isn't": "2026-02-30",
}


def pages(browser: Client, names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The path and text of each page of the scene's workspace."""
    known = {name: str(value) for name, value in names.items()} | {"ref": names["account"]}
    for where in _routes(get_resolver()):
        named = set(_NAMED.findall(where))
        if "slug" not in named or named - set(known) or where.startswith("api/"):
            continue
        path = "/" + _NAMED.sub(lambda match: known[match[1]], where)
        answer = browser.get(path)
        if answer.streaming:
            assert list(answer.streaming_content)  # read to its end, its file is closed
        elif answer.status_code == 200 and "text/html" in answer["Content-Type"]:
            yield path, answer.content.decode()


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, where)
        elif isinstance(pattern, URLPattern):
            yield where


@pytest.fixture(scope="module")
def kept() -> dict[str, Form]:
    """The forms, once they are known."""
    return {}


@pytest.fixture
def found(scene, kept) -> dict[str, Form]:
    """One form for each place that forms are sent to, whatever row it is about."""
    if not kept:
        for path, text in pages(scene.cast.browser("owner"), scene.names):
            for form in forms.of_page(text, path):
                if form.action.startswith("/w/"):
                    where = re.sub(r"[0-9a-f-]{36}", "ID", form.action.partition("?")[0])
                    kept.setdefault(where, form)
    return kept


def test_there_are_forms_to_be_bad_to(found):
    assert len(found) >= 30
    assert {"/w/anna/lists/create", "/w/anna/plans/new", "/w/anna/settings/change"} <= set(found)


@pytest.mark.parametrize("kind", BAD)
def test_no_form_fails_of_what_is_written_into_it(kind, scene, found):
    browser = scene.cast.browser("owner")
    browser.raise_request_exception = False

    answers = {
        where: browser.post(form.action, form.values | dict.fromkeys(form.free(), BAD[kind]))
        for where, form in found.items()
    }

    assert {w: a.status_code for w, a in answers.items() if a.status_code >= 500} == {}
    texts = {where: a.content for where, a in answers.items() if "html" in a["Content-Type"]}
    assert {where for where, text in texts.items() if HOSTILE.encode() in text} == set()


def test_no_form_fails_when_nothing_comes_at_all(scene, found):
    browser = scene.cast.browser("owner")
    browser.raise_request_exception = False

    answers = {where: browser.post(form.action).status_code for where, form in found.items()}

    assert {where: status for where, status in answers.items() if status >= 500} == {}


def test_a_refused_form_shows_again_what_was_written(scene, found):
    browser = scene.cast.browser("owner")
    written = "Kept <b> & " + "y" * 6_000
    wanting = {}
    for where, form in found.items():
        texts = [name for name in form.free() if form.kinds[name] in ("text", "textarea", "search")]
        answer = browser.post(form.action, form.values | dict.fromkeys(texts, written))
        again = b"Kept &lt;b&gt; &amp; yyyy"
        if texts and answer.status_code == 422 and again not in answer.content:
            wanting[where] = texts

    assert wanting == {}


def test_another_workspaces_ids_change_nothing_there(scene, found, stranger):
    with access.inside(stranger):
        theirs = [str(planting.plant(model, stranger).pk) for model in OWNED]
        before = digest(stranger.id)
    browser = scene.cast.browser("owner")
    browser.raise_request_exception = False
    ids = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    statuses = {}
    for number, (where, form) in enumerate(found.items()):
        other = theirs[number % len(theirs)]
        values = {
            name: [ids.sub(other, value) for value in sent] for name, sent in form.values.items()
        }
        values |= {name: [other] for name in form.kinds if re.search("account|creator|id$", name)}
        for action in {form.action, ids.sub(other, form.action)}:
            answer = browser.post(action, values)
            statuses[where, action == form.action] = answer.status_code
            assert planting.MARK.encode() not in answer.content, where

    assert {key: status for key, status in statuses.items() if status >= 500} == {}
    with access.inside(stranger):
        assert digest(stranger.id) == before


def test_after_signing_out_every_form_leads_to_the_door(scene, found):
    answers = {where: Client().post(form.action, form.values) for where, form in found.items()}

    astray = {
        where: answer.status_code
        for where, answer in answers.items()
        if answer.status_code != 302 or "/accounts/login/" not in answer["Location"]
    }
    assert astray == {}


def test_a_viewer_is_refused_what_only_others_may(scene, found):
    answers = {
        where: scene.cast.browser("viewer").post(form.action, form.values).status_code
        for where, form in found.items()
    }

    # Searches are for everybody to keep.
    allowed = {where for where, status in answers.items() if status < 400}
    assert {where for where in allowed if "/searches/" not in where} == set()


@pytest.mark.parametrize("page", ["discover", "lists", "plans", "settings/journal", "compare"])
@pytest.mark.parametrize("text", ["x" * 10_000, "\x00", HOSTILE, '"' * 99, "(" * 999, "a* " * 999])
def test_a_search_for_anything_is_answered(scene, page, text):
    browser = scene.cast.browser("owner")
    names = ("q", "find", "name", "f", "sort", "page", "account", "by", "subject", "since", "event")

    for name in names:
        answer = browser.get(scene.cast.path(page), {name: text})
        assert answer.status_code < 500, name
        assert HOSTILE.encode() not in answer.content

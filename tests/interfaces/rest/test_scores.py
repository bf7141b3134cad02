"""Comments and past scores of an account, by pages."""

import json

from tests.interfaces.rest.test_front import said


def paged(scene, path, joint):
    found, after = [], ""
    while after is not None:
        answer = scene.send("GET", f"{path}{joint}limit=1{after}")
        found += answer["items"]
        after = answer["next"] and f"&cursor={answer['next']}"
    return found


def test_comments_of_an_account_come_by_pages_the_newest_first_and_say_nobodys_name(scene):
    found = paged(scene, "/comments/instagram:anna", "?")

    assert [(each["post_id"], each["likes"]) for each in found] == [
        ("anna-0", 0),
        ("anna-1", 1),
        ("anna-2", 2),
    ]
    assert set(found[0]) == {"post_id", "published_at", "text", "language", "likes"}
    assert "reader" not in json.dumps(found)


def test_comments_under_one_post_are_these_alone(scene):
    of_one = scene.send("GET", "/comments/instagram:anna?post=anna-1")
    of_none = scene.send("GET", "/comments/instagram:anna?post=anna-7")

    assert [each["post_id"] for each in of_one["items"]] == ["anna-1"]
    assert of_none == {"items": [], "next": None}


def test_past_scores_come_by_pages_the_newest_first_and_what_was_unknown_is_null(scene):
    found = paged(scene, "/past-scores/instagram:anna", "?")

    assert [each["growth"] for each in found] == [61.5, None]
    assert found[0]["said_since"] == found[1]["said_until"]
    assert scene.send("GET", "/past-scores/instagram:ben")["items"] == []


def test_a_cursor_of_another_accounts_comments_is_refused(scene):
    after = scene.send("GET", "/comments/instagram:anna?limit=1")["next"]

    answer = scene.client.get(scene.path(f"/comments/instagram:ben?limit=1&cursor={after}"))

    assert said(answer) == (422, "bad_cursor")

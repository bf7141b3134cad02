"""How much of an audience is whom a program is for, and who says so."""

from datetime import UTC, datetime, timedelta

import pytest

from groundswell.creators.models import Account
from groundswell.vetting import targets
from groundswell.workspaces import access

ANNA = [{"platform": "instagram", "handle": "anna"}]
DAY = datetime(2026, 1, 2, tzinfo=UTC)
WANTED = {"country": ["US"], "language": ["en", "es"]}


def share(dimension, value, part, people=500):
    return {"platform": "instagram", "account_handle": "anna", "dimension": dimension,
            "value": value, "share": part, "sample_size": people, "source": "api",
            "observed_at": DAY}  # fmt: skip


def comments(author, *languages):
    return [
        {"platform": "instagram", "comment_id": f"{author}-{n}", "post_id": "p1",
         "account_handle": "anna", "author": author, "language": language,
         "published_at": DAY + timedelta(n)}
        for n, language in enumerate(languages)
    ]  # fmt: skip


def fit(desk, wanted=None, **rows):
    desk.publish(accounts=ANNA, **rows)
    with access.inside(desk.workspace):
        return targets.fit(Account.objects.get(handle="anna"), wanted or WANTED)


def test_languages_are_counted_on_who_commented_where_no_source_says_them(desk):
    written = [
        *comments("ada", "en", "de", "en"),  # counts once, as who writes English
        *comments("bob", "es"),
        *comments("cem", "tr"),
        *comments("dan", "tr"),
    ]
    found = fit(desk, audience_shares=[share("country", "US", 0.6)], comments=written)

    country, language = found.parts
    assert (country.share.value, country.source) == (0.6, "api")
    assert (language.share.value, language.share.n) == (0.5, 4)
    assert language.source == targets.COMMENTERS
    assert language.share.low < 0.2 < 0.8 < language.share.high
    assert language.observed_at.isoformat() == "2026-01-04T00:00:00+00:00"


def in_audiences(member, *handles):
    return [
        {"platform": "instagram", "account_handle": handle, "member": member, "kind": "follows",
         "at": DAY}
        for handle in handles
    ]  # fmt: skip


def test_interests_are_counted_on_people_who_are_in_other_audiences_too(desk):
    desk.publish(
        accounts=[
            {"platform": "instagram", "handle": "ben", "categories": ["Trail Running"]},
            {"platform": "instagram", "handle": "cleo", "categories": ["Food"]},
            {"platform": "instagram", "handle": "dora", "categories": None},
        ]
    )
    members = [
        *in_audiences("m1", "anna", "ben", "cleo"),
        *in_audiences("m2", "anna", "cleo"),
        *in_audiences("m3", "anna", "ben"),
        *in_audiences("m4", "anna", "cleo"),
        *in_audiences("m5", "anna", "dora"),  # of whom no topic is known
        *in_audiences("m6", "ben"),  # somebody else's
    ]
    found = fit(desk, {"interest": ["hiking", "trail running"]}, memberships=members)

    [interest] = found.parts
    assert (interest.share.value, interest.share.n) == (0.5, 4)
    assert interest.source == targets.MEMBERS
    assert interest.share.high < 0.9
    assert found.kinds == {}


def test_what_a_source_measured_goes_before_comments(desk):
    shares = [share("language", "en", 0.9), share("language", "de", 0.1)]
    found = fit(desk, audience_shares=shares, comments=comments("ada", "es"))

    language = found.parts[1]
    assert (language.share.value, language.source) == (pytest.approx(0.9), "api")


def test_without_either_nobody_can_say(desk):
    found = fit(desk, {"language": ["en"]})

    nobody = fit(desk, {"interest": ["food"]})
    assert nobody.share.reason == "no source says how the audience is made up by interest"
    assert found.share.value is None
    assert found.share.reason == "no source says how the audience is made up by language"

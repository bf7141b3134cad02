"""What an account did: counts, weeks, engagement of two kinds, posts with signs, and its peers."""

from datetime import date, timedelta

import pytest

from groundswell.vetting import portraits, queries
from groundswell.workspaces import access
from tests.vetting.conftest import counted


def post(number, now, **more):
    return {
        "platform": "instagram",
        "account_handle": "anna",
        "post_id": f"p{number}",
        "published_at": now - timedelta(days=number),
        "format": "image",
    } | more


def seen(number, now, **counts):
    return {
        "platform": "instagram",
        "account_handle": "anna",
        "post_id": f"p{number}",
        "observed_at": now,
        "source": "import",
    } | counts


@pytest.fixture
def anna(desk):
    """A desk with one account of 1,000 followers and four posts, two of them sponsored."""
    now = desk.now  # a Sunday
    texts = ["#ad New shoes", "Up the ridge", "Paid partnership with @acme", None]
    desk.publish(
        accounts=[{"platform": "instagram", "handle": "anna"}],
        account_observations=[
            counted("anna", 900, now - timedelta(30)),
            counted("anna", 1_000, now - timedelta(29)),
        ],
        posts=[post(n, now, text=text) for n, text in enumerate(texts, start=1)],
        post_observations=[
            seen(n, now, likes=10 * n, comments=n, views=1_000) for n in range(1, 5)
        ],
    )
    return desk


def portrait_of(desk, handle="anna"):
    account = desk.account(handle)
    with access.inside(desk.workspace):
        return portraits.portrait(account, now=desk.now)


def test_followers_and_weeks_are_what_was_seen(anna):
    found = portrait_of(anna)

    assert [count.followers for count in found.counts] == [900, 1_000]
    # 31, 30, 29 and 28 October are in the week from the 26th, which the 1st of November ends.
    assert (found.weeks, found.posts) == ([(date(2026, 10, 26), 4)], 4)


def test_engagement_is_pooled_apart_for_sponsored_and_organic_posts(anna):
    found = portrait_of(anna).engagement

    # Sponsored are posts 1 and 3: 11 + 33 engagements; organic are 2 and 4: 22 + 44.
    assert {key: (rate.value, rate.n) for key, rate in found.items()} == {
        ("followers", "sponsored"): (pytest.approx(44 / 2_000), 2),
        ("followers", "organic"): (pytest.approx(66 / 2_000), 2),
        ("views", "sponsored"): (pytest.approx(44 / 2_000), 2),
        ("views", "organic"): (pytest.approx(66 / 2_000), 2),
    }


def test_one_post_has_a_rate_and_no_interval(desk):
    desk.publish(
        posts=[post(1, desk.now, text="Up")],
        post_observations=[seen(1, desk.now, likes=5, views=100)],
    )

    [rate] = portrait_of(desk).engagement.values()

    assert (rate.value, rate.low, rate.reason) == (0.05, None, "no interval: it takes two posts")


def test_an_account_without_observations_has_an_empty_portrait(desk):
    desk.publish(accounts=[{"platform": "instagram", "handle": "anna"}])

    found = portrait_of(desk)

    assert (found.counts, found.weeks, found.engagement, found.audience) == ([], [], {}, {})


def test_posts_come_by_pages_with_their_signs_and_unknown_stays_unknown(anna):
    account = anna.account("anna")
    with access.inside(anna.workspace):
        first, total, _ = portraits.posts(account, size=3, page=1)
        second, *_ = portraits.posts(account, size=3, page=2)
        beyond = portraits.posts(account, size=3, page=9)

    words = portraits.SIGNS[portraits.Sign.WORDS]
    assert [(p.post_id, p.sign, p.likes) for p in first] == [
        ("p1", words, 10),
        ("p2", None, 20),
        ("p3", words, 30),
    ]
    assert [(p.post_id, p.text, p.paid_partnership, p.reach) for p in second] == [
        ("p4", None, None, None)
    ]
    assert (total, beyond) == (4, ([], 0, []))


def test_posts_come_with_the_newest_known_time_of_watching(desk):
    day = timedelta(days=1)
    desk.publish(
        posts=[post(1, desk.now, text="Up"), post(2, desk.now - day)],
        post_observations=[
            seen(1, desk.now, views=9, interactions=4, watch_time_s=90.5, watch_average_s=4.5),
            seen(1, desk.now + day, views=12),
        ],
    )
    with access.inside(desk.workspace):
        found, *_ = portraits.posts(desk.account("anna"), size=2, page=1)

    assert [(p.interactions, p.watch_time_s, p.watch_average_s) for p in found] == [
        (4, 90.5, 4.5),
        (None, None, None),
    ]


def test_comments_come_with_the_first_page(anna):
    said = {"platform": "instagram", "account_handle": "anna", "post_id": "p1", "author": "x"}
    anna.publish(comments=[{**said, "comment_id": "c1", "text": "Lovely"}])
    account = anna.account("anna")

    with access.inside(anna.workspace):
        pages = [portraits.posts(account, size=2, page=page)[2] for page in (1, 2)]

    assert [[remark.text for remark in page] for page in pages] == [["Lovely"], []]


def test_comments_come_by_pages_with_their_posts_and_of_one_post_alone(anna):
    said = {"platform": "instagram", "account_handle": "anna", "author": "x"}
    rows = [("c1", "p1", 3, "Lovely"), ("c2", "p2", 1, "Which ridge?"), ("c3", "p2", 2, None)]
    rows += [("c4", "p2", 4, "Wow")]
    anna.publish(
        comments=[
            {
                **said,
                "comment_id": name,
                "post_id": post_id,
                "text": text,
                "published_at": anna.now - timedelta(days),
            }
            for name, post_id, days, text in rows
        ]
    )
    account = anna.account("anna")

    with access.inside(anna.workspace):
        first, total = portraits.comments(account, post=None, most=2, skipped=0)
        second, _ = portraits.comments(account, post=None, most=2, skipped=2)
        under, of_post = portraits.comments(account, post="p2", most=9, skipped=0)
        beyond = portraits.comments(account, post="p9", most=9, skipped=0)

    assert [(post_id, remark.text) for post_id, remark in first + second] == [
        ("p2", "Which ridge?"),
        ("p1", "Lovely"),
        ("p2", "Wow"),
    ]
    assert ([remark.text for _, remark in under], total, of_post) == (["Which ridge?", "Wow"], 3, 2)
    assert beyond == ([], 0)


def test_only_the_last_measurement_of_an_audience_counts(desk):
    shares = {"platform": "instagram", "account_handle": "anna", "source": "api"}
    old, new = desk.now - timedelta(9), desk.now - timedelta(2)
    rows = [("US", 0.9, old), ("DE", 0.1, old), ("US", 0.4, new), ("GB", 0.6, new)]
    desk.publish(
        audience_shares=[
            {**shares, "dimension": "country", "value": v, "share": s, "observed_at": at}
            for v, s, at in rows
        ]
    )

    found = portrait_of(desk).audience["country"]

    assert [(part.value, part.share) for part in found] == [("GB", 0.6), ("US", 0.4)]


def test_peers_are_the_nearest_in_followers_whose_rate_counts_the_same(crowd):
    crowd.vet()
    account = crowd.account("runner10")
    with access.inside(crowd.workspace):
        answer = queries.kept([account])[account.id]
        found = portraits.peers(account, answer.card.rates)

    assert found.rate.denominator == "engagement_rate_by_followers"
    assert len(found.nearest) == 24
    followers = [peer.account.followers for peer in found.nearest]
    assert followers == sorted(followers)


def test_an_account_without_rates_has_no_peers(anna):
    account = anna.account("anna")
    with access.inside(anna.workspace):
        assert portraits.peers(account, ()) == portraits.Peers(None, ())

"""Which account a link points to, as people write links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.creators import addresses


@pytest.mark.parametrize(
    ("link", "account"),
    [
        ("https://www.instagram.com/anna.runs/?hl=en", "instagram:anna.runs"),
        ("instagram.com/anna", "instagram:anna"),
        ("https://m.youtube.com/channel/UC17/videos", "youtube:UC17"),
        ("https://youtube.com/@anna", "youtube:anna"),
        ("https://twitter.com/anna", "x:anna"),
        ("https://bsky.app/profile/anna.bsky.social", "bluesky:anna.bsky.social"),
        ("https://linkedin.com/in/anna-keller", "linkedin:anna-keller"),
        ("https://instagram.com/p/Cx1", None),
        ("https://youtube.com/watch?v=1", None),
        ("https://linkedin.com/jobs", None),
        ("https://instagram.com/", None),
        ("https://anna.example/instagram.com/anna", None),
        ("https://instagram.com.evil.example/anna", None),
    ],
)
def test_a_link_points_to_an_account_or_to_none(link, account):
    found = addresses.account_at(link)
    assert (found and str(found)) == account


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("https://www.Anna.example/Shop/", "anna.example/shop"),
        ("http://anna.example", "anna.example"),
        ("https://linktr.ee/anna", "linktr.ee/anna"),
        ("https://linktr.ee/", None),
        ("https://instagram.com/anna", None),
        ("http://[broken", None),
    ],
)
def test_a_page_of_ones_own_is_spelled_one_way(link, site):
    assert addresses.site_at(link) == site


@given(st.text(max_size=40), st.text(max_size=40))
def test_links_and_mentions_are_found_in_any_text(before, after):
    text = f"{before} https://tiktok.com/@anna TikTok: @anna {after}"
    links = [link for link in addresses.links_in(text) if "tiktok.com/@anna" in link]
    assert [str(addresses.account_at(link)) for link in links] == ["tiktok:anna"]
    assert "tiktok:anna" in map(str, addresses.mentions_in(text))

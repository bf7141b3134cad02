import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.values.addresses import Address, parsed, platform_of_id
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform

CHANNEL = "UC-2f97m_1UGWDogGudJcVJg"


@pytest.mark.parametrize(
    ("url", "platform", "handle"),
    [
        ("https://www.instagram.com/anna/", Platform.INSTAGRAM, "anna"),
        ("instagram.com/anna?hl=en", Platform.INSTAGRAM, "anna"),
        ("https://www.tiktok.com/@anna", Platform.TIKTOK, "anna"),
        ("youtube.com/@anna", Platform.YOUTUBE, "anna"),
        ("https://youtube.com/c/anna", Platform.YOUTUBE, "anna"),
        ("https://twitter.com/anna", Platform.X, "anna"),
        ("https://www.twitch.tv/anna", Platform.TWITCH, "anna"),
        ("https://de.linkedin.com/in/anna-b", Platform.LINKEDIN, "anna-b"),
        ("https://www.pinterest.de/anna/", Platform.PINTEREST, "anna"),
        ("https://www.snapchat.com/add/anna", Platform.SNAPCHAT, "anna"),
        ("https://www.threads.net/@anna", Platform.THREADS, "anna"),
        ("https://www.facebook.com/anna", Platform.FACEBOOK, "anna"),
        ("https://bsky.app/profile/anna.bsky.social", Platform.BLUESKY, "anna.bsky.social"),
        ("https://mastodon.social/@anna", Platform.MASTODON, "anna@mastodon.social"),
    ],
)
def test_profiles_of_every_platform_tell_the_handle(url, platform, handle):
    assert parsed(url) == Address(platform, handle=handle)


def test_a_channels_address_tells_its_id():
    assert parsed(f"https://www.youtube.com/channel/{CHANNEL}").platform_id == CHANNEL


@pytest.mark.parametrize(
    ("url", "post_id", "format_"),
    [
        ("https://www.youtube.com/watch?v=abc&t=1", "abc", None),
        ("https://youtu.be/abc", "abc", None),
        ("https://youtube.com/shorts/abc", "abc", Format.SHORT),
        ("https://www.instagram.com/p/abc/", "abc", None),
        ("https://www.instagram.com/reel/abc/", "abc", Format.REEL),
        ("https://www.tiktok.com/@anna/video/123", "123", Format.VIDEO),
        ("https://x.com/anna/status/123", "123", None),
    ],
)
def test_posts_of_the_platforms_tell_their_id_and_kind(url, post_id, format_):
    assert (parsed(url).post_id, parsed(url).format) == (post_id, format_)


@pytest.mark.parametrize("url", ["https://anna.example/about", "http://[bad", "", "not a page"])
def test_other_pages_tell_nothing(url):
    assert parsed(url) == Address(None)


def test_ids_are_told_by_their_shape():
    assert platform_of_id(CHANNEL) is Platform.YOUTUBE
    assert platform_of_id("did:plc:abc") is Platform.BLUESKY
    assert platform_of_id("UCanna") is None


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text):
    parsed(f"https://{text}")
    parsed(text)

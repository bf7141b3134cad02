"""What may be written for one creator: checked before anything is kept of it or asked."""

from ipaddress import ip_network
from typing import Any

import pytest

from groundswell.connectors.actions.connecting import BadQuestion, words_of
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.egress.failures import AddressRefused
from groundswell.terms.networks import Network

_CHANNEL = "UC" + "a" * 22
_TAKEN = {
    Network.BLUESKY: {
        "anna.bsky.social": "anna.bsky.social",
        " @Anna.example ": "Anna.example",
        "did:plc:abc123": "did:plc:abc123",
        "at://did:web:anna.example": "at://did:web:anna.example",
        "https://bsky.app/profile/anna.example": "https://bsky.app/profile/anna.example",
    },
    Network.MASTODON: {
        "anna": "anna",
        "@anna": "anna",
        "@anna@example.social": "anna@example.social",
        "anna_b.c-d@example.social:443": "anna_b.c-d@example.social:443",
        "acct:anna@bücher.example": "acct:anna@bücher.example",
        "https://example.social/@anna": "https://example.social/@anna",
        "https://example.social/users/anna": "https://example.social/users/anna",
        "blog.example@blog.example": "blog.example@blog.example",
    },
    Network.YOUTUBE: {
        "@anna": "anna",
        "アンナ": "アンナ",
        "हिन्दी": "हिन्दी",
        _CHANNEL: _CHANNEL,
        "https://www.youtube.com/@anna": "https://www.youtube.com/@anna",
        f"https://youtube.com/channel/{_CHANNEL}": f"https://youtube.com/channel/{_CHANNEL}",
        "youtube.com/c/anna": "youtube.com/c/anna",
    },
    Network.INSTAGRAM: {
        "@Anna.B_1": "anna.b_1",
        "https://www.instagram.com/anna/": "anna",
    },
    Network.THREADS: {
        "@Anna.B_1": "anna.b_1",
        "https://www.threads.com/@anna": "anna",
    },
    Network.X: {
        "@Anna_1": "Anna_1",
        "https://x.com/anna": "anna",
        "https://twitter.com/anna/status/1": "anna",
    },
    Network.BLOG: {
        "blog.example": "blog.example",
        "https://blog.example/feed?kind=all": "https://blog.example/feed?kind=all",
        "http://bücher.example/": "http://bücher.example/",
        "https://93.184.216.34/feed": "https://93.184.216.34/feed",
    },
}
_NO_NAMES = {
    Network.BLUESKY: ["anna", "anna bee", "anna@example.social", "did:plc:", "https://x.com/anna"],
    Network.MASTODON: [
        *["anna bee", "anna@", "anna@b@example.social", "anna@exa mple.social"],
        *["anna@example..social", "anna@-.%", "anna/b@example.social", "anna'@example.social"],
        *["anna@example.social:port", "anna@example.social/x", "https://example.social/"],
        *["https://example.social/web/@anna/1", "https://[broken/@anna", "anna@[::1]"],
    ],
    Network.YOUTUBE: [
        *["trail running", "anna@example.social", "https://www.youtube.com/watch?v=abc"],
        *["https://www.youtube.com/", "https://x.com/anna", "https://blog.example/anna", "#anna"],
    ],
    Network.INSTAGRAM: ["anna bee", "anna-bee", "a" * 31, "https://www.threads.com/@anna"],
    Network.THREADS: ["anna bee", "anna-bee", "a" * 31, "https://www.instagram.com/anna"],
    Network.X: ["anna bee", "anna.b", "a" * 16, "https://www.instagram.com/anna", "https://x.com/"],
    Network.BLOG: [
        *["trail running", "trail", "ftp://blog.example", "https://", "blog.example:99999"],
        *["http://user:secret@blog.example/", "anna@blog.example", "https://[broken/"],
        *["javascript:alert(1)", "https://blog.example/a b"],
    ],
}
_INSIDE = {
    Network.MASTODON: [
        *["anna@127.0.0.1", "anna@10.0.0.1", "anna@localhost", "anna@localhost:3000"],
        *["https://169.254.169.254/@anna", "anna@house", "anna@0x7f.1", "anna@example.social:22"],
    ],
    Network.BLOG: [
        *["http://127.0.0.1/feed", "10.0.0.1", "http://[::1]/", "http://[fd00::1]/feed"],
        *["localhost:8000", "https://localhost./", "https://blog.localhost/", "http://house/"],
        *["http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://0177.0.0.1/"],
        *["http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/"],
        *["http://blog.example:22/", "http://blog..example/"],
    ],
}


def _each(table: dict[Network, list[str]]) -> list[tuple[Network, str]]:
    return [(network, text) for network, texts in table.items() for text in texts]


def test_each_network_that_is_asked_for_one_creator_says_what_names_one() -> None:
    asked = {network for network, each in INTERFACES.items() if Way.ACCOUNT in each.walks}

    assert len(INTERFACES) == 11
    assert _TAKEN.keys() == _NO_NAMES.keys() == asked


@pytest.mark.parametrize(
    ("network", "text", "kept"),
    [(network, *pair) for network, table in _TAKEN.items() for pair in table.items()],
)
def test_a_name_is_kept_as_the_network_takes_it(network: Network, text: str, kept: str) -> None:
    assert words_of(INTERFACES[network], Way.ACCOUNT, text) == kept


@pytest.mark.parametrize(("network", "text"), _each(_NO_NAMES))
def test_what_is_no_name_is_refused_with_what_to_write(network: Network, text: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        words_of(INTERFACES[network], Way.ACCOUNT, text)

    said = str(refused.value)
    assert any(f" {word} " in said for word in ("write", "give"))
    assert "secret" not in said
    assert "user name and no password" in said or repr(text) in said


_TAGGED = [network for network, each in INTERFACES.items() if Way.HASHTAG in each.walks]


@pytest.mark.parametrize("network", _TAGGED)
def test_a_hashtag_is_kept_without_its_sign(network: Network) -> None:
    assert words_of(INTERFACES[network], Way.HASHTAG, " #trailrunning ") == "trailrunning"


@pytest.mark.parametrize("text", ["trail running", "#", "#trail #running", "  "])
@pytest.mark.parametrize("network", [each for each in _TAGGED if each != Network.THREADS])
def test_what_is_no_hashtag_is_refused_with_what_to_write(network: Network, text: str) -> None:
    with pytest.raises(BadQuestion, match=r"write|give"):
        words_of(INTERFACES[network], Way.HASHTAG, text)


def test_a_topic_of_threads_may_be_several_words() -> None:
    assert words_of(INTERFACES[Network.THREADS], Way.HASHTAG, "trail running") == "trail running"


@pytest.mark.parametrize(("network", "text"), _each(_INSIDE))
def test_what_leads_inside_is_refused_before_it_is_asked(network: Network, text: str) -> None:
    with pytest.raises((AddressRefused, BadQuestion)) as refused:
        words_of(INTERFACES[network], Way.ACCOUNT, text)

    said = str(refused.value)
    assert "GROUNDSWELL_REACH_NETWORKS" in said or "write" in said


@pytest.mark.parametrize(
    ("network", "text"),
    [
        (Network.MASTODON, "anna@127.0.0.1:3000"),
        (Network.MASTODON, "anna@localhost:3000"),
        (Network.BLOG, "http://127.0.0.1:8000/feed"),
        (Network.BLOG, "http://localhost:8000/feed"),
        (Network.BLOG, "http://house/feed"),
    ],
)
def test_a_network_that_is_allowed_may_be_asked(network: Network, text: str, settings: Any) -> None:
    settings.REACH_NETWORKS = [ip_network("127.0.0.0/8")]

    assert words_of(INTERFACES[network], Way.ACCOUNT, text) == text

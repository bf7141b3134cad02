"""What captions say: repetition, signs of being paid for, language."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.engine.qualification.text import duplicates, languages, sponsorship
from groundswell.engine.qualification.text.sponsorship import Sign

RUN = "Twelve miles along the ridge before sunrise, and the fog never lifted once"


def repeats(*captions: str | None, codes: list[int] | None = None) -> list[bool]:
    owners = np.array(codes or [0] * len(captions))
    return duplicates.near_duplicates(owners, pa.array(captions, pa.string()))[0].tolist()


def test_the_same_caption_again_is_a_repetition():
    assert repeats(RUN, "Something else entirely about bread and butter", RUN) == [
        False,
        False,
        True,
    ]


def test_hashtags_links_and_case_do_not_hide_a_repetition():
    assert repeats(RUN, f"{RUN.upper()} #trail https://a.example/1 @ben") == [False, True]


def test_a_changed_number_is_still_a_repetition():
    assert repeats(f"Day 11. {RUN}", f"Day 12. {RUN}") == [False, True]


def test_shared_hashtags_do_not_make_a_repetition():
    tags = " #run #trail #ultra #mountains #running #runner #fitness #outdoors"
    assert repeats(f"{RUN}{tags}", f"New shoes arrived and they are blue{tags}") == [False, False]


def test_captions_of_another_account_are_no_repetition():
    assert repeats(RUN, RUN, codes=[0, 1]) == [False, False]


def test_short_and_missing_captions_are_not_judged():
    captions = pa.array(["Happy Friday", None, "Happy Friday", "🏃🏃"])
    found, judged = duplicates.near_duplicates(np.zeros(4, dtype=np.int64), captions)
    assert not found.any()
    assert not judged.any()


def test_scripts_without_spaces_are_compared_too():
    words = "今日は朝から山を走りましたとても気持ちよかったです"
    assert repeats(words, "新しい靴を買いました色は青で軽いです", words) == [False, False, True]


@pytest.mark.parametrize(
    "caption",
    [
        "#ad new shoes",
        "New shoes! #AD",
        "Ad | the blue ones",
        "[Anzeige] Neue Schuhe",
        "Werbung: neue Schuhe",
        "Advertisement. Three mistakes I made",
        "Publicidade",
        "Paid partnership with Kestrel",
        "Thanks to Kestrel for sponsoring this video",
        "Collaboration commerciale avec Kestrel",
        "Publicidad: zapatillas",
        "Współpraca reklamowa z marką",
        "新しい靴 #広告",
        "신발 #유료광고",
    ],
)
def test_a_disclosure_is_a_sign(caption: str):
    assert sponsorship.sign_in(caption) is Sign.WORDS


@pytest.mark.parametrize(
    "caption",
    [
        "#adventure in the alps",
        "Not sponsored, I just love them",
        "this is not an ad",
        "#notsponsored #notanad",
        "unbezahlte Werbung, selbst gekauft",
        "Keine Werbung",
        "Pas sponsorisé du tout",
        "No patrocinado",
        "nie sponsorowane",
        "I had to adjust the sponsorship table of my app",
        "read my code on the train",
        "dress code BLACK tonight",
        "Ads are everywhere these days",
        "Werbung nervt mich",
        "my new publication is out #publichealth",
        "#collab with @ben",
        "",
    ],
)
def test_denials_and_look_alikes_are_no_sign(caption: str):
    assert sponsorship.sign_in(caption) is None


@pytest.mark.parametrize(
    "caption",
    [
        "shoes here https://amzn.to/3xYz",
        "https://www.amazon.de/dp/B01?tag=anna-21",
        "shop https://kestrel.example/?utm_medium=affiliate",
        "https://kestrel.example/shoes?ref=anna",
        "This post contains affiliate links",
        "As an Amazon Associate I earn a commission",
    ],
)
def test_an_affiliate_link_is_a_sign(caption: str):
    assert sponsorship.sign_in(caption) is Sign.AFFILIATE


@pytest.mark.parametrize(
    "caption", ["Use code ANNA10 for 10% off", "Rabattcode: LAUF", "código X5Y"]
)
def test_a_discount_code_is_a_sign(caption: str):
    assert sponsorship.sign_in(caption) is Sign.CODE


def test_a_denial_does_not_hide_a_disclosure():
    assert sponsorship.sign_in("Not sponsored by Kestrel, but #ad for Saltlane") is Sign.WORDS


def test_the_platform_label_outranks_words_and_links_are_read():
    captions = pa.array(["#ad", "new shoes", None, "plain"])
    links = pa.array([None, ["https://amzn.to/1"], None, None], pa.list_(pa.string()))
    flags = pa.array([True, None, None, False])
    found = sponsorship.signs(captions, links, flags).tolist()
    assert found == [Sign.FLAG, Sign.AFFILIATE, None, None]


def test_the_fast_net_misses_nothing_that_the_careful_reading_finds():
    captions = ["Thanks to Ñandú for sponsoring us", "given by @ñandu", "Código: ÚNICO20", "#PUB"]
    nothing = pa.nulls(4, pa.list_(pa.string())), pa.nulls(4, pa.bool_())
    found = sponsorship.signs(pa.array(captions), *nothing).tolist()
    assert found == [sponsorship.sign_in(caption) for caption in captions]


def test_the_language_of_the_source_comes_first_and_loses_its_region():
    given = pa.array(["pt-BR", None, ""])
    captions = pa.array(["x", "Gestern sind wir bei Regen um den ganzen See gelaufen", "ok"])
    found = languages.languages(np.zeros(3, dtype=np.int64), given, captions)
    assert found.tolist() == ["pt", "de", None]


def test_captions_are_read_only_where_the_source_says_little():
    german = "Gestern sind wir bei Regen um den ganzen See gelaufen"
    found = languages.languages(
        np.zeros(4, dtype=np.int64), pa.array(["fr", "fr", "fr", None]), pa.array([german] * 4)
    )
    assert found.tolist() == ["fr", "fr", "fr", None]

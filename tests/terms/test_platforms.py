import pytest

from groundswell.terms.platforms import AccountRef, Platform, UnknownPlatform, UnreadableAccount


@pytest.mark.parametrize(
    ("spoken", "meant"),
    [("Insta", "instagram"), ("YT", "youtube"), ("Twitter / X", "x"), ("TikTok", "tiktok")],
)
def test_platforms_are_known_by_what_people_call_them(spoken, meant):
    assert Platform.parse(spoken) == meant


def test_an_unknown_platform_is_refused_with_the_known_ones():
    with pytest.raises(UnknownPlatform, match=r"'orkut'.*instagram"):
        Platform.parse("orkut")


def test_an_account_is_written_platform_and_name():
    ref = AccountRef.parse("ig:@Anna.Runs")

    assert (ref.platform, ref.name, str(ref)) == ("instagram", "Anna.Runs", "instagram:Anna.Runs")


@pytest.mark.parametrize("text", ["anna", "instagram:", "instagram:@", "instagram: ", "ig:a\0"])
def test_half_an_account_is_refused(text):
    with pytest.raises(ValueError, match="platform:handle"):
        AccountRef.parse(text)


def test_an_address_is_no_account_and_says_how_one_is_written():
    with pytest.raises(UnreadableAccount, match="is written platform:handle"):
        AccountRef.parse("https://tiktok.com/@anna")

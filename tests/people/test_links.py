"""A link's secret is known by its hash alone, and by no link of another kind."""

import pytest

from groundswell.people.links import Links

REPLIES = Links("gswreply", "replies")


def test_the_address_of_a_link_leads_to_the_hash_that_was_kept(settings, tmp_path):
    settings.GROUNDSWELL_HOME = tmp_path

    kept, signed = REPLIES.make()

    assert REPLIES.hash_of(signed) == kept
    assert kept not in signed.encode()


@pytest.mark.parametrize("other", [Links("gswother", "replies"), Links("gswreply", "others")])
def test_a_link_of_another_kind_opens_nothing(settings, tmp_path, other):
    settings.GROUNDSWELL_HOME = tmp_path

    assert other.hash_of(REPLIES.make()[1]) is None


@pytest.mark.parametrize("altered", ["", "~", "gswreply_short~x"])
def test_what_was_mistyped_opens_nothing(settings, tmp_path, altered):
    settings.GROUNDSWELL_HOME = tmp_path

    assert REPLIES.hash_of(altered) is None

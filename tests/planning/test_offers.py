"""Offers: formats, expected results and prices of the candidates."""

import numpy as np
import pytest

from groundswell.engine.response import Basis
from groundswell.planning import candidates, offers
from groundswell.planning.candidates import NoCandidates
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import account, brief, evidence, reels


def priced(asked, known):
    found = candidates.find(asked, known)
    return offers.price(asked, known, found, ACTIVATE)


def formats(found):
    return [
        (int(place), str(offers.FORMATS[kind]))
        for place, kind in zip(found.place, found.format, strict=True)
    ]


def test_an_account_offers_the_formats_of_the_brief_that_it_publishes():
    known = evidence(account("anna"), account("ben"), posts=reels("anna", 500, 600))

    found, _ = priced(brief(creators='formats = ["reel", "story"]'), known)

    assert formats(found) == [(0, "reel"), (1, "reel"), (1, "story")]


def test_without_formats_in_the_brief_an_account_offers_what_it_publishes():
    story = {"account": "ben", "format": "story", "views": 90, "engagements": 2}
    known = evidence(account("anna"), account("ben"), posts=[story])

    found, _ = priced(brief(), known)

    assert formats(found) == [(0, "reel"), (1, "story")]


def test_own_posts_go_before_what_the_size_suggests():
    known = evidence(account("anna"), account("ben"), posts=reels("anna", *[40_000] * 12))

    found, _ = priced(brief(), known)

    assert list(found.views.basis) == [Basis.OWN_POSTS, Basis.SIZE]
    assert found.views.mean[0] > 3 * found.views.mean[1]
    assert found.price.fee[0] > found.price.fee[1]


def test_a_creator_with_many_known_engagements_is_not_priced_as_an_ordinary_one():
    averages = [{"account": "anna", "views": None, "engagements": 24_000}]
    known = evidence(account("anna"), account("ben"), averages=averages)

    found, _ = priced(brief(), known)

    assert found.views.basis[0] == Basis.INFERRED
    assert found.views.mean[0] > 5 * found.views.mean[1]


def test_a_rate_card_sets_the_price_of_its_format_only():
    card = {"account": "anna", "format": "reel", "price": 12_345, "currency": "USD"}
    known = evidence(account("anna", followers=100_000), rate_cards=[card])

    found, _ = priced(brief(creators='formats = ["reel", "story"]'), known)

    assert [str(source) for source in found.price.source] == ["rate_card", "cpm"]
    assert found.price.fee[0] == 12_345


def test_an_account_in_another_currency_is_left_out_and_counted():
    card = {"account": "anna", "format": "reel", "price": 12_345, "currency": "EUR"}
    known = evidence(account("anna"), account("ben"), rate_cards=[card])

    found, excluded = priced(brief(), known)
    with_rate, _ = priced(brief(more="exchange_rates = { EUR = 2 }"), known)

    assert formats(found) == [(1, "reel")]
    assert excluded == {"price_in_other_currency": 1}
    assert with_rate.price.fee[0] == 24_690


def test_an_account_of_which_nothing_is_known_is_left_out_and_counted():
    known = evidence(account("anna", followers=None), account("ben"))

    found, excluded = priced(brief(), known)

    assert formats(found) == [(1, "reel")]
    assert excluded == {"response_unknown": 1}


def test_own_posts_are_enough_without_followers():
    known = evidence(account("anna", followers=None), posts=reels("anna", *[3_000] * 12))

    found, _ = priced(brief(), known)

    assert np.isnan(found.followers[0])
    assert found.audience[0] == pytest.approx(found.views.mean[0] / 0.3)


def test_nobody_with_a_price_is_refused_with_the_reason():
    with pytest.raises(NoCandidates, match="2 priced in USD, without a rate for USD"):
        priced(brief(currency="EUR"), evidence(account("anna"), account("ben")))


def test_tiers_are_those_of_the_workspace():
    known = evidence(account("anna", followers=4_999), account("ben", followers=5_000))

    found, _ = priced(brief(), known)

    assert [str(offers.TIERS[code]) for code in found.tier] == ["nano", "micro"]

"""The dossier of a creator: one page, whatever is known of them."""

import dataclasses
import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from groundswell.creators.models import Account
from groundswell.engine.safety.concerns import Concern
from groundswell.interfaces.http import dossier_pdf
from groundswell.terms.money import Money
from groundswell.terms.safety import SafetyCategory, Severity
from groundswell.vetting import dossiers
from groundswell.vetting.choices import Ruling
from groundswell.vetting.dossiers import Price
from groundswell.vetting.models import Decision, Reply
from groundswell.workspaces import access
from tests.vetting.conftest import Desk, runners

ODD = "👩🏽‍🚀 عداءة الجبال 走る人 \u202e<b>bold</b> & " + "w" * 400


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


@pytest.fixture
def crowd(desk):
    """Twenty-five vetted runners, and somebody of whom nothing is known."""
    desk.publish(**runners(desk.now))
    desk.publish(accounts=[{"platform": "instagram", "handle": "nobody"}])
    desk.vet()
    return desk


def gathered(desk, handle):
    with access.inside(desk.workspace):
        account = Account.objects.select_related("creator").get(handle=handle)
        return dossiers.of(account, now=desk.now)


def printed(desk, dossier):
    with access.inside(desk.workspace):
        pages = PdfReader(io.BytesIO(dossier_pdf.drawn(dossier, desk.workspace))).pages
    return len(pages), " ".join(pages[0].extract_text().split())


def stuffed(dossier, now):
    """The dossier with more of everything than anybody has."""
    account = dossier.account
    account.bio, account.creator.name, account.city = ODD * 20, ODD, "C" * 200
    account.categories = [ODD] * 12
    factors = tuple(
        dataclasses.replace(
            factor,
            evidence=tuple(
                dataclasses.replace(each, sentence=f"{each.sentence} {ODD}")
                for each in factor.evidence
            ),
        )
        for factor in dossier.answer.card.factors
    )
    concerns = tuple(
        Concern(category, Severity.HIGH, 9, now, ("word " * 30, ODD), ("p1",))
        for category in SafetyCategory
    )
    card = dataclasses.replace(
        dossier.answer.card,
        factors=factors,
        verdict_reasons=(ODD,) * 9,
        safety=dataclasses.replace(dossier.answer.card.safety, posts_read=9, concerns=concerns),
    )
    return dataclasses.replace(
        dossier,
        answer=dataclasses.replace(dossier.answer, card=card),
        others=[account] * 30,
        prices=[Price("reel", Money(10**12, "USD"), "import")] * 40,
        would_change=[ODD] * 12,
        decisions=[
            Decision(ruling=Ruling.CONFIRMED, reason=ODD * 9, decided_by="d" * 90, decided_at=now)
        ]
        * 20,
        replies=[Reply(text=ODD * 30, replied_at=now)] * 9,
    )


def test_a_dossier_has_all_its_parts_on_one_page(crowd):
    pages, text = printed(crowd, gathered(crowd, "runner07"))

    assert pages == 1
    for part in ("instagram:runner07", "Verdict: ", "Six factors", "95 % range", "Followers",
                 "Engagement, among peers", "Brand safety", "Decisions", "Made 1 Nov 2026",
                 "What would change it", "revision"):  # fmt: skip
        assert part in text
    for factor in ("Credibility", "Life moments", "Audience", "Quality", "Branded", "Growth"):
        assert factor in text


def test_of_whom_nothing_is_known_the_page_says_so(crowd):
    pages, text = printed(crowd, gathered(crowd, "nobody"))

    assert pages == 1
    assert "followers not known" in text
    assert "Cannot say how they grow" in text
    assert "No price is known" in text
    assert text.count("cannot say") >= 7  # the verdict, six factors, the overall score


def test_too_much_of_everything_is_one_page_too_and_its_foot_stays(crowd):
    pages, text = printed(crowd, stuffed(gathered(crowd, "runner07"), crowd.now))

    assert pages == 1
    assert "Right of reply" in text
    assert "Made 1 Nov 2026" in text
    assert "\ufffd" in text  # for signs that the font lacks
    assert "<b>bold</b>" in text  # markup is text


def test_what_was_decided_and_answered_is_printed(crowd):
    dossier = dataclasses.replace(
        gathered(crowd, "runner07"),
        decisions=[
            Decision(ruling="cleared", reason="A race on TV.", decided_by="Dana",
                     decided_at=crowd.now)
        ],
        replies=[Reply(text="I was on TV.", replied_at=crowd.now - timedelta(1))],
    )  # fmt: skip

    _, text = printed(crowd, dossier)

    assert "Cleared: A race on TV." in text
    assert "Dana, 1 Nov 2026" in text
    assert "I was on TV." in text

"""Plans on the console: from a brief to a plan that is repaired, compared, approved, exported."""

import csv
import io
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from groundswell.planning import brief as briefs
from groundswell.planning.actions import drafts, plans, working
from groundswell.planning.models import Draft, DraftState, Plan
from groundswell.workspaces import access
from tests.planning.cast import toml

FORM = {
    "key": "0" * 32,
    "name": "Trail shoe launch",
    "objective": "views",
    "budget.amount": "300",
    "budget.currency": "USD",
    "start": "2027-03-01",
    "end": "2027-04-11",
}


@pytest.fixture
def propose(market, now):
    def proposed(**changes):
        text = toml(**{"amount": 300, **changes})
        return plans.propose(
            workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=1
        )

    return proposed


@pytest.fixture
def work(market, now):
    """Plan what waits, and tell where the page of the last draft leads."""

    def worked():
        with access.inside(market):
            waiting = list(Draft.objects.filter(state=DraftState.QUEUED))
        for draft in waiting:
            working.work(workspace=market, draft_id=draft.id, now=now)
        with access.inside(market):
            return Draft.objects.select_related("plan").order_by("id").last()

    return worked


def out_of(plan):
    return plan.document["lines"][0]["account"]


def test_without_plans_the_list_leads_to_a_brief(cast):
    page = cast.browser("editor").get(cast.path("plans")).content.decode()

    assert "No plans yet" in page
    assert cast.path("plans/new") in page


def test_a_viewer_is_not_offered_what_the_role_may_not_do(cast, propose):
    plan = propose()

    page = cast.browser("viewer").get(cast.path(f"plans/{plan.id}/lines")).content.decode()

    assert "Take out" not in page
    assert "Export" not in page
    assert cast.browser("viewer").post(cast.path("plans/new"), FORM).status_code == 403


def test_a_brief_that_is_sent_waits_and_leads_to_its_plan(cast, market, work):
    browser = cast.browser("editor")

    sent = browser.post(cast.path("plans/new"), FORM)
    waiting = browser.get(sent.url)
    settled = work()
    led = browser.get(sent.url)
    polled = browser.get(sent.url, headers={"HX-Request": "true"})

    assert sent.status_code == 302
    assert "Waiting for a worker" in waiting.content.decode()
    assert led.url == cast.path(f"plans/{settled.plan_id}")
    assert polled.headers["HX-Redirect"] == led.url
    assert "different people" in browser.get(led.url).content.decode()


def test_the_same_form_sent_twice_is_planned_once_and_a_changed_one_again(cast, market):
    browser = cast.browser("editor")

    first, second = (browser.post(cast.path("plans/new"), FORM).url for _ in range(2))
    third = browser.post(cast.path("plans/new"), {**FORM, "budget.amount": "400"}).url

    assert first == second != third
    with access.inside(market):
        assert Draft.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        ({"name": ""}, "name", "Is missing."),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"name": "a\x00b"}, "name", "Null characters are not allowed"),
        ({"budget.amount": "12,5x"}, "budget.amount", "Must be a valid number"),
        ({"budget.amount": "-1"}, "budget.amount", "Must be greater than 0"),
        ({"budget.amount": "0.001"}, "budget.amount", "USD has no such fraction"),
        ({"end": "2027-02-01"}, "end", "End must not lie before start"),
        ({"start": "soon"}, "start", "Must be a date"),
        ({"objective": "fame"}, "objective", "It must be one of reach"),
        ({"creators.count.min": "9", "creators.count.max": "3"}, "creators.count.min", "exceed"),
        ({"creators.tiers.nano.max": "few"}, "creators.tiers.nano.max", "Must be a valid integer"),
        ({"audience.countries": "US, Atlantis"}, "audience.countries", "Entry 2: no country"),
        ({"creators.must_have": "anna"}, "creators.must_have", "written platform:handle"),
        ({"creators.competitors": "x"}, "creators.competitors", "named without exclusivity_days"),
        ({"creators.platforms": ["myspace"]}, "creators.platforms", "no platform is called"),
        ({"exchange_rates": "EUR = much"}, "exchange_rates", "Must be a valid number"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    cast, market, change, key, says
):
    answer = cast.browser("editor").post(cast.path("plans/new"), {**FORM, **change})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert f'href="#id_{key}"' in page
    field = page[page.index("Objective</legend>" if key == "objective" else f'id="field-{key}"') :]
    assert says.lower() in field[: field.index('<div class="field-help"')].lower() or says in field
    assert 'value="2027-04-11"' in page or "end" in change
    with access.inside(market):
        assert not Draft.objects.exists()


def test_html_in_a_brief_stays_text(cast, market, work):
    browser = cast.browser("editor")
    browser.post(cast.path("plans/new"), {**FORM, "name": "<script>alert(1)</script>"})
    plan = work().plan_id

    for page in ("plans", f"plans/{plan}", f"plans/{plan}/method", f"plans/new?plan={plan}"):
        content = browser.get(cast.path(page)).content.decode()
        assert "<script>alert(1)" not in content
        assert "&lt;script&gt;alert(1)" in content


def test_numbers_may_be_grouped_as_people_write_them(cast, market, work):
    cast.browser("editor").post(cast.path("plans/new"), {**FORM, "budget.amount": "1 300.50"})

    assert work().budget_minor == 130_050


def test_a_brief_that_is_impossible_shows_the_nearest_beside_its_form(cast, market, work):
    browser = cast.browser("editor")
    sent = browser.post(
        cast.path("plans/new"), {**FORM, "budget.amount": "60", "creators.count.min": "5"}
    )
    work()

    page = browser.get(sent.url).content.decode()
    listed = browser.get(cast.path("plans")).content.decode()

    assert "No plan keeps this brief" in page
    assert "Nearest that works:</span> lower count.min to 2 or raise the budget to" in page
    assert 'id="id_creators.count.min_error"' in page
    assert "Not possible" in listed
    browser.post(f"{sent.url}/forget")
    assert "Not possible" not in browser.get(cast.path("plans")).content.decode()


def test_a_cancelled_brief_can_be_sent_again(cast, market, work):
    browser = cast.browser("editor")
    sent = browser.post(cast.path("plans/new"), FORM)

    browser.post(f"{sent.url}/cancel")

    assert work().state == DraftState.CANCELLED
    assert "Planning was cancelled" in browser.get(sent.url).content.decode()


def test_a_file_fills_the_form_and_the_form_gives_the_file_back(cast):
    browser = cast.browser("editor")
    text = toml(
        more='goals = { views = 4000000 }\n[audience]\ncountries = ["US", "GB"]',
        creators='platforms = ["Insta"]\ntiers = { nano = { max = 150 } }\n'
        'must_have = ["instagram:@anna"]',
    )

    filled = browser.post(cast.path("plans/new/fill"), {"toml": text})
    form = filled.context["form"]
    back = browser.post(cast.path("plans/new/toml"), form.data)

    assert filled.status_code == 200
    assert "4,000,000" in filled.content.decode()
    assert briefs.parsed(back.content.decode()) == briefs.parsed(text)
    assert back.headers["Content-Disposition"] == 'attachment; filename="brief.toml"'


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"toml": "x = ["}, "it is no TOML"),
        ({"toml": toml() + '[audience]\nsegment = "x"'}, "can&#x27;t be planned for yet"),
        ({"toml": toml(more="promisse = 1")}, "did you mean promise?"),
        ({"file": io.BytesIO(b"\xff\xfe\x00")}, "is not UTF-8"),
        ({"file": io.BytesIO(b"x" * (1 << 20) + b"y")}, "is it a brief?"),
    ],
)
def test_a_file_that_is_no_brief_says_why(cast, sent, says):
    answer = cast.browser("editor").post(cast.path("plans/new/fill"), sent)

    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_line_is_taken_out_and_the_plan_repaired_and_undone(cast, market, propose, work):
    plan, browser = propose(), cast.browser("editor")
    out = out_of(plan)

    sent = browser.post(cast.path(f"plans/{plan.id}/revise"), {"out": out, "key": "a"})
    revised = work().plan_id
    page = browser.get(browser.get(sent.url).url).content.decode()
    old = browser.get(cast.path(f"plans/{plan.id}")).content.decode()
    back = browser.post(cast.path(f"plans/{revised}/back"))

    assert "What changed since version 1" in page
    assert out in page
    assert "Version 2 is current" in old
    assert back.url == cast.path(f"plans/{plan.id}")
    with access.inside(market):
        assert Plan.objects.get(id=plan.id).is_current


def test_an_account_is_taken_in_and_a_stranger_refused_beside_the_field(cast, propose, work):
    plan, browser = propose(amount=200), cast.browser("editor")
    address = cast.path(f"plans/{plan.id}/revise")
    there = {line["account"] for line in plan.document["lines"]}
    left_out = next(
        name for name in ("instagram:anna", "instagram:fay", "instagram:ben") if name not in there
    )

    refused = browser.post(address, {"wanted": "instagram:zoe"})
    browser.post(address, {"wanted": left_out, "key": "b"})

    assert refused.status_code == 422
    assert "there is no account instagram:zoe" in refused.content.decode()
    assert left_out in [line["account"] for line in work().plan.document["lines"]]


@pytest.mark.parametrize(
    "sent", [{}, {"wanted": "anna"}, {"wanted": "instagram:a\x00b"}, {"out": "=1+1\x00"}]
)
def test_a_revision_that_can_not_be_read_changes_nothing(cast, market, propose, sent):
    plan = propose()

    answer = cast.browser("editor").post(cast.path(f"plans/{plan.id}/revise"), sent)

    assert answer.status_code == 422
    assert "The plan was not changed" in answer.content.decode()
    with access.inside(market):
        assert not Draft.objects.exists()


def test_another_line_taken_out_from_the_same_page_waits_for_the_first(cast, market, propose):
    plan, browser = propose(), cast.browser("editor")
    address, key = cast.path(f"plans/{plan.id}/revise"), {"key": "a"}
    first, second = (line["account"] for line in plan.document["lines"][:2])

    sent = [browser.post(address, {**key, "out": out}) for out in (first, first, second)]

    assert sent[0].url == sent[1].url
    assert sent[2].status_code == 422
    assert "is being revised already by" in sent[2].content.decode()


def test_an_approver_takes_a_plan_and_an_editor_may_not(cast, market, propose):
    plan = propose()
    address = cast.path(f"plans/{plan.id}/approve")

    refused = cast.browser("editor").post(address)
    approved = cast.browser("approver").post(address, follow=True).content.decode()
    listed = cast.browser("viewer").get(cast.path("plans")).content.decode()

    assert refused.status_code == 403
    assert "Version 1 is approved." in approved
    assert "Approved</span>" in listed
    cast.browser("approver").post(cast.path(f"plans/{plan.id}/withdraw"))
    with access.inside(market):
        assert Plan.objects.get(id=plan.id).approved_at is None


def test_two_plans_are_held_side_by_side(cast, propose):
    small, large = propose(amount=200), propose(amount=100_000)

    page = cast.browser("viewer").get(cast.path(f"plans/compare?plan={small.id}&plan={large.id}"))

    compared = page.context["compared"]
    assert len(compared.both) == len(small.document["lines"])
    assert len(compared.only_b) == len(large.document["lines"]) - len(compared.both)
    assert compared.only_a == []
    assert "intervals overlap" in page.content.decode() or "Only in B" in page.content.decode()


def test_the_lists_of_plans_and_lines_are_sorted_and_searched(cast, propose):
    propose(amount=200)
    propose(amount=500)
    browser = cast.browser("viewer")

    by_budget = browser.get(cast.path("plans?sort=budget&dir=desc")).context["plans"]
    nobody = browser.get(cast.path("plans?q=nothing+like+it")).content.decode()
    lines = browser.get(cast.path(f"plans/{by_budget[0].id}/lines?sort=price&dir=desc"))

    assert [plan.budget_minor for plan in by_budget] == [50_000, 20_000]
    assert "No plan has that name" in nobody
    prices = [line["price"] for line in lines.context["lines"]]
    assert prices == sorted(prices, reverse=True)


def test_lines_and_forecasts_are_taken_along_with_formulas_kept_as_text(cast, propose):
    plan, browser = propose(), cast.browser("finance")

    def taken(name):
        answer = browser.get(cast.path(f"plans/{plan.id}/{name}"))
        assert answer.status_code == 200
        return answer.content

    rows = list(csv.DictReader(io.StringIO(taken("lines.csv").decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(taken("lines.xlsx"))).active
    forecasts = list(csv.DictReader(io.StringIO(taken("forecasts.csv").decode("utf-8-sig"))))

    assert [row["account"] for row in rows] == [line["account"] for line in plan.document["lines"]]
    assert [float(row["price"]) for row in rows] == [
        line["price"] for line in plan.document["lines"]
    ]
    assert sheet.max_row == len(rows) + 1
    assert {row["plan"] for row in forecasts} == {
        "this_plan", "one_celebrity", "macro", "mid", "micro", "nano", "sharers",
    }  # fmt: skip
    assert briefs.parsed(taken("brief.toml").decode()).name == plan.name
    assert browser.get(cast.path(f"plans/{plan.id}/lines.pdf")).status_code == 404


def test_the_plan_is_a_document_that_other_scripts_can_be_read_in(cast, market, now):
    name = "Żółć, Ωμέγα, Жук & <b>ř"
    text = toml(amount=300).replace("Trail shoe launch", name)
    plan = plans.propose(
        workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=1
    )

    answer = cast.browser("editor").get(cast.path(f"plans/{plan.id}/plan.pdf"))
    document = PdfReader(io.BytesIO(answer.content))
    words = " ".join(page.extract_text() for page in document.pages)

    assert 1 <= len(document.pages) <= 4
    assert name in words
    assert "cannot say yet" in words
    assert "The best possible plan for these offers" in " ".join(words.split())
    assert out_of(plan) in words


def test_the_page_of_a_program_that_began_before_it_was_planned_says_so(cast, market, now):
    text = toml(amount=300)
    plan = plans.propose(
        workspace=market, brief=briefs.parsed(text), text=text, by="anna",
        now=now.replace(year=2027, month=3, day=20), seed=1,
    )  # fmt: skip

    page = cast.browser("viewer").get(cast.path(f"plans/{plan.id}")).content.decode()

    assert "The program began on 2027-03-01, before it was planned" in page


def test_the_page_says_how_near_to_the_best_possible_the_plan_is(cast, propose):
    page = cast.browser("viewer").get(cast.path(f"plans/{propose().id}")).content.decode()

    assert "The best possible plan for these offers" in page
    assert "No bound for the population: expected views are added up" in page


@pytest.mark.parametrize(
    "address", ["plans/{}", "plans/{}/lines", "plans/drafts/{}", "plans/compare?plan={}"]
)
def test_what_is_not_there_is_not_found(cast, address):
    answer = cast.browser("viewer").get(cast.path(address.format(uuid4())))

    assert answer.status_code == 404


def test_another_workspaces_plan_is_neither_seen_nor_started_from(cast, stranger, propose, now):
    plan = propose()
    outsider = type(cast)(stranger, now)

    for address in (f"plans/{plan.id}", f"plans/new?plan={plan.id}", f"plans/{plan.id}/plan.pdf"):
        assert outsider.browser().get(outsider.path(address)).status_code == 404


def asked(browser, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_no_page_asks_more_for_more_rows(cast, market, propose, now):
    browser = cast.browser("owner")
    plan = propose(amount=200)
    pages = ("plans", f"plans/{plan.id}", f"plans/{plan.id}/lines", f"plans/{plan.id}/versions")
    few = [asked(browser, cast.path(page)) for page in pages]

    large = propose(amount=100_000)
    with access.inside(market):
        for key in "abc":
            text = toml()
            drafts.ask(
                workspace=market, brief=briefs.parsed(text), text=text, key=key, by="a", now=now
            )
    pages = ("plans", f"plans/{large.id}", f"plans/{large.id}/lines", f"plans/{large.id}/versions")
    many = [asked(browser, cast.path(page)) for page in pages]

    assert many[0] <= few[0] + 1  # the drafts' own
    assert many[1:] == few[1:]
    assert max(many) <= 40

"""The main job, as a person does it at the window: from the door to a plan in a spreadsheet."""

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import console as consoles
from tests.browser.conftest import sign_in
from tests.browser.visitor import Visitor

BRIEF = {
    "name": "Spring shoes",
    "budget.amount": "100000",
    "start": "2027-03-01",
    "end": "2027-04-30",
    "promise": "0.8",
    "audience.countries": "US, GB",
}
PLANNED_WITHIN = 60_000.0


def test_the_first_hour(fresh, console):
    visitor = sign_in(fresh(accept_downloads=True), console, consoles.email("owner"))
    visitor.workspace = consoles.FULL

    find_creators(visitor)
    read_evidence(visitor)
    compare_four(visitor)
    write_a_brief(visitor)
    read_the_plan(visitor)
    raise_the_promise(visitor)
    take_a_line_out(visitor)
    take_it_home(visitor)


def find_creators(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    page.keyboard.press("/")
    page.keyboard.type("running")
    page.keyboard.press("Enter")
    page.wait_for_url("**/discover?*q=running*")
    before = total(page)
    visitor.check()

    # Answers follow what is typed, and the address follows both.
    page.locator("#q").press("End")
    page.keyboard.type(" trail", delay=20)
    expect(page.locator("#results .total strong")).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"q=running(\+|%20)trail(&|$)"))
    narrowed = elsewhere(page)
    expect(page.locator("#results .total strong")).to_have_text(narrowed)
    page.get_by_label("United States").check()
    expect(page).to_have_url(re.compile("country"))
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("United States")
    visitor.check()

    # The address is the search: opened elsewhere it shows the same, and back undoes one step.
    here, seen = page.url, total(page)
    page.goto(here)
    assert total(page) == seen
    visitor.back_and_forth(
        lambda: expect(page.locator("#results .total strong")).to_have_text(seen)
    )
    page.get_by_role("link", name=re.compile("Take out: .*United States")).click()
    expect(page.locator("#results .total strong")).to_have_text(narrowed)


def total(page: Any) -> str:
    return page.locator("#results .total strong").inner_text()


def elsewhere(page: Any) -> str:
    """What the address shows in another window."""
    other = page.context.new_page()
    other.goto(page.url)
    found = total(other)
    other.close()
    return found


def read_evidence(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("discover?q=trail")
    name = page.locator("#found .who-name a").first.inner_text()
    page.locator("#found .who-name a").first.click()
    visitor.settle()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    factors = page.locator("#scorecard details.factor")
    expect(factors).to_have_count(6)
    with_facts = factors.filter(has=page.locator("ul.evidence li")).first
    with_facts.locator("summary").click()
    expect(with_facts.locator("ul.evidence li").first).to_be_visible()
    expect(page.locator("figure[data-chart] svg").first).to_be_visible()
    visitor.check()

    page.get_by_label("Note", exact=True).fill("Answers within a day.")
    visitor.press("Add note")
    expect(page.locator("#notes")).to_contain_text("Answers within a day.")
    visitor.back_and_forth(
        lambda: expect(page.locator("#notes")).to_contain_text("Answers within a day.")
    )


def compare_four(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("discover?q=running")
    for box in page.locator("#found [data-pick]").all()[:4]:
        box.check()
    expect(page.locator("[data-picked]")).to_have_text("4")
    page.get_by_role("button", name="Compare up to 20").click()
    page.wait_for_url("**/compare?*")
    visitor.settle()
    side_by_side = page.locator("table.compared").first.locator("thead th")
    expect(side_by_side).to_have_count(4)
    visitor.check()
    visitor.back_and_forth(lambda: expect(side_by_side).to_have_count(4))

    # Going back, what was picked is picked still, and something can be done with it.
    page.go_back()
    expect(page.locator("#found [data-pick]:checked")).to_have_count(4)
    expect(page.locator("[data-picked]")).to_have_text("4")
    expect(page.get_by_role("button", name="Compare up to 20")).to_be_visible()


def write_a_brief(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("plans")
    page.get_by_role("link", name="New plan").first.click()
    visitor.check()

    # What is missing is said, and what was written stays.
    page.locator("[name='name']").fill(BRIEF["name"])
    visitor.press("Plan this brief")
    expect(page.get_by_role("alert").first).to_contain_text("can't be planned yet")
    expect(page.locator("[name='name']")).to_have_value(BRIEF["name"])
    visitor.check()

    page.locator("summary", has_text="Goals").click()
    for name, value in BRIEF.items():
        page.locator(f"[name='{name}']").fill(value)
    visitor.press("Plan this brief")
    page.wait_for_url(re.compile(r"/plans/drafts/"))
    # Left while it is planned, it is found again in the list.
    visitor.open("plans")
    page.get_by_role("link", name=BRIEF["name"]).first.click()
    page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}$"), timeout=PLANNED_WITHIN)


def read_the_plan(visitor: Visitor) -> None:
    page = visitor.page
    visitor.settle()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Spring shoes v1")
    ways = page.locator("table.ways tbody tr")
    expect(ways).to_have_count(7)
    expect(page.locator("figure[data-chart] svg").first).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="How it was made").click()
    expect(page.locator("main")).to_contain_text("100000")
    visitor.check()
    visitor.back_and_forth(lambda: expect(page.locator("main")).to_contain_text("The brief"))


def raise_the_promise(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="Overview").click()
    visitor.settle()
    expect(page.get_by_role("heading", name="Shared audiences")).to_be_visible()
    before = promised(page)
    page.get_by_label("Wanted certainty").select_option("95%")
    visitor.press("Promise anew")
    page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}$"), timeout=PLANNED_WITHIN)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Spring shoes v2")
    expect(page.locator(".changed")).to_contain_text("95.0%")
    expect(page.get_by_label("Wanted certainty")).to_have_value("95")
    assert promised(page) < before  # who wants to be surer is promised less
    visitor.check()


def promised(page: Any) -> int:
    levels = page.get_by_role("region", name="What can be promised").locator("dd strong")
    return int(levels.first.inner_text().replace(",", ""))


def take_a_line_out(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="Lines").click()
    boxes = page.locator("table.lines [data-pick]")
    out = boxes.first.get_attribute("value")
    boxes.first.check()
    visitor.press("Take out and repair")
    page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}$"), timeout=PLANNED_WITHIN)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Spring shoes v3")
    expect(page.locator(".changed")).to_contain_text(str(out))
    visitor.check()
    page.get_by_role("link", name="Lines").click()
    assert out not in [box.get_attribute("value") for box in boxes.all()]
    visitor.check()


def take_it_home(visitor: Visitor) -> None:
    page = visitor.page
    named = [box.get_attribute("value") for box in page.locator("table.lines [data-pick]").all()]
    handles = [str(name).partition(":")[2] for name in named]

    rows = download(visitor, "Lines as CSV").decode("utf-8-sig").splitlines()
    assert len(rows) >= len(handles) + 1
    assert [handle for handle in handles if handle not in "\n".join(rows)] == []
    sheet = load_workbook(io.BytesIO(download(visitor, "Lines as XLSX"))).worksheets[0]
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert [handle for handle in handles if not any(handle in str(cell) for cell in cells)] == []
    assert any(isinstance(cell, int | float) for cell in cells)
    document = PdfReader(io.BytesIO(download(visitor, "Plan as PDF")))
    text = "".join(page.extract_text() for page in document.pages)
    assert "Spring shoes" in text
    assert handles[0] in text


def download(visitor: Visitor, name: str) -> bytes:
    visitor.page.get_by_role("button", name="Export").click()
    with visitor.page.expect_download() as waited:
        visitor.page.get_by_role("link", name=name).click()
    return waited.value.path().read_bytes()


@pytest.mark.usefixtures("console")
def test_the_core_of_it_by_keyboard_alone(visitor):
    page = visitor.page
    visitor.open("discover")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("trail")
    expect(page).to_have_url(re.compile("q=trail"))
    tab_to(page, "#found .who-name a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/creators/*")
    visitor.settle()
    tab_to(page, "#scorecard .factor summary")
    page.keyboard.press("Enter")
    expect(page.locator("#scorecard details[open] .evidence").first).to_be_visible()
    tab_to(page, "#notes textarea")
    page.keyboard.type("Written without a mouse.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("Written without a mouse.")
    visitor.check()


def tab_to(page: Any, selector: str) -> None:
    """As far as it takes, and each stop on the way is visible."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} can't be reached by Tab")

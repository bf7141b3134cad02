"""Judging a creator at the window: from a search to a decision, and to the creator's own answer."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.visitor import Visitor, window

JUMPED = "unexplained_jump"
ANSWER = "A race on television brought them: see my post of that weekend."


def test_a_flagged_creator_is_looked_at_judged_and_answers(enter, fresh, console):
    visitor = enter(accept_downloads=True)

    search_with_facets(visitor)
    compare_four(visitor)
    account = open_the_evidence(visitor)
    link = decide_and_ask(visitor)
    answer_as_the_creator(window(fresh(), console.address, visitor.workspace), link)
    see_the_answer(visitor, account)


def search_with_facets(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("discover")
    # Who types a handle is offered whom it may be; Escape keeps what was typed.
    page.locator("#q").press_sequentially("run", delay=20)
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("run")
    before = page.locator("#results .total strong").inner_text()
    page.locator("#filters").get_by_label("Instagram").first.check()
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Instagram")
    expect(page.locator("#results .total strong")).not_to_have_text(before)
    visitor.check()


def compare_four(visitor: Visitor) -> None:
    page = visitor.page
    for box in page.locator("#found [data-pick]").all()[:4]:
        box.check()
    page.get_by_role("button", name="Compare up to 20").click()
    page.wait_for_url("**/compare?*")
    visitor.settle()
    table = page.locator("table.compared").first
    expect(table.locator("thead th")).to_have_count(4)
    expect(table.locator("thead th").first).to_contain_text("Instagram")
    # The best of a row is marked by a word.
    expect(table.locator(".best-mark").first).to_have_text(re.compile("best|highest|lowest"))
    visitor.check()


def open_the_evidence(visitor: Visitor) -> str:
    """The account of the strongest signal of bought followers, its evidence opened."""
    page = visitor.page
    visitor.open(f"reviews?kind={JUMPED}")
    handle = page.locator("table.queue tbody th a").first.inner_text()
    page.locator("table.queue tbody th a").first.click()
    page.get_by_role("link", name="Creator page").click()
    visitor.settle()
    expect(page.locator("#verdict")).to_contain_text("Needs review")
    page.locator("details.changing summary").click()
    expect(page.locator("details.changing")).to_contain_text("A person's decision settles it")
    page.locator("details.factor summary").first.click()
    behind = page.locator(f"a[href*='exhibits/{JUMPED}']")
    behind.scroll_into_view_if_needed()
    behind.click()
    days = page.locator(".exhibit table tbody tr")
    expect(days.first).to_be_visible()
    expect(page.locator(".exhibit .best-mark")).to_have_text("steepest")
    visitor.check()
    with page.expect_download() as waited:
        page.get_by_role("link", name="Dossier").click()
    printed = PdfReader(io.BytesIO(waited.value.path().read_bytes()))
    assert len(printed.pages) == 1
    assert handle in printed.pages[0].extract_text()
    return handle


def decide_and_ask(visitor: Visitor) -> str:
    page = visitor.page
    page.get_by_role("link", name="Look and decide").click()
    page.get_by_label("Ask the creator").check()
    page.get_by_label("Reason").fill("Followers rose at once and nothing shows why.")
    visitor.press("Decide")
    expect(page.locator("#decisions")).to_contain_text("Followers rose at once")
    visitor.press("Make a")
    link = page.locator("#link").inner_text()
    visitor.check()
    return link


def answer_as_the_creator(creator: Visitor, link: str) -> None:
    page = creator.page
    creator.visit(link.removeprefix(creator.address))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Needs review")
    expect(page.locator("main")).to_contain_text("Followers rose by")
    page.get_by_label("Your answer").fill(ANSWER)
    creator.press("Send your answer")
    expect(page.locator("main")).to_contain_text("Your answer was sent")
    creator.check()


def see_the_answer(visitor: Visitor, handle: str) -> None:
    page = visitor.page
    page.get_by_role("link", name="Review queue").first.click()
    row = page.locator("table.queue tbody tr").filter(has_text=handle).first
    expect(row).to_contain_text("the creator answered")
    row.locator("th a").click()
    expect(page.locator("#replies")).to_contain_text(ANSWER)
    page.locator("#replies summary").click()
    expect(page.locator("#replies details")).to_contain_text("Followers rose by")
    page.get_by_label("Cleared").check()
    page.get_by_label("Reason").fill("The race was on television that Saturday.")
    visitor.press("Decide")
    page.get_by_role("link", name="Creator page").click()
    visitor.settle()
    expect(page.locator("#verdict")).to_contain_text("Cleared")
    expect(page.locator("#decisions")).to_contain_text("Ask the creator")
    visitor.check()

"""Every page, in both themes, wide and narrow: whole, quiet, and readable to everybody."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import addresses
from tests.browser.conftest import PICTURES, TAKES_PICTURES
from tests.browser.console import EMPTY, FULL
from tests.browser.visitor import NARROW, WIDE, Visitor, window

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
FIND = """async (rules) => {
  const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...only});
  return violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .flatMap(({id, nodes}) => nodes.slice(0, 3).map(({target, html}) =>
      `${id}: ${target} ${html.slice(0, 120)}`));
}"""
# All rules in one theme; in the other what colors alone decide.
RULES: dict[str, list[str]] = {"light": [], "dark": ["color-contrast", "link-in-text-block"]}

# Forms that are sent to a place of their own and into which something is written by hand.
WRITTEN = "input[required]:is([type=text], [type=email], :not([type])), textarea"
FORMS = f"""() => [...document.querySelectorAll("main form[method=post]")]
  .filter((form) => [...form.querySelectorAll('{WRITTEN}')].some((field) => field.name))
  .map((form) => form.action)"""
EMPTIED = f"""(action) => {{
  const form = [...document.querySelectorAll("main form[method=post]")]
    .find((form) => form.action === action);
  for (const field of form.querySelectorAll('{WRITTEN}')) field.value = "";
  form.noValidate = true;
  form.requestSubmit();
}}"""


@pytest.mark.parametrize("workspace", [FULL, EMPTY])
def test_every_page_of_a_workspace_is_sound(enter, console, workspace):
    visitor = enter(workspace=workspace)

    found = list(addresses.pages(console, visitor.page.request, workspace))

    assert len(found) >= 15
    assert wrong_with(visitor, found, workspace) == {}


def test_every_page_outside_workspaces_is_sound(enter, console):
    visitor = enter()

    found = list(addresses.pages(console, visitor.page.request, None))

    assert wrong_with(visitor, found, "person") == {}


def test_every_page_for_somebody_who_is_not_signed_in_is_sound(fresh, console):
    visitor = window(fresh(), console.address, FULL)

    found = list(addresses.pages(console, visitor.page.request, None))

    assert {"account_login", "console:invitation"} <= {name for name, _ in found}
    assert wrong_with(visitor, found, "door") == {}


def test_every_form_that_is_sent_empty_says_what_is_wrong(visitor, console):
    wrong: dict[str, list[str]] = {}
    done: set[str] = set()
    for name, path in addresses.pages(console, visitor.page.request, FULL):
        visitor.visit(path)
        for action in set(visitor.page.evaluate(FORMS)) - done:
            done.add(action)
            visitor.visit(path)
            visitor.settle()
            visitor.problems.clear()
            with visitor.page.expect_navigation():
                visitor.page.evaluate(EMPTIED, action)
            visitor.settle()
            findings = [*visitor.problems, *barriers(visitor.page, [])]
            for size in (WIDE, NARROW):
                findings += visitor.sticks_out(size)
                take(visitor, f"error-{name}-{len(done)}-{size['width']}")
            if findings:
                wrong[f"{path} {action}"] = findings

    assert wrong == {}
    assert len(done) >= 10


def test_a_page_that_is_not_there_or_not_for_somebody_says_so(enter):
    visitor = enter("viewer")
    for status, path in (
        (404, "creators/01a00000-0000-7000-8000-000000000000"),
        (403, "settings/tokens"),
    ):
        response = visitor.open(path)
        assert response.status == status
        assert barriers(visitor.page, []) == []
        for size in (WIDE, NARROW):
            visitor.page.set_viewport_size(size)
            take(visitor, f"error-{status}-{size['width']}")
        visitor.check()


def wrong_with(visitor: Visitor, pages: list[tuple[str, str]], kind: str) -> dict[str, list[str]]:
    """What is wrong, by page."""
    wrong = {}
    for name, path in pages:
        visitor.problems.clear()
        findings = look_at(visitor, path, f"{kind}-{name}", may_be_gone=name in addresses.GONE)
        if findings := [*visitor.problems, *findings]:
            wrong[f"{name} {path}"] = findings
    return wrong


def look_at(visitor: Visitor, path: str, name: str, *, may_be_gone: bool = False) -> list[str]:
    """What is wrong with a page in either theme and width."""
    visitor.page.emulate_media(color_scheme=next(iter(RULES)))
    response = visitor.visit(path)
    wrong = [] if response.ok or may_be_gone else [f"answered {response.status}"]
    visitor.settle()
    for size in (WIDE, NARROW):
        wrong += [f"sticks out {told}" for told in visitor.sticks_out(size)]
        for theme, rules in RULES.items():
            visitor.page.emulate_media(color_scheme=theme)
            visitor.page.locator(f"html[data-bs-theme={theme}]").wait_for()
            take(visitor, f"{name}-{size['width']}-{theme}")
            if size is WIDE:
                wrong += [f"{theme}: {finding}" for finding in barriers(visitor.page, rules)]
    visitor.page.set_viewport_size(WIDE)
    return wrong


def barriers(page: Any, rules: list[str]) -> list[str]:
    """Serious and critical findings of axe."""
    # Through the debugger's door: the page's own policy lets no such script in.
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    return page.evaluate(FIND, rules)


def take(visitor: Visitor, name: str) -> None:
    """A picture, when somebody wants to look at them."""
    if TAKES_PICTURES:
        file = PICTURES / f"{name.replace('console:', '').replace(' ', '-')}.png"
        visitor.page.screenshot(path=file, full_page=True)

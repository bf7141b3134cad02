"""A browser window that remembers all that should not have happened in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    ViewportSize,
    expect,
)

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=400, height=860)
# Before any script of the page: what the policy kept from running is told like an error.
WATCH = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`blocked ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""
UNSETTLED = ".htmx-request, .is-waiting, figure[data-chart]:not(.is-drawn):has(.chart-drawing)"
# How far the page can be scrolled sideways, and which elements stick out of the window.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && box.right > width + 1 && !element.closest(".table-responsive");
  });
  const told = (element) =>
    `${element.tagName}.${element.className} "${element.textContent.trim().slice(0, 40)}"`;
  return [`${document.documentElement.scrollWidth} px`, ...out.slice(-4).map(told)];
}"""


@dataclass
class Visitor:
    """One person at one window.

    Attributes:
        page: Playwright's page.
        address: Of the console.
        workspace: The one whose paths ``open`` takes.
        problems: What should not have happened: errors, violations, answers of 5xx.
    """

    page: Page
    address: str
    workspace: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("response", self._answered)

    def open(self, path: str = "") -> Response:
        """A page of the workspace."""
        return self.visit(f"/w/{self.workspace}/{path}")

    def visit(self, path: str) -> Response:
        """A page of the installation."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return response

    def settle(self) -> None:
        """Until htmx has fetched what the page asks for, and charts are drawn."""
        expect(self.page.locator(UNSETTLED)).to_have_count(0, timeout=20_000)

    def check(self) -> None:
        """Nothing bad has happened, and the page fits a telephone."""
        overflow = self.sticks_out(NARROW)
        self.page.set_viewport_size(WIDE)
        assert (self.problems, overflow) == ([], []), self.page.url

    def sticks_out(self, size: ViewportSize) -> list[str]:
        """What is wider than a window of that size, once charts have followed."""
        self.page.set_viewport_size(size)
        for _ in range(20):
            if not (found := self.page.evaluate(OVERFLOW)):
                return []
            self.page.wait_for_timeout(50)
        return found

    def press(self, name: str, within: Locator | None = None) -> None:
        """A button, by what it says."""
        (within or self.page.locator("main")).get_by_role("button", name=name).first.click()

    def back_and_forth(self, shows: Callable[[], Any]) -> None:
        """The browser's back button, and forward again to what was shown before."""
        here = self.page.url
        self.page.go_back()
        self.check()
        self.page.go_forward()
        assert self.page.url == here
        shows()

    def _said(self, message: ConsoleMessage) -> None:
        # An answer of 4xx to a page or a form is the page's matter, not the console's.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.problems.append(f"{message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        kind = response.request.resource_type
        if response.status >= 500 or (
            response.status >= 400 and kind in ("script", "stylesheet", "image", "font")
        ):
            self.problems.append(f"{response.status} {response.url}")


def window(context: BrowserContext, address: str, workspace: str) -> Visitor:
    """A new window of a signed-in browser."""
    return Visitor(context.new_page(), address, workspace)

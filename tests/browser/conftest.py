"""One console, one browser, and whoever is needed signed in. Run by `make journeys`."""

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from tests.browser import console as consoles
from tests.browser.console import FULL, PASSWORD, STUDIO, Console
from tests.browser.visitor import WATCH, WIDE, Visitor, window

# With GROUNDSWELL_PICTURES=folder, pictures of every page; without it, of failures alone.
TAKES_PICTURES = "GROUNDSWELL_PICTURES" in os.environ
AS_USUAL: Any = {"viewport": WIDE, "locale": "en-US", "reduced_motion": "reduce"}
PICTURES = Path(os.environ.get("GROUNDSWELL_PICTURES", "pictures"))


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with the small demo in one workspace and nothing in another."""
    with consoles.running(tmp_path_factory.mktemp("console") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's chromium, else Playwright's own."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            # Nothing outside this machine has a name here.
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
        )


@pytest.fixture(scope="session")
def cookies(console: Console, browser: Browser) -> Callable[[str, str], Any]:
    """What the browser of a member keeps after signing in, which each does once."""
    kept: dict[str, Any] = {}

    def of(role: str, workspace: str) -> Any:
        address = consoles.email(role, workspace)
        if address not in kept:
            context = browser.new_context()
            sign_in(context, console, address)
            kept[address] = context.storage_state()
            context.close()
        return kept[address]

    return of


def sign_in(context: BrowserContext, console: Console, address: str) -> Visitor:
    """By the form, as people do."""
    visitor = window(context, console.address, FULL)
    visitor.visit("/accounts/login/")
    visitor.page.get_by_label("Email").fill(address)
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.wait_for_url("**/w/**")
    return visitor


@pytest.fixture
def fresh(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """New browsers that nobody has used; closed after the test, with pictures if it failed."""
    opened: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**AS_USUAL, **options})
        context.add_init_script(WATCH)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def enter(
    fresh: Callable[..., BrowserContext], console: Console, cookies: Callable[[str, str], Any]
) -> Callable[..., Visitor]:
    """A window in which somebody of that role is signed in."""

    def new(role: str = "owner", workspace: str = FULL, **options: Any) -> Visitor:
        context = fresh(storage_state=cookies(role, workspace), **options)
        return window(context, console.address, workspace)

    return new


@pytest.fixture
def visitor(enter: Callable[..., Visitor]) -> Visitor:
    """The owner's window on the workspace with the demo."""
    return enter()


@pytest.fixture
def newcomer(enter: Callable[..., Visitor]) -> Visitor:
    """The owner's window on a workspace in which nobody has done anything yet."""
    return enter(workspace=STUDIO)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """What each open window showed when the test failed, in the folder of pictures."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if call.when == "call" and report.failed and browser is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", item.name)[:80]
        for number, page in enumerate(p for context in browser.contexts for p in context.pages):
            file = PICTURES / f"failed-{name}-{number}.png"
            with contextlib.suppress(Error):  # of a page that is beyond showing
                page.screenshot(path=file, full_page=True, timeout=5_000)
    return report

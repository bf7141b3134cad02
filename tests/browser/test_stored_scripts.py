"""Texts that want to be more than text stay texts, on every page that shows them.

The browser ignores the console's content security policy here: what would run without it fails,
so that the policy is a second lock and not the only one.
"""

import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Error, Route

from tests.browser import addresses, poisoning
from tests.browser.conftest import sign_in
from tests.browser.console import email
from tests.browser.payloads import corpus
from tests.browser.visitor import Visitor, window

# Whatever calls `ran`, opens a dialog, or asks for /ran/ or ran.example, has been executed.
LISTEN = """
window.ran = (number) => { console.error(`executed ${number}`); return ""; };
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => window.ran(name);
"""
# What came to be something else than text, executed or not; 49 is what 7*7 makes.
SCAN = r"""() => {
  const found = [];
  const tell = (element, why) => found.push(`${why}: ${element.outerHTML.slice(0, 160)}`);
  const bad = /^[\s\u0000-\u001f]*(javascript|vbscript|data:text|feed|view-source)/i;
  for (const element of document.querySelectorAll("*")) {
    for (const {name, value} of element.attributes) {
      if (/^on/i.test(name) || /^hx-on/.test(name)) tell(element, name);
      if (/^(href|src|action|formaction|srcdoc|data|xlink:href|poster)$/.test(name)
        && (bad.test(value) || /(^|\/)ran(\/|\.example|\()/.test(value.split("?")[0])))
        tell(element, name);
      if (/^hx-(get|post|vals)$/.test(name) && /\/ran\/|ran\(/.test(value.split("?")[0]))
        tell(element, name);
      if (name === "style" && /\bran[(/]/.test(value)) tell(element, name);
    }
    const code = element.localName === "script" && element.type !== "application/json";
    if ((code || element.localName === "style") && /ran[(/]/.test(element.textContent))
      tell(element, "code");
    if (/^(base|object|embed|iframe|marquee|math|plaintext)$/.test(element.localName))
      tell(element, element.localName);
  }
  if (/49ran\(/.test(document.body.innerText)) found.push("a template was worked out");
  return found;
}"""
SCAN_AT_ONCE = f"""
addEventListener("DOMContentLoaded", () => {{
  if (({SCAN})().length) console.error("taken for code");
}});
"""
# Pages of 25 accounts each hold the names of all.
PAGES_OF_NAMES = len(corpus()) // 25 + 1


@pytest.fixture(scope="module")
def poisoned(console: Any) -> dict[str, Any]:
    made = console.run("poisoning")
    console.ids[poisoning.SLUG] = made["ids"]
    return made


@pytest.fixture
def victim(fresh: Any, console: Any, poisoned: Any) -> Visitor:
    context = fresh(bypass_csp=True, accept_downloads=True)
    context.add_init_script(LISTEN)
    visitor = sign_in(context, console, email("owner", poisoning.SLUG))
    visitor.workspace = poisoning.SLUG
    return listening(visitor)


def listening(visitor: Visitor) -> Visitor:
    """Tells of requests that only a payload makes."""

    def asked(request: Any) -> None:
        if re.match(r"https?://(ran\.example|[^/]+/ran/)", request.url):
            visitor.problems.append(f"executed: asked for {request.url}")

    visitor.page.on("request", asked)
    visitor.page.on("dialog", lambda dialog: visitor.problems.append(f"executed {dialog.message}"))
    return visitor


def test_the_listener_hears_what_runs(fresh, console):
    """On a page that doesn't escape, many of the texts run: so silence elsewhere says something."""
    context = fresh(bypass_csp=True)
    context.add_init_script(LISTEN + SCAN_AT_ONCE)
    some = corpus()[::8]
    executed = taken_for_code = 0
    for text in some:
        visitor = listening(window(context, console.address, "none"))
        visitor.page.route("**/careless", careless(text))
        with contextlib.suppress(Error):  # where the text leads elsewhere
            visitor.page.goto(f"{console.address}/careless", timeout=3_000)
            visitor.page.wait_for_timeout(30)
        executed += any("executed" in told for told in visitor.problems)
        taken_for_code += any("taken for code" in told for told in visitor.problems)
        visitor.page.close()

    assert executed >= len(some) / 4
    assert taken_for_code >= len(some) / 2


def careless(text: str) -> Callable[[Route], None]:
    """The answer of a console that escapes nothing."""
    page = f"<!doctype html><title>x</title><body>{text}"
    return lambda route: route.fulfill(body=page, content_type="text/html")


def test_stored_texts_are_never_executed(victim, console, poisoned):
    wrong: dict[str, list[str]] = {}
    seen = 0
    for path in paths(victim, console, poisoned):
        victim.problems.clear()
        response = victim.open(path)
        if not response.headers.get("content-type", "").startswith("text/html"):
            continue
        victim.settle()
        touch_charts(victim)
        seen += 1
        told = [problem for problem in victim.problems if "executed" in problem]
        if found := [*told, *victim.page.evaluate(SCAN)]:
            wrong[path] = found[:3]

    assert wrong == {}
    assert seen >= 60


def paths(victim: Visitor, console: Any, poisoned: dict[str, Any]) -> Iterator[str]:
    """All pages, those of every creator who has posts, and the lists page by page."""
    start = f"/w/{poisoning.SLUG}/"
    for _, path in addresses.pages(console, victim.page.request, poisoning.SLUG):
        yield path.removeprefix(start)
    for creator, account in poisoned["stars"]:
        yield f"creators/{creator}?account={account}"
    accounts = [f"account={account}" for _, account in poisoned["stars"]]
    for six in range(0, len(accounts), 6):
        yield "compare?" + "&".join(accounts[six : six + 6])
    for page in range(1, PAGES_OF_NAMES + 1):
        yield f"discover?page={page}"
    yield from ("discover?q=script", "discover?q=onerror&f=topic%3D%3Cscript%3E", "discover?q=img")
    yield from (f"settings/journal?page={page}" for page in (2, 3))
    yield f"plans/compare?plan={poisoned['ids']['plan_id']}&plan={poisoned['ids']['plan_id']}"
    yield f"lists/add?account={poisoned['stars'][0][1]}"


def touch_charts(visitor: Visitor) -> None:
    """Open what labels and tooltips say."""
    for drawing in visitor.page.locator("figure[data-chart] svg").all():
        for shape in drawing.locator("path").all()[-3:]:
            if box := shape.bounding_box():
                visitor.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")


def test_what_is_exported_holds_no_formulas(victim, poisoned):
    ids = poisoned["ids"]
    files = [
        *(f"discover/export/{kind}?q=" for kind in ("csv", "xlsx")),
        *(f"lists/{ids['list_id']}/export/{kind}" for kind in ("csv", "xlsx")),
        *(f"plans/{ids['plan_id']}/lines.{kind}" for kind in ("csv", "xlsx")),
        *(f"compare/export/{kind}?account={poisoned['stars'][0][1]}" for kind in ("csv", "xlsx")),
    ]
    for path in files:
        answer = victim.page.request.get(f"{victim.address}/w/{poisoning.SLUG}/{path}")
        assert answer.ok, path
        assert "attachment" in answer.headers["content-disposition"]
        cells = list(cells_of(answer.body(), is_csv="csv" in path.partition("?")[0][-4:]))
        assert len(cells) > 10
        begun = [cell for cell in cells if re.match(r"[=+@\t\r\uff1d\uff0b\uff20]|-\D", cell)]
        assert begun == [], path


def cells_of(body: bytes, *, is_csv: bool) -> Iterator[str]:
    """Texts of a table; a cell that a spreadsheet would work out comes with its ``=``."""
    if is_csv:
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))):
            yield from row
        return
    for sheet in load_workbook(io.BytesIO(body)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                if isinstance(cell.value, str) and not cell.quotePrefix:
                    yield cell.value

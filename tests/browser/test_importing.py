"""A file from one's own disk, from the window to the last row, with the window closed meanwhile."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

IMPORTED_WITHIN = 90_000.0


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, str]:
    """A real file when there are some beside, else one of as many rows; and a name in it."""
    if folder := os.environ.get("GROUNDSWELL_REAL_DATA"):
        return Path(folder) / "influencer_rankings_2022" / "rankings.csv", ""
    path = tmp_path / "rankings.csv"
    rows = [
        f"runner_{number},Runner {number},{2_000 + number},{number % 9 + 1}.5%,US"
        for number in range(3_000)
    ]
    path.write_text("\n".join(["Handle,Name,Followers,Engagement rate,Country", *rows]))
    return path, "Runner 2999"


def test_a_file_is_looked_at_mapped_imported_and_found(newcomer, file):
    path, name = file
    page = newcomer.page
    newcomer.open("imports")
    newcomer.check()
    page.get_by_role("link", name=re.compile("Import")).last.click()
    newcomer.check()

    page.locator("#id_file").set_input_files(path)
    newcomer.press("Look at the file")
    page.wait_for_url(re.compile("/imports/files/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(path.name)
    expect(page.locator("table.read tbody tr").first).to_be_visible()
    newcomer.check()
    if page.get_by_role("button", name="Import this file").is_disabled():
        # Nothing in the file says where its accounts are; the page asks.
        expect(page.locator("main")).to_contain_text("Before it can be imported")
        page.locator("#id_platform").select_option("instagram")
        newcomer.press("Look again")
        expect(page.locator("table.read tbody tr").first).to_be_visible()

    newcomer.press("Import this file")
    # The window is closed while it works; another finds it where it is. Nobody waits for it to be
    # closed: a window that is on its way to a page may never tell.
    page.close(run_before_unload=True)
    newcomer.page = page = newcomer.page.context.new_page()
    newcomer.__post_init__()
    newcomer.open("imports")
    page.get_by_role("link", name=path.name).first.click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}$"), timeout=IMPORTED_WITHIN)
    expect(page.locator("main")).to_contain_text(path.name)
    newcomer.check()

    look_until_found(newcomer, name)
    newcomer.check()

    # Once more it is known.
    newcomer.open("imports/new")
    page.locator("#id_file").set_input_files(path)
    newcomer.press("Look at the file")
    expect(page.locator("main")).to_contain_text("This very file was imported")


def look_until_found(visitor: Visitor, name: str) -> None:
    """New rows are indexed a moment after they came; until then the page says so."""
    found = visitor.page.locator("#found tbody tr")
    asked = f'?q="{name}"' if name else ""  # others may share a word of it
    for _ in range(60):
        visitor.open(f"discover{asked}")
        if found.count():
            break
        expect(visitor.page.locator("#results")).to_contain_text(re.compile("index|Nobody"))
        visitor.page.wait_for_timeout(500)
    expect(found.first).to_contain_text(name)


def test_what_is_no_file_of_creators_is_refused_in_words(newcomer, tmp_path):
    page = newcomer.page
    for name, content in (
        ("empty.csv", b""),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00cut"),
        ("x.csv", b"\x00" * 99),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        newcomer.open("imports/new")
        page.locator("#id_file").set_input_files(path)
        newcomer.press("Look at the file")
        expect(
            page.locator("main .state.is-bad, main .note.is-bad, main [role=alert]").first
        ).to_be_visible()
        newcomer.check()

"""Creators straight from a network without a key, from the first page to the search."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from groundswell.terms.exchange import Request
from tests.connectors.networks.stubs import bluesky

SYNCED_WITHIN = 90_000.0


@pytest.fixture
def appview() -> Iterator[str]:
    """Where an AppView of Bluesky answers on this machine."""
    stub = bluesky.stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            given = parse_qs(parts.query)
            params: dict[str, Any] = {
                name: values[0] if len(values) == 1 else tuple(values)
                for name, values in given.items()
            }
            reply = stub.answer(Request(f"{bluesky.SERVER}{parts.path}", params))
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_bluesky_is_connected_synced_and_found(newcomer, appview):
    page = newcomer.page
    newcomer.open("connections")
    newcomer.check()
    page.get_by_label("Words that creators write").fill("trail running")
    newcomer.press("Find them on Bluesky")

    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Bluesky")
    expect(page.locator("#id_text")).to_have_value("trail running")
    newcomer.check()
    page.get_by_text("How deep to go").click()
    page.get_by_label("Another server").fill(appview)
    newcomer.press("Connect and bring them")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bluesky")
    done = page.locator("table.runs .status", has_text="done")
    expect(done.first).to_be_visible(timeout=SYNCED_WITHIN)
    newcomer.check()
    page.get_by_role("link", name=re.compile(r"20\d\d")).first.click()
    expect(page.get_by_text("Every item was taken")).to_be_visible()
    newcomer.check()

    newcomer.open("discover?q=anna")
    expect(page.locator("main")).to_contain_text("Anna", timeout=SYNCED_WITHIN)

"""The console under load on the demo world: server time, weight of a first load, many users.

Run: python benchmarks/bench_console.py [--home FOLDER] [--seconds N] [--crowd N]

`groundswell demo --up` runs as a user runs it, on a fresh home unless one is given. Then people
sign in and go from page to page over loopback: first ten who never pause, page by page; then a
hundred who think for five seconds between two pages, for two minutes. Server time is what the
server itself measured for each request, from its log; the client's time, which includes waiting in
line, is shown beside it. The load comes from this machine too, and takes its part of the cores.
"""

import argparse
import gzip
import html
import http.client
import http.cookies
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results" / "console.json"
BAR_SERVER_MS = 200.0
BAR_CROWD_MS = 500.0
BAR_FIRST_LOAD_KB = 300.0
CROWD, THINK_SECONDS, CROWD_SECONDS = 100, 5.0, 120
_HIDDEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LATER = re.compile(r'hx-get="([^"]+)" hx-trigger="load"')  # fragments that come by themselves
_DRAWING = re.compile(r'data-(?:echarts|charts)="([^"]+)"')  # what draws, where there is a chart
_PARTS = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css|svg|woff2|png|ico))[^"]*"')
ZIPPED = {"Accept-Encoding": "gzip"}
SEARCHES = ("trail running", "sourdough", "vegan", "lego", "camera", "garden", "marathon", "coffee")


@dataclass(frozen=True)
class Way:
    """Where the console is, and how to sign in."""

    host: str
    port: int
    email: str
    password: str


@dataclass
class Browser:
    """A user with a connection that stays open."""

    way: Way
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.way.host, self.way.port, timeout=30)

    def get(self, path: str, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        return self._ask("GET", path, None, headers)

    def sign_in(self) -> "Browser":
        _, page, _ = self.get("/accounts/login/")
        token = _HIDDEN.search(page.decode())
        assert token is not None, "no form on the page of signing in"
        form = {
            "login": self.way.email,
            "password": self.way.password,
            "csrfmiddlewaretoken": token[1],
        }
        status, _, _ = self._ask("POST", "/accounts/login/", urllib.parse.urlencode(form), {})
        if status != http.HTTPStatus.FOUND:
            raise SystemExit(f"signing in answered {status}")
        return self

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, content, answer.headers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, help="a home that may hold the demo world already")
    parser.add_argument("--seconds", type=int, default=20, help="for each kind of page")
    parser.add_argument("--crowd", type=int, default=CROWD_SECONDS, help="seconds of the crowd")
    parser.add_argument("--port", type=int, default=8199)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "home"
        with console(home, given.port) as (way, log):
            first = Browser(way).sign_in()
            pages = kinds(first)
            results = [weight(first, name, paths[0]) for name, paths in pages.items()]
            for name, paths in pages.items():
                results += ten_users(way, log, name, paths, given.seconds)
            results += crowd(way, pages, given.crowd)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    for one in results:
        print(
            f"{one['name']:50} {one['value']:>10.1f} {one['unit']:5} bar {one['bar']} {one['ok']}"
        )


@contextmanager
def console(home: Path, port: int) -> Iterator[tuple[Way, Path]]:
    """The demo with its console, from when its world has come in."""
    command = [sys.executable, "-m", "groundswell", "demo", "--up", "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    process = subprocess.Popen(
        command,
        env=environment | {"GROUNDSWELL_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: dict[str, str] = {}
    try:
        assert process.stderr is not None
        for line in process.stderr:
            word, _, rest = line.strip().partition(" ")
            if word in ("Open", "E-mail", "Password"):
                said[word] = rest.strip()
            if line.startswith("Stop it with Ctrl-C"):
                break
        else:
            raise SystemExit("the demo ended before its console was ready")
        parts = urllib.parse.urlsplit(said["Open"])
        way = Way("localhost", parts.port or port, said["E-mail"], said["Password"])
        yield way, home / "logs" / "up.log"
    finally:
        process.send_signal(2)
        process.wait(60)


def kinds(browser: Browser) -> dict[str, list[str]]:
    """Addresses of each kind of page, as a user finds them."""
    base = "/w/demo"
    searches = [f"{base}/discover?{urllib.parse.urlencode({'q': text})}" for text in SEARCHES]
    creators = found(browser, searches, rf'href="({base}/creators/[0-9a-f-]+)"')
    plans = found(browser, [f"{base}/plans"], rf'href="({base}/plans/[0-9a-f-]{{36}})"')
    return {"home": [f"{base}/"], "search": searches, "creator": creators[:60], "plan": plans[:5]}


def found(browser: Browser, pages: list[str], pattern: str) -> list[str]:
    links = [link for page in pages for link in re.findall(pattern, browser.get(page)[1].decode())]
    if not links:
        raise SystemExit(f"no page of {pages[0]} leads to {pattern}")
    return list(dict.fromkeys(links))


def weight(browser: Browser, name: str, path: str) -> dict[str, Any]:
    """Kilobytes of a page and all that it loads at first, compressed as they are sent."""
    page, total = fetched(browser, path)
    later = [fetched(browser, html.unescape(part)) for part in _LATER.findall(page)]
    shown = "".join([page, *(text for text, _ in later)])
    parts = set(_PARTS.findall(shown))
    if "data-chart=" in shown:
        parts |= set(_DRAWING.findall(shown))
    total += sum(size for _, size in later)
    total += sum(len(browser.get(part, **ZIPPED)[1]) for part in parts)
    return result(f"{name}: first load, gzip", total / 1000, "kB", BAR_FIRST_LOAD_KB)


def fetched(browser: Browser, path: str) -> tuple[str, int]:
    """A page or a part of one, and how many bytes it took."""
    status, content, headers = browser.get(path, **ZIPPED)
    assert status == http.HTTPStatus.OK, f"{path} answered {status}"
    is_zipped = headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(content) if is_zipped else content).decode(), len(content)


def ten_users(
    way: Way, log: Path, name: str, paths: list[str], seconds: int
) -> list[dict[str, Any]]:
    """Ten who never pause, on one kind of page."""
    from_here = log.stat().st_size
    waits, statuses = load(way, 10, seconds, lambda turn: paths[turn % len(paths)], think=0.0)
    served = server_times(log, from_here, sum(statuses.values()))
    return [
        result(f"{name}: p95 server time, 10 users", p95(served), "ms", BAR_SERVER_MS),
        result(f"{name}: p95 seen by the user, 10 users", p95(waits), "ms", None),
        result(f"{name}: pages a second, 10 users", len(waits) / seconds, "/s", None),
        result(f"{name}: answers that are not 200", failures(statuses), "", 0),
    ]


def crowd(way: Way, pages: dict[str, list[str]], seconds: int) -> list[dict[str, Any]]:
    """A hundred who think between two pages."""
    walk = list(pages.values())

    def next_page(turn: int) -> str:
        paths = walk[turn % len(walk)]
        return paths[turn // len(walk) % len(paths)]

    waits, statuses = load(way, CROWD, seconds, next_page, think=THINK_SECONDS)
    broken = sum(count for status, count in statuses.items() if status >= 500)
    return [
        result(f"p95 seen by {CROWD} users who think 5 s", p95(waits), "ms", BAR_CROWD_MS),
        result(f"answers of 5xx among {len(waits)}", broken, "", 0),
    ]


def load(
    way: Way, users: int, seconds: int, path_of: Callable[[int], str], *, think: float
) -> tuple[list[float], Counter[int]]:
    """Milliseconds of each page, and how often each status was answered."""
    one = Browser(way).sign_in()
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    guard = threading.Lock()
    until = time.perf_counter() + seconds

    def use(number: int) -> None:
        browser = Browser(way, dict(one.cookies))
        time.sleep(think * number / users)
        turn = number
        while time.perf_counter() < until:
            began = time.perf_counter()
            status, _, _ = browser.get(path_of(turn), **ZIPPED)
            took = (time.perf_counter() - began) * 1000
            with guard:
                waits.append(took)
                statuses[status] += 1
            turn += 1
            if think:
                time.sleep(think)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, statuses


def server_times(log: Path, start: int, wanted: int) -> list[float]:
    """What the server measured for the pages asked since a place in its log."""
    time.sleep(0.5)
    times: dict[str, list[float]] = defaultdict(list)
    with log.open("rb") as file:
        file.seek(start)
        for line in file:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry.get("event") == "request" and entry.get("route", "").startswith("console:"):
                times[entry["route"]].append(entry["milliseconds"])
    route, most = max(times.items(), key=lambda item: len(item[1]))
    assert len(most) >= wanted * 0.95, f"{len(most)} of {wanted} requests logged for {route}"
    return most


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def failures(statuses: Counter[int]) -> int:
    return sum(count for status, count in statuses.items() if status != http.HTTPStatus.OK)


def result(name: str, value: float, unit: str, bar: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "bar": bar,
        "peer": None,
        "peer_value": None,
        "ratio": None,
        "ok": None if bar is None else value <= bar,
        "seed": 1,
    }


if __name__ == "__main__":
    main()

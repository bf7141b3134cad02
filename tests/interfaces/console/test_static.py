"""What the browser gets: light, without anything that a strict policy forbids, and complete."""

import gzip
import re
from pathlib import Path

import groundswell.interfaces.console as console

ROOM = Path(console.__file__).parent
STATIC = ROOM / "static" / "console"
TEMPLATES = {path: path.read_text() for path in (ROOM / "templates").rglob("*.html")}
# What a page with a chart loads at its first visit; its HTML comes to some 10 kB.
FIRST_LOAD = (
    "vendor/bootstrap.min.css",
    "console.css",
    "creators.css",
    "theme.js",
    "menus.js",
    "vendor/htmx.min.js",
    "app.js",
    "mark.svg",
    "icons.svg",
    "vendor/echarts.min.js",
    "charts.js",
)


def test_a_first_visit_loads_less_than_300_kb():
    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in FIRST_LOAD)

    assert weight < 270_000


def test_no_template_has_a_script_or_a_style_of_its_own():
    inline = re.compile(
        r'\sstyle=|\son[a-z]+="|<style|<script(?![^>]*(\ssrc=|type="application/json"))'
    )

    assert {path.name: found.group() for path, text in TEMPLATES.items()
            if (found := inline.search(text))} == {}  # fmt: skip


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = set(re.findall(r'id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        name
        for text in TEMPLATES.values()
        for name in re.findall(r'{% icon "([a-z-]+)"|icon="([a-z-]+)"', text)
        for name in name
        if name
    }

    assert named <= sprite
    assert len(sprite) <= 32


def test_no_file_points_at_a_map_or_a_font_that_is_not_here():
    for path in STATIC.rglob("*.*"):
        if path.suffix in {".js", ".css"}:
            text = path.read_text()
            assert "sourceMappingURL" not in text, path.name
            assert path.suffix == ".js" or not re.search(r"url\((?![\"']?data:)", text), path.name


def test_every_vendored_library_comes_with_its_licence():
    licences = " ".join(path.name for path in (STATIC / "vendor").glob("LICENSE.*"))

    assert all(name in licences for name in ("bootstrap", "htmx", "echarts", "zrender", "icons"))

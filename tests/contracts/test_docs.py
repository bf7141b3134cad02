"""What the pages promise is there: links, commands, targets, methods of the engine."""

import re
from pathlib import Path

import pytest

from groundswell.interfaces.cli import app

_ROOT = Path(__file__).parents[2]
_PAGES = [*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md")]
_ENGINE = [
    path.parent.name
    for path in sorted((_ROOT / "src/groundswell/engine").glob("*/__init__.py"))
    if path.parent.name != "synth"
]


def _found(pattern: str) -> set[str]:
    """What the pattern finds in text that is set as code."""
    code = re.compile(r"```[^\n]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
    return {
        match
        for page in _PAGES
        for block in code.findall(page.read_text("utf-8"))
        for match in re.findall(pattern, "".join(block), re.MULTILINE)
    }


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_targets_that_pages_name_exist_and_are_few() -> None:
    targets = set(re.findall(r"^([a-z]+):", (_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = _found(r"(?:^|\$ |&& )make ([a-z]+)")
    assert {"setup", "test", "check"} <= named
    assert named - targets == set()
    assert len(targets) <= 10


def test_commands_that_pages_name_exist() -> None:
    assert _found(r"(?:^|\$ |bin/)groundswell ([a-z]+)") - set(app.MODULES) == set()


@pytest.mark.parametrize("room", _ENGINE)
def test_every_room_of_the_engine_has_a_page_of_methods(room: str) -> None:
    pages = [page.read_text("utf-8") for page in (_ROOT / "docs/methods").glob("*.md")]
    assert any(re.search(rf"\bengine[./]{room}\b", page) for page in pages)


def _pins(name: str) -> dict[str, set[str]]:
    text = (_ROOT / "requirements" / name).read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    return {block.split(" ")[0]: set(re.findall("sha256:[0-9a-f]{64}", block)) for block in blocks}


def test_every_requirement_is_pinned_with_hashes_and_tests_run_on_what_users_run() -> None:
    base, dev = _pins("base.txt"), _pins("dev.txt")
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9a-z.]+", name) for name in dev)
    assert [name for name, hashes in dev.items() if not hashes] == []
    assert base.items() <= dev.items()

"""The list of skips is kept, and only under CI."""

from pathlib import Path

import pytest

from tests.support import skips

pytest_plugins = ["pytester"]

_TESTS = """
import pytest

@pytest.mark.skip(reason="no moon")
def test_at_night():
    pass

@pytest.mark.xfail(reason="known")
def test_known():
    assert False

def test_by_day():
    pass
"""


@pytest.mark.parametrize(
    ("ci", "listed", "errors", "skipped"),
    [("true", False, 1, 0), ("true", True, 0, 1), ("", False, 0, 1)],
    ids=["CI, not on the list", "CI, on the list", "not CI"],
)
def test_a_skip_fails_when_it_should(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    ci: str,
    listed: bool,
    errors: int,
    skipped: int,
) -> None:
    path = pytester.makepyfile(test_moon=_TESTS)
    names = pytester.path / "allowed.txt"
    names.write_text(f"# comment\n{path.name}::test_at_night  # why\n" if listed else "")
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(skips, "_LIST", names)
    result = pytester.runpytest_inprocess("-p", "no:django", plugins=[skips])
    result.assert_outcomes(passed=1, xfailed=1, errors=errors, skipped=skipped)


def test_every_name_on_the_list_is_a_test() -> None:
    for name in skips.allowed():
        path, _, function = name.partition("::")
        source = (Path(__file__).parents[2] / path).read_text("utf-8")
        assert f"def {function}(" in source

"""Each rule of the house finds what breaks it, and nothing in what doesn't."""

from pathlib import Path

import pytest

from scripts import house_rules
from scripts.house_rules import File

_ENGINE = "src/groundswell/engine/reach.py"
_BODY = "    a = 1\n    b = a + x\n    return a * b\n"


def breaches(rule: str, *files: tuple[str, str]) -> list[str]:
    found = getattr(house_rules, rule)([File(Path(path), text) for path, text in files])
    return [breach.says for breach in found]


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("subject_names", "src/groundswell/planning/utils/money.py", ""),
        ("subject_names", "tests/support/helpers.py", ""),
        ("sizes", "src/groundswell/a.py", "x = 1\n" * 601),
        ("sizes", "tests/test_a.py", "x = 1\n" * 801),
        ("sizes", "src/groundswell/a.py", "def f():\n" + "    x = 1\n" * 80),
        ("sizes", "src/groundswell/a.py", "class A:\n" + "    x = 1\n" * 300),
        ("stale_names", "src/groundswell/plan_v2.py", ""),
        ("stale_names", "src/groundswell/plan.py", "def legacy_price(): ..."),
        ("stale_names", "src/groundswell/plan.py", "class PreviousPlan: ..."),
        ("pass_through", "src/groundswell/a.py", "def mean(x):\n    return numpy.mean(x)\n"),
        ("pass_through", "src/groundswell/a.py", "def f(x, *, w):\n    return other(x, w=w)\n"),
        ("unwanted_words", "README.md", "see /wor" + "k/shared"),
        ("unwanted_words", "docs/a.md", "as Clau" + "de said"),
        ("unwanted_words", "Makefile", "pip install --index-url https://pypi." + "org/simple"),
        ("refusals", "src/groundswell/a.py", 'class No(Refusal):\n    """No."""\n'),
        ("refusals", "src/groundswell/a.py", 'class No(errors.Refusal):\n    code = "no"\n'),
        ("refusals", "src/groundswell/a.py", 'class No(Refusal):\n    """N."""\n    code = "N!"\n'),
        ("said_formulas", _ENGINE, "def frequency(x):\n    return x\n"),
        ("named_migrations", "src/groundswell/creators/migrations/0002_auto_20270101.py", ""),
    ],
)  # fmt: skip
def test_a_breach_is_found(rule: str, path: str, text: str) -> None:
    assert len(breaches(rule, (path, text))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("subject_names", "src/groundswell/planning/score.py", ""),
        ("sizes", "src/groundswell/a.py", "x = 1\n" * 600),
        ("sizes", "src/groundswell/a.py", "def f():\n" + "    x = 1\n" * 79),
        ("sizes", "src/groundswell/creators/migrations/0001_make.py", "x = 1\n" * 601),
        ("stale_names", "src/groundswell/ipv24.py", "def previously(): ..."),
        ("stale_names", "src/groundswell/a/migrations/0003_drop_legacy_prices.py", ""),
        ("pass_through", "src/groundswell/a.py", "def half(x):\n    return scale(x, 0.5)\n"),
        ("pass_through", "src/groundswell/a.py", "def either(x):\n    return ' or '.join(x)\n"),
        ("pass_through", "src/groundswell/a.py", "def of(x):\n    return Estimate(x)\n"),
        ("pass_through", "src/groundswell/a.py", "def name(x):\n    return x.title(x)\n"),
        ("pass_through", "src/groundswell/a.py", "@task\ndef index(x):\n    return build(x)\n"),
        ("unwanted_words", "docs/a.md", "sessions of network/work/home"),
        ("refusals", "src/groundswell/a.py", 'class No(Refusal):\n    """N."""\n    code = "n"\n'),
        ("said_formulas", _ENGINE, 'def f(x):\n    """x."""\ndef _g(x): ...\n'),
        ("said_formulas", "src/groundswell/planning/queries.py", "def f(x):\n    return x\n"),
        ("named_migrations", "src/groundswell/creators/migrations/0001_make_creators.py", ""),
    ],
)  # fmt: skip
def test_what_is_right_is_let_alone(rule: str, path: str, text: str) -> None:
    assert breaches(rule, (path, text)) == []


def test_the_same_body_in_two_modules_is_found() -> None:
    first = ("src/groundswell/a.py", f'def f(x):\n    """F."""\n{_BODY}')
    second = ("src/groundswell/b.py", f"def g(x):\n{_BODY}")
    assert breaches("equal_bodies", first, second) == ["g is f of src/groundswell/a.py"]
    assert breaches("equal_bodies", (first[0], first[1] + second[1])) == []


def test_two_refusals_with_one_code_are_found_through_their_families() -> None:
    text = (
        'class A(Refusal):\n    """A."""\n    code = "a"\n'
        'class B(A):\n    """B."""\n    code: ClassVar[str] = "a"\n'
    )
    assert breaches("refusals", ("src/groundswell/a.py", text)) == ["B has the code of A"]


def test_every_rule_tells_its_reason_and_is_tested() -> None:
    assert all(rule.__doc__ for rule in house_rules.RULES)
    tested = Path(__file__).read_text("utf-8")
    assert [rule.__name__ for rule in house_rules.RULES if f'"{rule.__name__}"' not in tested] == []


def test_the_files_of_the_house_are_those_that_git_would_keep() -> None:
    paths = {str(file.path) for file in house_rules.house(Path(__file__).parents[2])}
    assert {"Makefile", "scripts/house_rules.py", "src/groundswell/terms/errors.py"} <= paths
    assert not any(path.startswith(".venv/") for path in paths)

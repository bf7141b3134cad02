"""Rules of the house that no linter knows: `python scripts/house_rules.py`; each says why.

A rule that turns out wrong is changed here, with its test; there is no way to silence one place.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_FILE_LINES, _TEST_LINES, _FUNCTION_LINES, _CLASS_LINES = 600, 800, 80, 300
_DUMPING_GROUNDS = {"utils", "helpers", "common", "misc", "core", "services", "manager"}
_STALE = {"v2", "legacy", "previous"}
# A letter in brackets keeps each pattern from finding itself.
_UNWANTED = re.compile(
    r"(?<![\w.])/wor[k]/|anthropi[c]|claud[e]|subagen[t]|this sessio[n]"
    r"|pypi\.or[g]|pythonhosted\.or[g]|npmjs\.or[g]|crates\.i[o]\b|deb\.debian\.or[g]",
    re.IGNORECASE,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class File:
    """A file of the house: its path from the root, and what it says."""

    path: Path
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text))) if self.path.suffix == ".py" else []

    @property
    def is_source(self) -> bool:
        return self.path.parts[0] == "src" and self.path.suffix == ".py"

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        for node in self.nodes:
            if isinstance(node, ast.ClassDef):
                yield node


@dataclass(frozen=True)
class Breach:
    """Where a rule is broken, and how."""

    file: File
    line: int
    says: str


def subject_names(files: list[File]) -> Iterator[Breach]:
    """A module named for no subject collects whatever has no home."""
    for file in files:
        for part in (*file.path.parts[:-1], file.path.stem):
            if part in _DUMPING_GROUNDS:
                yield Breach(file, 1, f"name it for its subject, not {part!r}")


def sizes(files: list[File]) -> Iterator[Breach]:
    """What is longer can't be read in one go: split it by noun."""
    for file in files:
        if file.path.suffix != ".py" or "migrations" in file.path.parts:
            continue  # Django writes migrations, one statement for each table
        limit = _TEST_LINES if file.path.parts[0] == "tests" else _FILE_LINES
        if len(file.lines) > limit:
            yield Breach(file, 1, f"{len(file.lines)} lines, at most {limit}")
        for function in file.functions():
            yield from _too_long(file, function, _FUNCTION_LINES)
        for class_ in file.classes():
            yield from _too_long(file, class_, _CLASS_LINES)


def _too_long(file: File, node: Function | ast.ClassDef, limit: int) -> Iterator[Breach]:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > limit:
        yield Breach(file, node.lineno, f"{node.name} has {length} lines, at most {limit}")


def stale_names(files: list[File]) -> Iterator[Breach]:
    """Two generations of one idea side by side: finish the change and delete the old one."""
    for file in files:
        if file.path.suffix != ".py" or "migrations" in file.path.parts:
            continue
        named = [
            (1, file.path.stem),
            *((n.lineno, n.name) for n in (*file.functions(), *file.classes())),
        ]
        for line, name in named:
            for part in _parts(name) & _STALE:
                yield Breach(file, line, f"{name!r} is named for its age ({part})")


def _parts(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def equal_bodies(files: list[File]) -> Iterator[Breach]:
    """The same thing written twice will be mended once."""
    seen: dict[str, tuple[File, str]] = {}
    for file in files:
        if not file.is_source or "migrations" in file.path.parts:
            continue
        for function in file.functions():
            body = _body(function)
            if len(body) < 3:
                continue
            known, name = seen.setdefault("".join(map(ast.dump, body)), (file, function.name))
            if known is not file:
                yield Breach(file, function.lineno, f"{function.name} is {name} of {known.path}")


def _body(function: Function) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def pass_through(files: list[File]) -> Iterator[Breach]:
    """A function that only hands its own arguments on is a second name for the other one."""
    for file in files:
        if not file.is_source:
            continue
        for function in ast.parse(file.text).body:
            if isinstance(function, ast.FunctionDef) and _hands_on(function):
                yield Breach(file, function.lineno, f"{function.name} only hands its arguments on")


def _hands_on(function: ast.FunctionDef) -> bool:
    body, arguments = _body(function), function.args
    if function.decorator_list or len(body) != 1 or not isinstance(body[0], ast.Return):
        return False
    call = body[0].value
    if not isinstance(call, ast.Call) or arguments.vararg or arguments.kwarg:
        return False
    own = [argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)]
    given = [ast.unparse(argument) for argument in call.args]
    given += [
        f"{ast.unparse(k.value)}" if k.arg == ast.unparse(k.value) else "=" for k in call.keywords
    ]
    # A method of a value binds that value; the name of a constructor tells less than a function's.
    callee = ast.unparse(call.func)
    plain = bool(re.fullmatch(r"[a-z_][a-z0-9_.]*", callee)) and callee.split(".")[0] not in own
    return plain and bool(own) and given == own


def unwanted_words(files: list[File]) -> Iterator[Breach]:
    """How and where the house is built is nobody's business in it; addresses of machines age."""
    for file in files:
        for number, line in enumerate(file.lines, 1):
            if found := _UNWANTED.search(line):
                yield Breach(file, number, f"{found.group()!r} has no place here")


def refusals(files: list[File]) -> Iterator[Breach]:
    """Programs tell one refusal from another by its code, and people by what it means."""
    classes = [(file, class_) for file in files if file.is_source for class_ in file.classes()]
    family = {"Refusal"}
    while grown := {c.name for _, c in classes if _bases(c) & family} - family:
        family |= grown
    codes: dict[str, str] = {}
    for file, class_ in classes:
        if not _bases(class_) & family:
            continue
        code = _code(class_)
        if code is None or not re.fullmatch(r"[a-z]+(_[a-z]+)*", code):
            yield Breach(file, class_.lineno, f"{class_.name} needs a code like 'unknown_account'")
        elif codes.setdefault(code, class_.name) != class_.name:
            yield Breach(file, class_.lineno, f"{class_.name} has the code of {codes[code]}")
        if ast.get_docstring(class_) is None:
            yield Breach(file, class_.lineno, f"{class_.name} doesn't say what it means")


def _bases(class_: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).rpartition(".")[2] for base in class_.bases}


def _code(class_: ast.ClassDef) -> str | None:
    for node in class_.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name("code")], value=ast.Constant(str(code)))
                | ast.AnnAssign(target=ast.Name("code"), value=ast.Constant(str(code)))
            ):
                return code
    return None


def said_formulas(files: list[File]) -> Iterator[Breach]:
    """A number of the engine can be checked only by who knows what it means."""
    for file in files:
        if file.path.suffix != ".py" or file.path.parts[:3] != ("src", "groundswell", "engine"):
            continue
        for node in ast.parse(file.text).body:
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    if not name.startswith("_") and ast.get_docstring(node) is None:
                        yield Breach(file, node.lineno, f"{name} has no docstring")


def named_migrations(files: list[File]) -> Iterator[Breach]:
    """The list of migrations is the story of the tables; "auto" tells none."""
    for file in files:
        if "migrations" in file.path.parts and re.search(
            r"_auto_|_alter_.*_and_more", file.path.stem
        ):
            yield Breach(file, 1, "name it for what it does")


RULES = (
    subject_names,
    sizes,
    stale_names,
    equal_bodies,
    pass_through,
    unwanted_words,
    refusals,
    said_formulas,
    named_migrations,
)


def house(root: Path) -> list[File]:
    """The text files of a checkout that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    files = []
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        try:
            files.append(File(Path(name), (root / name).read_text("utf-8")))
        except (UnicodeDecodeError, FileNotFoundError):  # a picture; a file that is being removed
            continue
    return files


def main() -> int:
    """Print every breach; 1 when there is one."""
    files, breaches = house(Path(__file__).parent.parent), 0
    for rule in RULES:
        for breach in rule(files):
            breaches += 1
            print(f"{breach.file.path}:{breach.line}: {breach.says} [{rule.__name__}]")
            print(f"    {rule.__doc__}")
    print(f"{len(files)} files, {len(RULES)} rules, {breaches} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

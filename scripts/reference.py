"""Writes docs/reference from the code: `python scripts/reference.py`; `--check` only compares."""

import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django
import typer

import groundswell
from groundswell.terms import tables
from groundswell.terms.errors import Refusal

_LINES = 40  # of an example's answer
FOLDER = Path(__file__).parent.parent / "docs" / "reference"
_NOTE = "<!-- Written by `make docs` from the code; change it there. -->"
_ABOUT_COMMANDS = """\
Every command that reads or writes state takes `--workspace`. With `--json` it prints one JSON
document on stdout; progress and messages go to stderr. The exit status is 0 on success, 2 on bad
input and 1 on failure."""
_ABOUT_REFUSALS = """\
What could not be done says so in words, and to programs by a code that stays. With `--json` a
command prints `{"error": {"code", "message"}}` and ends with 2; a command line that
can't be read has the code `bad_usage`."""
_ABOUT_REST = """\
Everything that the console does, for programs, under `/api/v1`. `/api/v1/openapi.json` says the
same as OpenAPI 3.1, and needs no token. The examples were recorded from a small workspace: long
lists are cut to their first item, long answers to their first lines. A test runs each of them.

* **Signing in.** `Authorization: Bearer gsw_...`: a token of Settings, Tokens. It does what its
  scopes and its owner's role both allow. A signed-in browser can do the same with its session and,
  to write, its CSRF token as `X-CSRFToken`.
* **Errors** are `application/problem+json` (RFC 9457) with a stable `code`, as
  [refusals](refusals.md) lists them, and what to do next in `detail`. A request whose body or query
  can't be understood has the code `invalid_request` and names each place in `errors`.
* **Pages.** A list answers `items` and `next`; send `next` as `cursor` to go on. `limit` is 200 at
  most. Rows that come and go meanwhile move nobody to another page.
* **Sending again.** A `POST` with an `Idempotency-Key` has one effect, however often it is sent
  within 48 hours: the first answer is given again, with `Idempotency-Replayed: true`. Another
  request under the same key is `idempotency_key_reused`; while the first is being answered, the
  second is `in_flight`. What was refused is not kept.
* **Unchanged.** Answers carry an `ETag`. With `If-None-Match` a read answers 304 when nothing has
  changed; with `If-Match` a write is refused as `changed_meanwhile` when something has.
* **Limits.** 600 requests a minute for each token; `RateLimit` says how many are left, and 429
  comes with `Retry-After`. Bodies have 1,000,000 bytes at most unless they are files, and JSON has
  32 levels."""
_ABOUT_SETTINGS = "What an operator may choose comes from the environment."


def pages() -> dict[str, str]:
    """Every page of the reference by its file's name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundswell.project.settings")
    django.setup()
    return {
        "commands.md": _commands(),
        "refusals.md": _refusals(),
        "rest.md": _rest(),
        "settings.md": _settings(),
        "tables.md": _tables(),
    }


def _commands() -> str:
    app = importlib.import_module("groundswell.interfaces.cli.app")
    root: Any = typer.main.get_command(app.root)
    lines = [_ABOUT_COMMANDS]
    for name in root.commands:
        lines += _command("##", f"groundswell {name}", root.commands[name])
    return _page("Commands", lines)


def _command(heading: str, name: str, command: Any) -> Iterator[str]:
    arguments = " ".join(_placeholder(p) for p in command.params if p.param_type_name == "argument")
    yield f"{heading} `{name}`"
    yield inspect.cleandoc(command.help or "")
    if hasattr(command, "commands"):
        for below, subcommand in command.commands.items():
            yield from _command(f"{heading}#", f"{name} {below}", subcommand)
        return
    yield f"```\n{name} {arguments} [OPTIONS]\n```".replace("  ", " ")
    rows = [_parameter(each) for each in command.params if each.name != "help"]
    yield _table("", "meaning", "without it", rows=rows)


def _placeholder(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().strip("[]").removesuffix("...")
    name += "..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _parameter(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        written = _placeholder(parameter).strip("[]")
    else:
        written = ", ".join((*parameter.opts, *parameter.secondary_opts))
    default = "required" if parameter.required else _default(parameter.default)
    meaning = parameter.help or ""
    if parameter.envvar:
        meaning += f" Also from the variable `{parameter.envvar}`."
    return f"`{written}`", meaning, default


def _default(value: Any) -> str:
    if value is None or value is False or value in ("", (), []) or callable(value):
        return ""
    return f"`{value}`"


def _tables() -> str:
    lines = [(inspect.getdoc(tables) or "").partition("\n\n")[2]]
    for name, table in tables.TABLES.items():
        key = ", ".join(f"`{column}`" for column in table.key)
        rows = [(f"`{each.name}`", each.meaning, each.description) for each in table.columns]
        lines += [
            f"## `{name}`",
            f"{table.description} One row per {key}.",
            _table("column", "holds", "meaning", rows=rows),
        ]
    return _page("Tables", lines)


def _settings() -> str:
    module = importlib.import_module("groundswell.project.settings")
    told = inspect.getdoc(module) or ""
    rows = re.findall(r"^([A-Z_]+)\n((?: +.*(?:\n|$))+)", told, re.MULTILINE)
    return _page(
        "Settings",
        [
            _ABOUT_SETTINGS,
            _table("variable", "meaning", rows=[(f"`{name}`", text) for name, text in rows]),
        ],
    )


def _rest() -> str:
    described = importlib.import_module("groundswell.interfaces.rest.api").described()
    shown = importlib.import_module("groundswell.interfaces.rest.openapi").examples()
    lines = [_ABOUT_REST]
    for tag in described["tags"]:
        lines += [f"## {tag['name']}", tag["description"]]
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                if operation["tags"] == [tag["name"]]:
                    lines += _operation(f"{method.upper()} {path}", operation, described, shown)
    return _page("REST", lines)


def _operation(
    where: str, operation: dict[str, Any], described: dict[str, Any], shown: dict[str, Any]
) -> Iterator[str]:
    yield f"### {operation['summary']}"
    yield f"`{where}`"
    yield operation.get("description", "")
    if right := operation.get("x-needs"):
        yield f"Needs the right `{right}`."
    rows = [
        (f"`{each['name']}`", f"in the {each['in']}", _holds(each["schema"]), _meaning_of(each))
        for each in operation["parameters"]
        if each["in"] == "query"
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
    fields = described["components"]["schemas"].get(name, {}).get("properties", {})
    rows += [
        (f"`{key}`", "in the body", _holds(each), _meaning_of(each)) for key, each in fields.items()
    ]
    if rows:
        yield _table("", "where", "holds", "meaning", rows=rows)
    yield from _example(shown[operation["operationId"]])


def _holds(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_holds(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_holds(schema.get('items', {}))}"
    if "allOf" in schema:
        return _holds(schema["allOf"][0])
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    return str(schema.get("format") or schema.get("type") or "any value")


def _meaning_of(said: dict[str, Any]) -> str:
    default = said.get("schema", said).get("default")
    text = str(said.get("description", ""))
    return text if default in (None, "", [], {}) else f"{text} Without it `{default}`.".strip()


def _example(shown: dict[str, Any]) -> Iterator[str]:
    asked = [
        f"{shown['method']} {shown['path']}" + (f"?{shown['query']}" if shown["query"] else "")
    ]
    if shown["body"] is not None:
        asked += ["", json.dumps(shown["body"], indent=2, ensure_ascii=False)]
    if shown["file"]:
        asked += ["", shown["file"].rstrip()]
    yield "```http\n" + "\n".join(asked) + "\n```"
    if shown["answer"] is None:
        kind = "nothing" if shown["status"] == 204 else "a file"
        yield f"answers {shown['status']} with {kind}."
        return
    said = json.dumps(shown["answer"], indent=2, ensure_ascii=False).splitlines()
    if len(said) > _LINES:
        said = [*said[:_LINES], "..."]
    yield f"answers {shown['status']}:"
    yield "```json\n" + "\n".join(said) + "\n```"


def _refusals() -> str:
    for module in pkgutil.walk_packages(groundswell.__path__, "groundswell."):
        # What starts when it is imported: the program, and the web server with its keys.
        if not module.name.endswith(("__main__", ".wsgi")):
            importlib.import_module(module.name)
    known = sorted({(each.code, _meaning(each)) for each in _family(Refusal)})
    rows = [(f"`{code}`", meaning) for code, meaning in known]
    return _page("Refusals", [_ABOUT_REFUSALS, _table("code", "meaning", rows=rows)])


def _family(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in refusal.__subclasses__():
        if child.__module__.startswith("groundswell."):
            yield child
            yield from _family(child)


def _meaning(refusal: type[Refusal]) -> str:
    return " ".join((inspect.getdoc(refusal) or "").partition("\n\n")[0].split())


def _table(*head: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(title: str, parts: Iterable[str]) -> str:
    text = "\n\n".join([f"# {title}", _NOTE, *filter(None, parts)]) + "\n"
    return re.sub("(?<!`)``(?!`)", "`", text)  # docstrings mark code with two


def stale() -> list[str]:
    """Pages that no longer say what the code does, with those that nothing writes any more."""
    fresh = pages()
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    return sorted(name for name in fresh | found if fresh.get(name) != found.get(name))


def main(arguments: list[str]) -> int:
    """Write the pages; with ``--check``, 1 when one is stale."""
    old = stale()
    if "--check" in arguments:
        for name in old:
            print(f"docs/reference/{name} is stale; run `make docs`")
        return 1 if old else 0
    FOLDER.mkdir(exist_ok=True)
    fresh = pages()
    for name in old:
        if name in fresh:
            (FOLDER / name).write_text(fresh[name], "utf-8")
        else:
            (FOLDER / name).unlink()
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

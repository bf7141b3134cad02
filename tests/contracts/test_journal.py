"""Every action that writes leaves an entry in the journal."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "groundswell"

# Actions whose entry is written by the action that calls them, or that they call.
JOURNALLED_BY_CALLER = {
    "workspaces.journal.record": "it is the entry",
    "creators.publishing.publish": "connectors.imports records one entry per file",
    "creators.keeping.take": "connectors.imports records one entry for all rows",
    "connectors.asking.ask": "connecting.watch and syncing.start record theirs",
    "connectors.asking.again": "syncing.start records one",
    "connectors.settling.opened": "connectors.settling records how the sync ends",
    "connectors.settling.begin": "connectors.settling records how the sync ends",
    "connectors.listening.listen": "connectors.settling records how the sync ends",
    "connectors.listening.watch_of": "connectors.live and connectors.settling record theirs",
    "connectors.syncing.sync": "connectors.settling records how the sync ends",
    "connectors.permissions.disconnect": "connecting.disconnect records one",
}


def actions() -> Iterator[tuple[str, ast.FunctionDef, ast.Module]]:
    """Public functions of the apps' actions that are told who acts."""
    for path in sorted(SOURCE.glob("*/actions/*.py")):
        module = ast.parse(path.read_text())
        for node in module.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if "by" in {argument.arg for argument in node.args.kwonlyargs}:
                yield f"{path.parts[-3]}.{path.stem}.{node.name}", node, module


ACTIONS = list(actions())


def journals(node: ast.AST, module: ast.Module, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function records an entry, by itself or through functions beside it."""
    beside = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
    for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
        called = ast.unparse(call.func)
        if called == "journal.record":
            return True
        fresh = called in beside and called not in seen
        if fresh and journals(beside[called], module, seen | {called}):
            return True
    return False


@pytest.mark.parametrize(("name", "node", "module"), ACTIONS, ids=[name for name, *_ in ACTIONS])
def test_every_action_journals(name, node, module):
    assert journals(node, module) != (name in JOURNALLED_BY_CALLER)


def test_the_rule_finds_actions():
    assert "workspaces.workspaces.create" in {name for name, *_ in ACTIONS}

"""Numbers on the command line: ``nan`` and ``inf`` parse as such, and nobody means them."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
import typer

from groundswell.interfaces.cli import app


def commands(command: Any, name: str = "groundswell") -> Iterator[tuple[str, Any]]:
    """Every command with its whole name."""
    for below, each in getattr(command, "commands", {}).items():
        yield from commands(each, f"{name} {below}")
    if not hasattr(command, "commands"):
        yield name, command


def numbers() -> Iterator[Any]:
    """Every option that takes a number with a point."""
    for name, command in commands(typer.main.get_command(app.root)):
        hints = get_type_hints(inspect.unwrap(command.callback))
        for parameter in command.params:
            hint = hints.get(parameter.name)
            if hint is float or float in get_args(hint):
                yield pytest.param(command, parameter, id=f"{name} {parameter.opts[0]}")


def test_all_options_that_take_a_number_are_found() -> None:
    assert {each.id for each in numbers()} >= {
        "groundswell constraints --seconds",
        "groundswell frontier --more",
        "groundswell listen --minutes",
    }


@pytest.mark.parametrize("written", ["nan", "inf", "-inf"])
@pytest.mark.parametrize(("command", "parameter"), [*numbers()])
def test_no_option_takes_what_is_no_number(command: Any, parameter: Any, written: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        command.make_context("groundswell", [f"{parameter.opts[0]}={written}"])

    assert refused.value.param is parameter

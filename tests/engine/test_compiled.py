"""Compiled code is kept where there is a place for it, and compiled anew where there is none."""

import numba
import pytest

from groundswell.engine import compiled


def double(x):
    return 2 * x


def test_a_compiled_function_computes_the_same():
    assert compiled.compiled(double)(21) == 42


def test_without_a_place_to_keep_code_each_process_compiles_for_itself(monkeypatch):
    decorate = numba.njit
    asked = []

    def nowhere(**options):
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function 'double': no locator available")
        return decorate(**options)

    monkeypatch.setattr(numba, "njit", nowhere)

    assert compiled.compiled(double)(21) == 42
    assert [options.get("cache") for options in asked] == [True, None]


def test_only_the_missing_place_is_taken_for_one(monkeypatch):
    def broken(**options):
        raise TypeError("unknown option")

    monkeypatch.setattr(numba, "njit", broken)

    with pytest.raises(TypeError, match="unknown option"):
        compiled.compiled(double)

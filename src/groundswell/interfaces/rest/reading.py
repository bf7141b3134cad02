"""What programs send: read with bounds, and refused in words when it can't be."""

import json
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from groundswell.terms.errors import Refusal

LARGEST = 1_000_000  # bytes of a body that is no file
DEEPEST = 32
LONGEST_PATH = 2_000


class BadJson(Refusal, ValueError):
    """A body that is no JSON."""

    code = "bad_json"


class TooDeep(Refusal, ValueError):
    """JSON that is nested deeper than anything means."""

    code = "too_deep"


class UnreadableText(Refusal, ValueError):
    """Text with characters that no text has."""

    code = "unreadable_text"


class UnsupportedMediaType(Refusal):
    """A body in a form that the operation doesn't take."""

    code = "unsupported_media_type"


class TooLarge(Refusal):
    """A body with more bytes than the operation takes."""

    code = "too_large"


class LengthRequired(Refusal):
    """A body that comes in pieces, without saying how long it is."""

    code = "length_required"


class UnknownParameter(Refusal, ValueError):
    """A query parameter that the operation doesn't have."""

    code = "invalid_request"

    def __init__(self, name: str, known: list[str]) -> None:
        self.where = f"query.{name[:60]}"
        self.message = f"is not known; use {', '.join(known)}" if known else "is not known"
        super().__init__(f"{self.where}: {self.message}")


class Input(BaseModel):
    """A body: what it doesn't list can't be set."""

    model_config = ConfigDict(extra="forbid")


def _day(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return value
    raise ValueError("must be a day such as 2027-03-01")


Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, BeforeValidator(_day)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class JsonParser(Parser):
    """Reads JSON bodies: bounded in depth, and with text that can be kept."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values.

        Raises:
            UnsupportedMediaType: When it doesn't say that it is JSON.
            BadJson: When it is none.
            TooDeep: When it is nested too deeply.
            UnreadableText: When a text in it holds NUL characters or half a character.
        """
        kind = request.content_type or ""
        if kind and kind != "application/json" and not kind.endswith("+json"):
            raise UnsupportedMediaType(
                f"a body of the type {kind[:60]!r} can't be read here: send application/json"
            )
        try:
            found = json.loads(request.body, parse_constant=_no_number)
        except RecursionError as error:
            raise _too_deep() from error
        except ValueError as error:
            raise BadJson(f"the body can't be read as JSON: {str(error)[:200]}") from error
        _check(found)
        return found


def check_text(text: str, where: str) -> None:
    """Let a text pass that a database can keep.

    Raises:
        UnreadableText: When it holds NUL characters or half a character.
    """
    if "\0" in text:
        raise UnreadableText(f"{where} holds a NUL character: take it out")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableText(f"{where} holds half of a character: send whole ones") from error


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON: leave it out, or send null")


def _too_deep() -> TooDeep:
    return TooDeep(f"the body is nested deeper than {DEEPEST} levels: send a flatter one")


def _check(found: Any) -> None:
    """Walk the values level by level."""
    level = [found]
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                check_text(value, "a text in the body")
            elif isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
        level = below
        if not level:
            return
    if any(isinstance(value, dict | list) for value in level):
        raise _too_deep()
    for value in level:
        if isinstance(value, str):
            check_text(value, "a text in the body")

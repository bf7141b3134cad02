"""The description of the API: what all operations have in common is added here."""

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from importlib import resources
from typing import Any

from groundswell.interfaces.rest.operations import Area

ABOUT = """\
Everything that the console does. An estimate is an object with its interval, or with the reason why
there is none; what is not known is null, never zero. Errors are problem+json (RFC 9457) with a
stable `code`. Times are UTC, money is in major units of the currency beside it.
"""
_JSON = "application/json"
_PROBLEM = {
    "type": "object",
    "description": "What could not be done, and what to do next (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable: programs decide by it."},
        "detail": {"type": "string", "description": "For people."},
        "errors": {
            "type": "array",
            "description": "Each thing to mend, when there are several.",
            "items": {
                "type": "object",
                "required": ["where", "message"],
                "properties": {"where": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Not here",
            "status": 404,
            "code": "unknown_list",
            "detail": "there is no list '0198...' here: it may have been deleted",
        }
    ],
}
_SAID = {
    "Unreadable": "The request can't be read.",
    "NotSignedIn": "No token, or one that opens nothing.",
    "NotAllowed": "The role or the token lacks the right.",
    "NotHere": "There is nothing of that id in this workspace.",
    "Conflict": "The same request is being answered at this moment.",
    "Changed": "Somebody changed the resource since it was read.",
    "TooLarge": "The body is too large.",
    "NotInThatForm": "The body is of a type that is not read here.",
    "Invalid": "What was asked can't be done; `errors` names the places.",
    "TooOften": "The limit is used up; `Retry-After` says for how long.",
    "Problem": "Anything else that went wrong.",
}
_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "Validator of this answer."},
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "What is left of the limit, and when it starts anew, in seconds.",
    },
    "Retry-After": {
        "schema": {"type": "integer"},
        "description": "Seconds after which to try again.",
    },
}
_SIGNING_IN = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of Settings, Tokens: `Authorization: Bearer gsw_...`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "A signed-in browser; writing takes the header `X-CSRFToken` too.",
    },
}


@cache
def examples() -> dict[str, Any]:
    """A request to each operation and its answer, as they were recorded; by the name."""
    file = resources.files("groundswell.interfaces.rest") / "examples.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def completed(schema: Any, areas: Iterable[Area]) -> dict[str, Any]:
    """The description, with problems, headers, ways of signing in and examples."""
    made: dict[str, Any] = deepcopy(dict(schema))
    made["tags"] = [{"name": area.name, "description": area.about} for area in areas]
    made["servers"] = [{"url": "/"}]
    made["security"] = [{"token": []}, {"session": []}]
    components = made["components"]
    components["securitySchemes"] = _SIGNING_IN
    components["headers"] = _HEADERS
    components["schemas"]["Problem"] = _PROBLEM
    components["responses"] = {name: _response(name) for name in _SAID}
    for methods in made["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
            _illustrate(operation)
    return made


def _illustrate(operation: dict[str, Any]) -> None:
    """Show what was asked and answered."""
    shown = examples().get(operation["operationId"])
    if shown is None:
        return
    body = operation.get("requestBody", {}).get("content", {}).get(_JSON)
    if body is not None and shown["body"] is not None:
        body["example"] = shown["body"]
    answer = operation["responses"].get(str(shown["status"]), {}).get("content", {}).get(_JSON)
    if answer is not None and shown["answer"] is not None:
        answer["example"] = shown["answer"]


def _files(operation: dict[str, Any]) -> None:
    """What is no JSON is a file of any kind."""
    for response in operation["responses"].values():
        content = response.get("content", {})
        if content.get(_JSON, {}).get("schema", {}).get("format") == "binary":
            response["content"] = {"*/*": {}}


def _complete(method: str, operation: dict[str, Any]) -> None:
    _files(operation)
    if operation.get("description", "").rstrip(".") == operation["summary"]:
        del operation["description"]
    is_guarded = operation.pop("x-guarded", False)
    parameters = operation.setdefault("parameters", [])
    for status, response in operation["responses"].items():
        headers = ["RateLimit"]
        if method in {"get", "put", "patch"} and str(status) == "200":
            headers.append("ETag")
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    problems = {401: "NotSignedIn", 403: "NotAllowed", 404: "NotHere", 422: "Invalid"}
    problems[429] = "TooOften"
    if method == "get":
        operation["responses"][304] = {"description": "The caller has this answer already."}
        parameters.append(_header("If-None-Match", "ETags of answers that the caller has."))
    if method == "post":
        problems[409] = "Conflict"
        key = _header("Idempotency-Key", "Makes the request safe to send again for 48 hours.")
        key["schema"] |= {"minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        parameters.append(key)
    if is_guarded:
        problems[412] = "Changed"
        parameters.append(_header("If-Match", "The ETag of what is to be changed."))
    if "requestBody" in operation:
        problems |= {400: "Unreadable", 413: "TooLarge", 415: "NotInThatForm"}
    for status, name in sorted(problems.items()):
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    operation["responses"] = {str(key): each for key, each in operation["responses"].items()}


def _header(name: str, about: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": False,
        "description": about,
        "schema": {"type": "string"},
    }


def _response(name: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    response: dict[str, Any] = {
        "description": _SAID[name],
        "content": {"application/problem+json": problem},
    }
    if name == "TooOften":
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return response

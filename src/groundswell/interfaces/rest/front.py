"""What every address of the API does before and after its operation."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.http import HttpResponse

from groundswell.interfaces.http import problems
from groundswell.interfaces.rest import operations, reading
from groundswell.terms.errors import Refusal

View: TypeAlias = Callable[..., HttpResponse]


def opened(view: Callable[..., Any], operations_: Mapping[str, Any]) -> View:
    """The view of an address, with HEAD and OPTIONS, validators, limits and problems.

    Args:
        view: Finds the operation and answers.
        operations_: What can be done there, by method; None for what anybody may read.
    """
    methods = set(operations_)
    allowed = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))

    def answering(request: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": allowed})
        asked, is_head = request.method, request.method == "HEAD"
        if is_head:
            request.method = "GET"
        try:
            request.operation = operations_.get(request.method)
            response = _answer(view, request, kwargs, allowed)
        finally:
            request.method = asked
        _describe(request, response)
        if is_head and not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    answering.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked on entering
    return answering


def _answer(
    view: Callable[..., Any], request: Any, kwargs: dict[str, Any], allowed: str
) -> HttpResponse:
    if request.method not in allowed.split(", "):
        detail = f"{request.method[:20]} isn't done here: use one of {allowed}"
        refused = problems.answer(request, status=405, code="method_not_allowed", detail=detail)
        refused.headers["Allow"] = allowed
        return refused
    try:
        _check(request)
        response = view(request, **kwargs)
    except Refusal as refusal:
        return problems.of_refusal(request, refusal)
    return _unless_known(request, response)


def _check(request: Any) -> None:
    reading.check_text(request.path, "the path")
    if len(request.path) > reading.LONGEST_PATH:
        raise reading.TooLarge(f"the path has {len(request.path):,} characters: shorten it")
    for name, values in request.GET.lists():
        for each in (name, *values):
            reading.check_text(each, "the query")
    view = getattr(request.operation, "view_func", None)
    most: int = getattr(view, "largest_body", reading.LARGEST)
    if "Transfer-Encoding" in request.headers:
        raise reading.LengthRequired(
            "a body in pieces can't be read: send it whole, with its Content-Length"
        )
    sent = request.META.get("CONTENT_LENGTH") or "0"
    if not sent.isdecimal() or int(sent) > most:
        raise reading.TooLarge(f"a body of {sent[:20]} bytes is too large: send {most:,} at most")


def _unless_known(request: Any, response: HttpResponse) -> HttpResponse:
    """304 for who has the answer already."""
    is_kept = request.method in {"GET", "PUT", "PATCH"} and response.status_code == 200
    if not is_kept or response.streaming:
        return response
    if not response.headers["Content-Type"].startswith(operations.JSON):
        return response
    tag = operations.etag(response.content)
    response.headers["ETag"] = tag
    known = request.headers.get("If-None-Match")
    if request.method != "GET" or known is None:
        return response
    if tag not in operations.known_tags(known, tag):
        return response
    return HttpResponse(status=304, headers={"ETag": tag})


def _describe(request: Any, response: HttpResponse) -> None:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    if response.status_code == 304:
        response.headers.pop("Content-Type", None)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="groundswell"'
    standing = getattr(request, "standing", None)
    if standing is not None:
        limit = standing.limit
        seconds = max(0, round((standing.resets_at - request.now).total_seconds()))
        response.headers["RateLimit-Policy"] = f'"caller";q={limit.tries};w={limit.seconds}'
        response.headers["RateLimit"] = f'"caller";r={standing.left};t={seconds}'

"""How the web says no: a Refusal becomes problem+json for programs and a page for people."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from groundswell.interfaces.http import outages
from groundswell.people.actions.limits import TooOften
from groundswell.people.policy import NotAllowed
from groundswell.terms.errors import Refusal

API = "/api/"
# A Refusal is bad input unless its code says otherwise.
_STATUS = {
    "no_such_workspace": 404,
    "not_allowed": 403,
    "too_often": 429,
    "bad_token": 401,
    "not_signed_in": 401,
    "stale_form": 403,
    "invitation_over": 410,
    "reply_over": 410,
    "creator_link_over": 410,
    "permission_not_expected": 410,
    "decided_meanwhile": 409,
    "unsaved_conflict": 409,
    "file_too_large": 413,
    "in_flight": 409,
    "plan_moved_on": 409,
    "revision_under_way": 409,
    "connection_already_paused": 409,
    "connection_ended": 409,
    "connection_not_paused": 409,
    "changed_meanwhile": 412,
    "length_required": 411,
    "too_large": 413,
    "unsupported_media_type": 415,
    "bad_json": 400,
    "no_room": 507,
    # Words that a program got wrong, not things that are missing.
    "unknown_key": 422,
    "unknown_kind": 422,
    "unknown_evidence": 422,
    "unknown_file_kind": 422,
    "unknown_platform": 422,
    "unknown_network": 422,
    "unknown_country": 422,
    "unknown_language": 422,
}
_TITLES = {
    400: "That request can't be read",
    401: "Sign in first",
    403: "Not with your role",
    404: "Not here",
    405: "Not that way",
    409: "Somebody was faster",
    410: "This is over",
    411: "How long is it?",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not in that form",
    422: "That can't be done",
    429: "Too often",
    500: "Our mistake",
    503: "Back in a moment",
    507: "No room on the disk",
}
# Where the status says less than the code.
_TITLES_BY_CODE = {
    "stale_form": "This form is too old",
    "permission_not_expected": "Nobody was expected back",
    "connection_already_paused": "It is paused",
    "connection_ended": "It has ended",
    "connection_not_paused": "It is not paused",
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal: unknown things are 404, other bad input is 422."""
    usual = 404 if refusal.code.startswith("unknown_") else 422
    return _STATUS.get(refusal.code, usual)


def of_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal, in the form that the caller reads."""
    response = answer(request, status=status_of(refusal), code=refusal.code, detail=str(refusal))
    if isinstance(refusal, TooOften):
        response.headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, NotAllowed) and request.headers.get("HX-Request"):
        response.headers["HX-Reswap"] = "none"
    return response


def answer(
    request: HttpRequest, *, status: int, code: str, detail: str, **extra: Any
) -> HttpResponse:
    """One problem, as RFC 9457 has it or as a page."""
    title = _TITLES_BY_CODE.get(code) or _TITLES.get(status, "That can't be done")
    if request.path.startswith(API):
        problem = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "code": code,
            "detail": detail,
            **extra,
        }
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    context = {"title": title, "status": status, "code": code, "detail": detail}
    template = "console/parts/error.html" if _wants_part(request) else "console/problem.html"
    return render(request, template, context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No route, or nothing there."""
    del exception
    return answer(
        request,
        status=404,
        code="not_found",
        detail="There is nothing at this address. It may have been removed, or mistyped.",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django could not read."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return answer(
            request,
            status=413,
            code="too_large",
            detail="What was written into the form is too much to take at once, and nothing was "
            "changed: shorten it and send it again.",
        )
    return answer(
        request,
        status=400,
        code="bad_request",
        detail="The request was malformed or too large, and nothing was changed. Try again.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Something of ours broke; what it was is in the log, not on the page."""
    if (passing := outages.of_current_exception(request)) is not None:
        return passing
    return answer(
        request,
        status=500,
        code="internal_error",
        detail="Something broke on our side, and nothing was changed. Try again; if it stays so, "
        f"tell your operator the request's number: {getattr(request, 'number', 'unknown')}.",
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the browser's own token: a stale page, or somebody else's."""
    del reason
    return answer(
        request,
        status=403,
        code="stale_form",
        detail="This form was opened before you signed in, or too long ago, and nothing was "
        "changed. Go back, reload the page and send it again.",
    )


def _wants_part(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))

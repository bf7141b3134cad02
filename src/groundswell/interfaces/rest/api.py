"""The API: its areas, how it says no, and its addresses."""

from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

import groundswell
from groundswell.interfaces.http import problems, routes
from groundswell.interfaces.rest import (
    connections,
    creators,
    discovery,
    duplicates,
    entrance,
    front,
    imports,
    lists,
    openapi,
    operations,
    outreach,
    people,
    plans,
    promises,
    reading,
    reviews,
    safety,
    scores,
    studies,
    workspaces,
)
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.reading import UnknownParameter
from groundswell.planning.brief import BadBrief
from groundswell.terms.errors import Refusal

ROOT = "/api/v1/"
AREAS: tuple[Area, ...] = (
    workspaces.area,
    people.area,
    discovery.area,
    creators.area,
    outreach.area,
    scores.area,
    reviews.area,
    safety.area,
    duplicates.area,
    lists.area,
    imports.area,
    connections.area,
    plans.area,
    studies.area,
    promises.area,
)


class Api(NinjaAPI):
    """Refusals and everything unreadable become problems; what breaks goes on to the log."""

    def set_default_exception_handlers(self) -> None:
        """Say no in our own words, and in none of the library's."""
        handlers: dict[Any, Any] = {
            Refusal: problems.of_refusal,
            BadBrief: _bad_brief,
            UnknownParameter: _unknown_parameter,
            ValidationError: _invalid,
            HttpError: _unreadable,
            Http404: problems.not_found,
            RequestDataTooBig: _too_large,
            TooManyFieldsSent: problems.bad_request,
            MultiPartParserError: problems.bad_request,
            UnreadablePostError: problems.bad_request,
        }
        for error, handler in handlers.items():
            self.add_exception_handler(error, handler)

    def _get_urls(self) -> list[Any]:
        found = [
            path("", front.opened(_index, {"GET": None}), name="index"),
            path("openapi.json", front.opened(_description, {"GET": None}), name="description"),
        ]
        for bound in self._get_bound_routers():
            for where, view in bound.path_operations.items():
                by_method = {each.methods[0]: each for each in view.operations}
                found.append(
                    path(
                        where.strip("/").replace("{", "<").replace("}", ">"),
                        front.opened(view.get_view(), by_method),
                        name=view.operations[0].operation_id,
                    )
                )
        return found


@routes.public
def _index(request: HttpRequest) -> HttpResponse:
    """Where to go from here."""
    del request
    links = {"description": f"{ROOT}openapi.json", "workspaces": f"{ROOT}workspaces"}
    return HttpResponse(operations.dumped(links), content_type=operations.JSON)


@routes.public
def _description(request: HttpRequest) -> HttpResponse:
    """What can be done, for programs that read OpenAPI."""
    del request
    return HttpResponse(_written(), content_type=operations.JSON)


@cache
def _written() -> bytes:
    return operations.dumped(described())


def described() -> dict[str, Any]:
    """The description of all operations."""
    return openapi.completed(api.get_openapi_schema(path_prefix=ROOT), AREAS)


def _problem(request: HttpRequest, errors: list[dict[str, str]]) -> HttpResponse:
    said = "; ".join(f"{each['where']}: {each['message']}" for each in errors[:5])
    return problems.answer(
        request, status=422, code="invalid_request", detail=f"can't be done: {said}", errors=errors
    )


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"where": _where(each["loc"]), "message": str(each["msg"])[:300]}
        for each in error.errors[:50]
    ]
    return _problem(request, errors)


def _where(place: tuple[Any, ...]) -> str:
    """``body.name``: the name of the view's own parameter says nothing to who sends it."""
    source, *parts = place
    if source == "body":
        parts = parts[1:]
    return ".".join(str(part)[:60] for part in (source, *parts))


def _unknown_parameter(request: HttpRequest, error: UnknownParameter) -> HttpResponse:
    return _problem(request, [{"where": error.where, "message": error.message}])


def _bad_brief(request: HttpRequest, error: BadBrief) -> HttpResponse:
    errors = [{"where": each.key or "the brief", "message": str(each)} for each in error.found[:50]]
    detail = f"the brief can't be planned: {'; '.join(error.problems[:5])}"
    return problems.answer(
        request, status=422, code=error.code, detail=detail[:2_000], errors=errors
    )


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Refusal):
        return problems.of_refusal(request, cause)
    return problems.answer(request, status=error.status_code, code="bad_request", detail=str(error))


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    del error
    refusal = reading.TooLarge(f"the body is too large: send {reading.LARGEST:,} bytes at most")
    return problems.of_refusal(request, refusal)


def _made() -> Api:
    made = Api(
        title="Groundswell",
        version=groundswell.__version__,
        description=openapi.ABOUT,
        docs_url=None,
        openapi_url=None,
        auth=entrance.enter,
        parser=reading.JsonParser(),
        urls_namespace="api",
    )
    for area in AREAS:
        made.add_router("", area.router)
    return made


api = _made()

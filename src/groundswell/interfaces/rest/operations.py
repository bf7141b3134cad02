"""Operations: how each is placed in the policy, answered, guarded and made safe to send twice."""

import hashlib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpResponse
from django.utils.http import parse_etags
from ninja import Path, Router

from groundswell.creators.sealing import Seal
from groundswell.interfaces.http import routes
from groundswell.interfaces.rest import entrance, reading, receiving
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.workspaces import tenancy
from groundswell.workspaces.actions import idempotency

View: TypeAlias = Callable[..., Any]
Answering: TypeAlias = Callable[..., HttpResponse]
JSON = "application/json"
OF_WORKSPACE = "/w/{slug}"
_OF_A_FORM = 10_000  # bytes of a form around its file
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)
_SLUG = inspect.Parameter(
    "slug",
    inspect.Parameter.KEYWORD_ONLY,
    annotation=str,
    default=Path(  # type: ignore[type-arg]
        ...,
        description="The workspace, by the short name in its address.",
        max_length=50,
        examples=["anna"],
    ),
)


class ChangedMeanwhile(Refusal):
    """The resource is not as the caller last saw it."""

    code = "changed_meanwhile"


class BadIdempotencyKey(Refusal, ValueError):
    """A key that can't be kept."""

    code = "bad_idempotency_key"


@dataclass(frozen=True, slots=True)
class Guard:
    """What a write is held against when it says ``If-Match``.

    Attributes:
        read: The operation that reads the resource at the same path.
        lock: Holds the resource's row until the transaction ends.
    """

    read: View
    lock: Callable[[Any, Mapping[str, Any]], None]


def row(model: Any, name: str) -> Callable[[Any, Mapping[str, Any]], None]:
    """A lock on the row of that model whose id is the path's ``name``."""

    def lock(request: Any, path: Mapping[str, Any]) -> None:
        del request
        model.objects.select_for_update(of=("self",)).filter(pk=path[name]).first()

    return lock


@dataclass(frozen=True, slots=True)
class Area:
    """Operations on one subject."""

    name: str
    about: str
    router: Router = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "router", Router(tags=[self.name]))

    def get(self, path: str, action: Action, answers: Any, **more: Any) -> Callable[[View], View]:
        """Register a view that reads."""
        return self._register("GET", path, action, {200: answers}, **more)

    def post(
        self, path: str, action: Action, answers: Any, *, status: int = 201, **more: Any
    ) -> Callable[[View], View]:
        """Register a view that makes or does something."""
        return self._register("POST", path, action, {status: answers}, **more)

    def put(self, path: str, action: Action, answers: Any, **more: Any) -> Callable[[View], View]:
        """Register a view that replaces something."""
        return self._register("PUT", path, action, {200: answers}, **more)

    def patch(self, path: str, action: Action, answers: Any, **more: Any) -> Callable[[View], View]:
        """Register a view that changes something."""
        return self._register("PATCH", path, action, {200: answers}, **more)

    def upload(
        self, path: str, action: Action, answers: Any, *, sink: Any, largest: int
    ) -> Callable[[View], View]:
        """Register a view that takes a file, as ``request.received``, in one transaction."""

        def register(view: View) -> View:
            inner = receiving.receiving(_once(_answering(view, 201)), sink)
            entered: Any = routes.needs(action, transaction=False)(_knowing(inner))
            entered.__signature__ = _with_slug(view)
            entered.largest_body = largest + _OF_A_FORM
            more = {"x-needs": action.value, **receiving.BODY}
            self._add(["POST", f"{OF_WORKSPACE}{path}"], view, entered, {201: answers}, more)
            return view

        return register

    def delete(
        self, path: str, action: Action, answers: Any = None, **more: Any
    ) -> Callable[[View], View]:
        """Register a view that takes something away; most answer nothing."""
        return self._register("DELETE", path, action, {200 if answers else 204: answers}, **more)

    def signed_in(self, path: str, answers: Any) -> Callable[[View], View]:
        """Register a view that is the caller's own and reads nothing of any workspace."""

        def register(view: View) -> View:
            entered = routes.signed_in(_knowing(_answering(view, 200)))
            self._add(["GET", path], view, entered, {200: answers}, {})
            return view

        return register

    def _register(
        self,
        method: str,
        path: str,
        action: Action,
        answers: dict[int, Any],
        *,
        guard: Guard | None = None,
        transaction: bool = True,
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            [status] = answers
            inner = _answering(view, status)
            if guard is not None:
                inner = _unless_changed(inner, guard)
            if method == "POST":
                inner = _once(inner)
            entered: Any = routes.needs(action, transaction=transaction)(_knowing(inner))
            entered.__signature__ = _with_slug(view)
            more = {"x-needs": action.value, "x-guarded": guard is not None}
            self._add([method, f"{OF_WORKSPACE}{path}"], view, entered, answers, more)
            return view

        return register

    def _add(
        self,
        where: list[str],
        view: View,
        entered: Any,
        answers: dict[int, Any],
        more: dict[str, Any],
    ) -> None:
        method, path = where
        summary, _, about = (inspect.getdoc(view) or "").partition("\n\n")
        self.router.api_operation(
            [method],
            path,
            response=answers,
            operation_id=view.__name__,
            summary=summary.rstrip("."),
            description=about.strip(),
            openapi_extra=more,
        )(entered)


def hand(request: Any) -> dict[str, Any]:
    """Who does it and when, as every action asks."""
    return {"by": request.desk.by, "now": request.now}


def dumped(answer: Any) -> bytes:
    """An answer as it is sent; equal answers are equal bytes."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, default=_plain).encode()


def etag(content: bytes) -> str:
    """A strong validator of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def known_tags(header: str, now: str) -> list[str]:
    """The validators of a header; packing an answer makes them weak on its way."""
    if header.strip() == "*":
        return [now]
    return [each.removeprefix("W/") for each in parse_etags(header)]


def made(answer: Any, location: str) -> HttpResponse:
    """The answer that something was made, and where it is."""
    response = HttpResponse(dumped(answer), content_type=JSON, status=201)
    response.headers["Location"] = location
    return response


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def _with_slug(view: View) -> inspect.Signature:
    signature = inspect.signature(view)
    first, *others = signature.parameters.values()
    others = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in others]
    return signature.replace(parameters=[first, _SLUG, *others])


def _answering(view: View, status: int) -> Answering:
    @wraps(view)
    def answering(request: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, **kwargs)
        if isinstance(answer, HttpResponse):
            return answer
        if status == 204:
            return HttpResponse(status=204)
        return HttpResponse(dumped(answer), content_type=JSON, status=status)

    return answering


def _knowing(view: Answering) -> Answering:
    """Refuses query parameters that the operation doesn't have: a typo is no wish."""

    @wraps(view)
    def knowing(request: Any, **kwargs: Any) -> HttpResponse:
        known = _parameters(request.operation)
        for name in request.GET:
            if name not in known:
                raise reading.UnknownParameter(name, known)
        return view(request, **kwargs)

    return knowing


def _parameters(operation: Any) -> list[str]:
    return [
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    ]


def _unless_changed(view: Answering, guard: Guard) -> Answering:
    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.headers.get("If-Match")
        if wanted is not None:
            path = {name: kwargs[name] for name in inspect.signature(guard.read).parameters
                    if name != "request"}  # fmt: skip
            guard.lock(request, path)
            now = etag(dumped(guard.read(request, **path)))
            if now not in known_tags(wanted, now):
                raise ChangedMeanwhile(
                    "somebody changed it since you read it, and nothing was done: read it again, "
                    "and send the change with the new ETag"
                )
        return view(request, **kwargs)

    return guarded


def _once(view: Answering) -> Answering:
    """Gives who sends a request again, with the same key, the answer of the first time."""

    @wraps(view)
    def once(request: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(request, **kwargs)
        asked = _asked(request, key)
        seal = Seal(asked.workspace, table="workspaces_idempotencykey", column="answer")
        before = idempotency.claim(asked, now=request.now)
        if before is not None:
            return _replayed(json.loads(seal.open(bytes(before.answer), row=before.id)), before)
        response = view(request, **kwargs)
        said = {
            "headers": {name: response.headers[name] for name in _KEPT if name in response.headers},
            "body": response.content.decode(),
        }
        made = tenancy.new_id()
        idempotency.keep(
            asked,
            row=made,
            status=response.status_code,
            answer=seal.close(json.dumps(said), row=made),
            now=request.now,
        )
        return response

    return once


_KEPT = ("Content-Type", "Location")


def _asked(request: Any, key: str) -> idempotency.Asked:
    if not _KEY.fullmatch(key):
        raise BadIdempotencyKey(
            f"an Idempotency-Key has 1 to {idempotency.LONGEST_KEY} visible ASCII characters, "
            f"such as a UUID, got {len(key):,}"
        )
    content = getattr(request, "fingerprint", None) or request.body
    operation = f"{request.method} {request.path}"
    parts = (operation.encode(), request.META["QUERY_STRING"].encode(), content)
    hashed = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
    return idempotency.Asked(
        workspace=request.desk.workspace,
        caller=entrance.identity(request.desk.caller),
        key=key,
        operation=operation,
        request_hash=hashed.digest(),
    )


def _replayed(said: dict[str, Any], before: Any) -> HttpResponse:
    response = HttpResponse(said["body"], status=before.status)
    del response.headers["Content-Type"]
    for name, value in said["headers"].items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response

"""Every view bears one of these marks; one without is refused.

The mark is the view's line in the policy: a test walks all routes and asks each for its own.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from groundswell.interfaces.http import desk as desks
from groundswell.interfaces.http import problems
from groundswell.people import policy
from groundswell.people.policy import Action
from groundswell.workspaces import access

View: TypeAlias = Callable[..., HttpResponseBase]

PUBLIC = "public"
SIGNED_IN = "signed in"
LONGEST_STATEMENT = "15s"


def needs(action: Action, *, transaction: bool = True) -> Callable[[View], View]:
    """The view works in the workspace ``slug`` of its path, and only for who may do ``action``.

    It finds ``request.desk``, and runs in one transaction inside the workspace.

    Args:
        action: The right that it takes.
        transaction: False for a view whose action opens transactions of its own.
    """

    def mark(view: View) -> View:
        @never_cache
        @wraps(view)
        def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            caller = desks.caller_of(request)
            if caller is None:
                return _to_sign_in(request)
            slug = request.resolver_match.kwargs["slug"]
            kwargs.pop("slug", None)
            request.desk = desks.sit_down(caller, slug, now=request.now)
            policy.require(request.desk.role, action, scopes=request.desk.scopes)
            with timezone.override(request.desk.workspace.time_zone):
                if not transaction:
                    return view(request, *args, **kwargs)
                with access.inside(request.desk.workspace):
                    _bound_statements()
                    return view(request, *args, **kwargs)

        return _marked(entered, action)

    return mark


def signed_in(view: View) -> View:
    """The view is a person's own and belongs to no workspace."""

    @never_cache
    @wraps(view)
    def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if desks.caller_of(request) is None:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return _marked(entered, SIGNED_IN)


def public(view: View) -> View:
    """The view is for everybody; it shows nothing of any workspace."""
    return _marked(view, PUBLIC)


def mark_of(view: Any) -> str | None:
    """A view's mark, or None for a view that nobody placed in the policy."""
    found: str | None = getattr(view, "mark", None)
    return found


def url(request: Any, name: str, **kwargs: Any) -> str:
    """The address of a view in the workspace that the request is in."""
    return reverse(name, kwargs={"slug": request.desk.workspace.slug, **kwargs})


def moved(request: Any, url: str) -> HttpResponse:
    """What somebody asks for is at another address now: the whole page goes there."""
    if not request.htmx:
        return redirect(url)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = url
    return response


def _marked(view: Any, mark: str) -> View:
    view.mark = mark
    marked: View = view
    return marked


def _bound_statements() -> None:
    """No statement of this transaction takes so long that others wait for their turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST_STATEMENT])


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith(problems.API):
        return problems.answer(
            request,
            status=401,
            code="not_signed_in",
            detail="send a token as 'Authorization: Bearer gsw_...': "
            "make one under Settings, Tokens",
        )
    if request.headers.get("HX-Request"):
        # A fragment that asks after signing out sends the whole page to the door.
        response = redirect_to_login(request.headers.get("HX-Current-URL", "/"))
        response.headers["HX-Redirect"] = response.headers["Location"]
        response.status_code = 204
        del response.headers["Location"]
        return response
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

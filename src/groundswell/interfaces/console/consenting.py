"""Permission: leaving for a network's page, coming back, taking it back; a creator's own link."""

import re
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groundswell.connectors import fetching, queries, showing
from groundswell.connectors.actions import creator_links, erasing, permissions, withdrawals
from groundswell.connectors.actions.permissions import CREATOR, Traveler
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import BadSigned
from groundswell.connectors.models import Brought, Connection, CreatorLink
from groundswell.connectors.overview import overviews
from groundswell.creators import records
from groundswell.creators.models import Creator
from groundswell.creators.queries import find_account
from groundswell.egress.client import Limits
from groundswell.interfaces.console import connections, creators, network_facts
from groundswell.interfaces.http import routes
from groundswell.people.actions import limits
from groundswell.people.actions.limits import Limit
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access

_COOKIE = "leaving"
_BROWSER = re.compile(r"[\w-]{43}")
_PATIENCE = Limits(seconds=15.0, largest=1_000_000)
_RETURNS = Limit("ways back from your network", tries=60, seconds=300)
_OPENINGS = Limit("tries to open a link from your network", tries=60, seconds=300)
_ACTS = Limit("tries to connect from your network", tries=30, seconds=3_600)
_TOLD = Limit("withdrawals from this network", tries=600, seconds=3_600)


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT, transaction=False)
def leave(request: Any, network: str) -> HttpResponse:
    """Send a member to the network's page."""
    here = routes.url(request, "console:connection_new", network=network)
    server = request.POST.get("server", "")[:255]
    return _to_permit(request, here, network=Network.parse(network), server=server)


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT, transaction=False)
def permit_again(request: Any, connection_id: UUID) -> HttpResponse:
    """Send a member to the network's page for a connection that there is."""
    with access.inside(request.desk.workspace):
        shown = queries.connection(connection_id)
    if shown.creator_id is not None:  # its creator permits it, by the link
        raise queries.UnknownConnection(connection_id)
    here = routes.url(request, "console:connection", connection_id=connection_id)
    network = Network(shown.network)
    return _to_permit(request, here, network=network, server=shown.server, mends=shown.id)


def _to_permit(request: Any, here: str, *, network: Network, **more: Any) -> HttpResponse:
    who = Traveler(_browser(request), person=request.desk.person)
    try:
        with fetching.client(_PATIENCE) as client:
            url = permissions.leave(
                workspace=request.desk.workspace,
                network=network,
                who=who,
                callback=connections.callback(request),
                fetch=client.fetch,
                now=request.now,
                **more,
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(here)
    return _leaving(request, url, interface_of(network).name, who)


def _leaving(request: Any, url: str, name: str, who: Traveler) -> HttpResponse:
    """A page that goes on by itself: the policy lets no form be sent on to somebody else."""
    context = {"url": url, "name": name}
    response = render(request, "console/connections/leave.html", context)
    response.headers["Refresh"] = f"0;url={url}"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.set_cookie(
        _COOKIE,
        who.browser,
        max_age=int(permissions.LIFETIME.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return _unlisted(response)


def _browser(request: Any) -> str:
    """What only this browser knows; the same for all who leave by it at once."""
    known: str = request.COOKIES.get(_COOKIE, "")
    return known if _BROWSER.fullmatch(known) else secrets.token_urlsafe(32)


@routes.public
@never_cache
@require_GET
def come_back(request: Any, door: str) -> HttpResponse:
    """Take somebody back from a network's page, and show what came of it elsewhere."""
    limits.count(_RETURNS, request.META["REMOTE_ADDR"], now=request.now)
    said = {name: request.GET.get(name, "")[:4_000] for name in request.GET}
    left = permissions.recognized(
        said.get("state", ""),
        door=door,
        browser=request.COOKIES.get(_COOKIE, ""),
        person=request.user if request.user.is_authenticated else None,
        now=request.now,
    )
    here = permissions.returns_to(left)
    slug = {"slug": left.workspace.slug}
    try:
        with fetching.client(_PATIENCE) as client:
            made = permissions.finish(
                left,
                said,
                callback=connections.callback(request),
                fetch=client.fetch,
                now=request.now,
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        place = {**slug, "network": left.network}
        return redirect(here or reverse("console:connection_new", kwargs=place))
    messages.success(request, f"{interface_of(Network(left.network)).name} is connected.")
    where = reverse("console:connection", kwargs={**slug, "connection_id": made.id})
    return redirect(here or where)


@require_http_methods(["GET", "POST"])
@routes.needs(Action.CONNECTIONS_EDIT, transaction=False)
def disconnect(request: Any, connection_id: UUID) -> HttpResponse:
    """Say what goes, and end a connection once its name was typed."""
    with access.inside(request.desk.workspace):
        shown = queries.connection(connection_id)
        if request.method != "POST":
            return _disconnecting(request, shown)
        is_deleting = request.POST.get("delete") == "yes"
        typed = request.POST.get("typed", "").strip()
        if is_deleting and typed != str(shown):
            return _disconnecting(request, shown, status=422, is_mistyped=True)
    with fetching.client(_PATIENCE) as client:
        left = permissions.disconnect(
            workspace=request.desk.workspace,
            connection_id=connection_id,
            fetch=client.fetch,
            by=request.desk.by,
            now=request.now,
            delete=is_deleting,
        )
    data = _goes_in_words(left.goes) if left.goes else "what it brought stays"
    messages.success(request, f"{shown} was disconnected; {data}.")
    if shown.scopes and not left.is_back:
        messages.info(
            request, "The network has no way to be told: its owner can remove us there as well."
        )
    return redirect(routes.url(request, "console:connections"))


def _disconnecting(
    request: Any, shown: Connection, *, status: int = 200, is_mistyped: bool = False
) -> HttpResponse:
    goes = erasing.foresee(workspace=request.desk.workspace, connection=shown)
    context = {
        "connection": shown,
        "card": network_facts.card(interface_of(Network(shown.network))),
        "overview": overviews([shown], now=request.now)[0],
        "brought": Brought.objects.filter(connection=shown).count(),
        "goes": showing.gone_in_words(goes),
        "is_mistyped": is_mistyped,
    }
    return render(request, "console/connections/disconnect.html", context, status=status)


def _goes_in_words(goes: erasing.Gone) -> str:
    said = showing.gone_in_words(goes)
    return f"being deleted: {'; '.join(said)}" if said else "there is nothing to delete"


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def make_link(request: Any) -> HttpResponse:
    """Make the link by which a creator connects an account."""
    given = {name: request.POST.get(name, "").strip()[:300] for name in ("account", "days")}
    try:
        account = find_account(AccountRef.parse(given["account"]))
        days = int(given["days"]) if given["days"].isdigit() and len(given["days"]) < 5 else 0
        link, signed = creator_links.invite(
            workspace=request.desk.workspace,
            account=account,
            by=request.desk.by,
            now=request.now,
            days=days,
        )
    except Refusal as refusal:
        if (creator := _creator(request)) is not None:
            asked = {"error": refusal, "days": given["days"]}
            return creators.page(request, creator, asked=asked, status=422)
        found = overviews(queries.connections(), now=request.now)
        context = connections.listed(request, found, link_error=refusal, link_given=given)
        return render(request, "console/connections/list.html", context, status=422)
    url = request.build_absolute_uri(
        reverse("console:creator_connect", kwargs={"connect_secret": signed})
    )
    if (creator := _creator(request)) is not None:
        return creators.page(request, creator, asked={"link": link, "url": url})
    found = overviews(queries.connections(), now=request.now)
    context = connections.listed(request, found, made={"link": link, "url": url})
    return render(request, "console/connections/list.html", context)


def _creator(request: Any) -> Creator | None:
    """The creator from whose page a form was sent; None from the page of all connections."""
    try:
        wanted = UUID(request.POST.get("creator", ""))
    except ValueError:
        return None
    return records.creator(wanted)


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def withdraw_link(request: Any, account_id: UUID) -> HttpResponse:
    """End a link that nobody has used."""
    link = CreatorLink.objects.select_related("account").filter(account_id=account_id).first()
    if link is None:
        raise creator_links.LinkOver
    creator_links.withdraw(
        workspace=request.desk.workspace,
        account=link.account,
        by=request.desk.by,
        now=request.now,
    )
    messages.success(request, "The link opens nothing any more.")
    if (creator := _creator(request)) is not None:
        here = routes.url(request, "console:creator", creator_id=creator.id)
        return redirect(f"{here}?account={account_id}#owning")
    return redirect(routes.url(request, "console:connections"))


@routes.public
@never_cache
@require_http_methods(["GET", "POST"])
def creator_connect(request: Any, connect_secret: str) -> HttpResponse:
    """For the creator: what is asked, what was read, and the way out."""
    limits.count(_OPENINGS, request.META["REMOTE_ADDR"], now=request.now)
    link = creator_links.find(connect_secret, now=request.now)
    if request.method == "POST":
        limits.count(_ACTS, request.META["REMOTE_ADDR"], now=request.now)
        acts = {"connect": _connect, "disconnect": _disconnect}
        act = acts.get(request.POST.get("act", ""))
        if act is not None:
            return act(request, link)
    with access.inside(link.workspace):
        creator_links.opened(link, now=request.now)
        context = _of_link(request, link)
    with timezone.override(link.workspace.time_zone):
        return _unlisted(render(request, "console/connections/creator.html", context))


def _of_link(request: Any, link: CreatorLink) -> dict[str, Any]:
    interface = creator_links.interface_for(link.account)
    if interface is None or interface.oauth is None:
        raise creator_links.LinkOver
    is_connected = creator_links.is_connected(link)
    shown = link.connection if is_connected else None
    granted = set(shown.scopes) if shown else set()
    return {
        "workspace_name": link.workspace.name,
        "link": link,
        "card": network_facts.card(interface),
        "scopes": interface.oauth.scopes,
        "granted": [scope for scope in interface.oauth.scopes if scope.name in granted],
        "not_granted": [scope for scope in interface.oauth.scopes if scope.name not in granted],
        "connection": shown,
        "syncs": list(queries.syncs(shown)[:5]) if shown else [],
        "deletes_within": interface.deletes_within,
        "is_over": link.expires_at <= request.now,
        "was_disconnected": link.connection is not None and not is_connected,
    }


def _connect(request: Any, link: CreatorLink) -> HttpResponse:
    interface = creator_links.interface_for(link.account)
    if interface is None or link.expires_at <= request.now:
        raise creator_links.LinkOver
    who = Traveler(_browser(request), link=link, returns_to=request.path)
    try:
        with fetching.client(_PATIENCE) as client:
            url = permissions.leave(
                workspace=link.workspace,
                network=interface.network,
                server="",
                name=link.account.handle or link.account.platform_id or "",
                who=who,
                callback=connections.callback(request),
                fetch=client.fetch,
                now=request.now,
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _unlisted(redirect(request.path))
    return _leaving(request, url, interface.name, who)


def _disconnect(request: Any, link: CreatorLink) -> HttpResponse:
    if link.connection is not None and creator_links.is_connected(link):
        with fetching.client(_PATIENCE) as client:
            left = permissions.disconnect(
                workspace=link.workspace,
                connection_id=link.connection.id,
                fetch=client.fetch,
                by=CREATOR,
                now=request.now,
                delete=True,
            )
        said = _goes_in_words(left.goes or erasing.Gone())
        messages.success(request, f"Disconnected. What was read goes; {said}.")
    return _unlisted(redirect(request.path))


@csrf_exempt  # a network's server sends it, and signs it
@routes.public
@require_POST
def withdrawn(request: Any, workspace_id: UUID, network: str) -> HttpResponse:
    """A network says that somebody took a permission back, or wants to be forgotten."""
    limits.count(_TOLD, request.META["REMOTE_ADDR"], now=request.now)
    try:
        signed = request.POST.get("signed_request", "")
        told = withdrawals.take(workspace_id, Network.parse(network), signed, now=request.now)
    except BadSigned as refusal:
        return JsonResponse({"error": str(refusal)}, status=404)
    url = request.build_absolute_uri(reverse("console:withdrawal", kwargs={"code": told.code}))
    return JsonResponse({"url": url, "confirmation_code": told.code})


@routes.public
@never_cache
@require_GET
def withdrawal(request: Any, code: str) -> HttpResponse:
    """What became of the data of somebody who took a permission back."""
    limits.count(_OPENINGS, request.META["REMOTE_ADDR"], now=request.now)
    found = withdrawals.standing(code)
    name = interface_of(Network(found.withdrawal.network)).name
    context = {"found": found, "name": name}
    return _unlisted(render(request, "console/connections/withdrawal.html", context))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response

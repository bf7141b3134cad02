"""Connections: networks that are read, what is watched by them, and what each sync did."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from groundswell.connectors import costs, queries
from groundswell.connectors.actions import (
    applications,
    asking,
    connecting,
    creator_links,
    listening,
    live,
)
from groundswell.connectors.actions.connecting import AlreadyPaused, Ended, NotPaused
from groundswell.connectors.actions.permissions import door_of
from groundswell.connectors.adapters.networks.network import Authority, Interface, Way
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import App, Tokens
from groundswell.connectors.choices import LIVE, OPEN, ConnectionState, SyncState
from groundswell.connectors.models import Connection, Sync
from groundswell.connectors.overview import overviews
from groundswell.interfaces.console import network_facts, working
from groundswell.interfaces.console.network_facts import EXAMPLES, WAYS, way_label
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.workspaces import access

_SYNCS_OF_A_PAGE = 20
_SHOWN = 100
_NOTES_SHOWN = 5


class QuestionForm(forms.Form):
    """What to ask a network, and how deep to go."""

    way = forms.ChoiceField(label="Bring creators by")
    text = forms.CharField(
        label="Words, hashtag or name", max_length=255, required=False, strip=True
    )
    accounts = forms.IntegerField(
        label="Creators at most", min_value=1, max_value=connecting.MOST["accounts"], initial=100
    )
    posts = forms.IntegerField(
        label="Newest posts of each",
        min_value=0,
        max_value=connecting.MOST["posts"],
        initial=30,
    )
    comments = forms.IntegerField(
        label="Comments under each post",
        min_value=0,
        max_value=connecting.MOST["comments"],
        initial=0,
    )
    members = forms.IntegerField(
        label="Followers sampled of each",
        min_value=0,
        max_value=connecting.MOST["members"],
        initial=0,
        help_text="Kept as codes that can't be read back: only overlaps are counted with them.",
    )

    def __init__(self, *args: Any, interface: Interface, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = asking.ways_of(interface)
        self.fields["way"].choices = [(way.value, WAYS[way]) for way in ways]  # type: ignore[attr-defined]
        if examples := [EXAMPLES[way] for way in ways if way in EXAMPLES]:
            self.fields["text"].help_text = f"Such as “{examples[0]}”."
            self.fields["text"].required = all(way in EXAMPLES for way in ways)
        else:
            del self.fields["text"]

    def asked(self) -> dict[str, Any]:
        """The question as the action takes it."""
        given = dict(self.cleaned_data)
        return {**given, "way": Way(given["way"]), "text": given.get("text", "")}


class ServerForm(forms.Form):
    """Where a network has no single server."""

    server = forms.CharField(max_length=255)

    def __init__(self, *args: Any, interface: Interface, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        server, usual = self.fields["server"], interface.server
        server.required = not usual
        server.label = "Another server" if usual else "Its server"
        server.help_text = f"{usual} without one." if usual else "Such as https://example.org."


class KeyForm(forms.Form):
    """A key that the network gave to somebody."""

    name = forms.CharField(
        max_length=100, required=False, label="What you call it", help_text="Tells several apart."
    )
    key = forms.CharField(
        max_length=4_000,
        label="Key or token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Sealed at once; nobody can read it again, here or in a backup.",
    )


class AppForm(forms.Form):
    """The application as which the workspace asks."""

    app_id = forms.CharField(max_length=255, label="Its id", help_text="Also called client id.")
    secret = forms.CharField(
        max_length=255,
        required=False,
        label="Its secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Sealed at once; nobody can read it again.",
    )


@require_GET
@routes.needs(Action.CONNECTIONS_READ)
def connections(request: Any) -> HttpResponse:
    """What is connected, and what can be."""
    found = overviews(queries.connections(), now=request.now)
    return render(request, "console/connections/list.html", listed(request, found))


def listed(request: Any, found: list[Any], **context: Any) -> dict[str, Any]:
    """What the page of all connections shows."""
    links = creator_links.links()
    return {
        "overviews": found,
        "cards": network_facts.cards(),
        "links": [(link, creator_links.is_connected(link)) for link in links],
        "days": creator_links.DAYS,
        "now": request.now,
        **context,
    }


@routes.needs(Action.CONNECTIONS_EDIT, transaction=False)
def new(request: Any, network: str) -> HttpResponse:
    """What a network gives, and how it is connected."""
    interface = interface_of(Network.parse(network))
    if request.method != "POST":
        with access.inside(request.desk.workspace):
            return _new(request, interface)
    given = _Given(request, interface)
    if not given.is_valid():
        with access.inside(request.desk.workspace):
            return _new(request, interface, given=given, status=422)
    try:
        with access.inside(request.desk.workspace), transaction.atomic():
            connection = given.connect()
    except Refusal as refusal:
        with access.inside(request.desk.workspace):
            return _new(request, interface, given=given, status=422, error=refusal)
    return redirect(routes.url(request, "console:connection", connection_id=connection.id))


class _Given:
    """The parts of the form that a network needs."""

    def __init__(self, request: Any, interface: Interface) -> None:
        self.request, self.interface = request, interface
        sent = request.POST if request.method == "POST" else None
        is_free = interface.authority is Authority.NONE
        # A key is for the network's own server alone.
        has_server = is_free or not interface.server
        self.server = ServerForm(sent, interface=interface) if has_server else None
        self.key = None if is_free else KeyForm(sent)
        self.question = (
            QuestionForm(sent, interface=interface, initial=_asked(request)) if is_free else None
        )

    @property
    def forms(self) -> list[forms.Form]:
        return [form for form in (self.server, self.key, self.question) if form is not None]

    def is_valid(self) -> bool:
        return not [form for form in self.forms if not form.is_valid()]  # each shows its errors

    def connect(self) -> Connection:
        hand = {"by": self.request.desk.by, "now": self.request.now}
        place = self.request.desk.workspace
        key = self.key.cleaned_data if self.key else {"key": "", "name": ""}
        connection = connecting.connect(
            workspace=place,
            network=self.interface.network,
            server=self.server.cleaned_data["server"] if self.server else "",
            name=key["name"],
            tokens=Tokens(key["key"]) if key["key"] else None,
            **hand,
        )
        if self.question is not None:
            asking.ask(
                workspace=place,
                connection_id=connection.id,
                confirmed=None,
                **self.question.asked(),
                **hand,
            )
        return connection


def _asked(request: Any) -> dict[str, str]:
    """What a link or a search box asks for already."""
    given = {name: request.GET.get(name, "")[:255] for name in ("way", "text", "accounts")}
    return {name: value for name, value in given.items() if value}


def _new(
    request: Any,
    interface: Interface,
    *,
    given: _Given | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    card = network_facts.card(interface)
    app = applications.app_of(request.desk.workspace, interface.network, "")
    told = {"workspace_id": request.desk.workspace.id, "network": interface.network.value}
    context = {
        "card": card,
        "given": given or _Given(request, interface),
        "oauth": interface.oauth,
        "app": app,
        "is_registered": bool(interface.oauth and interface.oauth.apps_url),
        "app_form": AppForm(),
        "returns_to": f"{callback(request)}{door_of(interface.network, '')}",
        "withdrawn_url": request.build_absolute_uri(
            reverse("console:connect_withdrawn", kwargs=told)
        ),
        "quotas": interface.quotas,
        **context,
    }
    return render(request, "console/connections/new.html", context, status=status)


def callback(request: Any) -> str:
    """The address that a network's page sends owners back to, without its last part."""
    return str(request.build_absolute_uri("/connect/callback/"))


@require_POST
@routes.needs(Action.SETTINGS_EDIT)
def keep_app(request: Any, network: str) -> HttpResponse:
    """Keep the application as which the workspace asks."""
    interface = interface_of(Network.parse(network))
    form = AppForm(request.POST)
    if form.is_valid():
        app = App(form.cleaned_data["app_id"], form.cleaned_data["secret"])
        try:
            applications.keep_app(
                workspace=request.desk.workspace,
                network=interface.network,
                server="",
                app=app,
                by=request.desk.by,
                now=request.now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The application was kept, its secret sealed.")
            return redirect(routes.url(request, "console:connection_new", network=network))
    return _new(request, interface, app_form=form, status=422)


@require_GET
@routes.needs(Action.CONNECTIONS_READ)
def connection(request: Any, connection_id: UUID) -> HttpResponse:
    """One connection: how it stands, what it watches, what its syncs did."""
    return _connection(request, queries.connection(connection_id))


def _connection(
    request: Any, shown: Connection, *, status: int = 200, **context: Any
) -> HttpResponse:
    interface = interface_of(Network(shown.network))
    [overview] = overviews([shown], now=request.now)
    page = Paginator(queries.syncs(shown), _SYNCS_OF_A_PAGE).get_page(request.GET.get("page"))
    watches = [
        {
            "watch": watch,
            "label": way_label(watch.way),
            "is_asked": watch.way in set(Way),
            "has_people": watch.way in {Way.SEARCH, Way.HASHTAG},
        }
        for watch in queries.watches(shown).exclude(way=LIVE)
    ]
    asked = interface.oauth.scopes if interface.oauth and shown.scopes else ()
    granted = set(shown.scopes)
    not_granted = [scope for scope in asked if scope.name not in granted]
    is_owned = shown.authority == Authority.OAUTH and shown.creator_id is None
    context = {
        "connection": shown,
        "overview": overview,
        "watches": watches,
        "page": page,
        "to_know": _to_know(page.object_list),
        "card": network_facts.card(interface),
        "form": QuestionForm(interface=interface),
        "not_granted": not_granted,
        # A creator's own is permitted again by the creator, by the link.
        "can_permit": is_owned and bool(not_granted or shown.state == ConnectionState.BROKEN),
        "granted": [scope for scope in asked if scope.name in granted],
        "has_stream": listening.has_stream(shown),
        **_live(request, shown),
        **_progress(request, overview.sync),
        **context,
    }
    return render(request, "console/connections/connection.html", context, status=status)


def _live(request: Any, shown: Connection) -> dict[str, Any]:
    return {"live": live.live_of(shown, now=request.now), "is_ended": shown.state == "ended"}


def _to_know(syncs: Iterable[Sync]) -> list[str]:
    """What the last sync of each watch notes, such as what a server shows nobody."""
    newest: dict[UUID, Sync] = {}
    for sync in syncs:
        newest.setdefault(sync.watch_id, sync)
    notes = dict.fromkeys(note for sync in newest.values() for note in sync.notes)
    return list(notes)[:_NOTES_SHOWN]


def _progress(request: Any, sync: Sync | None) -> dict[str, Any]:
    if sync is None:
        return {"sync": None}
    is_waiting = sync.state != SyncState.RUNNING
    title = {
        SyncState.QUEUED: "Waiting for its turn",
        SyncState.WAITING: "Goes on by itself",
    }.get(SyncState(sync.state), f"Reading {sync.watch}")
    return {
        "sync": sync,
        **working.progress(
            sync,
            now=request.now,
            asked_at=sync.begun_at,
            is_waiting=is_waiting,
            title=title,
            things="items",
        ),
    }


@require_GET
@routes.needs(Action.CONNECTIONS_READ)
def progress(request: Any, connection_id: UUID) -> HttpResponse:
    """How far a connection's sync is, for the page that shows it."""
    shown = queries.connection(connection_id)
    here = routes.url(request, "console:connection", connection_id=shown.id)
    going = queries.syncs(shown).filter(state__in=OPEN).exclude(watch__way=LIVE).first()
    if not request.htmx:
        return redirect(here)
    if going is None:
        return routes.moved(request, here)
    context = {"connection": shown, **_progress(request, going)}
    return render(request, "console/connections/progress.html", context)


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def ask(request: Any, connection_id: UUID) -> HttpResponse:
    """Ask a network something from now on; what it costs is shown and confirmed before."""
    shown = queries.connection(connection_id)
    interface = interface_of(Network(shown.network))
    form = QuestionForm(request.POST, interface=interface)
    if not form.is_valid():
        return _connection(request, shown, status=422, form=form)
    asked = form.asked()
    try:
        _, question = asking.question(shown, **asked, now=request.now)
        expected = costs.costs(interface, question)
        if expected and "confirmed" not in request.POST:
            fields = {name: str(form.cleaned_data[name]) for name in form.cleaned_data}
            url = routes.url(request, "console:connection_ask", connection_id=shown.id)
            return _confirm(request, shown, interface, question, url=url, fields=fields)
        asking.ask(
            workspace=request.desk.workspace,
            connection_id=shown.id,
            confirmed=_confirmed(request),
            by=request.desk.by,
            now=request.now,
            **asked,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _connection(request, shown, status=422, form=form)
    return redirect(routes.url(request, "console:connection", connection_id=shown.id))


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def sync_now(request: Any, watch_id: UUID) -> HttpResponse:
    """Ask a question again now; what it costs is shown and confirmed before."""
    watch = queries.watch(watch_id)
    interface, question = asking.of_watch(watch, now=request.now)
    here = routes.url(request, "console:connection", connection_id=watch.connection_id)
    try:
        expected = costs.costs(interface, question) if watch.way in set(Way) else []
        if expected and "confirmed" not in request.POST:
            return _confirm(request, watch.connection, interface, question, url=request.path)
        asking.again(
            workspace=request.desk.workspace,
            watch_id=watch.id,
            confirmed=_confirmed(request),
            by=request.desk.by,
            now=request.now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(here)


def _confirm(
    request: Any,
    shown: Connection,
    interface: Interface,
    question: Any,
    *,
    url: str,
    fields: dict[str, str] | None = None,
) -> HttpResponse:
    [overview] = overviews([shown], now=request.now)
    left = {standing.quota.name: standing.left for standing in overview.quotas}
    context = {
        "connection": shown,
        "card": network_facts.card(interface),
        "way": way_label(question.way),
        "question": question,
        "costs": [
            {"cost": each, "left": left.get(each.quota.name, each.quota.units)}
            for each in costs.costs(interface, question)
        ],
        "cents": costs.cents(interface, question),
        "url": url,
        "fields": fields or {},
    }
    return render(request, "console/connections/confirm.html", context)


def _confirmed(request: Any) -> int | None:
    said = request.POST.get("confirmed", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else None


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def unwatch(request: Any, watch_id: UUID) -> HttpResponse:
    """Ask a question no more."""
    watch = queries.watch(watch_id)
    connecting.unwatch(
        workspace=request.desk.workspace, watch_id=watch.id, by=request.desk.by, now=request.now
    )
    messages.success(request, f"“{watch}” is not asked any more; what it brought stays.")
    return redirect(routes.url(request, "console:connection", connection_id=watch.connection_id))


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def pause(request: Any, connection_id: UUID) -> HttpResponse:
    """Leave a network alone for a while."""
    return _changed(request, connecting.pause, connection_id)


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def resume(request: Any, connection_id: UUID) -> HttpResponse:
    """Read it again."""
    return _changed(request, connecting.resume, connection_id)


@require_GET
@routes.needs(Action.CONNECTIONS_READ)
def live_news(request: Any, connection_id: UUID) -> HttpResponse:
    """How listening goes, for the page that shows it."""
    shown = queries.connection(connection_id)
    if not request.htmx:
        return redirect(routes.url(request, "console:connection", connection_id=shown.id))
    context = {"connection": shown, **_live(request, shown)}
    return render(request, "console/connections/live.html", context)


@require_POST
@routes.needs(Action.CONNECTIONS_EDIT)
def listen(request: Any, connection_id: UUID) -> HttpResponse:
    """Have the server listen by itself, or stop."""
    is_on = request.POST.get("switch") == "on"
    hand = {"by": request.desk.by, "now": request.now, "workspace": request.desk.workspace}
    shown = queries.connection(connection_id)
    try:
        if is_on:
            stream = live.live_of(shown, now=request.now).stream
            live.switch_on(connection_id=connection_id, stream=stream, **hand)
        else:
            live.switch_off(connection_id=connection_id, **hand)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(routes.url(request, "console:connection", connection_id=connection_id))


def _changed(request: Any, action: Any, connection_id: UUID) -> HttpResponse:
    try:
        action(
            workspace=request.desk.workspace,
            connection_id=connection_id,
            by=request.desk.by,
            now=request.now,
        )
    except (AlreadyPaused, Ended, NotPaused) as refusal:
        messages.error(request, str(refusal))
    return redirect(routes.url(request, "console:connection", connection_id=connection_id))


@require_GET
@routes.needs(Action.CONNECTIONS_READ)
def sync(request: Any, sync_id: UUID) -> HttpResponse:
    """What one sync did, and what it could not take."""
    shown = queries.sync(sync_id)
    context = {
        "shown": shown,
        "watch": shown.watch,
        "label": way_label(shown.watch.way),
        "connection": shown.watch.connection,
        "card": network_facts.card(interface_of(Network(shown.watch.connection.network))),
        "changed": sorted(shown.changed.items(), key=lambda each: -each[1]),
        "bad_items": shown.bad_items[:_SHOWN],
        "aside": sorted(shown.aside.items())[:_SHOWN],
        "is_open": shown.state in OPEN,
    }
    return render(request, "console/connections/sync.html", context)

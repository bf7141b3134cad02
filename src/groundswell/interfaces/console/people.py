"""Coming in: the first visit, an invitation, the choice of a workspace."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from groundswell.interfaces.http import routes
from groundswell.people import queries
from groundswell.people.actions import invitations, limits, logins
from groundswell.people.actions.limits import Limit
from groundswell.people.models import Person
from groundswell.terms.errors import Refusal
from groundswell.workspaces.actions import workspaces

_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
_OPENINGS = Limit("tries to open a link from your network", tries=60, seconds=300)


class NewLogin(forms.Form):
    """A name and a password for somebody whose address is known."""

    name = forms.CharField(max_length=200, label="Your name")
    password = forms.CharField(
        max_length=200,
        label="Password",
        help_text="At least 12 characters. A sentence is easier to remember than a riddle.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
    )


class FirstOwner(NewLogin):
    """The first person of an installation."""

    field_order = ("email", "name", "password")
    email = forms.EmailField(label="Your e-mail address")


@routes.public
def start(request: Any) -> HttpResponse:
    """To the door of whoever comes: first visit, sign-in, or their workspace."""
    if not queries.has_anybody():
        return redirect("console:welcome")
    if not request.user.is_authenticated:
        return redirect("account_login")
    places = queries.places(request.user)
    if len(places) == 1:
        return redirect("console:home", slug=places[0].workspace.slug)
    return redirect("console:workspaces")


@routes.public
@never_cache
def welcome(request: Any) -> HttpResponse:
    """The first visit makes the owner; afterwards this page is closed."""
    if queries.has_anybody():
        return redirect("console:start")
    form = FirstOwner(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits.count(_OPENINGS, request.META["REMOTE_ADDR"], now=request.now)
        try:
            workspace = workspaces.first(by=form.cleaned_data["email"], now=request.now)
            person = logins.make_owner(**form.cleaned_data, workspace=workspace, now=request.now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            login(request, person, backend=_BACKEND)
            return redirect("console:home", slug=workspace.slug)
    status = 422 if form.is_bound else 200
    return render(request, "console/people/welcome.html", {"form": form}, status=status)


@routes.public
@never_cache
def invitation(request: Any, secret: str) -> HttpResponse:
    """Open an invitation's link. Looking at it uses nothing up: the form does."""
    limits.count(_OPENINGS, request.META["REMOTE_ADDR"], now=request.now)
    found = invitations.find(secret, now=request.now)
    has_login = Person.objects.filter(email=found.email).exists()
    form = NewLogin(request.POST or None)
    context = {"invitation": found, "has_login": has_login, "form": form}
    if request.method == "POST":
        try:
            if request.user.is_authenticated:
                workspace = invitations.accept(secret, person=request.user, now=request.now)
                return redirect("console:home", slug=workspace.slug)
            if not has_login and form.is_valid():
                person = invitations.accept_as_new(secret, **form.cleaned_data, now=request.now)
                login(request, person, backend=_BACKEND)
                return redirect("console:home", slug=found.workspace.slug)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    return render(request, "console/people/invitation.html", context, status=status)


@routes.signed_in
def choose(request: Any) -> HttpResponse:
    """The workspaces of the person."""
    return render(
        request, "console/people/workspaces.html", {"places": queries.places(request.user)}
    )

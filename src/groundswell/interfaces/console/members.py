"""Settings: who belongs to the workspace, who is invited, and what programs may come in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from groundswell.interfaces.console import settings
from groundswell.interfaces.http import routes
from groundswell.people import policy, queries
from groundswell.people.actions import invitations, limits, members, tokens
from groundswell.people.policy import MEANING, RIGHTS, Action, Role
from groundswell.terms.errors import Refusal

_DAYS = ((30, "30 days"), (90, "90 days"), (365, "a year"), (0, "never"))


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(max_length=254, label="E-mail address")
    role = forms.ChoiceField()

    def __init__(self, *args: Any, actor: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_to_give(actor)  # type: ignore[attr-defined]


def roles_to_give(actor: Role) -> list[tuple[str, str]]:
    """Roles that a member may give, with what each means; only an owner makes owners."""
    return [
        (role.value, f"{role.label}: {MEANING[role]}")
        for role in Role
        if role is not Role.OWNER or actor is Role.OWNER
    ]


@routes.needs(Action.MEMBERS_READ)
def members_page(request: Any) -> HttpResponse:
    """Members and open invitations."""
    return _members(request, InvitationForm(actor=request.desk.role, initial={"role": "editor"}))


@routes.needs(Action.MEMBERS_MANAGE)
@require_POST
def invite(request: Any) -> HttpResponse:
    """Invite somebody, and show the link once."""
    desk = request.desk
    form = InvitationForm(request.POST, actor=desk.role)
    if not form.is_valid():
        return _members(request, form, status=422)
    try:
        limits.count_inside(limits.INVITATIONS, str(desk.workspace.id), now=request.now)
        invitation, secret = invitations.invite(
            workspace=desk.workspace,
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            actor=desk.role,
            by=desk.by,
            now=request.now,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _members(request, form, status=422)
    link = request.build_absolute_uri(reverse("console:invitation", kwargs={"secret": secret}))
    fresh = InvitationForm(actor=desk.role, initial={"role": "editor"})
    return _members(request, fresh, made={"email": invitation.email, "link": link})


@routes.needs(Action.MEMBERS_MANAGE)
@require_POST
def revoke_invitation(request: Any, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = queries.invitation(invitation_id)
    invitations.revoke(invitation=invitation, by=request.desk.by, now=request.now)
    messages.success(request, f"The invitation of {invitation.email} was withdrawn.")
    return _back(request)


@routes.needs(Action.MEMBERS_MANAGE)
@require_POST
def set_role(request: Any, member_id: UUID) -> HttpResponse:
    """Give a member another role."""
    wanted = request.POST.get("role", "")
    if wanted not in Role.values:
        messages.error(request, f"There is no role {wanted[:20]!r}: choose one of the list.")
        return _back(request)
    member = queries.member(member_id)
    try:
        members.set_role(
            member=member,
            role=Role(wanted),
            actor=request.desk.role,
            by=request.desk.by,
            now=request.now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The role was changed. It holds from the next click on.")
    return _back(request)


@routes.needs(Action.MEMBERS_MANAGE)
@require_POST
def remove(request: Any, member_id: UUID) -> HttpResponse:
    """Take a member out."""
    member = queries.member(member_id)
    try:
        members.remove(member=member, actor=request.desk.role, by=request.desk.by, now=request.now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The member was removed, and their tokens ended.")
    return _back(request)


class TokenForm(forms.Form):
    """What a token is for, what it may do, and until when."""

    name = forms.CharField(max_length=100, help_text="What it is for, such as “nightly export”.")
    scopes = forms.MultipleChoiceField(
        label="It may", widget=forms.CheckboxSelectMultiple, help_text="Give as little as it needs."
    )
    days = forms.TypedChoiceField(label="It ends after", coerce=int, choices=_DAYS, initial=90)

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (action.value, RIGHTS[action]) for action in Action if policy.may(role, action)
        ]


@routes.needs(Action.TOKENS_MANAGE)
def tokens_page(request: Any) -> HttpResponse:
    """The workspace's tokens."""
    return _tokens(request, TokenForm(role=request.desk.role))


@routes.needs(Action.TOKENS_MANAGE)
@require_POST
def make_token(request: Any) -> HttpResponse:
    """Make a token, and show it once."""
    desk = request.desk
    form = TokenForm(request.POST, role=desk.role)
    if not form.is_valid():
        return _tokens(request, form, status=422)
    given = form.cleaned_data
    try:
        token, secret = tokens.make(
            workspace=desk.workspace,
            person=desk.person,
            role=desk.role,
            name=given["name"],
            scopes=[Action(scope) for scope in given["scopes"]],
            expires_at=request.now + timedelta(days=given["days"]) if given["days"] else None,
            now=request.now,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _tokens(request, form, status=422)
    return _tokens(request, TokenForm(role=desk.role), made={"name": token.name, "secret": secret})


@routes.needs(Action.TOKENS_MANAGE)
@require_POST
def revoke_token(request: Any, token_id: UUID) -> HttpResponse:
    """End a token."""
    token = queries.token(token_id)
    tokens.revoke(token=token, by=request.desk.by, now=request.now)
    messages.success(request, f"The token {token.name!r} was revoked and opens nothing any more.")
    return redirect("console:settings_tokens", slug=request.desk.workspace.slug)


def _members(
    request: Any, form: InvitationForm, *, made: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "members": queries.members(),
        "invitations": queries.open_invitations(),
        "roles": [(role, role.label) for role in Role],
        "made": made,
        "meanings": [(role.label, MEANING[role]) for role in Role],
    }
    return settings.page(request, "members", context, status=status)


def _tokens(
    request: Any, form: TokenForm, *, made: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "tokens": queries.tokens(), "made": made}
    return settings.page(request, "tokens", context, status=status)


def _back(request: Any) -> HttpResponse:
    return redirect("console:settings_members", slug=request.desk.workspace.slug)

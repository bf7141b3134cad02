"""How allauth signs people in here: by invitation only, within exact limits, secrets sealed."""

import base64
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.http import HttpRequest, HttpResponse

from groundswell.interfaces.http import problems
from groundswell.people.actions import limits
from groundswell.people.actions.limits import Limit, TooOften
from groundswell.workspaces import keys

PER_ADDRESS = Limit("tries to sign in with this address", tries=10, seconds=300)
PER_CALLER = Limit("tries to sign in from your network", tries=50, seconds=300)
PER_SECOND_FACTOR = Limit("tries of a second factor", tries=10, seconds=300)
PER_MAIL = Limit("mails to this address", tries=5, seconds=3600)


class Accounts(DefaultAccountAdapter):
    """Sign-in by e-mail and password. Nobody signs up: people are invited."""

    # allauth's own counters go by a cache, which does not count exactly: `Limited` does.
    _login_failed_rl_usage = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an invitation or the first visit makes a login."""
        del request
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing more: the try was counted when it arrived."""


class SecondFactors(DefaultMFAAdapter):
    """Second factors, their secrets sealed with the installation's key."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what ``encrypt`` sealed."""
        return _sealer().decrypt(encrypted_text.encode()).decode()


class Limited:
    """Counts each try to get in, before anything is looked at, so that no guess is free."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer one request, unless its kind was tried too often."""
        if request.method == "POST" and request.path_info.startswith("/accounts/"):
            try:
                for limit, subject in _subjects(request):
                    limits.count(limit, subject, now=request.now)
            except TooOften as refusal:
                return problems.of_refusal(request, refusal)
        return self.get_response(request)


def _subjects(request: Any) -> list[tuple[Limit, str]]:
    """What a form of a sign-in page counts against."""
    page = request.path_info.removeprefix("/accounts/").strip("/")
    address = request.POST.get("email") or request.POST.get("login") or ""
    network = request.META["REMOTE_ADDR"]
    if page == "login":
        return [(PER_CALLER, network), (PER_ADDRESS, address.strip().lower())]
    if page == "password/reset":
        return [(PER_CALLER, network), (PER_MAIL, address.strip().lower())]
    if "authenticate" in page or "webauthn/login" in page:
        waiting = request.session.get("account_login") or {}
        whose = waiting.get("user_pk") or request.session.get("_auth_user_id") or network
        return [(PER_CALLER, network), (PER_SECOND_FACTOR, str(whose))]
    return []


def _sealer() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.installation_key("second factors")))

"""Coming in and going out: invitations, codes, passkeys, sessions."""

import base64
import hashlib
import hmac
import re
import struct
import time

from playwright.sync_api import BrowserContext, expect

from tests.browser.console import FULL, PASSWORD, Console
from tests.browser.visitor import Visitor, window

STEP = 30


def test_a_colleague_accepts_an_invitation_and_signs_in_by_code_and_by_passkey(
    visitor, fresh, console
):
    address = f"ada-{time.monotonic_ns()}@agency.example"
    link = invite(visitor, address)

    ada = accept(window(fresh(), console.address, FULL), link)
    secret = set_up_codes(ada)
    sign_out(ada)
    sign_in_with_code(ada, address, secret)
    add_passkey(ada)
    sign_out(ada)
    sign_in_with_passkey(ada)

    # The link has done its work.
    late = window(fresh(), console.address, FULL)
    assert late.page.goto(link).status == 410


def invite(visitor: Visitor, address: str) -> str:
    page = visitor.page
    visitor.open("settings/members")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Role", exact=True).last.select_option("editor")
    page.locator("form", has=page.get_by_label("E-mail address")).get_by_role("button").click()
    link = re.search(r"http://\S+/invitations/[\w-]+", page.content())
    assert link is not None
    visitor.check()
    return link[0]


def accept(visitor: Visitor, link: str) -> Visitor:
    page = visitor.page
    page.goto(link)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Password").fill("short")
    visitor.press("Join")
    expect(page.locator(".field-error")).to_contain_text("12")
    expect(page.get_by_label("Your name")).to_have_value("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Join")
    page.wait_for_url(f"**/w/{FULL}/")
    visitor.check()
    return visitor


def set_up_codes(visitor: Visitor) -> str:
    page = visitor.page
    visitor.visit("/accounts/2fa/totp/activate/")
    confirm_password(visitor)
    secret = page.locator("#authenticator_secret").input_value()
    visitor.check()
    page.get_by_label("code").fill("000000")
    visitor.press("Activate")
    expect(page.locator(".field-error").first).to_be_visible()
    page.get_by_label("code").fill(code(secret))
    visitor.press("Activate")
    expect(page).to_have_url(re.compile("recovery-codes|2fa/$"))
    visitor.check()
    return secret


def confirm_password(visitor: Visitor) -> None:
    """Only when the page asks for it."""
    if "reauthenticate" in visitor.page.url:
        visitor.page.get_by_label("Password").fill(PASSWORD)
        visitor.page.locator("main button[type=submit]").first.click()


def code(secret: str) -> str:
    """What an authenticator shows now (RFC 6238), in a step that the server hasn't seen."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // STEP), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_out(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    page.locator("button.person").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    # The back button shows nothing of what was there.
    page.go_back()
    expect(page.locator(".side")).to_have_count(0)


def sign_in_with_code(visitor: Visitor, address: str, secret: str) -> None:
    page = visitor.page
    used = code(secret)
    visitor.visit("/accounts/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/**")
    visitor.check()
    page.get_by_label("code").fill("000000")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".field-error").first).to_be_visible()
    # A code is good once: the one that set it up is not taken again within its half minute.
    while code(secret) == used:
        time.sleep(0.2)
    page.get_by_label("code").fill(code(secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**/w/{FULL}/")


def add_passkey(visitor: Visitor) -> None:
    page = visitor.page
    authenticator(page.context, visitor)
    visitor.visit("/accounts/2fa/webauthn/add/")
    confirm_password(visitor)
    page.get_by_label("Name").fill("Ada's key")
    box = page.get_by_label(re.compile("passwordless", re.IGNORECASE))
    if box.count():
        box.check()
    visitor.check()
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    visitor.visit("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Ada's key")
    expect(page.locator("main")).to_contain_text("passkey")
    visitor.check()
    for name in ("Rename", "Remove"):
        page.get_by_role("link", name=name).click()
        visitor.check()
        page.go_back()


def authenticator(context: BrowserContext, visitor: Visitor) -> None:
    """A key in the machine, which says yes to all that it is asked."""
    session = context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in_with_passkey(visitor: Visitor) -> None:
    visitor.visit("/accounts/login/")
    visitor.page.get_by_role("button", name="Sign in with a passkey").click()
    visitor.page.wait_for_url(f"**/w/{FULL}/")
    visitor.check()


def test_signing_out_everywhere_else_ends_the_other_browser(fresh, console: Console):
    here, there = (enter_as_finance(fresh(), console) for _ in range(2))
    here.visit("/accounts/sessions/")
    here.check()
    here.press("Sign out everywhere else")
    expect(here.page.locator("main tbody tr")).to_have_count(1)

    there.open()
    here.open()

    expect(there.page).to_have_url(re.compile("/accounts/login/"))
    expect(here.page).to_have_url(re.compile(f"/w/{FULL}/"))
    here.check()


def enter_as_finance(context: BrowserContext, console: Console) -> Visitor:
    visitor = window(context, console.address, FULL)
    visitor.visit("/accounts/login/")
    visitor.page.get_by_label("Email").fill(f"finance@{FULL}.example")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.wait_for_url(f"**/w/{FULL}/")
    return visitor


def test_a_form_sent_after_signing_out_leads_to_the_door(enter):
    visitor = enter("approver")
    visitor.open("lists")
    visitor.page.get_by_label("Name of a new list").fill("Kept?")
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.locator("button.person").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/accounts/login/**")

    visitor.press("New list")

    expect(visitor.page.locator("main")).to_contain_text(re.compile("sign in", re.IGNORECASE))
    assert visitor.problems == []

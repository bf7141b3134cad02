"""The same form sent twice in the same instant: done once, or said twice, and never a failure."""

import time

import pytest

from tests.browser.visitor import Visitor

# New in each run, so that a console can be visited again.
NEW = f"Twice {time.monotonic_ns()}"
CONTACT = {"channel": "other", "address": f"{NEW} & Co", "consent": "unknown"}
SEEN = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll(".visually-hidden").forEach((element) => element.remove());
  return main.textContent;
}"""
INVITED = {"email": f"{NEW.replace(' ', '-').lower()}@x.example", "role": "viewer"}
# Both requests leave before either is answered.
TWICE = """async ([action, fields]) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = () => new URLSearchParams({...fields, csrfmiddlewaretoken: token});
  const send = () => fetch(action, {method: "POST", body: body()});
  const answers = await Promise.all([send(), send()]);
  return answers.map((answer) => answer.status).sort();
}"""


@pytest.mark.parametrize(
    ("page", "action", "fields", "often"),
    [
        ("lists", "lists/create", {"name": NEW}, 1),
        ("lists", "searches/save", {"name": NEW, "q": "twice"}, 1),
        ("settings/members", "settings/members/invite", INVITED, 1),
        ("creator", "tags/add", {"name": NEW}, 1),
        ("creator", "contacts", CONTACT, 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_two_at_once_leave_one(visitor: Visitor, console, page, action, fields, often):
    here = f"creators/{console.ids[visitor.workspace]['creator_id']}"
    shown = here if page == "creator" else page
    target = f"{here}/{action}" if page == "creator" else action
    visitor.open(shown)

    statuses = visitor.page.evaluate(TWICE, [f"/w/{visitor.workspace}/{target}", fields])

    assert max(statuses) < 500
    assert min(statuses) == 200
    visitor.open({"searches/save": "searches"}.get(action, shown))
    text = fields.get("address") or fields.get("email") or fields["name"]
    assert visitor.page.evaluate(SEEN).count(text) == often


def test_a_brief_sent_twice_is_planned_once(visitor: Visitor):
    visitor.open("plans/new")
    key = visitor.page.locator("[name=key]").first.input_value()
    fields = {
        "key": key,
        "name": NEW,
        "objective": "reach",
        "budget.amount": "5000",
        "budget.currency": "USD",
        "start": "2027-03-01",
        "end": "2027-04-30",
    }

    visitor.page.evaluate(TWICE, [f"/w/{visitor.workspace}/plans/new", fields])

    visitor.open("plans")
    assert visitor.page.get_by_role("link", name=NEW).count() == 1
    visitor.check()

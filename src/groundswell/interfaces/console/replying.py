"""Right of reply: what is said of a creator, for the creator, without a login."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from groundswell.interfaces.http import routes
from groundswell.people.actions import limits
from groundswell.people.actions.limits import Limit
from groundswell.vetting import reviews, sources
from groundswell.vetting.actions import replies
from groundswell.vetting.models import Reply, ReplyLink
from groundswell.workspaces import access

_OPENINGS = Limit("tries to open a link from your network", tries=60, seconds=300)
_ANSWERS = Limit("answers from your network", tries=20, seconds=3_600)


class ReplyForm(forms.Form):
    """An answer, in plain text."""

    text = forms.CharField(
        label="Your answer",
        max_length=replies.LONGEST,
        help_text=f"Plain text, at most {replies.LONGEST:,} characters. It is stored beside what "
        "you see here, and shown to those who decide.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@routes.public
@never_cache
def reply(request: Any, reply_secret: str) -> HttpResponse:
    """Read what is said, and answer."""
    limits.count(_OPENINGS, request.META["REMOTE_ADDR"], now=request.now)
    link = replies.find(reply_secret, now=request.now)
    form = ReplyForm(request.POST or None)
    if request.method == "POST":
        limits.count(_ANSWERS, request.META["REMOTE_ADDR"], now=request.now)
        if form.is_valid():
            try:
                replies.answer(reply_secret, **form.cleaned_data, now=request.now)
            except replies.BadReply as refusal:
                form.add_error("text", str(refusal))
            else:
                return _unlisted(redirect(f"{request.path}?sent=1"))
    with access.inside(link.workspace):
        context = _context(request, link, form)
    # Drawn outside: a visitor who happens to be signed in is nobody in that workspace.
    status = 422 if form.is_bound and form.errors else 200
    with timezone.override(link.workspace.time_zone):
        return _unlisted(render(request, "console/reviews/reply.html", context, status=status))


def _context(request: Any, link: ReplyLink, form: ReplyForm) -> dict[str, Any]:
    answer = replies.opened(link, now=request.now)
    kept = answer.review
    decided = reviews.decisions(answer.account)
    return {
        "workspace_name": link.workspace.name,
        "link": link,
        "answer": answer,
        "signals": reviews.present(kept) if kept else (),
        "decision": decided[0] if decided else None,
        "sources": sources.of(answer.account, now=request.now),
        "sent": list(Reply.objects.filter(link=link).order_by("replied_at", "id")),
        "most": replies.MOST,
        "form": form,
        "is_sent": "sent" in request.GET,
    }


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response

"""The creator page: when the creator was contacted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from groundswell.creators import records
from groundswell.creators.actions import outreach
from groundswell.interfaces.console import creators, keeping
from groundswell.interfaces.console.keeping_forms import OutreachForm
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def add(request: Any, creator_id: UUID) -> HttpResponse:
    """Note that a creator was contacted."""
    shown = records.creator(creator_id)
    form = OutreachForm(request.POST, auto_id="outreach-%s")
    if form.is_valid():
        try:
            outreach.record(
                creator=shown, **form.cleaned_data, by=request.desk.by, now=request.desk.now
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The contact was noted.")
            return keeping.back(request, shown, "outreach")
    return creators.page(request, shown, forms={"outreach_form": form}, status=422)


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def remove(request: Any, creator_id: UUID, outreach_id: UUID) -> HttpResponse:
    """Take a contact away that never was."""
    shown = records.creator(creator_id)
    kept = records.outreach(shown, outreach_id)
    outreach.remove(outreach=kept, by=request.desk.by, now=request.desk.now)
    return keeping.back(request, shown, "outreach", removed=f"contact:{kept.id}")


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def put_back(request: Any, creator_id: UUID, outreach_id: UUID) -> HttpResponse:
    """Undo that."""
    shown = records.creator(creator_id)
    kept = records.outreach(shown, outreach_id)
    outreach.put_back(outreach=kept, by=request.desk.by, now=request.desk.now)
    messages.success(request, "The contact is back.")
    return keeping.back(request, shown, "outreach")

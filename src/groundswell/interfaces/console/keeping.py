"""What the creator page writes: notes, tags, contacts, prices, files, and a merge undone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from groundswell.creators import queries, records
from groundswell.creators.actions import attachments, contacts, duplicates, notes, rates, tags
from groundswell.creators.models import Creator
from groundswell.interfaces.console import creators
from groundswell.interfaces.console.keeping_forms import (
    ContactForm,
    FileForm,
    NoteForm,
    PriceForm,
    TagForm,
)
from groundswell.interfaces.http import routes
from groundswell.people.actions import limits
from groundswell.people.actions.limits import Limit
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.formats import Format
from groundswell.terms.money import Money

_UPLOADS = Limit("files of this workspace", tries=500, seconds=86_400)
_FURTHEST = timedelta(days=3650)  # of a price's first day from today


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def write_note(request: Any, creator_id: UUID) -> HttpResponse:
    """Write a note."""
    shown = records.creator(creator_id)
    form = NoteForm(request.POST, auto_id="note-%s")
    if form.is_valid():
        try:
            notes.write(creator=shown, text=form.cleaned_data["text"], **_author(request))
        except Refusal as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, "The note was kept.")
            return back(request, shown, "notes")
    return creators.page(request, shown, forms={"note_form": form}, status=422)


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def change_note(request: Any, creator_id: UUID, note_id: UUID) -> HttpResponse:
    """Give one's own note another text."""
    shown = records.creator(creator_id)
    note = records.note(shown, note_id)
    form = NoteForm(request.POST, auto_id="change-%s")
    if form.is_valid():
        try:
            notes.change(note=note, text=form.cleaned_data["text"], **_author(request))
        except Refusal as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, "The note was changed.")
            return back(request, shown, "notes")
    sent = {"change_form": form, "changed_note": note.id}
    return creators.page(request, shown, forms=sent, status=422)


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def remove_note(request: Any, creator_id: UUID, note_id: UUID) -> HttpResponse:
    """Take one's own note away."""
    shown = records.creator(creator_id)
    note = records.note(shown, note_id)
    try:
        notes.remove(note=note, **_author(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return back(request, shown, "notes")
    return back(request, shown, "notes", removed=f"note:{note.id}")


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def put_note_back(request: Any, creator_id: UUID, note_id: UUID) -> HttpResponse:
    """Undo that."""
    shown = records.creator(creator_id)
    try:
        notes.put_back(note=records.note(shown, note_id), **_author(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The note is back.")
    return back(request, shown, "notes")


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def add_tag(request: Any, creator_id: UUID) -> HttpResponse:
    """Tag a creator."""
    shown = records.creator(creator_id)
    form = TagForm(request.POST, auto_id="tag-%s")
    if form.is_valid():
        try:
            tags.add(creator=shown, name=form.cleaned_data["name"], **_by(request))
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            return back(request, shown, "tags")
    return creators.page(request, shown, forms={"tag_form": form}, status=422)


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def remove_tag(request: Any, creator_id: UUID) -> HttpResponse:
    """Take a tag off."""
    shown = records.creator(creator_id)
    tags.remove(creator=shown, name=request.POST.get("name", "")[:200], **_by(request))
    return back(request, shown, "tags")


@require_POST
@routes.needs(Action.CONTACTS_EDIT)
def add_contact(request: Any, creator_id: UUID) -> HttpResponse:
    """Add a contact, or say more of one that is there."""
    shown = records.creator(creator_id)
    form = ContactForm(request.POST, auto_id="contact-%s")
    if form.is_valid():
        given = form.cleaned_data
        details = {
            "city": given["city"] or None,
            "consent": given["consent"],
            "preferred": given["preferred"] or None,
        }
        try:
            contacts.add(
                creator=shown,
                channel=given["channel"],
                address=given["address"],
                details=details,
                **_by(request),
            )
        except Refusal as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, "The contact was kept, encrypted.")
            return back(request, shown, "contacts")
    return creators.page(request, shown, forms={"contact_form": form}, status=422)


@require_POST
@routes.needs(Action.CONTACTS_EDIT)
def prefer_contact(request: Any, creator_id: UUID, contact_id: UUID) -> HttpResponse:
    """Say that the creator prefers a contact, or no longer does."""
    shown = records.creator(creator_id)
    for contact, address in queries.contacts_of(shown):
        if contact.id == contact_id:
            contacts.add(
                creator=Creator.objects.get(id=contact.origin_id),
                channel=contact.channel,
                address=address,
                details={"preferred": not contact.preferred},
                **_by(request),
            )
    return back(request, shown, "contacts")


@require_POST
@routes.needs(Action.CONTACTS_EDIT)
def remove_contact(request: Any, creator_id: UUID, contact_id: UUID) -> HttpResponse:
    """Forget a contact."""
    shown = records.creator(creator_id)
    for contact, address in queries.contacts_of(shown):
        if contact.id == contact_id:
            contacts.remove(creator=shown, channel=contact.channel, address=address, **_by(request))
            messages.success(request, "The contact was forgotten.")
    return back(request, shown, "contacts")


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def set_price(request: Any, creator_id: UUID) -> HttpResponse:
    """Note what one piece costs."""
    shown = records.creator(creator_id)
    accounts = {str(one.id): one for one in queries.accounts_of(shown)}
    form = PriceForm(request.POST, auto_id="price-%s", accounts=list(accounts.values()))
    if form.is_valid():
        given = form.cleaned_data
        try:
            if abs(given["valid_from"] - request.now.date()) > _FURTHEST:
                raise rates.BadPrice(
                    f"a price can't hold from {given['valid_from']}: mend the year"
                )
            rates.set_price(
                account=accounts[given["account"]],
                kind=Format(given["format"]),
                price=Money.of(given["amount"], given["currency"].upper()),
                valid_from=given["valid_from"],
                **_by(request),
            )
        except (Refusal, ValueError) as refusal:
            form.add_error("amount", str(refusal))
        else:
            messages.success(request, "The price was kept.")
            return back(request, shown, "prices")
    return creators.page(request, shown, forms={"price_form": form}, status=422)


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def add_file(request: Any, creator_id: UUID) -> HttpResponse:
    """Keep a file."""
    shown = records.creator(creator_id)
    form = FileForm(request.POST, request.FILES, auto_id="file-%s")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            limits.count_inside(_UPLOADS, str(request.desk.workspace.id), now=request.now)
            attachments.add(
                creator=shown,
                purpose=form.cleaned_data["purpose"],
                name=file.name,
                content=file.read(),
                **_by(request),
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "The file was kept.")
            return back(request, shown, "files")
    return creators.page(request, shown, forms={"file_form": form}, status=422)


@routes.needs(Action.CREATORS_READ)
def file(request: Any, creator_id: UUID, file_id: UUID) -> HttpResponse | FileResponse:
    """Save a file: it is never shown as a page of ours."""
    del request
    kept = records.file(records.creator(creator_id), file_id)
    if kept.removed_at is not None:
        raise records.UnknownFile(f"{kept.name!r} was removed: put it back first")
    try:
        content = attachments.path_of(kept).open("rb")
    except FileNotFoundError:
        raise records.UnknownFile(
            f"the content of {kept.name!r} is missing on the disk: restore it from a backup"
        ) from None
    response = FileResponse(
        content, as_attachment=True, filename=kept.name, content_type=kept.media_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def remove_file(request: Any, creator_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file away."""
    shown = records.creator(creator_id)
    kept = records.file(shown, file_id)
    attachments.remove(attachment=kept, **_by(request))
    return back(request, shown, "files", removed=f"file:{kept.id}")


@require_POST
@routes.needs(Action.CREATORS_EDIT)
def put_file_back(request: Any, creator_id: UUID, file_id: UUID) -> HttpResponse:
    """Undo that."""
    shown = records.creator(creator_id)
    attachments.put_back(attachment=records.file(shown, file_id), **_by(request))
    messages.success(request, "The file is back.")
    return back(request, shown, "files")


@require_POST
@routes.needs(Action.DUPLICATES_DECIDE)
def unmerge(request: Any, creator_id: UUID, absorbed_id: UUID) -> HttpResponse:
    """Part a creator again who was merged into this one."""
    shown = records.creator(creator_id)
    absorbed = queries.absorbed_by(shown).filter(id=absorbed_id).first()
    if absorbed is None:
        messages.error(request, "They are two creators already.")
    else:
        duplicates.unmerge(creator=absorbed, **_by(request))
        messages.success(request, f"{absorbed.name} is a creator of their own again.")
    return back(request, shown, "")


def _by(request: Any) -> dict[str, Any]:
    return {"by": request.desk.by, "now": request.now}


def _author(request: Any) -> dict[str, Any]:
    return {"author": request.desk.person.id, **_by(request)}


def back(request: Any, shown: Creator, part: str, *, removed: str = "") -> HttpResponse:
    """To the page, at the part that was changed, with the account that was looked at."""
    address = routes.url(request, "console:creator", creator_id=shown.id)
    account = request.GET.get("account", "")
    kept = {"account": account if _is_id(account) else "", "removed": removed}
    query = "&".join(f"{name}={value}" for name, value in kept.items() if value)
    response = redirect(f"{address}{'?' if query else ''}{query}{'#' if part else ''}{part}")
    response.status_code = 303
    return response


def _is_id(written: str) -> bool:
    try:
        UUID(written)
    except ValueError:
        return False
    return True

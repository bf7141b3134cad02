"""Forms of the creator page: note, tag, contact, price, file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from groundswell.creators import documents
from groundswell.creators.actions import notes, outreach, tags
from groundswell.creators.choices import Channel, Consent, Medium, Purpose
from groundswell.creators.models import Account
from groundswell.terms.formats import Format

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NoteForm(forms.Form):
    """What a member writes about a creator."""

    text = forms.CharField(
        label="Note",
        max_length=notes.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": notes.LONGEST}),
    )


class TagForm(forms.Form):
    """A word of the workspace's own."""

    name = forms.CharField(
        label="Tag",
        max_length=tags.LONGEST,
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
    )


class ContactForm(forms.Form):
    """How to reach a creator."""

    channel = forms.ChoiceField(choices=Channel.choices)
    address = forms.CharField(
        max_length=500,
        help_text="E-mail address, number, or the name of an agent. It is kept encrypted.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    city = forms.CharField(max_length=255, required=False)
    consent = forms.ChoiceField(
        label="Consent to be written to", choices=Consent.choices, initial=Consent.UNKNOWN
    )
    preferred = forms.BooleanField(required=False, label="The creator prefers it")


class PriceForm(forms.Form):
    """What one piece costs."""

    account = forms.ChoiceField()
    format = forms.ChoiceField(choices=[(kind.value, kind.value.capitalize()) for kind in Format])
    amount = forms.DecimalField(min_value=0, max_value=10**9, max_digits=12, decimal_places=3)
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        max_length=3,
        help_text="Such as USD.",
        error_messages={"invalid": "Three letters, such as USD."},
    )
    valid_from = forms.DateField(label="Holds from", widget=_DAY)

    def __init__(self, *args: Any, accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [  # type: ignore[attr-defined]
            (str(account.id), str(account)) for account in accounts
        ]


class OutreachForm(forms.Form):
    """When the creator was contacted."""

    day = forms.DateField(widget=_DAY)
    medium = forms.ChoiceField(label="By", choices=Medium.choices)
    contacted_by = forms.CharField(
        label="Who it was",
        required=False,
        max_length=outreach.LONGEST_NAME,
        help_text="Blank for yourself.",
    )
    note = forms.CharField(
        label="What it was about",
        required=False,
        max_length=outreach.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FileForm(forms.Form):
    """A file about a creator."""

    purpose = forms.ChoiceField(label="What it is", choices=Purpose.choices)
    file = forms.FileField(
        max_length=255,
        help_text=f"{', '.join(documents.TYPES)}; {documents.MOST_BYTES // 10**6} MB at most. "
        "Pictures are kept without their metadata.",
        widget=forms.ClearableFileInput(
            attrs={"accept": ",".join([*(f".{kind}" for kind in documents.TYPES), ".jpg"])}
        ),
    )

    def clean_file(self) -> Any:
        """A file that is too large is refused before it is read."""
        file = self.cleaned_data["file"]
        if file.size > documents.MOST_BYTES:
            most = documents.MOST_BYTES // 10**6
            raise forms.ValidationError(f"{file.size / 1e6:.1f} MB are too much: {most} MB at most")
        return file


def fresh(request: Any, accounts: Sequence[Account], sent: Mapping[str, Any]) -> dict[str, Any]:
    """All forms of the page: those that were sent and could not be done, and blank others."""
    workspace = request.desk.workspace
    price = {"currency": workspace.currency, "valid_from": _today(request)}
    blank = {
        "note_form": NoteForm(auto_id="note-%s"),
        "tag_form": TagForm(auto_id="tag-%s"),
        "contact_form": ContactForm(auto_id="contact-%s"),
        "price_form": PriceForm(auto_id="price-%s", accounts=accounts, initial=price),
        "file_form": FileForm(auto_id="file-%s"),
        "outreach_form": OutreachForm(auto_id="outreach-%s", initial={"day": _today(request)}),
        "change_form": None,
        "changed_note": None,
    }
    return {**blank, **sent}


def _today(request: Any) -> date:
    today: date = request.now.date()
    return today

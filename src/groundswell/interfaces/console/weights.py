"""Settings: how much each factor counts in the overall score."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from groundswell.interfaces.console import settings
from groundswell.interfaces.console.templatetags.console import words
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.factors import FactorName
from groundswell.vetting import formulas, weighing
from groundswell.vetting.actions import weights


class WeightsForm(forms.Form):
    """A weight for each factor, in any unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FactorName:
            self.fields[name.value] = forms.FloatField(
                label=words(name),
                min_value=0,
                max_value=weights.MOST,
                help_text=f"{formulas.QUESTIONS[name]} More {weighing.WHEN[name]}.",
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )


@routes.needs(Action.SETTINGS_READ)
def page(request: Any) -> HttpResponse:
    """The weights, what each share is, and when to change it."""
    return _page(request, _form())


@routes.needs(Action.SETTINGS_EDIT)
@require_POST
def change(request: Any) -> HttpResponse:
    """Set other weights; every overall score follows."""
    form = WeightsForm(request.POST)
    if form.is_valid():
        try:
            weights.set_weights(
                workspace=request.desk.workspace,
                weights=form.cleaned_data,
                by=request.desk.by,
                now=request.now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The weights were changed; every overall score follows.")
            return redirect("console:settings_weights", slug=request.desk.workspace.slug)
    return _page(request, form, status=422)


@routes.needs(Action.SETTINGS_EDIT)
@require_POST
def reset(request: Any) -> HttpResponse:
    """Let all factors count the same again."""
    weights.reset(workspace=request.desk.workspace, by=request.desk.by, now=request.now)
    messages.success(request, "All factors count the same again.")
    return redirect("console:settings_weights", slug=request.desk.workspace.slug)


def _form() -> WeightsForm:
    shares = {name.value: round(100 * share, 2) for name, share in weighing.weights().items()}
    return WeightsForm(initial=shares)


def _page(request: Any, form: WeightsForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "shares": weighing.weights().items(),
        "kept": weighing.kept(),
        "fewest": weighing.FEWEST,
        "needed": weighing.NEEDED,
    }
    return settings.page(request, "weights", context, status=status)

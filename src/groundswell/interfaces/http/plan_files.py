"""A plan to take away: its lines, its forecasts, its brief, and the whole of it as a document."""

import re
from typing import Any

from django.http import HttpResponse, JsonResponse

from groundswell.interfaces.http import exports, plan_pdf
from groundswell.planning import showing
from groundswell.planning.models import Plan
from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import Workspace

# What can be taken away, and as which kinds of file.
FILES = {
    "lines": ("csv", "xlsx"),
    "forecasts": ("csv", "xlsx"),
    "plan": ("pdf", "json"),
    "brief": ("toml",),
}


class UnknownFile(Refusal):
    """A file that no plan can be taken away as."""

    code = "unknown_plan_file"


def download(plan: Plan, what: str, kind: str, *, workspace: Workspace) -> HttpResponse:
    """The answer that saves a part of a plan as a file.

    Raises:
        UnknownFile: When there is no such part, or not as that kind of file.
    """
    if kind not in FILES.get(what, ()):
        known = ", ".join(f"{name}.{each}" for name, kinds in FILES.items() for each in kinds)
        raise UnknownFile(f"a plan can't be taken away as {what}.{kind}: use one of {known}")
    name = f"{plan.name}-{plan.version}-{what}"
    if what == "lines":
        rows = showing.line_rows(plan.document)
        return exports.download(kind, name, showing.LINE_COLUMNS, rows)
    if what == "forecasts":
        rows = showing.forecast_rows(plan.document)
        return exports.download(kind, name, showing.FORECAST_COLUMNS, rows)
    return _named(_whole(plan, kind, workspace), f"{name}.{kind}")


def _whole(plan: Plan, kind: str, workspace: Workspace) -> HttpResponse:
    if kind == "json":
        said: dict[str, Any] = {"plan": str(plan.id), **plan.document}
        return JsonResponse(said, json_dumps_params={"indent": 1})
    if kind == "toml":
        return HttpResponse(plan.brief_text, content_type="application/toml; charset=utf-8")
    return HttpResponse(plan_pdf.drawn(plan, workspace), content_type="application/pdf")


def _named(response: HttpResponse, name: str) -> HttpResponse:
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-").lower()[-90:]
    response["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response

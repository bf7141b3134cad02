"""Up to six accounts side by side."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.discovery import queries as discovery
from groundswell.interfaces.console import portraits
from groundswell.interfaces.console.charts import Chart, Kind, Point
from groundswell.interfaces.http import exports, routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import comparing, formulas
from groundswell.vetting.comparing import MOST, Seen, Side

_FOUND = 8
_LONGEST_TEXT = 200
_DIMENSIONS = (
    ("country", "Countries", "US GB"),
    ("gender", "Genders", "female"),
    ("age", "Ages", "25-34"),
    ("language", "Languages", "en"),
)


class TargetForm(forms.Form):
    """Whom the brand wants to reach: parts of each dimension, apart by blanks or commas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, example in _DIMENSIONS:
            self.fields[name] = forms.CharField(
                label=label,
                max_length=_LONGEST_TEXT,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": example, "autocomplete": "off"}),
            )

    def wanted(self) -> dict[str, list[str]]:
        """The parts by dimension; only those that were asked for."""
        if not self.is_valid():
            return {}
        split = {k: v.replace(",", " ").split() for k, v in self.cleaned_data.items()}
        return {name: values for name, values in split.items() if values}


@routes.needs(Action.CREATORS_READ)
def compare(request: Any) -> HttpResponse:
    """The table, and a search for somebody to add."""
    accounts, problem = _accounts(request)
    sides = comparing.sides(accounts)
    target = TargetForm(request.GET)
    target.is_valid()
    text = request.GET.get("find", "").strip()
    found, unreadable = _found(text, accounts)
    context = {
        "sides": sides,
        "factors": [
            (formula, [_factor(side, formula.factor) for side in sides])
            for formula in formulas.formulas()
        ],
        "rates": _rates(sides),
        "prices": [
            (kind, [side.prices.get(kind) for side in sides])
            for kind in sorted({kind for side in sides for kind in side.prices})
        ],
        "growth_start": _start([side.growth for side in sides]),
        "growth_end": _end([side.growth for side in sides]),
        "address": _address(request, accounts, target),
        "behind": f"?{_address(request, accounts, target).partition('?')[2]}",
        "without": [_address(request, accounts, target, without=one) for one in accounts],
        "target": target,
        "text": text[:_LONGEST_TEXT],
        "found": [(one, _address(request, [*accounts, one], target)) for one in found],
        "problem": problem or unreadable,
        "most": MOST,
        "is_full": len(accounts) >= MOST,
        "query": "",
    }
    status = 422 if problem else 200
    return render(request, "console/compare/page.html", context, status=status)


@routes.needs(Action.CREATORS_READ)
def seen(request: Any) -> HttpResponse:
    """Audiences, overlaps and sponsored posts: what has to be looked up in the observations."""
    accounts, _ = _accounts(request)
    if not accounts:
        return HttpResponse("")
    found = comparing.seen(accounts, now=request.now)
    wanted = TargetForm(request.GET).wanted()
    context = {
        "accounts": accounts,
        "targets": [_target(name, label, wanted[name], accounts, found)
                    for name, label, _ in _DIMENSIONS if name in wanted],
        "top": [(label, [_top(found, one, name) for one in accounts])
                for name, label, _ in _DIMENSIONS],
        "sponsored": [
            (found.sponsored_at[str(one.id)], found.posts[str(one.id)]) for one in accounts
        ],
        "overlaps": _matrix(accounts, found),
        "is_alone": len(accounts) == 1,
        "charts": [_engagement(comparing.sides(accounts))],
    }  # fmt: skip
    return render(request, "console/compare/seen.html", context)


@routes.needs(Action.DATA_EXPORT)
def export(request: Any, kind: str) -> HttpResponse:
    """The comparison as a file: one row for each account."""
    accounts, _ = _accounts(request)
    sides = comparing.sides(accounts)
    found = comparing.seen(accounts, now=request.now) if accounts else None
    wanted = TargetForm(request.GET).wanted()
    columns, rows = _table(sides, found, wanted)
    return exports.download(kind, "comparison", columns, rows)


def _accounts(request: Any) -> tuple[list[Account], str]:
    """The accounts that the address names, each once, and what is wrong with the address."""
    written = [
        name.strip()
        for given in (*request.GET.getlist("account"), *request.GET.getlist("accounts"))
        for name in given[:2000].split(",")
        if name.strip()
    ]
    names = list(dict.fromkeys(written))[: 2 * MOST]
    by_id = _by_ids(names)
    found: dict[UUID, Account] = {}
    problems = []
    for name in names:
        try:
            one = by_id.get(name) or queries.find_account(AccountRef.parse(name[:300]))
        except Refusal as refusal:
            problems.append(f"{refusal}.")
        else:
            found[one.id] = one
    if len(found) > MOST:
        problems.append(f"{len(found)} accounts are too many: the first {MOST} are shown.")
    return list(found.values())[:MOST], " ".join(problems)


def _by_ids(names: Sequence[str]) -> dict[str, Account]:
    """The accounts, after all merges, of those names that are ids."""
    wanted = {}
    for name in names:
        try:
            wanted[UUID(name)] = name
        except ValueError:
            continue
    found = Account.objects.filter(id__in=wanted).select_related("merged_into")
    return {wanted[one.id]: one.merged_into or one for one in found}


def _found(text: str, accounts: Sequence[Account]) -> tuple[list[Account], str]:
    """Accounts that could be added, for the words that were typed."""
    if not text:
        return [], ""
    if len(text) > _LONGEST_TEXT:
        return [], f"can't look for {len(text):,} characters: {_LONGEST_TEXT} at most."
    try:
        hits = discovery.search(text, limit=_FOUND + MOST, facets=()).hits
    except Refusal as refusal:
        return [], f"{refusal}."
    here = {one.id for one in accounts}
    wanted = [hit.uuid for hit in hits if hit.uuid not in here][:_FOUND]
    known = Account.objects.in_bulk(wanted)
    return [known[id_] for id_ in wanted if id_ in known], ""


def _address(
    request: Any,
    accounts: Sequence[Account],
    target: TargetForm,
    *,
    without: Account | None = None,
) -> str:
    """The comparison's address with these accounts and the same target."""
    pairs = [("account", str(one.id)) for one in accounts if one != without]
    pairs += [(k, " ".join(v)) for k, v in target.wanted().items()]
    return f"{routes.url(request, 'console:compare')}?{urlencode(pairs)}"


def _factor(side: Side, name: Any) -> Any:
    factors = side.answer.card.factors if side.answer else ()
    return next((factor for factor in factors if factor.name == name), None)


def _rate(side: Side, denominator: str) -> Estimate:
    for rate in side.answer.card.rates if side.answer else ():
        if (rate.denominator, rate.format) == (f"engagement_rate_by_{denominator}", "all"):
            return rate.estimate
    if side.answer is None:
        return Estimate.cannot_say("not vetted yet")
    return Estimate.cannot_say(f"no post with known engagement and known {denominator}")


def _rates(sides: Sequence[Side]) -> list[tuple[str, list[Estimate], float]]:
    """For each denominator the rates, and where their common scale ends."""
    found = []
    for name in formulas.denominators():
        row = [_rate(side, name) for side in sides]
        found.append((name, row, _end(row)))
    return found


def _start(row: Sequence[Estimate]) -> float:
    starts = [each.low if each.low is not None else each.value for each in row]
    return min((start for start in starts if start is not None), default=0.0)


def _end(row: Sequence[Estimate]) -> float:
    ends = [each.high if each.high is not None else each.value for each in row]
    return max((end for end in ends if end is not None), default=1.0) or 1.0


def _target(
    name: str, label: str, values: list[str], accounts: Sequence[Account], found: Seen
) -> tuple[str, str, list[Estimate]]:
    row = [found.in_target(one, name, values) for one in accounts]
    return label, ", ".join(portraits.named(name, value) for value in values), row


def _top(found: Seen, account: Account, dimension: str) -> list[tuple[str, float]]:
    parts = found.audience.get(str(account.id), {}).get(dimension, ())
    known = [(portraits.named(dimension, p.value), p.share) for p in parts if p.share is not None]
    return known[:3]


def _matrix(accounts: Sequence[Account], found: Seen) -> list[tuple[Account, list[Any]]]:
    """Rows and columns of the overlaps; None where an account meets itself."""
    by_pair = {(each.one.id, each.other.id): each for each in found.overlaps}
    return [(one, [by_pair.get((one.id, other.id)) for other in accounts]) for one in accounts]


def _engagement(sides: Sequence[Side]) -> Chart:
    points = [
        Point(f"By {name}", rate.value, rate.low, rate.high, series=str(side.account))
        for name, row, _ in _rates(sides)
        for side, rate in zip(sides, row, strict=True)
        if any(each.is_known for each in row)
    ]
    return Chart(
        "compared", Kind.BARS, "Engagement, on one scale", "Rate", "Engagement", points,
        unit="percent", empty="No post with known engagement is known of any of them.",
        note="Whiskers are 95% intervals. Where they overlap, the difference may be chance.",
    )  # fmt: skip


def _table(
    sides: Sequence[Side], found: Seen | None, wanted: dict[str, list[str]]
) -> tuple[list[str], list[list[Any]]]:
    unvetted = Estimate.cannot_say("not vetted yet")
    estimates: list[tuple[str, list[Estimate]]] = [
        ("growth_a_day", [s.growth for s in sides]),
        ("overall", [s.answer.overall.score if s.answer else unvetted for s in sides]),
    ]
    for name, row, _ in _rates(sides):
        estimates.append((f"engagement_rate_by_{name}", row))
    for formula in formulas.formulas():
        factors = [_factor(side, formula.factor) for side in sides]
        estimates.append((formula.factor.value, [f.score if f else unvetted for f in factors]))
    if found is not None:
        for name, values in wanted.items():
            row = [found.in_target(side.account, name, values) for side in sides]
            estimates.append((f"audience_{name}_{'_'.join(values)}", row))
    formats = sorted({kind for side in sides for kind in side.prices})
    columns = ["account", "followers", "tier", "country", "verdict"]
    columns += [f"{name}{end}" for name, _ in estimates for end in ("", "_low", "_high", "_n")]
    columns += ["sponsored_at", *(f"price_{kind}" for kind in formats), "currency"]
    rows = []
    for at, side in enumerate(sides):
        account = side.account
        verdict = str(side.answer.standing) if side.answer else None
        cells: list[Any] = [
            str(account), account.followers, side.tier, account.country, verdict,
        ]  # fmt: skip
        for _, row in estimates:
            cells += [row[at].value, row[at].low, row[at].high, row[at].n]
        cells.append(found.sponsored_at[str(account.id)] if found else None)
        prices = [side.prices.get(kind) for kind in formats]
        cells += [float(price.major) if price else None for price in prices]
        cells.append(", ".join(sorted({price.currency for price in prices if price})) or None)
        rows.append(cells)
    return columns, rows

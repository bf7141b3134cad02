"""Whether any portfolio keeps all limits; if none does, which of them conflict, and what would.

A cheap reckoning finds a portfolio nearly always. Where it finds none, an integer program decides
(HiGHS). Limits that can't be kept together are reduced to a smallest set by leaving out one after
the other as long as the rest still can't (the deletion filter of Chinneck and Dravnieks 1991), and
each of the set is moved as little as lets the set be kept.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from groundswell.engine.allocation import problem, search
from groundswell.engine.allocation.problem import NO_LIMIT, Limits, Offers, Quota
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.terms.errors import Refusal
from groundswell.terms.money import Money

_EACH_KIND = 500  # offers of the same quotas that the integer program looks at, cheapest first

_NODES = 20_000  # of the integer program
_CAP = "max_share_per_creator"


class Infeasible(Refusal):
    """No portfolio keeps all limits; the message names those that conflict, and what would do."""

    code = "infeasible_plan"

    def __init__(self, constraints: Sequence[str], conflict: str, advice: str) -> None:
        self.constraints = tuple(constraints)
        self.conflict = conflict
        super().__init__(f"no plan keeps {conflict}: {advice}")

    @property
    def constraint(self) -> str:
        """The first of those that conflict."""
        return self.constraints[0]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One limit: ``low <= rows @ offers <= high`` in each row, and how people call it."""

    key: str
    says: str
    rows: csr_array
    low: float = -np.inf
    high: float = np.inf
    is_money: bool = False


def started(offers: Offers, panel: Panel, limits: Limits) -> tuple[bool, Ints]:
    """Whether some portfolio keeps the limits, and one from which a search has to start.

    That is empty where the search keeps the minima by itself.
    """
    deals = problem.market(offers, panel, limits)
    bounds = limits.bounds(len(deals.first) - 1)
    planned = np.zeros(len(deals.cost), np.bool_)
    cost, missing = search.completion(deals, bounds, search.empty(deals, bounds), planned)
    if not missing and cost <= limits.budget.minor:
        return True, np.zeros(0, np.int64)
    few = _promising(offers, limits)
    found = _Program(offers.only(few), limits).solved()
    if found is None:
        return False, few[:0]
    return True, few[np.flatnonzero(found[: len(few)])]


def check(offers: Offers, panel: Panel, limits: Limits) -> Ints:
    """Refuse limits that no portfolio can keep; else like ``started``.

    Raises:
        Infeasible: Names the limits that conflict, and the nearest that can be kept.
    """
    is_possible, start = started(offers, panel, limits)
    if is_possible:
        return start
    program = _Program(offers.only(_promising(offers, limits)), limits)
    conflict = program.conflict()[::-1]
    mended = list(filter(None, (program.mended(rule, program.rules) for rule in conflict)))
    besides = "" if mended else ", and then mend the others, which conflict as well"
    mended = mended or list(filter(None, (program.mended(rule, conflict) for rule in conflict)))
    together = " together" if len(conflict) > 1 else ""
    advice = (" or ".join(mended) or "widen the filters") + besides
    raise Infeasible(
        [rule.key for rule in conflict],
        _listed([rule.says for rule in conflict]) + together,
        advice,
    )


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1]


def _promising(offers: Offers, limits: Limits) -> Ints:
    """Of offers that count for the same quotas the cheapest, the dearest and who must be in."""
    least = limits.count_min + len(limits.must_have) + sum(quota.min for quota in limits.quotas)
    many = max(_EACH_KIND, least)
    if len(offers.row) <= many:
        return np.arange(len(offers.row))
    _, kind = np.unique(offers.groups, axis=0, return_inverse=True)
    order = np.lexsort((offers.price_minor, kind.ravel()))
    size = np.bincount(kind.ravel())
    first = np.repeat(np.cumsum(size) - size, size)
    place = np.arange(len(order)) - first
    is_near = (place < many) | (place >= size[kind.ravel()[order]] - many // 5)
    return np.union1d(order[is_near], np.flatnonzero(np.isin(offers.creator, limits.must_have)))


class _Program:
    """The limits as an integer program: an offer is taken or not."""

    def __init__(self, offers: Offers, limits: Limits) -> None:
        self.limits = limits
        self.fee = offers.price_minor.astype(np.float64)
        self.offers = self.width = len(self.fee)
        self.creators, self.creator = np.unique(offers.creator, return_inverse=True)
        self.of_creator = self._rows(self.creator, np.arange(self.offers))
        self.fixed = [LinearConstraint(self.of_creator, -np.inf, limits.posts)]
        masks = [np.ones(self.offers, np.bool_), *offers.groups.T]
        counted = [self._counted(mask) for mask in masks]
        self.fixed = [LinearConstraint(self._wide(each.A), each.lb, each.ub) for each in self.fixed]
        self.rules = self._rules(masks, counted)

    def _rows(self, row: Ints, column: Ints, value: Floats | float = 1.0) -> csr_array:
        values = np.broadcast_to(value, len(row)).astype(np.float64)
        return csr_array((values, (row, column)), (int(row.max(initial=0)) + 1, self.width))

    def _wide(self, rows: csr_array) -> csr_array:
        """Rows with zeros for variables that came later."""
        return csr_array((rows.data, rows.indices, rows.indptr), (rows.shape[0], self.width))

    def _counted(self, mask: Bools) -> Ints:
        """Variables that count the creators of a group: with one post each, the offers."""
        offers = np.flatnonzero(mask)
        if self.limits.posts == 1:
            return offers
        who, place = np.unique(self.creator[offers], return_inverse=True)
        names = self.width + np.arange(len(who))
        self.width += len(who)
        step, ones = np.arange(len(offers)), np.ones(len(offers))
        is_in = self._rows(np.append(step, step), np.append(names[place], offers),
                           np.append(ones, -ones))  # fmt: skip
        is_out = self._rows(np.append(place, np.arange(len(who))), np.append(offers, names),
                            np.append(ones, -np.ones(len(who))))  # fmt: skip
        self.fixed += [LinearConstraint(rows, 0, np.inf) for rows in (is_in, is_out)]
        return names

    def _rules(self, masks: list[Bools], counted: list[Ints]) -> list[_Rule]:
        """From what is dropped first to what is dropped last, when limits conflict."""
        limits = self.limits
        budget = Money(limits.budget.minor, limits.budget.currency)
        spent = self._spent(np.arange(self.offers))
        rules = [_Rule("budget", f"a budget of {budget}", spent, high=budget.minor, is_money=True)]
        if limits.max_share < 1:
            rules.append(self._capped(limits.largest_fee_minor))
        count = Quota("count", limits.count_min, limits.count_max)
        quotas = zip((count, *limits.quotas), masks, counted, strict=True)
        for quota, mask, names in quotas:
            of = "" if quota is count else f" of {quota.name}"
            row = self._rows(np.zeros(len(names), np.int64), names)
            if quota.min:
                says = f"at least {_creators(quota.min)}{of}"
                rules.append(_Rule(f"{quota.name}.min", says, row, low=quota.min))
            if quota.max < NO_LIMIT:
                says = f"at most {_creators(quota.max)}{of}"
                rules.append(_Rule(f"{quota.name}.max", says, row, high=quota.max))
            rules += self._paid(quota, self._spent(np.flatnonzero(mask)))
        if limits.must_have:
            wanted = self.of_creator[np.isin(self.creators, limits.must_have)]
            says = f"the must_have {_creators(len(limits.must_have))}"
            rules.append(_Rule("must_have", says, self._wide(wanted), low=1))
        return rules

    def _spent(self, offers: Ints) -> csr_array:
        cost = self.fee[offers] + self.limits.handling_minor
        return self._rows(np.zeros(len(offers), np.int64), offers, cost)

    def _capped(self, fee: int) -> _Rule:
        money = Money(fee, self.limits.budget.currency)
        paid = self._rows(self.creator, np.arange(self.offers), self.fee)
        says = f"fees of at most {money} a creator ({self.limits.max_share:.4g} of the budget)"
        return _Rule(_CAP, says, paid, high=fee)

    def _paid(self, quota: Quota, spent: csr_array) -> list[_Rule]:
        currency, found = self.limits.budget.currency, []
        if quota.least_minor:
            says = f"at least {Money(quota.least_minor, currency)} for {quota.name}"
            key = f"{quota.name}.min_spend"
            found.append(_Rule(key, says, spent, low=quota.least_minor, is_money=True))
        if quota.most_minor < NO_LIMIT:
            says = f"at most {Money(quota.most_minor, currency)} for {quota.name}"
            key = f"{quota.name}.max_spend"
            found.append(_Rule(key, says, spent, high=quota.most_minor, is_money=True))
        return found

    def solved(
        self, rules: Sequence[_Rule] | None = None, aim: csr_array | None = None
    ) -> Ints | None:
        """Offers and counts of a portfolio that keeps rules, with the least of an aim; or None."""
        rules = self.rules if rules is None else rules
        limited = [LinearConstraint(rule.rows, rule.low, rule.high) for rule in rules]
        found = milp(
            np.zeros(self.width) if aim is None else aim.toarray()[0],
            integrality=np.ones(self.width),
            bounds=Bounds(0, 1),
            constraints=[*self.fixed, *limited],
            options={"mip_rel_gap": 0.0, "node_limit": _NODES},
        )
        return None if found.x is None else np.rint(found.x).astype(np.int64)

    def conflict(self) -> list[_Rule]:
        """Rules that can't be kept together, of which none could be left out for that."""
        kept = list(self.rules)
        for rule in self.rules:
            fewer = [other for other in kept if other is not rule]
            if self.solved(fewer) is None:
                kept = fewer
        return kept

    def mended(self, rule: _Rule, rules: Sequence[_Rule]) -> str | None:
        """How little one rule would have to move for the others to be kept, as advice."""
        others = [other for other in rules if other is not rule]
        if rule.key in ("budget", _CAP):
            return self._mended_by_money(rule.key, others)
        is_least = rule.low > -np.inf
        aim = csr_array(rule.rows.sum(axis=0).reshape(1, -1))
        found = self.solved(others, -aim if is_least else aim)
        if found is None:
            return None
        value = round(float((aim @ found)[0]))
        if rule.key == "must_have":
            out = int(np.sum(rule.rows @ found == 0))
            return f"drop {out:,} of must_have"
        if is_least and value < (rule.key == "count.min"):
            return None
        shown = str(Money(value, self.limits.budget.currency)) if rule.is_money else f"{value:,}"
        return f"{'lower' if is_least else 'raise'} {rule.key} to {shown}"

    def _mended_by_money(self, key: str, others: list[_Rule]) -> str | None:
        """The least budget, or the least share of it that one creator may get."""
        share, currency = self.limits.max_share, self.limits.budget.currency
        others = [rule for rule in others if rule.key != _CAP]
        fees = np.unique(self.fee) if share < 1 or key == _CAP else np.array([self.fee.sum()])
        low, high, least = 0, len(fees), math.inf
        while low < high:
            middle = (low + high) // 2
            found = self.solved([*others, self._capped(int(fees[middle]))], self.rules[0].rows)
            spent = math.inf if found is None else float((self.rules[0].rows @ found)[0])
            needed = math.ceil(fees[middle] / share) if share < 1 else 0
            if found is not None:
                least = min(least, max(spent, needed) if key == "budget" else fees[middle])
            is_enough = found is not None and (key == _CAP or spent <= needed)
            low, high = (low, middle) if is_enough else (middle + 1, high)
        if least == math.inf:
            return None
        if key == "budget":
            return f"raise the budget to {Money(int(least), currency)}"
        part = math.ceil(10_000 * least / self.limits.budget.minor) / 10_000
        return f"raise {_CAP} to {part:.4g}"


def _creators(count: int) -> str:
    return "1 creator" if count == 1 else f"{count:,} creators"

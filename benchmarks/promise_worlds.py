"""Planted worlds for the benchmark of promises: who is in them, what is seen, what happens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from groundswell.engine import response
from groundswell.engine.guarantee import all_met, goals_at, lift, plan, posts
from groundswell.engine.guarantee.deals import Deal, contract, prices_seen, surprise
from groundswell.engine.guarantee.plan import PIECES, Conditions, Drawn, Lines
from groundswell.engine.guarantee.shock import Shock
from groundswell.engine.synth import cast, engagement, laws, lexicon
from groundswell.engine.synth.cast import Cast

WEEKS, AHEAD = 26, 6
PLANNED, BENCH, OFFERED = 30, 10, 120
PAST = 12  # programs that the planner has seen
ASKED = 25  # creators in each of them
DAYS = 14.0  # between a post on time and the end
ANSWERS = 8  # after which a promise is made, unless their prices surprise
SURPRISE = 0.01
KPIS = ("views", "engagements")
KINDS = ("as modelled", "drift", "heavy tails", "correlated no-shows", "prices doubled")


@dataclass(frozen=True)
class Law:
    """What holds in a world; the planner is told nothing of it."""

    walk: float = 0.0  # of a platform's level, a week
    tail: float = np.inf
    strength: float = 30.0  # of the delivery of programs to come
    delivery: float = 0.89
    prices: float = 1.0
    program: float = 0.10  # shift of a whole program


def law_of(kind: str) -> Law:
    return {
        "as modelled": Law(),
        "drift": Law(walk=0.05),
        "heavy tails": Law(tail=3.0),
        "correlated no-shows": Law(strength=5.0, delivery=0.85),
        "prices doubled": Law(prices=2.0),
    }[kind]


class World:
    """Creators, their posts of half a year, and programs that are over."""

    def __init__(self, creators: int, law: Law, rng: np.random.Generator) -> None:
        self.law = law
        self.cast: Cast = cast.assemble(creators, lexicon=lexicon.load(), rng=rng)
        count = self.cast.count
        self.engaged, self.seen = engagement.expected(
            self.cast, np.arange(count), self.cast.favorite
        )
        shift = rng.normal(0, laws.SD_SHOCK, (len(laws.PLATFORMS), WEEKS + AHEAD))
        self.shift = shift + np.cumsum(rng.normal(0, law.walk, shift.shape), axis=1)
        published = np.minimum(2 + rng.geometric(0.15, count), 40)
        self.account = np.repeat(np.arange(count), published)
        self.week = rng.integers(0, WEEKS, len(self.account))
        self.paid = rng.random(len(self.account)) < 0.15
        self.logs = self.results(self.account, self.week, self.paid, rng, scenarios=1)
        self._learn(rng)

    def luck(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        tail = self.law.tail
        if np.isfinite(tail):
            return rng.standard_t(tail, shape) * np.sqrt((tail - 2) / tail)
        return rng.standard_normal(shape)

    def results(
        self,
        account: np.ndarray,
        week: np.ndarray,
        paid: np.ndarray,
        rng: np.random.Generator,
        *,
        scenarios: int,
        weekly: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Logs of views and engagements; shape (scenarios, posts)."""
        shape = (scenarios, len(account))
        luck = laws.SD_POST * self.luck(shape, rng)
        shift = self.shift[self.cast.platform[account], week] if weekly is None else weekly
        lifted = self.cast.sponsored_lift[account] * paid
        audience = np.log(self.cast.real_followers[account])
        own = rng.normal(0, laws.SD_VIEWS, shape)
        views = self.seen[account] + shift + 0.5 * lifted
        return {
            "views": audience + views + laws.VIEWS_PER_POST_EFFECT * luck + own,
            "engagements": audience + self.engaged[account] + shift + lifted + luck,
        }

    def _learn(self, rng: np.random.Generator) -> None:
        """Everything the planner knows, from posts and from programs that are over."""
        known = response.Accounts(
            self.cast.platform, self.cast.followers.astype(float), self.cast.topic
        )
        rates = response.Published(np.full((5, 7), 0.1), -0.15)
        everyone, kind = np.arange(self.cast.count), self.cast.favorite
        self.expected, drifts = {}, []
        for kpi, [logs] in self.logs.items():
            counts = np.exp(logs)
            first = response.fit(
                known,
                response.Evidence.from_posts(self.account, kind[self.account], counts),
                published=rates,
            )
            sd = float(np.sqrt(np.median(first.post_variance)))
            lifted = lift.learn(self.account, logs, self.paid, accounts=self.cast.count, post_sd=sd)
            organic = logs - lifted.own[self.account] * self.paid
            model = response.fit(
                known,
                response.Evidence.from_posts(self.account, kind[self.account], np.exp(organic)),
                published=rates,
            )
            found = posts.learn(
                self.account, self.cast.platform[self.account], self.week, organic,
                ahead=AHEAD, post_sd=sd,
            )  # fmt: skip
            drifts.append((found, lifted.mean_sd))
            self.expected[kpi] = self._moved(
                lifted.applied(model.expected(everyone, kind), everyone), found.shift
            )
        self.drift, self.lift_sd = drifts[0]
        self.deal = self._deal(rng)
        past = rng.normal(0, self.law.program, PAST)
        told = past + rng.normal(0, 0.1, PAST)  # a program's own luck
        squares = float(max((told**2).sum() - PAST * 0.1**2, 0.0))
        self.common = Shock.learnt(squares, PAST, prior=Shock(0.15, 4.0))

    def _moved(self, each: response.Response, shift: np.ndarray) -> response.Response:
        moved = shift[self.cast.platform]
        return replace(each, location=each.location + moved, mean=each.mean * np.exp(moved))

    def _deal(self, rng: np.random.Generator) -> Deal:
        asked = np.full(PAST, ASKED)
        signed = rng.binomial(asked, rng.beta(0.75 * 20, 0.25 * 20, PAST))
        done = rng.binomial(signed, rng.beta(0.89 * 30, 0.11 * 30, PAST))
        late = rng.binomial(done, rng.beta(0.2 * 20, 0.8 * 20, PAST))
        program = np.repeat(np.arange(PAST), ASKED)
        paid = rng.normal(0, 0.08, PAST)[program] + rng.normal(0, 0.15, len(program))
        usual = contract()
        price, own = prices_seen(paid, program, prior=usual.price)
        return replace(
            usual,
            acceptance=usual.acceptance.seen(signed, asked),
            delivery=usual.delivery.seen(done, signed),
            late=usual.late.seen(late, done),
            price=price,
            price_sd=own,
        )

    def usual(self, chosen: np.ndarray) -> float:
        """The peer: each creator's average engagement rate times the followers."""
        [logs] = self.logs["engagements"]
        rate = np.exp(logs) / self.cast.followers[self.account]
        own = np.bincount(self.account, rate) / np.bincount(self.account)
        return float((own[chosen] * self.cast.followers[chosen]).sum())

    @property
    def conditions(self) -> Conditions:
        return Conditions(
            deals=[self.deal],
            common=self.common,
            grouped=self.drift.shock,
            drift_sd=self.lift_sd,
            tail=self.drift.tail,
        )

    def plan(self, rng: np.random.Generator) -> tuple[Lines, np.ndarray, float]:
        """The best-looking of some offers: lines, their accounts, and a budget with a reserve."""
        offered = rng.choice(self.cast.count, OFFERED, replace=False)
        views = self.expected["views"].mean[offered]
        fee = np.maximum(0.012 * views * np.exp(rng.normal(0, 0.4, OFFERED)), 20.0)
        order = np.argsort(-views / fee, kind="stable")[: PLANNED + BENCH]
        chosen = offered[order]
        lines = Lines(
            responses={kpi: part(each, chosen) for kpi, each in self.expected.items()},
            cell=self.cast.platform[chosen],
            deal=np.zeros(len(chosen), int),
            fee=fee[order],
            days=np.full(len(chosen), DAYS),
            planned=PLANNED,
        )
        return lines, chosen, float(fee[order][:PLANNED].sum() * 1.15)

    def truth(self, chosen: np.ndarray, scenarios: int, rng: np.random.Generator) -> Drawn:
        """What happens, by the world's laws."""
        shape, law = (scenarios, len(chosen)), self.law
        week = WEEKS + rng.integers(0, AHEAD, len(chosen))
        step = np.cumsum(rng.normal(0, law.walk, (scenarios, len(laws.PLATFORMS), AHEAD)), axis=2)
        fresh = rng.normal(0, laws.SD_SHOCK, step.shape) + step
        stands = self.shift[:, WEEKS - 1] * (law.walk > 0)
        platform = self.cast.platform[chosen]
        weekly = fresh[:, platform, week - WEEKS] + stands[platform]
        weekly = weekly + rng.normal(0, law.program, scenarios)[:, None]
        logs = self.results(
            chosen, week, np.ones(len(chosen), bool), rng, scenarios=scenarios, weekly=weekly
        )
        late = rng.random(shape) < rng.beta(0.2 * 20, 0.8 * 20, scenarios)[:, None]
        late = late * rng.exponential(4.0, shape)
        ripe = -np.expm1(-np.maximum(DAYS - late, 0.0) / laws.MATURES_IN_DAYS)
        a, b = law.delivery * law.strength, (1 - law.delivery) * law.strength
        price = rng.normal(0, 0.08, scenarios)[:, None] + rng.normal(0, 0.15, shape)
        return Drawn(
            accepts=rng.random(shape) < rng.beta(0.75 * 20, 0.25 * 20, scenarios)[:, None],
            price=law.prices * np.exp(price),
            published=rng.random(shape) < rng.beta(a, b, scenarios)[:, None],
            ripe=ripe,
            results={PIECES: np.ones(shape)} | {kpi: np.exp(each) for kpi, each in logs.items()},
            size=np.zeros(scenarios),
        )


def part(each: response.Response, rows: np.ndarray) -> response.Response:
    """Some rows of a response."""
    return response.Response(*(getattr(each, name)[rows] for name in response.Response.__slots__))


@dataclass(frozen=True)
class Promise:
    """One plan sold at 90 %: what was said afresh, and how often it truly hits.

    Attributes:
        said: P(hit) of the goals sold with the bench, from scenarios that did not choose them.
        all_sign: True share of hits of the goals that were sold for "if all sign".
        signing: The same before signing.
        bench: The same with the bench.
        withheld: Share of scenarios in which the first answers make it "cannot say".
        naive: True share of hits, if all sign, of average engagement rate times followers.
    """

    said: float
    all_sign: float
    signing: float
    bench: float
    withheld: float
    naive: float


def promises(kind: str, worlds: int, plans: int, *, seed: int) -> Iterator[Promise]:
    """Plans of several worlds of a kind."""
    for number in range(worlds):
        rng = np.random.default_rng((seed, number))
        world = World(1_500, law_of(kind), rng)
        for _ in range(plans):
            yield sold(world, rng)


def sold(world: World, rng: np.random.Generator, *, probability: float = 0.9) -> Promise:
    lines, chosen, budget = world.plan(rng)
    conditions = world.conditions
    drawn = plan.draw(lines, conditions, scenarios=2_000, rng=rng)
    signed = plan.signed(drawn, lines, conditions, budget)
    goals = [
        goals_at({kpi: each[kpi] for kpi in KPIS}, probability)
        for each in (plan.if_all_sign(drawn, lines), plan.totals(drawn, signed))
    ]
    supplied = plan.sold_with_bench(
        drawn, lines, conditions, budget, kpis=KPIS, probability=probability
    )
    fresh = plan.draw(lines, conditions, scenarios=2_000, rng=rng)
    truth = world.truth(chosen, 1_000, rng)
    bought = plan.signed(truth, lines, conditions, budget)
    sure = plan.if_all_sign(truth, lines)
    answers = np.log(truth.price[:, :ANSWERS])
    return Promise(
        said=plan.chances(fresh, lines, conditions, budget, supplied).with_bench.value or 0.0,
        all_sign=float(all_met(sure, goals[0]).mean()),
        signing=float(all_met(plan.totals(truth, bought), goals[1]).mean()),
        bench=float(
            all_met(plan.with_bench(truth, lines, conditions, budget, supplied), supplied).mean()
        ),
        withheld=float(
            (surprise(answers, world.deal.price, world.deal.price_sd) < SURPRISE).mean()
        ),
        naive=float((sure["engagements"] >= world.usual(chosen[:PLANNED])).mean()),
    )

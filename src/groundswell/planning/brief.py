"""The brief: what a brand wants, as it is written in TOML, checked to the last key.

Everything that is wrong is said at once, by the name of its key, with the value received and what
is allowed.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)

from groundswell.terms import audiences, places
from groundswell.terms.errors import Refusal
from groundswell.terms.formats import Format
from groundswell.terms.lines import is_line
from groundswell.terms.money import CURRENCIES, Money
from groundswell.terms.objectives import SETTLED_BY, Kpi, Layer, Objective, SettledBy
from groundswell.terms.period import Period
from groundswell.terms.platforms import AccountRef, Platform
from groundswell.terms.tiers import Tier

LONGEST = 1 << 20  # bytes of a brief
_LONGEST_PROGRAM = 1_096  # days: three years
_QUOTAS = 100  # categories with a quota: more are a mistake
_SHOWN = 60  # characters of a value in a message
_LATER = {
    "audience.life_moments": "can't be planned for yet, as nobody was asked: take it out",
    "audience.segment": "can't be planned for yet, as there are no surveys: take it out",
}
_SHAPES = {
    "date_type": "a date without quotes, such as 2027-03-01",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: which key, dotted (empty for the brief as a whole), and what is wrong."""

    key: str
    says: str
    entry: int | None = None  # of a list, from 1

    def __str__(self) -> str:
        entry = "" if self.entry is None else f", entry {self.entry}"
        return f"{self.key}{entry}: {self.says}" if self.key else self.says


class BadBrief(Refusal):
    """A brief that can't be planned as it is written."""

    code = "bad_brief"

    def __init__(self, found: Iterable[Problem]) -> None:
        self.found = tuple(found)
        self.problems = tuple(str(problem) for problem in self.found)
        count = len(self.problems)
        things = "one thing" if count == 1 else f"{count} things"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"the brief can't be planned; {things} to mend:\n{lines}")


def _account(value: Any) -> Any:
    return AccountRef.parse(_printable(value)) if isinstance(value, str) else value


def _printable(text: str) -> str:
    if not is_line(text):
        raise ValueError("holds characters that can't be printed")
    return text


def _platform(value: Any) -> Any:
    return Platform.parse(value) if isinstance(value, str) else value


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("is no currency that somebody is paid in, such as USD or EUR")
    return code


Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Whole = Annotated[int, Strict(), Field(ge=0, lt=10**9)]
Spend = Annotated[Number, Field(ge=0, lt=1e12)]
Words = Annotated[str, Strict(), Field(min_length=1, max_length=200), AfterValidator(_printable)]
Names = Annotated[tuple[Words, ...], Field(max_length=10_000)]
Currency = Annotated[str, Strict(), AfterValidator(_currency)]
Country = Annotated[str, Strict(), AfterValidator(places.country)]
Language = Annotated[str, Strict(), AfterValidator(places.language)]
Gender = Annotated[Words, AfterValidator(audiences.gender)]
Ages = Annotated[Words, AfterValidator(audiences.age)]
Account = Annotated[AccountRef, BeforeValidator(_account)]
AnyPlatform = Annotated[Platform, BeforeValidator(_platform)]
Day = Annotated[date, Strict(), Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]


class Section(BaseModel):
    """A table of the brief; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Budget(Section):
    """What may be spent, handling included."""

    amount: Annotated[Number, Field(gt=0, lt=1e12)]
    currency: Currency

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        if self.money.minor <= 0:
            raise ValueError(f"must be the smallest coin at least, got amount = {self.amount}")
        return self

    @property
    def money(self) -> Money:
        """The budget as money."""
        return Money.of(_plain(self.amount), self.currency)


class Goals(Section):
    """What the program should reach; each is optional."""

    reach: Annotated[Number, Field(gt=0)] | None = None
    views: Annotated[Number, Field(gt=0)] | None = None
    engagements: Annotated[Number, Field(gt=0)] | None = None
    clicks: Annotated[Number, Field(gt=0)] | None = None
    conversions: Annotated[Number, Field(gt=0)] | None = None
    pieces: Annotated[Number, Field(gt=0)] | None = None

    def set(self) -> dict[Kpi, float]:
        """The goals that were set."""
        return {kpi: goal for kpi in Kpi if (goal := getattr(self, kpi)) is not None}


class Audience(Section):
    """Whom the program is for."""

    countries: tuple[Country, ...] = ()
    regions: Names = ()
    cities: Names = ()
    languages: tuple[Language, ...] = ()
    genders: tuple[Gender, ...] = ()
    ages: tuple[Ages, ...] = ()
    interests: Names = ()

    def by_dimension(self) -> dict[str, tuple[str, ...]]:
        """What is asked of an audience, by the dimensions in which audiences are measured."""
        asked = {
            "country": self.countries,
            "region": self.regions,
            "city": self.cities,
            "language": self.languages,
            "gender": self.genders,
            "age": self.ages,
            "interest": self.interests,
        }
        return {name: tuple(map(str, values)) for name, values in asked.items() if values}


class Range(Section):
    """How many, at least and at most."""

    min: Whole = 0
    max: Whole | None = None

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.max is not None and self.min > self.max:
            raise ValueError(f"min must not exceed max, got min = {self.min} and max = {self.max}")
        return self


class Share(Range):
    """How many creators of a group, and how much for them with handling."""

    min_spend: Spend = 0.0
    max_spend: Spend | None = None

    @model_validator(mode="after")
    def _spends(self) -> Self:
        if self.max_spend is not None and self.min_spend > self.max_spend:
            raise ValueError(
                "min_spend must not exceed max_spend, got "
                f"min_spend = {self.min_spend:g} and max_spend = {self.max_spend:g}"
            )
        return self


class Quotas(Section):
    """Shares of groups of creators besides tiers; a creator may count for several."""

    platform: dict[AnyPlatform, Share] = Field(default_factory=dict)
    country: dict[Country, Share] = Field(default_factory=dict)
    category: Annotated[dict[Words, Share], Field(max_length=_QUOTAS)] = Field(default_factory=dict)


class Creators(Section):
    """The layer of creators: who may be chosen, how many, and under which limits."""

    count: Range = Range(min=1)
    platforms: tuple[AnyPlatform, ...] = ()
    formats: tuple[Format, ...] = ()
    categories: Names = ()
    must_have: Annotated[tuple[Account, ...], Field(max_length=10_000)] = ()
    never: Annotated[tuple[Account, ...], Field(max_length=100_000)] = ()
    max_share_per_creator: Annotated[Number, Field(ge=0.0001, le=1)] = 1.0
    tiers: dict[Tier, Share] = Field(default_factory=dict)
    quotas: Quotas = Quotas()
    min_spend: Spend = 0.0
    deliverables_per_creator: Annotated[int, Strict(), Field(ge=1, le=10)] = 1
    exclusivity_days: Annotated[int, Strict(), Field(ge=0, le=36_500)] | None = None
    competitors: Names = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        both = sorted(str(ref) for ref in set(self.must_have) & set(self.never))
        if both:
            raise ValueError(
                "must_have and never must not name the same account: take it out of one, got "
                f"{', '.join(both)[:_SHOWN]} in both"
            )
        if self.competitors and self.exclusivity_days is None:
            raise ValueError(
                "competitors are named without exclusivity_days: say how many days a creator "
                f"must not have mentioned them, got {', '.join(self.competitors)[:_SHOWN]}"
            )
        return self


class BrandContent(Section):
    """Content that the brand makes itself; the layers below distribute it."""

    pieces: Annotated[Whole, Field(ge=1)]
    cost: Annotated[Number, Field(ge=0, lt=1e12)]  # of all pieces together


class Sharers(Section):
    """People who pass content on for a small reward."""

    count: Range = Range(min=1)
    reward: Annotated[Number, Field(gt=0, lt=1e9)]  # for one verified share
    daily_budget: Annotated[Number, Field(gt=0, lt=1e12)] | None = None
    handling_cost: Annotated[Number, Field(ge=0, lt=1e9)] = 0.0  # of one of thousands

    @model_validator(mode="after")
    def _can_be_paid(self) -> Self:
        if self.count.max == 0:
            raise ValueError("count.max is 0: raise it, or take the section out, got max = 0")
        if self.daily_budget is not None and self.reward > self.daily_budget:
            raise ValueError(
                "daily_budget must pay one reward at least, got "
                f"reward = {self.reward:g} and daily_budget = {self.daily_budget:g}"
            )
        return self


class Seeding(Section):
    """Products given to creators, who may post about them."""

    units: Annotated[Whole, Field(ge=1)]
    unit_cost: Annotated[Number, Field(gt=0, lt=1e9)]  # product and shipping


class Boost(Section):
    """Paid spend on the best publications of the plan."""

    max_share_of_budget: Annotated[Number, Field(gt=0, le=1)]


class Question(StrEnum):
    """What a plan answers: the most for the budget, or the least that meets all goals."""

    MOST = "most"
    CHEAPEST = "cheapest"


class Brief(Section):
    """What a brand wants from a program."""

    name: Words
    objective: Objective
    frequency: Annotated[int, Strict(), Field(ge=1, le=10)] = 1
    question: Question = Question.MOST
    budget: Budget
    start: Day
    end: Day
    goals: Goals = Goals()
    promise: Annotated[Number, Field(gt=0, lt=1)] = 0.90
    handling_cost: Annotated[Number, Field(ge=0, lt=1e9)] = 0.0
    exchange_rates: dict[Currency, Annotated[Number, Field(gt=0, lt=1e6)]] = Field(
        default_factory=dict
    )
    exchange_date: Day | None = None
    audience: Audience = Audience()
    brand_content: BrandContent | None = None
    creators: Creators = Creators()
    sharers: Sharers | None = None
    seeding: Seeding | None = None
    boost: Boost | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end must not lie before start, got {self.start} to {self.end}")
        if self.period.days > _LONGEST_PROGRAM:
            raise ValueError(
                f"a program lasts {_LONGEST_PROGRAM:,} days at most: plan a longer one in parts, "
                f"got {self.start} to {self.end}"
            )
        Money.of(_plain(self.handling_cost), self.budget.currency)
        if not self.layers & {Layer.CREATORS, Layer.SHARERS, Layer.SEEDING}:
            raise ValueError(
                "creators.count.max is 0, and a plan takes one creator at least: raise count.max "
                "to 1, got max = 0"
            )
        self._pays_for_its_layers()
        self._can_be_answered()
        return self

    def _can_be_answered(self) -> None:
        if self.frequency > 1 and self.objective is not Objective.REACH:
            raise ValueError(
                "frequency counts people who are reached several times, so it needs objective = "
                f'"reach", got objective = "{self.objective}" and frequency = {self.frequency}'
            )
        counted = [kpi for kpi in self.goals.set() if SETTLED_BY[kpi] is SettledBy.OBSERVED]
        if self.question is Question.CHEAPEST and not counted:
            raise ValueError(
                'question = "cheapest" needs a goal that can be counted: set one in goals, such as '
                f"views, got {', '.join(self.goals.set()) or 'none'}"
            )
        if self.exchange_date and not self.exchange_rates:
            raise ValueError(
                "exchange_date is the day of exchange_rates, and there are none: take it out, got "
                f"{self.exchange_date}"
            )

    def _pays_for_its_layers(self) -> None:
        if self.brand_content and self.made.minor >= self.budget.money.minor:
            raise ValueError(
                f"brand_content.cost leaves nothing to distribute it with: got {self.made} of "
                f"{self.budget.money}; lower it, or raise budget.amount"
            )
        if not self.sharers:
            return
        paid, most = self.sharers.count.min * self.reward.minor, self.for_sharers
        if most is not None and paid > most.minor:
            least = Money(paid, most.currency)
            raise ValueError(
                f"sharers.daily_budget pays {most} over the {self.period.days} days, and "
                f"count.min = {self.sharers.count.min} at a reward of {self.reward} needs "
                f"{least}: raise daily_budget, or lower count.min to "
                f"{most.minor // self.reward.minor}"
            )

    @property
    def layers(self) -> frozenset[Layer]:
        """Layers that the brief names; others aren't used, nor are creators of whom it wants 0."""
        named = frozenset(layer for layer in Layer if layer in self.model_fields_set)
        return named - {Layer.CREATORS} if self.creators.count.max == 0 else named

    @property
    def pays_only_creators(self) -> bool:
        """Whether no other layer shares the budget with creators."""
        return self.layers <= {Layer.CREATORS, Layer.BRAND_CONTENT}

    @property
    def made(self) -> Money:
        """What the brand's own content costs."""
        return self._money(self.brand_content.cost if self.brand_content else 0.0)

    @property
    def to_distribute(self) -> Money:
        """What is left of the budget for the layers that distribute it."""
        return Money(self.budget.money.minor - self.made.minor, self.budget.currency)

    @property
    def reward(self) -> Money:
        """For one verified share."""
        return self._money(self.sharers.reward if self.sharers else 0.0)

    @property
    def handling_of_sharers(self) -> Money:
        """What one share costs the brand's own people."""
        return self._money(self.sharers.handling_cost if self.sharers else 0.0)

    @property
    def gift(self) -> Money:
        """What one product costs with shipping."""
        return self._money(self.seeding.unit_cost if self.seeding else 0.0)

    @property
    def for_sharers(self) -> Money | None:
        """Most that all rewards may come to; None without a daily budget."""
        if not self.sharers or self.sharers.daily_budget is None:
            return None
        return Money.rounded(self.sharers.daily_budget * self.period.days, self.budget.currency)

    def _money(self, amount: float) -> Money:
        return Money.of(_plain(amount), self.budget.currency)

    @property
    def period(self) -> Period:
        """Days of the program."""
        return Period(self.start, self.end)

    @property
    def handling(self) -> Money:
        """What one collaboration costs the brand's own people."""
        return Money.of(_plain(self.handling_cost), self.budget.currency)


def read(path: Path) -> tuple[Brief, str]:
    """A brief from a file, and its text.

    Raises:
        BadBrief: When it can't be read or planned as it is written.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        said = f"the file {path} can't be opened: {error.strerror}"
        raise BadBrief([Problem("", said)]) from error
    text = decoded(data, str(path))
    return parsed(text), text


def decoded(data: bytes, name: str) -> str:
    """The text of a brief's file.

    Raises:
        BadBrief: When it is too long, or no text.
    """
    if len(data) > LONGEST:
        said = f"the file {name} is longer than {LONGEST:,} bytes: is it a brief?"
        raise BadBrief([Problem("", said)])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        said = f"line {line} of {name} is not UTF-8: save the file as UTF-8"
        raise BadBrief([Problem("", said)]) from error


def parsed(text: str) -> Brief:
    """A brief from TOML.

    Raises:
        BadBrief: Everything that is wrong, at once.
    """
    return checked(tables(text))


def tables(text: str) -> dict[str, Any]:
    """What TOML says, whether or not it makes a brief.

    Raises:
        BadBrief: When it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except ValueError as error:  # of TOML, or an integer of thousands of digits
        raise BadBrief([Problem("", f"it is no TOML: {error}")]) from error
    except RecursionError as error:
        raise BadBrief([Problem("", "it is nested too deeply to be a brief")]) from error


def checked(data: dict[str, Any]) -> Brief:
    """A brief from tables.

    Raises:
        BadBrief: Everything that is wrong, at once.
    """
    data, problems = _taken_out(data)
    if not {"creators", "sharers", "seeding"} & set(data):
        said = "is missing; add a section [creators], it may be empty to allow everybody"
        problems.append(Problem("creators", said))
        data["creators"] = {}
    brief = None
    try:
        brief = Brief.model_validate(data)
    except ValidationError as error:
        problems += [_problem(found) for found in error.errors(include_url=False)]
    if brief is None or problems:
        raise BadBrief(problems)
    return brief


def _taken_out(data: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The tables without what is part of a brief but can't be planned yet, and what that was."""
    kept = {key: dict(each) if isinstance(each, dict) else each for key, each in data.items()}
    problems = []
    for path, says in _LATER.items():
        section, _, key = path.rpartition(".")
        table = kept.get(section, {}) if section else kept
        if isinstance(table, dict) and table.pop(key, None) is not None:
            problems.append(Problem(path, says))
    return kept, problems


def _problem(error: Mapping[str, Any]) -> Problem:
    """One thing to mend: key, what is allowed, value received."""
    place = [part for part in error["loc"] if part != "[key]"]
    keys = [part for part in place if isinstance(part, str)]
    entry = next((part + 1 for part in place if isinstance(part, int)), None)
    return Problem(".".join(keys) or "the brief", _said(error, keys), entry)


def _said(error: Mapping[str, Any], keys: list[str]) -> str:
    kind = error["type"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not known; {_near(keys[-1], _keys_of('.'.join(keys[:-1])))}"
    received = f"got {_shown(error['input'])}"
    if kind == "value_error":
        said = str(error["ctx"]["error"])
        is_said = not keys or "got" in said or repr(error["input"]) in said
        return said if is_said else f"{said}, {received}"
    if kind == "enum":
        allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return f"{received}; {_near(str(error['input']), allowed)}"
    if kind == "model_type" and keys:
        known = _keys_of(".".join(keys))
        return f"must be a table, as {{ {known[0]} = ... }}, of {', '.join(known)}; {received}"
    if kind in _SHAPES:
        return f"must be {_SHAPES[kind]}, {received}"
    said = error["msg"].replace("Input should be", "must be").replace("Input should", "must")
    return f"{said[0].lower()}{said[1:]}, {received}"


def _near(word: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(word.lower(), names, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return f"{meant}It must be one of {', '.join(names)}"


def _keys_of(section: str) -> list[str]:
    if not section:
        return list(dict.fromkeys([*Brief.model_fields, *Layer]))
    known: dict[str, type[Section]] = {
        "budget": Budget,
        "goals": Goals,
        "audience": Audience,
        "brand_content": BrandContent,
        "creators": Creators,
        "creators.quotas": Quotas,
        "sharers": Sharers,
        "seeding": Seeding,
        "boost": Boost,
    }
    inner = Share if section.startswith(("creators.tiers", "creators.quotas")) else Range
    return list(known.get(section, inner).model_fields)


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _plain(amount: float) -> str:
    """A number as people write money, without an exponent."""
    return f"{amount:.6f}".rstrip("0").rstrip(".")

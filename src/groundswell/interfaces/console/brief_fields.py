"""The keys of a brief as people fill them in: what each is called, and what it does."""

from dataclasses import dataclass
from enum import StrEnum

from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import Tier


class Kind(StrEnum):
    """How a key is filled in."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    OBJECTIVE = "objective"
    CURRENCY = "currency"
    MANY = "many"
    LIST = "list"
    RATES = "rates"
    QUOTAS = "quotas"


@dataclass(frozen=True, slots=True)
class Spec:
    """One key."""

    key: str
    group: str
    label: str
    kind: Kind
    help: str = ""
    is_needed: bool = False
    example: str = ""
    rows: int = 2
    choices: tuple[tuple[str, str], ...] = ()


GROUPS = (
    ("what", "What it is for", "The one result that the plan makes as large as the budget allows."),
    ("goals", "Goals", "Optional. The forecast is held against them; the choice stays the same."),
    ("audience", "Audience", "Whom it is for. A creator is in when enough of the audience is."),
    ("creators", "Creators", "Who may be chosen, how many, and in which formats."),
    ("tiers", "Quotas", "Fewest and most creators of a size or group; empty means no limit."),
    ("layers", "Other layers", "Sharers, gifts, own content, bought views; empty means none."),
    ("named", "By name", "Accounts to take or to avoid, and competitors to keep away from."),
    ("costs", "Other costs", "Your own work on a collaboration, and what currencies are worth."),
)  # fmt: skip

# Value, title, meaning.
OBJECTIVES = (
    ("reach", "Reach", "As many different people as possible, each counted once."),
    ("views", "Views", "As many views as possible, also by the same people again."),
    ("engagements", "Engagements", "As many likes, comments, shares and saves as possible."),
    ("clicks", "Clicks", "As many as possible, modelled from views by published shares."),
    ("conversions", "Conversions", "As many orders as possible, modelled from clicks."),
    ("pieces", "Pieces", "As many publications as possible, whatever they get."),
)
_PLATFORMS = {
    Platform.TIKTOK: "TikTok", Platform.YOUTUBE: "YouTube", Platform.LINKEDIN: "LinkedIn",
}  # fmt: skip

_GOALS = tuple(
    Spec(f"goals.{kpi}", "goals", kpi.capitalize(), Kind.NUMBER, example=example)
    for kpi, example in (
        ("reach", "900,000"), ("views", "4,000,000"), ("engagements", ""), ("clicks", "20,000"),
        ("conversions", ""), ("pieces", ""),
    )
)  # fmt: skip
_TIERS = tuple(
    Spec(f"creators.tiers.{tier}.{end}", "tiers", f"{tier} {word}", kind)
    for tier in Tier
    for end, word, kind in (
        ("min", "at least", Kind.WHOLE), ("max", "at most", Kind.WHOLE),
        ("min_spend", "cost at least", Kind.NUMBER), ("max_spend", "cost at most", Kind.NUMBER),
    )
)  # fmt: skip

_LAYERS = (
    Spec("sharers.reward", "layers", "Reward for a share", Kind.NUMBER,
         "For each verified share of small accounts that pass it on.", example="4"),
    Spec("sharers.count.min", "layers", "Sharers at least", Kind.WHOLE, example="1,000"),
    Spec("sharers.count.max", "layers", "Sharers at most", Kind.WHOLE, example="5,000"),
    Spec("sharers.daily_budget", "layers", "Rewards a day", Kind.NUMBER,
         "Most that rewards may cost on one day. No limit if empty.", example="1,500"),
    Spec("sharers.handling_cost", "layers", "Handling of one share", Kind.NUMBER, "0 if empty."),
    Spec("seeding.units", "layers", "Products to give", Kind.WHOLE,
         "To nano and micro creators instead of a fee.", example="150"),
    Spec("seeding.unit_cost", "layers", "Cost of one product", Kind.NUMBER,
         "With shipping.", example="60"),
    Spec("brand_content.pieces", "layers", "Pieces of your own", Kind.WHOLE,
         "Made by the brand; the other layers distribute them.", example="1"),
    Spec("brand_content.cost", "layers", "What they cost", Kind.NUMBER,
         "All together; it comes off the budget first.", example="15,000"),
    Spec("boost.max_share_of_budget", "layers", "Largest share for bought views", Kind.NUMBER,
         "Of the budget, spent on the plan's best publications: 0.2 is a fifth.", example="0.2"),
)  # fmt: skip
_QUOTAS = tuple(
    Spec(
        f"creators.quotas.{dimension}", "tiers", title, Kind.QUOTAS,
        "One a line: fewest and most creators, and money for them with handling.",
        rows=3, example=f"{example}: min = 5, max = 20, min_spend = 500, max_spend = 9000",
    )
    for dimension, title, example in (
        ("platform", "By platform", "tiktok"), ("country", "By country", "GB"),
        ("category", "By category", "running"),
    )
)  # fmt: skip

SPECS = (
    Spec("name", "what", "Name", Kind.TEXT, "What your team calls it.", is_needed=True,
         example="Trail shoe launch"),
    Spec("objective", "what", "Objective", Kind.OBJECTIVE, is_needed=True,
         choices=tuple((value, title) for value, title, _ in OBJECTIVES)),
    Spec("frequency", "what", "Times reached", Kind.WHOLE,
         "For reach: count people who are reached at least so often. 1 if empty.", example="3"),
    Spec("question", "what", "Question", Kind.TEXT,
         "most: the most for the budget. cheapest: the least that meets all goals with the wanted "
         "certainty. Most if empty.", example="most"),
    Spec("budget.amount", "what", "Budget", Kind.NUMBER,
         "Fees and handling together never cost more.", is_needed=True, example="100,000"),
    Spec("budget.currency", "what", "Currency", Kind.CURRENCY,
         "Prices in others need a rate, below.", is_needed=True),
    Spec("start", "what", "First day", Kind.DAY, "Prices are those of this day.", is_needed=True),
    Spec("end", "what", "Last day", Kind.DAY, is_needed=True),
    *_GOALS,
    Spec("promise", "goals", "Wanted certainty", Kind.NUMBER,
         "Wanted probability that all goals are met, between 0 and 1. 0.9 if empty.",
         example="0.9"),
    Spec("audience.countries", "audience", "Countries", Kind.LIST,
         "Names or codes, with commas between.", example="US, GB"),
    Spec("audience.languages", "audience", "Languages", Kind.LIST,
         "Names or tags.", example="en, Spanish"),
    Spec("audience.regions", "audience", "Regions", Kind.LIST, example="California, Bavaria"),
    Spec("audience.cities", "audience", "Cities", Kind.LIST, example="London, Berlin"),
    Spec("audience.genders", "audience", "Genders", Kind.LIST, example="female"),
    Spec("audience.ages", "audience", "Ages", Kind.LIST, "Bands.", example="25-34, 35-44"),
    Spec("audience.interests", "audience", "Interests", Kind.LIST, example="running, hiking"),
    Spec("creators.count.min", "creators", "At least", Kind.WHOLE, "Creators. 1 if empty.",
         example="20"),
    Spec("creators.count.max", "creators", "At most", Kind.WHOLE, "Creators. No limit if empty.",
         example="200"),
    Spec("creators.max_share_per_creator", "creators", "Largest share for one", Kind.NUMBER,
         "Of the budget, for one creator's fee: 0.1 is a tenth. 1 if empty.", example="0.1"),
    Spec("creators.platforms", "creators", "Platforms", Kind.MANY, "All if none is chosen.",
         choices=tuple((p.value, _PLATFORMS.get(p, p.capitalize())) for p in Platform)),
    Spec("creators.formats", "creators", "Formats", Kind.MANY,
         "Without any: what each account published in before.",
         choices=tuple((f.value, f.capitalize()) for f in Format)),
    Spec("creators.categories", "creators", "Categories", Kind.LIST,
         "A creator needs one of them.", example="running, outdoor"),
    Spec("creators.deliverables_per_creator", "creators", "Posts of one creator", Kind.WHOLE,
         "At most. 1 if empty.", example="2"),
    Spec("creators.min_spend", "creators", "Least spent on creators", Kind.NUMBER,
         "With handling, in the budget's currency. 0 if empty."),
    *_TIERS,
    *_QUOTAS,
    *_LAYERS,
    Spec("creators.must_have", "named", "Must be in", Kind.LIST,
         "Accounts as platform:handle, one a line. They pass all filters.", rows=4,
         example="instagram:anna.runs"),
    Spec("creators.never", "named", "Never", Kind.LIST,
         "Accounts that are left out, with all accounts of the same creator.", rows=4,
         example="tiktok:somebody"),
    Spec("creators.competitors", "named", "Competitors", Kind.LIST,
         "Brands whose mention keeps a creator out.", example="@otherbrand"),
    Spec("creators.exclusivity_days", "named", "For how many days", Kind.WHOLE,
         "Days before the start in which a creator must not have mentioned a competitor.",
         example="60"),
    Spec("handling_cost", "costs", "Handling of one collaboration", Kind.NUMBER,
         "Your own people's time for one creator, in the budget's currency. 0 if empty.",
         example="40"),
    Spec("exchange_rates", "costs", "Exchange rates", Kind.RATES,
         "What one unit is worth in the budget's currency, one a line. Creators who ask for "
         "another currency are left out.", rows=4, example="EUR = 1.09"),
    Spec("exchange_date", "costs", "Day of the rates", Kind.DAY, "Shown with the plan."),
)  # fmt: skip

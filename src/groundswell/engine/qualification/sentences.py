"""What a measure says, in a sentence that a marketer understands."""

from collections.abc import Callable

from groundswell.engine.qualification.factors.authenticity import SIGNALS
from groundswell.terms.estimate import Estimate

Words = Callable[[Estimate, float], str]


def sentence(kind: str, found: Estimate) -> str:
    """One sentence on a measure: its value with the interval and the sample, or why there is none.

    Raises:
        KeyError: When no measure is of that kind.
    """
    if found.value is None:
        return f"{TITLES[kind]}: cannot say, because {found.reason}."
    words = _WORDS[kind](found, found.value)
    return f"{words}; {found.reason}." if found.reason else f"{words}."


def _range(found: Estimate, form: str) -> str:
    if found.low is None or found.high is None:
        return ""
    return f" ({found.low:{form}} to {found.high:{form}})"


def _signal(subject: str, value: float, low: str, high: str) -> str:
    """A signal of authenticity in words; ``low``, ``high`` or "usual" completes the subject."""
    found = "usual" if abs(value) < SIGNALS["engagement_residual"] else low if value < 0 else high
    return f"{subject} {found} for its size (robust z {value:+.1f})"


def _alike(what: str, found: Estimate, value: float) -> str:
    if value > -SIGNALS["likes_spread_residual"]:
        return f"{what} over {found.n} posts vary as is usual"
    return f"{what} over {found.n} posts are more alike than chance makes them (z {value:+.1f})"


TITLES = {
    "topical_focus": "Topical focus",
    "topical_depth": "Posts about its main topic",
    "tenure_years": "Years on the platform",
    "topical_comments": "Comments about the topic",
    "unusual_engagement": "Unusual engagement",
    "reported_authentic_share": "Engagement that a source calls authentic",
    "engagement_residual": "Engagement against accounts of its size",
    "likes_spread_residual": "How much likes vary",
    "comments_spread_residual": "How much comments vary",
    "comment_clique": "A group that comments together",
    "likes_per_comment_residual": "Likes for each comment",
    "unexplained_jump": "Followers who came at once",
    "life_moments": "Life moments",
    "country_concentration": "Audience in one country",
    "interest_concentration": "Audience with one interest",
    "overlap_concentration": "Shared audiences of one interest",
    "steadiness": "Steadiness of posting",
    "originality": "Original captions",
    "caption_craft": "Captions that say something",
    "language_consistency": "Posts in one language",
    "sponsored_share": "Sponsored posts",
    "branded_ratio": "Sponsored against organic engagement",
    "days_since_competitor": "Days since a competitor",
    "daily_growth": "Growth a day",
    "growth_volatility": "Unsteadiness of growth",
    "followers_in_30_days": "Followers in 30 days",
    "growth_turn": "Change of growth",
}

_WORDS: dict[str, Words] = {
    "topical_focus": lambda e, v: (
        f"Two posts drawn at random share {v:.0%} of their topics{_range(e, '.0%')}, "
        f"from {e.n} posts with topics"
    ),
    "topical_depth": lambda e, v: f"{v:.0f} of {e.n} posts with topics are about its main one",
    "tenure_years": lambda e, v: f"On the platform for {v:.1f} years",  # noqa: ARG005
    "topical_comments": lambda e, v: (
        f"{v:.0%} of {e.n} comments are about the post's topic{_range(e, '.0%')}"
    ),
    "unusual_engagement": lambda e, v: (
        f"Nothing is unusual in its engagement, over {e.n} counts"
        if v == 0
        else f"Its engagement, over {e.n} counts, is unusual by {v:.1f} points"
    ),
    "reported_authentic_share": lambda e, v: (
        f"A source calls {v:.0%} of its engagement authentic{_range(e, '.0%')}, in {e.n} reports"
    ),
    "engagement_residual": lambda e, v: _signal(
        f"Engagement by followers, over {e.n} counts, is", v, "unusually low", "unusually high"
    ),
    "likes_spread_residual": lambda e, v: _alike("Likes", e, v),
    "comments_spread_residual": lambda e, v: _alike("Comments", e, v),
    "comment_clique": lambda e, v: (
        f"{v:.0%} of {e.n} comments come from people who comment together elsewhere too"
        if v > 0
        else f"Among {e.n} comments no group of people comments together elsewhere too"
    ),
    "likes_per_comment_residual": lambda e, v: _signal(
        f"Likes for each comment over {e.n} posts are", v, "unusually few", "unusually many"
    ),
    "unexplained_jump": lambda e, v: (
        f"Followers rose by {v:.0%} at once"
        if v > 0
        else f"In {e.n} counts followers never rose at once without a reason that shows"
    ),
    "country_concentration": lambda e, v: (
        f"The audience lives in effectively {1 / v:.1f} countries"
        + (f", measured on {e.n:,} people" if e.n else "")
    ),
    "interest_concentration": lambda e, v: (
        f"Its audience has effectively {1 / max(v, 1e-9):.1f} interests, from {e.n:,} people"
    ),
    "overlap_concentration": lambda e, v: (
        f"The audiences it shares have effectively {1 / max(v, 1e-9):.1f} interests, "
        f"from {e.n} overlaps"
    ),
    "steadiness": lambda e, v: (
        f"Gaps between {e.n + 1} posts are {_evenness(v)} ({v:+.2f} between -1 and 1)"
    ),
    "originality": lambda e, v: (
        f"{v:.0%} of {e.n} captions repeat no earlier one{_range(e, '.0%')}"
    ),
    "caption_craft": lambda e, v: (
        f"{v:.0%} of {e.n} captions say something and are not stuffed with hashtags"
    ),
    "language_consistency": lambda e, v: f"{v:.0%} of {e.n} posts are in one language",
    "sponsored_share": lambda e, v: (
        f"{v:.0%} of {e.n} posts in 90 days carry a sign of being paid for{_range(e, '.0%')}"
    ),
    "branded_ratio": lambda e, v: (
        f"Sponsored posts get {v:.2f} times the engagement of its own{_range(e, '.2f')}, "
        f"from {e.n} sponsored posts"
    ),
    "days_since_competitor": lambda e, v: (
        f"The newest post with a competitor, of {e.n}, is {v:.0f} days old"
    ),
    "daily_growth": lambda e, v: (
        f"Followers change by {v:+.2%} a day{_range(e, '+.2%')}, "
        f"{(1 + v) ** 30 - 1:+.1%} in 30 days, from {e.n} counts"
    ),
    "growth_volatility": lambda e, v: f"Followers wander by {v:.2%} a day, from {e.n} counts",
    "followers_in_30_days": lambda e, v: (
        f"{v:,.0f} followers in 30 days, if growth goes on and fades{_range(e, ',.0f')}: "
        f"four of five such ranges hold"
    ),
    "growth_turn": lambda e, v: (
        f"Over {e.n} counts growth has kept its pace"
        if v == 0
        else f"Growth changed by {v:+.2%} a day"
    ),
}


def _evenness(value: float) -> str:
    if value > 0.3:
        return "even"
    return "as uneven as chance" if value > -0.2 else "in bursts"

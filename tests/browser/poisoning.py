"""A workspace whose every text wants to be more than text. Runs inside the installation.

All of it comes in as anybody's does: in files, and through the actions behind the console's forms.
"""

import contextlib
import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groundswell.connectors.actions.imports import import_file
from groundswell.creators import queries
from groundswell.creators.actions import attachments, contacts, lists, notes, outreach, tags
from groundswell.discovery.actions import searches
from groundswell.discovery.questions import Question
from groundswell.people.actions import tokens
from groundswell.people.policy import Action, Role
from groundswell.planning.actions import drafts, plans
from groundswell.planning.brief import parsed
from groundswell.project import opening
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef
from groundswell.terms.progress import silent
from groundswell.vetting.actions import scorecards, watching
from groundswell.workspaces import access, clock
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import Workspace
from tests.browser.furnishing import PDF, connect, hand_in, ids_of
from tests.browser.payloads import FORMULAS, corpus
from tests.support.cast import Cast

SLUG = "poisoned"
EACH = 20  # texts on a creator's page
_BRIEF = """
name = {name}
objective = "views"
budget = {{ amount = 20000, currency = "USD" }}
start = 2027-03-01
end = 2027-04-11
[creators]
count = {{ min = 1, max = 200 }}
platforms = ["instagram"]
"""


def main() -> None:
    """Make the workspace once; print the ids of its pages and of the creators with most in them."""
    with opening.reach_database():
        place = Workspace.objects.filter(slug=SLUG).first() or _made()
        with access.inside(place):
            count = len(corpus()) // EACH + 1
            stars = [queries.find_account(ref) for ref in map(_ref, range(count))]
            found = [[str(star.creator_id), str(star.id)] for star in stars]
        sys.stdout.write(json.dumps({"ids": ids_of(Cast(place, clock.now())), "stars": found}))


def _ref(number: int) -> AccountRef:
    return AccountRef.parse(f"instagram:star{number}")


def _made() -> Workspace:
    now, texts = clock.now(), corpus()
    place = workspaces.create(slug=SLUG, name="Poisoned", by="owner", now=now)
    cast = Cast(place, now)
    person = cast.person(Role.OWNER)
    person.name = "<img src=x onerror=ran(9001)>"
    person.save()
    _import(place, texts)
    scorecards.vet(workspace=place, by="owner", now=now)
    hand: dict[str, Any] = {"by": f"{person.email}<svg onload=ran(9002)>", "now": now}
    with access.inside(place):
        _write_about(place, texts, hand)
        _name_things(place, texts, cast, hand)
        name = '</script><img src=x onerror=ran(9003)>{{7*7}}"'
        workspaces.change(workspace=place, name=name, currency="USD", time_zone="UTC", **hand)
        network = "<img src=x onerror=ran(9009)>"
        connect(place, f"n{network}", f"w{network}", f"s{network}{{{{7*7}}}}", **hand)
    _plan(place, texts, hand)
    _hand_in(cast, texts)
    return place


def _hand_in(cast: Cast, texts: list[str]) -> None:
    """A file that waits, its columns and cells such texts, and most of its rows wrong."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["platform", "handle", "followers", "bio", "country", *texts[:12]])
    for at in range(0, 60, 3):
        rows.writerow(["instagram", f"w{at}", texts[at], texts[at + 1], texts[at + 2], *texts[:12]])
    hand_in(cast, "waiting<img src=x onerror=ran(9007)>.csv", written.getvalue())


def _import(place: Workspace, texts: list[str]) -> None:
    """Files of accounts, posts, comments, contacts; one of them has a name to beware of."""
    stars = len(texts) // EACH + 1
    accounts = [
        {
            "platform": "instagram",
            "handle": f"star{number}" if number < stars else f"<b onclick=ran({number})>x'\"",
            "display_name": text,
            "bio": "\n".join(texts[number * EACH : number * EACH + EACH]) or text,
            "url": text,
            "links": json.dumps([text, texts[-number]]),
            "region": text,
            "city": text,
            "categories": json.dumps([text]),
            "country": "US",
            "followers": 9_000 + number,
            "observed_at": "2026-10-01T00:00:00Z" if number % 9 or number < stars else text,
        }
        for number, text in enumerate(texts)
    ]
    posts = [
        {
            "platform": "instagram",
            "account": f"star{number // EACH}",
            "post_id": f"p{number}" if number % 2 else f"p{number}'\"><img src=x onerror=ran(1)>",
            "format": "reel",
            "published_at": f"2026-09-{number % 28 + 1:02d}T10:00:00Z",
            "url": text,
            "text": text,
            "hashtags": json.dumps([text, "trail"]),
            "mentions": json.dumps([text]),
            "links": json.dumps([text]),
            "views": 900 + number,
            "likes": 90 + number,
            "comments": 9,
            "observed_at": "2026-10-01T00:00:00Z",
        }
        for number, text in enumerate(texts)
    ]
    comments = [
        {
            "platform": "instagram",
            "comment_id": f"c{number}",
            "post_id": post["post_id"],
            "account": post["account"],
            "author": f"somebody{number}",
            "published_at": "2026-09-30T10:00:00Z",
            "text": text,
        }
        for number, (post, text) in enumerate(zip(posts, texts, strict=True))
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        for kind, rows in (("accounts", accounts), ("posts", posts), ("comments", comments)):
            with file.open("w", newline="", encoding="utf-8") as written:
                writer = csv.DictWriter(written, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            import_file(
                workspace=place,
                kind=kind,
                path=file,
                mapping=None,
                platform=None,
                by="owner<svg onload=ran(9004)>",
                now=clock.now(),
                progress=silent,
                file_name=f"{kind}<img src=x onerror=ran(9005)>.csv",
            )


def _write_about(place: Workspace, texts: list[str], hand: dict[str, Any]) -> None:
    """What a team keeps about creators: notes, tags, contacts, outreach, files."""
    short = iter(text for text in texts if len(text) <= tags.LONGEST and text.isprintable())
    for number in range(len(texts) // EACH + 1):
        creator = queries.creator_of(_ref(number))
        some = texts[number * EACH : number * EACH + EACH]
        notes.write(creator=creator, text="\n".join(some), author=None, **hand)
        for text in [found for _, found in zip(range(8), short, strict=False)]:
            with _allowing_refusals():
                tags.add(creator=creator, name=text, **hand)
        with _allowing_refusals():
            details = {"city": some[1]}
            contacts.add(creator=creator, channel="other", address=some[0], details=details, **hand)
        with _allowing_refusals():
            said = {"note": some[0][:300], "contacted_by": some[1][:100]}
            outreach.record(creator=creator, day=hand["now"].date(), medium="phone", **said, **hand)
        with _allowing_refusals():
            name = "kit<img src=x onerror=ran(9006)>.pdf"
            attachments.add(creator=creator, purpose="media_kit", name=name, content=PDF, **hand)


def _name_things(place: Workspace, texts: list[str], cast: Cast, hand: dict[str, Any]) -> None:
    """Lists, searches, tokens, tiers, own words and competitors, under such names."""
    named = [text for text in texts if len(text) <= 100 and text.isprintable()]
    creators = [queries.creator_of(_ref(number)).id for number in range(len(texts) // EACH + 1)]
    for number, text in enumerate(named[::8]):
        with _allowing_refusals():
            kept = lists.create(name=text, workspace=place, **hand)
            if number == 0:
                lists.add(kept=kept, creators=creators, **hand)
                for creator, note in zip(creators, texts, strict=False):
                    lists.annotate(kept=kept, creator=creator, note=note, **hand)
        with _allowing_refusals():
            question = Question(text=text, filters=(f"region={text}",))
            searches.save(name=text, question=question, workspace=place, **hand)
        with _allowing_refusals():
            watching.keep_word(text=text, severity="low", workspace=place, **hand)
        with _allowing_refusals():
            watching.keep_competitor(name=text, forms=[], workspace=place, **hand)
        with _allowing_refusals():
            tokens.make(
                workspace=place,
                person=cast.person(Role.OWNER),
                role=Role.OWNER,
                name=text,
                scopes=[Action.CREATORS_READ],
                expires_at=None,
                now=hand["now"],
            )
    bounds = {"nano": 1, "micro": 10, "mid": 100, "macro": 1000, "mega": 10_000}
    workspaces.set_tiers(workspace=place, name=named[3][:60], lower_bounds=bounds, **hand)


def _plan(place: Workspace, texts: list[str], hand: dict[str, Any]) -> None:
    """One plan, and drafts that wait."""
    named = [*FORMULAS, *texts[:: len(texts) // 20]]
    for number, name in enumerate(text for text in named if text.isprintable()):
        brief = _BRIEF.format(name=json.dumps(name))
        with _allowing_refusals():
            if number == 0:
                plans.propose(workspace=place, brief=parsed(brief), text=brief, seed=1, **hand)
            else:
                impossible = brief.replace("min = 1,", "min = 199,")
                with access.inside(place):
                    drafts.ask(
                        workspace=place,
                        brief=parsed(impossible),
                        text=impossible,
                        key=f"poison-{number}",
                        **hand,
                    )


@contextlib.contextmanager
def _allowing_refusals() -> Iterator[None]:
    """What is refused is not there to be shown."""
    with contextlib.suppress(Refusal):
        yield

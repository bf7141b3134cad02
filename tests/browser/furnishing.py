"""Fills the workspaces with what the pages of a used console show. Runs inside the installation."""

import json
import sys
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.apps import apps

from groundswell.connectors.actions import applications, connecting, creator_links, uploads
from groundswell.connectors.actions.wishes import Wishes
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.adapters.oauth import App
from groundswell.connectors.choices import SyncState
from groundswell.connectors.landing import Landing
from groundswell.connectors.models import Sync, Withdrawal
from groundswell.creators import queries
from groundswell.creators.actions import attachments, contacts, lists, notes, outreach, tags
from groundswell.creators.models import Account
from groundswell.discovery.actions import searches
from groundswell.discovery.questions import Question
from groundswell.people.actions import invitations
from groundswell.people.models import Person
from groundswell.people.policy import Action, Role
from groundswell.planning.actions import drafts
from groundswell.planning.brief import parsed
from groundswell.planning.models import Plan
from groundswell.project import opening
from groundswell.terms.networks import Network
from groundswell.terms.platforms import AccountRef
from groundswell.vetting.actions import replies, watching
from groundswell.workspaces import access, clock
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import Workspace
from tests.browser.console import email
from tests.support.cast import Cast

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
# What a path's placeholder stands for.
ROWS = {
    "account_id": "creators.Account",
    "absorbed_id": "creators.Creator",
    "connection_id": "connectors.Connection",
    "contact_id": "creators.Contact",
    "creator_id": "creators.Creator",
    "draft_id": "planning.Draft",
    "file_id": "creators.Attachment",
    "invitation_id": "people.Invitation",
    "list_id": "creators.CreatorList",
    "member_id": "people.Member",
    "note_id": "creators.Note",
    "outreach_id": "creators.Outreach",
    "plan_id": "planning.Plan",
    "promise_id": "planning.Promise",
    "proposal_id": "creators.DuplicateProposal",
    "run_id": "connectors.ImportRun",
    "search_id": "discovery.SavedSearch",
    "sync_id": "connectors.Sync",
    "term_id": "vetting.WatchedTerm",
    "token_id": "people.ApiToken",
    "upload_id": "connectors.Upload",
    "watch_id": "connectors.Watch",
}


def main() -> None:
    """Furnish the first workspace; of each that is named, print an id for each placeholder."""
    with opening.reach_database():
        casts = [Cast(_place(slug), clock.now()) for slug in sys.argv[1:]]
        for cast in casts:
            # Visited before, it is furnished.
            if Person.objects.filter(email=email(Role.OWNER, cast.workspace.slug)).exists():
                continue
            for role in Role:
                cast.person(role)
            if cast is casts[0]:
                _furnish(cast)
        ids = {cast.workspace.slug: ids_of(cast) for cast in casts}
        sys.stdout.write(json.dumps(ids))


def _place(slug: str) -> Workspace:
    found = Workspace.objects.filter(slug=slug).first()
    return found or workspaces.create(slug=slug, name=slug.title(), by="owner", now=clock.now())


def _furnish(cast: Cast) -> None:
    """What a team leaves behind: notes, tags, files, lists, searches, an impossible brief."""
    place = cast.workspace
    hand: dict[str, Any] = {"by": cast.person(Role.OWNER).email, "now": cast.now}
    with access.inside(place):
        plan = Plan.objects.earliest("proposed_at")
        stars = [account.creator for account in _accounts(plan)]
        notes.write(creator=stars[0], text="Answers on Mondays.", author=None, **hand)
        tags.add(creator=stars[0], name="outdoors", **hand)
        outreach.record(creator=stars[0], day=cast.now.date(), medium="phone", **hand)
        watching.keep_word(text="cliff jumping", severity="high", workspace=place, **hand)
        watching.keep_competitor(name="Ridge Shoes", forms=["@ridge"], workspace=place, **hand)
        mail = {"channel": "email", "address": "manager@agency.example", "details": {}}
        contacts.add(creator=stars[0], **mail, **hand)
        kit = {"purpose": "media_kit", "name": "kit.pdf", "content": PDF}
        attachments.add(creator=stars[0], **kit, **hand)
        kept = lists.create(name="For the spring", workspace=place, **hand)
        lists.add(kept=kept, creators=[creator.id for creator in stars], **hand)
        never = lists.create(name="Never", workspace=place, is_exclusion=True, **hand)
        lists.add(kept=never, creators=[stars[-1].id], **hand)
        connect(place, "Runners", "trail running", "<b>new</b>", **hand)
        question = Question(text="trail", filters=("country=US",))
        searches.save(name="Trail in the US", question=question, workspace=place, **hand)
        text = plan.brief_text.replace("amount = 100000", "amount = 10")
        drafts.ask(workspace=place, brief=parsed(text), text=text, key="impossible", **hand)
    cast.token(Role.OWNER, [Action.CREATORS_READ])
    hand_in(cast, "waiting.csv", "handle,followers,platform\nida,5K,instagram\nhal,-5,moon\n")


def connect(place: Workspace, name: str, text: str, said: str, **hand: Any) -> None:
    """A network that is watched, and what a sync of it could not take; it said ``said``."""
    made = connecting.connect(workspace=place, network=Network.BLUESKY, name=name, **hand)
    asked = {"way": Way.SEARCH, "text": text}
    watch = connecting.watch(workspace=place, connection_id=made.id, **asked, **hand)
    refusal = {"code": "network_throttled", "message": f"Bluesky asks for fewer requests: {said}"}
    Sync.objects.create(
        workspace=place,
        watch=watch,
        state=SyncState.FAILED,
        by=hand["by"],
        begun_at=hand["now"],
        finished_at=hand["now"],
        pages=2,
        items=4,
        taken=3,
        bad=1,
        requests=3,
        changed={"accounts": 3, "posts": 40},
        bad_items=[{"where": f"feed[3].{said}", "value": said, "reason": f"no count: {said}"}],
        aside={f"feed[].post.{said}": said},
        notes=[f"2 accounts ask not to be shown to others, and were left out. {said}"],
        refusal=refusal,
    )
    watch.refusal, watch.stale_since = refusal, hand["now"]
    watch.save()
    made.stale_since, made.refusal = hand["now"], refusal
    made.save()


def hand_in(cast: Cast, name: str, content: str) -> None:
    """A file that waits to be imported, looked at."""
    landed = Landing(cast.workspace, largest=1_000_000)
    landed.take(content.encode())
    hand: dict[str, Any] = {"workspace": cast.workspace, "by": "owner", "now": cast.now}
    upload = uploads.receive(landed=landed, file_name=name, **hand)
    uploads.look(upload_id=upload.id, asked=Wishes(), **hand)


def ids_of(cast: Cast) -> dict[str, Any]:
    """One row for each placeholder; those of which there is none are left out."""
    place, found = cast.workspace, {}
    with access.inside(place):
        invited = {"email": f"{uuid4()}@agency.example", "role": Role.EDITOR, "actor": Role.OWNER}
        _, secret = invitations.invite(workspace=place, **invited, by="owner", now=cast.now)
        for name, label in ROWS.items():
            row = apps.get_model(label).objects.order_by("id").first()
            if row is not None:
                found[name] = str(row.pk)
        plan = Plan.objects.order_by("proposed_at").first()
        accounts = _accounts(plan) if plan else []
        link = _reply_link(place, cast.now)
    found |= {
        "secret": secret,
        "reply_secret": link,
        "workspace_id": str(place.id),
        **_asked(place, cast.now),
        "accounts": [str(account.pk) for account in accounts],
    }
    if accounts:
        star = accounts[0]
        found |= {"creator_id": str(star.creator_id), "ref": f"{star.platform}:{star.handle}"}
    return found


def _asked(place: Workspace, now: datetime) -> dict[str, str]:
    """The secret of a link by which a creator connects, and the code of a withdrawal."""
    code = str(uuid4().hex)
    hand: dict[str, Any] = {"workspace": place, "by": "owner", "now": now}
    with access.inside(place):
        told = {"network": Network.INSTAGRAM, "told_at": now, "due_at": now}
        Withdrawal.objects.create(workspace=place, code=code, **told)
        found = Account.objects.filter(merged_into=None, platform="instagram").order_by("id")
        account = found.first()
        if account is None:
            return {"connect_secret": "none", "code": code}
        applications.keep_app(network=Network.INSTAGRAM, server="", app=App("17", "s"), **hand)
        return {"connect_secret": creator_links.invite(account=account, **hand)[1], "code": code}


def _reply_link(place: Workspace, now: datetime) -> str:
    """The secret of a link for some account's creator; blank where there is none."""
    account = Account.objects.filter(merged_into=None).order_by("id").first()
    if account is None:
        return "none"
    return replies.invite(workspace=place, account=account, by="owner", now=now)[1]


def _accounts(plan: Plan) -> list[Account]:
    """The first accounts that the plan pays."""
    named = [AccountRef.parse(line["account"]) for line in plan.document["lines"][:6]]
    return [queries.find_account(ref) for ref in named]

"""Commands of judging: the review queue, the creators' answers, the weights of the factors."""

from typing import Annotated, Any

import typer
from django.conf import settings

from groundswell.creators import queries as creators
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.terms.factors import FactorName
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import reviews, showing
from groundswell.vetting.actions import replies
from groundswell.vetting.actions import reviews as deciding
from groundswell.vetting.actions import weights as setting
from groundswell.vetting.choices import Ruling
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
review_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Accounts with something unusual: look, ask the creator, decide.",
)
weights_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="How much each factor counts in the overall score.",
)
app.add_typer(review_app, name="review")
app.add_typer(weights_app, name="weights")

AccountArgument = Annotated[str, typer.Argument(help="Account, such as instagram:anna.")]
_RULINGS = ", ".join(Ruling.values)


@review_app.command("list")
def list_reviews(
    decided: Annotated[bool, typer.Option("--decided", help="Those that were decided.")] = False,
    platform: Annotated[str, typer.Option(help="On this platform only.")] = "",
    kind: Annotated[str, typer.Option(help="With this kind of evidence only.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Most accounts to show.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the queue, the strongest evidence and the largest account first."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = reviews.queue(is_decided=decided, platform=platform, kind=kind)
        total = found.count()
        rows = [showing.review_as_json(each) for each in found[:limit]]
    shown = [_row(row) for row in rows]
    title = f"{'Decided' if decided else 'To decide'}: {len(rows):,} of {total:,}"
    frame.show(
        {"total": total, "reviews": rows},
        as_json=as_json,
        people=lambda: frame.table(title, shown),
    )


@review_app.command("show")
def show(
    account: AccountArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Show an account's evidence, what was decided, and what its creator answered."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = _judged(account)
    frame.show(found, as_json=as_json, people=lambda: frame.bullets(_lines(found)))


@review_app.command("decide")
def decide(
    account: AccountArgument,
    ruling: Annotated[str, typer.Argument(help=f"One of {_RULINGS}.")],
    reason: Annotated[str, typer.Option(help="Why; the creator can read it.")],
    seen: Annotated[
        int | None,
        typer.Option(min=0, help="How many decisions you saw; refused when there are more."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide about an account, or revise what was decided."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = creators.find_account(AccountRef.parse(account))
        deciding.decide(
            account=found, ruling=ruling, reason=reason, seen=seen, by=session.by, now=session.now
        )
        judged = _judged(account)
    frame.show(judged, as_json=as_json, people=lambda: f"{judged['account']}: {judged['ruling']}")


@review_app.command("ask")
def ask(
    account: AccountArgument,
    days: Annotated[int, typer.Option(help="For how long the link is open.")] = replies.DAYS,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the link by which a creator reads what is said, and answers; it is shown once."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = creators.find_account(AccountRef.parse(account))
        link, secret = replies.invite(
            workspace=session.workspace, account=found, days=days, by=session.by, now=session.now
        )
    address = f"{settings.LINKS_LEAD_TO}/replies/{secret}"
    frame.show(
        {"account": str(found), "link": address, "expires_at": link.expires_at.isoformat()},
        as_json=as_json,
        people=lambda: f"Send this link to the creator; it is shown only now:\n{address}",
    )


@weights_app.command("show")
def show_weights(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show how much each factor counts in the overall score."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = showing.weights_as_json()
    frame.show(found, as_json=as_json, people=lambda: _drawn(found))


@weights_app.command("set")
def set_weights(
    weights: Annotated[
        list[str], typer.Argument(help="credibility=30 and so on, each factor once, in any unit.")
    ],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set how much each factor counts; the weights are brought to a sum of 1."""
    written = _read(weights)
    with frame.session(workspace) as session, access.inside(session.workspace):
        setting.set_weights(
            workspace=session.workspace, weights=written, by=session.by, now=session.now
        )
        found = showing.weights_as_json()
    frame.show(found, as_json=as_json, people=lambda: _drawn(found))


@weights_app.command("reset")
def reset_weights(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Let all factors count the same again."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        setting.reset(workspace=session.workspace, by=session.by, now=session.now)
        found = showing.weights_as_json()
    frame.show(found, as_json=as_json, people=lambda: _drawn(found))


def _judged(written: str) -> dict[str, Any]:
    return showing.judged_as_json(creators.find_account(AccountRef.parse(written)))


def _row(found: dict[str, Any]) -> dict[str, Any]:
    state = found["ruling"] if found["state"] == "decided" else found["state"]
    return {
        "account": found["account"],
        "followers": found["followers"],
        "evidence": ", ".join(signal["kind"] for signal in found["evidence"]),
        "strength": f"{found['strength']:.1f}",
        "state": "open again" if found["reopened_because"] else state,
        "answered": "yes" if found["answered_at"] else "",
    }


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['account']}: {found['state']}", *found["reopened_because"]]
    for signal in found["evidence"]:
        lines += [signal["sentence"], signal["would_change"]]
    lines += [
        f"{each['decided_at'][:10]} {each['decided_by']}: {each['ruling']}, {each['reason']}"
        for each in found["history"]
    ]
    return lines + [
        f"{each['replied_at'][:10]} the creator: {each['text']}" for each in found["replies"]
    ]


def _drawn(found: dict[str, Any]) -> Any:
    rows = [
        {"factor": name.replace("_", " "), "weight": f"{weight:.1%}"}
        for name, weight in found["weights"].items()
    ]
    return frame.table("Weights of the factors", rows)


def _read(written: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for pair in written:
        name, _, weight = pair.partition("=")
        if name.strip() in found:
            raise setting.BadWeights(
                f"{name.strip()} has two weights: give one, got {' '.join(written)}"
            )
        try:
            found[name.strip()] = float(weight)
        except ValueError:
            known = ", ".join(FactorName)
            raise setting.BadWeights(
                f"a weight is written credibility=30, got {pair[:60]!r}; the factors are {known}"
            ) from None
    return found

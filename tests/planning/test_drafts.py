"""Briefs that are planned in the background: once, also after a worker died, or not at all."""

import pytest
from django.db.utils import ProgrammingError

from groundswell.creators.queries import UnknownAccount
from groundswell.planning import brief as briefs
from groundswell.planning.actions import decisions, drafts, working
from groundswell.planning.models import Draft, DraftState, Plan
from groundswell.terms.platforms import AccountRef
from groundswell.workspaces import access, jobs
from groundswell.workspaces.models import JournalEntry
from tests.planning.cast import toml


@pytest.fixture
def ask(market, now):
    def asked(key="form-1", **changes):
        text = toml(**changes)
        with access.inside(market):
            return drafts.ask(
                workspace=market,
                brief=briefs.parsed(text),
                text=text,
                key=key,
                by="anna",
                now=now,
            )

    return asked


@pytest.fixture
def done(market, now):
    def worked(draft):
        working.work(workspace=market, draft_id=draft.id, now=now)
        with access.inside(market):
            return Draft.objects.select_related("plan").get(id=draft.id)

    return worked


@pytest.fixture
def revise(market, now, done):
    def revised(plan, *, out=(), wanted=(), promise=None, key="revision-1"):
        with access.inside(market):
            draft = drafts.ask_revision(
                workspace=market,
                plan_id=plan.id,
                revision=drafts.Revision(
                    out=[f"instagram:{name}" for name in out],
                    wanted=[AccountRef.parse(f"instagram:{name}") for name in wanted],
                    promise=promise,
                ),
                key=key,
                by="ben",
                now=now,
            )
        return done(draft)

    return revised


def names(plan):
    return [line["account"].removeprefix("instagram:") for line in plan.document["lines"]]


def events(workspace):
    with access.inside(workspace):
        return list(JournalEntry.objects.order_by("at", "id").values_list("event", flat=True))


def test_a_brief_waits_and_is_then_planned(market, ask, done):
    before = jobs.waiting()
    draft = ask()
    assert (draft.state, jobs.waiting() - before) == (DraftState.QUEUED, 1)

    settled = done(draft)

    assert (settled.state, settled.done, settled.total) == (DraftState.READY, 9, 9)
    assert settled.plan.proposed_by == "anna"
    assert settled.plan.reach == settled.plan.document["forecast"]["reach"]["value"]
    assert events(market)[-2:] == ["plan.asked", "plan.proposed"]


def test_the_same_form_sent_twice_is_planned_once(market, ask, done):
    first, waiting = ask(), jobs.waiting()
    second = ask()
    assert jobs.waiting() == waiting
    done(first)
    done(second)

    assert first.id == second.id
    with access.inside(market):
        assert Plan.objects.count() == 1


def test_a_brief_that_cannot_be_planned_says_why(market, ask, done):
    settled = done(ask(amount=60, creators="count = { min = 5 }"))

    assert settled.state == DraftState.FAILED
    assert settled.refusal["code"] == "infeasible_plan"
    assert settled.refusal["constraint"] == "count.min"
    assert "lower count.min to 2 or raise the budget to" in settled.refusal["message"]
    assert events(market)[-1] == "plan.refused"


def test_a_cancelled_brief_is_not_planned(market, ask, done, now):
    draft = ask()
    with access.inside(market):
        drafts.cancel(workspace=market, draft_id=draft.id, by="ben", now=now)

    assert done(draft).state == DraftState.CANCELLED
    assert events(market)[-1] == "plan.cancelled"


def test_work_stops_when_it_is_cancelled_meanwhile(market, ask, done, now, monkeypatch):
    draft = ask()

    def cancelled_meanwhile(**arguments):
        with access.inside(market):
            drafts.cancel(workspace=market, draft_id=draft.id, by="ben", now=now)
        arguments["progress"]("planning", 1, 7)

    monkeypatch.setattr(working.plans, "worked_out", cancelled_meanwhile)

    assert done(draft).state == DraftState.CANCELLED
    with access.inside(market):
        assert not Plan.objects.exists()


def test_what_a_dead_worker_began_is_begun_again(ask, done, monkeypatch):
    def dies(**_):
        raise KeyboardInterrupt

    draft = ask()
    with monkeypatch.context() as patched:
        patched.setattr(working.plans, "worked_out", dies)
        with pytest.raises(KeyboardInterrupt):
            done(draft)

    assert done(draft).state == DraftState.READY


def test_planning_that_breaks_again_and_again_is_given_up(ask, done, monkeypatch):
    def breaks(**_):
        raise ZeroDivisionError

    draft = ask()
    with monkeypatch.context() as patched:
        patched.setattr(working.plans, "worked_out", breaks)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                done(draft)

    settled = done(draft)
    assert (settled.state, settled.refusal["code"]) == (DraftState.FAILED, "planning_broke")


def test_a_settled_draft_is_not_planned_again(market, ask, done):
    draft = ask()
    first = done(draft).plan

    assert done(draft).plan == first
    with access.inside(market):
        assert Plan.objects.count() == 1


def test_a_revision_takes_a_line_out_and_keeps_the_others(market, ask, done, revise):
    plan = done(ask(amount=300)).plan
    out = names(plan)[0]

    revised = revise(plan, out=[out]).plan

    assert out not in names(revised)
    assert set(names(plan)) - {out} <= set(names(revised))
    assert (revised.version, revised.first_id, revised.revises_id) == (2, plan.id, plan.id)
    assert revised.change == {"out": [f"instagram:{out}"], "wanted": []}
    assert f'never = ["instagram:{out}"]' in revised.brief_text
    assert "lines of the version before are kept" in revised.document["notes"][-1]
    with access.inside(market):
        assert list(Plan.objects.filter(is_current=True)) == [revised]
    assert events(market)[-1] == "plan.revised"


def test_a_wanted_account_is_taken_in(ask, done, revise):
    plan = done(ask(amount=200)).plan
    left_out = next(name for name in ("anna", "ben", "fay") if name not in names(plan))

    revised = revise(plan, wanted=[left_out]).plan

    assert left_out in names(revised)
    assert f'must_have = ["instagram:{left_out}"]' in revised.brief_text


def test_goals_can_be_promised_at_another_certainty(ask, done, revise):
    plan = done(ask(amount=300)).plan

    revised = revise(plan, promise=0.95).plan

    assert names(revised) == names(plan)
    assert revised.change == {"out": [], "wanted": [], "promise": 0.95}
    before, after = (p.document["certificates"]["promise"] for p in (plan, revised))
    assert (before["probability"], after["probability"]) == (0.9, 0.95)
    assert after["goals"]["views"] < before["goals"]["views"]


@pytest.mark.parametrize(
    ("change", "refusal", "says"),
    [
        ({"promise": 0.9}, drafts.NothingToRevise, "at 90% already"),
        ({"promise": 1.5}, briefs.BadBrief, "promise: must be less than 1, got 1.5"),
        ({"out": ["zoe"]}, drafts.NothingToRevise, "no line of instagram:zoe"),
        ({"wanted": ["zoe"]}, UnknownAccount, "zoe"),
        ({}, drafts.NothingToRevise, "choose at least one line"),
        ({"wanted": ["fay"]}, drafts.NothingToRevise, "in the plan already"),
    ],
)
def test_a_revision_that_changes_nothing_or_nobody_is_refused(
    market, ask, done, revise, change, refusal, says
):
    plan = done(ask()).plan

    with pytest.raises(refusal, match=says):
        revise(plan, **change)

    with access.inside(market):
        assert Draft.objects.count() == 1


def test_going_back_makes_the_version_before_current(market, ask, done, revise, now):
    plan = done(ask(amount=300)).plan
    revised = revise(plan, out=[names(plan)[0]]).plan

    with access.inside(market):
        back = decisions.go_back(workspace=market, plan_id=revised.id, by="anna", now=now)
        assert list(Plan.objects.filter(is_current=True)) == [plan]
        with pytest.raises(decisions.NothingToUndo, match="first version"):
            decisions.go_back(workspace=market, plan_id=plan.id, by="anna", now=now)
        forward = decisions.make_current(workspace=market, plan_id=revised.id, by="anna", now=now)
    assert (back.id, forward.id) == (plan.id, revised.id)
    assert events(market)[-2:] == ["plan.made_current", "plan.made_current"]


def test_versions_after_going_back_are_numbered_on(ask, done, revise, market, now):
    plan = done(ask(amount=300)).plan
    first, second = names(plan)[:2]
    revised = revise(plan, out=[first]).plan
    with access.inside(market):
        decisions.go_back(workspace=market, plan_id=revised.id, by="anna", now=now)

    assert revise(plan, out=[second], key="revision-2").plan.version == 3


@pytest.fixture
def asking(market, now):
    """Asks for a revision and doesn't wait for it."""

    def asked(plan, out, key):
        with access.inside(market):
            return drafts.ask_revision(
                workspace=market,
                plan_id=plan.id,
                revision=drafts.Revision(out=[f"instagram:{out}"]),
                key=key,
                by=key,
                now=now,
            )

    return asked


def test_a_version_that_is_being_revised_is_not_revised_again_until_that_ends(
    market, ask, done, asking, now
):
    plan = done(ask(amount=300)).plan
    first, second = names(plan)[:2]
    open_ = asking(plan, first, "ben")

    with pytest.raises(drafts.RevisionUnderWay, match="being revised already by ben"):
        asking(plan, second, "cleo")
    assert asking(plan, first, "ben").id == open_.id
    with access.inside(market):
        drafts.cancel(workspace=market, draft_id=open_.id, by="ben", now=now)

    assert done(asking(plan, second, "cleo")).plan.version == 2


def test_a_version_whose_place_another_took_is_not_revised(market, ask, done, revise):
    plan = done(ask(amount=300)).plan
    first, second = names(plan)[:2]
    revise(plan, out=[first])

    with pytest.raises(drafts.PlanMovedOn, match="version 2 by ben is the current one"):
        revise(plan, out=[second], key="revision-2")

    with access.inside(market):
        assert Plan.objects.count() == 2


def test_a_revision_of_a_version_that_another_took_the_place_of_meanwhile_does_not_land(
    market, ask, done, revise, asking, now
):
    plan = done(ask(amount=300)).plan
    first = names(plan)[0]
    revised = revise(plan, out=[first]).plan
    open_ = asking(revised, names(revised)[0], "cleo")
    with access.inside(market):
        decisions.make_current(workspace=market, plan_id=plan.id, by="anna", now=now)

    settled = done(open_)

    assert (settled.state, settled.refusal["code"]) == (DraftState.FAILED, "plan_moved_on")
    with access.inside(market):
        assert list(Plan.objects.filter(is_current=True)) == [plan]
        assert Plan.objects.count() == 2


def test_one_version_at_a_time_is_approved(market, ask, done, revise, now):
    plan = done(ask(amount=300)).plan
    revised = revise(plan, out=[names(plan)[0]]).plan

    with access.inside(market):
        for each in (plan, revised, revised):
            decisions.approve(workspace=market, plan_id=each.id, by="olga", now=now)
        [approved] = Plan.objects.filter(approved_at__isnull=False)
        assert (approved, approved.approved_by) == (revised, "olga")
        decisions.withdraw_approval(workspace=market, plan_id=revised.id, by="olga", now=now)
        assert not Plan.objects.filter(approved_at__isnull=False).exists()
    assert events(market)[-5:] == [
        "plan.approved", "promise.made", "plan.approved", "promise.made", "plan.approval_withdrawn",
    ]  # fmt: skip


def test_what_a_plan_promised_cannot_be_changed(market, ask, done):
    plan = done(ask()).plan

    with pytest.raises(ProgrammingError, match="permission denied"), access.inside(market):
        Plan.objects.filter(id=plan.id).update(spend_minor=1)

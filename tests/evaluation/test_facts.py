"""What the portal counts by itself: from the rows of the other components, kept with every case, and recomputable."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import CouncilOpinion, Programme
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.model.quality import DatasetQuality
from ckanext.opengov.dialog.model.appeals import Answer, Appeal, Transfer, new_id
from ckanext.opengov.dialog.model.conferences import Conference, Question
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Fact
from ckanext.opengov.evaluation.service import moving, periods, registry, snapshots
from ckanext.opengov.factories import Dataset, officer
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response

from tests.evaluation.frameworks_ground import leaf, tree
from tests.evaluation.ground import END, START, VALUES, Ground, act

pytestmark = pytest.mark.usefixtures("clean_portal", "app")

NOON = dt.datetime.combine(START + dt.timedelta(days=10), dt.time(12), dt.UTC)
BEFORE = NOON - dt.timedelta(days=30)
BEGIN, AFTER = (dt.datetime.combine(day, dt.time(), periods.ALMATY) for day in (START, END + dt.timedelta(days=1)))


def appeal(agency: str, answers: list[str], at: dt.datetime = NOON, **values: Any) -> str:
    """An appeal with answers of these texts, in time unless ``in_time`` says otherwise."""
    in_time = values.pop("in_time", True)
    made = Appeal(
        id=new_id(),
        number=new_id()[:8],
        agency_id=agency,
        kind="complaint",
        topic="roads",
        language="ru",
        subject_original="Road",
        subject_public="Road",
        text_original="Text",
        text_public="Text",
        visibility="public",
        registered_at=at,
        month=at.date().replace(day=1),
        term_from=at.date(),
        **values,
    )
    model.Session.add(made)
    for number, text in enumerate(answers, 1):
        answer = {"text_original": text, "text_public": text, "in_time": in_time, "number": number, "language": "ru"}
        model.Session.add(Answer(appeal_id=made.id, agency_id=agency, at=at, **answer))
    model.Session.flush()
    return made.id


def dialogue(agency: str, other: str) -> None:
    """Of 12 first answers 9 are in time and 3 are copies; one more appeal is silent; 10 are rated, 6 of them useful."""
    for number in range(12):
        text = "As provided by law." if number < 3 else f"Done {number}."
        more: dict[str, Any] = {"rated_at": NOON, "useful": number < 6} if number < 10 else {}
        if number < 2:
            more["reopened_at"] = NOON
        appeal(agency, [text], in_time=number >= 3, **more)
    appeal(agency, [], due_at=NOON)
    # Before the period, and of somebody else: not counted.
    appeal(agency, ["Old."], BEFORE, rated_at=BEFORE, useful=True)
    appeal(other, ["Other."])
    for number in range(10):
        one = new_id()
        ways = [(agency, other), (other, agency)] if number < 4 else [(agency, other)]
        for start, end in ways:
            passed = {"from_agency_id": start, "to_agency_id": end, "at": NOON, "due_at": NOON}
            model.Session.add(Transfer(appeal_id=one, reason="Not ours", late=False, **passed))
            model.Session.flush()


def conference(agency: str, answered: int, silent: int) -> None:
    """A conference that is over."""
    texts: dict[str, str] = {"ru": "x"}
    held = Conference(
        id=new_id(),
        agency_id=agency,
        state="published",
        title=texts,
        intro=texts,
        speakers=[],
        starts_at=NOON,
        moments={},
    )
    model.Session.add(held)
    for number in range(answered + silent):
        model.Session.add(
            Question(
                id=new_id(),
                conference_id=held.id,
                number=number,
                author_id="x",
                language="ru",
                text_original="?",
                text_public="?",
                findings=[],
                state="public",
                answered_at=NOON if number < answered else None,
            )
        )


def data_of(agency: str) -> None:
    """Three data sets, one of them late, and one after the period; four list items that were due, three in time."""
    later = {"issued": (END + dt.timedelta(days=1)).isoformat()}
    is_late = {"fresh": {"points": 20, "why": "late"}}
    for score, lost, more in ((405, {}, {}), (300, {}, {}), (105, is_late, {}), (200, {}, later)):
        dataset = Dataset(owner_org=agency, **more)["id"]
        model.Session.execute(sa.delete(DatasetQuality).where(DatasetQuality.dataset_id == dataset))
        parts = dict.fromkeys(("findability", "accessibility", "interoperability", "reusability", "contextuality"), 0)
        model.Session.add(DatasetQuality(dataset_id=dataset, agency_id=agency, score=score, lost=lost, **parts))
    for number in range(4):
        linked = START + dt.timedelta(days=5 if number < 3 else 50)
        item = {"title": {"ru": "x"}, "frequency": "YEARLY", "criteria": [], "state": "approved"}
        due = {"due_on": START + dt.timedelta(days=9), "linked_on": linked}
        model.Session.add(ListItem(id=new_id(), agency_id=agency, number=number, **item, **due))
    model.Session.flush()
    # Made before the end of the period.
    earlier = sa.update(model.Package).values(metadata_created=NOON.replace(tzinfo=None))
    model.Session.execute(earlier)


def counted(name: str, agency: str) -> tuple[int, int]:
    """What a component counts of an agency, straight from its statement."""
    rows = registry.indicators()[name].rows(BEGIN, AFTER).subquery()
    query = sa.select(sa.func.coalesce(sa.func.sum(rows.c.part), 0), sa.func.count()).where(rows.c.agency_id == agency)
    number, cases = model.Session.execute(query).one()
    return int(number), cases


def test_each_indicator_counts_what_it_says() -> None:
    ground = Ground()
    agency, other = ground.akimat["id"], ground.central["id"]
    dialogue(agency, other)
    conference(agency, 3, 2)
    data_of(agency)
    expected = {
        # 9 of 12 answers, and the silent one.
        "dialog.answered_in_time": (9, 13),
        "dialog.useful": (6, 10),
        "dialog.reopened": (2, 12),
        "dialog.ping_pong": (4, 10),
        "dialog.copies": (3, 12),
        "dialog.questions_answered": (3, 5),
        "data.list_in_time": (3, 4),
        "data.fresh": (2, 3),
        "data.quality": (810, 3),
    }
    assert {name: counted(name, agency) for name in expected} == expected
    assert counted("dialog.answered_in_time", other) == (1, 1)
    for name, indicator in registry.indicators().items():
        assert indicator.title
        assert indicator.about
        assert dict(indicator.links([])) == {}
        # Each is a statement that the database takes.
        assert counted(name, other)[0] >= 0


def test_evaluation_reads_what_every_loaded_component_declares() -> None:
    """No name of a component stands in evaluation: a sixth one would be read as well."""
    declared = {f"{one.name}.{name}" for one in manifests() for name in one.indicators}
    assert set(registry.indicators()) == declared
    assert {name.split(".")[0] for name in declared} >= {"budget", "data", "dialog", "evaluation", "regulation"}


def automatic() -> dict[str, Any]:
    """The small framework with two of its indicators counted by the portal."""
    data = tree()
    leaf(data, "reached").update(source="automatic", automatic="dialog.answered_in_time")
    leaf(data, "complaints").update(source="automatic", automatic="dialog.copies")
    return data


def test_facts_are_kept_with_their_cases_and_recomputed_later_they_are_the_same() -> None:
    ground = Ground()
    framework = act("evaluation_framework_create", ground.supervisor, content=automatic())
    period = ground.open("counted", START - dt.timedelta(days=300), END - dt.timedelta(days=101), framework["id"])
    model.Session.get_one(periods.Period, period["id"]).starts_on = START
    model.Session.get_one(periods.Period, period["id"]).ends_on = END
    dialogue(ground.akimat["id"], ground.central["id"])
    model.Session.commit()
    moving.advance()

    evaluation = ground.published(
        ground.akimat, {key: VALUES[key] for key in ("days", "council", "regions_only")}, period
    )
    before = act("evaluation_explain", None, id=evaluation)
    steps = {step["key"]: step for step in before["steps"]}
    # 9 of 13 are 69.23 %; 3 of 12 are 25 %, which from 50 down to 0 are 50 points.
    assert (steps["reached"]["number"], steps["complaints"]["points"]) == ("69.23", "50.00")
    assert before["low"] < float(before["score"]) < before["high"]
    # A quarter of the answers are copies: the reader is warned.
    assert steps["complaints"]["warning"]
    assert not steps["reached"]["warning"]

    # Later the portal's rows are others: the facts, and the score, stay.
    dialogue(ground.akimat["id"], ground.central["id"])
    model.Session.execute(sa.delete(Appeal))
    model.Session.commit()
    assert act("evaluation_explain", None, id=evaluation) == before
    checked = act("evaluation_period_verify", None, id="counted")
    assert checked == {"facts": 4, "different": [], "digest_equal": True}
    with pytest.raises(tk.ValidationError, match="not taken again"):
        act("evaluation_period_count", ground.supervisor, id="counted")

    cases = act("evaluation_cases", None, id=evaluation, indicator="reached")
    assert cases["count"] == 13
    assert [one["part"] for one in cases["cases"]] == [0] * 4 + [1] * 9
    model.Session.execute(sa.update(Fact).where(Fact.indicator == "dialog.copies").values(numerator=0))
    model.Session.commit()
    found = act("evaluation_period_verify", None, id="counted")
    assert {one["indicator"] for one in found["different"]} == {"dialog.copies"}
    assert not found["digest_equal"]


def test_facts_are_not_taken_before_the_end_and_those_of_a_merged_agency_go_to_its_successor() -> None:
    ground = Ground()
    framework = act("evaluation_framework_create", ground.supervisor, content=automatic() | {"name": "other"})
    today = dt.datetime.now(dt.UTC).date()
    running = ground.open("running", START, today + dt.timedelta(days=30), framework["id"])
    with pytest.raises(tk.ValidationError, match="after its end"):
        act("evaluation_period_count", ground.supervisor, id="running")
    model.Session.rollback()
    merged = ground.of(ground.central, running)
    day = (START + dt.timedelta(days=20)).isoformat()
    act("evaluation_end", ground.supervisor, id=merged, ended_on=day, reason="Merged", successor="akimat")
    appeal(ground.central["id"], ["One."])
    appeal(ground.akimat["id"], ["Two."])
    model.Session.get_one(periods.Period, running["id"]).ends_on = END
    model.Session.commit()
    act("evaluation_period_count", ground.supervisor, id="running")
    facts = snapshots.of_period(running["id"])
    assert facts[ground.akimat["id"]]["dialog.answered_in_time"].cases == 2
    assert ground.central["id"] not in facts
    # Too few to say anything: left out, and not zero.
    states = model.Session.scalars(sa.select(Evaluation.score).where(Evaluation.period_id == running["id"])).all()
    assert len(states) == 3


def test_the_workplace_shows_each_officer_what_waits_for_them() -> None:
    ground = Ground()
    evaluated = ground.evaluated(ground.akimat, VALUES)
    judge = officer(ground.home["id"], "evaluation", Role.EVALUATOR, Role.SUPERVISOR)

    def kinds(user: dict[str, Any]) -> list[tuple[str, str]]:
        return [(one["kind"], one["entity_id"]) for one in act("workplace_task_list", user)["tasks"]]

    assert kinds(ground.head) == [("evaluation_objection", evaluated)]
    act("evaluation_agree", ground.head, id=evaluated)
    assert kinds(ground.head) == []
    assert kinds(ground.supervisor) == [("evaluation_decision", evaluated)]
    model.Session.get_one(Evaluation, ground.of(ground.home)).state = "evaluation"
    model.Session.get_one(Evaluation, ground.of(ground.central)).state = "evaluation"
    model.Session.commit()
    # Nobody evaluates the own agency.
    assert sorted(kinds(judge)) == sorted(
        [("evaluation_decision", evaluated), ("evaluation_evaluation", ground.of(ground.central))]
    )


def test_what_regulations_and_budgets_add_counts_what_it_says() -> None:
    ground = Ground()
    agency = ground.akimat["id"]
    act_ = DraftAct(
        id=new_id(),
        number="act-1",
        agency_id=agency,
        kind="order",
        title={"ru": "x"},
        version=1,
        answers_due_at=NOON,
        reported_at=NOON,
    )
    late = DraftAct(id=new_id(), number="act-2", agency_id=agency, kind="order", title={"ru": "x"}, answers_due_at=NOON)
    model.Session.add_all([act_, late])
    answers = [
        ("accepted", ""),
        ("not_accepted", "The law on roads says otherwise: article 7."),
        ("partly", ""),
    ]
    for place, (outcome, reason) in enumerate([*answers, (None, "")]):
        response, comment = None, new_id()
        if outcome:
            response = Response(
                id=new_id(),
                comment_id=comment,
                package_id=act_.id,
                outcome=outcome,
                reason=reason,
                language="ru",
                version=1,
                answered_by="x",
            )
            model.Session.add(response)
        model.Session.add(
            Remark(
                comment_id=comment,
                package_id=act_.id,
                position=place,
                version=1,
                discussion=1,
                kind="proposal" if place else "question",
                language="ru",
                response_id=response.id if response else None,
            )
        )
    audit = Audit(
        id=new_id(),
        body_id=ground.home["id"],
        audited_id=agency,
        kind="state",
        title={"ru": "x"},
        summary={},
        period_from=START,
        period_until=END,
        state="published",
    )
    model.Session.add(audit)
    for number, state in enumerate(("cured", "open", "cured")):
        model.Session.add(
            Finding(
                audit_id=audit.id,
                number=number,
                object={},
                violation="procedure",
                amount=0,
                cured_amount=0,
                recommendation={},
                deadline=START,
                responsible="",
                state=state,
                note="",
                evidence=[],
                programme_code="",
                line_code="",
            )
        )
    for number in range(2):
        moments = {"approved": NOON.isoformat()}
        programme = Programme(id=new_id(), agency_id=agency, state="approved", code="1", passport={}, moments=moments)
        model.Session.add(programme)
        if number:
            votes = {"votes_for": 1, "votes_against": 0, "votes_abstained": 0}
            said = {
                "verdict": "for",
                "text": "x",
                "language": "ru",
                "held_on": START,
                "remarks": [],
                "author_id": "x",
            }
            model.Session.add(CouncilOpinion(programme_id=programme.id, round=1, **said, **votes))
    model.Session.flush()
    expected = {
        # A question that was accepted, a proposal refused with a reason, one accepted in part, one without answer.
        "regulation.answered": (3, 4),
        "regulation.accepted": (1, 3),
        "regulation.reports_in_time": (1, 2),
        "budget.findings_cured": (2, 3),
        "budget.council_opinions": (1, 2),
    }
    assert {name: counted(name, agency) for name in expected} == expected

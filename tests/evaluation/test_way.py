"""The way of an evaluation: who may do what when, what is refused with which words, what stands in the journal."""

from __future__ import annotations

import datetime as dt
import io
import threading
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers, outbox
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Evidence, Value
from ckanext.opengov.evaluation.service import evidence, moving, states
from ckanext.opengov.factories import officer
from werkzeug.datastructures import FileStorage

from tests.evaluation.frameworks_ground import leaf, tree
from tests.evaluation.ground import END, START, VALUES, Ground, act

pytestmark = pytest.mark.usefixtures("clean_portal", "app")
DAY = dt.timedelta(days=1)


def refused(action: str, user: Any, **data: Any) -> str:
    """The words of a refusal."""
    with pytest.raises(tk.ValidationError) as caught:
        act(action, user, **data)
    model.Session.rollback()
    return str(caught.value.error_dict)


def test_the_whole_way_with_evidence_objection_decision_and_publication() -> None:
    ground = Ground()
    evaluation = ground.of(ground.akimat)
    # Nobody sees it before it is published, and the agency's officers do.
    with pytest.raises(tk.ObjectNotFound):
        act("evaluation_explain", None, agency="akimat")
    assert [one["agency"] for one in act("evaluation_list", ground.author)] == ["akimat"]

    ground.claim(evaluation, {"reached": 90, "complaints": 10, "council": 1, "regions_only": 6})
    act("evaluation_claim_set", ground.author, id=evaluation, indicator="days", status="not_provided")
    link = {"id": evaluation, "indicator": "reached", "title": "Report"}
    act("evaluation_evidence_create", ground.author, **link, url="https://example.org/report")
    paper = FileStorage(io.BytesIO(b"paper"), "report.pdf")
    act("evaluation_evidence_create", ground.author, **link, file=paper)
    with pytest.raises(tk.NotAuthorized):
        act("evaluation_submit", ground.author, id=evaluation)
    act("evaluation_submit", ground.head, id=evaluation)
    assert "in the state" in refused("evaluation_claim_set", ground.author, id=evaluation, indicator="days", number=1)

    assert "not set yet" in refused("evaluation_finish", ground.evaluator, id=evaluation)
    for key, number in VALUES.items():
        act("evaluation_value_set", ground.evaluator, id=evaluation, indicator=key, number=number, reason="Seen.")
    act("evaluation_finish", ground.evaluator, id=evaluation)
    act("evaluation_appeal_create", ground.head, id=evaluation, indicator="days", text="It was 5 days.")
    again = refused("evaluation_appeal_create", ground.head, id=evaluation, indicator="days", text="Again.")
    assert "already" in again
    act("evaluation_agree", ground.head, id=evaluation)

    assert "waits for a decision" in refused("evaluation_publish", ground.supervisor, id=evaluation)
    decision = {"id": evaluation, "indicator": "days", "decision": "accepted", "reason": "The register says 5."}
    assert "needs the value" in refused("evaluation_appeal_decide", ground.supervisor, **decision)
    act("evaluation_appeal_decide", ground.supervisor, **decision, status="given", number=5)
    assert act("evaluation_publish", ground.supervisor, period="2026")["published"] == 1

    shown = act("evaluation_explain", None, agency="akimat", period="2026")
    # days are worth 100 now: citizens 0.7 x 100 + 0.3 x 75 = 92.5; 0.6 x 80 + 0.4 x 92.5 = 85.
    assert (shown["score"], shown["exact"]) == ("85.0", "85")
    days = next(step for step in shown["steps"] if step["key"] == "days")
    assert days["objection"]["decision"] == "accepted"
    files = next(step for step in shown["steps"] if step["key"] == "reached")["evidence"]
    assert [one["state"] for one in files] == ["link", "there"]
    outbox.drain()
    found = tk.get_action("package_search")({"user": ""}, {"fq": "dataset_type:evaluation"})
    assert [one["score"] for one in found["results"]] == ["85.0"]

    entries = journal.entries("evaluation", evaluation, internal=True)
    signed = [(one["event"], one["actor"]) for one in entries if one["event"] == "evaluation.value"]
    assert signed == [("evaluation.value", ground.evaluator["id"])] * 5
    assert entries[-2]["actor"] == entries[-1]["actor"] == ground.supervisor["id"]
    assert journal.verify("evaluation", evaluation).ok


def test_an_evaluator_belongs_to_another_agency_and_whoever_set_a_value_does_not_decide_on_it() -> None:
    ground = Ground()
    own = officer(ground.akimat["id"], "evaluation", Role.EVALUATOR)
    tied = officer(ground.home["id"], "evaluation", Role.EVALUATOR, Role.SUPERVISOR)
    evaluation = ground.of(ground.akimat)
    model.Session.get_one(Evaluation, evaluation).state = "evaluation"
    model.Session.commit()
    value = {"id": evaluation, "indicator": "reached", "number": 1, "reason": "So."}
    for user in (own, ground.head, ground.supervisor):
        with pytest.raises(tk.NotAuthorized):
            act("evaluation_value_set", user, **value)
    # Of another component, yet of the agency: no judge of it.
    officers.grant([officers.Grant(tied["id"], ground.akimat["id"], "dialog", Role.AUTHOR, START)], actor=tied["id"])
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized, match="Nobody judges"):
        act("evaluation_value_set", tied, **value)
    for key, number in VALUES.items():
        act("evaluation_value_set", ground.evaluator, **value | {"indicator": key, "number": number})
    both = officer(ground.home["id"], "evaluation", Role.EVALUATOR, Role.SUPERVISOR)
    act("evaluation_value_set", both, **value, revision=1)
    act("evaluation_finish", both, id=evaluation)
    act("evaluation_appeal_create", ground.head, id=evaluation, indicator="reached", text="No.")
    act("evaluation_agree", ground.head, id=evaluation)
    data = {"id": evaluation, "indicator": "reached", "decision": "rejected", "reason": "Yes."}
    assert "somebody else decides" in refused("evaluation_appeal_decide", both, **data)
    act("evaluation_appeal_decide", ground.supervisor, **data)
    assert "already" in refused("evaluation_appeal_decide", ground.supervisor, **data)


def test_of_two_evaluators_at_once_one_wins_and_the_other_is_told() -> None:
    ground = Ground()
    evaluation = ground.of(ground.akimat)
    model.Session.get_one(Evaluation, evaluation).state = "evaluation"
    model.Session.commit()
    told: list[str] = []
    start = threading.Barrier(2)

    def set_value(user: dict[str, Any], number: int) -> None:
        start.wait()
        try:
            act(
                "evaluation_value_set",
                user,
                id=evaluation,
                indicator="reached",
                number=number,
                reason="So.",
                revision=0,
            )
        except tk.ValidationError as error:
            model.Session.rollback()
            told.append(str(error.error_dict["revision"]))
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=set_value, args=pair) for pair in ((ground.evaluator, 70), (ground.second, 80))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = model.Session.get_one(Value, (evaluation, "reached"))
    assert kept.revision == 1
    assert len(told) == 1
    assert f"a moment ago: {kept.number:.0f}" in told[0]


def test_what_comes_after_the_term_is_refused_and_the_clock_moves_on() -> None:
    ground = Ground()
    evaluation = ground.evaluated(ground.akimat, VALUES)
    late = ground.of(ground.central)
    now = dt.datetime.now(dt.UTC)
    for one in (evaluation, late):
        model.Session.get_one(Evaluation, one).due_at = now - DAY
    model.Session.commit()
    data = {"id": evaluation, "indicator": "days", "text": "It was 5 days."}
    assert "The term ended on" in refused("evaluation_appeal_create", ground.head, **data)
    assert moving.advance() == 2
    found = [model.Session.get_one(Evaluation, one).state for one in (evaluation, late)]
    assert found == ["decision", "evaluation"]


def test_evidence_that_is_gone_or_changed_confirms_no_claim() -> None:
    ground = Ground()
    evaluation = ground.of(ground.akimat)
    act("evaluation_claim_set", ground.author, id=evaluation, indicator="reached", number=80)
    file = FileStorage(io.BytesIO(b"paper"), "../../report.pdf")
    act("evaluation_evidence_create", ground.author, id=evaluation, indicator="reached", title="Report", file=file)
    for name, content in (("run.exe", b"x"), ("empty.pdf", b"")):
        bad = FileStorage(io.BytesIO(content), name)
        refused("evaluation_evidence_create", ground.author, id=evaluation, indicator="days", title="X", file=bad)
    act("evaluation_submit", ground.head, id=evaluation)
    one = model.Session.query(Evidence).one()
    assert one.file_name == "report.pdf"
    value = {"id": evaluation, "indicator": "reached", "number": 80, "reason": "Seen."}
    evidence.path_of(one).write_bytes(b"other")
    assert "not the one that was given" in refused("evaluation_value_set", ground.evaluator, **value)
    evidence.path_of(one).unlink()
    assert "is gone" in refused("evaluation_value_set", ground.evaluator, **value)
    # Another value than the claimed one needs no proof of the claim.
    act("evaluation_value_set", ground.evaluator, **value | {"number": 0})


def test_frameworks_are_versions_and_a_period_freezes_its_own() -> None:
    ground = Ground()
    first = ground.published(ground.akimat, VALUES)
    changed = tree()
    leaf(changed, "reached")["weight"], leaf(changed, "complaints")["weight"] = 50, 50
    second = act("evaluation_framework_create", ground.supervisor, content=changed)
    assert (ground.framework["version"], second["version"]) == (1, 2)
    # A change in the middle changes nothing of what is under way.
    assert act("evaluation_explain", None, id=first)["exact"] == "369/5"
    overlap = {"name": "other", "title": {"en": "x"}, "framework": second["id"]}
    told = refused(
        "evaluation_period_open",
        ground.supervisor,
        **overlap,
        starts_on=END.isoformat(),
        ends_on=(END + DAY).isoformat(),
    )
    assert "overlaps “2026”" in told
    assert "before it begins" in refused(
        "evaluation_period_open", ground.supervisor, **overlap, starts_on="2026-02-02", ends_on="2026-02-01"
    )
    before = ground.open("2025", START - 200 * DAY, START - DAY, second["id"])
    ground.published(ground.akimat, VALUES, before)
    trend = act("evaluation_trend", None, agency="akimat")
    assert [(one["period"], one["break"]) for one in trend] == [("2025", False), ("2026", True)]
    with pytest.raises(tk.NotAuthorized):
        act("evaluation_framework_create", ground.evaluator, content=tree())
    text = "name: a-b\ntitle: {en: A}\nblocks:\n- &one {key: x, title: {en: X}, weight: 100, children: [*one]}\n"
    assert "cycle" in refused("evaluation_framework_create", ground.supervisor, content=text)
    assert "line 2" in refused("evaluation_framework_create", ground.supervisor, content="a: 1\n{")


def test_a_merged_agency_is_not_ranked_and_the_reader_is_told_why() -> None:
    ground = Ground()
    evaluation = ground.of(ground.central)
    ended = {"id": evaluation, "reason": "Decree 7", "successor": "akimat"}
    outside = (END + DAY).isoformat()
    assert "must lie in the period" in refused("evaluation_end", ground.supervisor, **ended, ended_on=outside)
    act("evaluation_end", ground.supervisor, **ended, ended_on=END.isoformat())
    ground.published(ground.akimat, VALUES)
    found = act("evaluation_ranking", None)
    assert [row["agency"] for row in found["rows"]] == ["akimat"]
    assert [(one["agency"], one["reason"], one["successor"]["name"]) for one in found["ended"]] == [
        ("ministry", "Decree 7", "akimat")
    ]
    assert "in the state" in refused("evaluation_publish", ground.supervisor, id=evaluation)


def test_the_ranking_compares_peers_only_and_shows_ties() -> None:
    ground = Ground()
    for agency in (ground.central, ground.akimat):
        ground.published(agency, VALUES)
    rows = act("evaluation_ranking", None)["rows"]
    assert [(row["agency"], row["kind"], row["place"], row["score"]) for row in rows] == [
        ("ministry", "central", 1, "76.8"),
        ("akimat", "region", 1, "73.8"),
    ]


def test_every_event_of_the_table_has_an_action_that_only_its_roles_may_call(app: Any) -> None:
    """The table, the actions and the roles of the manifest are the same thing seen three times."""
    events = {event for _, event in states.TABLE} - {"lapse"}
    assert events == set(states.ACTIONS)
    ground = Ground()
    stranger = officer(ground.home["id"], "dialog", Role.HEAD)
    for action in states.ACTIONS.values():
        with pytest.raises(tk.NotAuthorized):
            act(action, stranger, id=ground.of(ground.akimat))

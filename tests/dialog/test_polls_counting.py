"""Ballots against questions, counting by hand-worked examples, and the recount of 10,000 ballots."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.opengov.dialog.model.polls import Ballot, Poll, Receipt
from ckanext.opengov.dialog.service.polls import forms, life, receipts, results
from ckanext.opengov.dialog.service.polls.counting import count
from ckanext.opengov.dialog.service.polls.questions import built
from ckanext.opengov.dialog.service.polls.rules import PollRefusal, check_ballot
from werkzeug.datastructures import MultiDict

from tests.dialog.poll_ground import ALL, MULTIPLE, RANKED, SCALE, SINGLE, TEXT, act, close, ids, opened, person

SCRIPT = Path(__file__).parents[2] / "docs" / "poll_recount.py"
QUESTIONS = [{**question, "id": f"q{place}"} for place, question in enumerate(built(list(ALL)), 1)]


# --- ballots


def test_a_ballot_that_fits_is_taken_apart() -> None:
    given = {"q1": "2", "q2": ["3", "1"], "q3": ["3", "1"], "q4": "4", "q5": "  Свет  "}
    checked = check_ballot(QUESTIONS, given)
    assert checked.choices == {"q1": "2", "q2": ["1", "3"], "q3": ["3", "1"], "q4": 4}
    assert checked.texts == {"q5": "Свет"}


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        (None, "choices", "each question by its id"),
        (["1"], "choices", "each question by its id"),
        ({}, "q1", "answer it"),
        ({"q1": "1", "q77": "1"}, "choices", "no question “q77”"),
        ({"q1": "3"}, "q1", "no choice “3”"),
        ({"q1": ["1"]}, "q1", "no choice"),
        ({"q1": {"id": "1"}}, "q1", "no choice"),
        ({"q1": 1}, "q1", "no choice"),
        ({"q1": "1", "q2": ["1", "2", "3"]}, "q2", "from 1 to 2; you chose 3"),
        ({"q1": "1", "q2": ["1", "1"]}, "q2", "counts once"),
        ({"q1": "1", "q2": "1"}, "q2", "list"),
        ({"q1": "1", "q3": ["1", "4"]}, "q3", "no choice “4”"),
        ({"q1": "1", "q3": ["1", "2", "1"]}, "q3", "counts once"),
        ({"q1": "1", "q4": 0}, "q4", "from 1 to 5"),
        ({"q1": "1", "q4": 6}, "q4", "from 1 to 5"),
        ({"q1": "1", "q4": True}, "q4", "from 1 to 5"),
        ({"q1": "1", "q4": 2.5}, "q4", "from 1 to 5"),
        ({"q1": "1", "q4": "²"}, "q4", "from 1 to 5"),
        ({"q1": "1", "q5": "x" * 1_000_000}, "q5", "at most 2000"),
        ({"q1": "1", "q5": "a\x00b"}, "q5", "at most 2000"),
    ],
)
def test_a_forged_ballot_is_refused_with_words(given: Any, place: str, words: str) -> None:
    with pytest.raises(PollRefusal, match=words) as refused:
        check_ballot(QUESTIONS, given)
    assert refused.value.place == place


def test_an_empty_ballot_is_refused() -> None:
    with pytest.raises(PollRefusal, match="empty"):
        check_ballot(QUESTIONS[1:], {"q2": [], "q5": ""})


@pytest.mark.usefixtures("clean_portal")
def test_the_ballot_of_another_poll_is_refused() -> None:
    first, second = opened([SINGLE]), opened([SINGLE])
    with pytest.raises(tk.ValidationError, match="no question"):
        act("poll_vote", person(), id=second["id"], choices={ids(first)[0]: "1"})
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Ballot)) == 0


def test_the_form_of_the_page_becomes_a_ballot() -> None:
    form = MultiDict[str, str](
        [("q-q1", "1"), ("q-q2", "1"), ("q-q2", "3"), ("q-q3-1", "3"), ("q-q3-2", ""), ("q-q3-3", "1"), ("q-q4", "5")]
    )
    assert forms.choices(QUESTIONS, form) == {"q1": "1", "q2": ["1", "3"], "q3": ["3", "1"], "q4": "5"}
    with pytest.raises(PollRefusal, match="given twice"):
        forms.choices(QUESTIONS, MultiDict[str, str]([("q-q3-1", "1"), ("q-q3-2", "1")]))


# --- counting


def test_single_and_multiple_choices_are_added_up() -> None:
    assert count(QUESTIONS[0], [("1", 3), ("2", 5)]) == {
        "kind": "single",
        "answered": 8,
        "counts": {"1": 3, "2": 5},
    }
    assert count(QUESTIONS[1], [(["1", "3"], 2), (["3"], 1)]) == {
        "kind": "multiple",
        "answered": 3,
        "counts": {"1": 2, "2": 0, "3": 3},
    }


def test_a_scale_has_a_mean_and_a_distribution() -> None:
    assert count(QUESTIONS[3], [(1, 1), (5, 2)]) == {
        "kind": "scale",
        "answered": 3,
        "counts": {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2},
        "sum": 11,
        "mean": 3.6667,
    }
    assert count(QUESTIONS[3], [])["mean"] is None


def test_instant_runoff_by_hand() -> None:
    # 4 × A, 3 × B>C, 2 × C>B: C leaves, its two go to B, which has 5 of 9.
    found = count(QUESTIONS[2], [(["1"], 4), (["2", "3"], 3), (["3", "2"], 2)])
    assert found["winner"] == "2"
    assert found["rounds"] == [
        {"counts": {"1": 4, "2": 3, "3": 2}, "exhausted": 0, "out": "3"},
        {"counts": {"1": 4, "2": 5}, "exhausted": 0, "out": None},
    ]


def test_ballots_without_a_further_choice_are_exhausted() -> None:
    found = count(QUESTIONS[2], [(["1"], 4), (["2"], 3), (["3"], 2)])
    assert found["rounds"][1] == {"counts": {"1": 4, "2": 3}, "exhausted": 2, "out": None}
    assert found["winner"] == "1"


def test_a_tie_is_broken_by_the_round_before_and_then_by_the_list() -> None:
    # Never different: the lower one in the list leaves.
    assert count(QUESTIONS[2], [(["1"], 2), (["2"], 1), (["3"], 1)])["rounds"][0]["out"] == "3"
    assert count(QUESTIONS[2], [(["1"], 1), (["2"], 1)])["winner"] == "1"
    # 2 and 3 tie in round 2 (3 : 3); in round 1 choice 2 had 2 and choice 3 had 3, so 2 leaves.
    four = {**QUESTIONS[2], "options": [*QUESTIONS[2]["options"], {"id": "4", "text": {}}]}
    found = count(four, [(["1"], 4), (["2"], 2), (["3"], 3), (["4", "2"], 1)])
    assert [one["out"] for one in found["rounds"]] == ["4", "2", None]
    assert found["winner"] == "1"


def test_without_ballots_nobody_wins() -> None:
    assert count(QUESTIONS[2], []) == {"kind": "ranked", "answered": 0, "rounds": [], "winner": None}


# --- the recount


def _ballots(poll: dict[str, Any], number: int) -> list[dict[str, Any]]:
    chance = random.Random(20260101)
    single, multiple, ranked, scale = ids(poll)[:4]
    found = []
    for _ in range(number):
        choices: dict[str, Any] = {single: chance.choice("12")}
        if chance.random() < 0.9:
            choices[multiple] = sorted(chance.sample("123", chance.randint(1, 2)))
        if chance.random() < 0.9:
            choices[ranked] = chance.sample("12345", chance.randint(1, 5))
        if chance.random() < 0.9:
            choices[scale] = chance.randint(1, 5)
        found.append(choices)
    return found


@pytest.mark.usefixtures("clean_portal")
def test_10000_ballots_are_recounted_by_anybody_to_the_same_figures(app: Any, tmp_path: Path) -> None:
    ranked = {**RANKED, "options": [*RANKED["options"], {"ru": "Каток"}, {"ru": "Сцена"}]}
    poll = opened([SINGLE, MULTIPLE, ranked, SCALE, TEXT])
    codes = [receipts.new_code() for _ in range(10_000)]
    rows = [{"poll_id": poll["id"], "choices": choices} for choices in _ballots(poll, 10_000)]
    model.Session.execute(sa.insert(Ballot), rows)
    hashes = [{"poll_id": poll["id"], "code_hash": receipts.hashed(poll["id"], code)} for code in codes]
    model.Session.execute(sa.insert(Receipt), hashes)
    model.Session.commit()
    with pytest.raises(tk.ValidationError, match="ended"):
        act("poll_recount", None, id=poll["id"])
    assert app.get(f"/poll/{poll['id']}/recount.ndjson", status=404)
    close(poll)

    published = act("poll_results", None, id=poll["id"])
    assert published["final"]
    assert published["ballots"] == 10_000
    assert act("poll_recount", None, id=poll["id"])["equal"]

    file = tmp_path / "poll.ndjson"
    file.write_bytes(app.get(f"/poll/{poll['id']}/recount.ndjson").data)
    command = [sys.executable, str(SCRIPT), str(file), codes[77]]
    recounted = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    counted = {name: one for name, one in published["questions"].items() if one["kind"] != "text"}
    assert recounted["questions"] == counted
    assert recounted["ballots"] == recounted["receipts"] == 10_000
    assert recounted["same"]
    assert recounted["counted"]


@pytest.mark.usefixtures("clean_portal")
def test_a_ballot_that_is_slipped_in_is_noticed(app: Any) -> None:
    poll = opened([SINGLE])
    act("poll_vote", person(), id=poll["id"], choices={ids(poll)[0]: "1"})
    close(poll)
    model.Session.execute(sa.insert(Ballot).values(poll_id=poll["id"], choices={ids(poll)[0]: "2"}))
    model.Session.commit()
    found = act("poll_recount", None, id=poll["id"])
    assert not found["equal"]
    assert (found["ballots"], found["receipts"]) == (2, 1)


@pytest.mark.usefixtures("clean_portal")
def test_the_file_holds_the_answers_to_each_question_apart(app: Any) -> None:
    poll = opened([SINGLE, SCALE])
    for mark in range(1, 6):
        act("poll_vote", person(), id=poll["id"], choices=dict(zip(ids(poll), ["1", mark], strict=True)))
    close(poll)
    lines = [json.loads(line) for line in app.get(f"/poll/{poll['id']}/recount.ndjson").body.splitlines()]
    assert lines[0]["ballots"] == lines[0]["receipts"] == 5
    assert all(set(line) in ({"question", "choice"}, {"receipt"}) for line in lines[1:])
    assert sorted(line["choice"] for line in lines if line.get("question") == ids(poll)[1]) == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("clean_portal")
def test_figures_of_a_running_poll_wait_for_five_ballots() -> None:
    poll = opened([SINGLE], results_when="at_once")
    question = ids(poll)[0]
    for number in range(1, results.SMALLEST + 1):
        assert not act("poll_results", None, id=poll["id"])["shown"]
        act("poll_vote", person(), id=poll["id"], choices={question: "1"})
        if number < results.SMALLEST:
            _tick()
    _tick()
    found = act("poll_results", None, id=poll["id"])
    assert found["questions"][question]["counts"] == {"1": 5, "2": 0}
    assert not found["final"]


@pytest.mark.usefixtures("clean_portal")
def test_figures_after_the_end_are_not_shown_before() -> None:
    poll = opened([SINGLE])
    for _ in range(results.SMALLEST):
        act("poll_vote", person(), id=poll["id"], choices={ids(poll)[0]: "1"})
    model.Session.execute(sa.update(Poll).values(results={"ballots": 5, "questions": {}}))
    model.Session.commit()
    assert not act("poll_results", None, id=poll["id"])["shown"]
    close(poll)
    assert act("poll_results", None, id=poll["id"])["ballots"] == 5


def _tick() -> None:
    life.advance()

"""Polls: who makes them, their way, one vote a person, what is stored of it, receipts."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.dialog.model.polls import Ballot, Participation, Poll, PollText, Receipt
from ckanext.opengov.dialog.service.polls import life, receipts, voting
from ckanext.opengov.dialog.service.polls.rules import TABLE, Event, PollRefusal, State, next_state, state_at

from tests.dialog.poll_ground import (
    DAY,
    NOW,
    SINGLE,
    TEXT,
    act,
    close,
    draft,
    ids,
    officer,
    opened,
    person,
    set_clock,
    verify,
)

pytestmark = pytest.mark.usefixtures("clean_portal")

SECOND = dt.timedelta(seconds=1)


def count(table: Any) -> int:
    return model.Session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def vote(user: str, poll: dict[str, Any], choice: Any = "1") -> str:
    return act("poll_vote", user, id=poll["id"], choices={ids(poll)[0]: choice})["receipt"]


# --- making


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.MODERATOR])
def test_publishers_and_moderators_draft_polls_that_nobody_else_sees(role: Role) -> None:
    agency = factories.Organization()["id"]
    made = draft(officer(agency, role), agency)
    assert made["state"] == "draft"
    assert [question["kind"] for question in made["questions"]] == ["single", "multiple", "ranked", "scale", "text"]
    for stranger in (person(), officer(factories.Organization()["id"])):
        with pytest.raises(tk.NotAuthorized):
            act("poll_show", stranger, id=made["id"])
    assert act("poll_list", None)["count"] == 0


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.HEAD, Role.DEPUTY_HEAD])
def test_other_officers_make_no_polls(role: Role) -> None:
    agency = factories.Organization()["id"]
    with pytest.raises(tk.NotAuthorized):
        draft(officer(agency, role), agency)


def test_an_officer_of_another_agency_makes_none() -> None:
    own, other = factories.Organization()["id"], factories.Organization()["id"]
    with pytest.raises(tk.NotAuthorized):
        draft(officer(own), other)


def test_an_announced_poll_is_found_by_the_search_and_a_draft_is_not() -> None:
    agency = factories.Organization()["id"]
    publisher = officer(agency)
    made = draft(publisher, agency)
    outbox.drain()
    assert act("package_search", None, fq="dataset_type:poll", q="парк")["count"] == 0
    act("poll_transition", publisher, id=made["id"], event="announce")
    outbox.drain()
    found = act("package_search", None, fq="dataset_type:poll", q="парк")["results"]
    assert [(one["id"], one["poll_state"]) for one in found] == [(made["id"], "announced")]


def test_stock_actions_cannot_write_polls() -> None:
    poll = opened()
    with pytest.raises(tk.NotAuthorized):
        act("package_patch", factories.Sysadmin()["name"], id=poll["id"], title="Другой")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": {}}, "title"),
        ({"title": {"fr": "Parc"}}, "title"),
        ({"title": {"ru": "п" * 301}}, "title"),
        ({"starts_at": "2026-03-01T09:00"}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"ends_at": NOW.isoformat()}, "ends_at"),
        ({"level": "none"}, "level"),
        ({"results_when": "never"}, "results_when"),
        ({"questions": []}, "questions"),
        ({"questions": [{"kind": "guess", "text": {"ru": "?"}}]}, "questions"),
        ({"questions": [{**SINGLE, "text": {}}]}, "questions"),
        ({"questions": [{**SINGLE, "options": [{"ru": "Да"}]}]}, "questions"),
        ({"questions": [{**SINGLE, "options": [{"ru": "Да"}, {"ru": "да"}]}]}, "questions"),
        ({"questions": [{**SINGLE, "kind": "multiple", "min": 2, "max": 1}]}, "questions"),
        ({"questions": [{"kind": "scale", "text": {"ru": "?"}, "steps": 12}]}, "questions"),
    ],
)
def test_a_poll_that_cannot_be_is_refused_with_the_place(change: dict[str, Any], place: str) -> None:
    agency = factories.Organization()["id"]
    with pytest.raises(tk.ValidationError) as refused:
        draft(officer(agency), agency, **change)
    assert list(refused.value.error_dict) == [place]
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Poll)) == 0


# --- the way


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_only_the_table_moves_a_poll(state: State, event: Event) -> None:
    if (state, event) in TABLE:
        assert next_state(state, event) == TABLE[state, event]
    else:
        with pytest.raises(PollRefusal, match="not possible"):
            next_state(state, event)


def test_the_clock_opens_and_ends_a_poll() -> None:
    times = (NOW, NOW + DAY)
    assert state_at(State.ANNOUNCED, *times, NOW - SECOND) == State.ANNOUNCED
    assert state_at(State.ANNOUNCED, *times, NOW) == State.OPEN
    assert state_at(State.OPEN, *times, NOW + DAY - SECOND) == State.OPEN
    assert state_at(State.OPEN, *times, NOW + DAY) == State.CLOSED
    assert state_at(State.DRAFT, *times, NOW) == State.DRAFT


def test_a_whole_way_stands_in_the_journal() -> None:
    poll = opened()
    vote(person(), poll)
    close(poll)
    done = act(
        "poll_transition", poll["publisher"], id=poll["id"], event="publish", conclusion={"ru": "Парк будет в центре."}
    )
    assert done["state"] == "published"
    events = [entry["event"] for entry in journal.entries("poll", poll["id"], internal=False)]
    assert events == ["poll.created", "poll.announce", "poll.open", "poll.close", "poll.publish"]
    assert journal.verify("poll", poll["id"]).ok


@pytest.mark.parametrize("event", ["open", "close"])
def test_no_officer_opens_or_ends_a_poll(event: str) -> None:
    poll = opened()
    with pytest.raises(tk.ValidationError, match="clock"):
        act("poll_transition", poll["publisher"], id=poll["id"], event=event)


def test_a_conclusion_needs_words() -> None:
    poll = opened()
    close(poll)
    with pytest.raises(tk.ValidationError) as refused:
        act("poll_transition", poll["publisher"], id=poll["id"], event="publish")
    assert "conclusion" in refused.value.error_dict


def test_a_poll_that_began_is_not_taken_back() -> None:
    agency = factories.Organization()["id"]
    publisher = officer(agency)
    made = draft(publisher, agency)
    act("poll_transition", publisher, id=made["id"], event="announce")
    assert act("poll_transition", publisher, id=made["id"], event="withdraw")["state"] == "draft"
    act("poll_transition", publisher, id=made["id"], event="announce")
    past = sa.update(Poll).where(Poll.id == made["id"]).values(starts_at=NOW - DAY)
    model.Session.execute(past)
    model.Session.commit()
    with pytest.raises(tk.ValidationError, match="begun"):
        act("poll_transition", publisher, id=made["id"], event="withdraw")


def test_nothing_changes_after_the_first_vote() -> None:
    poll = opened()
    changed = act("poll_update", poll["publisher"], id=poll["id"], questions=[SINGLE])
    assert len(changed["questions"]) == 1
    vote(person(), changed)
    for change in ({"questions": [SINGLE]}, {"title": {"ru": "Иначе"}}, {"ends_at": (NOW + 30 * DAY).isoformat()}):
        with pytest.raises(tk.ValidationError, match="voted"):
            act("poll_update", poll["publisher"], id=poll["id"], **change)
    assert act("poll_show", None, id=poll["id"])["questions"] == changed["questions"]


# --- voting


def test_a_person_votes_once() -> None:
    poll, citizen = opened(), person()
    vote(citizen, poll)
    with pytest.raises(tk.ValidationError, match="voted"):
        vote(citizen, poll, "2")
    assert count(Ballot) == count(Participation) == count(Receipt) == 1
    assert act("poll_show", citizen, id=poll["id"])["has_voted"]


def test_200_tries_at_once_count_once() -> None:
    poll, citizen = opened(), person()
    outcomes: list[str] = []
    start = threading.Barrier(20)

    def work() -> None:
        start.wait(30)
        for _ in range(10):
            try:
                vote(citizen, poll)
                outcomes.append("counted")
            except tk.ValidationError as error:
                outcomes.append("refused" if "voted" in str(error) else str(error))
        model.Session.remove()

    running = [threading.Thread(target=work) for _ in range(20)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert sorted(outcomes) == ["counted"] + ["refused"] * 199
    assert count(Ballot) == count(Participation) == count(Receipt) == 1


def test_a_ballot_that_does_not_fit_leaves_the_vote_free() -> None:
    poll, citizen = opened(), person()
    with pytest.raises(tk.ValidationError):
        vote(citizen, poll, "9")
    assert count(Participation) == 0
    vote(citizen, poll)


def test_a_second_account_of_the_same_person_has_no_second_vote() -> None:
    poll = opened([SINGLE], level="verified")
    first = person()
    verify(first, "900101300017")
    vote(first, poll)
    model.User.get(first).state = model.State.DELETED
    model.Session.commit()
    second = person()
    verify(second, "900101300017")
    with pytest.raises(tk.ValidationError, match="voted"):
        vote(second, poll)


def test_confirming_the_identity_in_between_gives_no_second_vote() -> None:
    poll, citizen = opened([SINGLE]), person()
    vote(citizen, poll)
    verify(citizen, "900101300017")
    with pytest.raises(tk.ValidationError, match="voted"):
        vote(citizen, poll)


def test_visitors_and_persons_of_too_low_a_level_do_not_vote() -> None:
    poll = opened([SINGLE], level="verified")
    for voter in (None, factories.User()["name"], person(), factories.Sysadmin()["name"]):
        with pytest.raises(tk.NotAuthorized):
            act("poll_vote", voter, id=poll["id"], choices={ids(poll)[0]: "1"})
    assert count(Ballot) == 0


def test_a_vote_one_second_after_the_end_is_refused() -> None:
    poll, citizen = opened(), person()
    now = voting.clock()
    change = sa.update(Poll).where(Poll.id == poll["id"]).values(ends_at=now - SECOND)
    model.Session.execute(change)
    model.Session.commit()
    with pytest.raises(tk.ValidationError, match="ended"):
        vote(citizen, poll)
    close(poll)
    with pytest.raises(tk.ValidationError, match="ended"):
        vote(citizen, poll)
    assert count(Ballot) == 0


def test_a_vote_before_the_beginning_is_refused() -> None:
    poll = opened()
    set_clock(poll["id"], DAY, 2 * DAY)
    model.Session.execute(sa.update(Poll).values(state="announced"))
    model.Session.commit()
    with pytest.raises(tk.ValidationError, match="begun"):
        vote(person(), poll)


# --- what is stored


def test_participation_and_ballot_share_nothing_but_the_poll() -> None:
    poll, citizen = opened(), person()
    code = vote(citizen, poll)
    columns = {table.__tablename__: set(table.__table__.columns.keys()) for table in (Participation, Ballot, Receipt)}
    assert columns == {
        "opengov_dialog_participation": {"poll_id", "person_key", "national_key"},
        "opengov_dialog_ballot": {"id", "poll_id", "choices"},
        "opengov_dialog_receipt": {"poll_id", "code_hash"},
    }
    stored = str(
        [
            list(row)
            for table in (Participation, Ballot, Receipt, PollText)
            for row in model.Session.execute(sa.select(*table.__table__.columns))
        ]
    )
    assert model.User.get(citizen).id not in stored
    assert code not in stored


def test_shuffling_ends_what_rows_written_together_have_in_common() -> None:
    poll = opened()
    codes = [vote(person(), poll, choice) for choice in ("1", "2", "2", "1", "2")]
    before = {row.choices[ids(poll)[0]]: row.xmin for row in _numbers(poll)}
    assert len({row.xmin for row in _numbers(poll)}) == 5
    life.shuffle_running()
    after = _numbers(poll)
    assert len({row.xmin for row in after}) == 1
    assert not {row.xmin for row in after} & set(before.values())
    assert sorted(row.choices[ids(poll)[0]] for row in after) == ["1", "1", "2", "2", "2"]
    assert count(Participation) == count(Receipt) == 5
    assert all(receipts.is_counted(poll["id"], code) for code in codes)


def _numbers(poll: dict[str, Any]) -> list[Any]:
    query = sa.text("SELECT xmin::text AS xmin, choices FROM opengov_dialog_ballot WHERE poll_id = :poll")
    return list(model.Session.execute(query, {"poll": poll["id"]}))


# --- receipts


def test_a_receipt_proves_that_a_vote_is_counted() -> None:
    poll = opened()
    code = vote(person(), poll)
    vote(person(), poll, "2")
    found = act("poll_receipt_verify", None, id=poll["id"], receipt=code.lower().replace("-", " "))
    assert found == {"counted": True, "receipts": 2, "ballots": 2}
    assert not act("poll_receipt_verify", None, id=poll["id"], receipt="ABCD-2345-ABCD-2345-ABCD")["counted"]
    assert not act("poll_receipt_verify", None, id=opened()["id"], receipt=code)["counted"]
    with pytest.raises(tk.ValidationError):
        act("poll_receipt_verify", None, id=poll["id"], receipt=" ")


# --- answers in own words


def test_answers_in_own_words_are_masked_and_wait_for_a_moderator() -> None:
    poll = opened([TEXT], results_when="at_once")
    act("poll_vote", person(), id=poll["id"], choices={ids(poll)[0]: "Позвоните мне: +7 701 123 45 67. Нужны скамьи."})
    stored = model.Session.scalars(sa.select(PollText)).one()
    assert "701" not in stored.text
    assert "скамьи" in stored.text
    close(poll)
    question = ids(poll)[0]
    assert act("poll_results", None, id=poll["id"])["texts"] == {question: []}
    with pytest.raises(tk.NotAuthorized):
        act("poll_text_list", poll["publisher"], id=poll["id"])
    moderator = officer(poll["agency"]["id"], Role.MODERATOR)
    waiting = act("poll_text_list", moderator, id=poll["id"])
    with pytest.raises(tk.ValidationError, match="hidden"):
        act("poll_text_moderate", moderator, id=poll["id"], ids=[waiting[0]["id"]], state="hidden")
    assert act("poll_text_moderate", moderator, id=poll["id"], ids=[waiting[0]["id"]], state="public") == {"changed": 1}
    assert act("poll_results", None, id=poll["id"])["texts"] == {question: [waiting[0]["text"]]}

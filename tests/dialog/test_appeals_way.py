"""The whole way of an appeal, by the actions that pages call."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers, outbox, transferred_days
from ckanext.opengov.civic.service.calendar import Kind
from ckanext.opengov.dialog.model.appeals import Answer, Appeal
from ckanext.opengov.dialog.service.appeals import watching
from freezegun import freeze_time

from tests.dialog.appeals import ANSWER, REASON, act, agency, citizen, officer, work, write

pytestmark = pytest.mark.usefixtures("clean_portal")


class Town:
    """An agency with its officers, another agency, and an author."""

    def __init__(self) -> None:
        self.agency, self.other = agency(), agency()
        self.author = citizen()
        self.clerk = officer(self.agency, Role.AUTHOR)
        self.chief = officer(self.agency, Role.PUBLISHER)
        self.head = officer(self.agency, Role.HEAD)
        self.moderator = officer(self.agency, Role.MODERATOR)
        self.stranger = officer(self.other, *(role for role in Role if role is not Role.SUPERVISOR))

    def filed(self, **values: Any) -> str:
        return write(self.author, self.agency, **values)["number"]

    def in_work(self, **values: Any) -> str:
        number = self.filed(**values)
        act("appeal_take", self.clerk, number=number)
        return number

    def answered(self, **values: Any) -> str:
        number = self.in_work(**values)
        act("appeal_answer", self.head, number=number, text=ANSWER)
        return number


@pytest.fixture
def town(clean_portal: None) -> Town:
    return Town()


def row(number: str) -> Appeal:
    model.Session.remove()
    return model.Session.scalars(sa.select(Appeal).where(Appeal.number == number)).one()


def test_from_registration_to_a_rated_answer(town: Town) -> None:
    number = town.in_work()
    act("appeal_draft", town.clerk, number=number, text=ANSWER)
    links = [{"title": "Уличное освещение", "url": "/dataset/lights"}]
    shown = act("appeal_answer", town.head, number=number, links=links)
    assert (shown["state"], shown["in_time"]) == ("answered", True)
    (answer,) = shown["answers"]
    assert (answer["text"], answer["signed_as"], answer["links"]) == (ANSWER, "head", links)
    rated = act("appeal_rate", town.author, number=number, speed=5, completeness=4, solved=True)
    assert (rated["useful"], rated["solved"]) == (True, True)
    closed = act("appeal_close", town.author, number=number)
    assert [one["event"] for one in closed["timeline"]] == [
        "appeal.registered",
        "appeal.take",
        "appeal.answer",
        "appeal.rate",
        "appeal.close",
    ]
    assert journal.verify("appeal", closed["id"]).ok
    actors = {one["event"]: one["actor"] for one in journal.entries("appeal", closed["id"], internal=True)}
    assert {actors[f"appeal.{event}"] for event in ("registered", "rate", "close")} == {None}
    assert actors["appeal.take"] == model.User.get(town.clerk).id


def test_officers_of_another_agency_can_do_nothing(town: Town) -> None:
    number = town.in_work(public=False)
    for name in ("appeal_take", "appeal_forward", "appeal_answer", "appeal_moderate", "appeal_show"):
        with pytest.raises(tk.ObjectNotFound):
            act(name, town.stranger, number=number, text=ANSWER, agency=town.other, reason=REASON, decision="accept")
    public = town.filed(subject="Другая тема обращения")
    act("appeal_moderate", town.moderator, number=public, decision="accept")
    for name in ("appeal_take", "appeal_forward", "appeal_answer"):
        with pytest.raises(tk.NotAuthorized):
            act(name, town.stranger, number=public, text=ANSWER, agency=town.other, reason=REASON)


def test_only_heads_sign_extend_and_leave_without_consideration(town: Town) -> None:
    number = town.in_work()
    steps = {
        "appeal_answer": {"text": ANSWER},
        "appeal_extend": {"until": "2027-01-15", "reason": REASON},
        "appeal_not_consider": {"legal_reason": "in_court"},
    }
    for name, values in steps.items():
        for who in (town.clerk, town.chief, town.moderator, town.author):
            with pytest.raises(tk.NotAuthorized):
                act(name, who, number=number, **values)


def test_nobody_refuses_an_appeal_but_for_a_legal_reason(town: Town) -> None:
    number = town.filed()
    with pytest.raises(tk.ValidationError, match="state"):
        act("appeal_not_consider", town.head, number=number, legal_reason="in_court")
    act("appeal_take", town.clerk, number=number)
    for reason in ("we are busy", "", None):
        with pytest.raises(tk.ValidationError):
            act("appeal_not_consider", town.head, number=number, legal_reason=reason)
    shown = act("appeal_not_consider", town.head, number=number, legal_reason="in_court")
    assert shown["state"] == "not_considered"
    assert shown["reason"]["basis"]["ru"]


def test_two_officers_answer_at_once_and_one_is_told(town: Town) -> None:
    number = town.in_work()
    second = officer(town.agency, Role.DEPUTY_HEAD)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def answer(who: str) -> None:
        start.wait(10)
        try:
            act("appeal_answer", who, number=number, text=f"{ANSWER} Подписал {who}.")
            outcomes.append("answered")
        except tk.ValidationError as error:
            outcomes.append(str(error.error_dict["number"][0]))
        model.Session.remove()

    running = [threading.Thread(target=answer, args=(who,)) for who in (town.head, second)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert sorted(outcomes)[1] == "answered"
    assert "answered already" in sorted(outcomes)[0]
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 1


def test_an_answer_after_closing_is_refused(town: Town) -> None:
    number = town.answered()
    act("appeal_close", town.author, number=number)
    with pytest.raises(tk.ValidationError, match="answered already"):
        act("appeal_answer", town.head, number=number, text=ANSWER)


def test_a_forwarded_appeal_starts_its_term_anew_and_stands_in_the_ledger(town: Town) -> None:
    with freeze_time("2026-11-02T05:00:00Z"):
        number = town.in_work()
    with freeze_time("2026-11-05T05:00:00Z"):
        with pytest.raises(tk.ValidationError, match="this agency already"):
            act("appeal_forward", town.chief, number=number, agency=town.agency, reason=REASON)
        with pytest.raises(tk.ValidationError):
            act("appeal_forward", town.chief, number=number, agency=town.other, reason="")
        act("appeal_forward", town.chief, number=number, agency=town.other, reason=REASON)
    with freeze_time("2026-11-12T05:00:00Z"):
        act("appeal_forward", town.stranger, number=number, agency=town.agency, reason=REASON)
    shown = act("appeal_show", town.author, number=number)
    assert [one["late"] for one in shown["transfers"]] == [False, True]
    assert (shown["forwards"], shown["returns"], shown["state"]) == (2, 1, "registered")
    # Fifteen working days from 12 November 2026.
    assert shown["deadline"]["last_day"] == "2026-12-03"
    package = model.Package.get(shown["id"])
    assert (package.owner_org, row(number).agency_id) == (town.agency, town.agency)


def test_a_term_is_extended_once_with_a_reason_and_not_too_far(town: Town) -> None:
    with freeze_time("2026-11-02T05:00:00Z"):
        number = town.in_work()
        for until in ("2026-11-23", "2027-02-23", "tomorrow", ""):
            with pytest.raises(tk.ValidationError):
                act("appeal_extend", town.head, number=number, until=until, reason=REASON)
        shown = act("appeal_extend", town.head, number=number, until="2026-12-04", reason=REASON)
        assert shown["deadline"]["last_day"] == "2026-12-04"
        assert shown["deadline"]["extra_days"] == 9
        with pytest.raises(tk.ValidationError, match="once only"):
            act("appeal_extend", town.head, number=number, until="2026-12-10", reason=REASON)
    late = town.in_work(subject="Другая тема обращения")
    with freeze_time("2027-05-20T05:00:00Z"), pytest.raises(tk.ValidationError, match="The term is over"):
        act("appeal_extend", town.head, number=late, until="2027-06-10", reason=REASON)


def test_the_clock_stands_while_the_author_is_asked(town: Town) -> None:
    # Fifteen working days from Monday, 2 November 2026: 23 November.
    with freeze_time("2026-11-02T05:00:00Z"):
        number = town.in_work()
        assert act("appeal_show", town.author, number=number)["deadline"]["last_day"] == "2026-11-23"
    with freeze_time("2026-11-04T05:00:00Z"):
        shown = act("appeal_ask", town.clerk, number=number, question="Укажите, пожалуйста, номера домов.")
        assert (shown["state"], shown["due_at"], shown["overdue"]) == ("clarification", None, False)
    with freeze_time("2026-11-09T05:00:00Z"):
        with pytest.raises(tk.NotAuthorized):
            act("appeal_clarify", town.clerk, number=number, text="Дома с 1 по 9.")
        shown = act("appeal_clarify", town.author, number=number, text="Дома с 1 по 9.")
    # 5, 6 and 9 November did not count: three working days later.
    assert shown["deadline"]["last_day"] == "2026-11-26"
    with pytest.raises(tk.ValidationError, match="once in a term"):
        act("appeal_ask", town.clerk, number=number, question="И ещё один вопрос.")


def test_a_question_that_is_not_answered_lapses(town: Town) -> None:
    with freeze_time("2026-11-02T05:00:00Z"):
        number = town.in_work()
        act("appeal_ask", town.clerk, number=number, question="Укажите, пожалуйста, номера домов.")
        assert watching.lapse_questions() == 0
    with freeze_time("2026-11-10T05:00:00Z"):
        assert watching.lapse_questions() == 1
        assert watching.lapse_questions() == 0
    assert row(number).state == "in_work"


def test_an_appeal_is_opened_again_once_after_a_useless_answer(town: Town) -> None:
    number = town.answered()
    with pytest.raises(tk.ValidationError, match="Rate the answer first"):
        act("appeal_reopen", town.author, number=number, reason=REASON)
    act("appeal_rate", town.author, number=number, completeness=1, solved=False)
    with pytest.raises(tk.ValidationError, match="rated this answer"):
        act("appeal_rate", town.author, number=number, completeness=1, solved=False)
    shown = act("appeal_reopen", town.author, number=number, reason=REASON)
    assert (shown["state"], shown["reopened"]) == ("in_work", True)
    text = "Бригада выехала, работы завершены, освещение на улице Абая починили вчера вечером полностью."
    act("appeal_answer", town.head, number=number, text=text)
    act("appeal_rate", town.author, number=number, completeness=1, solved=False)
    with pytest.raises(tk.ValidationError, match="once already"):
        act("appeal_reopen", town.author, number=number, reason=REASON)


def test_too_late_to_open_again_and_closed_by_itself(town: Town) -> None:
    number = town.answered()
    act("appeal_rate", town.author, number=number, completeness=1, solved=False)
    answered = row(number).answered_at
    assert answered
    with freeze_time("2027-05-20T05:00:00Z"):
        with pytest.raises(tk.ValidationError, match="time in which"):
            act("appeal_reopen", town.author, number=number, reason=REASON)
        assert watching.close_answered() == 1
    assert row(number).state == "closed"


def test_the_author_withdraws_with_the_secret_alone(town: Town) -> None:
    filed = write(town.author, town.agency)
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_withdraw", None, number=filed["number"], secret="AAAA")
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        act("appeal_withdraw", town.clerk, number=filed["number"])
    assert act("appeal_withdraw", None, number=filed["number"], secret=filed["secret"])["state"] == "withdrawn"


def test_the_gate_warns_of_copies_and_of_questions_left_out(town: Town) -> None:
    town.answered()
    number = town.in_work(subject="Другая тема обращения")
    (warning,) = act("appeal_answer_check", town.clerk, number=number, text=ANSWER)["warnings"]
    assert warning["code"] == "copy"
    assert warning["likeness"] > 0.9
    thanks = "Благодарим за обращение и желаем крепкого здоровья."
    (warning,) = act("appeal_answer_check", town.clerk, number=number, text=thanks)["warnings"]
    assert (warning["code"], warning["questions"]) == ("questions", ["Когда его починят?"])
    with pytest.raises(tk.ValidationError) as caught:
        act("appeal_answer", town.head, number=number, text=ANSWER)
    assert list(caught.value.error_dict) == ["acknowledged"]
    assert act("appeal_answer", town.head, number=number, text=ANSWER, acknowledged=["copy"])["state"] == "answered"


def test_links_of_an_answer_lead_to_pages_only(town: Town) -> None:
    number = town.in_work()
    for url in ("javascript:alert(1)", "//evil.example.org", "data:text/html,x", "", 5):
        with pytest.raises(tk.ValidationError, match="link"):
            act("appeal_answer", town.head, number=number, text=ANSWER, links=[{"title": "x", "url": url}])


def test_a_moderator_decides_what_is_public_and_the_term_runs_on(town: Town) -> None:
    number = town.filed()
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_show", None, number=number)
    due = row(number).due_at
    act("appeal_moderate", town.moderator, number=number, decision="accept")
    assert act("appeal_show", None, number=number)["visibility"] == "public"
    with pytest.raises(tk.ValidationError):
        act("appeal_moderate", town.moderator, number=number, decision="hide")
    act("appeal_moderate", town.moderator, number=number, decision="hide", reason="Названо имя другого человека.")
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_show", None, number=number)
    assert act("appeal_take", town.clerk, number=number)["state"] == "in_work"
    assert row(number).due_at == due
    private = town.filed(public=False, subject="Другая тема обращения")
    with pytest.raises(tk.ValidationError, match="private"):
        act("appeal_moderate", town.moderator, number=private, decision="accept")


def test_an_overdue_appeal_is_told_once_to_officer_head_and_supervisor(town: Town) -> None:
    sysadmin = model.User.get(factories.Sysadmin()["name"])
    supervisor = citizen()
    user = model.User.get(supervisor)
    day = officers.today()
    officers.grant([officers.Grant(user.id, town.other, "dialog", Role.SUPERVISOR, day)], actor=sysadmin.id)
    model.Session.commit()
    number = town.in_work()
    assert watching.tell_overdue() == 0
    with freeze_time("2027-05-20T05:00:00Z"):
        assert watching.tell_overdue() == 1
        assert watching.tell_overdue() == 0
        listed = act("appeal_list", supervisor, scope="work", overdue=True)["appeals"]
    assert [one["number"] for one in listed] == [number]
    notice = model.Session.scalars(sa.select(Notice).where(Notice.event == "appeal.overdue")).one()
    spread = sa.select(outbox.OutboxMessage.payload).where(outbox.OutboxMessage.topic == "notices.spread")
    told = [one["users"] for one in model.Session.scalars(spread) if one["notice"] == notice.id]
    expected = {model.User.get(name).id for name in (town.clerk, town.head, supervisor)}
    assert set(told[0]) == expected
    assert "appeal.overdue" in [one["event"] for one in act("appeal_show", town.author, number=number)["timeline"]]


def test_a_transferred_day_moves_the_deadlines_of_open_appeals(town: Town) -> None:
    with freeze_time("2026-11-02T05:00:00Z"):
        number, answered = town.in_work(), town.answered(subject="Другая тема обращения")
    transferred_days.set_day(dt.date(2026, 11, 10), Kind.DAY_OFF, "Постановление", "admin")
    assert watching.recompute(transferred_days.current()) == 1
    model.Session.commit()
    assert watching.recompute(transferred_days.current()) == 0
    assert act("appeal_show", town.author, number=number)["deadline"]["last_day"] == "2026-11-24"
    assert row(number).due_at.isoformat() == "2026-11-24T18:59:59+00:00"  # pyright: ignore
    assert row(answered).due_at.isoformat() == "2026-11-23T18:59:59+00:00"  # pyright: ignore
    told = journal.entries("appeal", row(number).id, internal=False)
    assert [one["public"]["until"] for one in told if one["event"] == "appeal.deadline"] == ["2026-11-24"]
    unmoved = journal.entries("appeal", row(answered).id, internal=False)
    assert "appeal.deadline" not in [one["event"] for one in unmoved]


def test_an_officer_leaves_and_the_successor_has_the_appeals(town: Town) -> None:
    number = town.in_work()
    leaving, successor = (model.User.get(name).id for name in (town.clerk, town.chief))
    assert officers.hand_over(leaving, successor, town.agency, "dialog") == 1
    model.Session.commit()
    assert row(number).assignee_id == successor


def test_an_appeal_is_given_to_an_officer_of_the_agency_only(town: Town) -> None:
    number = town.filed()
    for who in (town.stranger, town.author, "nobody", None):
        with pytest.raises(tk.ValidationError):
            act("appeal_assign", town.chief, number=number, assignee=who)
    shown = act("appeal_assign", town.chief, number=number, assignee=town.clerk)
    assert (shown["state"], shown["assignee_id"]) == ("in_work", model.User.get(town.clerk).id)


def test_the_author_sees_what_can_be_done_now(town: Town) -> None:
    number = town.filed()
    may: Callable[[str], set[str]] = lambda who: set(act("appeal_show", who, number=number)["may"])  # noqa: E731
    assert may(town.author) == {"withdraw"}
    assert may(town.clerk) == {"take"}
    assert may(town.chief) == {"take", "assign", "forward"}
    assert may(town.moderator) == {"moderate_accept", "moderate_hide"}
    act("appeal_take", town.clerk, number=number)
    assert may(town.head) == {
        "assign",
        "draft",
        "forward",
        "extend",
        "ask_clarification",
        "answer",
        "not_consider",
    }
    act("appeal_answer", town.head, number=number, text=ANSWER)
    assert may(town.author) == {"rate", "close"}
    assert may(town.head) == set()


def test_the_author_and_the_officers_are_written_to(town: Town) -> None:
    number = town.answered()
    work()
    events = set(model.Session.scalars(sa.select(Notice.event).where(Notice.entity_id == row(number).id)))
    assert {"appeal.registered", "appeal.take", "appeal.answer"} <= events
    subjects = model.Session.scalars(sa.select(Notice.subject).where(Notice.event == "appeal.answer")).one()
    assert number in subjects["kk"]

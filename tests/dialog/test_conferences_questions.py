"""Questions: masked, moderated with public reasons, supported once, joined, answered, passed on as appeals."""

from __future__ import annotations

import threading
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.dialog.model.conferences import Support

from tests.dialog.conference_ground import act, ground, officer, person

pytestmark = pytest.mark.usefixtures("clean_portal")


def support(question: dict[str, Any], user: str, value: bool = True) -> int:
    return act("conference_question_support", user, id=question["id"], supported=value)["support"]


def test_a_question_waits_for_its_moderator_and_its_author_sees_it() -> None:
    here, author = ground("collecting"), person()
    made = here.ask(author)
    assert made["state"] == "pending"
    assert here.listed() == []
    assert here.listed(state="pending") == []
    assert [one["number"] for one in here.listed(author)] == [1]
    assert [one["number"] for one in here.listed(here.moderator, state="pending")] == [1]
    act("conference_question_moderate", here.moderator, id=made["id"], state="public")
    assert [one["number"] for one in here.listed()] == [1]


def test_personal_data_is_masked_for_all_but_author_and_officers() -> None:
    here, author = ground("collecting"), person()
    text = "Мой телефон +7 701 123 45 67, когда пустят автобус?"
    made = here.admitted(author, text)
    (shown,) = here.listed()
    assert "701" not in shown["text"]
    assert "text_original" not in shown
    assert act("conference_question_show", author, id=made["id"])["text_original"] == text
    assert here.listed(here.moderator)[0]["text_original"] == text


@pytest.mark.parametrize("state", ["announced", "finished", "published"])
def test_out_of_time_nobody_asks(state: str) -> None:
    here = ground(state)
    with pytest.raises(tk.ValidationError, match="not taken now"):
        here.ask()


@pytest.mark.parametrize("text", ["", "?", "я" * 2_001, "\x00" * 30, ["a"]])
def test_a_text_that_is_no_question_is_told_so(text: Any) -> None:
    here = ground("collecting")
    with pytest.raises(tk.ValidationError) as refused:
        here.ask(text=text)
    assert list(refused.value.error_dict) == ["text"]


def test_the_same_question_of_the_same_person_is_taken_once() -> None:
    here, author = ground("collecting"), person()
    here.ask(author)
    with pytest.raises(tk.ValidationError, match="already"):
        here.ask(author)


def test_without_a_confirmed_address_nobody_asks() -> None:
    here = ground("collecting")
    for user in (None, factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            act("conference_question_create", user, conference_id=here.conference["id"], text="Когда?", language="ru")


@pytest.mark.ckan_config("opengov.dialog.conference_level", "verified")
def test_the_level_is_a_setting() -> None:
    here = ground("collecting")
    with pytest.raises(tk.NotAuthorized):
        here.ask()


def test_a_refusal_has_a_public_reason_and_hides_the_text() -> None:
    here = ground("collecting")
    made = here.ask(text="Купите наши автобусы дёшево!")
    with pytest.raises(tk.ValidationError, match="reason"):
        act("conference_question_moderate", here.moderator, id=made["id"], state="refused")
    model.Session.rollback()
    decision = {"state": "refused", "reason": "advertising", "reason_text": "Предложение товара."}
    act("conference_question_moderate", here.moderator, id=made["id"], **decision)
    (shown,) = here.listed(state="refused")
    assert (shown["number"], shown["reason"], shown["reason_text"]) == (1, "advertising", "Предложение товара.")
    assert shown["text"] is None


def test_only_moderators_of_the_agency_decide() -> None:
    here = ground("collecting")
    made = here.ask()
    stranger = officer(factories.Organization()["id"], Role.MODERATOR)
    for user in (None, person(), here.head, stranger):
        with pytest.raises(tk.NotAuthorized):
            act("conference_question_moderate", user, id=made["id"], state="public")


def test_support_counts_once_and_can_be_taken_back() -> None:
    here, reader = ground("collecting"), person()
    question = here.admitted()
    assert [support(question, reader), support(question, reader)] == [1, 1]
    assert [support(question, reader, False), support(question, reader, False)] == [0, 0]
    assert support(question, person()) == 1


def test_fifty_tries_at_once_of_one_person_count_once() -> None:
    here, reader = ground("collecting"), person()
    question = here.admitted()
    start = threading.Barrier(10)

    def work() -> None:
        start.wait(10)
        for _ in range(5):
            support(question, reader)
        model.Session.remove()

    running = [threading.Thread(target=work) for _ in range(10)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    model.Session.expire_all()
    assert here.listed()[0]["support"] == 1
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Support)) == 1


def test_nobody_supports_their_own_question_or_one_that_waits() -> None:
    here, author = ground("collecting"), person()
    question = here.admitted(author)
    with pytest.raises(tk.NotAuthorized, match="own"):
        support(question, author)
    waiting = here.ask(text="Будет ли автобус ночью?")
    with pytest.raises(tk.ValidationError, match="admitted"):
        support(waiting, person())


def test_the_most_supported_stand_first() -> None:
    here = ground("collecting")
    here.admitted(text="Первый вопрос о маршрутах?")
    second = here.admitted(text="Второй вопрос о билетах?")
    support(second, person())
    assert [one["number"] for one in here.listed()] == [2, 1]


def test_joined_questions_bring_their_supporters_each_once() -> None:
    here = ground("collecting")
    both, only, first_author, second_author = person(), person(), person(), person()
    first = here.admitted(first_author, "Когда пустят автобус?")
    second = here.admitted(second_author, "Когда же пустят автобус?")
    support(first, both)
    for user in (both, only, first_author):
        support(second, user)
    act("conference_question_moderate", here.moderator, id=second["id"], state="merged", merged_into=1)
    (shown,) = here.listed()
    # both, only, and the author of the second; nobody supports their own.
    assert (shown["number"], shown["support"]) == (1, 3)
    assert act("conference_question_show", second_author, id=second["id"])["state"] == "merged"


def test_a_question_is_joined_with_an_admitted_one_only() -> None:
    here = ground("collecting")
    first, second = here.ask(text="Когда пустят автобус?"), here.ask(text="Когда же пустят автобус?")
    for number in (1, 2, 99):
        with pytest.raises(tk.ValidationError) as refused:
            act("conference_question_moderate", here.moderator, id=second["id"], state="merged", merged_into=number)
        assert "merged_into" in refused.value.error_dict
        model.Session.rollback()
    assert first["number"] == 1


def test_answers_are_numbered_in_the_order_of_appearing_however_many_write() -> None:
    here = ground("live")
    asked = [here.admitted(text=f"Вопрос номер {number} о транспорте?") for number in range(6)]
    start = threading.Barrier(6)
    numbers: list[int] = []

    def work(question: dict[str, Any]) -> None:
        start.wait(10)
        numbers.append(here.answer(question)["number"])
        model.Session.remove()

    running = [threading.Thread(target=work, args=(one,)) for one in asked]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_answers_come_while_live_and_just_after_and_from_known_speakers() -> None:
    here = ground("collecting")
    question = here.admitted()
    with pytest.raises(tk.ValidationError, match="not answered now"):
        here.answer(question)
    model.Session.rollback()
    here.to("live")
    with pytest.raises(tk.ValidationError, match="no speaker 3"):
        here.answer(question, speaker=3)
    model.Session.rollback()
    made = here.answer(question, speaker=2)
    assert made["speaker"]["name"] == "Ержан Өтегенұлы"
    here.to("finished")
    here.answer(question, "Толықтырамын: 5-маршрут.")
    here.to("published")
    with pytest.raises(tk.ValidationError):
        here.answer(question)


def test_a_speaker_with_an_account_answers_for_themselves_only() -> None:
    here, speaker = ground(), person()
    speakers = [{"name": "Сәуле Үмбетқызы"}, {"name": "Ержан Өтегенұлы", "user": speaker}]
    act("conference_update", here.head, id=here.conference["id"], speakers=speakers)
    question = here.to("live").admitted()
    given = {"id": question["id"], "text": "Ертең.", "language": "kk"}
    with pytest.raises(tk.NotAuthorized):
        act("conference_question_answer", speaker, speaker=1, **given)
    assert act("conference_question_answer", speaker, speaker=2, **given)["number"] == 1


def test_authors_of_unanswered_questions_are_told_once() -> None:
    here, author = ground("live"), person()
    here.answer(here.admitted())
    left = here.admitted(author, "Будет ли автобус ночью?")
    here.to("finished")
    outbox.drain()
    notices = model.Session.scalars(sa.select(Notice).where(Notice.event == "conference.unanswered")).all()
    assert [one.url for one in notices] == [f"/conference/{here.conference['id']}/question/{left['id']}"]
    assert not notices[0].public


def test_an_unanswered_question_becomes_an_appeal_once() -> None:
    here, author = ground("live"), person()
    question = here.admitted(author, "Будет ли автобус до вокзала ходить ночью?")
    with pytest.raises(tk.ValidationError, match="not over"):
        act("conference_question_to_appeal", author, id=question["id"])
    model.Session.rollback()
    here.to("finished")
    with pytest.raises(tk.NotAuthorized):
        act("conference_question_to_appeal", person(), id=question["id"])
    made = act("conference_question_to_appeal", author, id=question["id"])
    assert act("conference_question_show", author, id=question["id"])["appeal_number"] == made["number"]
    assert act("conference_question_show", None, id=question["id"])["appeal_number"] is None
    with pytest.raises(tk.ValidationError, match="already"):
        act("conference_question_to_appeal", author, id=question["id"])


def test_an_answered_question_does_not_become_an_appeal() -> None:
    here, author = ground("live"), person()
    question = here.admitted(author)
    here.answer(question)
    here.to("finished")
    with pytest.raises(tk.ValidationError, match="without an answer"):
        act("conference_question_to_appeal", author, id=question["id"])


def test_who_supported_is_in_no_public_entry() -> None:
    here, reader = ground("collecting"), person()
    question = here.admitted()
    support(question, reader)
    entries = journal.entries("conference_question", question["id"], internal=False)
    assert entries[-1]["event"] == "conference_question.supported"
    assert entries[-1]["public"] in ({}, None)

"""Questions of citizens: asked, moderated, supported, answered. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.dialog.model.conferences import Conference, ConferenceAnswer, Question, Support
from ckanext.opengov.dialog.service.conferences import moving
from ckanext.opengov.dialog.service.conferences.rules import ANSWERING, ASKING, OVER, QUESTION, REASONS, STATES, TYPE

TEXT_LENGTH = 2_000
SHORTEST = 10
ANSWER_LENGTH = 20_000
REASON_LENGTH = 1_000

# Of many tries of one person one makes a row; only that one counts.
_GIVE = sa.text(
    """
    WITH given AS (
        INSERT INTO opengov_dialog_support (question_id, user_id, given_at) VALUES (:question, :user, now())
        ON CONFLICT DO NOTHING RETURNING 1
    )
    UPDATE opengov_dialog_question SET support = support + 1 FROM given WHERE id = :question RETURNING support
    """
)
_TAKE_BACK = sa.text(
    """
    WITH taken AS (
        DELETE FROM opengov_dialog_support WHERE question_id = :question AND user_id = :user RETURNING 1
    )
    UPDATE opengov_dialog_question SET support = support - 1 FROM taken WHERE id = :question RETURNING support
    """
)
# Who supported a question that is joined with another supports that one from now on, still once.
_MOVE_SUPPORT = sa.text(
    """
    WITH moved AS (
        INSERT INTO opengov_dialog_support (question_id, user_id, given_at)
        SELECT :into, user_id, given_at FROM opengov_dialog_support WHERE question_id = :question AND user_id <> :author
        ON CONFLICT DO NOTHING RETURNING 1
    )
    UPDATE opengov_dialog_question SET support = support + (SELECT count(*) FROM moved) WHERE id = :into
    """
)


@dataclass(frozen=True)
class Asked:
    """A question as it came, checked by its schema."""

    author_id: str
    text: str
    language: str
    author_name: str | None = None


def get(question_id: str) -> Question:
    """:raises ObjectNotFound: when there is no such question"""
    found = model.Session.get(Question, question_id)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such question."))
    return found


def lock(question_id: str) -> Question:
    """The question, as it is once all others who change it are done."""
    query = sa.select(Question).where(Question.id == question_id).with_for_update()
    found = model.Session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such question."))
    return found


def _in_state(conference: Conference, states: frozenset[str], sentence: str) -> None:
    if conference.state not in states:
        raise tk.ValidationError({"conference_id": [sentence.format(state=tk._(STATES[conference.state]))]})


def ask(conference_id: str, asked: Asked) -> Question:
    """Take a question; a moderator reads it before the public does.

    :raises ValidationError: when no questions are taken now, or the text is empty, a word only or too long
    """
    text = texts.check("text", asked.text, TEXT_LENGTH)
    if len(text) < SHORTEST:
        raise tk.ValidationError({"text": [tk._("Write the question in a whole sentence.")]})
    conference = moving.lock(conference_id)
    _in_state(conference, ASKING, tk._("Questions are not taken now: the conference is in the state “{state}”."))
    _not_twice(conference.id, asked.author_id, text)
    conference.questions += 1
    copy = public_copy(text, asked.language)
    name = texts.check_name(asked.author_name)
    question = Question(
        id=str(uuid4()),
        conference_id=conference.id,
        number=conference.questions,
        author_id=asked.author_id,
        author_name=public_copy(name, asked.language).text if name else None,
        language=texts.check_language(asked.language),
        text_original=text,
        text_public=copy.text,
        findings=copy.findings,
        state="pending",
        support=0,
        asked_at=utc_now(),
    )
    model.Session.add(question)
    model.Session.flush()
    journal.record(QUESTION, question.id, "conference_question.asked", actor=asked.author_id)
    return question


def _not_twice(conference_id: str, author_id: str, text: str) -> None:
    same = sa.select(Question.id).where(
        Question.conference_id == conference_id, Question.author_id == author_id, Question.text_original == text
    )
    if model.Session.scalar(same.limit(1)):
        raise tk.ValidationError({"text": [tk._("You have asked this already. Your question is on this page.")]})


@dataclass(frozen=True)
class Decision:
    """What a moderator decides of a question: public, refused (why), or merged (into which number)."""

    state: str
    reason: str | None = None
    reason_text: str | None = None
    merged_into: int | None = None


def moderate(question_id: str, decision: Decision, actor: str | None) -> Question:
    """Admit, refuse or join a question.

    :raises ValidationError: for a refusal without reason, an unknown question to join with, one that is answered
    """
    known = get(question_id)
    conference = moving.lock(known.conference_id)
    _in_state(conference, ASKING | OVER, tk._("Nothing is decided now: the conference is in the state “{state}”."))
    question = lock(question_id)
    if question.answered_at is not None or question.appeal_number or question.state == "merged":
        raise tk.ValidationError({"id": [tk._("This question is answered or passed on; its state stays.")]})
    question.reason = question.reason_text = None
    if decision.state == "refused":
        _refuse(question, decision)
    if decision.state == "merged":
        _merge(question, decision)
    question.state = decision.state
    model.Session.flush()
    journal.record(
        QUESTION, question.id, "conference_question.moderated", actor=actor, public={"state": question.state}
    )
    if question.state == "refused":
        public = {"number": question.number, "reason": question.reason, "reason_text": question.reason_text}
        journal.record(TYPE, conference.id, "conference.refused", actor=actor, public=public)
    return question


def _refuse(question: Question, decision: Decision) -> None:
    if decision.reason not in REASONS:
        message = tk._("Say why the question is not admitted. Choose one of: {known}.")
        raise tk.ValidationError({"reason": [message.format(known=", ".join(REASONS))]})
    question.reason = decision.reason
    if decision.reason_text:
        question.reason_text = public_copy(texts.check("reason_text", decision.reason_text, REASON_LENGTH)).text


def _merge(question: Question, decision: Decision) -> None:
    query = sa.select(Question).where(
        Question.conference_id == question.conference_id,
        Question.number == decision.merged_into,
        Question.state == "public",
        Question.id != question.id,
    )
    target = model.Session.scalar(query.with_for_update())
    if target is None:
        message = tk._("There is no admitted question {number} here to join this one with.")
        raise tk.ValidationError({"merged_into": [message.format(number=decision.merged_into or "–")]})
    question.merged_into = target.id
    model.Session.flush()
    model.Session.execute(_MOVE_SUPPORT, {"question": question.id, "into": target.id, "author": target.author_id})
    if question.author_id != target.author_id:
        model.Session.execute(_GIVE, {"question": target.id, "user": question.author_id})
    model.Session.expire(target, ["support"])


def support(question: Question, user_id: str, is_given: bool) -> bool:
    """Support a question, or take that back; once for each person.

    :returns: whether that changed anything
    :raises ValidationError: when the question is not public or the conference is over
    """
    _in_state(
        moving.get(question.conference_id),
        ASKING,
        tk._("Questions are not supported now: the conference is in the state “{state}”."),
    )
    if question.state != "public":
        raise tk.ValidationError({"id": [tk._("Only admitted questions can be supported.")]})
    values = {"question": question.id, "user": user_id}
    changed = model.Session.execute(_GIVE if is_given else _TAKE_BACK, values).first() is not None
    if changed:
        # Who supports what is for the auditor only.
        event = "conference_question.supported"
        journal.record(QUESTION, question.id, event, actor=user_id, internal={"given": is_given})
        model.Session.expire(question, ["support"])
    return changed


def answer(question_id: str, speaker: int, text: str, language: str, actor: str) -> ConferenceAnswer:
    """Answer a question in the name of a speaker. The number is given under the lock of the conference.

    So who has seen number 17 has seen all before it.

    :raises ValidationError: when the conference is not live or just finished, or there is no such speaker
    """
    cleaned = texts.check("text", text, ANSWER_LENGTH)
    conference = moving.lock(get(question_id).conference_id)
    _in_state(conference, ANSWERING, tk._("Questions are not answered now: the conference is in the state “{state}”."))
    question = lock(question_id)
    if question.state != "public":
        raise tk.ValidationError({"id": [tk._("Admit the question first; only admitted ones are answered.")]})
    if not 1 <= speaker <= len(conference.speakers):
        message = tk._("There is no speaker {number}; the conference has {count}.")
        raise tk.ValidationError({"speaker": [message.format(number=speaker, count=len(conference.speakers))]})
    now = utc_now()
    conference.answers += 1
    made = ConferenceAnswer(
        conference_id=conference.id,
        number=conference.answers,
        question_id=question.id,
        speaker=speaker,
        language=texts.check_language(language),
        text=public_copy(cleaned, language).text,
        written_by=actor,
        written_at=now,
    )
    model.Session.add(made)
    question.answered_at = question.answered_at or now
    model.Session.flush()
    journal.record(TYPE, conference.id, "conference.answered", actor=actor, public={"number": question.number}, at=now)
    return made


def to_appeal(question_id: str, actor: str, file: Any) -> Question:
    """Let an unanswered question go on as an appeal to the same agency.

    :param file: (what ``appeal_create`` takes) → what it returns
    :raises ValidationError: when it was answered, passed on already, or the conference is not over
    """
    question = lock(question_id)
    conference = moving.get(question.conference_id)
    _in_state(conference, OVER, tk._("The conference is not over yet: it is in the state “{state}”."))
    if question.appeal_number:
        message = tk._("This question is appeal {number} already.")
        raise tk.ValidationError({"id": [message.format(number=question.appeal_number)]})
    if question.answered_at is not None or question.state != "public":
        raise tk.ValidationError({"id": [tk._("Only an admitted question without an answer becomes an appeal.")]})
    title = conference.title.get(question.language) or next(iter(conference.title.values()), "")
    made = file(
        {
            "kind": "information",
            "agency": conference.agency_id,
            "language": question.language,
            "subject": title[:250],
            "text": question.text_original,
            "author_name": question.author_name,
            "public": True,
        }
    )
    question = lock(question_id)
    question.appeal_number = made["number"]
    journal.record(
        QUESTION, question.id, "conference_question.appeal", actor=actor, public={"appeal": question.appeal_number}
    )
    return question


def supported(user_id: str | None, ids: list[str]) -> set[str]:
    """Those of the questions that a person supports."""
    if not user_id or not ids:
        return set()
    query = sa.select(Support.question_id).where(Support.user_id == user_id, Support.question_id.in_(ids))
    return set(model.Session.scalars(query))

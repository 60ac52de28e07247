"""The helpdesk: officers ask, methodologists answer, and the answers that help others are a list that one searches.

What becomes public is a masked copy; the question as it was written is read by its author and by methodologists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.workplace import ANSWER_WORDS, PUBLISHED, HelpdeskQuestion
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, notices, officers, privacy, wording
from ckanext.opengov.civic.service.refusal import N_, Refusal

TYPE = "helpdesk_question"
ASKED = "helpdesk.asked"
TAKEN = "helpdesk.taken"
ANSWERED = "helpdesk.answered"
EVENTS = {
    ASKED: N_("A question to the helpdesk"),
    TAKEN: N_("A methodologist took the question"),
    ANSWERED: N_("A methodologist answered"),
}
METHODOLOGISTS = frozenset({Role.METHODOLOGIST})
PERMISSIONS = {"helpdesk_question_answer": METHODOLOGISTS, "helpdesk_question_take": METHODOLOGISTS}
OPEN, DONE = "open", "answered"
LENGTH = 5_000
ANSWER_LENGTH = 20_000


@dataclass(frozen=True)
class Asked:
    """A new question."""

    user_id: str
    question: str
    language: str
    form: str | None = None
    url: str | None = None


def is_methodologist(user_id: str) -> bool:
    """Whether a user answers questions, in whatever component."""
    return officers.holds(user_id, METHODOLOGISTS, component=None, agency_id=None)


def get(number: int, *, lock: bool = False) -> HelpdeskQuestion | None:
    """A question by its id."""
    return model.Session.get(HelpdeskQuestion, number, with_for_update=lock or None, populate_existing=lock)


def ask(asked: Asked) -> HelpdeskQuestion:
    """Keep a question, in the session's open transaction."""
    text = asked.question.strip()
    if not text:
        raise Refusal(N_("Write your question."))
    _check_length(text, LENGTH)
    made = HelpdeskQuestion(
        user_id=asked.user_id,
        form=asked.form,
        url=asked.url,
        question=text,
        question_public=_masked(text, asked.language),
        language=asked.language,
        state=OPEN,
        public=False,
    )
    model.Session.add(made)
    model.Session.flush()
    journal.record(TYPE, str(made.id), ASKED, actor=asked.user_id)
    return made


def take(question: HelpdeskQuestion, user_id: str) -> None:
    """A methodologist has it in hand from now on.

    :raises Refusal: when it is answered already, or in the hands of another
    """
    if question.state == DONE:
        raise Refusal(N_("This question is answered already."))
    if question.assignee and question.assignee != user_id and is_methodologist(question.assignee):
        raise Refusal(N_("Another methodologist has this question in hand."))
    question.assignee = user_id
    journal.record(TYPE, str(question.id), TAKEN, actor=user_id)


def answer(question: HelpdeskQuestion, user_id: str, text: str, *, public: bool) -> None:
    """Answer, or put an earlier answer right; whoever asked is told.

    :raises Refusal: for an empty or too long answer
    """
    text = text.strip()
    if not text:
        raise Refusal(N_("Write the answer."))
    _check_length(text, ANSWER_LENGTH)
    question.answer = _masked(text, question.language)
    question.answered_by, question.answered_at = user_id, utc_now()
    question.state, question.public = DONE, public
    question.assignee = question.assignee or user_id
    journal.record(TYPE, str(question.id), ANSWERED, actor=user_id, internal={"public": public})
    _tell(question)


def _tell(question: HelpdeskQuestion) -> None:
    languages = ("kk", "ru", "en")
    subject = N_("Your question to the helpdesk is answered")
    notices.notify(
        ANSWERED,
        entity_type=TYPE,
        entity_id=str(question.id),
        component="civic",
        subject={language: wording.say(language, subject) for language in languages},
        body=dict.fromkeys(languages, question.answer or ""),
        url=f"/helpdesk/{question.id}",
        to_users=[question.user_id],
    )


def _masked(text: str, language: str) -> str:
    return privacy.mask(text, privacy.find(text), language).text


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        message = N_("The text has {given} characters; at most {limit} are taken. Shorten it.")
        raise Refusal(message, given=len(text), limit=limit)


def search(words: str | None, before: int | None, limit: int) -> list[HelpdeskQuestion]:
    """Public answers, the newest first; all words must begin so."""
    query = sa.select(HelpdeskQuestion).where(PUBLISHED).order_by(HelpdeskQuestion.id.desc()).limit(limit)
    terms = re.findall(r"\w+", words or "")
    if terms:
        wanted = sa.func.to_tsquery("simple", " & ".join(f"{term}:*" for term in terms[:20]))
        query = query.where(sa.literal_column(ANSWER_WORDS.text).op("@@")(wanted))
    if before:
        query = query.where(HelpdeskQuestion.id < before)
    return list(model.Session.scalars(query))


def asked_by(user_id: str, limit: int) -> list[HelpdeskQuestion]:
    """A user's own questions, the newest first."""
    query = sa.select(HelpdeskQuestion).where(HelpdeskQuestion.user_id == user_id)
    query = query.options(undefer(HelpdeskQuestion.question))
    return list(model.Session.scalars(query.order_by(HelpdeskQuestion.id.desc()).limit(limit)))


def hand_over(user_id: str, successor: str | None, _agency_id: str, _component: str) -> int:
    """A methodologist leaves: open questions go to the successor, or to nobody yet."""
    if is_methodologist(user_id):
        return 0
    heir = successor if successor and is_methodologist(successor) else None
    mine = sa.update(HelpdeskQuestion).where(HelpdeskQuestion.assignee == user_id, HelpdeskQuestion.state == OPEN)
    result: Any = model.Session.execute(mine.values(assignee=heir).execution_options(synchronize_session="fetch"))
    return result.rowcount

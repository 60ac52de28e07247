"""Conferences, questions and answers as readers get them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.dialog.model.conferences import Conference, ConferenceAnswer, Question
from ckanext.opengov.dialog.service.conferences import moving, questions
from ckanext.opengov.dialog.service.conferences.rules import ASKING, QUESTION_STATES, REASONS, STATES


def conference(found: Conference) -> dict[str, Any]:
    """One conference, texts in all languages and what the reader's language makes of them."""
    package = model.Session.get(model.Package, found.id)
    language = wording.current()
    return {
        "id": found.id,
        "name": package.name if package else found.id,
        "agency_id": found.agency_id,
        "agency_title": agency_title(found.agency_id),
        "agency_name": _agency(found.agency_id)[0],
        "state": found.state,
        "state_title": tk._(STATES[found.state]),
        "title_translated": found.title,
        "title": wording.pick(found.title, language),
        "intro_translated": found.intro,
        "intro": wording.pick(found.intro, language),
        "speakers": [_speaker(place, one) for place, one in enumerate(found.speakers, 1)],
        "starts_at": found.starts_at.isoformat(),
        "recording_url": found.recording_url,
        "cancel_reason": found.cancel_reason,
        "question_count": found.questions,
        "answer_count": found.answers,
        "asking": found.state in ASKING,
        "moments": dict(found.moments),
    }


def _speaker(place: int, one: dict[str, Any]) -> dict[str, Any]:
    position = one.get("position") or {}
    shown = wording.pick(position, wording.current())
    return {"number": place, "name": one["name"], "position_translated": position, "position": shown}


def speaker_accounts(found: Conference) -> list[str]:
    """The names of the accounts from which the speakers answer; empty where one has none."""
    users = [model.User.get(one["user_id"]) if one.get("user_id") else None for one in found.speakers]
    return [user.name if user else "" for user in users]


def _agency(agency_id: str) -> tuple[str, str]:
    query = sa.select(model.Group.name, model.Group.title, agencies.TITLES).where(model.Group.id == agency_id)
    row = model.Session.execute(query).first()
    return (row[0], agencies.shown_title(*row)) if row else (agency_id, agency_id)


def agency_title(agency_id: str) -> str:
    """The agency's name in the reader's language."""
    return _agency(agency_id)[1]


def question(found: Question, *, reader: str | None, is_officer: bool) -> dict[str, Any]:
    """One question. The original is for its author and officers; why one was refused is for all, its text is not."""
    is_own = bool(reader) and found.author_id == reader
    is_open = is_own or is_officer or found.state == "public"
    shown = {
        "id": found.id,
        "conference_id": found.conference_id,
        "number": found.number,
        "state": found.state,
        "state_title": tk._(QUESTION_STATES[found.state]),
        "text": found.text_public if is_open else None,
        "language": found.language,
        "author_name": found.author_name if is_open else None,
        "reason": found.reason,
        "reason_title": tk._(REASONS[found.reason]) if found.reason else None,
        "reason_text": found.reason_text,
        "support": found.support,
        "asked_at": found.asked_at.isoformat(),
        "is_answered": found.answered_at is not None,
        "appeal_number": found.appeal_number if is_own or is_officer else None,
        "is_own": is_own,
        "answers": [],
    }
    if is_own or is_officer:
        shown["text_original"] = found.text_original
    return shown


def question_list(
    found: Conference, *, states: Collection[str], reader: str | None, is_officer: bool, offset: int, limit: int
) -> dict[str, Any]:
    """Questions by support, with their answers; the reader's own among them whatever their state."""
    condition = Question.state.in_(states)
    if reader and not is_officer:
        condition = sa.or_(condition, Question.author_id == reader)
    where = (Question.conference_id == found.id, condition)
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Question).where(*where)) or 0
    query = sa.select(Question).where(*where).order_by(Question.support.desc(), Question.number)
    if is_officer:
        query = query.options(undefer(Question.text_original))
    rows = list(model.Session.scalars(query.offset(offset).limit(limit)))
    given = questions.supported(reader, [one.id for one in rows])
    shown = [question(one, reader=reader, is_officer=is_officer) | {"supported": one.id in given} for one in rows]
    _with_answers(found, shown)
    return {"count": count, "questions": shown}


def _with_answers(found: Conference, shown: list[dict[str, Any]]) -> None:
    by_id = {one["id"]: one for one in shown}
    query = sa.select(ConferenceAnswer).where(
        ConferenceAnswer.conference_id == found.id, ConferenceAnswer.question_id.in_(by_id)
    )
    for one in model.Session.scalars(query.order_by(ConferenceAnswer.number)):
        by_id[one.question_id]["answers"].append(answer(found, one))


def answer(found: Conference, one: ConferenceAnswer) -> dict[str, Any]:
    """One answer with its speaker."""
    return {
        "number": one.number,
        "text": one.text,
        "language": one.language,
        "written_at": one.written_at.isoformat(),
        "speaker": _speaker(one.speaker, found.speakers[one.speaker - 1]),
    }


def said_after(found: Conference, after: int, limit: int) -> list[dict[str, Any]]:
    """Answers in the order in which they appeared, each with its question."""
    query = (
        sa.select(ConferenceAnswer, Question)
        .join(Question, Question.id == ConferenceAnswer.question_id)
        .where(ConferenceAnswer.conference_id == found.id, ConferenceAnswer.number > after)
        .order_by(ConferenceAnswer.number)
        .limit(limit)
    )
    return [
        answer(found, one) | {"question": question(asked, reader=None, is_officer=False)}
        for one, asked in model.Session.execute(query)
    ]


def transcript(found: Conference) -> dict[str, Any]:
    """All that was asked and answered, in the order in which it was answered; and what was not reached."""
    everything = question_list(found, states=("public",), reader=None, is_officer=False, offset=0, limit=10_000)
    asked = everything["questions"]
    answered = sorted((one for one in asked if one["answers"]), key=lambda one: one["answers"][0]["number"])
    ended = moving.moment(found, "finished")
    return {
        **conference(found),
        "began_at": (moving.moment(found, "live") or found.starts_at).isoformat(),
        "ended_at": ended.isoformat() if ended else None,
        "answered": answered,
        "unanswered": [one for one in asked if not one["answers"]],
    }

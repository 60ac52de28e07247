"""Who is told what of a conference."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import notices, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.model.conferences import Conference, Question
from ckanext.opengov.dialog.service.conferences.rules import COMPONENT, EVENTS, TYPE

LANGUAGES = ("kk", "ru", "en")
UNANSWERED = N_("Your question was not reached at the conference “{title}”")
OFFER = N_(
    "There was no time for your question. If you wish, the agency answers it in writing, within the term of an appeal."
    " Open the page and press the button."
)


def moved(conference: Conference, event: str) -> None:
    """Followers hear of each step."""
    subject, body = {}, {}
    for language in LANGUAGES:
        line = wording.say(language, EVENTS[event].line).format(reason=conference.cancel_reason)
        title = wording.pick(conference.title, language)
        subject[language] = f"{line}: {title}"[:200] if event != "cancel" else title
        body[language] = line if event == "cancel" else wording.pick(conference.intro, language)
    notices.notify(
        f"conference.{event}",
        entity_type=TYPE,
        entity_id=conference.id,
        component=COMPONENT,
        agency_id=conference.agency_id,
        subject=subject,
        body=body,
        url=f"/conference/{conference.id}",
        public=True,
        key=f"{conference.id}:{event}",
    )


def finished(message: Any) -> None:
    """Outbox handler: authors of questions that were not reached learn that they may go on as appeals."""
    conference = model.Session.get(Conference, message.payload["id"])
    if conference is None:
        return
    query = sa.select(Question.id, Question.author_id).where(
        Question.conference_id == conference.id, Question.state == "public", Question.answered_at.is_(None)
    )
    for question_id, author_id in model.Session.execute(query).all():
        _offer(conference, question_id, author_id)


def _offer(conference: Conference, question_id: str, author_id: str) -> None:
    say = {
        language: wording.say(language, UNANSWERED).format(title=wording.pick(conference.title, language))
        for language in LANGUAGES
    }
    notices.notify(
        "conference.unanswered",
        entity_type=TYPE,
        entity_id=conference.id,
        component=COMPONENT,
        agency_id=conference.agency_id,
        subject=say,
        body={language: wording.say(language, OFFER) for language in LANGUAGES},
        url=f"/conference/{conference.id}/question/{question_id}",
        to_users=[author_id],
        key=f"{question_id}:unanswered",
    )

"""Standing answers: "answer once". An officer drafts one from repeated questions, another one reviews it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import agencies, journal
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.dialog.model.appeals import StandingAnswer
from ckanext.opengov.dialog.service.appeals import answering, notices, words
from ckanext.opengov.dialog.service.appeals.steps import refuse

TYPE = "standing_answer"
QUESTION_LENGTH = 1_000
# From which state to which; a changed text must be reviewed anew.
DECISIONS = {"reviewed": {"draft"}, "withdrawn": {"draft", "reviewed"}, "draft": {"withdrawn"}}


def create(data: Mapping[str, Any], user_id: str) -> StandingAnswer:
    """A draft, in the session's open transaction."""
    agency = agencies.find(str(data.get("agency") or ""))
    if agency is None:
        raise tk.ValidationError({"agency": [tk._("There is no such agency. Choose one that works on the portal.")]})
    made = StandingAnswer(
        agency_id=agency.id,
        topic=words.one_of("topic", data.get("topic") or words.OTHER, words.topics()),
        question=_translated("question", data.get("question"), QUESTION_LENGTH),
        answer=_translated("answer", data.get("answer"), answering.LENGTH),
        links=answering.links(data.get("links")),
        created_by=user_id,
    )
    model.Session.add(made)
    model.Session.flush()
    journal.record(TYPE, made.id, "standing_answer.draft", actor=user_id)
    return made


def update(answer_id: str, data: Mapping[str, Any], user_id: str) -> StandingAnswer:
    """Change texts, which makes it a draft again, or decide: reviewed (by somebody else), withdrawn."""
    query = sa.select(StandingAnswer).where(StandingAnswer.id == answer_id).with_for_update()
    found = model.Session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such standing answer."))
    is_changed = _change(found, data, user_id)
    state = data.get("state")
    if state and state != found.state:
        _decide(found, str(state), user_id, is_changed)
    found.updated_at = utc_now()
    model.Session.flush()
    journal.record(TYPE, found.id, f"standing_answer.{found.state}", actor=user_id)
    return found


def _change(found: StandingAnswer, data: Mapping[str, Any], user_id: str) -> bool:
    new: dict[str, Any] = {}
    if data.get("question"):
        new["question"] = _translated("question", data["question"], QUESTION_LENGTH)
    if data.get("answer"):
        new["answer"] = _translated("answer", data["answer"], answering.LENGTH)
    if data.get("links") is not None:
        new["links"] = answering.links(data["links"])
    if data.get("topic"):
        new["topic"] = words.one_of("topic", data["topic"], words.topics())
    for name, value in new.items():
        setattr(found, name, value)
    if new:
        found.state, found.created_by, found.reviewed_by = "draft", user_id, None
    return bool(new)


def _decide(found: StandingAnswer, state: str, user_id: str, is_changed: bool) -> None:
    words.one_of("state", state, DECISIONS)
    if found.state not in DECISIONS[state]:
        refuse("state", tk._("This decision is not possible for this standing answer now."))
    if state == "reviewed" and (is_changed or found.created_by == user_id):
        refuse("state", tk._("Somebody else than the author of the text reviews it."))
    found.state = state
    found.reviewed_by = user_id if state == "reviewed" else found.reviewed_by


def possible(found: StandingAnswer, user_id: str | None) -> list[str]:
    """What an officer of the agency may do with it: change, and the decisions that fit."""
    names = {"reviewed": "review", "withdrawn": "withdraw", "draft": "draft"}
    fitting = [names[state] for state, before in DECISIONS.items() if found.state in before]
    return ["change", *(one for one in fitting if one != "review" or found.created_by != user_id)]


def agency_title(found: StandingAnswer) -> str:
    """The agency that answers, in the reader's language."""
    return notices.agency_title(found.agency_id)


def _translated(name: str, given: object, most: int) -> dict[str, str]:
    """Texts by language; one at least."""
    some = given if isinstance(given, dict) else {}
    found = {code: texts.check(name, some[code], most) for code in texts.LANGUAGES if some.get(code)}
    if not found:
        refuse(name, tk._("Write the text in one language at least: kk, ru or en."))
    return found


def listed(state: str, agency_id: str | None, topic: str | None, limit: int, offset: int) -> list[StandingAnswer]:
    """Standing answers, the newest first."""
    query = sa.select(StandingAnswer).where(StandingAnswer.state == state)
    if agency_id:
        query = query.where(StandingAnswer.agency_id == agency_id)
    if topic:
        query = query.where(StandingAnswer.topic == topic)
    query = query.order_by(StandingAnswer.updated_at.desc(), StandingAnswer.id)
    return list(model.Session.scalars(query.limit(limit).offset(offset)))

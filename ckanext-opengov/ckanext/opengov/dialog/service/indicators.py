"""What evaluation may count of the dialogue: each indicator as the statement that selects its cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Indicator, Link
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.model.appeals import Answer, Appeal, Transfer
from ckanext.opengov.dialog.model.conferences import Conference, Question
from ckanext.opengov.dialog.service.conferences.rules import OVER


def _rows(agency: Any, entity: Any, is_worth: Any) -> sa.Select[Any]:
    part = sa.case((is_worth, 1), else_=0)
    return sa.select(agency.label("agency_id"), entity.label("entity_id"), part.label("part"))


def _within(column: Any, begin: dt.datetime, end: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(column >= begin, column < end)


def answered_in_time(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """First answers of the period, and appeals whose term ended in it without one, which nobody answered in time."""
    answered = _rows(Answer.agency_id, Answer.appeal_id, Answer.in_time.is_(True)).where(
        Answer.number == 1, Answer.in_time.is_not(None), _within(Answer.at, begin, end)
    )
    before_end = sa.exists().where(Answer.appeal_id == Appeal.id, Answer.at < end)
    silent = _rows(Appeal.agency_id, Appeal.id, sa.false()).where(_within(Appeal.due_at, begin, end), ~before_end)
    both = sa.union_all(answered, silent).subquery()
    return sa.select(both)


def useful(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Appeals whose authors rated the answer."""
    return _rows(Appeal.agency_id, Appeal.id, Appeal.useful.is_(True)).where(_within(Appeal.rated_at, begin, end))


def reopened(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Appeals with a first answer in the period."""
    again = sa.and_(Appeal.reopened_at.is_not(None), Appeal.reopened_at < end)
    query = _rows(Answer.agency_id, Answer.appeal_id, again).join(Appeal, Appeal.id == Answer.appeal_id)
    return query.where(Answer.number == 1, _within(Answer.at, begin, end))


def ping_pong(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Appeals that an agency passed on, once each; worth one when they came back to it."""
    back = sa.orm.aliased(Transfer)
    came_back = sa.exists().where(
        back.appeal_id == Transfer.appeal_id, back.to_agency_id == Transfer.from_agency_id, back.id > Transfer.id
    )
    passed = _rows(Transfer.from_agency_id, Transfer.appeal_id, sa.and_(came_back, sa.true()))
    each = passed.where(_within(Transfer.at, begin, end)).subquery()
    worth = sa.func.max(each.c.part).label("part")
    return sa.select(each.c.agency_id, each.c.entity_id, worth).group_by(each.c.agency_id, each.c.entity_id)


def copies(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Answers of the period; worth one when the agency gave another appeal the very same text in it."""
    same = sa.func.count().over(partition_by=(Answer.agency_id, sa.func.md5(Answer.text_public)))
    query = sa.select(Answer.agency_id, Answer.appeal_id, same.label("same")).where(_within(Answer.at, begin, end))
    each = query.subquery()
    worth = sa.func.max(sa.case((each.c.same > 1, 1), else_=0)).label("part")
    columns = (each.c.agency_id, each.c.appeal_id.label("entity_id"))
    return sa.select(*columns, worth).group_by(each.c.agency_id, each.c.appeal_id)


def questions_answered(begin: dt.datetime, end: dt.datetime) -> sa.Select[Any]:
    """Public questions of the conferences that are over."""
    query = _rows(Conference.agency_id, Question.id, Question.answered_at.is_not(None))
    return query.join(Question, Question.conference_id == Conference.id).where(
        Conference.state.in_(OVER), Question.state == "public", _within(Conference.starts_at, begin, end)
    )


def appeal_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Appeals that everybody may read."""
    query = sa.select(Appeal.id, Appeal.number, Appeal.subject_public)
    found = model.Session.execute(query.where(Appeal.id.in_(ids), Appeal.visibility == "public"))
    return {one.id: Link(f"{one.number}: {one.subject_public}", f"/appeal/{one.number}") for one in found}


def question_links(ids: Sequence[str]) -> Mapping[str, Link]:
    """Questions, on the pages of their conferences."""
    query = sa.select(Question.id, Question.text_public, Question.conference_id)
    found = model.Session.execute(query.where(Question.id.in_(ids), Question.state == "public"))
    return {one.id: Link(one.text_public[:200], f"/conference/{one.conference_id}") for one in found}


INDICATORS: Mapping[str, Indicator] = {
    "answered_in_time": Indicator(
        title=N_("Appeals answered in time"),
        about=N_("Appeals answered in the period, and those whose term ended in it without an answer."),
        rows=answered_in_time,
        links=appeal_links,
    ),
    "useful": Indicator(
        title=N_("Answers rated useful"),
        about=N_("Answers that their authors rated in the period; useful are those that solved the problem."),
        rows=useful,
        links=appeal_links,
    ),
    "reopened": Indicator(
        title=N_("Appeals opened again"),
        about=N_("Appeals answered in the period; counted are those that their authors had to open again."),
        rows=reopened,
        links=appeal_links,
        less_is_better=True,
    ),
    "ping_pong": Indicator(
        title=N_("Appeals that came back"),
        about=N_("Appeals that the agency passed on in the period; counted are those that came back to it."),
        rows=ping_pong,
        links=appeal_links,
        less_is_better=True,
    ),
    "copies": Indicator(
        title=N_("Answers that are copies"),
        about=N_("Appeals answered in the period; counted are those whose answer another appeal got word for word."),
        rows=copies,
        links=appeal_links,
        less_is_better=True,
        warn_from=25,
    ),
    "questions_answered": Indicator(
        title=N_("Conference questions answered"),
        about=N_("Public questions of the conferences held in the period."),
        rows=questions_answered,
        links=question_links,
    ),
}

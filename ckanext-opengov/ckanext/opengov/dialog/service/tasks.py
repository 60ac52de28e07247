"""What waits for officers of the dialogue: appeals, questions of conferences, polls, standing answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, tasks, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import BulkAction, Task, TaskPage, TaskQuery
from ckanext.opengov.dialog.model.appeals import PENDING, RUNNING, Appeal, Clarification, StandingAnswer
from ckanext.opengov.dialog.model.conferences import Conference, Question
from ckanext.opengov.dialog.model.polls import Poll, PollText
from ckanext.opengov.dialog.service.appeals import packages, standing, states
from ckanext.opengov.dialog.service.conferences import rules as conferences
from ckanext.opengov.dialog.service.polls import life as polls
from ckanext.opengov.dialog.service.polls.rules import State

KINDS = {
    "appeal_take": N_("Appeals to take into work"),
    "appeal_answer": N_("Appeals to answer"),
    "appeal_ending": N_("Term ends: answer or extend"),
    "appeal_silent": N_("The author did not answer your question: decide"),
    "appeal_sign": N_("Answers to sign"),
    "appeal_moderate": N_("Appeals to moderate"),
    "conference_moderate": N_("Questions of conferences to moderate"),
    "conference_answer": N_("Questions of conferences to answer"),
    "poll_texts": N_("Answers in own words to moderate"),
    "poll_conclude": N_("Conclusions of polls to publish"),
    "standing_review": N_("Standing answers to review"),
}
OF_APPEALS = frozenset({"appeal_take", "appeal_answer", "appeal_ending", "appeal_silent", "appeal_sign"})
ROLES = states.permissions()
HEADS = ROLES["appeal_extend"]
WORKERS = ROLES["appeal_take"]
REVIEWERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
# An officer offers a task to so many colleagues at most.
COLLEAGUES = 200
SOON = dt.timedelta(days=3)
Places = frozenset[str] | None


def waiting(query: TaskQuery) -> TaskPage:
    """All kinds in one statement; parts in which the user holds no role are left out."""
    moderated = query.places({Role.MODERATOR})
    wanted = (
        (query.places(WORKERS), _appeals),
        (moderated, _unmoderated),
        (moderated, _questions_to_moderate),
        (query.places(conferences.WRITING), _questions_to_answer),
        (moderated, _poll_texts),
        (query.places(polls.OFFICERS), _polls_to_conclude),
        (query.places(REVIEWERS), _standing_answers),
    )
    parts = [part(query, places) for places, part in wanted if places is None or places]
    if not parts:
        return TaskPage()
    union = sa.union_all(*parts).subquery("parts")
    return tasks.answer(sa.select(union), query, _present)


def _inside(column: Any, places: Places) -> sa.ColumnElement[bool]:
    return sa.true() if places is None else column.in_(places)


def _row(kind: Any, number: Any, agency: Any, title: Any, entity: tuple[Any, str], **more: Any) -> sa.Select[Any]:
    """One part of the statement: each has the same columns.

    :param number: what the id of the task ends with
    :param entity: its id and type
    """
    words = sa.literal(kind) if isinstance(kind, str) else kind
    prefix = f"{kind}:" if isinstance(kind, str) else "appeal:"
    return sa.select(
        (sa.literal(prefix) + sa.cast(number, sa.Text)).label("id"),
        words.label("kind"),
        sa.cast(more.get("due_at", sa.null()), sa.DateTime(timezone=True)).label("due_at"),
        agency.label("agency_id"),
        sa.cast(more.get("assignee", sa.null()), sa.Text).label("assignee"),
        sa.cast(title, sa.Text).label("title"),
        sa.cast(more.get("count", sa.literal(1)), sa.Integer).label("count"),
        sa.literal(entity[1]).label("entity_type"),
        sa.cast(entity[0], sa.Text).label("entity_id"),
        sa.cast(more.get("reference", entity[0]), sa.Text).label("reference"),
    )


def _picked(texts: Any) -> sa.ColumnElement[str]:
    """The text of a column of translations that the reader knows best."""
    known = dict.fromkeys((wording.current(), *tk.config["ckan.locales_offered"]))
    return sa.func.coalesce(*(sa.func.nullif(texts[code].astext, "") for code in known), "")


def _appeals(query: TaskQuery, places: Places) -> sa.Select[Any]:
    """Each open appeal once, under what is to be done next by whoever looks."""
    is_head = _inside(Appeal.agency_id, query.places(HEADS))
    silent = sa.exists().where(
        Clarification.appeal_id == Appeal.id, Clarification.ended_at.is_not(None), Clarification.text_public.is_(None)
    )
    is_asked = sa.func.jsonb_array_length(Appeal.pauses) > 0
    ends_soon = Appeal.due_at.between(query.now, query.now + SOON)
    kind = sa.case(
        (Appeal.state == "registered", "appeal_take"),
        (sa.and_(Appeal.draft.is_not(None), is_head), "appeal_sign"),
        (sa.and_(is_asked, silent), "appeal_silent"),
        (sa.and_(is_head, Appeal.draft.is_(None), Appeal.extra_days == 0, ends_soon), "appeal_ending"),
        else_="appeal_answer",
    )
    title = Appeal.number + ": " + Appeal.subject_public
    entity = (Appeal.id, packages.TYPE)
    more = {"due_at": Appeal.due_at, "assignee": Appeal.assignee_id, "reference": Appeal.number}
    return _row(kind, Appeal.id, Appeal.agency_id, title, entity, **more).where(
        RUNNING, _inside(Appeal.agency_id, places)
    )


def _unmoderated(query: TaskQuery, places: Places) -> sa.Select[Any]:
    # The oldest first: they have no deadline, so the id orders them.
    number = sa.func.to_char(Appeal.registered_at, "YYYYMMDDHH24MISS") + ":" + Appeal.id
    title = Appeal.number + ": " + Appeal.subject_public
    entity, reference = (Appeal.id, packages.TYPE), Appeal.number
    return _row("appeal_moderate", number, Appeal.agency_id, title, entity, reference=reference).where(
        PENDING, _inside(Appeal.agency_id, places)
    )


def _questions(kind: str, places: Places, due_at: Any, *conditions: Any) -> sa.Select[Any]:
    """One task for each conference in which questions wait."""
    counted = (
        sa.select(Question.conference_id, sa.func.count().label("number"))
        .where(*conditions)
        .group_by(Question.conference_id)
        .subquery()
    )
    part = _row(
        kind,
        Conference.id,
        Conference.agency_id,
        _picked(Conference.title),
        (Conference.id, conferences.TYPE),
        due_at=due_at,
        count=counted.c.number,
    )
    return part.join(counted, counted.c.conference_id == Conference.id).where(_inside(Conference.agency_id, places))


def _questions_to_moderate(_query: TaskQuery, places: Places) -> sa.Select[Any]:
    """Before the conference begins; what was not decided until then waits without a deadline."""
    due = sa.case((Conference.state.in_(conferences.ASKING), Conference.starts_at), else_=sa.null())
    states_of = conferences.ASKING | conferences.OVER
    part = _questions("conference_moderate", places, due, Question.state == "pending")
    return part.where(Conference.state.in_(states_of))


def _questions_to_answer(_query: TaskQuery, places: Places) -> sa.Select[Any]:
    unanswered = (Question.state == "public", Question.answered_at.is_(None), Question.appeal_number.is_(None))
    part = _questions("conference_answer", places, sa.null(), *unanswered)
    return part.where(Conference.state.in_(conferences.ANSWERING))


def _poll_texts(_query: TaskQuery, places: Places) -> sa.Select[Any]:
    counted = (
        sa.select(PollText.poll_id, sa.func.count().label("number"))
        .where(PollText.state == "pending")
        .group_by(PollText.poll_id)
        .subquery()
    )
    entity = (Poll.id, polls.TYPE)
    part = _row("poll_texts", Poll.id, Poll.agency_id, _picked(Poll.title), entity, count=counted.c.number)
    return part.join(counted, counted.c.poll_id == Poll.id).where(_inside(Poll.agency_id, places))


def _polls_to_conclude(_query: TaskQuery, places: Places) -> sa.Select[Any]:
    part = _row("poll_conclude", Poll.id, Poll.agency_id, _picked(Poll.title), (Poll.id, polls.TYPE))
    return part.where(Poll.state == str(State.CLOSED), _inside(Poll.agency_id, places))


def _standing_answers(query: TaskQuery, places: Places) -> sa.Select[Any]:
    """Drafts of others: nobody reviews the own text."""
    one = StandingAnswer
    part = _row("standing_review", one.id, one.agency_id, _picked(one.question), (one.id, standing.TYPE))
    return part.where(one.state == "draft", one.created_by != query.user_id, _inside(one.agency_id, places))


# --- as it is shown


def _present(row: sa.Row[Any]) -> Task:
    return Task(
        id=row.id,
        component=polls.COMPONENT,
        kind=row.kind,
        title=_title(row),
        url=_url(row),
        agency_id=row.agency_id,
        due_at=row.due_at,
        assignee=row.assignee,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
    )


def _title(row: sa.Row[Any]) -> str:
    if row.kind in ("conference_moderate", "conference_answer"):
        text = tk.ungettext("{number} question waits: {title}", "{number} questions wait: {title}", row.count)
    elif row.kind == "poll_texts":
        text = tk.ungettext("{number} answer waits: {title}", "{number} answers wait: {title}", row.count)
    else:
        return row.title
    return text.format(number=row.count, title=row.title)


def _url(row: sa.Row[Any]) -> str:
    if row.entity_type == packages.TYPE:
        return tk.url_for("opengov_dialog_appeals_work.show", number=row.reference)
    if row.entity_type == conferences.TYPE:
        return tk.url_for("opengov_dialog_conference_work.work", reference=row.reference)
    if row.entity_type == standing.TYPE:
        return tk.url_for("opengov_dialog_standing.show", answer_id=row.reference)
    page = "texts" if row.kind == "poll_texts" else "show"
    return tk.url_for(f"opengov_dialog_polls.{page}", poll_id=row.reference)


# --- many at once


def colleagues(user_id: str, is_everywhere: bool) -> Sequence[tuple[str, str]]:
    """To whom a user may give appeals: name and title of the officers' accounts, by title."""
    query = (
        sa.select(model.User.name, model.User.fullname)
        .join(Officer, Officer.user_id == model.User.id)
        .where(Officer.component == polls.COMPONENT, Officer.role.in_([str(role) for role in WORKERS]))
        .where(officers.counts_on(officers.today()), model.User.state == model.State.ACTIVE)
        .distinct()
    )
    if not is_everywhere:
        own = officers.agencies_of(user_id, ROLES["appeal_assign"], polls.COMPONENT)
        query = query.where(Officer.agency_id.in_(own))
    found = [(name, title or name) for name, title in model.Session.execute(query.limit(COLLEAGUES))]
    return sorted(found, key=lambda one: one[1].casefold())


def _number(task: str) -> dict[str, Any]:
    return {"number": task.rpartition(":")[2]}


BULK = {
    "take": BulkAction(
        title=N_("Take into work"), action="appeal_take", kinds=frozenset({"appeal_take"}), data=_number
    ),
    "assign": BulkAction(
        title=N_("Give to"),
        action="appeal_assign",
        kinds=OF_APPEALS,
        data=_number,
        field="assignee",
        choices=colleagues,
    ),
}

"""What a person wrote in the dialogue and what became of it: appeals and questions of conferences in one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Link, MyItem
from ckanext.opengov.civic.service import wording
from ckanext.opengov.dialog.model.conferences import Conference, Question
from ckanext.opengov.dialog.service.appeals import listing
from ckanext.opengov.dialog.service.conferences.rules import QUESTION_STATES, REASONS

EXCERPT = 150


def written(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    """Newest first."""
    found = [*listing.my_items(user_id, before, limit), *_questions(user_id, before, limit)]
    return islice(sorted(found, key=lambda one: one.at, reverse=True), limit)


def _questions(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    query = (
        sa.select(Question, Conference.title, model.Package.name)
        .join(Conference, Conference.id == Question.conference_id)
        .join(model.Package, model.Package.id == Conference.id)
        .where(Question.author_id == user_id)
    )
    if before:
        query = query.where(Question.asked_at < before)
    for question, title, name in model.Session.execute(query.order_by(Question.asked_at.desc()).limit(limit)):
        page = f"/conference/{name}"
        text = question.text_public
        shown = text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"
        yield MyItem(
            title=f"{wording.pick(title, wording.current())}: {shown}",
            url=f"{page}/question/{question.id}",
            state=_state(question),
            at=question.asked_at,
            public=question.state == "public",
            became=tuple(_became(question, page)),
        )


def _state(question: Question) -> str:
    if question.answered_at:
        return tk._("Answered")
    state, reason = tk._(QUESTION_STATES[question.state]), REASONS.get(question.reason or "")
    return f"{state}: {tk._(reason)}" if reason else state


def _became(question: Question, page: str) -> Iterable[Link]:
    if question.answered_at:
        yield Link(tk._("Answer"), f"{page}/question/{question.id}")
    if question.merged_into:
        yield Link(tk._("The question that it was joined with"), f"{page}/question/{question.merged_into}")
    if question.appeal_number:
        yield Link(tk._("Appeal {number}").format(number=question.appeal_number), f"/appeal/{question.appeal_number}")

"""Threads: one for each discussed entity or place in it, made when the first comment comes."""

from __future__ import annotations

from typing import NamedTuple

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Thread, new_id
from ckanext.opengov.civic.service.discussion.rules import State
from sqlalchemy.dialects.postgresql import insert


class Subject(NamedTuple):
    """What is discussed."""

    entity_type: str
    entity_id: str
    anchor: str | None = None


def find(subject: Subject) -> Thread | None:
    """The thread of a subject, or None while nobody has written."""
    return model.Session.scalar(
        sa.select(Thread).where(
            Thread.entity_type == subject.entity_type,
            Thread.entity_id == subject.entity_id,
            sa.func.coalesce(Thread.anchor, "") == (subject.anchor or ""),
        )
    )


def get(thread_id: str) -> Thread | None:
    """A thread by its id."""
    return model.Session.get(Thread, thread_id)


def find_or_create(subject: Subject, agency_id: str | None) -> Thread:
    """The thread of a subject. Two first comments at once share one."""
    thread = find(subject)
    if thread is None:
        row = {**subject._asdict(), "id": new_id(), "agency_id": agency_id}
        model.Session.execute(insert(Thread).values(row).on_conflict_do_nothing())
        thread = find(subject)
    if thread is None:
        raise RuntimeError(f"the thread of {subject} was neither made nor found")
    return thread


def of_entity(entity_type: str, entity_id: str) -> list[Thread]:
    """All threads of an entity: its own and those at places in it."""
    query = sa.select(Thread).where(Thread.entity_type == entity_type, Thread.entity_id == entity_id)
    return list(model.Session.scalars(query.order_by(Thread.created_at)))


def hand_on(entity_type: str, entity_id: str, agency_id: str) -> None:
    """The entity went to another agency: its moderators are in charge from now on."""
    model.Session.execute(
        sa.update(Thread)
        .where(Thread.entity_type == entity_type, Thread.entity_id == entity_id)
        .values(agency_id=agency_id)
    )


def count(thread_id: str, before: State | None, after: State, number: int = 1) -> None:
    """Keep the counters when so many comments change their state. Locks the thread until the transaction ends."""
    public = (after is State.PUBLIC) - (before is State.PUBLIC)
    pending = (after is State.PENDING) - (before is State.PENDING)
    model.Session.execute(
        sa.update(Thread)
        .where(Thread.id == thread_id)
        .values(
            comments_public=Thread.comments_public + public * number,
            comments_pending=Thread.comments_pending + pending * number,
        )
        .execution_options(synchronize_session=False)
    )

"""The outbox: a change and what follows from it are one commit; the following is done by the worker, once.

A row is written in the transaction of the change. RQ only wakes the worker: if Redis loses the call, the clock
finds the row. A handler that fails is tried again with growing pauses and never blocks the rows of others.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.outbox import OutboxMessage

log = logging.getLogger(__name__)

BATCH = 50
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=6)
KEPT = dt.timedelta(days=30)
WAKE_JOB = "opengov-outbox"

Handler = Callable[[OutboxMessage], None]


def add(topic: str, payload: dict[str, Any]) -> OutboxMessage:
    """Write a row in the session's open transaction; it counts from the caller's commit on."""
    message = OutboxMessage(topic=topic, payload=payload)
    model.Session.add(message)
    sa.event.listen(model.Session(), "after_commit", _wake_once, once=True)
    return message


def _wake_once(_session: Any) -> None:
    try:
        tk.enqueue_job(drain, title=WAKE_JOB, rq_kwargs={"result_ttl": 0})
    except Exception:
        log.warning("The queue does not answer; the clock will find the outbox rows", exc_info=True)


def handlers() -> dict[str, Handler]:
    """Topic → handler, from the manifests of all components."""
    return {topic: handler for manifest in manifests() for topic, handler in manifest.outbox_handlers.items()}


def drain(limit: int = 10_000) -> int:
    """Do what is due. Several workers may run at once: each row is locked by the one that does it.

    :returns: the number of rows done
    """
    known = handlers()
    done = 0
    while done < limit and (count := _drain_batch(known)):
        done += count
    return done


def _drain_batch(known: dict[str, Handler]) -> int:
    due = (
        sa.select(OutboxMessage)
        .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= utc_now())
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    messages = model.Session.scalars(due).all()
    for message in messages:
        _handle(message, known)
    model.Session.commit()
    return len(messages)


def _handle(message: OutboxMessage, known: dict[str, Handler]) -> None:
    message.attempts += 1
    try:
        # A topic that no component handles is a KeyError: the row waits until its component is back.
        with model.Session.begin_nested():
            known[message.topic](message)
    except Exception as error:
        pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
        message.due_at = utc_now() + pause
        # The class only: a message of an error may quote what a person wrote.
        message.error = type(error).__name__
        log.warning("Outbox row %s, %s: %s; next try in %s", message.id, message.topic, message.error, pause)
    else:
        message.done_at = utc_now()
        message.error = None


def forget_done() -> int:
    """Delete rows done long ago."""
    old = sa.delete(OutboxMessage).where(OutboxMessage.done_at < utc_now() - KEPT)
    count = model.Session.execute(old).rowcount
    model.Session.commit()
    return count

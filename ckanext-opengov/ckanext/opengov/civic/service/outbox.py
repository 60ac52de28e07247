"""The outbox: a change and what follows from it are one commit; the following is done by the worker, once.

A row is written in the transaction of the change. RQ only wakes the worker: if Redis loses the call, the clock
finds the row. A handler that fails is tried again with growing pauses and never blocks the rows of others. Each row
has a transaction of its own, which ends right after its handler: what a handler did outside the database (a letter
that a mail server took) is not done again because a later row, or the worker, failed.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.outbox import OutboxMessage

log = logging.getLogger(__name__)

# RQ stops a job that takes longer than its limit, in the middle of whatever it does; so end well before.
LONGEST_RUN = 600
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=6)
KEPT = dt.timedelta(days=30)
WAKE_JOB = "opengov-outbox"
# Set in a session that will wake the worker when it commits: a thousand rows need one call.
_WAKE = "opengov_outbox_wake"

Handler = Callable[[OutboxMessage], None]


def add(topic: str, payload: dict[str, Any]) -> OutboxMessage:
    """Write a row in the session's open transaction; it counts from the caller's commit on."""
    message = OutboxMessage(topic=topic, payload=payload)
    model.Session.add(message)
    session = model.Session()
    if _WAKE not in session.info:
        session.info[_WAKE] = True
        sa.event.listen(session, "after_commit", _wake_once, once=True)
    return message


def _wake_once(session: Any) -> None:
    session.info.pop(_WAKE, None)
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
    until = time.monotonic() + LONGEST_RUN
    while done < limit and time.monotonic() < until and _do_next(known):
        done += 1
    return done


def _do_next(known: dict[str, Handler]) -> bool:
    due = (
        sa.select(OutboxMessage)
        .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= utc_now())
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    message = model.Session.scalars(due).first()
    if message is None:
        model.Session.rollback()
        return False
    message_id, topic = message.id, message.topic
    message.attempts += 1
    # Marked first and without a savepoint, so that after the handler only the commit is left to be sent.
    message.done_at = utc_now()
    message.error = None
    try:
        # A topic that no component handles is a KeyError: the row waits until its component is back.
        known[topic](message)
        model.Session.commit()
    except Exception as error:
        model.Session.rollback()
        # The class only: a message of an error may quote what a person wrote.
        _put_off(message_id, topic, type(error).__name__)
    return True


def take_along(message: OutboxMessage, limit: int) -> list[dict[str, Any]]:
    """For a handler that does many rows as cheaply as one: the payloads of its row and of others that are due.

    They are done with the handler's row, or none of them is. A row that failed before is tried alone, so that one
    bad row does not keep the others waiting for ever.
    """
    if message.attempts > 1:
        return [message.payload]
    due = (
        sa.select(OutboxMessage)
        .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= utc_now())
        .where(OutboxMessage.topic == message.topic, OutboxMessage.attempts == 0, OutboxMessage.id != message.id)
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(limit - 1)
        .with_for_update(skip_locked=True)
    )
    others = list(model.Session.scalars(due))
    for one in others:
        one.attempts, one.done_at = 1, utc_now()
    return [one.payload for one in (message, *others)]


def _put_off(message_id: int, topic: str, error: str) -> None:
    """After a failure, whose transaction is rolled back: the row is tried again after a pause."""
    query = sa.select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.done_at.is_(None))
    message = model.Session.scalar(query.with_for_update())
    if message is not None:
        pause = min(FIRST_PAUSE * 2**message.attempts, LONGEST_PAUSE)
        message.attempts += 1
        message.due_at = utc_now() + pause
        message.error = error
        log.warning("Outbox row %s, %s: %s; next try in %s", message_id, topic, error, pause)
    model.Session.commit()


def forget_done() -> int:
    """Delete rows done long ago."""
    old = sa.delete(OutboxMessage).where(OutboxMessage.done_at < utc_now() - KEPT)
    count = model.Session.execute(old).rowcount
    model.Session.commit()
    return count

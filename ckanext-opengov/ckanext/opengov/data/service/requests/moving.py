"""The one way in which a request changes: lock, table, guards, effects, clock, package, journal, notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import clock, packages
from ckanext.opengov.data.service.requests.people import Person
from ckanext.opengov.data.service.requests.states import STATES, TABLE, TYPE, Rule, Term, find, whoever
from ckanext.opengov.data.service.requests.steps import EFFECTS, GUARDS, Step

MOVED = "data.request_moved"


def get(reference: str) -> DataRequest:
    """A request by its id or number.

    :raises ObjectNotFound: when there is none
    """
    given = reference.lower()
    query = sa.select(DataRequest).where(sa.or_(DataRequest.id == given, DataRequest.number == given))
    found = model.Session.scalar(query)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such request."))
    return found


def lock(request_id: str) -> DataRequest:
    """The request, as it is once all others who change it are done."""
    query = sa.select(DataRequest).where(DataRequest.id == request_id).with_for_update()
    found = model.Session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such request."))
    return found


def transition(request_id: str, event: str, person: Person, data: Mapping[str, Any]) -> DataRequest:
    """Let an event happen, in the session's open transaction.

    :raises ValidationError: when it cannot happen in the request's state, or a condition is not met
    :raises NotAuthorized: when this person may not cause it
    """
    request = lock(request_id)
    rule = _rule(request, event, person)
    step = Step(request, event, person, data, utc_now())
    for guard in rule.guards:
        GUARDS[guard](step)
    EFFECTS[event](step)
    request.state = rule.then
    _run_clock(step, rule)
    model.Session.flush()
    packages.update(request)
    _record(step)
    return request


def _rule(request: DataRequest, event: str, person: Person) -> Rule:
    rule = find(request.state, event)
    kinds = person.kinds(request)
    if rule is not None and not rule.who.isdisjoint(kinds):
        return rule
    if kinds.isdisjoint(whoever(event)):
        raise tk.NotAuthorized(tk._("This step of a request is not yours to take."))
    message = tk._("This is not possible now: the request is in the state “{state}”.")
    raise tk.ValidationError({"id": [message.format(state=tk._(STATES[request.state]))]})


def _run_clock(step: Step, rule: Rule) -> None:
    if rule.term is Term.RESTART:
        clock.restart(step.request, clock.current(), step.moment)
    elif rule.term is Term.END:
        clock.end(step.request, step.moment)
    elif rule.term is Term.DROP:
        step.request.due_at = None


def _record(step: Step) -> None:
    request, event = step.request, f"data_request.{step.event}"
    journal.record(
        TYPE,
        request.id,
        event,
        # The journal is kept for ever: who the author is does not stand in it.
        actor=None if step.person.is_author(request) else step.person.user_id,
        public=step.public,
        internal={**step.internal, "state": request.state},
        at=step.moment,
    )
    tell_later(request, event, step.public)


def tell_later(request: DataRequest, event: str, public: Mapping[str, Any]) -> None:
    """Index and notices, after the caller's commit."""
    packages.index_later(request.id)
    outbox.add(MOVED, {"id": request.id, "event": event, "public": dict(public), "at": utc_now().isoformat()})


def possible(request: DataRequest, person: Person) -> list[str]:
    """The events that this person may cause now, for the buttons of a page."""
    kinds = person.kinds(request)
    return [
        event for (state, event), rule in TABLE.items() if state == request.state and not rule.who.isdisjoint(kinds)
    ]

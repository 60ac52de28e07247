"""The one way in which an appeal changes: lock, table, guards, effects, package, journal, notices, figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import clock, figures, packages
from ckanext.opengov.dialog.service.appeals.effects import EFFECTS
from ckanext.opengov.dialog.service.appeals.guards import GUARDS, OF_REQUEST
from ckanext.opengov.dialog.service.appeals.people import Person
from ckanext.opengov.dialog.service.appeals.states import OPEN, STATES, TABLE, Rule, Term, find
from ckanext.opengov.dialog.service.appeals.steps import Step

MOVED = "dialog.moved"
# Of no interest to the public; officers see them in the internal part of the journal.
QUIET = frozenset({"draft", "assign"})


def lock(appeal_id: str) -> Appeal:
    """The appeal, as it is once all others who change it are done.

    :raises ObjectNotFound: when there is none
    """
    query = sa.select(Appeal).where(Appeal.id == appeal_id).with_for_update()
    appeal = model.Session.scalar(query.execution_options(populate_existing=True))
    if appeal is None:
        raise tk.ObjectNotFound(tk._("There is no such appeal."))
    return appeal


def transition(appeal_id: str, event: str, person: Person, data: Mapping[str, Any]) -> Appeal:
    """Let an event happen, in the session's open transaction.

    :raises ValidationError: when it cannot happen in the appeal's state, or a condition is not met
    :raises NotAuthorized: when this person may not cause it
    """
    appeal = lock(appeal_id)
    rule = _rule(appeal, event, person)
    step = Step(appeal, event, person, data, clock.current(), utc_now())
    for guard in rule.guards:
        GUARDS[guard](step)
    before = figures.of(appeal)
    EFFECTS[event](step)
    appeal.state = rule.then
    _run_clock(step, rule)
    model.Session.flush()
    packages.update(appeal)
    packages.index_later([appeal.id])
    _record(step)
    figures.change(minus=before, plus=[figures.of(appeal), *step.figures])
    return appeal


def _rule(appeal: Appeal, event: str, person: Person) -> Rule:
    rule = find(appeal.state, event)
    kinds = person.kinds(appeal)
    if rule is not None and not rule.who.isdisjoint(kinds):
        return rule
    if kinds.isdisjoint(_whoever(event)):
        raise tk.NotAuthorized(tk._("This step of an appeal is not yours to take."))
    if event == "answer" and appeal.state in ("answered", "closed"):
        message = tk._(
            "This appeal was answered already, perhaps by a colleague at the same moment. Open it again to see."
        )
    else:
        message = tk._("This is not possible now: the appeal is in the state “{state}”.")
    raise tk.ValidationError({"number": [message.format(state=tk._(STATES[appeal.state]))]})


def _whoever(event: str) -> frozenset[str]:
    return frozenset().union(*(rule.who for (_, name), rule in TABLE.items() if name == event))


def _run_clock(step: Step, rule: Rule) -> None:
    appeal = step.appeal
    if rule.term is Term.STOP:
        clock.stop(appeal, step.moment)
    elif rule.term is Term.RESUME:
        clock.resume(appeal, step.moment)
    elif rule.term is Term.RESTART:
        clock.restart(appeal, step.clock, step.moment)
    if appeal.state not in OPEN or rule.term is Term.KEEP:
        return
    try:
        appeal.due_at = step.clock.due_at(appeal)
    except Refusal as error:
        raise tk.ValidationError({"number": [error.translated()]}) from error


def _record(step: Step) -> None:
    appeal, event = step.appeal, f"appeal.{step.event}"
    journal.record(
        packages.TYPE,
        appeal.id,
        event,
        # The journal is kept for ever: who the author is does not stand in it.
        actor=None if step.person.is_author(appeal) else step.person.user_id,
        public=step.public,
        internal={**step.internal, "state": appeal.state},
        at=step.moment,
    )
    if step.event not in QUIET:
        payload = {"id": appeal.id, "event": event, "public": step.public, "at": step.moment.isoformat()}
        outbox.add(MOVED, payload)
    elif step.event == "assign" and appeal.assignee_id != step.person.user_id:
        payload = {"id": appeal.id, "event": event, "public": {}, "at": step.moment.isoformat()}
        outbox.add(MOVED, payload | {"to": appeal.assignee_id})


def possible(appeal: Appeal, person: Person) -> list[str]:
    """The events that this person may cause now, for the buttons of a page."""
    kinds = person.kinds(appeal)
    step = Step(appeal, "", person, {}, clock.current(), utc_now())
    return [
        event
        for (state, event), rule in TABLE.items()
        if state == appeal.state and not rule.who.isdisjoint(kinds) and _meets(step, rule)
    ]


def _meets(step: Step, rule: Rule) -> bool:
    try:
        for guard in rule.guards:
            if guard not in OF_REQUEST:
                GUARDS[guard](step)
    except tk.ValidationError:
        return False
    return True

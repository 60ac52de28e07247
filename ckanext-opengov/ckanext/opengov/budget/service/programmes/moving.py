"""The one way in which a programme changes: lock, table, conditions, effects, package, journal, notices.

Nothing here commits: the action does, so that data, journal and outbox are one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service import cards
from ckanext.opengov.budget.service.people import Person
from ckanext.opengov.budget.service.programmes import clock, comparing, guards, notices, passport, texts
from ckanext.opengov.budget.service.programmes.effects import EFFECTS
from ckanext.opengov.budget.service.programmes.states import EXPLAINED, FREE, STATES, TABLE, TYPE, Rule, find
from ckanext.opengov.budget.service.programmes.steps import Step
from ckanext.opengov.budget.service.refused import Refused
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.calendar import local_date


def get(reference: Any) -> Programme:
    """A programme by its id or the name in its address.

    :raises ObjectNotFound: when there is none
    """
    package = cards.find(reference, TYPE)
    found = model.Session.get(Programme, package.id) if package else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such budget programme."))
    return found


def lock(programme_id: str) -> Programme:
    """The programme, as it is once all others who change it are done."""
    query = sa.select(Programme).where(Programme.id == programme_id).with_for_update()
    found = model.Session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such budget programme."))
    return found


def is_public(programme: Programme) -> bool:
    """Whether everybody may see it: from its discussion on."""
    return "discussion" in programme.moments or "approved" in programme.moments


def create(raw: Mapping[str, Any], agency_id: str, actor: str | None, name: str | None = None) -> Programme:
    """A draft, which only officers of the agency see.

    :raises ValidationError: with all that is wrong
    """
    text, now = _checked(raw), utc_now()
    made = Programme(
        id=str(uuid4()),
        agency_id=agency_id,
        state="draft",
        code=text["code"],
        passport=text,
        moments={"draft": now.isoformat()},
        created_at=now,
    )
    made.round, made.term_from, made.due_at, made.withdrawn_reason = 0, None, None, None
    add(made, name)
    journal.record(TYPE, made.id, "budget_programme.created", actor=actor, at=now)
    return made


def add(made: Programme, name: str | None) -> None:
    """Store a new programme with its package."""
    values = {"id": made.id, "name": name or cards.slug(TYPE, made.id), "owner_org": made.agency_id}
    card = _card(made)
    texts_of = {"title_translated": card.pop("title"), "notes_translated": card.pop("notes")}
    cards.insert(TYPE, {**values, **texts_of, **card})
    model.Session.add(made)
    model.Session.flush()


def _card(programme: Programme) -> dict[str, Any]:
    text = programme.passport
    return {
        "title": text["title"],
        "notes": text["goal"],
        "private": not is_public(programme),
        "programme_state": programme.state,
        "programme_code": text["code"],
        "programme_years": ", ".join(str(year) for year in text["years"]),
    }


def settle(programme: Programme) -> None:
    """Bring the package to what the programme has become."""
    model.Session.flush()
    cards.update(programme.id, **_card(programme))


def _checked(raw: Mapping[str, Any], before: passport.Passport | None = None) -> passport.Passport:
    try:
        return passport.check(raw, before)
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]


def update(programme_id: str, raw: Mapping[str, Any], because: Any, actor: str | None) -> Programme:
    """Change the text; after the discussion each place that changes says because of whom.

    :raises ValidationError: while people read and judge the text, and for a change without an explanation
    """
    programme = lock(programme_id)
    if programme.state not in FREE | EXPLAINED:
        message = tk._("The text stands as it is now: the programme is in the state “{state}”.")
        raise tk.ValidationError({"id": [message.format(state=tk._(STATES[programme.state]))]})
    text = _checked(raw, programme.passport)
    places = comparing.places(comparing.differences(programme.passport, text))
    if programme.state in EXPLAINED:
        try:
            reasons = texts.check_because(programme.id, places, because)
        except Refused as error:
            raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]
        texts.note_changes(programme.id, reasons, actor)
    programme.passport, programme.code = text, text["code"]
    settle(programme)
    journal.record(TYPE, programme.id, "budget_programme.updated", actor=actor, public={"places": ", ".join(places)})
    return programme


def transition(programme_id: str, event: str, person: Person, data: Mapping[str, Any]) -> Programme:
    """Let an event happen, in the session's open transaction.

    :raises ValidationError: when it cannot happen in this state, or a condition is not met
    :raises NotAuthorized: when this person may not cause it
    """
    programme = lock(programme_id)
    rule = _rule(programme, event, person)
    step = Step(programme, event, person, data, utc_now())
    guards.translated(step, rule.guards)
    try:
        EFFECTS[event](step)
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]
    _come_to(step, rule)
    settle(programme)
    journal.record(
        TYPE, programme.id, f"budget_programme.{event}", actor=person.user_id, public=step.public, at=step.now
    )
    notices.moved(step)
    return programme


def _come_to(step: Step, rule: Rule) -> None:
    programme = step.programme
    came = programme.state != rule.then
    programme.state = rule.then
    if came:
        programme.moments = {**programme.moments, rule.then: step.now.isoformat()}
        clock.start(programme, step.now)
    if programme.due_at and came:
        step.public["until"] = local_date(programme.due_at).isoformat()


def _rule(programme: Programme, event: str, person: Person) -> Rule:
    rule = find(programme.state, event)
    kinds = person.kinds(programme.agency_id)
    if rule is not None and not rule.who.isdisjoint(kinds):
        return rule
    if kinds.isdisjoint(frozenset().union(*(one.who for (_, name), one in TABLE.items() if name == event))):
        raise tk.NotAuthorized(tk._("This step of a programme is not yours to take."))
    message = tk._("This is not possible now: the programme is in the state “{state}”.")
    raise tk.ValidationError({"event": [message.format(state=tk._(STATES[programme.state]))]})


def possible(programme: Programme, person: Person) -> dict[str, str]:
    """The events that this person may cause in this state → why not yet, empty when nothing is in the way."""
    kinds = person.kinds(programme.agency_id)
    found = {}
    for (state, event), rule in TABLE.items():
        if state == programme.state and not rule.who.isdisjoint(kinds):
            found[event] = guards.met(Step(programme, event, person, {}, utc_now()), rule.guards)
    return found

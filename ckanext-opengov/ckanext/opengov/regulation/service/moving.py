"""The one way in which an act changes: lock, table, guards, effects, package, journal, notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.regulation.model.acts import DraftAct, Version, new_id
from ckanext.opengov.regulation.service import clock, packages, people, storing
from ckanext.opengov.regulation.service.clock import Clock
from ckanext.opengov.regulation.service.outline import Act
from ckanext.opengov.regulation.service.states import PREPARING, RUNNING, SYSTEM, WrongStep, find, state_at
from ckanext.opengov.regulation.service.steps import EFFECTS, GUARDS, Step
from ckanext.opengov.regulation.service.words import TYPE

MOVED = "regulation.moved"
SYSTEM_KINDS = frozenset({SYSTEM})


def lock(act_id: str) -> DraftAct:
    """The act, as it is once all others who change it are done.

    :raises ObjectNotFound: when there is none
    """
    query = sa.select(DraftAct).where(DraftAct.id == act_id).with_for_update()
    act = model.Session.scalar(query.execution_options(populate_existing=True))
    if act is None:
        raise tk.ObjectNotFound(tk._("There is no such draft act."))
    return act


def create(values: Mapping[str, Any], parts: Act, actor: str | None) -> DraftAct:
    """Begin a draft that nobody but the agency's officers reads."""
    now = clock.now()
    (number,) = packages.take_numbers([now.year])
    act = DraftAct(id=new_id(), number=number, state="draft", version=0, discussion=0, created_by=actor, created_at=now)
    act.channel_ends, act.notes, act.basis, act.likes, act.dislikes = {}, {}, {}, 0, 0
    for name in ("agency_id", "kind", "title", "notes", "basis"):
        if name in values:
            setattr(act, name, values[name])
    model.Session.add(act)
    model.Session.flush()
    storing.create(act.id, 1, parts)
    packages.insert([act])
    journal.record(TYPE, act.id, "draft_act.created", actor=actor)
    packages.index_later([act.id])
    return act


def update(act_id: str, values: Mapping[str, Any], actor: str | None) -> DraftAct:
    """Change what stands about an act, or the text of the version in preparation.

    :raises ValidationError: when the public has read it already
    """
    act = lock(act_id)
    if act.version and {"kind", "title"} & set(values):
        message = tk._("Title and kind of an act that was announced do not change.")
        raise tk.ValidationError({"title": [message]})
    for name in ("kind", "title", "notes", "basis"):
        if name in values:
            setattr(act, name, values[name])
    if "parts" in values:
        storing.replace(version_to_write(act), values["parts"])
    model.Session.flush()
    packages.update(act)
    journal.record(TYPE, act.id, "draft_act.changed", actor=actor, internal={"fields": sorted(values)})
    packages.index_later([act.id])
    return act


def version_to_write(act: DraftAct) -> Version:
    """The version in preparation.

    :raises ValidationError: when there is none
    """
    version = storing.in_preparation(act.id)
    if version is None:
        message = tk._("No version of this act is in preparation. Begin the next one first.")
        raise tk.ValidationError({"id": [message]})
    return version


def prepare_version(act_id: str, parts: Act | None, note: Mapping[str, str], actor: str | None) -> Version:
    """Begin the next version: with the text given, else with that of the last one. Nobody outside reads it yet.

    :raises ValidationError: in another state, or when one is in preparation
    """
    act = lock(act_id)
    if state_of(act) not in PREPARING:
        message = tk._("The next version is prepared when the discussion is over and before the act is adopted.")
        raise tk.ValidationError({"id": [message]})
    if storing.in_preparation(act.id) is not None:
        raise tk.ValidationError({"id": [tk._("A next version is in preparation already. Change that one.")]})
    if parts is None:
        parts = storing.read(storing.get(act.id, act.version).id)
    version = storing.create(act.id, storing.last_number(act.id) + 1, parts, note)
    journal.record(TYPE, act.id, "draft_act.version_drafted", actor=actor, internal={"version": version.number})
    return version


def version_for(act: DraftAct, number: int | None, user_id: str | None) -> Version:
    """The version that somebody wants to read.

    :param number: None for the newest public one; while there is none, the one in preparation
    :raises ObjectNotFound: when there is none, or none that they may read
    """
    version = storing.get(act.id, number or act.version or storing.last_number(act.id))
    if version.state == storing.DRAFT and not people.writes(user_id, act.agency_id):
        raise tk.ObjectNotFound(tk._("This act has no version {number}.").format(number=version.number))
    return version


def state_of(act: DraftAct) -> str:
    """Where the act stands at this moment."""
    return state_at(act.state, act.starts_at, act.closes_at, clock.now())


def transition(
    act_id: str,
    event: str,
    kinds: Collection[str],
    data: Mapping[str, Any],
    actor: str | None,
    time: Clock | None = None,
) -> DraftAct:
    """Let an event happen, in the session's open transaction.

    :param kinds: what the person is: roles in the agency, or ``system``
    :raises ValidationError: when it cannot happen in the act's state, or a condition is not met
    :raises NotAuthorized: when this person may not cause it
    """
    act = lock(act_id)
    step = Step(act, event, data, time or clock.current(), clock.now())
    _catch_up(act, step.clock)
    try:
        rule = find(act.state, event)
    except WrongStep as error:
        raise tk.ValidationError({"event": [error.translated()]}) from error
    if rule.who.isdisjoint(kinds):
        raise tk.NotAuthorized(tk._("This step of an act is not yours to take."))
    for guard in rule.guards:
        GUARDS[guard](step)
    _take(step, rule.then, actor)
    return act


def _catch_up(act: DraftAct, time: Clock) -> None:
    """Write down what the clock has done since: a discussion that is over takes no extension any more."""
    wanted = state_of(act)
    while act.state in RUNNING and act.state != wanted:
        event = "open" if act.state == "announced" else "close"
        _take(Step(act, event, {}, time, clock.now()), find(act.state, event).then, None)


def _take(step: Step, then: str, actor: str | None) -> None:
    act = step.act
    EFFECTS[step.event](step)
    act.state = then
    model.Session.flush()
    packages.update(act)
    if step.data.get("reason"):
        step.public["reason"] = " / ".join(dict.fromkeys(step.data["reason"].values()))
    journal.record(TYPE, act.id, f"draft_act.{step.event}", actor=actor, public=step.public, at=step.now)
    outbox.add(MOVED, {"act": act.id, "event": step.event, "public": step.public, "round": act.discussion})
    packages.index_later([act.id])


def advance() -> int:
    """Open and close what the clock says. Commits each.

    :returns: how many acts moved
    """
    now = clock.now()
    due = sa.or_(
        sa.and_(DraftAct.state == "announced", DraftAct.starts_at <= now),
        sa.and_(DraftAct.state == "discussion", DraftAct.closes_at < now),
    )
    time, count = clock.current(), 0
    for act_id in model.Session.scalars(sa.select(DraftAct.id).where(due)).all():
        act = lock(act_id)
        before = act.state
        _catch_up(act, time)
        count += act.state != before
        model.Session.commit()
    return count


def recompute(calendar: Any) -> int:
    """The calendar changed: the ends of open terms anew. Safe to repeat; the caller commits."""
    from ckanext.opengov.civic.service import transferred_days
    from ckanext.opengov.civic.service.calendar import local_date
    from ckanext.opengov.regulation.model.acts import Discussion

    time, moved = Clock(calendar, transferred_days.terms_in_force()), []
    query = sa.select(DraftAct).where(DraftAct.state.in_((*RUNNING, "answers_due"))).with_for_update()
    for act in model.Session.scalars(query):
        running = model.Session.get(Discussion, (act.id, act.discussion))
        if act.state == "answers_due":
            due = time.answers(act.closes_at) if act.closes_at else act.answers_due_at
            is_moved, act.answers_due_at = due != act.answers_due_at, due
        elif running is None or running.is_longer or act.starts_at is None:
            continue
        else:
            ends = time.discussion(act.kind, act.starts_at)
            is_moved = (ends.citizens, ends.last) != (act.ends_at, act.closes_at)
            act.ends_at, act.closes_at, running.ends_at = ends.citizens, ends.last, ends.citizens
            act.channel_ends = {channel: end.isoformat() for channel, end in ends.channels.items()}
        end = act.answers_due_at or act.ends_at
        if is_moved and end is not None:
            moved.append((act.id, local_date(end).isoformat()))
            packages.update(act)
    model.Session.flush()
    happenings = [journal.Happening(TYPE, one, "draft_act.deadline", public={"until": day}) for one, day in moved]
    journal.record_many(happenings)
    for one, _day in moved:
        packages.index_later([one])
    return len(moved)

"""The conference itself: made, changed, and brought from state to state by one function.

Nothing here commits: the action does, so that data, journal and outbox are one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.dialog.model.conferences import Conference
from ckanext.opengov.dialog.service.conferences import announcing, packages
from ckanext.opengov.dialog.service.conferences.rules import CHANGEABLE, EVENTS, FINISHED, STATES, TYPE, possible


def get(reference: str) -> Conference:
    """A conference by its id or the name in its address.

    :raises ObjectNotFound: when there is none
    """
    found = model.Session.get(Conference, reference)
    if found is None:
        package = model.Package.get(reference)
        found = model.Session.get(Conference, package.id) if package and package.type == TYPE else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such conference."))
    return found


def lock(conference_id: str) -> Conference:
    """The conference, as it is once all others who change it are done."""
    query = sa.select(Conference).where(Conference.id == conference_id).with_for_update()
    found = model.Session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such conference."))
    return found


def create(values: Mapping[str, Any], agency_id: str, actor: str | None) -> Conference:
    """A draft, which only officers of the agency see."""
    now = utc_now()
    conference = Conference(
        id=str(uuid4()), agency_id=agency_id, state="draft", moments={"draft": now.isoformat()}, created_at=now
    )
    conference.recording_url = conference.cancel_reason = None
    conference.questions = conference.answers = 0
    _set(conference, values)
    packages.insert(conference, values.get("name") or f"conference-{conference.id[:8]}")
    model.Session.add(conference)
    _settle(conference)
    journal.record(TYPE, conference.id, "conference.created", actor=actor)
    return conference


def update(conference: Conference, values: Mapping[str, Any], actor: str | None) -> Conference:
    """Change the announcement; once it is live only the link to the recording.

    :raises ValidationError: when something else changes after that
    """
    conference = lock(conference.id)
    late = set(values) - {"recording_url"}
    if late and conference.state not in CHANGEABLE:
        message = tk._("Only the link to the recording can be changed now: the conference is in the state “{state}”.")
        raise tk.ValidationError(
            {name: [message.format(state=tk._(STATES[conference.state]))] for name in sorted(late)}
        )
    if "speakers" in values and conference.answers:
        raise tk.ValidationError({"speakers": [tk._("The speakers stay as they are once one of them has answered.")]})
    _set(conference, values)
    _settle(conference)
    journal.record(TYPE, conference.id, "conference.updated", actor=actor, public={"fields": sorted(values)})
    return conference


def transition(conference_id: str, name: str, actor: str | None, reason: str | None = None) -> Conference:
    """Let an event happen.

    :raises ValidationError: when the state does not allow it, or a condition is not met
    """
    conference, event = lock(conference_id), EVENTS[name]
    if conference.state not in event.sources:
        message = tk._("This is not possible now: the conference is in the state “{state}”. Possible: {possible}.")
        allowed = ", ".join(possible(conference.state)) or "–"
        state = tk._(STATES[conference.state])
        raise tk.ValidationError({"event": [message.format(state=state, possible=allowed)]})
    _check(conference, name, reason)
    now = utc_now()
    conference.state = event.target
    conference.moments = {**conference.moments, event.target: now.isoformat()}
    public = {"reason": reason} if name == "cancel" else {}
    if name == "cancel":
        conference.cancel_reason = reason
    _settle(conference)
    journal.record(TYPE, conference.id, f"conference.{name}", actor=actor, public=public, at=now)
    announcing.moved(conference, name)
    if name == "finish":
        outbox.add(FINISHED, {"id": conference.id})
    return conference


def _check(conference: Conference, name: str, reason: str | None) -> None:
    if name == "announce" and not conference.speakers:
        raise tk.ValidationError({"speakers": [tk._("Name at least one speaker before you announce the conference.")]})
    if name == "announce" and conference.starts_at <= utc_now():
        raise tk.ValidationError({"starts_at": [tk._("The time of the beginning has passed. Set one in the future.")]})
    if name == "cancel" and not reason:
        raise tk.ValidationError({"reason": [tk._("Say why in a sentence or two: the public reads it.")]})


def _set(conference: Conference, values: Mapping[str, Any]) -> None:
    for field in ("title", "intro", "speakers", "starts_at", "recording_url"):
        if field in values:
            setattr(conference, field, values[field])


def _settle(conference: Conference) -> None:
    model.Session.flush()
    packages.update(conference)
    outbox.add(packages.INDEX, {"id": conference.id})


def listed(
    *, state: str | None, agency_id: str | None, hidden: frozenset[str] | None, offset: int, limit: int
) -> tuple[int, list[Conference]]:
    """Conferences, the latest first, with their number.

    :param hidden: agencies whose drafts are shown too; None for all
    """
    conditions: list[Any] = []
    if state:
        conditions.append(Conference.state == state)
    if agency_id:
        conditions.append(Conference.agency_id == agency_id)
    if hidden is not None:
        conditions.append(sa.or_(Conference.state != "draft", Conference.agency_id.in_(hidden)))
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Conference).where(*conditions)) or 0
    order = (Conference.starts_at.desc(), Conference.id)
    query = sa.select(Conference).where(*conditions).order_by(*order).offset(offset).limit(limit)
    return count, list(model.Session.scalars(query))


def moment(conference: Conference, state: str) -> dt.datetime | None:
    """When the conference came into a state."""
    text = conference.moments.get(state)
    return dt.datetime.fromisoformat(text) if text else None

"""What officers see of appeals beyond what everybody may: who has them in hand, by when what, the whole journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role
from ckanext.opengov.civic.service import agencies, journal, officers, wording
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.discussion.files import note
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import answering, clock, listing, packages, showing, similar, states, words
from ckanext.opengov.dialog.service.appeals.moving import QUIET
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, Person

ENTRIES = 200
SIMILAR = 4
WORKERS = states.permissions()["appeal_take"]
MODERATORS = frozenset({Role.MODERATOR})


def desk(appeal: Appeal, person: Person) -> dict[str, Any]:
    """An appeal as the officer who works on it sees it."""
    shown = showing.full(appeal, person)
    may = set(shown["may"])
    people = colleagues([appeal.agency_id])
    shown |= {
        "subject_findings": public_copy(appeal.subject_original).findings,
        "assignee_title": titles([appeal.assignee_id]).get(appeal.assignee_id or ""),
        "colleagues": people if "assign" in may else [],
        "journal": history(appeal),
        "forward_by": None,
        "forward_late": False,
        "extend_until": None,
        "draft_mark": answering.draft_mark(appeal.draft),
        "legal_reasons": words.legal_reasons() if "not_consider" in may else {},
        "similar": _similar(appeal) if may & {"draft", "answer"} else None,
        "attachments": files(appeal),
    }
    time = clock.current()
    if "forward" in may:
        due = forward_by(time, appeal)
        shown |= {"forward_by": due.isoformat(), "forward_late": is_late(utc_now(), due)}
    if "extend" in may:
        shown["extend_until"] = time.latest_extension(appeal).isoformat()
    return shown


def forward_by(time: clock.Clock, appeal: Appeal) -> dt.datetime:
    """Until when it may be passed on in time."""
    return time.end(clock.FORWARD, dt.datetime.combine(appeal.term_from, dt.time(12), tzinfo=dt.UTC))


def files(appeal: Appeal) -> list[dict[str, Any]]:
    """The attachments under their own names, which may hold personal data."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "name_public": one.name_public,
            "size": one.size,
            "is_picture": one.is_picture,
            "is_private": one.is_private,
            "note": note(one),
            "findings": len(one.findings),
        }
        for one in showing.attachments(appeal.id)
    ]


def _similar(appeal: Appeal) -> dict[str, Any]:
    """Answered appeals like this one and standing answers, those of the agency."""
    text = f"{appeal.subject_public}\n{appeal.text_public}"
    answered = similar.appeals(text, appeal.agency_id, SIMILAR + 1)
    return {
        "appeals": [one for one in answered if one["id"] != appeal.id][:SIMILAR],
        "standing_answers": similar.standing(text, appeal.agency_id, SIMILAR),
    }


def history(appeal: Appeal) -> list[dict[str, Any]]:
    """The journal with its internal part, oldest entry first; ``is_internal``: the public does not see the entry."""
    found = journal.newest(packages.TYPE, appeal.id, internal=True, limit=ENTRIES)
    wanted = {one["actor"] for one in found} | {(one["internal"] or {}).get("assignee") for one in found}
    names = titles(wanted)
    return [
        {
            "at": one["at"].isoformat(),
            "event": one["event"],
            "title": journal.title(one["event"], showing.dated(one["public"])),
            "actor": names.get(one["actor"] or ""),
            "to": names.get((one["internal"] or {}).get("assignee") or ""),
            "acknowledged": (one["internal"] or {}).get("acknowledged") or [],
            "is_internal": one["event"].removeprefix("appeal.") in QUIET,
        }
        for one in found
    ]


def titles(user_ids: Iterable[str | None]) -> dict[str, str]:
    """Names of users, by id."""
    wanted = {one for one in user_ids if one}
    query = sa.select(model.User.id, model.User.fullname, model.User.name).where(model.User.id.in_(wanted))
    return {row[0]: row[1] or row[2] for row in model.Session.execute(query)} if wanted else {}


def colleagues(agency_ids: Collection[str]) -> list[dict[str, str]]:
    """The officers who answer appeals in these agencies: ``id``, ``name``, ``title``."""
    users = {user for agency in agency_ids for user in officers.responsible(COMPONENT, agency, WORKERS)}
    query = sa.select(model.User.id, model.User.name, model.User.fullname).where(model.User.id.in_(users))
    rows = model.Session.execute(query) if users else ()
    found = [{"id": row[0], "name": row[1], "title": row[2] or row[1]} for row in rows]
    return sorted(found, key=lambda one: one["title"].casefold())


def work_list(person: Person, filters: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """A page of the appeals of a person's agencies, with who has them in hand."""
    shown = listing.condition("work", person.user_id, person.is_admin)
    found, cursor = listing.page(shown, filters, limit)
    names = titles(one.assignee_id for one in found)
    appeals = [
        showing.brief(one) | {"assignee_id": one.assignee_id, "assignee_title": names.get(one.assignee_id or "")}
        for one in found
    ]
    return {"appeals": appeals, "next": cursor}


def queue(agency_ids: Collection[str] | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """What waits for a moderator, with originals: the oldest first.

    :param agency_ids: None for all
    """
    waits = [Appeal.visibility == "pending"]
    if agency_ids is not None:
        waits.append(Appeal.agency_id.in_(agency_ids))
    number = model.Session.scalar(sa.select(sa.func.count()).select_from(Appeal).where(*waits)) or 0
    query = sa.select(Appeal).where(*waits)
    if cursor:
        query = query.where(sa.tuple_(Appeal.registered_at, Appeal.id) > listing.position(cursor))
    query = query.options(undefer(Appeal.subject_original), undefer(Appeal.text_original))
    found = list(model.Session.scalars(query.order_by(Appeal.registered_at, Appeal.id).limit(limit + 1)))
    following = listing.cursor_of(found[limit - 1]) if len(found) > limit else None
    return {"waiting": number, "appeals": [_to_moderate(one) for one in found[:limit]], "next": following}


def _to_moderate(appeal: Appeal) -> dict[str, Any]:
    return showing.brief(appeal) | {
        "text": appeal.text_public,
        "original": {"subject": appeal.subject_original, "text": appeal.text_original},
        "findings": appeal.findings,
        "subject_findings": public_copy(appeal.subject_original).findings,
        "attachments": files(appeal),
    }


def own_agencies(person: Person, roles: Collection[Role]) -> list[str] | None:
    """The agencies in which a person holds one of the roles; None for all."""
    across = frozenset(roles) & ACROSS_AGENCIES
    if person.is_admin or _holds_across(person, across):
        return None
    return officers.agencies_of(person.user_id, roles, COMPONENT) if person.user_id else []


def _holds_across(person: Person, roles: Collection[Role]) -> bool:
    is_known = bool(person.user_id and roles)
    return is_known and officers.holds(person.user_id or "", roles, component=COMPONENT, agency_id=None)


def choices(person: Person, roles: Collection[Role], agency_id: str | None) -> dict[str, Any]:
    """What filters offer: the person's agencies, and the officers of the one that is chosen or of all their own."""
    own = own_agencies(person, roles)
    of = (own or []) if not agency_id else [agency_id] if own is None or agency_id in own else []
    return {
        "agencies": agencies.options(None if own is None else frozenset(own)),
        "officers": colleagues(of),
        "topics": {key: wording.pick(texts, wording.current()) for key, texts in words.topics().items()},
        "states": {key: tk._(title) for key, title in states.STATES.items()},
    }

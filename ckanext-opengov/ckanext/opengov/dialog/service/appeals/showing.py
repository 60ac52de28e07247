"""What a reader sees of an appeal: the masked copy for all, the originals for its author and its officers."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from babel.dates import format_date

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.discussion import CommentAttachment
from ckanext.opengov.civic.service import journal, wording
from ckanext.opengov.civic.service.discussion import files
from ckanext.opengov.dialog.model.appeals import Answer, Appeal, Clarification, Transfer
from ckanext.opengov.dialog.service.appeals import clock, moving, naming, notices, packages, words
from ckanext.opengov.dialog.service.appeals.moving import QUIET
from ckanext.opengov.dialog.service.appeals.people import Person
from ckanext.opengov.dialog.service.appeals.states import OPEN, RUNNING, STATES

TIMELINE = 200


def find(reference: object) -> Appeal:
    """An appeal by its number or id.

    :raises ObjectNotFound: when there is none
    """
    text = reference if isinstance(reference, str) else ""
    query = sa.select(Appeal).where(sa.or_(Appeal.number == text, Appeal.id == text))
    found = model.Session.scalar(query) if text else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no appeal with this number. Check it against your letter."))
    return found


def may_see(appeal: Appeal, person: Person) -> bool:
    """Whether the person may read the appeal at all."""
    return appeal.visibility == "public" or person.reads_all(appeal)


def briefs(appeals: Sequence[Appeal]) -> list[dict[str, Any]]:
    """Appeals as lists show them, with the names of all their agencies in one statement."""
    known = naming.agencies_named({one.agency_id for one in appeals})
    return [brief(one, known.get(one.agency_id, {}).get("title", "")) for one in appeals]


def brief(appeal: Appeal, agency_title: str | None = None) -> dict[str, Any]:
    """An appeal as lists show it, masked."""
    return {
        "id": appeal.id,
        "number": appeal.number,
        "kind": appeal.kind,
        "topic": appeal.topic,
        "region": appeal.region,
        "language": appeal.language,
        "agency_id": appeal.agency_id,
        "agency_title": notices.agency_title(appeal.agency_id) if agency_title is None else agency_title,
        "subject": appeal.subject_public,
        "state": appeal.state,
        "state_title": tk._(STATES[appeal.state]),
        "visibility": appeal.visibility,
        "registered_at": _iso(appeal.registered_at),
        "due_at": _iso(appeal.due_at) if appeal.state in RUNNING else None,
        "overdue": clock.is_overdue(appeal, utc_now()),
        "answered_at": _iso(appeal.answered_at),
        "in_time": appeal.in_time,
        "useful": appeal.useful,
        "solved": appeal.solved,
        "forwards": appeal.forwards,
        "returns": appeal.returns,
        "reopened": appeal.reopened_at is not None,
    }


def full(appeal: Appeal, person: Person) -> dict[str, Any]:
    """Everything that this person may read of an appeal."""
    inside = person.reads_all(appeal)
    shown = brief(appeal) | {
        "text": appeal.text_public,
        "author_name": appeal.author_name,
        "coverage": appeal.coverage if inside else _public_coverage(appeal),
        "hidden_reason": appeal.hidden_reason,
        "agency": _agency(appeal.agency_id),
        "deadline": clock.current().explain(appeal) if appeal.state in OPEN else None,
        "reason": _reason(appeal),
        "answers": _answers(appeal, inside),
        "clarifications": _clarifications(appeal, inside),
        "transfers": _transfers(appeal),
        "attachments": _attachments(appeal),
        "timeline": timeline(appeal),
        "may": moving.possible(appeal, person),
        "is_author": person.is_author(appeal),
        "is_officer": inside and bool(person.kinds(appeal) - {"citizen"}),
    }
    return shown | _originals(appeal, shown["is_officer"]) if inside else shown


def _originals(appeal: Appeal, is_officer: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "original": {"subject": appeal.subject_original, "text": appeal.text_original},
        "findings": appeal.findings,
    }
    if is_officer:
        links = appeal.draft_links or []
        found |= {"assignee_id": appeal.assignee_id, "draft": appeal.draft, "draft_links": links}
    return found


def _public_coverage(appeal: Appeal) -> dict[str, Any] | None:
    """Where somebody stood is for the agency; the public reads the place to about a kilometre."""
    if not appeal.coverage:
        return None
    rounded = {name: round(appeal.coverage[name], 2) for name in ("latitude", "longitude")}
    return {**appeal.coverage, **rounded}


def _agency(agency_id: str) -> dict[str, Any]:
    group = model.Group.get(agency_id)
    if group is None:
        return {"id": agency_id, "name": None, "title": "", "title_translated": {}}
    titles = notices.titles(group)
    return {
        "id": group.id,
        "name": group.name,
        "title": notices.agency_title(group.id),
        "title_translated": titles,
    }


def _reason(appeal: Appeal) -> dict[str, Any] | None:
    if appeal.state == "not_considered" and appeal.reason:
        return {"code": appeal.reason, **words.legal_reasons().get(appeal.reason, {})}
    return None


def _answers(appeal: Appeal, inside: bool) -> list[dict[str, Any]]:
    query = sa.select(Answer).where(Answer.appeal_id == appeal.id).order_by(Answer.number)
    return [answer(one) | ({"original": one.text_original} if inside else {}) for one in model.Session.scalars(query)]


def answer(one: Answer) -> dict[str, Any]:
    """An answer as the public reads it."""
    return {
        "id": one.id,
        "number": one.number,
        "at": _iso(one.at),
        "language": one.language,
        "text": one.text_public,
        "links": one.links,
        "signed_as": one.signed_as,
        "signer_name": one.signer_name,
        "in_time": one.in_time,
        "agency_id": one.agency_id,
    }


def _clarifications(appeal: Appeal, inside: bool) -> list[dict[str, Any]]:
    query = sa.select(Clarification).where(Clarification.appeal_id == appeal.id).order_by(Clarification.id)
    return [
        {
            "asked_at": _iso(one.asked_at),
            "due_at": _iso(one.due_at),
            "question": one.question_original if inside else one.question_public,
            "ended_at": _iso(one.ended_at),
            "text": one.text_original if inside else one.text_public,
        }
        for one in model.Session.scalars(query)
    ]


def _transfers(appeal: Appeal) -> list[dict[str, Any]]:
    query = sa.select(Transfer).where(Transfer.appeal_id == appeal.id).order_by(Transfer.id)
    return [
        {
            "at": _iso(one.at),
            "from_agency_id": one.from_agency_id,
            "from_agency": notices.agency_title(one.from_agency_id),
            "to_agency_id": one.to_agency_id,
            "to_agency": notices.agency_title(one.to_agency_id),
            "reason": one.reason,
            "due_at": _iso(one.due_at),
            "late": one.late,
        }
        for one in model.Session.scalars(query)
    ]


def _attachments(appeal: Appeal) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name_public,
            "size": one.size,
            "is_picture": one.is_picture,
            "is_private": one.is_private,
            "note": files.note(one),
        }
        for one in attachments(appeal.id)
    ]


def attachment(one: CommentAttachment, *, inside: bool) -> dict[str, Any]:
    """A file: its masked text or the picture that was released, and for those inside the file itself."""
    shown: dict[str, Any] = {"id": one.id, "name": one.name_public, "size": one.size, "text": one.text_public}
    copy = files.picture(one) if inside or not one.is_private else None
    shown["picture"] = base64.b64encode(copy).decode() if copy else None
    if inside:
        content = base64.b64encode(files.original(one)).decode()
        shown["original"] = {"name": one.name, "mimetype": one.mimetype, "content": content}
    return shown


def group_title(group: str, key: str | None) -> str:
    """The name of an agency, topic, region, kind or month, in the reader's language."""
    if group == "agency" and key:
        return notices.agency_title(key)
    return naming.titles(group, [key])[key]


def attachments(appeal_id: str) -> list[CommentAttachment]:
    """The files of an appeal, in the kit's table of attachments."""
    query = sa.select(CommentAttachment).where(CommentAttachment.comment_id == appeal_id)
    return list(model.Session.scalars(query.order_by(CommentAttachment.name_public)))


def timeline(appeal: Appeal) -> list[dict[str, Any]]:
    """What happened, in the reader's language, oldest first."""
    found = journal.entries(packages.TYPE, appeal.id, internal=False, limit=TIMELINE)
    return [
        {
            "at": _iso(one["at"]),
            "event": one["event"],
            "title": journal.title(one["event"], dated(one["public"])),
            "public": one["public"],
        }
        for one in found
        if one["event"].removeprefix("appeal.") not in QUIET
    ]


def dated(public: Mapping[str, Any]) -> dict[str, Any]:
    """The public part of a journal entry with its date as the reader writes dates."""
    until = public.get("until")
    shown = format_date(dt.date.fromisoformat(until), "long", locale=wording.current()) if until else ""
    return {**public, "until": shown} if until else dict(public)


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None

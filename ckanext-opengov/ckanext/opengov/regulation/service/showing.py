"""Acts, parts and comments as the API gives them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.regulation.model.acts import Discussion, DraftAct, VersionPart
from ckanext.opengov.regulation.model.remarks import Remark
from ckanext.opengov.regulation.service import (
    answering,
    changes,
    commenting,
    documents,
    moving,
    people,
    storing,
    voting,
)
from ckanext.opengov.regulation.service.states import possible
from ckanext.opengov.regulation.service.words import CITIZEN


def find(reference: object) -> DraftAct:
    """An act by its id or number.

    :raises ObjectNotFound: when there is none
    """
    text = reference if isinstance(reference, str) else ""
    query = sa.select(DraftAct).where(sa.or_(DraftAct.number == text, DraftAct.id == text))
    act = model.Session.scalar(query) if text else None
    if act is None:
        raise tk.ObjectNotFound(tk._("There is no draft act “{id}”.").format(id=text[:60]))
    return act


def may_read(act: DraftAct, user_id: str | None) -> bool:
    """Everybody reads what was announced; before that the officers of the agency who write it."""
    return bool(act.version) or people.writes(user_id, act.agency_id)


def briefs(acts: Sequence[DraftAct]) -> list[dict[str, Any]]:
    """Acts for a list, with their agencies in one statement."""
    titles = agency_titles({one.agency_id for one in acts})
    return [brief(one, titles) for one in acts]


def brief(act: DraftAct, titles: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """An act without its text."""
    return {
        "id": act.id,
        "number": act.number,
        "kind": act.kind,
        "state": moving.state_of(act),
        "title": act.title,
        "agency": titles.get(act.agency_id, {"id": act.agency_id, "name": "", "title": ""}),
        "version": act.version,
        "discussion": act.discussion,
        **{name: _moment(getattr(act, name)) for name in MOMENTS},
        "likes": act.likes,
        "dislikes": act.dislikes,
        "figures": act.figures,
    }


MOMENTS = (
    "announced_at",
    "starts_at",
    "ends_at",
    "closes_at",
    "answers_due_at",
    "reported_at",
    "ended_at",
    "created_at",
)


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def agency_titles(ids: Collection[str]) -> dict[str, dict[str, str]]:
    query = sa.select(model.Group.id, model.Group.name, model.Group.title, agencies.TITLES)
    return {
        agency_id: {"id": agency_id, "name": name, "title": agencies.shown_title(name, title, translated)}
        for agency_id, name, title, translated in model.Session.execute(query.where(model.Group.id.in_(ids)))
    }


def full(act: DraftAct, user_id: str | None) -> dict[str, Any]:
    """An act with its versions, discussions and documents, and what the reader may do with it."""
    roles = people.roles_in(user_id, act.agency_id)
    is_writer = people.writes(user_id, act.agency_id)
    versions = storing.all_of(act.id, drafts=is_writer)
    known = storing.languages([one.id for one in versions])
    state = moving.state_of(act)
    channels = people.channels_of(user_id)
    reason = commenting.closed(act)
    return {
        **brief(act, agency_titles({act.agency_id})),
        "notes": act.notes,
        "basis": act.basis,
        "reason": act.reason,
        "adopted_url": act.adopted_url,
        "channel_ends": act.channel_ends,
        "versions": [storing.shown(one, known) for one in versions],
        "discussions": _discussions(act.id),
        "documents": [documents.shown(one) for one in documents.of(act.id)],
        "my_vote": voting.of(act.id, user_id),
        "is_open": reason is None,
        "closed_reason": reason,
        "channels": {name: title for name, title in channels.items() if commenting.closed(act, name) is None},
        "is_writer": is_writer,
        "may": possible(state, roles),
    }


def _discussions(act_id: str) -> list[dict[str, Any]]:
    query = sa.select(Discussion).where(Discussion.package_id == act_id).order_by(Discussion.number)
    return [
        {
            "number": one.number,
            "version": one.version,
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "is_longer": one.is_longer,
            "reason": one.reason,
        }
        for one in model.Session.scalars(query)
    ]


def part(row: VersionPart) -> dict[str, Any]:
    """A part in one language."""
    names = ("position", "eid", "parent_eid", "kind", "number", "heading", "text")
    return {name: getattr(row, name) for name in names}


def remarks(act: DraftAct, shown: Sequence[dict[str, Any]]) -> None:
    """Add to comments, as the kit shows them, what they are about and what the agency answered."""
    ids = [one["id"] for one in shown]
    query = sa.select(Remark).where(Remark.comment_id.in_(ids))
    found = {one.comment_id: one for one in model.Session.scalars(query)}
    answers = answering.of_comments(ids)
    changed = changes.of_comments(ids)
    for one in shown:
        remark = found.get(one["id"])
        one["remark"] = about(remark, readable=one["text"] is not None) if remark else None
        response = answers.get(one["id"])
        one["response"] = answering.shown(response) if response else None
        one["changes"] = changed.get(one["id"], [])
        one["unkept"] = remark is not None and answering.is_unkept(remark, response, act.version)


def about(remark: Remark, *, readable: bool = True) -> dict[str, Any]:
    """What a comment on an act is about."""
    return {
        "kind": remark.kind,
        "channel": remark.channel,
        "is_expert": remark.channel != CITIZEN,
        "version": remark.version,
        "discussion": remark.discussion,
        "eid": remark.eid or None,
        "language": remark.language,
        "quote": remark.quote,
        "quote_start": remark.quote_start,
        "quote_end": remark.quote_end,
        "wording": remark.wording_public if readable else None,
        "place": remark.place,
        "mark": remark.mark,
    }

"""Telling the officers of a source what they must know: a row on the source's page, and a letter once."""

from __future__ import annotations

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import mail, wording
from ckanext.opengov.harvest.messages import N_, Message
from ckanext.opengov.harvest.model import HarvestNotice

# What a good run does not put an end to: only an officer does.
LASTING = ("columns",)
# What an officer may confirm, so that the next run goes on.
CONFIRMABLE = ("vanished", "shape")


def open_notice(source_id: str, kind: str, message: Message) -> HarvestNotice | None:
    """Open a notice in the session's transaction, with a letter to each officer.

    :returns: None when the same kind of notice is open already: nobody is told twice
    """
    open_now = _open(source_id)
    for notice in open_now:
        if notice.kind == kind:
            notice.message = message.dump()
            return None
        if kind != "silent" and notice.kind not in (*LASTING, "silent"):
            notice.closed_at = utc_now()
    notice = HarvestNotice(source_id=source_id, kind=kind, message=message.dump())
    model.Session.add(notice)
    model.Session.flush()
    _write_letters(notice, message)
    return notice


def close_notices(source_id: str) -> None:
    """Put an end to what a good run has shown to be over."""
    for notice in _open(source_id):
        if notice.kind not in LASTING:
            notice.closed_at = utc_now()


def open_notices(source_id: str) -> list[HarvestNotice]:
    """The notices of a source that are not over, the latest first."""
    return sorted(_open(source_id), key=lambda notice: notice.created_at, reverse=True)


def _open(source_id: str) -> list[HarvestNotice]:
    query = sa.select(HarvestNotice).where(HarvestNotice.source_id == source_id, HarvestNotice.closed_at.is_(None))
    return list(model.Session.scalars(query))


def is_confirmed(source_id: str | None) -> bool:
    """Whether an officer has said that the list is right although it looks like an accident."""
    return source_id is not None and any(notice.confirmed for notice in _open(source_id))


def officers(source_id: str) -> list[model.User]:
    """Who answers for a source: its maker, and the editors and administrators of its agency."""
    package = model.Package.get(source_id)
    if package is None:
        return []
    makers = [package.creator_user_id] if package.creator_user_id else []
    members = (
        model.Session.query(model.Member.table_id)
        .filter(
            model.Member.group_id == package.owner_org,
            model.Member.table_name == "user",
            model.Member.state == "active",
            model.Member.capacity.in_(("admin", "editor")),
        )
        .all()
    )
    ids = dict.fromkeys([*makers, *(row.table_id for row in members)])
    users = [model.User.get(user_id) for user_id in ids]
    return [user for user in users if user and user.state == "active" and user.email]


def _write_letters(notice: HarvestNotice, message: Message) -> None:
    """A letter to each officer, in the portal's own language: nothing tells which one an officer reads."""
    language = wording.known(None)
    package = model.Package.get(notice.source_id)
    title = (package.title or package.name) if package else notice.source_id
    subject = wording.say(language, N_("Harvest source “{title}” needs attention")).format(title=title)
    page = wording.address(f"/harvest/admin/{notice.source_id}", language)
    see = wording.say(language, N_("See the source:"))
    body = f"{message.in_language(language)}\n\n{see} {page}"
    for user in officers(notice.source_id):
        mail.queue(str(user.email), subject, body, f"harvest:{notice.id}", language=language)

"""Drafts of forms: kept for the person who types, until the form is sent or nobody has touched it for long."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.workplace import Draft
from ckanext.opengov.civic.service.refusal import N_, Refusal

LARGEST = 256 * 1024
MOST = 200
KEPT = dt.timedelta(days=90)


def size(data: dict[str, Any]) -> int:
    """Bytes that a draft takes."""
    return len(json.dumps(data, ensure_ascii=False).encode())


def save(user_id: str, key: str, data: dict[str, Any], about: dict[str, str | None]) -> Draft:
    """Keep what is typed; the draft before is replaced.

    :param about: ``title`` and ``url`` of the form, ``entity_type`` and ``entity_id`` that it changes
    :raises Refusal: when it is too large, or the user has too many drafts
    """
    if size(data) > LARGEST:
        text = N_("The draft has {given} KB; at most {limit} KB are kept. Send the form or shorten the text.")
        raise Refusal(text, given=size(data) // 1024 + 1, limit=LARGEST // 1024)
    others = sa.select(sa.func.count()).where(Draft.user_id == user_id, Draft.form_key != key)
    if (model.Session.scalar(others) or 0) >= MOST:
        text = N_("You have {limit} drafts, as many as are kept. Delete some in your workplace.")
        raise Refusal(text, limit=MOST)
    values = {"data": data, "saved_at": utc_now(), **about}
    statement = insert(Draft).values(user_id=user_id, form_key=key, **values)
    statement = statement.on_conflict_do_update(constraint="opengov_draft_once", set_=values).returning(Draft)
    return model.Session.scalars(statement, execution_options={"populate_existing": True}).one()


def find(user_id: str, key: str) -> Draft | None:
    """A user's draft of a form."""
    return model.Session.scalar(sa.select(Draft).where(Draft.user_id == user_id, Draft.form_key == key))


def of_user(user_id: str) -> list[Draft]:
    """All drafts of a user, the newest first."""
    return list(model.Session.scalars(sa.select(Draft).where(Draft.user_id == user_id).order_by(Draft.saved_at.desc())))


def delete(user_id: str, key: str) -> bool:
    """Forget a draft; whether there was one."""
    statement = sa.delete(Draft).where(Draft.user_id == user_id, Draft.form_key == key).returning(Draft.id)
    return model.Session.scalar(statement) is not None


def forget_old(now: dt.datetime | None = None) -> int:
    """Forget drafts that nobody has touched for a quarter of a year. Commits."""
    old = sa.delete(Draft).where(Draft.saved_at < (now or utc_now()) - KEPT).returning(Draft.id)
    count = len(model.Session.scalars(old).all())
    model.Session.commit()
    return count

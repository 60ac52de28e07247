"""The transferred days that an administrator keeps, and what follows when they change."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.calendar import TransferredDayRow
from ckanext.opengov.civic.service import journal, outbox, terms
from ckanext.opengov.civic.service.calendar import Calendar, Kind, TransferredDay
from ckanext.opengov.civic.service.refusal import N_, Refusal

log = logging.getLogger(__name__)

TOPIC = "calendar.changed"
# The calendar's chain in the journal: one for all days, since each change moves deadlines everywhere.
ENTITY = ("calendar", "days")
TAKEN_BACK = "calendar.taken_back"
EVENTS = {
    "calendar.day_off": N_("{date} became a day off: {reason}"),
    "calendar.working": N_("{date} became a working day: {reason}"),
    TAKEN_BACK: N_("The transfer of {date} was taken back"),
}


def current() -> Calendar:
    """The calendar with the transferred days of the database."""
    rows = model.Session.scalars(sa.select(TransferredDayRow))
    return Calendar(TransferredDay(row.date, Kind(row.kind), row.reason) for row in rows)


def terms_in_force() -> dict[str, terms.Term]:
    """The terms of the kit and of the instance's own file."""
    return terms.load(tk.config["opengov.legal_terms"] or None)


def listed(first: dt.date | None, last: dt.date | None) -> list[TransferredDayRow]:
    """The transferred days of a stretch of time, by date."""
    query = sa.select(TransferredDayRow).order_by(TransferredDayRow.date)
    if first:
        query = query.where(TransferredDayRow.date >= first)
    if last:
        query = query.where(TransferredDayRow.date <= last)
    return list(model.Session.scalars(query))


def set_day(date: dt.date, kind: Kind, reason: str, user: str) -> TransferredDayRow:
    """Make this day a working day or a day off. Commits.

    :raises Refusal: when the day is that already without a transfer, or lies in a year without known holidays
    """
    works = Calendar().is_working_day(date)
    if works is (kind is Kind.WORKING):
        raise Refusal(
            N_("{date} is a working day already; there is nothing to transfer.")
            if works
            else N_("{date} is a day off already; there is nothing to transfer."),
            date=date.isoformat(),
        )
    row = model.Session.merge(
        TransferredDayRow(date=date, kind=kind.value, reason=reason, changed_by=user, changed_at=utc_now())
    )
    _changed(date, f"calendar.{kind.value}", user, {"reason": reason})
    return row


def delete_day(date: dt.date, user: str) -> None:
    """Take a transfer back. Commits.

    :param user: id of whoever does it

    :raises LookupError: when the day is not transferred
    """
    row = model.Session.get(TransferredDayRow, date)
    if row is None:
        raise LookupError(date.isoformat())
    model.Session.delete(row)
    _changed(date, TAKEN_BACK, user, {"kind": row.kind, "reason": row.reason})


def _changed(date: dt.date, event: str, user: str, public: dict[str, str]) -> None:
    journal.record(*ENTITY, event, actor=user, public={"date": date.isoformat(), **public})
    outbox.add(TOPIC, {"date": date.isoformat()})
    model.Session.commit()


def recompute(message: Any) -> None:
    """Handler of the outbox: every component computes its open deadlines anew. Safe to repeat."""
    calendar = current()
    for manifest in manifests():
        changed = sum(recomputer(calendar) for recomputer in manifest.deadline_recomputers)
        if manifest.deadline_recomputers:
            log.info("The calendar changed: %s deadlines of %s moved", changed, manifest.name)

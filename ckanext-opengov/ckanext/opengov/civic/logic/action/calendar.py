"""Actions on the working-day calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.authz import is_sysadmin
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.logic.schema import calendar as schema
from ckanext.opengov.civic.model.calendar import TransferredDayRow
from ckanext.opengov.civic.service import calendar as rules
from ckanext.opengov.civic.service import day_names, terms, transferred_days
from ckanext.opengov.civic.service.refusal import Refusal

__all__ = ["calendar_day_delete", "calendar_day_list", "calendar_day_set", "calendar_explain"]

MAX_EXPLAINED = 400


@tk.side_effect_free
def calendar_explain(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """When a term ends, and for each day on the way whether it counts and why.

    Source of the rules: Administrative Procedural Code, art. 76; holidays of Kazakhstan; days transferred by the
    administrator.

    :param start: the day of receipt (``2026-03-21``), or its time with zone (``2026-03-21T18:30:00+05:00``)
    :type start: string
    :param term: key of a term that the law sets, such as ``appeal.answer``; or give number and unit
    :type term: string
    :param number: how many units, when no term is given
    :type number: int
    :param unit: ``working_days``, ``calendar_days`` or ``months``
    :type unit: string

    :returns: ``term`` (key, number, unit, title, basis, date, verified), ``received_on``, ``registered_on``,
        ``last_day``, ``ends_at`` (UTC), and ``days``: for each ``date``, ``counted``, ``number`` (how many were
        counted so far), ``why`` (working, weekend, holiday, transferred) and ``reason`` in the reader's language;
        days before registration are among them
    :rtype: dictionary
    :raises ValidationError: for a wrong date, an unknown term or unit, a number out of range, a year whose holidays
        are not known, or more than 400 days
    """
    tk.check_access("calendar_explain", context, data_dict)
    data = checked(data_dict, schema.explain(), context)
    start: dt.date | dt.datetime = data["start"]
    received = rules.local_date(start) if isinstance(start, dt.datetime) else start
    term = _term(data)
    try:
        calendar = transferred_days.current()
        registered = calendar.working_day_from(received)
        end = rules.deadline_from(calendar, registered, term)
        days = rules.explain(calendar, registered, term)
        waited = _days_before_registration(calendar, received, registered)
    except Refusal as error:
        raise tk.ValidationError({"start": [error.translated()]}) from error
    if len(days) + len(waited) > MAX_EXPLAINED:
        message = tk._("At most {limit} days are explained; this term takes {given}. Ask for a shorter one.")
        raise tk.ValidationError({"number": [message.format(limit=MAX_EXPLAINED, given=len(days) + len(waited))]})
    return {
        "term": _term_dict(term),
        "received_on": received.isoformat(),
        "registered_on": registered.isoformat(),
        "last_day": end.last_day.isoformat(),
        "ends_at": end.ends_at.isoformat(),
        "days": [_day_dict(day) for day in waited + days],
    }


@tk.side_effect_free
def calendar_day_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The transferred days, by date.

    :param first: the first date (optional)
    :type first: string
    :param last: the last date (optional)
    :type last: string

    :returns: for each ``date``, ``kind`` (working, day_off) and ``reason``; for administrators also ``changed_by``
        (id of the user) and ``changed_at`` (UTC)
    :rtype: list of dictionaries
    :raises ValidationError: for a wrong date
    """
    tk.check_access("calendar_day_list", context, data_dict)
    data = checked(data_dict, schema.day_list(), context)
    rows = transferred_days.listed(data.get("first"), data.get("last"))
    full = is_sysadmin(context.get("user"))
    return [_row_dict(row, full=full) for row in rows]


def calendar_day_set(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a day a working day or a day off; all open deadlines are then computed anew in the background.

    :param date: the day
    :type date: string
    :param kind: ``working`` or ``day_off``
    :type kind: string
    :param reason: the act that transfers the day, at most 500 characters
    :type reason: string

    :returns: the transferred day
    :rtype: dictionary
    :raises NotAuthorized: for anybody but an administrator of the portal
    :raises ValidationError: for a wrong value, a day that is that already, or a year whose holidays are not known
    """
    tk.check_access("calendar_day_set", context, data_dict)
    data = checked(data_dict, schema.day_set(), context)
    try:
        row = transferred_days.set_day(data["date"], data["kind"], data["reason"], _actor(context))
    except Refusal as error:
        raise tk.ValidationError({"date": [error.translated()]}) from error
    return _row_dict(row, full=True)


def calendar_day_delete(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the transfer of a day back; all open deadlines are then computed anew in the background.

    :param date: the day
    :type date: string

    :returns: ``date``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but an administrator of the portal
    :raises ObjectNotFound: when the day is not transferred
    :raises ValidationError: for a wrong date
    """
    tk.check_access("calendar_day_delete", context, data_dict)
    data = checked(data_dict, schema.day_delete(), context)
    try:
        transferred_days.delete_day(data["date"], _actor(context))
    except LookupError as error:
        message = tk._("{date} is not a transferred day.").format(date=data["date"].isoformat())
        raise tk.ObjectNotFound(message) from error
    return {"date": data["date"].isoformat()}


def _actor(context: Context) -> str:
    return tk.get_action("user_show")(tk.fresh_context(context), {"id": context.get("user")})["id"]


def _term(data: dict[str, Any]) -> terms.Term:
    field = "term" if "term" in data else "number"
    try:
        if field == "term":
            return terms.find(transferred_days.terms_in_force(), data["term"])
        unit, number = terms.parse(data.get("number"), data.get("unit"))
    except Refusal as error:
        raise tk.ValidationError({field: [error.translated()]}) from error
    return terms.Term(number, unit)


def _days_before_registration(
    calendar: rules.Calendar, received: dt.date, registered: dt.date
) -> list[rules.CountedDay]:
    span = (registered - received).days
    return [rules.CountedDay(calendar.day(received + dt.timedelta(days=ahead)), 0) for ahead in range(1, span + 1)]


def _term_dict(term: terms.Term) -> dict[str, Any]:
    known = {"number": term.number, "unit": term.unit.value}
    if not term.key:
        return known
    return {
        "key": term.key,
        **known,
        "title": dict(term.title or {}),
        "basis": dict(term.basis or {}),
        "date": term.date.isoformat() if term.date else None,
        "verified": term.verified,
    }


def _day_dict(counted: rules.CountedDay) -> dict[str, Any]:
    return {
        "date": counted.day.date.isoformat(),
        "counted": counted.number > 0,
        "number": counted.number,
        "why": counted.day.why.value,
        "reason": day_names.why(counted.day),
    }


def _row_dict(row: TransferredDayRow, *, full: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"date": row.date.isoformat(), "kind": row.kind, "reason": row.reason}
    if full:
        shown |= {"changed_by": row.changed_by, "changed_at": row.changed_at.isoformat()}
    return shown

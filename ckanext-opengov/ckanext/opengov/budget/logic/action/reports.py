"""Actions on budget reports and the calendar of duties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.budget.logic.action.programmes import committed, person_of
from ckanext.opengov.budget.logic.schema import reports as schema
from ckanext.opengov.budget.logic.schema.common import checked, one
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.people import INSIDE
from ckanext.opengov.budget.service.reports import duties, life, showing
from ckanext.opengov.civic.service import journal, officers, transferred_days

__all__ = [
    "budget_duty_assign",
    "budget_duty_list",
    "budget_report_create",
    "budget_report_list",
    "budget_report_show",
    "budget_report_transition",
    "budget_report_update",
]

# How far back a calendar goes that says no first day.
BACK = dt.timedelta(days=550)


def budget_report_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draft a report. Only officers of the agency see it until it is published. The report of a programme is published
    with the programme, by ``budget_programme_transition``.

    :param owner_org: id or name of the agency
    :type owner_org: string
    :param name: address of the page (optional)
    :type name: string
    :param kind: execution, statements or citizens
    :type kind: string
    :param level: of an execution report and a citizens' budget: republican, state, consolidated or local
    :type level: string
    :param period: a year (2026), a quarter (2026-Q3) or a month (2026-09)
    :type period: string
    :param title: language (kk, ru, en) → title; at least one language
    :type title: dictionary
    :param summary: language → what it says in plain words
    :type summary: dictionary
    :param figures: ``scale`` (1, 1000, 1000000; tenge) and ``rows``: each ``title``, ``code``, ``direction`` (revenue,
        expenditure), ``planned``, ``actual`` (exact decimals, best as text), ``note``
    :type figures: dictionary
    :param budget: id or name of the published budget that the figures come from (optional)
    :type budget: string
    :param links: pages or files with the whole report: ``title``, ``url``
    :type links: list of dictionaries

    :returns: the report as in :py:func:`budget_report_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency's budget who write
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("budget_report_create", context, data_dict)
    data = checked(data_dict, schema.create(), context, *schema.REPORT)
    person = person_of(context)
    made = committed(lambda: life.create(data, data["owner_org"], person.user_id, data.get("name")))
    return showing.full(made, person)


def budget_report_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a draft; the whole report is given.

    :param id: id or name of the report
    :type id: string

    The other parameters are those of :py:func:`budget_report_create` without ``owner_org`` and ``name``.

    :returns: the report as in :py:func:`budget_report_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency's budget who write
    :raises ValidationError: with all that is wrong, and for a report that is published
    """
    tk.check_access("budget_report_update", context, data_dict)
    data = checked(data_dict, one(), context, *schema.REPORT)
    person, found = person_of(context), life.get(data["id"])
    return showing.full(committed(lambda: life.update(found.id, data, person.user_id)), person)


def budget_report_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish a draft, or withdraw what is public.

    :param id: id or name of the report
    :type id: string
    :param event: publish or withdraw
    :type event: string
    :param reason: for withdraw: why, at least ten characters; everybody reads it
    :type reason: string

    :returns: the report as in :py:func:`budget_report_show`
    :rtype: dictionary
    :raises NotAuthorized: when the user's roles do not allow it
    :raises ValidationError: when the state does not allow it, or the report is empty
    """
    tk.check_access("budget_report_transition", context, data_dict)
    data = checked(data_dict, schema.transition(), context)
    person, found = person_of(context), life.get(data["id"])
    moved = committed(lambda: life.transition(found.id, data["event"], person, data.get("reason") or ""))
    return showing.full(moved, person)


@tk.side_effect_free
def budget_report_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One report.

    :param id: id or name
    :type id: string

    :returns: ``id``, ``name``, ``agency``, ``kind``, ``level``, ``period``, ``state``, ``title``, ``summary``,
        ``figures`` (as they are kept), ``totals`` (direction → planned, actual, share in percent), ``programme`` (id,
        title) and ``events`` (what the user may do now)
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or it is a draft of an agency whose officer the user is not
    """
    tk.check_access("budget_report_show", context, data_dict)
    data = checked(data_dict, one(), context)
    return showing.full(life.get(data["id"]), person_of(context))


@tk.side_effect_free
def budget_report_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Published reports, the latest first; drafts too for the officers of their agencies.

    :param kind: execution, programme, statements or citizens (optional)
    :type kind: string
    :param level: republican, state, consolidated or local (optional)
    :type level: string
    :param state: draft, published or withdrawn (optional)
    :type state: string
    :param agency: id or name of an agency (optional)
    :type agency: string
    :param year: reports on this year or a part of it (optional)
    :type year: integer
    :param offset: how many to skip (0)
    :type offset: int
    :param limit: at most 100 (20)
    :type limit: int

    :returns: ``count`` and ``results``
    :rtype: dictionary
    :raises ValidationError: for an unknown kind, level, state or agency
    """
    tk.check_access("budget_report_list", context, data_dict)
    data = checked(data_dict, schema.listing(), context)
    person = person_of(context)
    hidden = None if person.is_admin else frozenset()
    if person.user_id and not person.is_admin:
        hidden = frozenset(officers.agencies_of(person.user_id, INSIDE, COMPONENT))
    count, found = showing.page(data, hidden)
    return {"count": count, "results": showing.briefs(found)}


@tk.side_effect_free
def budget_duty_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The calendar of duties: which report is owed by whom until when, what came, and who is late.

    :param agency: id or name of an agency (optional)
    :type agency: string
    :param since: periods that end on this day or later; a year and a half back by default
    :type since: string
    :param until: periods that end on this day or before; today by default
    :type until: string
    :param late: only what is late today
    :type late: boolean

    :returns: ``duties`` (the table itself, with legal basis and whether it was verified), ``owed`` (each with duty,
        agency, period, ``due_on``, ``published_on``, ``state``: published, published_late, late, awaited, and
        ``days_late``) and ``agencies`` (how much each owes and is late with)
    :rtype: dictionary
    :raises ValidationError: for an unknown agency or a day that is none
    """
    tk.check_access("budget_duty_list", context, data_dict)
    data = checked(data_dict, schema.duty_list(), context)
    today = officers.today()
    places = [data["agency"]] if data.get("agency") else None
    first, last = data.get("since") or today - BACK, data.get("until") or today
    found = duties.calendar_of(first, last, today, transferred_days.current(), places)
    return showing.calendar(found, today, only_late=data["late"])


def budget_duty_assign(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Put an agency down for a duty.

    :param duty: a key of the table of duties, such as execution.local
    :type duty: string
    :param agency: id or name of the agency
    :type agency: string
    :param since: the day from which it owes the report
    :type since: string
    :param until: the last day (optional)
    :type until: string

    :returns: ``duty``, ``agency``, ``since``, ``until``
    :rtype: dictionary
    :raises NotAuthorized: for all but supervisors
    :raises ValidationError: for a duty or agency that is not known
    """
    tk.check_access("budget_duty_assign", context, data_dict)
    data = checked(data_dict, schema.duty_assign(), context)
    actor = person_of(context).user_id

    def change() -> Any:
        made = duties.assign(data["duty"], data["agency"], data["since"], data.get("until"))
        public = {"duty": made.duty, "since": made.since.isoformat()}
        journal.record("agency", made.agency_id, "budget_duty.assigned", actor=actor, public=public)
        return made

    made = committed(change)
    until = made.until.isoformat() if made.until else None
    return {"duty": made.duty, "agency": made.agency_id, "since": made.since.isoformat(), "until": until}

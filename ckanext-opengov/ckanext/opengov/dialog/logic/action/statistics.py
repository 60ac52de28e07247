"""Actions on figures: appeals, the heads' pages, mobile coverage. None of them reads the appeals themselves."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.dialog.logic import shared
from ckanext.opengov.dialog.logic.schema import statistics as schema
from ckanext.opengov.dialog.service import heads
from ckanext.opengov.dialog.service.appeals import coverage, league, statistics

__all__ = ["appeal_statistics", "coverage_statistics", "head_list", "head_show"]

LEAGUE_MINIMUM = "opengov.dialog.league_minimum"


@tk.side_effect_free
def appeal_statistics(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Figures that are kept with every change; months are those of registration, agencies those that have it now.

    Shares of ratings have Wilson's interval at 95 % (E. B. Wilson, JASA 22, 1927, 209–212); None under the minimum.

    :param agency: id or name (optional)
    :type agency: string
    :param topic: optional
    :type topic: string
    :param region: KATO code (optional)
    :type region: string
    :param kind: kind of appeal (optional)
    :type kind: string
    :param first: the first month, ``2026-01`` (optional)
    :type first: string
    :param last: the last month (optional)
    :type last: string
    :param group: ``agency``, ``topic``, ``region``, ``kind`` or ``month`` (optional)
    :type group: string
    :param sort: ``title`` or the name of a figure (optional; default: ``received``, for months ``title``). Ratings
        are ordered by the lower bound of their interval.
    :type sort: string
    :param order: ``best`` first (the default; fewest days, most of everything else) or ``reverse``
    :type order: string

    :returns: ``total`` (received, answered, in_time, in_time_share, reopened, forwarded, rated, useful, solved, their
        ``_share``, ``_low``, ``_high``, median_days), ``groups`` (the same with the group's key, ``title``,
        ``small_sample``, and ``rank`` when sorted by a rate: None with too few answers for a place) and, when nothing
        but an agency is chosen, ``ratings`` on the four axes
    :rtype: dictionary
    :raises ValidationError: for an unknown agency, group, figure or month
    """
    tk.check_access("appeal_statistics", context, data_dict)
    data = checked(data_dict, schema.statistics(), context)
    group = data.get("group")
    found = statistics.compute({**data, "agency_id": shared.agency_id(data)}, group)
    if group:
        sort = data.get("sort") or ("title" if group == "month" else "received")
        minimum = tk.config[LEAGUE_MINIMUM]
        found["groups"] = league.ordered(found["groups"], sort, data["order"], minimum)
        found["small_sample"] = minimum
    return found


@tk.side_effect_free
def coverage_statistics(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Complaints on mobile coverage as squares of a map, and sums.

    A square is shown from a smallest number of complaints on (``minimum``); ``hidden`` counts those in the others.
    Operators are what people typed; those with fewer complaints than the minimum stand together as None.

    :param operator: optional; as are ``fault``, ``region``, ``first`` and ``last`` (months)
    :type operator: string
    :param grid: width of a square in tenths of a degree: 1 (the default), 2, 5, 10 or 20
    :type grid: int

    :returns: ``cells`` (latitude and longitude of the middle, count; most first), ``cell_size`` in degrees,
        ``minimum``, ``hidden``, ``by_operator``, ``by_fault``, ``by_region`` (key, ``title``, count),
        ``by_region_and_operator``, ``total``
    :rtype: dictionary
    :raises ValidationError: for a wrong month or grid
    """
    tk.check_access("coverage_statistics", context, data_dict)
    data = checked(data_dict, schema.coverage(), context)
    return coverage.compute(data, data["grid"])


@tk.side_effect_free
def head_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The heads of the agencies that work on the portal, by the agency's name, with the figures of their appeals.

    :param q: part of the agency's or of the head's name (optional)
    :type q: string
    :param region: KATO code of the agency's region (optional)
    :type region: string
    :param offset: how many to pass over (optional, default: 0)
    :type offset: int
    :param limit: at most 500 (optional, default: 50)
    :type limit: int

    :returns: ``count`` and ``heads``: ``id`` and ``name`` of the agency, ``title``, ``head_name``, ``head_position``,
        ``level``, ``region``, ``phone``, ``email``, ``website``, ``statistics`` (as the total of
        ``appeal_statistics``)
    :rtype: dictionary
    """
    tk.check_access("head_list", context, data_dict)
    data = checked(data_dict, schema.heads(), context)
    count, found = heads.listed(data.get("q"), data.get("region"), data["offset"], data["limit"])
    return {"count": count, "heads": found}


@tk.side_effect_free
def head_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The head of an agency with the figures of the appeals to them. The answered appeals are ``appeal_list``'s.

    :param agency: id or name of the agency
    :type agency: string
    :param first: the first month, ``2026-01`` (optional)
    :type first: string
    :param last: the last month (optional)
    :type last: string

    :returns: as in ``head_list``, with ``acting`` (``name`` and ``at``: who signed the latest answer instead of the
        head; None when the head did), ``months`` (the figures by month of registration) and ``ratings``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such agency
    """
    tk.check_access("head_show", context, data_dict)
    data = checked(data_dict, schema.head(), context)
    agency = agencies.find(data["agency"])
    if agency is None:
        raise tk.ObjectNotFound(tk._("There is no such agency. Choose one that works on the portal."))
    found = statistics.compute({**data, "agency_id": agency.id}, "month")
    months = sorted(found["groups"], key=lambda one: one["month"])
    return heads.shown(agency) | {"statistics": found["total"], "ratings": found.get("ratings"), "months": months}

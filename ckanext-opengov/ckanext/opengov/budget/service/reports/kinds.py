"""Kinds of reports, their periods, and what may happen to a report. Data and pure rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.budget.service.people import CHIEFS, SIGNING, WRITERS
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_, Refusal

TYPE = "budget_report"

KINDS: Mapping[str, str] = {
    "execution": N_("Execution of a budget"),
    "programme": N_("Implementation of a programme"),
    "statements": N_("Consolidated financial statements"),
    "citizens": N_("Citizens’ budget"),
}
LEVELS: Mapping[str, str] = {
    "republican": N_("Republican budget"),
    "state": N_("State budget"),
    "consolidated": N_("Consolidated budget"),
    "local": N_("Local budget"),
}
# These say of which budget they speak.
OF_A_LEVEL = frozenset({"execution", "citizens"})
STATES: Mapping[str, str] = {
    "draft": N_("Draft report"),
    "published": N_("Published report"),
    "withdrawn": N_("Withdrawn report"),
}


@dataclass(frozen=True)
class Rule:
    """What an event leads to, and who may cause it."""

    then: str
    who: frozenset[Role]


TABLE: Mapping[tuple[str, str], Rule] = {
    ("draft", "publish"): Rule("published", CHIEFS),
    ("published", "withdraw"): Rule("withdrawn", SIGNING),
}
EVENTS: Mapping[str, str] = {
    "budget_report.created": N_("The report was drafted"),
    "budget_report.updated": N_("The report was changed"),
    "budget_report.publish": N_("The report was published"),
    "budget_report.withdraw": N_("The report was withdrawn: {reason}"),
    "budget_report.imported": N_("Brought from another register"),
    "budget_duty.assigned": N_("The agency owes “{duty}” since {since}"),
}
PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "budget_report_create": WRITERS,
    "budget_report_update": WRITERS,
    "budget_report_transition": CHIEFS,
    "budget_duty_assign": frozenset({Role.SUPERVISOR}),
}

_YEAR = re.compile(r"(20\d\d)", re.ASCII)
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
WRONG_PERIOD = N_("“{given}” is no period. Give a year (2026), a quarter (2026-Q3) or a month (2026-09).")


def bounds(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of a period.

    :raises Refusal: for what is none
    """
    if found := _YEAR.fullmatch(period):
        return dt.date(int(found[1]), 1, 1), dt.date(int(found[1]), 12, 31)
    if found := _QUARTER.fullmatch(period):
        first = int(found[2]) * 3 - 2
        return dt.date(int(found[1]), first, 1), _month_end(int(found[1]), first + 2)
    if found := _MONTH.fullmatch(period):
        return dt.date(int(found[1]), int(found[2]), 1), _month_end(int(found[1]), int(found[2]))
    raise Refusal(WRONG_PERIOD, given=period[:20])


def _month_end(year: int, month: int) -> dt.date:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def periods(unit: str, first: dt.date, last: dt.date) -> list[str]:
    """The periods of one length that end in a stretch of time, in order.

    :param unit: year, quarter or month
    """
    made = []
    for year in range(first.year, last.year + 1):
        named = {
            "year": [str(year)],
            "quarter": [f"{year}-Q{number}" for number in range(1, 5)],
            "month": [f"{year}-{number:02}" for number in range(1, 13)],
        }[unit]
        made += [one for one in named if first <= bounds(one)[1] <= last]
    return made

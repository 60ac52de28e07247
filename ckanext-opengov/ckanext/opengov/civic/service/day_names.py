"""Why a day is worked or not, in the reader's language."""

from __future__ import annotations

import datetime as dt
import re

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service.calendar import Day, Why
from ckanext.opengov.civic.service.refusal import N_

# The names that the library of holidays gives, which has no Russian.
HOLIDAYS = frozenset(
    {
        N_("New Year's Day"),
        N_("Orthodox Christmas"),
        N_("International Women's Day"),
        N_("Nowruz Holiday"),
        N_("Constitution Day"),
        N_("Kazakhstan's People Solidarity Holiday"),
        N_("Defender of the Fatherland Day"),
        N_("Victory Day"),
        N_("Capital Day"),
        N_("Republic Day"),
        N_("First President Day"),
        N_("Independence Day"),
        N_("Eid al-Adha"),
    }
)
_LABELS = {
    " (observed)": N_("{holiday}: day off moved from the weekend"),
    " (estimated)": N_("{holiday} (expected date)"),
    " (observed, estimated)": N_("{holiday}: day off moved from the weekend (expected date)"),
}
_SUBSTITUTED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


def why(day: Day) -> str:
    """One short sentence: a holiday's name, the reason of a transfer, the weekend, or a working day."""
    if day.why is Why.HOLIDAY:
        return "; ".join(holiday(name) for name in day.name.split("; "))
    if day.why is Why.WEEKEND:
        return tk._("Weekend")
    if day.why is Why.WORKING:
        return tk._("Working day")
    kind = tk._("Transferred working day") if day.works else tk._("Transferred day off")
    return f"{kind}: {day.name}" if day.name else kind


def holiday(name: str) -> str:
    """A holiday's name, given the library's English one."""
    moved = _SUBSTITUTED.fullmatch(name)
    if moved:
        month, day, year = map(int, moved.groups())
        return tk._("Day off transferred from {date}").format(date=dt.date(year, month, day).strftime("%d.%m.%Y"))
    for label, text in _LABELS.items():
        if name.endswith(label):
            return tk._(text).format(holiday=tk._(name.removesuffix(label)))
    return tk._(name)

"""Appeals as pages show them: what the actions give, with names, dates and sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date, format_skeleton
from babel.units import format_unit

from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.appeals import showing, words
from ckanext.opengov.dialog.service.appeals.states import STATES

# The languages stand in their own names, so that their speakers find them.
LANGUAGES = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))
# What a state means for whoever reads the page.
MEANING: Mapping[str, str] = {
    "registered": N_("The agency has the appeal. An officer will take it into work."),
    "in_work": N_("The agency works on the answer."),
    "clarification": N_("The agency has asked the author a question and waits. So long the clock stands."),
    "answered": N_("The answer is below. Its author can rate it and, if it did not help, open the appeal again."),
    "closed": N_("The answer is below, and the case is closed."),
    "withdrawn": N_("The author has taken the appeal back. It will not be answered."),
    "not_considered": N_("The agency left the appeal without consideration, for a reason that the law names."),
}
SIGNED = {
    "head": N_("Signed by the head of the agency"),
    "acting": N_("Signed by who acts for the head of the agency"),
}


def day(moment: str | None) -> str:
    """A time of the API as a day of the portal's zone, in the reader's words."""
    if not moment:
        return ""
    return format_date(local_date(dt.datetime.fromisoformat(moment)), "long", locale=tk.h.lang())


def card(one: dict[str, Any]) -> dict[str, Any]:
    """An appeal as lists show it."""
    return one | {
        "kind_title": tk._(words.KINDS.get(one["kind"], one["kind"])),
        "topic_title": showing.group_title("topic", one["topic"]),
        "region_title": showing.group_title("region", one["region"]) if one["region"] else "",
        "registered": day(one["registered_at"]),
        "answered": day(one["answered_at"]),
        "due": tk.h.opengov_deadline(one["due_at"]) if one["due_at"] else None,
        "took": _days(one["registered_at"], one["answered_at"]),
    }


def _days(begin: str, end: str | None) -> int | None:
    """Days of the calendar from one to the other."""
    if not end:
        return None
    first, last = (local_date(dt.datetime.fromisoformat(one)) for one in (begin, end))
    return (last - first).days


def full(found: dict[str, Any]) -> dict[str, Any]:
    """An appeal as its own page shows it."""
    shown = card(found)
    shown["meaning"] = tk._(MEANING[found["state"]])
    shown["term"] = term(found["deadline"]) if found["deadline"] else None
    shown["answers"] = [_answer(one) for one in found["answers"]]
    fault = words.FAULTS.get(found["coverage"]["fault"]) if found["coverage"] else None
    shown["fault_title"] = tk._(fault) if fault else ""
    shown["reason_title"] = _reason(found["reason"])
    shown["attachments"] = [one | {"size_text": _size(one["size"])} for one in found["attachments"]]
    return shown


def _size(number: int) -> str:
    """So many kilobytes, begun ones counted."""
    return format_unit(-(-number // 1024), "digital-kilobyte", length="short", locale=tk.h.lang())


def _answer(one: dict[str, Any]) -> dict[str, Any]:
    signed = SIGNED.get(one["signed_as"] or "")
    return one | {
        "shown_at": day(one["at"]),
        "signed": tk._(signed) if signed else "",
        "agency_title": showing.group_title("agency", one["agency_id"]),
    }


def _reason(reason: Mapping[str, Any] | None) -> dict[str, str] | None:
    if not reason:
        return None
    language = wording.current()
    texts = {name: reason.get(name) or {} for name in ("title", "basis")}
    return {name: wording.pick(value, language) for name, value in texts.items()}


def term(deadline: dict[str, Any]) -> dict[str, Any]:
    """A deadline as ``explain`` gives it, its days in the reader's words."""
    return deadline | {
        "basis_text": wording.pick(deadline["basis"], wording.current()),
        "from_day": _long(deadline["counted_from"]),
        "last": _long(deadline["last_day"]),
        "paused": _long(deadline["paused_on"]),
        "days": [one | {"day": _weekday(one["date"])} for one in deadline["days"]],
    }


def _long(date: str | None) -> str:
    return format_date(dt.date.fromisoformat(date), "long", locale=tk.h.lang()) if date else ""


def _weekday(date: str) -> str:
    moment = dt.datetime.fromisoformat(date)
    return format_skeleton("MMMEd", moment, locale=tk.h.lang())


# --- what one chooses from


def kinds(*left_out: str) -> list[dict[str, str]]:
    """Kinds of appeals, with one sentence each on what they are for."""
    return [{"name": name, "title": tk._(title)} for name, title in words.KINDS.items() if name not in left_out]


def topics() -> list[dict[str, str]]:
    """What appeals are about, in the order of the list."""
    language = wording.current()
    return [{"name": key, "title": wording.pick(titles, language)} for key, titles in words.topics().items()]


def places() -> list[dict[str, str]]:
    """The regions by name."""
    language = wording.current()
    named = [{"name": one.kato, "title": one.title(language)} for one in regions()]
    return sorted(named, key=lambda one: one["title"])


def states() -> list[dict[str, str]]:
    """The states in the order of an appeal's way."""
    return [{"name": name, "title": tk._(title)} for name, title in STATES.items()]


def counted(options: list[dict[str, str]], counts: Mapping[str, int], chosen: str | None) -> list[dict[str, Any]]:
    """The options that lead to something, with how many; all of them while nothing is counted."""
    found = [one | {"count": counts.get(one["name"])} for one in options]
    return [one for one in found if not counts or one["count"] or one["name"] == chosen]

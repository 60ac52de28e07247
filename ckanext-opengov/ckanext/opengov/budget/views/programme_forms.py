"""The forms of a programme: what they send, as the actions take it, and what they show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from ckanext.opengov.budget.service.programmes.states import SOURCES
from ckanext.opengov.budget.views.shared import given_texts
from ckanext.opengov.civic.service import officers

# Empty rows at the end of a table of the form, to be filled.
MORE_ROWS = 2
MOST_ROWS = 250
OF_OPINION = ("verdict", "text", "language", "held_on", "votes_for", "votes_against", "votes_abstained")


def empty(years: str) -> dict[str, Any]:
    """A new programme: three years from the next one on, unless the address says which."""
    named = [int(one) for one in re.findall(r"\b2\d\d\d\b", years, re.ASCII)][:10]
    following = officers.today().year + 1
    return {"years": named or [following, following + 1, following + 2], "scale": 1_000}


def padded(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows: the rows that there are, and some to be filled."""
    blank: dict[str, Any] = {"id": "", "title": {}, "unit": {}, "code": "", "targets": {}, "amounts": {}}
    rows = {name: [*(data.get(name) or []), *([blank] * MORE_ROWS)] for name in ("indicators", "lines")}
    return {"title": {}, "goal": {}, "responsible": {}, **data, **rows}


def read() -> dict[str, Any]:
    """What the form of a passport says."""
    years = re.findall(r"\d+", request.form.get("years", ""), re.ASCII)[:20]
    responsible = {"name": request.form.get("responsible_name", ""), "position": given_texts("responsible_position")}
    return {
        "title": given_texts("title"),
        "goal": given_texts("goal"),
        "code": request.form.get("code", ""),
        "years": years,
        "scale": request.form.get("scale", "1000"),
        "responsible": responsible,
        "indicators": _rows("indicator", "targets", lambda name: {"unit": given_texts(f"{name}_unit")}),
        "lines": _rows("line", "amounts", lambda name: {"code": request.form.get(f"{name}_code", "")}),
    }


def _rows(word: str, numbers: str, more: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a table; empty ones, and those ticked to be taken out, do not count."""
    found = []
    for place in range(1, MOST_ROWS + 1):
        name = f"{word}_{place}"
        if f"{name}_title_kk" not in request.form:
            break
        title, by_year = given_texts(f"{name}_title"), _by_year(name)
        if request.form.get(f"{name}_gone") or not (any(title.values()) or by_year):
            continue
        found.append({"id": request.form.get(f"{name}_id", ""), "title": title, numbers: by_year, **more(name)})
    return found


def _by_year(name: str) -> dict[str, str]:
    start = f"{name}_year_"
    given = ((key, text) for key, text in request.form.items() if key.startswith(start))
    return {key.removeprefix(start): text for key, text in given if text.strip()}


def because() -> dict[str, Any]:
    """Place → because of whom it changes, where the form says it."""
    found = {}
    for key in request.form:
        place = key.removeprefix("because_source_")
        if place != key and request.form[key] in SOURCES:
            found[place] = {
                "source": request.form[key],
                "note": request.form.get(f"because_note_{place}", ""),
                "comments": request.form.getlist(f"because_comments_{place}"),
            }
    return found


def _replies() -> dict[str, Any]:
    pairs = zip(request.form.getlist("decision"), request.form.getlist("reply_text"), strict=False)
    return {"replies": [{"decision": decision, "text": text} for decision, text in pairs]}


def _report() -> dict[str, Any]:
    found: dict[str, Any] = {"reached": {}, "spent": {}, "summary": given_texts("summary")}
    for key, value in request.form.items():
        for field in ("reached", "spent"):
            own = key.removeprefix(f"{field}_")
            if own != key and not own.startswith("note_"):
                note = {request.form.get("note_language", "kk"): request.form.get(f"{field}_note_{own}", "")}
                found[field][own] = {"value": value, "note": note}
    return found


def _amendment() -> dict[str, Any]:
    return {"passport": read()}


OF_EVENTS: Mapping[str, Callable[[], dict[str, Any]]] = {"reply": _replies, "report": _report, "amend": _amendment}


def opinion() -> dict[str, Any]:
    """What the form of an opinion says."""
    pairs = zip(request.form.getlist("remark_anchor"), request.form.getlist("remark_text"), strict=False)
    remarks = [{"anchor": anchor, "text": text} for anchor, text in pairs if text.strip()]
    return {**{name: request.form.get(name, "") for name in OF_OPINION}, "remarks": remarks}

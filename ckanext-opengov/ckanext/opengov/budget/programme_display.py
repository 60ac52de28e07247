"""A programme as a page shows it: the line that the money follows, from the draft to the cured finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service.refusal import N_

Fields = Mapping[str, Any]

# Station → its title; what each shows stands in the templates.
STATIONS: Mapping[str, str] = {
    "draft": N_("Draft"),
    "discussion": N_("Public discussion"),
    "council": N_("Public council"),
    "approval": N_("Approval"),
    "changes": N_("Changes"),
    "report": N_("Execution and report"),
    "audit": N_("Audit"),
    "cure": N_("Cure"),
}
# State → the station at which the programme stands.
AT: Mapping[str, str] = {
    "draft": "draft",
    "discussion": "discussion",
    "answering": "discussion",
    "council": "council",
    "replying": "council",
    "approving": "approval",
    "approved": "report",
    "reported": "report",
}


def money_line(programme: Fields) -> list[dict[str, Any]]:
    """The stations with ``mark`` (done, here, ahead), the moment and a few words."""
    here = AT.get(programme["state"])
    order = list(STATIONS)
    found = []
    for name, title in STATIONS.items():
        words = _WORDS[name](programme)
        mark = "here" if name == here else _mark(name, here, order, bool(words))
        found.append({"name": name, "title": tk._(title), "mark": mark, "words": words, "at": _at(name, programme)})
    return found


def _mark(name: str, here: str | None, order: list[str], has_words: bool) -> str:
    if name in ("changes", "audit", "cure") or here is None:
        return "done" if has_words else "ahead"
    return "done" if order.index(name) < order.index(here) else "ahead"


_MOMENTS: Mapping[str, str] = {
    "draft": "draft",
    "discussion": "discussion",
    "council": "council",
    "approval": "approved",
}


def _at(name: str, programme: Fields) -> str | None:
    if name == "report":
        return programme["reports"][-1]["published_at"] if programme["reports"] else None
    return programme["moments"].get(_MOMENTS.get(name, ""))


def _talked(programme: Fields) -> str:
    talk = programme["talk"]
    if "discussion" not in programme["moments"]:
        return ""
    count = talk["comments"]
    text = tk.ungettext("{number} comment, {answered} answered", "{number} comments, {answered} answered", count)
    return text.format(number=count, answered=talk["answered"])


def _opinion(programme: Fields) -> str:
    return programme["opinions"][-1]["verdict_title"] if programme["opinions"] else ""


def _approved(programme: Fields) -> str:
    found = [one for one in programme["versions"] if one["stage"] == "approved"]
    return tk._("Order {number}").format(number=found[-1]["order_number"]) if found else ""


def _changed(programme: Fields) -> str:
    number = programme["differences"]
    words = tk.ungettext("{number} place differs from the draft", "{number} places differ from the draft", number)
    return words.format(number=number) if number else ""


def _reported(programme: Fields) -> str:
    return ", ".join(one["year"] for one in programme["reports"])


def _found(programme: Fields) -> str:
    number = len(programme["findings"])
    return tk.ungettext("{number} finding", "{number} findings", number).format(number=number) if number else ""


def _cured(programme: Fields) -> str:
    known = programme["findings"]
    cured = sum(one["state"] == "cured" for one in known)
    return tk._("{cured} of {number}").format(cured=cured, number=len(known)) if known else ""


def _drafted(_programme: Fields) -> str:
    return ""


_WORDS = {
    "draft": _drafted,
    "discussion": _talked,
    "council": _opinion,
    "approval": _approved,
    "changes": _changed,
    "report": _reported,
    "audit": _found,
    "cure": _cured,
}


def threads_of(programme: Fields) -> list[dict[str, Any]]:
    """Every place of a programme with the number of comments, for the way from one to the next."""
    return [
        {"anchor": one["anchor"], "title": one["title"], "comments": one["comments"]}
        for one in (*programme["indicators"], *programme["lines"])
    ]

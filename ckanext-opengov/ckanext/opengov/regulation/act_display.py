"""Acts as pages show them: what the actions give, with names, dates and sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from babel.units import format_unit

from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import ALMATY, local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.service import words
from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.states import DEEDS, STATES

# The languages stand in their own names, so that their speakers find them.
LANGUAGES = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))
# What a state means for whoever reads the page.
MEANING: Mapping[str, str] = {
    "draft": N_("Only the officers of the agency see this draft."),
    "announced": N_("The text can be read already. Comments are taken from the day on which the discussion begins."),
    "discussion": N_("Everybody can comment now: on a part, on words of it, or on the act as a whole."),
    "answers_due": N_("The discussion is over. The agency must answer every comment."),
    "report": N_("Every comment has an answer. You find it with the comment and in the report."),
    "agreed": N_("Other bodies have agreed to the text."),
    "adopted": N_("The act is in force. Compare it with the last draft."),
    "withdrawn": N_("The agency has taken the draft back."),
}


def day(moment: str | None) -> str:
    """A time of the API as a day of the portal's zone, in the reader's words."""
    if not moment:
        return ""
    return format_date(local_date(dt.datetime.fromisoformat(moment)), "long", locale=tk.h.lang())


def minute(moment: str | None) -> str:
    """A time of the API as day and minute of the portal's zone."""
    if not moment:
        return ""
    local = dt.datetime.fromisoformat(moment).astimezone(ALMATY)
    return f"{format_date(local, 'long', locale=tk.h.lang())}, {local:%H:%M}"


def pick(texts: Mapping[str, str] | None) -> str:
    """The text in the reader's language."""
    return wording.pick(texts or {}, wording.current())


def card(one: dict[str, Any]) -> dict[str, Any]:
    """An act as lists show it."""
    is_open = one["state"] == "discussion"
    return one | {
        "title": pick(one["title"]),
        "kind_title": tk._(words.KINDS.get(one["kind"], one["kind"])),
        "state_title": tk._(STATES[one["state"]]),
        "announced": day(one["announced_at"]),
        "starts": minute(one["starts_at"]),
        "ends": minute(one["ends_at"]),
        "answers_due": day(one["answers_due_at"]),
        "reported": day(one["reported_at"]),
        "left": tk.h.opengov_deadline(one["ends_at"]) if is_open and one["ends_at"] else None,
    }


def full(found: dict[str, Any]) -> dict[str, Any]:
    """An act as its own page shows it."""
    shown = card(found)
    return shown | {
        "meaning": tk._(MEANING[found["state"]]),
        "notes": pick(found["notes"]),
        "basis": pick(found["basis"]),
        "reason": pick(found["reason"]),
        "documents": [_document(one) for one in found["documents"]],
        "versions": [_version(one) for one in found["versions"]],
        "experts": _experts(found),
        "channel_titles": {name: tk._(words.AUTHORS[name]) for name in found["channels"]},
        "deeds": [(event, tk._(DEEDS[event])) for event in found["may"] if event in DEEDS],
    }


def _document(one: dict[str, Any]) -> dict[str, Any]:
    size = format_unit(-(-one["size"] // 1024), "digital-kilobyte", length="short", locale=tk.h.lang())
    channel = tk._(words.AUTHORS[one["channel"]]) if one["channel"] else ""
    kind = tk._(words.DOCUMENTS[one["kind"]])
    return one | {"kind_title": kind, "title": pick(one["title"]), "size_text": size, "channel_title": channel}


def _version(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"note": pick(one["note"]), "published": day(one["published_at"])}


def _experts(found: dict[str, Any]) -> list[dict[str, str]]:
    """Channels of experts whose term is not that of everybody."""
    return [
        {"title": tk._(words.AUTHORS[name]), "ends": minute(end)}
        for name, end in found["channel_ends"].items()
        if end != found["ends_at"]
    ]


def part(one: dict[str, Any], language: str) -> dict[str, Any]:
    """A part with the word and number that are printed before it, in its own language."""
    return one | {"label": labels.printed(one["kind"], one["number"], language)}


def comment(one: dict[str, Any]) -> dict[str, Any]:
    """A comment with its kind, its channel and what became of it in words."""
    remark, response = one["remark"], one["response"]
    shown = dict(one)
    if remark:
        shown["kind_title"] = tk._(words.REMARKS[remark["kind"]])
        shown["channel_title"] = tk._(words.AUTHORS[remark["channel"]])
        shown["mark_title"] = tk._(words.MARKS[remark["mark"]])
    if response:
        shown["outcome_title"] = tk._(words.OUTCOMES[response["outcome"]])
        shown["answered"] = day(response["answered_at"])
    return shown


# --- what one chooses from


def options(titles: Mapping[str, str], *left_out: str) -> list[dict[str, str]]:
    """The names and titles of a closed list."""
    return [{"name": name, "title": tk._(title)} for name, title in titles.items() if name not in left_out]


def counted(offered: list[dict[str, str]], counts: Mapping[str, int], chosen: str | None) -> list[dict[str, Any]]:
    """The options that lead to something, with how many; all of them while nothing is counted."""
    found = [one | {"count": counts.get(one["name"])} for one in offered]
    return [one for one in found if not counts or one["count"] or one["name"] == chosen]

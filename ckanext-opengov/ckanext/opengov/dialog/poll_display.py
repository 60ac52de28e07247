"""A poll as its page shows it: texts in the reader's language, figures as rows with shares and bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.polls.rules import Kind, State

STATES: Mapping[str, str] = {
    State.DRAFT: N_("Draft"),
    State.ANNOUNCED: N_("Announced"),
    State.OPEN: N_("Voting is open"),
    State.CLOSED: N_("Voting has ended"),
    State.PUBLISHED: N_("Ended, with the agency's conclusion"),
}
LEVELS: Mapping[str, str] = {
    "email": N_("Everybody whose e-mail address is confirmed"),
    "verified": N_("Persons whose identity is confirmed"),
}
RESULTS: Mapping[str, str] = {
    "at_once": N_("while voting is open, from five ballots on"),
    "after_end": N_("when voting has ended"),
}
KINDS: Mapping[str, str] = {
    Kind.SINGLE: N_("One choice"),
    Kind.MULTIPLE: N_("Several choices"),
    Kind.RANKED: N_("Ranking"),
    Kind.SCALE: N_("Scale"),
    Kind.TEXT: N_("Answer in own words"),
}


def poll(shown: Mapping[str, Any], results: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the templates need of a poll."""
    return {
        **shown,
        "title": pick(shown["title"]),
        "notes": pick(shown["notes"]),
        "starts": moment(dt.datetime.fromisoformat(shown["starts_at"])),
        "ends": moment(dt.datetime.fromisoformat(shown["ends_at"])),
        "conclusion": pick(shown["conclusion"] or {}),
        "state_title": tk._(STATES[shown["state"]]),
        "level_title": tk._(LEVELS[shown["level"]]),
        "results_title": tk._(RESULTS[shown["results_when"]]),
        "questions": [question(number, one, results) for number, one in enumerate(shown["questions"], 1)],
    }


LANGUAGES: Mapping[str, str] = {"kk": N_("Kazakh"), "ru": N_("Russian"), "en": N_("English")}


def moment(value: dt.datetime) -> str:
    """Day and minute in Almaty, in the reader's language."""
    local = value.astimezone(ALMATY)
    return f"{format_date(local, 'long', locale=wording.current())}, {local:%H:%M}"


def pick(texts: Mapping[str, str]) -> str:
    """The text in the reader's language."""
    return wording.pick(texts, wording.current())


def question(number: int, one: Mapping[str, Any], results: Mapping[str, Any] | None) -> dict[str, Any]:
    """One question with its figures, if there are any."""
    options = [{"id": option["id"], "text": pick(option["text"])} for option in one.get("options", [])]
    shown = {
        **one,
        "number": number,
        "text": pick(one["text"]),
        "help": pick(one.get("help") or {}),
        "options": options,
        "low": pick(one.get("low") or {}),
        "high": pick(one.get("high") or {}),
        "hint": _hint(one),
    }
    figures = results["questions"].get(one["id"]) if results else None
    if results and figures:
        shown |= {"figures": _figures(shown, figures), "rule": results["rules"][one["kind"]]}
        shown["texts"] = results["texts"].get(one["id"], [])
    return shown


def _hint(one: Mapping[str, Any]) -> str:
    kind = one["kind"]
    if kind == Kind.MULTIPLE:
        if one["min"] == one["max"]:
            return tk._("Choose exactly {number}.").format(number=one["max"])
        return tk._("Choose from {least} to {most}.").format(least=one["min"], most=one["max"])
    hints = {
        Kind.SINGLE: tk._("Choose one."),
        Kind.RANKED: tk._("Give the best choice place 1, the next one place 2. You may leave choices without a place."),
        Kind.SCALE: tk._("Choose a mark from 1 to {most}.").format(most=one.get("steps")),
        Kind.TEXT: tk._("Write no names, numbers or addresses: such data are hidden. A moderator reads each answer."),
    }
    return hints[Kind(kind)]


def _figures(shown: Mapping[str, Any], figures: Mapping[str, Any]) -> dict[str, Any]:
    names = {option["id"]: option["text"] for option in shown["options"]}
    for step, meaning in (("1", shown["low"]), (str(shown.get("steps")), shown["high"])):
        if meaning:
            names[step] = f"{step} — {meaning}"
    answered = figures["answered"]
    found: dict[str, Any] = {"answered": answered, "rows": [], "rounds": []}
    if "counts" in figures:
        found["rows"] = _rows(figures["counts"], names, answered)
    if figures.get("mean") is not None:
        found["mean"] = format_decimal(figures["mean"], "0.00", locale=wording.current())
    for number, one in enumerate(figures.get("rounds") or [], 1):
        counted = sum(one["counts"].values())
        rows = _rows(one["counts"], names, counted)
        out = names.get(one["out"] or "")
        found["rounds"].append({"number": number, "rows": rows, "exhausted": one["exhausted"], "out": out})
    if figures.get("winner"):
        found["winner"] = names[figures["winner"]]
    return found


def _rows(counts: Mapping[str, int], names: Mapping[str, str], whole: int) -> list[dict[str, Any]]:
    language = wording.current()
    most = max(counts.values(), default=0)
    return [
        {
            "text": names.get(choice, choice),
            "number": number,
            "share": format_percent(number / whole, "0.0%", locale=language) if whole else "—",
            "width": round(100 * number / whole, 1) if whole else 0,
            "most": number == most and number > 0,
        }
        for choice, number in counts.items()
    ]

"""From HTML forms to what the actions take, and back. Pure: the forms work without a script."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.polls.questions import LANGUAGES
from ckanext.opengov.dialog.service.polls.rules import WITH_OPTIONS, Kind, PollRefusal, Question

MOST_BLOCKS = 30
_PLACE = re.compile(r"question-(\d{1,3})-")


Form = MultiDict[str, str]


def choices(questions: Sequence[Question], form: Form) -> dict[str, Any]:
    """A ballot from the form of the page: fields are named ``q-<question>``, places ``q-<question>-<option>``.

    :raises PollRefusal: when a place is given twice in a ranking
    """
    found: dict[str, Any] = {}
    for number, question in enumerate(questions, 1):
        name = f"q-{question['id']}"
        kind = Kind(question["kind"])
        if kind == Kind.MULTIPLE:
            value: Any = form.getlist(name)
        elif kind == Kind.RANKED:
            value = _ranking(question, number, form)
        else:
            value = form.get(name, "").strip()
        if value:
            found[question["id"]] = value
    return found


def _ranking(question: Question, number: int, form: Form) -> list[str]:
    places: dict[int, str] = {}
    for option in question["options"]:
        given = form.get(f"q-{question['id']}-{option['id']}", "").strip()
        if not given:
            continue
        if not (given.isascii() and given.isdecimal() and len(given) < 4):
            raise PollRefusal(question["id"], N_("Question {number}: a place is a whole number."), number=number)
        if int(given) in places:
            text = N_("Question {number}: place {given} is given twice. Give each place once.")
            raise PollRefusal(question["id"], text, number=number, given=given)
        places[int(given)] = option["id"]
    return [places[place] for place in sorted(places)]


def moment(given: str, zone: dt.tzinfo) -> str:
    """The value of a ``datetime-local`` field as a time with its zone; what is no time stays as it is."""
    try:
        return dt.datetime.fromisoformat(given).replace(tzinfo=zone).isoformat()
    except ValueError:
        return given


def local(given: str, zone: dt.tzinfo) -> str:
    """A time of the API as the value of a ``datetime-local`` field."""
    return dt.datetime.fromisoformat(given).astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def by_language(form: Form, name: str) -> dict[str, str]:
    """The fields ``name-kk``, ``name-ru``, ``name-en``; without those that are empty."""
    found = {code: form.get(f"{name}-{code}", "").strip() for code in LANGUAGES}
    return {code: text for code, text in found.items() if text}


def questions(form: Form) -> list[dict[str, Any]]:
    """The questions of the officer's form; a block without any text is left out."""
    size = form.get("blocks", "1")
    blocks = min(int(size), MOST_BLOCKS) if size.isascii() and size.isdecimal() and len(size) < 4 else 1
    found = []
    for place in range(blocks):
        name = f"question-{place}"
        question = {
            "kind": form.get(f"{name}-kind", Kind.SINGLE),
            "text": by_language(form, f"{name}-text"),
            "required": form.get(f"{name}-required"),
        }
        if question["kind"] in WITH_OPTIONS:
            question["options"] = _lines(form, f"{name}-options")
        if question["kind"] == Kind.MULTIPLE:
            question |= {"min": form.get(f"{name}-min"), "max": form.get(f"{name}-max")}
        if question["kind"] == Kind.SCALE:
            ends = {end: by_language(form, f"{name}-{end}") for end in ("low", "high")}
            question |= {"steps": form.get(f"{name}-steps") or 5, **ends}
        if question["text"] or question.get("options"):
            found.append(question)
    return found


def _lines(form: Form, name: str) -> list[dict[str, str]]:
    """One choice a line; the same line in another language is the same choice."""
    columns = {
        code: [line.strip() for line in form.get(f"{name}-{code}", "").splitlines() if line.strip()]
        for code in LANGUAGES
    }
    longest = max(len(lines) for lines in columns.values())
    return [{code: lines[place] for code, lines in columns.items() if place < len(lines)} for place in range(longest)]


def blocks(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The questions as the officer's form shows them: choices as lines of text."""
    shown = []
    for question in questions:
        options = [option.get("text", option) for option in question.get("options", [])]
        lines = {code: "\n".join(option.get(code, "") for option in options).strip("\n") for code in LANGUAGES}
        shown.append({**question, "lines": lines})
    return shown


def blocks_of(names: Iterable[str]) -> int:
    """How many questions a form with these fields has."""
    places = (_PLACE.match(name) for name in names)
    return min(max((int(place[1]) + 1 for place in places if place), default=0), MOST_BLOCKS)

"""The questions of a poll, as an officer gives them and as they are stored. Pure: no database."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.polls.rules import WITH_OPTIONS, Kind, PollRefusal

LANGUAGES = ("kk", "ru", "en")
MOST_QUESTIONS = 30
MOST_OPTIONS = 50
MOST_STEPS = 11
LONGEST = 500


def built(given: Any) -> list[dict[str, Any]]:
    """The questions as they are stored, each with an id that no other poll has.

    :param given: list of dicts with ``kind``, ``text`` (language → text), ``help``, ``required``; for choices
        ``options`` (a list of texts by language), for multiple choices ``min`` and ``max``, for a scale ``steps``,
        ``low`` and ``high`` (what its ends mean)

    :raises PollRefusal: naming the question by its number
    """
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_QUESTIONS:
        raise PollRefusal("questions", N_("Give from one to {most} questions."), most=MOST_QUESTIONS)
    return [_question(number, one) for number, one in enumerate(given, 1)]


def _question(number: int, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or given.get("kind") not in set(Kind):
        text = N_("Question {number}: its kind is one of {known}.")
        raise PollRefusal("questions", text, number=number, known=", ".join(Kind))
    kind = Kind(given["kind"])
    question: dict[str, Any] = {
        "id": secrets.token_hex(5),
        "kind": str(kind),
        "text": texts(number, given.get("text")),
        "help": texts(number, given["help"]) if given.get("help") else {},
        "required": given.get("required") in (True, "true", "on", "1"),
    }
    if kind in WITH_OPTIONS:
        question["options"] = _options(number, given.get("options"))
    if kind == Kind.MULTIPLE:
        question |= _bounds(number, given, len(question["options"]))
    if kind == Kind.SCALE:
        question["steps"] = _number(number, "steps", given.get("steps", 5), 2, MOST_STEPS)
        for end in ("low", "high"):
            question[end] = texts(number, given[end]) if given.get(end) else {}
    return question


def texts(number: int, given: Any) -> dict[str, str]:
    """A text by language, at least one of them.

    :raises PollRefusal: when there is none, or one is too long
    """
    if not isinstance(given, Mapping):
        given = {}
    found = {code: str(given[code]).strip() for code in LANGUAGES if given.get(code) and str(given[code]).strip()}
    if not found or any(len(text) > LONGEST or "\x00" in text for text in found.values()):
        text = N_("Question {number}: write each text in Kazakh, Russian or English, at most {most} characters.")
        raise PollRefusal("questions", text, number=number, most=LONGEST)
    return found


def _options(number: int, given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not 2 <= len(given) <= MOST_OPTIONS:
        raise PollRefusal(
            "questions", N_("Question {number}: offer from 2 to {most} choices."), number=number, most=MOST_OPTIONS
        )
    found = [texts(number, one.get("text", one) if isinstance(one, Mapping) else None) for one in given]
    for language in LANGUAGES:
        named = [option[language].casefold() for option in found if language in option]
        if len(set(named)) != len(named):
            raise PollRefusal("questions", N_("Question {number}: two choices read the same."), number=number)
    return [{"id": str(place), "text": text} for place, text in enumerate(found, 1)]


def _bounds(number: int, given: Mapping[str, Any], options: int) -> dict[str, int]:
    least = _number(number, "min", given.get("min") or 1, 1, options)
    most = _number(number, "max", given.get("max") or options, least, options)
    return {"min": least, "max": most}


def _number(number: int, name: str, value: Any, least: int, most: int) -> int:
    digits = str(value).strip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 3 or not least <= int(digits) <= most:
        text = N_("Question {number}: “{name}” is a whole number from {least} to {most}.")
        raise PollRefusal("questions", text, number=number, name=name, least=least, most=most)
    return int(digits)

"""The terms that the law sets: read from a file, never written in code.

``legal_terms.yaml`` beside the kit holds the defaults. An instance names a file of its own in
``opengov.legal_terms``; a term there replaces the whole term of the same key, new keys are added.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.opengov.civic.service.refusal import N_, Refusal

DEFAULTS = Path(__file__).resolve().parent.parent / "legal_terms.yaml"
LANGUAGES = ("kk", "ru", "en")
FIELDS = {"number", "unit", "title", "basis", "date", "verified"}


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


# Longer terms are slips of the pen; a calendar is explained day by day up to about a year.
LARGEST = {Unit.WORKING_DAYS: 260, Unit.CALENDAR_DAYS: 400, Unit.MONTHS: 12}


@dataclass(frozen=True)
class Term:
    """So many units. A term of the file also says what it is for, on what basis, and whether that was checked."""

    number: int
    unit: Unit
    key: str = ""
    title: Mapping[str, str] | None = None
    basis: Mapping[str, str] | None = None
    date: dt.date | None = None
    verified: bool = False


class WrongTerms(Refusal):
    """The file of terms is not right. The message names file and key, and says what would be right."""

    def __init__(self, where: str, text: str, **values: Any) -> None:
        super().__init__(text, **values)
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}"


def find(terms: Mapping[str, Term], key: str) -> Term:
    """The term for a kind of thing, else that of the nearest wider kind.

    ``draft_act.discussion.law`` falls back on ``draft_act.discussion``.

    :raises Refusal: when neither the key nor a wider one has a term
    """
    wider = key
    while wider not in terms:
        wider, _, narrower = wider.rpartition(".")
        # A term for a whole component ("appeal") does not exist: there is nothing to fall back on.
        if not narrower or "." not in wider:
            raise Refusal(
                N_("There is no term “{key}”. Known terms: {known}."), key=key, known=", ".join(sorted(terms))
            )
    return terms[wider]


def load(override: Path | str | None = None) -> dict[str, Term]:
    """The terms in force, by key.

    :raises WrongTerms: when a file is missing or wrong
    """
    return {**_load(DEFAULTS), **(_load(Path(override)) if override else {})}


def _load(path: Path) -> dict[str, Term]:
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        message = N_("There is no such file. The setting opengov.legal_terms must name a readable YAML file.")
        raise WrongTerms(str(path), message) from error
    return _read(path, changed)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> dict[str, Term]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise WrongTerms(str(path), N_("This is not YAML in UTF-8: {error}"), error=error) from error
    if not isinstance(content, dict):
        raise WrongTerms(str(path), N_("A mapping from keys such as appeal.answer to terms is needed."))
    return {str(key): _term(path, str(key), value) for key, value in content.items()}


def _term(path: Path, key: str, value: Any) -> Term:
    def wrong(message: str, **values: Any) -> WrongTerms:
        return WrongTerms(f"{path}: {key}", message, **values)

    if "." not in key or not isinstance(value, dict):
        raise wrong(N_("a key has two parts or more, such as appeal.answer, and a mapping below it."))
    missing, unknown = FIELDS - set(value), set(value) - FIELDS
    if missing:
        raise wrong(N_("{field} is missing."), field=", ".join(sorted(missing)))
    if unknown:
        raise wrong(
            N_("{field} is not known. A term has: {known}."),
            field=", ".join(sorted(map(str, unknown))),
            known=", ".join(sorted(FIELDS)),
        )
    try:
        unit, number = parse(value["number"], value["unit"])
    except Refusal as error:
        raise wrong(error.text, **error.values) from error
    for field in ("title", "basis"):
        if not _is_text_in_all_languages(value[field]):
            raise wrong(N_("{field} needs a text in each of kk, ru and en."), field=field)
    if not isinstance(value["date"], dt.date):
        raise wrong(N_("date is {given}; a date such as 2026-11-24 is needed."), given=repr(value["date"]))
    if not isinstance(value["verified"], bool):
        raise wrong(N_("verified is {given}; it is true or false."), given=repr(value["verified"]))
    return Term(number, unit, key, value["title"], value["basis"], value["date"], value["verified"])


def parse(number: Any, unit: Any) -> tuple[Unit, int]:
    """A number and a unit, checked.

    :raises Refusal: with what would be right
    """
    known = ", ".join(Unit)
    if unit not in list(Unit):
        raise Refusal(N_("unit is “{given}”; it is one of {known}."), given=unit, known=known)
    largest = LARGEST[Unit(unit)]
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= largest:
        raise Refusal(
            N_("number is {given}; a whole number from 1 to {largest} is needed for {unit}."),
            given=number,
            largest=largest,
            unit=unit,
        )
    return Unit(unit), number


def _is_text_in_all_languages(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(language), str) and value[language].strip() for language in LANGUAGES
    )

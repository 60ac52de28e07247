"""What would be right in the place of a wrong value, if that can be known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from difflib import get_close_matches

from ckanext.opengov.data.service.structure.model import Field

_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})")


def right(one: Field, value: str) -> str:
    """The value as it should be written; an example when it is not to be known what was meant."""
    return guess(one, value) or example(one)


def guess(one: Field, value: str) -> str | None:
    """What was meant by a wrong value, None when that is not to be known."""
    found = _GUESSES.get(one.type)
    return found(value, one) if found else None


def example(one: Field) -> str:
    """A value that would be right."""
    if one.format and one.type in {"date", "datetime", "time"}:
        return dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC).strftime(one.format)
    if one.type == "boolean":
        return " / ".join([*one.yes[:1], *one.no[:1]])
    return one.example.replace(".", one.decimal_mark) if one.type == "number" else one.example


def _number(value: str, one: Field) -> str | None:
    plain = re.sub(r"[\s\u00a0\u202f]", "", value)
    if re.fullmatch(r"-?\d+[.,]\d+", plain):
        return plain.replace(",", one.decimal_mark).replace(".", one.decimal_mark)
    return plain if re.fullmatch(r"-?\d+", plain) else None


def _integer(value: str, one: Field) -> str | None:
    plain = re.sub(r"[\s\u00a0\u202f]", "", value)
    found = re.fullmatch(r"(-?\d{1,18})([.,]0+)?", plain)
    return found[1] if found else None


def _date(value: str, one: Field) -> str | None:
    """24.11.2026 and 11/24/2026 can only be one day; 01/02/2026 is two."""
    if one.format:
        return None
    found = _YEAR_FIRST.match(value)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = _DAY.match(value)
    if not found:
        return None
    first, second, year = (int(part) for part in found.groups())
    # With points the day stands first everywhere.
    readings = {_day(year, second, first), None if "." in found[0] else _day(year, first, second)} - {None}
    return readings.pop() if len(readings) == 1 else None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


_GUESSES = {"number": _number, "integer": _integer, "date": _date}


def closest(value: str, known: Sequence[str]) -> str | None:
    """The value of a list that was most likely meant."""
    lowered = {one.lower(): one for one in known}
    found = get_close_matches(value.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[found[0]] if found else None

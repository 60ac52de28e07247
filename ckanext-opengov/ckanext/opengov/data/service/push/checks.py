"""Rows of texts become typed columns; what cannot is told with its line, its column and what would be right.

A whole column is checked by a handful of expressions. Only rows that failed are looked at one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Finding, listed, shortened
from ckanext.opengov.data.service.push import homoglyphs
from ckanext.opengov.data.service.push.hints import closest, right
from ckanext.opengov.data.service.structure.model import Field, Structure

LINE = "_line"
# So much is kept of what is wrong; the rest is counted.
MOST_FINDINGS = 1000
MOST_LETTERS = 1_000_000
ZONE = "Asia/Almaty"
Expr = pl.Expr

NOT_LIKE = {
    "integer": N_("“{value}” is no whole number. Write it as {example}."),
    "number": N_("“{value}” is no number. Write it as {example}, with a decimal point and without spaces."),
    "boolean": N_("“{value}” is neither yes nor no. Write {example}."),
    "date": N_("“{value}” is no date. Write it as {example}."),
    "datetime": N_("“{value}” is no date with a time. Write it as {example}."),
    "time": N_("“{value}” is no time. Write it as {example}."),
    "year": N_("“{value}” is no year. Write it as {example}."),
    "yearmonth": N_("“{value}” is no month of a year. Write it as {example}."),
    "geopoint": N_("“{value}” is no place. Write longitude, latitude: {example}."),
}
_EMPTY = N_("There is no value, and the field needs one, for example {example}.")


@dataclass(frozen=True)
class Check:
    """``fails`` is true where a value is wrong; then ``text`` says so."""

    fails: Expr
    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Checked:
    """``frame`` has the right rows, typed, with their lines."""

    frame: pl.DataFrame
    rejected: int = 0
    findings: list[Finding] = field(default_factory=list)
    cleaned: int = 0


class Checker:
    """The checks of one structure, made once for all pieces of a push."""

    def __init__(
        self,
        structure: Structure,
        names: tuple[str, ...] | None = None,
        *,
        fixed: Mapping[str, str] | None = None,
        most: int = MOST_FINDINGS,
    ) -> None:
        """
        :param names: the columns that come; all by default
        :param fixed: field → the one value that it may have
        :param most: how many rows that failed are looked at
        """
        self.structure = structure
        self.most = most
        self.fields = [structure.field(name) for name in names or structure.names]
        self.checks = {one.name: list(_checks(one, one.name in structure.key)) for one in self.fields}
        for name, value in (fixed or {}).items():
            if name in self.checks:
                self.checks[name].append(Check(pl.col(name) != value, _FOREIGN, {"own": value}))

    def run(self, frame: pl.DataFrame) -> Checked:
        """Check a piece: a frame of texts and ``_line``."""
        frame, cleaned = self._normalised(frame)
        wrong = {
            f"!{name}": pl.any_horizontal([check.fails.fill_null(False) for check in checks])
            for name, checks in self.checks.items()
            if checks
        }
        typed = frame.select(pl.col(LINE), *[_typed(one).alias(one.name) for one in self.fields], **wrong)
        names = [LINE, *[one.name for one in self.fields]]
        bad = typed.select(pl.any_horizontal(list(wrong)).alias("bad"))["bad"] if wrong else None
        if bad is None or not bad.any():
            return Checked(typed.select(names), cleaned=cleaned)
        findings = self._findings(frame.filter(bad))
        return Checked(typed.filter(~bad).select(names), int(bad.sum()), findings, cleaned)

    def _normalised(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        missing = [text for text in self.structure.missing if text]
        columns = []
        for one in self.fields:
            text = pl.col(one.name).str.strip_chars()
            empty = text.is_in([*missing, ""]) if missing else text == ""
            columns.append(pl.when(~empty).then(text).alias(one.name))
        frame = frame.select(LINE, *columns)
        if not self.structure.clean_homoglyphs:
            return frame, 0
        return homoglyphs.clean(frame, [one.name for one in self.fields if one.type == "string" and not one.enum])

    def _findings(self, rows: pl.DataFrame) -> list[Finding]:
        """What is wrong with each value of the failed rows: the first of its checks that it fails."""
        rows = rows.head(self.most)
        found: list[Finding] = []
        for one in self.fields:
            checks = self.checks[one.name]
            if not checks:
                continue
            marks = rows.select(
                pl.col(LINE),
                pl.col(one.name).alias("value"),
                **{str(number): check.fails.fill_null(False) for number, check in enumerate(checks)},
            )
            for line, value, *failed in marks.iter_rows():
                if any(failed):
                    found.append(_finding(one, checks[failed.index(True)], line, value))
        return sorted(found, key=lambda one: one.line or 0)[: self.most]


def _finding(one: Field, check: Check, line: int, value: str | None) -> Finding:
    values = dict(check.values)
    if value is not None:
        values["value"] = shortened(value)
    if check.text in NOT_LIKE.values():
        values["example"] = right(one, value or "")
    text = check.text
    if check.text is UNKNOWN and (likely := closest(value or "", one.enum)):
        text, values = UNKNOWN_ALIKE, {**values, "likely": likely}
    return Finding(text, values, line=line, column=one.name, value=shortened(value) if value is not None else None)


_FOREIGN = N_("“{value}” is the part of another agency. Yours is “{own}”; the column may be left out.")
UNKNOWN = N_("“{value}” is not in the list. Possible values: {known}.")
UNKNOWN_ALIKE = N_("“{value}” is not in the list. Did you mean “{likely}”? Possible values: {known}.")


def _checks(one: Field, in_key: bool) -> Iterator[Check]:
    text, typed = pl.col(one.name), _typed(one)
    if one.required or in_key:
        yield Check(text.is_null(), _EMPTY, {"example": one.example})
    if one.type != "string":
        yield Check(text.is_not_null() & typed.is_null(), NOT_LIKE[one.type])
    if one.enum:
        yield Check(~text.is_in(list(one.enum)), UNKNOWN, {"known": listed(one.enum, 20)})
    if one.pattern:
        pattern = N_("“{value}” does not have the form {pattern}.")
        yield Check(~text.str.contains(f"^(?:{one.pattern})$"), pattern, {"pattern": one.pattern})
    yield from _limits(one, typed)
    if one.type == "string":
        yield from _lengths(one, text)


def _limits(one: Field, typed: Expr) -> Iterator[Check]:
    number = typed.cast(pl.Float64, strict=False) if one.type == "number" else typed
    if one.minimum is not None:
        text = N_("{value} is less than {limit}, the least that is possible.")
        yield Check(number < _bound(one, one.minimum), text, {"limit": one.minimum})
    if one.maximum is not None:
        text = N_("{value} is more than {limit}, the most that is possible.")
        yield Check(number > _bound(one, one.maximum), text, {"limit": one.maximum})


def _bound(one: Field, text: str) -> Expr:
    convert = {
        "integer": int,
        "year": int,
        "number": float,
        "date": dt.date.fromisoformat,
        "datetime": dt.datetime.fromisoformat,
    }
    return pl.lit(convert[one.type](text))


def _lengths(one: Field, text: Expr) -> Iterator[Check]:
    most = MOST_LETTERS if one.max_length is None else min(one.max_length, MOST_LETTERS)
    long = N_("The text is longer than {limit} characters.")
    # Bytes are known without counting; a text of so few bytes has no more characters.
    yield Check((text.str.len_bytes() > most) & (text.str.len_chars() > most), long, {"limit": most})
    if one.min_length:
        short = N_("“{value}” is shorter than {limit} characters.")
        yield Check(text.str.len_chars() < one.min_length, short, {"limit": one.min_length})


def _typed(one: Field) -> Expr:
    """The typed value; null where the text is not like the type."""
    return _TYPED[one.type](pl.col(one.name), one)


def _integer(text: Expr, one: Field) -> Expr:
    return text.cast(pl.Int64, strict=False)


def _number(text: Expr, one: Field) -> Expr:
    # The text itself goes to the database, whose numeric is exact; the float only says whether it is a number.
    plain = text.str.replace(",", ".", literal=True) if one.decimal_mark == "," else text
    return pl.when(plain.cast(pl.Float64, strict=False).is_finite()).then(plain)


def _boolean(text: Expr, one: Field) -> Expr:
    return pl.when(text.is_in(list(one.yes))).then(True).when(text.is_in(list(one.no))).then(False)


def _date(text: Expr, one: Field) -> Expr:
    day = text.str.to_date(one.format or "%Y-%m-%d", strict=False)
    right_form = day.dt.year().is_between(1000, 9999)
    if one.format is None:
        # 26-11-24 would be a day of the year 26.
        right_form &= text.str.len_bytes() == 10
    return pl.when(right_form).then(day)


def _datetime(text: Expr, one: Field) -> Expr:
    if one.format:
        moment = text.str.to_datetime(one.format, strict=False, time_unit="us")
        zoned = "%z" in one.format or "%#z" in one.format
        return moment if zoned else _local(moment)
    joined = text.str.replace(r"^(\S{10}) ", "${1}T")
    zoned = joined.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_zone="UTC", time_unit="us")
    full = joined.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    short = joined.str.to_datetime("%Y-%m-%dT%H:%M", strict=False, time_unit="us")
    moment = pl.coalesce(zoned, _local(full), _local(short))
    return pl.when(moment.dt.year().is_between(1000, 9999) & (text.str.len_bytes() >= 16)).then(moment)


def _local(moment: Expr) -> Expr:
    # Without a zone it is the time on the country's clocks.
    return moment.dt.replace_time_zone(ZONE, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _time(text: Expr, one: Field) -> Expr:
    if one.format:
        return text.str.to_time(one.format, strict=False)
    return pl.coalesce(text.str.to_time("%H:%M:%S", strict=False), (text + ":00").str.to_time("%H:%M:%S", strict=False))


def _year(text: Expr, one: Field) -> Expr:
    year = text.cast(pl.Int32, strict=False)
    return pl.when(year.is_between(1, 9999)).then(year)


def _yearmonth(text: Expr, one: Field) -> Expr:
    return pl.when(text.str.contains(r"^\d{4}-(0[1-9]|1[0-2])$")).then(text)


def _geopoint(text: Expr, one: Field) -> Expr:
    parts = text.str.extract_groups(r"^(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,2}(?:\.\d+)?)$")
    longitude, latitude = parts.struct.field("1"), parts.struct.field("2")
    inside = longitude.cast(pl.Float64, strict=False).is_between(-180, 180)
    inside &= latitude.cast(pl.Float64, strict=False).is_between(-90, 90)
    return pl.when(inside).then(pl.concat_str(longitude, latitude, separator=", "))


def _string(text: Expr, one: Field) -> Expr:
    return text


_TYPED = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "yearmonth": _yearmonth,
    "geopoint": _geopoint,
}

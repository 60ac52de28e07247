"""From the texts of a file to lines: one amount each, with its codes, year, month, phase and direction. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from ckanext.opengov.budget.service.lines import amounts
from ckanext.opengov.budget.service.lines.axes import (
    AXES,
    DIRECTION_CODES,
    DIRECTIONS,
    PHASES,
    code_column,
    name_column,
)
from ckanext.opengov.budget.service.lines.finding import MOST, Finding, Findings, shortened
from ckanext.opengov.budget.service.lines.mapping import Amount, Given, Mapping, Step
from ckanext.opengov.budget.service.lines.reading import ROW
from ckanext.opengov.civic.service.refusal import N_

YEAR, MONTH, PHASE, DIRECTION, AMOUNT, NOTE = "year", "month", "phase", "direction", "amount", "note"
TOTAL = "is_total"
PERIOD = (YEAR, MONTH, PHASE)
_TOTAL_WORDS = r"(?i)^\s*(grand )?(итого|всего|барлығы|жиыны|total|sub-?total)([\s:].{0,40})?$"
_TEXT = "_text"


@dataclass
class Shape:
    """The columns that a mapping makes: of each axis the levels that the file has, widest first."""

    mapping: Mapping

    def __post_init__(self) -> None:
        self.levels: dict[str, list[int]] = {
            axis: [place for place, step in enumerate(steps) if step] for axis, steps in self.mapping.axes.items()
        }
        self.codes = [code_column(axis, place) for axis, places in self.levels.items() for place in places]

    def steps(self) -> Iterable[tuple[str, int, Step]]:
        """Axis, place and step, of all that the file has."""
        for axis, places in self.levels.items():
            for place in places:
                step = self.mapping.axes[axis][place]
                if step:
                    yield axis, place, step

    def names_of(self, axis: str) -> list[str]:
        """The columns of an axis' names."""
        return [
            name_column(of, place, language)
            for of, place, step in self.steps()
            if of == axis
            for language in step.names
        ]


@dataclass
class Shaped:
    """``lines`` and rows that say totals together (``is_total``); ``names``: axis → its distinct paths with names."""

    lines: pl.DataFrame
    names: dict[str, pl.DataFrame]
    rows: int
    empty: int


def shape(piece: pl.DataFrame, given: Shape, findings: Findings) -> Shaped:
    """The lines of a piece; what is wrong goes to ``findings``, and its rows are left out."""
    mapping = given.mapping
    piece = piece.filter(~_is_blank(piece.columns))
    wide = piece.select(ROW, *_code_columns(given), *_name_columns(given), *_common(mapping), *_notes(mapping))
    wide = wide.with_columns(_is_total(given, piece))
    wide = _without_total_words(wide, given)
    texts = piece.select(ROW, *{column for one in mapping.amounts for column in (one.column,)})
    _check_codes(wide, given, findings)
    _check_common(piece, wide, mapping, findings)
    parts = [_one(wide, texts, amount, mapping, findings) for amount in mapping.amounts]
    lines = pl.concat(parts)
    names = {axis: _names(wide, given, axis) for axis in given.levels}
    empty = piece.height - lines[ROW].n_unique()
    order = [ROW, *given.codes, YEAR, MONTH, PHASE, DIRECTION, AMOUNT, NOTE, TOTAL]
    return Shaped(lines.select(order).drop_nulls([YEAR, MONTH, PHASE, DIRECTION]), names, piece.height, empty)


def _is_blank(columns: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal([pl.col(name).str.strip_chars().fill_null("") == "" for name in columns if name != ROW])


def _text(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def _code_columns(given: Shape) -> Iterable[pl.Expr]:
    for axis, place, step in given.steps():
        text = pl.coalesce([_text(name) for name in ([step.code] if step.code else step.names.values())])
        width = given.mapping.widths.get(f"{axis}.{AXES[axis].levels[place].key}")
        if width:
            text = pl.when(text.str.contains(r"^\d+$")).then(text.str.zfill(width)).otherwise(text)
        yield text.alias(code_column(axis, place))


def _name_columns(given: Shape) -> Iterable[pl.Expr]:
    for axis, place, step in given.steps():
        for language, column in step.names.items():
            yield _text(column).alias(name_column(axis, place, language))


def _common(mapping: Mapping) -> Iterable[pl.Expr]:
    for name, given, read in ((YEAR, mapping.year, amounts.year), (MONTH, mapping.month, amounts.month)):
        found = read(given.column, excel=mapping.excel_dates) if given.column else pl.lit(given.value, pl.Int32)
        if name == MONTH and given.column:
            found = pl.when(_text(given.column).is_null()).then(0).otherwise(found)
        yield found.cast(pl.Int32).alias(name)
    for name, given, known in ((PHASE, mapping.phase, PHASES), (DIRECTION, mapping.direction, DIRECTIONS)):
        yield _chosen(given, known).alias(name)


def _chosen(given: Given, known: Any) -> pl.Expr:
    if not given.column:
        return pl.lit(given.value, pl.String)
    meanings = {**{key: key for key in known}, **dict(given.values)}
    return _text(given.column).replace_strict(meanings, default=None, return_dtype=pl.String)


def _notes(mapping: Mapping) -> Iterable[pl.Expr]:
    if not mapping.keep:
        return [pl.lit(None, pl.String).alias(NOTE)]
    packed = pl.struct([_text(name).fill_null("").alias(name) for name in mapping.keep]).struct.json_encode()
    return [packed.alias(NOTE)]


def _is_total(given: Shape, piece: pl.DataFrame) -> pl.Expr:
    if given.mapping.totals == "none" or not given.codes:
        return pl.lit(False).alias(TOTAL)
    texts = [*given.codes, *(name for axis in given.levels for name in given.names_of(axis))]
    says = pl.any_horizontal([pl.col(name).str.contains(_TOTAL_WORDS).fill_null(False) for name in texts])
    # A name that the mapping keeps as a remark says so as well.
    kept = [piece[name].str.contains(_TOTAL_WORDS).fill_null(False) for name in given.mapping.keep]
    remarked = pl.any_horizontal([pl.lit(one) for one in kept]) if kept else pl.lit(False)
    # A line that has all its codes is a line, whatever it is called.
    cells = [pl.col(name).is_null() | pl.col(name).str.contains(_TOTAL_WORDS) for name in given.codes]
    return ((says | remarked) & pl.any_horizontal(cells)).alias(TOTAL)


def _without_total_words(wide: pl.DataFrame, given: Shape) -> pl.DataFrame:
    if not wide[TOTAL].any():
        return wide
    return wide.with_columns(
        pl.when(pl.col(TOTAL) & pl.col(name).str.contains(_TOTAL_WORDS)).then(None).otherwise(pl.col(name)).alias(name)
        for name in given.codes
    )


def _check_codes(wide: pl.DataFrame, given: Shape, findings: Findings) -> None:
    text = N_("There is a code below a step that is empty. Fill the step above it.")
    for axis, places in given.levels.items():
        for upper, lower in pairwise(places):
            column = code_column(axis, lower)
            wrong = wide.filter(pl.col(code_column(axis, upper)).is_null() & pl.col(column).is_not_null())
            if wrong.height:
                values = wrong.select(ROW, column).head(MOST).iter_rows()
                found = [
                    Finding("code", text, row=row, column=_title(given, axis, upper), found=code)
                    for row, code in values
                ]
                findings.add(found, wrong.height - len(found))


def _title(given: Shape, axis: str, place: int) -> str:
    step = given.mapping.axes[axis][place]
    return (step.code or next(iter(step.names.values()))) if step else f"{axis}.{AXES[axis].levels[place].key}"


_NOT_LIKE = {
    YEAR: ("year", N_("“{value}” is no year. Write it as 2026.")),
    MONTH: ("year", N_("“{value}” is no month. Write 1 to 12, or leave it empty for the whole year.")),
    PHASE: ("phase", N_("“{value}” is no known phase. Say in the mapping what it means.")),
    DIRECTION: ("phase", N_("“{value}” is neither revenue nor spending. Say in the mapping what it means.")),
}
_LIKELY_YEAR = N_("“{value}” is no year. Is {likely} meant? Correct the file.")
_LIKELY_DAY = N_("“{value}” is no year; as a day in Excel it would be in {likely}. Confirm it in the mapping.")


def _check_common(piece: pl.DataFrame, wide: pl.DataFrame, mapping: Mapping, findings: Findings) -> None:
    parts = ((YEAR, mapping.year), (MONTH, mapping.month), (PHASE, mapping.phase), (DIRECTION, mapping.direction))
    for name, given in parts:
        if not given.column:
            continue
        needed = pl.lit(True) if name != YEAR else ~pl.lit(all(one.year for one in mapping.amounts))
        marked = pl.DataFrame(
            {ROW: wide[ROW], _TEXT: piece[given.column], "wrong": wide[name].is_null(), TOTAL: wide[TOTAL]}
        )
        wrong = marked.filter(pl.col("wrong") & needed & ~pl.col(TOTAL))
        found = [
            _not_like(name, given.column, row, text) for row, text in wrong.select(ROW, _TEXT).head(MOST).iter_rows()
        ]
        findings.add(found, wrong.height - len(found))


def _not_like(name: str, column: str, row: int, value: str | None) -> Finding:
    rule, text = _NOT_LIKE[name]
    shown = shortened(value or "")
    values: dict[str, Any] = {"value": shown}
    expected = None
    if name == YEAR and value:
        likely, day = amounts.likely_year(value), amounts.excel_year(value)
        if likely or day:
            text = _LIKELY_YEAR if likely else _LIKELY_DAY
            expected = str(likely or day)
            values["likely"] = expected
    return Finding(rule, text, values, row=row, column=column, expected=expected, found=shown)


def _one(wide: pl.DataFrame, texts: pl.DataFrame, one: Amount, mapping: Mapping, findings: Findings) -> pl.DataFrame:
    parsed = texts.select(
        amounts.amount(one.column, mapping.decimal).alias(AMOUNT),
        amounts.is_nothing(one.column, mapping.missing).alias("nothing"),
        pl.col(one.column).alias(_TEXT),
    )
    frame = pl.concat([wide, parsed], how="horizontal")
    wrong = frame.filter(pl.col(AMOUNT).is_null() & ~pl.col("nothing"))
    if wrong.height:
        text = N_("“{value}” is no amount. Write it as 1234.56, with at most {digits} digits after the point.")
        found = [
            Finding(
                "amount",
                text,
                {"value": shortened(value), "digits": 6},
                row=row,
                column=one.column,
                found=shortened(value),
            )
            for row, value in wrong.select(ROW, _TEXT).head(MOST).iter_rows()
        ]
        findings.add(found, wrong.height - len(found))
    frame = frame.filter(pl.col(AMOUNT).is_not_null())
    changes: list[pl.Expr] = []
    if one.factor != 1:
        changes.append((pl.col(AMOUNT) * pl.lit(one.factor)).cast(amounts.MONEY).alias(AMOUNT))
    fixed = (
        (YEAR, one.year, pl.Int32),
        (MONTH, one.month, pl.Int32),
        (PHASE, one.phase, pl.String),
        (DIRECTION, one.direction, pl.String),
    )
    changes += [pl.lit(value, kind).alias(name) for name, value, kind in fixed if value is not None]
    frame = frame.with_columns(changes)
    code = pl.col(DIRECTION).replace_strict(DIRECTION_CODES, default=None, return_dtype=pl.UInt8)
    return frame.with_columns(code.alias(DIRECTION)).drop("nothing", _TEXT)


def _names(wide: pl.DataFrame, given: Shape, axis: str) -> pl.DataFrame:
    codes = [code_column(axis, place) for place in given.levels[axis]]
    lines = wide.filter(~pl.col(TOTAL)) if given.mapping.totals == "words" else wide
    return lines.select(*codes, *given.names_of(axis)).unique(subset=codes, keep="first", maintain_order=True)

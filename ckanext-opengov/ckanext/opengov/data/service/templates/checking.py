"""Everything that is wrong with a filled template, at once: types, limits, lists, keys, parts, references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Finding, shortened
from ckanext.opengov.data.service.push import checks
from ckanext.opengov.data.service.push.checks import LINE, Checker
from ckanext.opengov.data.service.push.hints import guess
from ckanext.opengov.data.service.structure import Field
from ckanext.opengov.data.service.templates.problems import MOST_PROBLEMS, Problem, ordered
from ckanext.opengov.data.service.templates.reading import Filled
from ckanext.opengov.data.service.templates.shape import Shape

PIECE = 50_000
# Field and texts → those of them that the table it refers to does not have.
Lookup = Callable[[Field, list[str]], set[str]]


@dataclass
class Outcome:
    """What came of a check. ``frame`` has the rows as texts, ready to be pushed, when ``problems`` is empty."""

    rows: int
    problems: list[Problem]
    # Of all problems, those that are not listed included.
    count: int
    wrong_rows: int
    frame: pl.DataFrame
    cleaned: int = 0

    @property
    def ok(self) -> bool:
        """Whether the rows may be loaded."""
        return not self.count


def check(filled: Filled, shape: Shape, strays: Lookup, fixed: Mapping[str, str] | None = None) -> Outcome:
    """Check all rows.

    :param strays: looks into the tables that fields refer to
    :param fixed: field → the one value that it may have
    """
    frame = _frame(filled, shape)
    names = tuple(name for name in shape.structure.names if name in filled.columns)
    if not frame.height and not filled.count:
        text = N_("There are no rows below the header. Fill at least one and send the file again.")
        filled.note(Problem(text, row=None, sheet=filled.sheet))
    problems, count = list(filled.problems), filled.count
    checker = Checker(shape.structure, names, fixed=fixed, most=MOST_PROBLEMS)
    rejected = cleaned = 0
    findings: list[Finding] = []
    for piece in frame.iter_slices(PIECE):
        checked = checker.run(piece)
        rejected += checked.rejected
        cleaned += checked.cleaned
        findings += checked.findings
    more = [_problem(one, filled, shape) for one in findings]
    more += _doubles(frame, filled, shape)
    for name in names:
        more += _strays(frame, shape.structure.field(name), filled, shape, strays)
    taken = {(one.row, one.column) for one in problems if one.column}
    new = [one for one in more if (one.row, one.column) not in taken]
    problems += new
    # Rows of which no single fault was looked at, because there are so many.
    unlisted = max(0, rejected - len({one.line for one in findings}))
    return Outcome(
        rows=frame.height,
        problems=sorted(problems, key=ordered)[:MOST_PROBLEMS],
        count=count + len(new) + unlisted,
        wrong_rows=len({one.row for one in problems if one.row}) + unlisted,
        frame=frame.drop(LINE),
        cleaned=cleaned,
    )


def _frame(filled: Filled, shape: Shape) -> pl.DataFrame:
    """The rows as texts, with what people call a value replaced by the value."""
    columns = [pl.Series(LINE, filled.lines, dtype=pl.Int64)]
    for name, values in filled.columns.items():
        series = pl.Series(name, values, dtype=pl.String)
        choices = shape.choices.get(name)
        # Of a part of a list, a name may be another value's too.
        if choices and choices.whole and values:
            series = _replaced(series, choices.read)
        columns.append(series)
    return pl.DataFrame(columns)


def _replaced(series: pl.Series, read: Callable[[str], str]) -> pl.Series:
    """Each distinct text is read once."""
    distinct = [text for text in series.unique().to_list() if text]
    meant = {text: found for text in distinct if (found := read(text.strip())) != text}
    return series.replace(meant) if meant else series


def _problem(one: Finding, filled: Filled, shape: Shape) -> Problem:
    field = shape.structure.field(one.column or "")
    text, values, suggestion = one.text, dict(one.values), None
    if text in checks.NOT_LIKE.values():
        suggestion = guess(field, one.value or "")
    elif text in (checks.UNKNOWN, checks.UNKNOWN_ALIKE):
        text, values, suggestion = _unknown(field, one.value or "", shape)
    return _placed(one.line, field, filled, Problem(text, values, value=one.value, suggestion=suggestion))


def _unknown(field: Field, value: str, shape: Shape) -> tuple[str, dict[str, str], str | None]:
    choices = shape.choices[field.name]
    known = ", ".join(choices.values[:20]) + (" …" if len(choices.values) > 20 or not choices.whole else "")
    values = {"value": shortened(value), "known": known}
    likely = choices.closest(value)
    if likely is None:
        return checks.UNKNOWN, values, None
    return checks.UNKNOWN_ALIKE, {**values, "likely": choices.shown(likely, "kk").replace(" — ", " ")}, likely


def _placed(row: int | None, field: Field, filled: Filled, problem: Problem) -> Problem:
    return replace(problem, row=row, field=field.name, column=filled.letters.get(field.name), sheet=filled.sheet)


def _doubles(frame: pl.DataFrame, filled: Filled, shape: Shape) -> Iterable[Problem]:
    """Rows whose key is there more than once: each, with the numbers of the others."""
    key = [name for name in shape.structure.key if name in frame.columns]
    if not key or not frame.height:
        return
    plain = frame.select(LINE, *(pl.col(name).str.strip_chars() for name in key))
    plain = plain.filter(~pl.any_horizontal(pl.col(name).is_null() | (pl.col(name) == "") for name in key))
    groups = plain.group_by(key, maintain_order=True).agg(pl.col(LINE)).filter(pl.col(LINE).list.len() > 1)
    text = N_("The key is there more than once, in the rows {rows}. Leave one row for each key.")
    field = shape.structure.field(key[0])
    for *values, lines in groups.head(MOST_PROBLEMS).iter_rows():
        rows = ", ".join(map(str, lines[:10])) + (" …" if len(lines) > 10 else "")
        value = shortened(", ".join(values))
        for line in lines:
            yield _placed(line, field, filled, Problem(text, {"rows": rows}, value=value))


def _strays(frame: pl.DataFrame, field: Field, filled: Filled, shape: Shape, lookup: Lookup) -> Iterable[Problem]:
    """Values that the table they refer to does not have."""
    if field.reference is None or not frame.height:
        return
    column = frame[field.name].str.strip_chars()
    missing = [*shape.structure.missing, ""]
    distinct = [text for text in column.unique().to_list() if text is not None and text not in missing]
    wrong = lookup(field, distinct)
    if not wrong:
        return
    choices = shape.choices.get(field.name)
    known = choices if choices and choices.whole else None
    likely = {text: known.closest(text) if known else None for text in list(wrong)[:1000]}
    for line, text in zip(frame[LINE], column, strict=True):
        if text in wrong:
            yield _placed(line, field, filled, _stray(text, likely.get(text), shape, field))


def _stray(value: str, likely: str | None, shape: Shape, field: Field) -> Problem:
    values = {"value": shortened(value)}
    if likely is None:
        text = N_("The code list has no “{value}”. Look the right one up in the sheet “reference”.")
        return Problem(text, values, value=shortened(value))
    text = N_("The code list has no “{value}”. Did you mean {likely}?")
    shown = shape.choices[field.name].shown(likely, "kk").replace(" — ", " ")
    return Problem(text, {**values, "likely": shown}, value=shortened(value), suggestion=likely)

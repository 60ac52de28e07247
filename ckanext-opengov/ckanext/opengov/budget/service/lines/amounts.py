"""Texts as amounts, years and months: whole columns at once, exact. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from ckanext.opengov.budget.service.lines.axes import SCALE

MONEY = pl.Decimal(38, SCALE)
FIRST_YEAR, LAST_YEAR = 1990, 2100
# Spaces of all kinds, apostrophes between thousands, signs of currencies.
_NOISE = r"[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{205F}\x{3000}'’`₸€$£₽]"
_MINUS = r"^[\x{2212}\x{2010}-\x{2015}\x{FE63}\x{FF0D}]"
_BRACKETS = r"^\((.*)\)$"
_NUMBER = rf"^-?\d{{1,30}}(\.\d{{1,{SCALE}}})?$"
NOTHING = ("", "-", "–", "—", "x", "X", "х", "Х")
# Days since the end of 1899, as spreadsheets count them: 1990 to 2100.
EXCEL = (32_874, 73_415)
_EXCEL_ZERO = dt.date(1899, 12, 30)
# Letters that are taken for digits.
ALIKE = str.maketrans("OОоoІіIlЗз", "0000111133")


def amount(column: str, decimal: str) -> pl.Expr:
    """The amount of a text; null where it is none.

    :param decimal: the mark before the fraction: ``.`` or ``,``
    """
    text = pl.col(column).str.replace_all(_NOISE, "").str.replace(_MINUS, "-")
    text = text.str.replace(_BRACKETS, "-$1").str.replace(r"^(\d.*)-$", "-$1").str.replace("--", "-", literal=True)
    text = text.str.replace(r"^\+", "")
    other = "," if decimal == "." else "."
    # Thousands stand in threes; 1,5 with a decimal point is no number rather than fifteen.
    grouped = text.str.contains(rf"^-?\d{{1,3}}(\{other}\d{{3}})+(\{decimal}\d+)?$")
    text = pl.when(grouped).then(text.str.replace_all(other, "", literal=True)).otherwise(text)
    text = text.str.replace(",", ".", literal=True) if decimal == "," else text
    return pl.when(text.str.contains(_NUMBER)).then(text).cast(MONEY, strict=False)


def is_nothing(column: str, missing: Iterable[str] = ()) -> pl.Expr:
    """Whether a cell says that there is no amount.

    :param missing: what else says so in this file
    """
    text = pl.col(column).str.strip_chars()
    return text.is_null() | text.is_in([*NOTHING, *missing])


def year(column: str, *, excel: bool = False) -> pl.Expr:
    """The year of a text: 2026, 2026.0, 2026-01-31, 31.01.2026, 2025-26 (the first); null where it is none."""
    text = pl.col(column).str.strip_chars()
    plain = text.str.extract(r"^(\d{4})(?:\.0+)?(?:\s*(?:г|год|ж|жыл)\.?)?$", 1)
    span = text.str.extract(r"^(\d{4})\s*[-/–]\s*\d{2}(?:\d{2})?$", 1)
    iso = text.str.extract(r"^(\d{4})-\d{2}-\d{2}(?:[ T].*)?$", 1)
    national = text.str.extract(r"^\d{1,2}\.\d{1,2}\.(\d{4})$", 1)
    found = pl.coalesce(plain, span, iso, national).cast(pl.Int32, strict=False)
    if excel:
        days = text.cast(pl.Int32, strict=False)
        found = pl.when(days.is_between(*EXCEL)).then(_excel_date(days).dt.year()).otherwise(found)
    return pl.when(found.is_between(FIRST_YEAR, LAST_YEAR)).then(found)


def month(column: str, *, excel: bool = False) -> pl.Expr:
    """The month of a text: 1 to 12, or that of a date; null where it is none."""
    text = pl.col(column).str.strip_chars()
    plain = text.str.extract(r"^0?(\d{1,2})(?:\.0+)?$", 1)
    iso = text.str.extract(r"^\d{4}-(\d{2})(?:-\d{2}.*)?$", 1)
    national = text.str.extract(r"^\d{1,2}\.(\d{1,2})\.\d{4}$", 1)
    found = pl.coalesce(plain, iso, national).cast(pl.Int32, strict=False)
    if excel:
        days = text.cast(pl.Int32, strict=False)
        found = pl.when(days.is_between(*EXCEL)).then(_excel_date(days).dt.month()).otherwise(found)
    return pl.when(found.is_between(0, 12)).then(found)


def _excel_date(days: pl.Expr) -> pl.Expr:
    return pl.lit(_EXCEL_ZERO).cast(pl.Date) + pl.duration(days=days)


def likely_year(text: str) -> int | None:
    """What somebody meant who wrote 20O5; None when that is not to be guessed."""
    repaired = text.strip().translate(ALIKE)
    if not re.fullmatch(r"\d{4}", repaired):
        return None
    return int(repaired) if FIRST_YEAR <= int(repaired) <= LAST_YEAR else None


def excel_year(text: str) -> int | None:
    """The year of a day as spreadsheets count days; None when it is no such number."""
    if not re.fullmatch(r"\d{5}", text.strip()) or not EXCEL[0] <= int(text) <= EXCEL[1]:
        return None
    return (_EXCEL_ZERO + dt.timedelta(days=int(text))).year


def decimal_mark(texts: Iterable[str]) -> str | None:
    """The mark before the fraction that a column's texts show; None when they contradict each other or show none."""
    marks = set()
    for text in texts:
        bare = re.sub(r"[^\d.,]", "", text)
        if "," in bare and "." in bare:
            marks.add("," if bare.rfind(",") > bare.rfind(".") else ".")
        elif bare.count(",") + bare.count(".") == 1 and not re.fullmatch(r"\d{1,3}[.,]\d{3}", bare):
            marks.add("," if "," in bare else ".")
        elif bare.count(",") > 1:
            marks.add(".")
        elif bare.count(".") > 1:
            marks.add(",")
    return marks.pop() if len(marks) == 1 else None


def factor(text: str) -> Decimal:
    """A multiplier such as 1000."""
    return Decimal(text)

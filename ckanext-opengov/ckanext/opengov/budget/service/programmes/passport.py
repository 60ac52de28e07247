"""The passport of a programme: goal, indicators with targets by year, lines of money by year, who is responsible. Pure.

It is kept as JSON: numbers as texts, so that no tenge is lost; indicators and lines have ids that stay with them, and
comments hang on these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ckanext.opengov.budget.service import amounts
from ckanext.opengov.budget.service.refused import Findings
from ckanext.opengov.civic.service.discussion.texts import LANGUAGES, clean
from ckanext.opengov.civic.service.refusal import N_

Passport = dict[str, Any]

MOST_YEARS = 10
MOST_INDICATORS = 50
MOST_LINES = 200
SCALES = (1, 1_000, 1_000_000)
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,39}", re.ASCII)
_ID = re.compile(r"[il]\d{1,4}", re.ASCII)
_FIRST, _LAST = 2000, 2100

NOT_EMPTY = N_("Write it in Kazakh, Russian or English.")
NO_NUMBER = N_("{place}, {year}: “{given}” is not a number such as 1250.5.")


def check(raw: Mapping[str, Any], before: Passport | None = None) -> Passport:
    """What was given, in the form in which it is kept. A draft may have gaps; :func:`gaps` names them.

    :param before: the passport until now: ids of what was taken out are not given again

    :raises Refused: with all that is wrong, by field
    """
    found = Findings()
    years = _years(raw.get("years"), found)
    title = texts(raw.get("title"), 300)
    if not title:
        found.add("title", NOT_EMPTY)
    code = str(raw.get("code") or "").strip()
    if not CODE.fullmatch(code):
        found.add(
            "code", N_("Give the code of the programme as the budget has it: figures and points, such as 225-099.")
        )
    made = {
        "title": title,
        "goal": texts(raw.get("goal"), 5_000),
        "code": code,
        "years": years,
        "scale": _scale(raw.get("scale"), found),
        "currency": "KZT",
        "responsible": _responsible(raw.get("responsible")),
        "indicators": _indicators(_rows(raw, "indicators", MOST_INDICATORS, found), years, before, found),
        "lines": _lines(_rows(raw, "lines", MOST_LINES, found), years, before, found),
    }
    found.check()
    own = {one["id"] for one in (*made["indicators"], *made["lines"])}
    return {**made, "gone": sorted(set(used(before)) - own)}


def texts(value: Any, longest: int) -> dict[str, str]:
    """The languages in which something is written."""
    given = value if isinstance(value, Mapping) else {}
    kept = {code: clean(given[code])[:longest] for code in LANGUAGES if isinstance(given.get(code), str)}
    return {code: text for code, text in kept.items() if text}


def _years(value: Any, found: Findings) -> list[int]:
    given = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
    years = sorted({int(str(one)) for one in given if re.fullmatch(r"\d{4}", str(one), re.ASCII)})
    if len(years) != len(given) or not years or not _FIRST <= years[0] <= years[-1] <= _LAST:
        found.add("years", N_("Give the years as numbers of four figures, such as 2027, 2028, 2029."))
        return []
    if years != list(range(years[0], years[-1] + 1)) or len(years) > MOST_YEARS:
        found.add("years", N_("Give at most {most} years that follow each other, without a gap."), most=MOST_YEARS)
    return years


def _scale(value: Any, found: Findings) -> int:
    for scale in SCALES:
        if str(1_000 if value in (None, "") else value) == str(scale):
            return scale
    found.add("scale", N_("Amounts are in tenge (1), thousands (1000) or millions (1000000)."))
    return 1


def _responsible(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {}
    name = clean(str(given.get("name") or ""))[:150]
    return {"name": name, "position": texts(given.get("position"), 300)} if name else {}


def _rows(raw: Mapping[str, Any], name: str, most: int, found: Findings) -> list[Mapping[str, Any]]:
    rows = raw.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        found.add(name, N_("A list is wanted here."))
        return []
    if len(rows) > most:
        found.add(name, N_("At most {most} of them are taken; {given} were given."), most=most, given=len(rows))
    return rows[:most]


def _ids(
    rows: Sequence[Mapping[str, Any]], letter: str, before: Iterable[str], name: str, found: Findings
) -> list[str]:
    """The id of each row: the one given, else a number that none had before."""
    given = [str(one.get("id") or "") for one in rows]
    named = [one for one in given if one]
    if len(set(named)) != len(named) or not all(_ID.fullmatch(one) and one[0] == letter for one in named):
        found.add(name, N_("Ids such as {letter}1 stay with what they name and stand there once."), letter=letter)
        return [f"{letter}{place}" for place, _ in enumerate(rows, 1)]
    last = max((int(one[1:]) for one in {*named, *before} if one[0] == letter), default=0)
    made = []
    for one in given:
        last += not one
        made.append(one or f"{letter}{last}")
    return made


def _indicators(
    rows: Sequence[Mapping[str, Any]], years: Sequence[int], before: Passport | None, found: Findings
) -> list[dict[str, Any]]:
    ids = _ids(rows, "i", used(before), "indicators", found)
    made = []
    for place, (row, own) in enumerate(zip(rows, ids, strict=True), 1):
        title = texts(row.get("title"), 500)
        if not title:
            found.add("indicators", N_("Indicator {number} has no title."), number=place)
        targets = _by_year(row.get("targets"), years, "indicators", _place(title, place), found)
        made.append({"id": own, "title": title, "unit": texts(row.get("unit"), 60), "targets": targets})
    return made


def _lines(
    rows: Sequence[Mapping[str, Any]], years: Sequence[int], before: Passport | None, found: Findings
) -> list[dict[str, Any]]:
    ids = _ids(rows, "l", used(before), "lines", found)
    made = []
    for place, (row, own) in enumerate(zip(rows, ids, strict=True), 1):
        title, code = texts(row.get("title"), 500), str(row.get("code") or "").strip()
        if not title:
            found.add("lines", N_("Line {number} has no title."), number=place)
        if code and not CODE.fullmatch(code):
            found.add("lines", N_("Line {number}: “{given}” is no code of the budget."), number=place, given=code[:40])
        given = _by_year(row.get("amounts"), years, "lines", _place(title, place), found)
        if any(Decimal(one) < 0 for one in given.values()):
            found.add("lines", N_("Line {number}: a planned amount is not below zero."), number=place)
        made.append({"id": own, "code": code, "title": title, "amounts": given})
    return made


def _place(title: Mapping[str, str], number: int) -> str:
    return next(iter(title.values()), str(number))


def _by_year(value: Any, years: Sequence[int], field: str, place: str, found: Findings) -> dict[str, str]:
    given = value if isinstance(value, Mapping) else {}
    made: dict[str, str] = {}
    for year, text in given.items():
        if text in (None, ""):
            continue
        number = amounts.parse(text)
        if str(year) not in {str(one) for one in years}:
            found.add(field, N_("{place}: the programme has no year {year}."), place=place, year=str(year)[:10])
        elif number is None:
            found.add(field, NO_NUMBER, place=place, year=year, given=str(text)[:40])
        else:
            made[str(year)] = amounts.plain(number)
    return dict(sorted(made.items()))


def used(passport: Passport | None) -> list[str]:
    """The ids of its indicators and lines, and of those that were taken out before."""
    if passport is None:
        return []
    own = [one["id"] for one in (*passport["indicators"], *passport["lines"])]
    return [*own, *passport.get("gone", ())]


def gaps(passport: Passport) -> Findings:
    """What is missing before the public may be asked about it."""
    found = Findings()
    if not passport["goal"]:
        found.add("goal", N_("Say what the programme is for."))
    if not passport["responsible"]:
        found.add("responsible", N_("Name who is responsible for the programme."))
    if not passport["indicators"]:
        found.add("indicators", N_("Name at least one indicator by which success is measured."))
    if not passport["lines"]:
        found.add("lines", N_("Name at least one line of money."))
    for name, key in (("indicators", "targets"), ("lines", "amounts")):
        for place, row in enumerate(passport[name], 1):
            missing = [str(year) for year in passport["years"] if str(year) not in row[key]]
            if missing:
                text = N_("{place}: nothing is given for {years}.")
                found.add(name, text, place=_place(row["title"], place), years=", ".join(missing))
    return found


def totals(passport: Passport) -> dict[str, str]:
    """Year → the sum of its lines."""
    return {
        str(year): amounts.plain(amounts.total(row["amounts"].get(str(year), "0") for row in passport["lines"]))
        for year in passport["years"]
    }


def anchors(passport: Passport) -> dict[str, dict[str, str]]:
    """The places on which comments hang → their titles by language."""
    found = {f"indicator:{one['id']}": one["title"] for one in passport["indicators"]}
    return found | {f"line:{one['id']}": one["title"] for one in passport["lines"]}

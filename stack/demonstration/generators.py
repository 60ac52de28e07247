"""Rows for the data sets, by the name of their generator. The same data set gets the same rows on every machine."""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import holidays
from ckanext.opengov.civic.regions import regions

from stack.demonstration.catalogue import FOLDER, LANGUAGES, Dataset, axes, read_yaml
from stack.demonstration.measures import Series
from stack.demonstration.periods import periods

Row = dict[str, Any]

_MOVED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")
_REMARK = re.compile(r" \(((?:observed|estimated)(?:, estimated)?)\)$")
POINT_NAMES = {
    "service_centre": {
        "kk": "№{number} халыққа қызмет көрсету орталығы",
        "ru": "Центр обслуживания населения № {number}",
        "en": "Public Service Centre No. {number}",
    },
    "employment_centre": {
        "kk": "№{number} еңбек мобильділігі орталығы",
        "ru": "Центр трудовой мобильности № {number}",
        "en": "Employment Centre No. {number}",
    },
}


def rows_of(dataset: Dataset) -> list[Row]:
    """The data set's table."""
    return list(GENERATORS[dataset.table["kind"]](dataset))


def in_languages(column: str, texts: dict[str, str]) -> Row:
    """One column for each language."""
    return {f"{column}_{language}": texts[language] for language in LANGUAGES}


def axis_items(axis: str, weight: str = "population") -> list[tuple[Row, dict[str, Any], float]]:
    """The items of an axis: their columns, the item itself, its weight."""
    if axis == "regions":
        weights = axes()["regions"]["weights"]
        return [
            (
                {"kato": one.kato, **in_languages("region", {"kk": one.kk, "ru": one.ru, "en": one.en})},
                {"code": one.code},
                weights[one.code][weight],
            )
            for one in regions()
        ]
    found = axes()[axis]
    column = found["column"]
    return [(_item_columns(column, item), item, item["weight"]) for item in found["items"]]


def _item_columns(column: str, item: dict[str, Any]) -> Row:
    codes = {"kato": item["kato"]} if "kato" in item else {}
    if "code" in item:
        codes[f"{column}_code"] = item["code"]
    return codes | in_languages(column, item)


def _series(dataset: Dataset) -> Iterator[Row]:
    table = dataset.table
    kind = table["period"]
    items = axis_items(table["axis"], table.get("weight", "population"))
    series = [Series(dataset.name, dataset.measures, columns, weight) for columns, _item, weight in items]
    for period in periods(kind, str(table["from"]), str(table["to"])):
        for (columns, _item, _weight), one in zip(items, series, strict=True):
            yield {kind: period.text, **columns, **one.values(period)}


def _cofog(_dataset: Dataset) -> Iterator[Row]:
    with (FOLDER / "data" / "cofog.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            parent, dot, _group = line["code"].partition(".")
            head = {"code": line["code"], "level": 2 if dot else 1, "parent": parent if dot else ""}
            yield head | in_languages("name", line)


def _holidays(dataset: Dataset) -> Iterator[Row]:
    years = range(dataset.table["from"], dataset.table["to"] + 1)
    names = read_yaml("data/holidays.yaml")
    for day, label in sorted(holidays.country_holidays("KZ", years=years, language="en_US").items()):
        # Two holidays on one day come as one label.
        for one in label.split("; "):
            yield _holiday(day, one, names)


def _holiday(day: dt.date, label: str, names: dict[str, dict[str, str]]) -> Row:
    moved = _MOVED.fullmatch(label)
    remark = _REMARK.search(label)
    remarks = remark.group(1) if remark else ""
    english = "Day off" if moved else _REMARK.sub("", label)
    kind = "moved_day_off" if moved else "day_off_instead" if "observed" in remarks else "holiday"
    return {
        "date": day.isoformat(),
        "year": day.year,
        **in_languages("name", names[english] | {"en": english}),
        "kind": kind,
        "moved_from": f"{moved[3]}-{moved[1]}-{moved[2]}" if moved else "",
        "estimated": int("estimated" in remarks),
    }


def _regions(_dataset: Dataset) -> Iterator[Row]:
    for one in regions():
        yield {"kato": one.kato, "code": one.code, **in_languages("name", {"kk": one.kk, "ru": one.ru, "en": one.en})}


def _points(dataset: Dataset) -> Iterator[Row]:
    number = 0
    for columns, item, _weight in axis_items(dataset.table["axis"]):
        for _ in range(dataset.table["each"]):
            number += 1
            chance = random.Random(f"{dataset.name}/{number}")  # noqa: S311 - figures, not secrets
            angle, distance = chance.uniform(0, 2 * math.pi), chance.uniform(0.004, 0.03)
            names = POINT_NAMES[dataset.table["what"]]
            yield {
                **in_languages("name", {key: text.format(number=number) for key, text in names.items()}),
                **columns,
                "windows": chance.randint(4, 24),
                "opens": chance.choice(("08:00", "09:00")),
                "closes": chance.choice(("18:00", "18:30", "20:00")),
                "longitude": round(item["lon"] + distance * math.cos(angle) * 1.5, 5),
                "latitude": round(item["lat"] + distance * math.sin(angle), 5),
            }


def _routes(dataset: Dataset) -> Iterator[Row]:
    districts = [item for _columns, item, _weight in axis_items(dataset.table["axis"])]
    for number in range(1, dataset.table["count"] + 1):
        chance = random.Random(f"{dataset.name}/{number}")  # noqa: S311 - figures, not secrets
        start, end = chance.sample(districts, 2)
        length = round(chance.uniform(9, 34), 1)
        interval = chance.choice((5, 7, 8, 10, 12, 15))
        yield {
            "route": number,
            **in_languages("from", start),
            **in_languages("to", end),
            "length_km": length,
            "stops": round(length / 0.55) + chance.randint(-3, 3),
            # There and back at about 17 km/h.
            "buses": max(2, round(2 * length / 17 * 60 / interval)),
            "interval_minutes": interval,
        }


GENERATORS: dict[str, Callable[[Dataset], Iterator[Row]]] = {
    "series": _series,
    "cofog": _cofog,
    "holidays": _holidays,
    "regions": _regions,
    "points": _points,
    "routes": _routes,
}

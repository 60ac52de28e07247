"""The tables that are published: their columns and rows, always in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.dialog.model.appeals import PUBLIC, Appeal
from ckanext.opengov.dialog.service import heads
from ckanext.opengov.dialog.service.appeals import coverage, figures, statistics, words

LANGUAGES = ("kk", "ru", "en")
Titles = Mapping[str, Mapping[str, str]]
Row = dict[str, Any]
FIGURES = (
    *("received", "answered", "in_time", "in_time_share", "median_days", "reopened", "forwarded", "rated"),
    *("useful_share", "useful_low", "useful_high", "solved_share", "solved_low", "solved_high"),
)
BATCH = 2_000


@dataclass(frozen=True)
class Table:
    """A file of a data set."""

    # Part of the file's name, and of its id.
    key: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


def _monthly(key: str, part: str, column: str, titles: Callable[[], Titles]) -> Table:
    """Figures by month and agency, topic, region or kind."""
    named = (part, *(f"{part}_{language}" for language in LANGUAGES))

    def rows() -> Iterator[Row]:
        known = titles()
        for month, value, shown in statistics.series(column):
            texts = known.get(value or "", {})
            names = {f"{part}_{language}": texts.get(language, "") for language in LANGUAGES}
            yield {"month": f"{month:%Y-%m}", part: texts.get("name", value), **names, **shown}

    return Table(key, ("month", *named, *FIGURES), rows)


def _agencies() -> Titles:
    query = sa.select(model.Group.id, model.Group.name, model.Group.title, model.Group.extras)  # pyright: ignore
    rows = model.Session.execute(query.where(model.Group.is_organization))
    found = {}
    for row in rows:
        titles = heads.texts((row.extras or {}).get("title_translated"))
        found[row.id] = {"kk": row.title or row.name, **titles, "name": row.name}
    return found


def _topics() -> Titles:
    return words.topics()


def _regions() -> Titles:
    return {one.kato: {language: one.title(language) for language in LANGUAGES} for one in regions()}


def _kinds() -> Titles:
    return {kind: {one: wording.say(one, title) for one in LANGUAGES} for kind, title in words.KINDS.items()}


def _cells() -> Iterator[Row]:
    found = coverage.compute({})
    for one in found["cells"]:
        half = found["cell_size"] / 2
        edges = {
            "south": one["latitude"] - half,
            "west": one["longitude"] - half,
            "north": one["latitude"] + half,
            "east": one["longitude"] + half,
        }
        yield {name: round(value, 1) for name, value in edges.items()} | {"complaints": one["count"]}


def _appeals() -> Iterator[Row]:
    """Public appeals without their texts, by number. Read in batches: there may be hundreds of thousands."""
    names = {agency: titles["name"] for agency, titles in _agencies().items()}
    fields = ("number", "agency_id", "kind", "topic", "region", "language", "state", "registered_at", "answered_at")
    columns = [getattr(Appeal, name) for name in (*fields, "in_time", "forwards", "reopened_at")]
    query = sa.select(*columns).where(PUBLIC).order_by(Appeal.number).execution_options(yield_per=BATCH)
    for one in model.Session.execute(query):
        registered = local_date(one.registered_at)
        answered = local_date(one.answered_at) if one.answered_at else None
        yield {
            "number": one.number,
            "agency": names.get(one.agency_id, one.agency_id),
            **{name: getattr(one, name) for name in ("kind", "topic", "region", "language", "state", "forwards")},
            "registered": registered.isoformat(),
            "answered": answered.isoformat() if answered else None,
            "days": figures.days_taken(one.registered_at, one.answered_at) if answered else None,
            "in_time": one.in_time if answered else None,
            "reopened": one.reopened_at is not None,
        }


AGENCIES = _monthly("agencies", "agency", "agency_id", _agencies)
TOPICS = _monthly("topics", "topic", "topic", _topics)
REGIONS = _monthly("regions", "region", "region", _regions)
KINDS = _monthly("kinds", "kind", "kind", _kinds)
CELLS = Table("cells", ("south", "west", "north", "east", "complaints"), _cells)
APPEALS = Table(
    "appeals",
    (
        *("number", "agency", "kind", "topic", "region", "language", "state", "registered", "answered", "days"),
        *("in_time", "forwards", "reopened"),
    ),
    _appeals,
)
